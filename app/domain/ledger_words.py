"""What the words of another system's ledger line speak of, in Indonesian and English."""

from __future__ import annotations

import re

_LATE = re.compile(r"overdue|\blate\b|lambat|\btelat\b|jatuh tempo", re.IGNORECASE)
_LOST = re.compile(r"\blost\b|hilang|damage|rusak|\bganti\b|mengganti|pengganti|replace", re.IGNORECASE)


def speaks_of_lateness(words: str) -> bool:
    """Whether the words say that a book came back late."""
    return _LATE.search(words) is not None and not speaks_of_loss(words)


def speaks_of_loss(words: str) -> bool:
    """Whether the words say that a book was lost, damaged or had to be replaced: that is no lateness."""
    return _LOST.search(words) is not None
