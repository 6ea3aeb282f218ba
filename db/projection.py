"""The state the desk reads: kept equal to the fold of the journal, in the same transaction as each event.

An event that comes after everything known of its copy is applied to the kept state; anything else (an earlier time,
an undo) folds that copy, queue or account again from its events. Both ways give the same rows, which `meja check`
and the tests prove.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Protocol

import apsw

from app.domain.canonical import ZERO, add_hash, canonical_text, remove_hash
from app.domain.event import Event, touch
from app.domain.fold import FoldRules
from app.domain.fold.account import AccountState, fold_account
from app.domain.fold.item import Finding, ItemState, LoanCharge, LoanState, fold_item, step_item
from app.domain.fold.queue import QueueState, fold_queue
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


class HashKeeper(Protocol):
    """Where the running state hash lives during a transaction."""

    state_hash: bytes


class Projection:
    """Applies events to the kept state over one connection; knows the library's rules for the fold."""

    def __init__(self, connection: apsw.Connection, library: str, rules: FoldRules) -> None:
        self._db = connection
        self._library = library
        self._rules = rules
        self.state_hash = ZERO
        self.reload()

    def reload(self) -> None:
        """Take the kept state hash again (at start, and after a rolled-back transaction)."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'state_hash'").fetchone()
        self.state_hash = bytes(row[0]) if row else ZERO

    def save(self) -> None:
        """Keep the state hash; once per transaction."""
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('state_hash', ?)", (self.state_hash,))

    def apply(self, event: Event) -> None:
        """Bring the state up to an event that was just appended."""
        moves = touch(event.kind, event.body)
        if event.kind == "act.undone":
            self._db.execute("INSERT OR REPLACE INTO undone (event, by) VALUES (?, ?)", (event.body["event"], event.id))
        if moves.item:
            self._item(moves.item, event)
        if moves.queue:
            self.fold_queue(moves.queue)
        if moves.party:
            self.fold_account(moves.party)

    # --- copies -------------------------------------------------------------------------------------------------

    def _item(self, item: str, event: Event) -> None:
        row = self._db.execute("SELECT state, hash FROM item_state WHERE item = ?", (item,)).fetchone()
        state = ItemState.from_json(json.loads(row[0])) if row else ItemState(item)
        # An undo that came in before what it undoes has nothing to take back yet.
        undone = self._db.execute("SELECT 1 FROM undone WHERE event = ?", (event.id,)).fetchone()
        if event.kind == "act.undone" or event.key <= state.key or undone:
            self.fold_item(item)
            return
        step = step_item(state, event, self._rules)
        self._keep_item(step.state, row[1] if row else None)
        self._keep_loans(step.loans)
        self._keep_findings(item, step.findings)
        for party in {loan.party for loan in step.loans if loan.charges}:
            self.fold_account(party)

    def fold_item(self, item: str) -> None:
        """Fold one copy from all its events and replace its rows; accounts of its charged loans follow."""
        row = self._db.execute("SELECT hash FROM item_state WHERE item = ?", (item,)).fetchone()
        touched = {
            party
            for (party,) in self._db.execute("SELECT party FROM loan WHERE item = ? AND charges IS NOT NULL", (item,))
        }
        events = journal.of_item(self._db, self._library, item)
        step = fold_item(item, events, self._rules)
        self._db.execute("DELETE FROM loan WHERE item = ?", (item,))
        self._db.execute("DELETE FROM finding WHERE item = ?", (item,))
        self._keep_item(step.state, row[0] if row else None)
        self._keep_loans(step.loans)
        self._keep_findings(item, step.findings)
        touched.update(loan.party for loan in step.loans if loan.charges)
        for party in touched:
            self.fold_account(party)

    def _keep_item(self, state: ItemState, old: bytes | None) -> None:
        if state == ItemState(state.item):
            self._rehash(old, None)
            self._db.execute("DELETE FROM item_state WHERE item = ?", (state.item,))
            return
        new = state.hash()
        self._rehash(old, new)
        self._db.execute(
            "INSERT INTO item_state (item, state, hash) VALUES (?, ?, ?)"
            " ON CONFLICT (item) DO UPDATE SET state = excluded.state, hash = excluded.hash",
            (state.item, canonical_text(state.to_json()), new),
        )

    def _keep_loans(self, loans: Iterable[LoanState]) -> None:
        for loan in loans:
            self._db.execute(_PUT_LOAN, loan_row(loan))

    def _keep_findings(self, item: str, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._db.execute(
                "INSERT OR REPLACE INTO finding (id, kind, item, causes) VALUES (?, ?, ?, ?)",
                (finding.case_id, finding.kind, item, canonical_text(list(finding.causes))),
            )

    # --- queues -------------------------------------------------------------------------------------------------

    def fold_queue(self, queue: str) -> None:
        """Fold one title's waiting queue and replace its rows."""
        state = fold_queue(queue, journal.of_queue(self._db, self._library, queue))
        row = self._db.execute("SELECT hash FROM queue_state WHERE queue = ?", (queue,)).fetchone()
        new = state.hash() if state.holds else None
        self._rehash(row[0] if row else None, new)
        self._db.execute("DELETE FROM hold WHERE queue = ?", (queue,))
        if new is None:
            self._db.execute("DELETE FROM queue_state WHERE queue = ?", (queue,))
            return
        self._db.execute("INSERT OR REPLACE INTO queue_state (queue, hash) VALUES (?, ?)", (queue, new))
        self._keep_holds(state)

    def _keep_holds(self, state: QueueState) -> None:
        for place, hold in enumerate(state.holds):
            self._db.execute(
                "INSERT INTO hold (id, queue, party, only_item, placed_at, state, copy, until, ended_at, number, place)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    hold.id,
                    hold.queue,
                    hold.party,
                    hold.only,
                    hold.placed_at,
                    hold.state,
                    hold.copy,
                    hold.until,
                    hold.ended_at,
                    hold.number,
                    place,
                ),
            )

    # --- accounts -----------------------------------------------------------------------------------------------

    def fold_account(self, party: str) -> AccountState:
        """Fold one party's account from its charged loans and its money events and replace its rows."""
        loans = charged_loans(self._db, party)
        state = fold_account(party, loans, journal.of_party(self._db, self._library, party))
        row = self._db.execute("SELECT hash FROM account WHERE party = ?", (party,)).fetchone()
        new = None if state == AccountState(party) else state.hash()
        self._rehash(row[0] if row else None, new)
        self._db.execute("DELETE FROM charge WHERE party = ?", (party,))
        self._db.execute("DELETE FROM payment WHERE party = ?", (party,))
        if new is None:
            self._db.execute("DELETE FROM account WHERE party = ?", (party,))
            return state
        self._db.execute(
            "INSERT OR REPLACE INTO account (party, owed, credit, suspended_until, hash) VALUES (?, ?, ?, ?, ?)",
            (party, state.owed, state.credit, state.suspended_until, new),
        )
        self._db.executemany(
            "INSERT INTO charge (id, party, reason, at, amount, paid, waived, loan, item)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(c.id, c.party, c.reason, c.at, c.amount, c.paid, c.waived, c.loan, c.item) for c in state.charges],
        )
        self._db.executemany(
            "INSERT INTO payment (id, party, at, amount, receipt, voided) VALUES (?, ?, ?, ?, ?, ?)",
            [(p.id, p.party, p.at, p.amount, p.receipt, p.voided) for p in state.payments],
        )
        return state

    def _rehash(self, old: bytes | None, new: bytes | None) -> None:
        """Replace an aggregate's part of the state hash; None = it holds nothing, as if it had never been touched."""
        if old is not None:
            self.state_hash = remove_hash(self.state_hash, old)
        if new is not None:
            self.state_hash = add_hash(self.state_hash, new)


def loan_row(loan: LoanState) -> tuple[object, ...]:
    """A loan as its row's values; the terms are kept beside it only while it is open."""
    charges = canonical_text(loan.to_json()["charges"]) if loan.charges else None
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
        charges,
        canonical_text(loan.terms) if loan.closed_at is None else None,
        loan.price,
    )


def charged_loans(connection: Reading, party: str) -> Sequence[LoanState]:
    """The loans of a party that cost something, as far as the account needs them."""
    rows = connection.execute(
        "SELECT id, item, title, opened_at, lent_on, due_on, policy, closed_at, charges FROM loan"
        " WHERE party = ? AND charges IS NOT NULL",
        (party,),
    )
    return [
        LoanState(
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
            charges=tuple(LoanCharge(**charge) for charge in json.loads(charges)),
        )
        for id_, item, title, opened_at, lent_on, due_on, policy, closed_at, charges in rows
    ]
