"""What the exchange with a server costs: sending from a desk's real store, and reading and folding at another desk.

Signatures, chains and folds are on, at both ends; the log is the server's own over SQLite, in this process, so that the
line itself costs nothing but packing and unpacking.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.figure import Figure
from tests.builders import CARD, OTHER_CARD, Library
from tests.sync.central import Central
from tests.sync.desks import Station, first_desk, next_desk

PUSH, PULL = 10_000, 20_000
"""Events a second that are asked for."""


def fill(library: Library, events: int) -> None:
    """A desk's year: copies lent and brought back, in order."""
    library.member(CARD, "Ahmad Fauzi")
    library.member(OTHER_CARD, "Dewi Lestari")
    codes = [f"B{number:05}" for number in range(1, max(events // 20, 2))]
    for code in codes:
        library.item(code, f"Judul {code}")
    chance = random.Random(1)
    made = 0
    while made < events:
        code = chance.choice(codes)
        library.clock.go(minutes=1)
        library.lend(chance.choice((CARD, OTHER_CARD)), code)
        library.clock.go(minutes=1)
        library.bring(code)
        made += 2


def run(events: int) -> list[Figure]:
    """Send so many events from one desk, then read them at another."""
    with tempfile.TemporaryDirectory(prefix="meja-bench-") as folder:
        central = Central(Path(folder) / "central")
        one = first_desk(Path(folder) / "1", central)
        two = next_desk_of(one, Path(folder) / "2", central)
        fill(one.library, events)
        one.library.store.connection.execute("PRAGMA synchronous = full")
        count = one.replica.unsent()
        # Records are no events: they go before.
        one.replica.note()
        one.runner._pusher.records()
        sent = _timed(one.runner._pusher.push_all)
        while two.replica.place().cursor < central.head - count:
            two.runner._puller.pull_page(100)
        read = _timed(two.runner._puller.pull_all)
        assert two.hash() == one.hash()
        for station in (one, two):
            station.close()
        central.close()
    return [
        Figure("sync", f"milliseconds to send {count} events", sent * 1000, "ms", count / PUSH * 1000,
               f"{count / sent:,.0f}/s"),
        Figure("sync", f"milliseconds to read and fold {count} events", read * 1000, "ms", count / PULL * 1000,
               f"{count / read:,.0f}/s"),
    ]  # fmt: skip


def next_desk_of(one: Station, folder: Path, central: Central) -> Station:
    """A second desk, before the first has done anything worth measuring."""
    assert one.round() == ""
    return next_desk(folder, central)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
