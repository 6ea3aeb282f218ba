"""Copies that came back in a bad state, or do not come back."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.domain.money import lost_charge
from app.domain.records import ItemStatus
from app.domain.verdict import Level, Reason, Verdict
from app.ports import Act, ItemHit, Store
from app.services.circulation.acting import (
    LOSING,
    Approval,
    Desk,
    allowed,
    by_right,
    no_right,
    refusal,
    rules_now,
    signed,
    status_change,
)
from app.services.outcome import Kind, Outcome, refused

BROKEN = frozenset({ItemStatus.REPAIR, ItemStatus.DAMAGED})
LOST = "lost"
REPAIRED = "repaired"
"""The condition of a copy that is whole again."""


def note_condition(store: Store, desk: Desk, item_id: str, event_id: str, condition: str, *, repair: bool) -> Outcome:
    """Note what is wrong with a copy just returned (`event_id`), charge its reader by the policy's list."""
    if not desk.may(right.CIRCULATE):
        return no_right(right.CIRCULATE)
    with store.act(staff=desk.staff.id, tx=desk.tx) as act:
        item = act.item_by_id(item_id)
        _now, policy = rules_now(store, act)
        if item is None:
            return Outcome(Kind.UNKNOWN, code="item-unknown")
        if condition not in dict(policy.thresholds.condition_charges):
            return refused("condition-unknown")
        main = act.record("item.condition_noted", {"item": item_id, "condition": condition})
        closed = act.loan_of_event(event_id)
        amount = policy.thresholds.condition_charge(condition) if closed else 0
        if closed and amount:
            act.record(
                "charge.made",
                {
                    "charge": act.new_id(),
                    "party": closed[1],
                    "amount": amount,
                    "reason": f"condition.{condition}",
                    "copy": item_id,
                    "with": main.id,
                },
            )
        if repair and item.item.status is ItemStatus.AVAILABLE:
            act.put_item(replace(item.item, status=ItemStatus.REPAIR))
            act.record(
                "record.edited",
                {"record": "item", "id": item_id, "fields": status_change(item, "repair"), "with": main.id},
            )
            told = Verdict((*_release(act, item, main.id).reasons, Reason("sent-to-repair", Level.MESSAGE)))
        else:
            told = Verdict()
        member = act.member_of_party(closed[1]) if closed else None
        return Outcome(
            Kind.CONDITION,
            code=condition,
            verdict=told,
            member=member,
            item=item.item,
            title=item.title,
            fine=amount,
            event_id=main.id,
            at=main.at,
            left=act.owed(member.id) if member else 0,
        )


def mend(store: Store, desk: Desk, item_id: str) -> Outcome:
    """A copy is whole again: it may be lent as before."""
    if not desk.may(right.CIRCULATE):
        return no_right(right.CIRCULATE)
    with store.act(staff=desk.staff.id, tx=desk.tx) as act:
        item = act.item_by_id(item_id)
        if item is None or item.item.status not in BROKEN:
            return refused("not-in-repair")
        main = act.record("item.condition_noted", {"item": item_id, "condition": REPAIRED})
        act.put_item(replace(item.item, status=ItemStatus.AVAILABLE))
        fields = status_change(item, ItemStatus.AVAILABLE.value)
        act.record("record.edited", {"record": "item", "id": item_id, "fields": fields, "with": main.id})
        return Outcome(Kind.CONDITION, code=REPAIRED, item=item.item, title=item.title, event_id=main.id, at=main.at)


def lose(store: Store, desk: Desk, item_id: str, approval: Approval | None = None) -> Outcome:
    """Take a copy as lost: its loan ends without a fine, and its reader is charged by the policy. By somebody with the
    right, or signed for by one."""
    if not desk.may(right.CIRCULATE):
        return no_right(right.CIRCULATE)
    with store.act(staff=desk.staff.id, tx=desk.tx) as act:
        item = act.item_by_id(item_id)
        _now, policy = rules_now(store, act)
        if item is None:
            return Outcome(Kind.UNKNOWN, code="item-unknown")
        loan = item.facts.loan
        amount = lost_charge(policy.thresholds, item.item.price) if loan else 0
        verdict = by_right(desk, Verdict(), LOSING, amount=amount)
        if not allowed(verdict, approval):
            reader = act.member_by_id(loan.member_id) if loan and loan.member_id else None
            return refusal(verdict, item, reader, code=LOSING)
        main = act.record("item.lost", {"item": item_id, **signed(act, verdict, approval)})
        released = _release(act, item, main.id)
        if loan and amount:
            act.record(
                "charge.made",
                {
                    "charge": act.new_id(),
                    "party": loan.party,
                    "amount": amount,
                    "reason": "lost",
                    "copy": item_id,
                    "with": main.id,
                },
            )
        member = act.member_by_id(loan.member_id) if loan and loan.member_id else None
        return Outcome(
            Kind.CONDITION,
            code=LOST,
            verdict=released,
            member=member.member if member else None,
            item=item.item,
            title=item.title,
            fine=amount,
            event_id=main.id,
            at=main.at,
            left=member.facts.owed if member else 0,
        )


def _release(act: Act, item: ItemHit, main: str) -> Verdict:
    """Whoever this copy stood aside for waits again: it will not be handed out."""
    standing = [hold for hold in item.facts.holds if hold.aside and hold.item_id == item.item.id]
    for hold in standing:
        act.record(
            "hold.released",
            {"hold": hold.hold_id, "queue": item.title.id, "copy": item.item.id, "with": main},
        )
    return Verdict(tuple(Reason("hold-released", Level.ALERT) for _ in standing[:1]))
