"""Copies of a sheet that says only how many there are: their number, and codes of our own.

A code is made of what identifies the title and of the copy's number, so the same sheet gives the same codes again and a
printed label stays right. Letter E, nine digits of the title, two digits of the copy: short enough for a spine label.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from app.importers.sheet_source import Cell

MOST_COPIES = 500
"""Copies of one title that a number may ask for; beyond it the number is no number of copies."""

_COUNT = re.compile(
    r"([0-9]{1,4})(?:[.,]0+)?(?:\s*(?:eks|eksemplar|exp|exemplar|ex|buah|bh|buku|copy|copies|kopi)\.?)?", re.IGNORECASE
)
_TITLES = 10**9


def copies_of(cell: Cell) -> int | None:
    """How many copies a cell says ("3", 3, "3 eks."), or None when it says nothing that can be believed."""
    if isinstance(cell, int | float):
        number = int(cell) if isinstance(cell, int) or cell.is_integer() else -1
    else:
        found = _COUNT.fullmatch(cell.strip()) if isinstance(cell, str) else None
        number = int(found[1]) if found else -1
    return number if 0 <= number <= MOST_COPIES else None


def own_code(title_key: str, number: int, attempt: int = 0) -> str:
    """The code of a title's copy (1-based). `attempt` above 0 gives another one, where two titles have the same."""
    digest = blake2b(title_key.encode("utf-8", "replace"), digest_size=8).digest()
    title = (int.from_bytes(digest, "big") + attempt) % _TITLES
    return f"E{title:09d}{number:02d}"
