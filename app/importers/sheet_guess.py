"""What a list that nobody knows may be: its likely kind and header, and what each column may mean.

A guess is shown to a person or put into an example; nothing is read by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from msgspec import Struct
from msgspec.structs import replace

from app.domain.text import fold
from app.importers.sheet_mapping import JOINED, KINDS, NEEDED, Column, columns_as, shown
from app.importers.sheet_source import SheetRow
from app.importers.sheet_words import ITEMS, meaning_of, names_of

MOST_HEADER_ROWS = 5
_EXAMPLES_OF = {ITEMS: ("barcode",)}
"""What an example names beside what such a list cannot be without."""
_NEAR = 0.85


class Guess(Struct, frozen=True):
    """A list's likely kind ("items" or "members"), the rows above its data, and its columns, each with what it may
    mean ("" = no idea)."""

    kind: str
    header_rows: int
    columns: tuple[Column, ...]

    def example(self) -> str:
        """What could be said of the columns on a command line, such as `--column 1=member_no --column 2=name`."""
        free = [one.index + 1 for one in self.columns if not one.meaning]
        free += range(len(self.columns) + 1, len(self.columns) + 4)
        taken = {one.meaning: one.index + 1 for one in reversed(self.columns) if one.meaning}
        wanted = (*NEEDED[self.kind], *_EXAMPLES_OF.get(self.kind, ()))
        return " ".join(f"--column {taken[one] if one in taken else free.pop(0)}={one}" for one in wanted)


def guess(rows: Sequence[SheetRow]) -> Guess:
    """The way to take a list in which most headers are known; a list of books where none is."""
    most = min(MOST_HEADER_ROWS, max(len(rows) - 1, 0))
    ways = [Guess(kind, above, columns_as(rows, kind, above)) for kind in KINDS for above in range(most + 1)]
    best = max(ways, key=_known)
    if not _known(best):
        above = min(_header_rows(rows), most)
        best = next(way for way in ways if way.kind == ITEMS and way.header_rows == above)
    return Guess(best.kind, best.header_rows, _with_near(best))


def _known(way: Guess) -> int:
    return sum(1 for column in way.columns if column.meaning)


def _with_near(way: Guess) -> tuple[Column, ...]:
    """Headers that are known but for a slip of the fingers."""
    taken = {column.meaning for column in way.columns}
    columns = []
    for column in way.columns:
        if not column.meaning:
            near = get_close_matches(fold(column.header)[:60], names_of(way.kind), 1, _NEAR)
            meaning = meaning_of(near[0], way.kind) if near else ""
            if meaning and (meaning in JOINED or meaning not in taken):
                taken.add(meaning)
                column = replace(column, meaning=meaning)
        columns.append(column)
    return tuple(columns)


def _header_rows(rows: Sequence[SheetRow]) -> int:
    """Up to where the rows look like names of columns: words that differ and no number among them, in the first row
    that is more than a heading. 0 when that row looks like data."""
    width = max((len(row.cells) for row in rows), default=0)
    for above, row in enumerate(rows, 1):
        texts = [text for cell in row.cells if (text := shown(cell).strip())]
        if 2 * len(texts) > width:
            return above if len(set(texts)) == len(texts) and not any(map(str.isdigit, "".join(texts))) else 0
    return 0
