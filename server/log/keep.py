"""The folded state of one library, read and written in batches for the fold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from msgspec.json import Decoder, decode
from msgspec.structs import replace

from app.domain.canonical import canonical_text, struct_bytes
from app.domain.event import Event
from app.domain.fold.batch import AccountKeep, ItemKeep, QueueKeep
from app.domain.fold.item import Finding, LoanState
from server.log.sql import Row, Sql
from sync.protocol.runs import branch_name

EVENT = "e.id, a.desk, a.inc, a.fork, e.seq, e.at, e.wall, e.mono, e.boot, e.kind, e.staff, e.body, e.late, e.v"
FROM_EVENT = "FROM event e JOIN author a ON a.lib = e.lib AND a.a = e.a WHERE e.lib = ?"

_loan = Decoder(LoanState).decode


class Library(Struct):
    """A library's row while a transaction works on it. `state` is the state hash, `hash` the running hash."""

    lib: int
    id: str
    zone: str
    epoch: str
    head: int
    safe: int
    hash: bytes
    state: bytes
    fold: int


def event_from(library: str, row: Row) -> Event:
    """A folded event from the columns `EVENT`."""
    id_, desk, inc, fork, seq, at, wall, mono, boot, kind, staff, body, late, v = row
    return Event(
        id_, library, desk, branch_name(inc, fork), seq, at, wall, mono, boot, kind, staff, decode(body), bool(late), v
    )


class LogKept:
    """What the fold asks of the log. Parked events are never among its answers."""

    def __init__(self, sql: Sql, lib: int, library: str) -> None:
        self._sql = sql
        self._lib = lib
        self._library = library

    def undone(self, events: Sequence[Event]) -> Collection[str]:
        rows = self._sql.all(
            "SELECT event FROM undone WHERE lib = ? AND event IN (??)", self._lib, [event.id for event in events]
        )
        return {row[0] for row in rows}

    def note_undone(self, undoing: Sequence[Event]) -> None:
        rows = {str(event.body["event"]): event.id for event in undoing}
        self._sql.put("undone", [(self._lib, event, by) for event, by in rows.items()])

    def items(self, items: Sequence[str]) -> Mapping[str, tuple[str | bytes, bytes]]:
        rows = self._sql.all(
            "SELECT item, state, hash FROM item WHERE lib = ? AND item IN (??)", self._lib, list(items)
        )
        return {item: (state, hash_) for item, state, hash_ in rows}

    def item_events(self, items: Sequence[str]) -> Mapping[str, list[Event]]:
        return self._events("item", items)

    def queue_events(self, queues: Sequence[str]) -> Mapping[str, list[Event]]:
        return self._events("queue", queues)

    def party_events(self, parties: Sequence[str]) -> Mapping[str, list[Event]]:
        return self._events("party", parties)

    def _events(self, column: str, names: Sequence[str]) -> Mapping[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        rows = self._sql.all(f"SELECT e.{column}, {EVENT} {FROM_EVENT} AND e.{column} IN (??)", self._lib, list(names))
        for row in rows:
            found.setdefault(row[0], []).append(event_from(self._library, row[1:]))
        return found

    def forget_items(self, items: Sequence[str]) -> Collection[str]:
        names = list(items)
        rows = self._sql.all("SELECT DISTINCT party FROM charged WHERE lib = ? AND item IN (??)", self._lib, names)
        for table in ("item", "charged", "finding"):
            self._sql.run(f"DELETE FROM {table} WHERE lib = ? AND item IN (??)", self._lib, names)
        return {row[0] for row in rows}

    def keep_items(self, items: Sequence[ItemKeep]) -> None:
        self._sql.put("item", [(self._lib, keep.item, keep.text.decode(), keep.hash) for keep in items])

    def keep_loans(self, loans: Sequence[LoanState]) -> None:
        rows = [
            (self._lib, loan.id, loan.item, loan.party, struct_bytes(replace(loan, terms={})).decode())
            for loan in loans
            if loan.charges
        ]
        self._sql.put("charged", rows)

    def keep_findings(self, findings: Sequence[tuple[str, Finding]]) -> None:
        rows = {
            one.case_id: (self._lib, one.case_id, one.kind, item, canonical_text(list(one.causes)))
            for item, one in findings
        }
        self._sql.put("finding", list(rows.values()))

    def queue_hashes(self, queues: Sequence[str]) -> Mapping[str, bytes]:
        return dict(
            self._sql.all("SELECT queue, hash FROM queue WHERE lib = ? AND queue IN (??)", self._lib, list(queues))
        )

    def keep_queues(self, queues: Sequence[str], states: Sequence[QueueKeep]) -> None:
        self._sql.run("DELETE FROM queue WHERE lib = ? AND queue IN (??)", self._lib, list(queues))
        self._sql.add(
            "queue",
            [(self._lib, keep.state.queue, struct_bytes(keep.state).decode(), keep.hash) for keep in states],
        )

    def charged(self, parties: Sequence[str]) -> Mapping[str, Sequence[LoanState]]:
        found: dict[str, list[LoanState]] = {}
        rows = self._sql.all(
            "SELECT party, state FROM charged WHERE lib = ? AND party IN (??)", self._lib, list(parties)
        )
        for party, state in rows:
            found.setdefault(party, []).append(_loan(state))
        return found

    def account_hashes(self, parties: Sequence[str]) -> Mapping[str, bytes]:
        return dict(
            self._sql.all("SELECT party, hash FROM account WHERE lib = ? AND party IN (??)", self._lib, list(parties))
        )

    def keep_accounts(self, parties: Sequence[str], states: Sequence[AccountKeep]) -> None:
        self._sql.run("DELETE FROM account WHERE lib = ? AND party IN (??)", self._lib, list(parties))
        self._sql.add(
            "account",
            [(self._lib, keep.state.party, struct_bytes(keep.state).decode(), keep.hash) for keep in states],
        )
