"""Renewing a loan for the reader who has the copy."""

from __future__ import annotations

from typing import Any

from app.domain import right
from app.domain.clock import to_ms
from app.domain.decide_renewal import decide_renewal
from app.domain.due import Due
from app.domain.loan_rule import Terms
from app.domain.policy import Policy
from app.domain.verdict import Verdict
from app.ports import ItemHit, Store
from app.services.circulation.acting import (
    Approval,
    Desk,
    allowed,
    at_desk,
    no_right,
    put_if,
    refusal,
    rules_now,
    signed,
)
from app.services.circulation.inserting import against, asking, insertion, keep_low, what_follows
from app.services.circulation.suspending import suspended, suspensions
from app.services.outcome import ENDED, Kind, Outcome


def renew(store: Store, desk: Desk, item_id: str, approval: Approval | None = None, *, seen: bool = True) -> Outcome:
    """Renew the loan of a copy for the reader who has it."""
    if not desk.may(right.CIRCULATE):
        return no_right(right.CIRCULATE)
    refused: Outcome | None = None
    with store.act(staff=desk.staff.id, tx=desk.tx, stated_at=desk.stated_at) as act:
        item = act.item_by_id(item_id)
        found = insertion(act, item, store.zone)
        clash = against(desk, found, ends_loan=False)
        if clash is not None:
            return clash
        item = found.hit if found else item
        loan = item.facts.loan if item else None
        member = act.member_by_id(loan.member_id) if loan and loan.member_id else None
        now, policy = rules_now(store, act)
        decision = decide_renewal(
            item.facts if item else None, member.facts if member else None, policy, now, seen=seen
        )
        verdict = asking(decision.verdict, found)
        due, terms = decision.due, decision.terms
        if (
            item is None
            or loan is None
            or member is None
            or due is None
            or terms is None
            or not allowed(verdict, approval)
        ):
            refused = refusal(verdict, item, member, code="not-renewed")
        else:
            body = _renewal_body(item, due, terms, policy, seen)
            body["loan"], body["base"] = loan.loan_id, loan.due_on.isoformat()
            if terms.to_json() != loan.terms:
                body["judged"] = terms.to_json()
            if decision.from_open:
                body["from_open"] = True
            body.update(signed(act, verdict, approval))
            body.update(at_desk(desk, member.member.id))
            before = suspensions(act, item, found)
            event = act.record("loan.renewed", body)
            fine = decision.overdue.amount if decision.overdue else 0
            due_on, due_at, over = due.on, due.at, False
            if found is not None:
                told = what_follows(act, found, loan.loan_id, keep_low(act, event.id, found))
                kept = next(one for one in act.loans_of_copy(item.item.id) if one.loan_id == loan.loan_id)
                cost, over = act.charge_of_event(event.id), kept.closed_at is not None
                # What it costs is said once: as a change of what was said before, where there was something.
                again = over or any(reason.code == "fine-changed" for reason in told)
                said = (reason for reason in verdict.reasons if not (again and reason.code == "fine-due"))
                verdict = Verdict.of((*said, *told))
                due_on, due_at, fine = kept.due_on, kept.due_at, cost[0] if cost else 0
            verdict = Verdict.of((*verdict.reasons, *suspended(act, item, found, before, store.zone)))
            return Outcome(
                Kind.RENEWED,
                code=ENDED if over else "",
                verdict=verdict,
                member=member.member,
                item=item.item,
                title=item.title,
                due_on=due_on,
                due_at=due_at,
                was_due=loan.due_on,
                fine=fine,
                overdue=decision.overdue,
                event_id=event.id,
                at=event.at,
                late=event.late,
                counts_at=now if event.late else None,
                loans=len(member.facts.loans),
                renewals_left=decision.renewals_left,
            )
    return refused


def _renewal_body(item: ItemHit, due: Due, terms: Terms, policy: Policy, seen: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "item": item.item.id,
        "due": due.on.isoformat(),
        "policy": policy.version,
        "terms": terms.to_json(),
    }
    put_if(body, "due_at", to_ms(due.at) if due.at else None)
    if not seen:
        body["seen"] = False
    return body
