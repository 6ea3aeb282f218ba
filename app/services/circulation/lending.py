"""Lending a copy: facts, decision, event, in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from app.domain import right
from app.domain.clock import to_ms
from app.domain.decide_loan import LoanDecision, decide_loan
from app.domain.policy import Policy
from app.domain.verdict import Level, Reason, Verdict
from app.ports import Act, ItemHit, MemberHit, Store
from app.services.circulation.acting import (
    NEWEST,
    Approval,
    Desk,
    allowed,
    live_party,
    no_right,
    put_if,
    refusal,
    rules_now,
    signed,
)
from app.services.circulation.inserting import (
    Insertion,
    against,
    asking,
    end_loan,
    insertion,
    move_charges,
    what_follows,
)
from app.services.circulation.returning import record_return
from app.services.circulation.suspending import suspended, suspensions
from app.services.outcome import ENDED, Kind, Outcome


def lend(
    store: Store, desk: Desk, member_id: str, item_id: str, approval: Approval | None = None, *, profile: str = ""
) -> Outcome:
    """Lend a copy, under a special profile of the rules if one is named. Not allowed: an outcome with every reason,
    and nothing recorded."""
    if not desk.may(right.CIRCULATE):
        return no_right(right.CIRCULATE)
    refused: Outcome | None = None
    with store.act(staff=desk.staff.id, tx=desk.tx, stated_at=desk.stated_at) as act:
        item, member = act.item_by_id(item_id), act.member_by_id(member_id)
        if member is not None and profile:
            member = replace(member, facts=replace(member.facts, profile=profile))
        now, policy = rules_now(store, act)
        found = insertion(act, item, store.zone)
        clash = against(desk, found)
        if clash is not None:
            return clash
        item = found.hit if found else item
        decision = decide_loan(item.facts if item else None, member.facts if member else None, policy, now)
        if not decision.renews:
            # A copy that was this reader's own then is renewed or returned instead, and that verb asks.
            decision = replace(decision, verdict=asking(decision.verdict, found))
        if item is None or member is None or decision.renews or not allowed(decision.verdict, approval):
            refused = refusal(decision.verdict, item, member, decision)
        else:
            before = suspensions(act, item, found, member.parties[:NEWEST])
            lent = _record_loan(act, item, member, decision, policy, now, approval, found)
            told = suspended(act, item, found, before, store.zone)
            return replace(lent, verdict=Verdict.of((*lent.verdict.reasons, *told))) if told else lent
    return refused


def _record_loan(
    act: Act,
    item: ItemHit,
    member: MemberHit,
    decision: LoanDecision,
    policy: Policy,
    now: datetime,
    approval: Approval | None,
    found: Insertion | None,
) -> Outcome:
    assert decision.due is not None
    assert decision.terms is not None
    main = act.new_id()
    told = list(decision.verdict.reasons)
    if decision.returns_first:
        before = record_return(act, item, now, policy, "", into=main, free=bool(found and found.free))
        # Of one that had ended already it is said below what it costs now.
        if before.fine and not (found and found.earlier.ends):
            told.append(Reason("returned-first", Level.ALERT, {"amount": before.fine}))
    body: dict[str, Any] = {
        "item": item.item.id,
        "title": item.title.id,
        "party": _party(act, member, now),
        "due": decision.due.on.isoformat(),
        "policy": policy.version,
        "terms": decision.terms.to_json(),
    }
    put_if(body, "due_at", to_ms(decision.due.at) if decision.due.at else None)
    put_if(body, "price", item.item.price)
    served, bumped = _holds_of(item, decision)
    if not act.late:
        body.update(_hold_fields(item, served, bumped))
    body.update(signed(act, decision.verdict, approval))
    event = act.record("loan.opened", body, event_id=main)
    if act.late:
        _move_queue_now(act, main, item, served, bumped)
    if found is not None:
        end_loan(act, main, found, policy)
        told.extend((*what_follows(act, found, main), *move_charges(act, main, found)))
    kept = next(loan for loan in act.loans_of_copy(item.item.id) if loan.loan_id == main) if found else None
    ended = kept is not None and kept.closed_at is not None
    return Outcome(
        Kind.LENT,
        verdict=Verdict.of(told),
        member=member.member,
        item=item.item,
        title=item.title,
        due_on=decision.due.on,
        due_at=decision.due.at,
        code=ENDED if ended else "",
        fine=kept.fine if kept else 0,
        event_id=event.id,
        at=event.at,
        late=event.late,
        counts_at=now if event.late else None,
        loans=len(member.facts.loans) + (not ended),
        limit=decision.limit,
    )


def _party(act: Act, member: MemberHit, now: datetime) -> str:
    """The reader's live token: a new one begins whenever nothing is open under the last."""
    return live_party(act, member, now.date()) or act.new_party(member.member.id)


def _holds_of(item: ItemHit, decision: LoanDecision) -> tuple[str, str]:
    """The hold this loan serves, and the one it takes the copy away from (signed for); "" = none."""
    served = decision.fulfils.hold_id if decision.fulfils is not None else ""
    standing = next((h for h in item.facts.holds if h.aside and h.item_id == item.item.id), None)
    return served, standing.hold_id if standing is not None and standing.hold_id != served else ""


def _hold_fields(item: ItemHit, served: str, bumped: str) -> dict[str, str]:
    """What a loan of now says of its title's queue."""
    fields: dict[str, str] = {}
    put_if(fields, "hold", served or None)
    put_if(fields, "bumps", bumped or None)
    if fields:
        fields["queue"] = item.title.id
    return fields


def _move_queue_now(act: Act, main: str, item: ItemHit, served: str, bumped: str) -> None:
    """What a loan with a stated earlier time does to the queue as it stands: it happens now.

    At the stated time the hold may not have been placed, and the shelf that the desk saw since is no mistake.
    """
    for kind, hold in (("hold.fulfilled", served), ("hold.released", bumped)):
        if hold:
            body = {"hold": hold, "queue": item.title.id, "copy": item.item.id, "with": main}
            act.record(kind, body, present=True)
