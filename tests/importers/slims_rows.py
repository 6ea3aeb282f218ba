"""Rows of SLiMS's tables as their reader hands them on: named values in a table's order, taken with their notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.importers.rows import Place, Row
from app.importers.slims_records import Table

Made = tuple[Row | None, set[str]]


def taken(
    read: Callable[[Sequence[str | None], Place, set[str]], Row | None],
    table: Table,
    line: int = 7,
    **named: str | None,
) -> Made:
    """What a reader makes of one row, and its notes; what is not named is NULL."""
    unknown = named.keys() - set(table.columns)
    assert not unknown, unknown
    notes: set[str] = set()
    made = read([named.get(column) for column in table.columns], Place("d.sql", line, table.name), notes)
    return made, notes
