"""How SQLite answers every statement of a working desk: the same way in a small and in a large library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db.sql import Reading
from db.store import DeskStore
from tests.bench.cache import Workplace
from tests.bench.day import PER_ROUND, steps
from tests.bench.figure import Figure
from tests.bench.scan_cost import Statement, Traced, screen_of
from tests.bench.search_cost import typed

BIG = frozenset(
    "event item title member party loan item_state account charge payment hold undone member_card change"
    " desk_tx".split()
)
_KEYS = ("find-member", "find-title", "last", "history", "help", "undo", "reprint", "renew-all", "renew-phone")


@dataclass(frozen=True, slots=True)
class Plans:
    """Statement → the lines of its plan, in one library."""

    of: dict[str, tuple[str, ...]]

    def scans(self) -> list[str]:
        """Statements that look at every row of a table that grows."""
        return sorted(statement for statement, lines in self.of.items() if any(_is_scan(line) for line in lines))


def _is_scan(line: str) -> bool:
    words = line.split()
    if words[:1] != ["SCAN"] or "VIRTUAL" in words:
        return False
    aliases = {"e": "event", "i": "item", "t": "title", "m": "member", "p": "party", "l": "loan", "c": "charge"}
    return aliases.get(words[1], words[1]) in BIG and "USING" not in words


def worked(store: DeskStore, items: int) -> list[Statement]:
    """Everything a desk asks its library while it lends, takes back, searches, looks up and undoes."""
    with Traced(store.connection).on() as trace:
        screen = screen_of(store)
        for step in steps(items, 2 * PER_ROUND, seed=2):
            screen.scan(step.code)
            for key in _KEYS if step.kind in ("card", "return") else ():
                screen.key(key)
                if key.startswith("find"):
                    for text in typed(key)[:12]:
                        screen.search(text)
                screen.answer("close", {})
        return list(trace.take())


def plans_of(connection: Reading, statements: Iterable[Statement]) -> Plans:
    """The plan of each statement, asked with what was bound to it."""
    found: dict[str, tuple[str, ...]] = {}
    for statement, bindings in statements:
        if statement in found or not statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            continue
        rows: list[Any] = connection.execute("EXPLAIN QUERY PLAN " + statement, bindings).fetchall()
        found[statement] = tuple(str(row[3]) for row in rows)
    return Plans(found)


def run(places: tuple[Workplace, Workplace]) -> tuple[Plans, Plans, Plans, Plans]:
    """The plans in both libraries as they are, and once more after SQLite has counted their rows."""
    bare: list[Plans] = []
    counted: list[Plans] = []
    for place in places:
        store = place.open()
        try:
            statements = worked(store, place.items)
            bare.append(plans_of(store.connection, statements))
            store.connection.execute("PRAGMA analysis_limit = 1000")
            store.connection.execute("ANALYZE")
            counted.append(plans_of(store.connection, statements))
            for table in ("sqlite_stat1", "sqlite_stat4"):
                store.connection.execute(f"DELETE FROM {table}") if _has(store, table) else None
        finally:
            store.close()
    return bare[0], bare[1], counted[0], counted[1]


def _has(store: DeskStore, table: str) -> bool:
    reading: Reading = store.connection
    return bool(reading.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone())


def differing(one: Plans, other: Plans) -> list[str]:
    """Statements that both libraries answered, in different ways."""
    return sorted(name for name in one.of.keys() & other.of.keys() if one.of[name] != other.of[name])


def plan_figures(found: tuple[Plans, Plans, Plans, Plans]) -> list[Figure]:
    """How many statements are answered differently, and how many by looking at every row."""
    large, small, large_counted, small_counted = found
    note = f"of {len(large.of.keys() & small.of.keys())} statements"
    return [
        Figure("plans", "answered differently in the two libraries", len(differing(large, small)), "", 0, note),
        Figure("plans", "the same after ANALYZE in both", len(differing(large_counted, small_counted)), "", 0),
        Figure("plans", "looking at every row of a growing table", len(large.scans()), "", 0),
        Figure("plans", "the same after ANALYZE", len(large_counted.scans()), "", 0),
    ]


def told(found: tuple[Plans, Plans, Plans, Plans]) -> list[str]:
    """The statements behind the counts, for whoever has to mend them."""
    large, small, large_counted, small_counted = found
    lines = [f"differs: {name}" for name in differing(large, small)]
    lines += [f"differs after ANALYZE: {name}" for name in differing(large_counted, small_counted)]
    return lines + [f"every row: {name}" for name in sorted({*large.scans(), *large_counted.scans()})]
