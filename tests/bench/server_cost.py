"""A served week: ten desks over HTTP to a server process over SQLite, how much it takes at once, and what memory it
holds when the week is over.

In the week every desk hands in its acts a few at a time, as they are made, and reads what the others did. Then all ten
hand in long runs at once, as after a day without the link. Signing, packing and asking are in the figures, in this
process; checks and fold in the server's.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.domain.replica import Server
from server.home import Home
from server.log.store import SqlLogStore, open_sqlite
from sync.client import Client
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.limits import MAX_EVENTS
from sync.protocol.runs import Run
from sync.protocol.signing import Signer
from sync.transport import Http
from tests.bench.figure import Figure
from tests.bench.memory import resident_mb
from tests.bench.push_cost import DESKS, life, runs_of
from tests.bench.serving import Serving, serving
from tests.builders import campus
from tests.server.log.lives import NOW, Writer, policy, push, with_desks

DAYS = 7
GROWTH_MOST = 5
AT_A_TIME = 20
"""Acts that a desk hands in together during the day."""


class _Desk:
    """One desk's side: what it hands in, and how far it has read."""

    def __init__(self, writer: Writer, server: Server) -> None:
        self.writer = writer
        self._http = Http(server.url)
        self._client = Client(self._http, writer.signer, server, wall=lambda: time.time_ns() // 1_000_000,
                              chance=os.urandom)  # fmt: skip
        self._cursor, self._hash, self._sent = 0, "", 0

    def close(self) -> None:
        self._http.close()

    def hand_in(self, run: Run) -> None:
        """Push a run; it must be stored."""
        answer = self._client.ask(routes.PUSH, m.Push("none", (run,)), m.Pushed).runs[0]
        assert (answer.status, answer.parked) == ("stored", ()), answer

    def go_on(self, until: int) -> None:
        """Hand in the acts up to a number, a few at a time."""
        while self._sent < until:
            last = min(self._sent + AT_A_TIME, until)
            self.hand_in(self.writer.run(self._sent + 1, last))
            self._sent = last

    def read(self) -> int:
        """Read what is new; how many events."""
        found = 0
        while True:
            page = self._client.ask(routes.PULL, m.Pull(self._cursor, self._hash, MAX_EVENTS), m.Page)
            found += sum(len(entry.run.rows) for entry in page.entries if entry.run)
            self._cursor, self._hash = page.next, page.hash
            if page.next >= page.head:
                return found


@contextmanager
def _desks(writers: Sequence[Writer], server: Server) -> Iterator[list[_Desk]]:
    with ExitStack() as stack:
        made = [_Desk(writer, server) for writer in writers]
        for one in made:
            stack.callback(one.close)
        yield made


def figures(events: int, tell: Callable[[str], object]) -> list[Figure]:
    """A week of `events` acts, half of them loans, and as many again handed in at once."""
    share = events // DESKS
    tell(f"preparing {2 * events:,} signed acts …")
    week = [life(f"desk {number}", share) for number in range(DESKS)]
    heap = [life(f"heap {number}", share) for number in range(DESKS)]
    with tempfile.TemporaryDirectory(prefix="meja-bench-") as folder:
        home = Home(Path(folder) / "server")
        store = open_sqlite(home.store, home.key(), NOW)
        with_desks(store, *week, *heap)
        push(store, records=[policy(campus().to_json())], by=week[0].desk)
        with serving(home.root) as served:
            known = Server(served.url, _public(store))
            with _desks(week, known) as desks:
                held = _week(desks, share, served, tell)
            with _desks(heap, known) as desks:
                taken = _at_once(desks, events)
        store.close()
    middle, last = held[DAYS // 2], held[-1]
    grown = None if middle is None or last is None else (last / middle - 1) * 100
    return [
        Figure("server", f"{DESKS} desks at once, over HTTP", taken, "/s"),
        Figure("server", "resident after the first day", held[0], "MB"),
        Figure("server", f"resident after a week of {events // 2:,} loans", last, "MB"),
        Figure("server", "grown in the second half of the week", grown, "%", GROWTH_MOST),
    ]


def _public(store: SqlLogStore) -> str:

    return Signer(store.identity().private).public.hex()


def _week(desks: Sequence[_Desk], share: int, served: Serving, tell: Callable[[str], object]) -> list[float | None]:
    """Megabytes of the server at the end of each day."""
    held: list[float | None] = []
    with ThreadPoolExecutor(len(desks)) as pool:
        for day in range(1, DAYS + 1):
            list(pool.map(lambda desk, until=share * day // DAYS: desk.go_on(until), desks))  # type: ignore[misc]
            list(pool.map(_Desk.read, desks))
            held.append(resident_mb(served.pid))
            tell(f"day {day}: {held[-1] or 0:.1f} MB")
    return held


def _at_once(desks: Sequence[_Desk], events: int) -> float:
    runs = [runs_of(desk.writer) for desk in desks]
    began = time.perf_counter()
    with ThreadPoolExecutor(len(desks)) as pool:
        list(pool.map(lambda desk, own: [desk.hand_in(run) for run in own], desks, runs))
    return events / (time.perf_counter() - began)
