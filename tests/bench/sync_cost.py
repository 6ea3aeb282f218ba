"""What the exchange with a server costs: sending from a desk's real store, and reading and folding at another desk.

Signatures, chains and folds are on, at both ends; the log is the server's own over SQLite, in this process, so that the
line itself costs nothing but packing and unpacking.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.wiring import GIVE_WAY
from tests.bench.figure import Figure, percentile
from tests.builders import CARD, OTHER_CARD, Library
from tests.sync.central import Central
from tests.sync.desks import Station, first_desk, knows, next_desk

PUSH, PULL, SCAN_MS = 10_000, 20_000, 50
"""Events a second, and milliseconds of an act meanwhile, that are asked for."""


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


def figures(events: int) -> list[Figure]:
    """Send so many events from one desk, then read them at another that goes on serving."""
    with tempfile.TemporaryDirectory(prefix="meja-bench-") as folder:
        central = Central(Path(folder) / "central")
        one = first_desk(Path(folder) / "1", central)
        assert one.round() == ""
        two, three = (next_desk(Path(folder) / name, central) for name in ("2", "3"))
        fill(one.library, events)
        count = one.replica.unsent()
        # Records are no events: they go before.
        one.replica.note()
        one.runner._pusher.records()
        sent = _timed(one.runner._pusher.push_all)
        for reader in (two, three):
            _read_records(reader, central.head - count)
        read = _timed(two.runner._puller.pull_all)
        assert two.hash() == one.hash()
        waits = _serving_while(three, one)
        assert three.log_hash()[1] == central.state()
        for station in (one, two, three):
            station.close()
        central.close()
    return [
        Figure("sync", "events sent from a desk's store", count / sent, "/s", least=PUSH),
        Figure("sync", "events read and folded at a desk", count / read, "/s", least=PULL),
        Figure("sync", "99 of 100 acts while events come in", percentile(waits, 0.99) * 1000, "ms", SCAN_MS),
    ]


def _read_records(reader: Station, until: int) -> None:
    while reader.replica.place().cursor < until:
        reader.runner._puller.pull_page(100)


def _serving_while(reader: Station, other: Station) -> list[float]:
    """How long each act of a desk takes while it reads the log on another thread."""
    knows(reader, other.library)
    reader.library.store.connection.execute("PRAGMA synchronous = full")
    took: list[float] = []
    thread = threading.Thread(target=reader.runner._puller.pull_all)
    before = sys.getswitchinterval()
    sys.setswitchinterval(GIVE_WAY)
    thread.start()
    try:
        while thread.is_alive():
            reader.library.clock.go(minutes=1)
            took.append(_timed(lambda: reader.library.bring("B00001")))
    finally:
        sys.setswitchinterval(before)
        thread.join()
    return took


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
