"""First stage: one copy. Who has it, until when, what each loan cost, whether it is lost.

A scan is evidence that the book was in that hand at that time: a loan of a copy that is still out to someone else
closes the earlier loan at that moment (and is a case for staff), and nobody pays for the time after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder
from msgspec.structs import replace

from app.domain.canonical import struct_bytes, struct_digest
from app.domain.case import LENT_AGAIN, LENT_WHILE_OUT, RENEWED_LATE, case_id
from app.domain.clock import local_date, local_datetime
from app.domain.event import Event, OrderKey
from app.domain.fold import FoldRules, in_effective_order
from app.domain.ids import derived_id
from app.domain.loan_rule import Terms
from app.domain.overdue import overdue


class LoanCharge(Struct, frozen=True):
    """What one lateness cost: derived, never an event, so that a late upload can lower it."""

    id: str
    on: str
    amount: int
    days_late: int
    days_charged: int
    suspension_days: int


class LoanState(Struct, frozen=True):
    """One loan, open while `closed_at` is None. Dates are ISO text in the library's zone."""

    id: str
    item: str
    title: str
    party: str
    opened_at: int
    lent_on: str
    due_on: str
    due_at: int | None
    policy: str
    terms: Mapping[str, Any]
    price: int | None
    renewals: int = 0
    unseen: int = 0
    renewed_on: str | None = None
    closed_at: int | None = None
    closed_on: str | None = None
    how: str = ""
    closing: str = ""
    charges: tuple[LoanCharge, ...] = ()


class ItemState(Struct, frozen=True):
    """A copy after its events so far. `past` digests closed loans, so that the state stays small for ever."""

    item: str
    loan: LoanState | None = None
    lost: bool = False
    condition: str = ""
    count: int = 0
    past: str = ""
    key: OrderKey = (-(1 << 62), "", "", 0)

    def text(self) -> bytes:
        """The canonical form that is hashed and kept."""
        return struct_bytes(self)

    @staticmethod
    def from_text(text: str | bytes) -> ItemState:
        """The state from its own kept form (trusted: written by this program into its own store)."""
        return _read(text)

    def hash(self) -> bytes:
        """The aggregate's part of the state hash."""
        return hash_of_item(struct_bytes(self))


_read = Decoder(ItemState).decode


def hash_of_item(text: bytes) -> bytes:
    """A copy's part of the state hash, from the text of its state."""
    return sha256(b'["item",' + text + b"]").digest()


class Finding(Struct, frozen=True):
    """Something a person should look at: a kind and the smallest set of events that caused it."""

    kind: str
    causes: tuple[str, ...]

    @property
    def case_id(self) -> str:
        """The same on every replica."""
        return case_id(self.kind, self.causes)


class Step(Struct, frozen=True):
    """What one event did to a copy: the new state, the loans it changed, what it found odd."""

    state: ItemState
    loans: tuple[LoanState, ...] = ()
    findings: tuple[Finding, ...] = ()


def step_item(state: ItemState, event: Event, rules: FoldRules) -> Step:
    """Apply one event that comes after everything in `state`."""
    state = replace(state, key=event.key)
    apply = _STEPS.get(event.kind)
    return apply(state, event, rules) if apply else Step(state)


def fold_item(item: str, events: Iterable[Event], rules: FoldRules, base: ItemState | None = None) -> Step:
    """Fold a copy's events from the base (or nothing) in effective order; `loans` are all loans that changed."""
    state = base or ItemState(item)
    loans: dict[str, LoanState] = {}
    findings: list[Finding] = []
    for event in in_effective_order(events):
        step = step_item(state, event, rules)
        state = step.state
        loans.update((loan.id, loan) for loan in step.loans)
        findings.extend(step.findings)
    return Step(state, tuple(loans.values()), tuple(findings))


def _opened(state: ItemState, event: Event, rules: FoldRules) -> Step:
    body = event.body
    earlier = state.loan
    findings: tuple[Finding, ...] = ()
    changed: tuple[LoanState, ...] = ()
    if earlier is not None and earlier.party == body["party"]:
        merged = replace(
            earlier,
            due_on=max(earlier.due_on, body["due"]),
            due_at=_later(earlier.due_at, body.get("due_at")),
        )
        return Step(
            replace(state, loan=merged, lost=False),
            (merged,),
            (Finding(LENT_AGAIN, (earlier.id, event.id)),),
        )
    if earlier is not None:
        closed = _close(earlier, event, rules, "implied")
        state, changed = _past(state, closed), (closed,)
        findings = (Finding(LENT_WHILE_OUT, (earlier.id, event.id)),)
    loan = LoanState(
        id=event.id,
        item=state.item,
        title=body["title"],
        party=body["party"],
        opened_at=event.at,
        lent_on=_day(event, rules).isoformat(),
        due_on=body["due"],
        due_at=body.get("due_at"),
        policy=body["policy"],
        terms=body.get("terms", {}),
        price=body.get("price"),
    )
    return Step(replace(state, loan=loan, lost=False, count=state.count + 1), (*changed, loan), findings)


def _imported(state: ItemState, event: Event, rules: FoldRules) -> Step:
    body = event.body
    loan = LoanState(
        id=event.id,
        item=state.item,
        title=body["title"],
        party=body["party"],
        opened_at=event.at,
        lent_on=body["lent"],
        due_on=body["due"],
        due_at=None,
        policy=body.get("policy", ""),
        terms=body.get("terms", {}),
        price=body.get("price"),
        renewals=body.get("renewals", 0),
    )
    if body.get("open", False):
        changed: tuple[LoanState, ...] = ()
        if state.loan is not None:
            closed = _close(state.loan, event, rules, "implied")
            state, changed = _past(state, closed), (closed,)
        return Step(replace(state, loan=loan, count=state.count + 1), (*changed, loan))
    closed = replace(
        loan,
        closed_at=event.at,
        closed_on=body.get("returned"),
        how="imported",
        closing=event.id,
    )
    # A past loan that comes to light later says nothing about who has the copy now.
    return Step(replace(_past(state, closed), loan=state.loan, count=state.count + 1), (closed,))


def _corrected(state: ItemState, event: Event, rules: FoldRules) -> Step:
    """The system a loan came from says something else about it now, or a person gave it a later date: no renewal, so
    nothing is charged."""
    body, loan = event.body, state.loan
    if loan is None or loan.id != body["loan"]:
        return Step(state)
    corrected = replace(loan, due_on=body["due"], due_at=None, renewals=body.get("renewals", loan.renewals))
    return Step(replace(state, loan=corrected), (corrected,))


def _renewed(state: ItemState, event: Event, rules: FoldRules) -> Step:
    body, loan = event.body, state.loan
    if loan is None or loan.id != body["loan"]:
        return Step(state, (), (Finding(RENEWED_LATE, (body["loan"], event.id)),))
    if loan.due_on != body.get("base", loan.due_on):
        # Two renewals from one due date count as one; the later date stands.
        raced = replace(
            loan,
            due_on=max(loan.due_on, body["due"]),
            due_at=_later(loan.due_at, body.get("due_at")),
        )
        return Step(replace(state, loan=raced), (raced,))
    on = _day(event, rules)
    renewed = replace(
        loan,
        due_on=body["due"],
        due_at=body.get("due_at"),
        renewals=loan.renewals + 1,
        unseen=loan.unseen + (0 if body.get("seen", True) else 1),
        renewed_on=on.isoformat(),
        policy=body["policy"],
        terms=body.get("terms", loan.terms),
        charges=loan.charges + _charges(loan, event, on, rules),
    )
    return Step(replace(state, loan=renewed), (renewed,))


def _returned(state: ItemState, event: Event, rules: FoldRules) -> Step:
    if state.loan is None:
        return Step(replace(state, lost=False))
    closed = _close(state.loan, event, rules, "returned")
    return Step(replace(_past(state, closed), lost=False), (closed,))


def _lost(state: ItemState, event: Event, rules: FoldRules) -> Step:
    if state.loan is None:
        return Step(replace(state, lost=True))
    # The price is charged by an event of its own; the running fine stops (Koha's practice of forgiving it).
    closed = replace(
        state.loan,
        closed_at=event.at,
        closed_on=local_date(event.at, rules.zone).isoformat(),
        how="lost",
        closing=event.id,
    )
    return Step(replace(_past(state, closed), lost=True), (closed,))


def _found(state: ItemState, event: Event, rules: FoldRules) -> Step:
    return Step(replace(state, lost=False))


def _condition(state: ItemState, event: Event, rules: FoldRules) -> Step:
    return Step(replace(state, condition=event.body["condition"]))


_STEPS = {
    "loan.opened": _opened,
    "loan.imported": _imported,
    "loan.corrected": _corrected,
    "loan.renewed": _renewed,
    "item.returned": _returned,
    "item.lost": _lost,
    "item.found": _found,
    "item.condition_noted": _condition,
}


def _day(event: Event, rules: FoldRules) -> date:
    """The date of an act in the library's zone; `day` says it where a wrong clock's acts pushed the time on."""
    said = event.body.get("day")
    return date.fromisoformat(said) if said else local_date(event.at, rules.zone)


def _close(loan: LoanState, event: Event, rules: FoldRules, how: str) -> LoanState:
    stated = event.body.get("on") if event.kind == "item.returned" else None
    on = date.fromisoformat(stated) if stated else _day(event, rules)
    return replace(
        loan,
        closed_at=event.at,
        closed_on=on.isoformat(),
        how=how,
        closing=event.id,
        charges=loan.charges + _charges(loan, event, on, rules),
    )


def _charges(loan: LoanState, event: Event, on: date, rules: FoldRules) -> tuple[LoanCharge, ...]:
    """What bringing (or renewing) the book on this day costs; nothing for a loan without terms.

    The act says under which calendar it was judged (days closed since the loan was made count), the terms if the
    profile takes today's instead of the loan's own, the price if the loan was made before the copy had one, and
    whether a closed due day counts as the first open day after it (`from_open`; earlier programs did not).
    """
    due = date.fromisoformat(loan.due_on)
    terms = event.body.get("judged", loan.terms)
    if not terms or (on <= due and loan.due_at is None):
        return ()
    late = overdue(
        Terms.from_json(terms),
        rules.calendar(event.body.get("policy", loan.policy)),
        due,
        on,
        event.body.get("price", loan.price) if event.kind == "item.returned" else loan.price,
        due_at=local_datetime(loan.due_at, rules.zone) if loan.due_at is not None else None,
        returned_at=local_datetime(event.at, rules.zone) if not event.body.get("on") else None,
        from_open=bool(event.body.get("from_open", False)),
    )
    if late.amount == 0 and late.suspension_days == 0:
        return ()
    charge = LoanCharge(
        derived_id("overdue", loan.id, str(loan.renewals)),
        on.isoformat(),
        late.amount,
        late.days_late,
        late.days_charged,
        late.suspension_days,
    )
    return (charge,)


def _past(state: ItemState, closed: LoanState) -> ItemState:
    past = struct_digest([state.past, struct_bytes(closed).decode()]).hex()
    return replace(state, loan=None, past=past)


def _later(one: int | None, other: int | None) -> int | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
