"""Lists whose columns nobody knows, and what a person says of them.

A list is shown in every way it can be taken: as books or as members, with so many rows above its data. The person's
answer is one meaning per column; what has none is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from app.importers import spreadsheet
from app.importers.detect import detect
from app.importers.problems import ImportProblem
from app.importers.sheet_guess import MOST_HEADER_ROWS, guess
from app.importers.sheet_mapping import JOINED, KINDS, NEEDED, Column, ToldColumns, columns_as, suggest
from app.importers.sheet_source import SheetRow
from app.importers.sheet_words import ITEMS, MEMBERS, meanings
from app.services.imports import as_known

_USUAL: Mapping[str, tuple[str, ...]] = {
    ITEMS: ("title", "author", "barcode", "inventory_no", "copies", "call_number", "publisher", "year", "isbn"),
    MEMBERS: ("member_no", "name", "member_type", "institution", "gender", "phone", "address"),
}


class Way(Struct, frozen=True):
    """One way to take a list: its kind ("items" or "members") and the rows above the data, 0 = it has no header."""

    kind: str
    header_rows: int


class UnknownList(Struct, frozen=True):
    """A list whose columns are not known: its columns in every way, and the way that looks likeliest."""

    path: Path
    ways: Mapping[Way, tuple[Column, ...]]
    likely: Way


class Assigned(Struct, frozen=True):
    """What a person said of a list: the way to take it, and a meaning for each column, "" = left out."""

    way: Way
    meanings: tuple[str, ...]

    def told(self) -> ToldColumns:
        """In the words of a reader of sheets; every column is told, so that nothing is guessed beside it."""
        numbered = [(str(number), meaning) for number, meaning in enumerate(self.meanings, 1)]
        return ToldColumns(
            tuple(pair for pair in numbered if pair[1]),
            tuple(number for number, meaning in numbered if not meaning),
            self.way.header_rows,
        )


def offered(kind: str) -> tuple[str, ...]:
    """The meanings that a column of this kind of list may be given: first what most of them have."""
    return (*_USUAL[kind], *(meaning for meaning in meanings(kind) if meaning not in _USUAL[kind]))


def fault_of(assigned: Assigned) -> tuple[str, str] | None:
    """What is wrong with an answer, and the meaning it is about: "column-missing" (such a list cannot be without it),
    "column-twice" (only one column may have it). None when nothing is.
    """
    given = [meaning for meaning in assigned.meanings if meaning]
    for meaning in NEEDED[assigned.way.kind]:
        if meaning not in given:
            return "column-missing", meaning
    twice = [meaning for meaning in given if given.count(meaning) > 1 and meaning not in JOINED]
    return ("column-twice", twice[0]) if twice else None


def unknown_lists(paths: Sequence[Path]) -> tuple[UnknownList, ...]:
    """The lists among the files of which a person has to say what their columns mean. KnownError when unreadable."""
    found = []
    try:
        for path in paths:
            if detect(path).kind == "spreadsheet":
                rows = spreadsheet.first_rows(path)
                if rows and suggest(rows).mapping is None:
                    found.append(_unknown(path, rows))
    except ImportProblem as problem:
        raise as_known(problem, paths) from problem
    return tuple(found)


def _unknown(path: Path, rows: Sequence[SheetRow]) -> UnknownList:
    most = min(MOST_HEADER_ROWS, len(rows) - 1)
    ways = {Way(kind, above): columns_as(rows, kind, above) for kind in KINDS for above in range(most + 1)}
    likely = guess(rows)
    way = Way(likely.kind, likely.header_rows)
    return UnknownList(path, {**ways, way: likely.columns}, way)
