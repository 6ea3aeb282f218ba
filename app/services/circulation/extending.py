"""Another due date for one running loan, because a person with the right says so."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.domain import right
from app.domain.decide_due_date import decide_due_date
from app.ports import Store
from app.services.circulation.acting import (
    DUE_LATER,
    Approval,
    Desk,
    allowed,
    at_desk,
    by_right,
    no_right,
    refusal,
    rules_now,
    signed,
)
from app.services.outcome import Kind, Outcome

DUE_FIXED = "due-fixed"
"""Tells such an answer from that of a renewal."""


def fix_due(
    store: Store, desk: Desk, item_id: str, wanted: date, reason: str, approval: Approval | None = None
) -> Outcome:
    """Let the loan of a copy end later. It counts as no renewal and charges nothing; the reason is kept as a note. By
    somebody with the right, or signed for by one."""
    if not desk.may(right.CIRCULATE):
        return no_right(right.CIRCULATE)
    with store.act(staff=desk.staff.id, tx=desk.tx) as act:
        item = act.item_by_id(item_id)
        now, policy = rules_now(store, act)
        if item is None:
            return Outcome(Kind.UNKNOWN, code="item-unknown")
        loan = item.facts.loan
        decision = decide_due_date(loan, wanted, policy.calendar, now.date(), reason)
        hit = act.member_by_id(loan.member_id) if loan and loan.member_id else None
        member = hit.member if hit else None
        if loan is None or decision.due_on is None:
            return Outcome(
                Kind.REFUSED,
                code="due-kept",
                verdict=decision.verdict,
                member=member,
                item=item.item,
                title=item.title,
                due_on=loan.due_on if loan else None,
            )
        verdict = by_right(desk, decision.verdict, DUE_LATER, due=decision.due_on, why=reason.strip())
        if not allowed(verdict, approval):
            return refusal(verdict, item, hit, code=DUE_LATER)
        signature = signed(act, verdict, approval)
        note = act.new_id()
        act.put_note(note, reason.strip())
        body: dict[str, Any] = {
            **signature,
            "item": item_id,
            "loan": loan.loan_id,
            "due": decision.due_on.isoformat(),
            "base": loan.due_on.isoformat(),
            "renewals": loan.renewals,
            "note": note,
        }
        body.update(at_desk(desk, loan.member_id or ""))
        event = act.record("loan.corrected", body)
        return Outcome(
            Kind.RENEWED,
            code=DUE_FIXED,
            verdict=decision.verdict,
            member=member,
            item=item.item,
            title=item.title,
            due_on=decision.due_on,
            was_due=loan.due_on,
            event_id=event.id,
            at=event.at,
            loans=len(hit.facts.loans) if hit else 0,
        )
