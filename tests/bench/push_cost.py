"""What the server takes in and gives out: signed runs pushed into SQLite and PostgreSQL with all checks and the fold.

The runs are made before the clock starts; there is no network in it. Half the acts are loans, half returns, as large as
a desk writes them, in runs of a thousand.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from app.domain.ids import derived_id
from app.domain.loan_rule import resolve
from server.log import SqlLogStore, open_postgres, open_sqlite
from sync.protocol.codec import pack, to_json
from sync.protocol.messages import Push
from sync.protocol.runs import Run
from tests.bench.figure import Figure
from tests.builders import campus
from tests.server.log.lives import LIBRARY, NOW, Writer, policy, push, with_desks
from tests.server.postgres import postgres_server

RUN = 1000
COPIES = 5000
DESKS = 10
PUSH_LEAST = {"SQLite": 10_000, "PostgreSQL": 8_000}
PULL_LEAST = 20_000
WIRE_MOST = 120


def life(name: str, events: int) -> Writer:
    """A desk that lent and took back."""
    terms = resolve(campus(), "mahasiswa", "umum", "buku")
    assert terms is not None
    document, writer = terms.to_json(), Writer(name)
    for number in range(events // 2):
        item = derived_id("bench-item", name, str(number % COPIES))
        tx = derived_id("tx", str(number // 3))
        loan = {
            "item": item, "title": derived_id("bench-title", str(number % COPIES)), "due": "2036-03-20",
            "party": derived_id("bench-party", str(number % 1000)), "policy": "campus-1", "terms": document,
            "price": 75_000, "tx": tx,
        }  # fmt: skip
        writer.act("loan.opened", loan, after=1000)
        writer.act("item.returned", {"item": item, "policy": "campus-1", "tx": tx}, after=1000)
    return writer


def runs_of(writer: Writer) -> list[Run]:
    """The desk's chain in runs, signed."""
    return [writer.run(first + 1, min(first + RUN, len(writer.rows))) for first in range(0, len(writer.rows), RUN)]


@contextmanager
def stores(folder: Path) -> Iterator[dict[str, SqlLogStore | None]]:
    """An empty log in each database; None where that database is not here."""
    with postgres_server(folder) as conninfo:
        found = {
            "SQLite": open_sqlite(folder / "log.db", b"k" * 32),
            "PostgreSQL": open_postgres(conninfo) if conninfo else None,
        }
        try:
            yield found
        finally:
            for store in found.values():
                if store is not None:
                    store.close()


def _rate(events: int, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return events / (time.perf_counter() - began)


def _push_all(store: SqlLogStore, runs: Sequence[Run], status: str) -> None:
    for run in runs:
        answer = push(store, run).runs[0]
        assert (answer.status, answer.parked) == (status, ()), answer


def _pull_all(store: SqlLogStore) -> int:
    cursor, hash_, found = 0, "", 0
    while True:
        page = store.pull(LIBRARY, "", cursor, hash_, 2000, own_whole=True, now=NOW)
        if page.next == cursor:
            return found
        found += sum(len(entry.run.rows) for entry in page.entries if entry.run)
        cursor, hash_ = page.next, page.hash


def figures(events: int, tell: Callable[[str], object]) -> list[Figure]:
    """Push, push again, pull, ten desks at once, and what a push weighs on the wire."""
    tell(f"preparing {2 * events:,} signed acts …")
    one = life("one", events)
    runs = runs_of(one)
    many = [life(f"desk {number}", events // DESKS) for number in range(DESKS)]
    parts = [runs_of(writer) for writer in many]
    body, _ = pack(to_json(Push("e", (runs[0],))))
    wire = len(body) / len(runs[0].rows)
    found = [Figure("push", "bytes of an event on the wire", wire, "", WIRE_MOST, note=f"runs of {RUN}")]
    with tempfile.TemporaryDirectory(prefix="meja-bench-") as folder, stores(Path(folder)) as opened:
        for name, store in opened.items():
            if store is None:
                found.append(Figure("push", f"events pushed into {name}", None, "/s", least=PUSH_LEAST[name]))
                continue
            with_desks(store, one, *many)
            push(store, records=[policy(campus().to_json())], by=one.desk)
            taken = _rate(events, lambda at=store: _push_all(at, runs, "stored"))  # type: ignore[misc]
            again = _rate(events, lambda at=store: _push_all(at, runs, "duplicate"))  # type: ignore[misc]
            pulled = _rate(events, lambda at=store: _pull_all(at))  # type: ignore[misc]
            with ThreadPoolExecutor(DESKS) as pool:
                together = _rate(
                    sum(len(writer.rows) for writer in many),
                    lambda at=store, pool=pool: list(pool.map(lambda part: _push_all(at, part, "stored"), parts)),  # type: ignore[misc]
                )
            found += [
                Figure("push", f"events pushed into {name}", taken, "/s", least=PUSH_LEAST[name]),
                Figure("push", f"the same again, {name}", again, "/s", least=PUSH_LEAST[name]),
                Figure("push", f"events read from {name}", pulled, "/s", least=PULL_LEAST),
                Figure("push", f"{DESKS} desks at once into {name}", together, "/s"),
            ]
    return found
