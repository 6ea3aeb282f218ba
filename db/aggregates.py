"""The rows of folded copies, queues and accounts: read and written in batches for the fold."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import apsw
import msgspec

from app.domain.canonical import canonical_text, struct_bytes
from app.domain.event import Event
from app.domain.fold.batch import AccountKeep, ItemKeep, QueueKeep
from app.domain.fold.item import Finding, LoanCharge, LoanState
from db import journal
from db.sql import Reading

LOAN_COLUMNS = (
    "id", "item", "title", "party", "opened_at", "lent_on", "due_on", "due_at", "policy", "renewals", "unseen",
    "renewed_on", "closed_at", "closed_on", "how", "closing", "charges", "terms", "price",
)  # fmt: skip
# What an event can change of a loan; naming the rest would write its indexes anew each time.
_LOAN_CHANGES = LOAN_COLUMNS[LOAN_COLUMNS.index("due_on") :]
_PUT_LOAN = (
    f"INSERT INTO loan ({', '.join(LOAN_COLUMNS)}) VALUES ({', '.join('?' * len(LOAN_COLUMNS))})"
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _LOAN_CHANGES)}"
)
_read_charges = msgspec.json.Decoder(tuple[LoanCharge, ...]).decode


class Aggregates:
    """What the fold asks of a desk's store, over one connection.

    `own`: the events come from this desk itself and are fresh, so nothing known can undo them.
    """

    def __init__(self, connection: apsw.Connection, library: str, *, own: bool) -> None:
        self._db = connection
        self._library = library
        self._own = own

    def undone(self, events: Sequence[Event]) -> Collection[str]:
        if self._own or self._db.execute("SELECT 1 FROM undone LIMIT 1").fetchone() is None:
            return ()
        return {row[0] for row in _among(self._db, "SELECT event FROM undone WHERE event", [e.id for e in events])}

    def note_undone(self, undoing: Sequence[Event]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO undone (event, by) VALUES (?, ?)", [(e.body["event"], e.id) for e in undoing]
        )

    def items(self, items: Sequence[str]) -> Mapping[str, tuple[str, bytes]]:
        rows = _among(self._db, "SELECT item, state, hash FROM item_state WHERE item", items)
        return {item: (state, found) for item, state, found in rows}

    def item_events(self, items: Sequence[str]) -> Mapping[str, list[Event]]:
        return self._events("item", items)

    def queue_events(self, queues: Sequence[str]) -> Mapping[str, list[Event]]:
        return self._events("queue", queues)

    def party_events(self, parties: Sequence[str]) -> Mapping[str, list[Event]]:
        return self._events("party", parties)

    def _events(self, column: str, names: Sequence[str]) -> Mapping[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for row in _among(self._db, f"SELECT e.{column}, {journal.COLUMNS} {journal.FROM} WHERE e.{column}", names):
            found.setdefault(row[0], []).append(journal.from_row(self._library, row[1:]))
        return found

    def forget_items(self, items: Sequence[str]) -> Collection[str]:
        charged = "SELECT DISTINCT party FROM loan WHERE charges IS NOT NULL AND item"
        parties = {row[0] for row in _among(self._db, charged, items)}
        for table in ("item_state", "loan", "finding"):
            self._db.executemany(f"DELETE FROM {table} WHERE item = ?", [(item,) for item in items])
        return parties

    def keep_items(self, items: Sequence[ItemKeep]) -> None:
        self._db.executemany(
            "INSERT INTO item_state (item, state, hash) VALUES (?, ?, ?)"
            " ON CONFLICT (item) DO UPDATE SET state = excluded.state, hash = excluded.hash",
            [(keep.item, keep.text.decode(), keep.hash) for keep in items],
        )

    def keep_loans(self, loans: Sequence[LoanState]) -> None:
        self._db.executemany(_PUT_LOAN, map(loan_row, loans))

    def keep_findings(self, findings: Sequence[tuple[str, Finding]]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO finding (id, kind, item, causes) VALUES (?, ?, ?, ?)",
            [(one.case_id, one.kind, item, canonical_text(list(one.causes))) for item, one in findings],
        )

    def queue_hashes(self, queues: Sequence[str]) -> Mapping[str, bytes]:
        return dict(_among(self._db, "SELECT queue, hash FROM queue_state WHERE queue", queues))

    def keep_queues(self, queues: Sequence[str], states: Sequence[QueueKeep]) -> None:
        kept = {keep.state.queue for keep in states}
        self._db.executemany("DELETE FROM hold WHERE queue = ?", [(queue,) for queue in queues])
        self._db.executemany("DELETE FROM queue_state WHERE queue = ?", [(q,) for q in queues if q not in kept])
        self._db.executemany(
            "INSERT OR REPLACE INTO queue_state (queue, hash) VALUES (?, ?)",
            [(keep.state.queue, keep.hash) for keep in states],
        )
        self._db.executemany(
            "INSERT INTO hold (id, queue, party, only_item, placed_at, state, copy, until, ended_at, number, place)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (h.id, h.queue, h.party, h.only, h.placed_at, h.state, h.copy, h.until, h.ended_at, h.number, place)
                for keep in states
                for place, h in enumerate(keep.state.holds)
            ],
        )

    def charged(self, parties: Sequence[str]) -> Mapping[str, Sequence[LoanState]]:
        return charged_loans(self._db, parties)

    def account_hashes(self, parties: Sequence[str]) -> Mapping[str, bytes]:
        return dict(_among(self._db, "SELECT party, hash FROM account WHERE party", parties))

    def keep_accounts(self, parties: Sequence[str], states: Sequence[AccountKeep]) -> None:
        kept = {keep.state.party for keep in states}
        self._db.executemany("DELETE FROM charge WHERE party = ?", [(party,) for party in parties])
        self._db.executemany("DELETE FROM payment WHERE party = ?", [(party,) for party in parties])
        self._db.executemany("DELETE FROM account WHERE party = ?", [(p,) for p in parties if p not in kept])
        self._db.executemany(
            "INSERT OR REPLACE INTO account (party, owed, credit, suspended_until, hash) VALUES (?, ?, ?, ?, ?)",
            [(k.state.party, k.state.owed, k.state.credit, k.state.suspended_until, k.hash) for k in states],
        )
        self._db.executemany(
            "INSERT INTO charge (id, party, reason, at, amount, paid, waived, loan, item)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (c.id, c.party, c.reason, c.at, c.amount, c.paid, c.waived, c.loan, c.item)
                for keep in states
                for c in keep.state.charges
            ],
        )
        self._db.executemany(
            "INSERT INTO payment (id, party, at, amount, receipt, voided) VALUES (?, ?, ?, ?, ?, ?)",
            [(p.id, p.party, p.at, p.amount, p.receipt, p.voided) for keep in states for p in keep.state.payments],
        )


def _among(connection: Reading, statement: str, names: Sequence[str]) -> Iterable[Any]:
    """The rows of a statement that ends in a column, for the rows where that column is one of `names`."""
    if len(names) == 1:
        return connection.execute(statement + " = ?", (names[0],))
    return connection.execute(statement + " IN (SELECT value FROM json_each(?))", (json.dumps(list(names)),))


def loan_row(loan: LoanState) -> tuple[object, ...]:
    """A loan as its row's values; the terms are kept beside it only while it is open."""
    return (
        loan.id,
        loan.item,
        loan.title,
        loan.party,
        loan.opened_at,
        loan.lent_on,
        loan.due_on,
        loan.due_at,
        loan.policy,
        loan.renewals,
        loan.unseen,
        loan.renewed_on,
        loan.closed_at,
        loan.closed_on,
        loan.how,
        loan.closing,
        struct_bytes(loan.charges).decode() if loan.charges else None,
        struct_bytes(loan.terms).decode() if loan.closed_at is None else None,
        loan.price,
    )


def charged_loans(connection: Reading, parties: Sequence[str]) -> dict[str, list[LoanState]]:
    """The loans of each party that cost something, as far as the account needs them."""
    found: dict[str, list[LoanState]] = {}
    rows = _among(
        connection,
        "SELECT party, id, item, title, opened_at, lent_on, due_on, policy, closed_at, charges FROM loan"
        " WHERE charges IS NOT NULL AND party",
        parties,
    )
    for party, id_, item, title, opened_at, lent_on, due_on, policy, closed_at, charges in rows:
        loan = LoanState(
            id=id_,
            item=item,
            title=title,
            party=party,
            opened_at=opened_at,
            lent_on=lent_on,
            due_on=due_on,
            due_at=None,
            policy=policy,
            terms={},
            price=None,
            closed_at=closed_at,
            charges=_read_charges(charges),
        )
        found.setdefault(party, []).append(loan)
    return found
