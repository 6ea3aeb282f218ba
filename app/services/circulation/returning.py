"""Taking a copy back, with what follows from it: fine, hold, found again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace

from app.domain import right
from app.domain.decide_return import book_drop_day, decide_return
from app.domain.fact import HoldFacts
from app.domain.policy import Policy
from app.domain.records import ItemStatus
from app.domain.text import shorten_name
from app.domain.verdict import Level, Reason, Verdict
from app.ports import Act, ItemHit, MemberHit, Store
from app.services.circulation.acting import (
    Approval,
    Desk,
    allowed,
    no_right,
    put_if,
    refusal,
    rules_now,
    shelf_end,
    signed,
    status_change,
)
from app.services.circulation.inserting import Insertion, against, asking, insertion, move_charges, what_follows
from app.services.circulation.suspending import suspended, suspensions
from app.services.outcome import Kind, Outcome

FOUND_AGAIN = "found-again"
"""Why the charge for a lost copy is taken off: it came back."""


def return_item(
    store: Store,
    desk: Desk,
    item_id: str,
    approval: Approval | None = None,
    *,
    returned_on: date | None = None,
    book_drop: bool = False,
) -> Outcome:
    """Take a copy back; never refused, since the book is here. Only one that is stated for a time before something
    known of the copy is signed for."""
    if not desk.may(right.CIRCULATE):
        return no_right(right.CIRCULATE)
    if (returned_on or book_drop) and not desk.may(right.LATE_ENTRY):
        return no_right(right.LATE_ENTRY)
    with store.act(staff=desk.staff.id, tx=desk.tx, stated_at=desk.stated_at) as act:
        item = act.item_by_id(item_id)
        now, policy = rules_now(store, act)
        if item is None:
            return refusal(decide_return(None, None, policy, now).verdict, None, None)
        found = insertion(act, item, store.zone)
        if found is not None:
            return _put_in(act, desk, found, now, policy, approval)
        if book_drop:
            returned_on = book_drop_day(policy, now.date())
        return record_return(act, item, now, policy, "", returned_on=returned_on)


def _put_in(
    act: Act, desk: Desk, found: Insertion, now: datetime, policy: Policy, approval: Approval | None
) -> Outcome:
    """A return before something known of the copy: it ends the loan of then, and what is told is what the fold made
    of all that came after."""
    clash = against(desk, found)
    if clash is not None:
        return clash
    loan = found.hit.facts.loan
    borrower = act.member_by_id(loan.member_id) if loan and loan.member_id else None
    question = asking(Verdict(), found)
    if not allowed(question, approval):
        return refusal(question, found.hit, borrower, code="not-returned")
    before = suspensions(act, found.hit, found)
    outcome = record_return(act, found.hit, now, policy, "", signature=signed(act, question, approval), free=found.free)
    after = act.member_by_id(loan.member_id) if loan and loan.member_id else None
    return replace(
        outcome,
        verdict=Verdict.of(
            (
                *(reason for reason in outcome.verdict.reasons if reason.code != "suspended-until"),
                *what_follows(act, found),
                *move_charges(act, outcome.event_id, found),
                *suspended(act, found.hit, found, before, found.zone),
            )
        ),
        loans=len(after.facts.loans) if after else 0,
    )


def record_return(
    act: Act,
    item: ItemHit,
    now: datetime,
    policy: Policy,
    condition: str,
    *,
    returned_on: date | None = None,
    into: str = "",
    signature: Mapping[str, Any] | None = None,
    free: bool = False,
) -> Outcome:
    """Record a return. `into` is the loan the copy goes straight on into: then the return is a part of that act,
    and the copy is not put aside for anybody. `signature`: the fields that say who signed for it;
    `free`: it costs nothing, however late."""
    loan = item.facts.loan
    borrower = act.member_by_id(loan.member_id) if loan and loan.member_id else None
    decision = decide_return(
        item.facts,
        borrower.facts if borrower else None,
        policy,
        now,
        returned_on=returned_on,
        condition=condition,
        forgive=free,
    )
    body: dict[str, Any] = {"item": item.item.id, "policy": policy.version, **(signature or {})}
    if decision.on != now.date():
        body["on"] = decision.on.isoformat()
    if into:
        body["with"] = into
    if loan is not None and decision.terms is not None:
        if decision.terms.to_json() != loan.terms:
            body["judged"] = decision.terms.to_json()
        if loan.price is None:
            put_if(body, "price", item.item.price)
        if decision.from_open:
            body["from_open"] = True
        if free:
            body["judged"] = {}
    event = act.record("item.returned", body)
    freed = _found_again(act, into or event.id, item) if decision.found else ()
    aside = {} if decision.aside is None or into else _set_aside(act, event.id, item, decision.aside, policy.time_zone)
    fine = decision.overdue.amount if decision.overdue and not free else 0
    return Outcome(
        Kind.RETURNED if loan else Kind.SHOWN,
        code="" if loan else "not-on-loan",
        verdict=Verdict.of((*decision.verdict.reasons, *freed)) if freed else decision.verdict,
        member=borrower.member if borrower else None,
        item=item.item,
        title=item.title,
        fine=fine,
        overdue=decision.overdue,
        was_due=loan.due_on if loan else None,
        returned_on=decision.on,
        event_id=event.id,
        at=event.at,
        late=event.late,
        counts_at=now if event.late else None,
        loans=max(len(borrower.facts.loans) - 1, 0) if borrower else 0,
        left=_owed(act, borrower),
        **aside,
    )


def _set_aside(act: Act, main: str, item: ItemHit, hold: HoldFacts, zone: str) -> dict[str, Any]:
    """Put the copy that lies here aside, from today on, also when its return states an earlier time.

    What is told is what the queue then keeps.
    """
    if not (hold.aside and hold.item_id == item.item.id):
        body = {"hold": hold.hold_id, "queue": item.title.id, "copy": item.item.id, "with": main}
        body["until"] = shelf_end(act, zone).isoformat()
        act.record("hold.put_aside", body, present=True)
    kept = act.aside(hold.hold_id)
    return {} if kept is None else {"aside": True, "aside_number": kept[0], "aside_until": kept[1]}


def _found_again(act: Act, main: str, item: ItemHit) -> tuple[Reason, ...]:
    """A lost copy came back: it is available again, and what was charged for its loss is taken back; what was paid of
    it becomes credit. Both are said."""
    if item.item.status in (ItemStatus.LOST, ItemStatus.MISSING):
        act.put_item(replace(item.item, status=ItemStatus.AVAILABLE))
        act.record(
            "record.edited",
            {"record": "item", "id": item.item.id, "fields": status_change(item, "available"), "with": main},
        )
    told: list[Reason] = []
    for charge_id, party, left in act.lost_charges(item.item.id):
        before = act.account(party).credit
        act.record(
            "charge.waived",
            {"charge": charge_id, "party": party, "amount": left, "why": FOUND_AGAIN, "with": main},
        )
        reader = act.member_of_party(party)
        name = shorten_name(reader.name) if reader else ""
        told.append(Reason("loss-taken-back", Level.ALERT, {"amount": left, "name": name}))
        credit = act.account(party).credit - before
        if credit > 0:
            told.append(Reason("loss-now-credit", Level.ALERT, {"credit": credit, "name": name}))
    return tuple(told)


def _owed(act: Act, member: MemberHit | None) -> int:
    """What a reader owes after what was just recorded."""
    return act.owed(member.member.id) if member else 0
