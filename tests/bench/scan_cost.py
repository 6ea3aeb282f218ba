"""What a scan costs: beside the same statements given bare to SQLite, and beside the same scan in a small library.

All of it is measured scan by scan in turn, so that whatever else the machine does falls on both sides.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import apsw

from app import wiring
from app.services.desk import DeskScreen
from app.services.session import Session
from db.clock import PcClock
from db.store import DeskStore
from tests.bench.cache import Workplace
from tests.bench.day import Step, steps
from tests.bench.figure import Figure, median, percentile, ratio

COMMITTING = ("lend", "return")
MS = 1000.0
Statement = tuple[str, Any]


class Front(Protocol):
    """Where scans are given in: a session, or the screen's other half over it."""

    def scan(self, text: str, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Cost:
    """One scan: seconds until it was committed, CPU seconds, pages asked for, pages read from the file."""

    kind: str
    wall: float
    cpu: float
    pages: int
    misses: int
    statements: tuple[Statement, ...] = ()


class Traced:
    """The statements a connection executes, with what is bound to them."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.statements: list[Statement] = []

    def _note(self, _cursor: object, statement: str, bindings: Any) -> bool:
        self.statements.append((statement, bindings))
        return True

    def take(self) -> tuple[Statement, ...]:
        """What was executed since the last time."""
        taken = tuple(self.statements)
        self.statements.clear()
        return taken

    @contextmanager
    def on(self) -> Iterator[Traced]:
        """Watch within the block."""
        self._connection.exec_trace = self._note
        try:
            yield self
        finally:
            self._connection.exec_trace = None


def session_of(store: DeskStore) -> Session:
    """The desk as `meja scan` has it."""
    return Session(store, PcClock(), wiring.scan_rules(store))


def screen_of(store: DeskStore) -> DeskScreen:
    """The desk as the window has it, without the window."""
    return DeskScreen(store, session_of(store), PcClock())


def one(store: DeskStore, front: Front, step: Step, trace: Traced) -> Cost:
    """Scan once and say what it cost. Watching the statements is part of it, at some 0.2 µs each."""
    connection = store.connection
    connection.status(apsw.SQLITE_DBSTATUS_CACHE_HIT, True)
    connection.status(apsw.SQLITE_DBSTATUS_CACHE_MISS, True)
    cpu, wall = time.thread_time(), time.perf_counter()
    front.scan(step.code)
    wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
    hits = connection.status(apsw.SQLITE_DBSTATUS_CACHE_HIT, False)[0]
    misses = connection.status(apsw.SQLITE_DBSTATUS_CACHE_MISS, False)[0]
    return Cost(step.kind, wall, cpu, hits + misses, misses, trace.take())


def replay(connection: apsw.Connection, statements: Iterable[Statement]) -> float:
    """Give the statements bare to SQLite, taking every row; seconds."""
    began = time.perf_counter()
    for statement, bindings in statements:
        connection.execute(statement, bindings).fetchall()
    return time.perf_counter() - began


def least(statements: Sequence[Statement]) -> list[Statement]:
    """The same reads and rows with the least effort: every read once, one transaction."""
    kept: list[Statement] = [("BEGIN IMMEDIATE", None)]
    seen: set[str] = set()
    for statement, bindings in statements:
        if statement.startswith(("BEGIN", "COMMIT")):
            continue
        key = f"{statement} {bindings!r}"
        if statement.startswith("SELECT") and key in seen:
            continue
        seen.add(key)
        kept.append((statement, bindings))
    return [*kept, ("COMMIT", None)]


class Disk:
    """A file beside the library that is written and waited for: what the disk alone costs."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "disk.bin").open("wb", buffering=0)
        self._file.write(bytes(65536))
        os.fsync(self._file.fileno())

    def wait(self) -> float:
        """Write 4 KB and wait until the disk has them; seconds."""
        began = time.perf_counter()
        self._file.seek(0)
        self._file.write(os.urandom(4096))
        os.fsync(self._file.fileno())
        return time.perf_counter() - began

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


@dataclass(slots=True)
class Taken:
    """Everything one run over two libraries gave."""

    large: list[Cost] = field(default_factory=list)
    small: list[Cost] = field(default_factory=list)
    bare: list[tuple[str, float]] = field(default_factory=list)
    least: list[tuple[str, float]] = field(default_factory=list)
    disk: list[float] = field(default_factory=list)


def run(large: Workplace, small: Workplace, scans: int, make: Callable[[DeskStore], Front], *, bare: bool) -> Taken:
    """Scan in both libraries in turn; with `bare`, give each of the large one's scans bare to an equal copy."""
    taken = Taken()
    stores = large.open(), small.open()
    copy = large.bare_copy(stores[0]) if bare else None
    disk = Disk(large.root)
    try:
        fronts = make(stores[0]), make(stores[1])
        with Traced(stores[0].connection).on() as first, Traced(stores[1].connection).on() as second:
            pairs = zip(steps(large.items, scans), steps(small.items, scans), strict=True)
            for place, (step, other) in enumerate(pairs):
                cost = one(stores[0], fronts[0], step, first)
                taken.large.append(cost)
                taken.small.append(one(stores[1], fronts[1], other, second))
                if copy is not None:
                    _bare(taken, copy, cost, place)
                    taken.disk.append(disk.wait())
    finally:
        disk.close()
        if copy is not None:
            copy.close()
        for store in stores:
            store.close()
    return taken


def _bare(taken: Taken, copy: apsw.Connection, cost: Cost, place: int) -> None:
    """Both ways leave the same rows, so they can take turns on one copy."""
    if place % 2:
        taken.least.append((cost.kind, replay(copy, least(cost.statements))))
    else:
        taken.bare.append((cost.kind, replay(copy, cost.statements)))


def scan_figures(taken: Taken) -> list[Figure]:
    """Scan → decided → committed, beside the same statements bare."""
    mine = [cost.wall * MS for cost in taken.large if cost.kind in COMMITTING]
    bare = [seconds * MS for kind, seconds in taken.bare if kind in COMMITTING]
    fewest = [seconds * MS for kind, seconds in taken.least if kind in COMMITTING]
    disk = [seconds * MS for seconds in taken.disk]
    many = f"{len(mine)} loans and returns"
    return [
        Figure("scan", "scan → committed, median", median(mine), "ms", note=many),
        Figure("scan", "scan → committed, p99", percentile(mine, 0.99), "ms"),
        Figure("scan", "the same statements bare, median", median(bare), "ms"),
        Figure("scan", "the same reads once and rows, bare, median", median(fewest), "ms"),
        Figure("scan", "write 4 KB and fsync alone, median", median(disk), "ms"),
        Figure("scan", "write 4 KB and fsync alone, p99", percentile(disk, 0.99), "ms"),
        Figure("scan", "scan ÷ the same statements bare, medians", ratio(median(mine), median(bare)), "×", 4),
        Figure("scan", "scan ÷ the same reads once and rows, bare", ratio(median(mine), median(fewest)), "×", 4),
    ]


def growth_figures(taken: Taken, where: str) -> list[Figure]:
    """The large library beside the small one: CPU and pages of the same scans."""

    def each(costs: list[Cost], of: Callable[[Cost], float]) -> list[float]:
        return [of(cost) for cost in costs if cost.kind in COMMITTING]

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    cpu = [median(each(costs, lambda cost: cost.cpu * MS)) for costs in (taken.large, taken.small)]
    pages = [mean(each(costs, lambda cost: cost.pages)) for costs in (taken.large, taken.small)]
    misses = [mean(each(costs, lambda cost: cost.misses)) for costs in (taken.large, taken.small)]
    both = "{:.2f} and {:.2f}".format
    return [
        Figure("growth", f"CPU time of {where}", ratio(*cpu), "×", 1.3, note=both(*cpu) + " ms"),
        Figure("growth", f"pages read by {where}", ratio(*pages), "×", 1.3, note=both(*pages)),
        Figure("growth", f"of them not in the cache, {where}", ratio(*misses), "×", note=both(*misses)),
    ]
