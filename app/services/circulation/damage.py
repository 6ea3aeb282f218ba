"""Copies that came back in a bad state, or do not come back."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.domain.money import lost_charge
from app.domain.records import ItemStatus
from app.ports import Store
from app.services.circulation.acting import Desk, no_right, rules_now, status_change
from app.services.outcome import Kind, Outcome, refused


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
        member = act.member_of_party(closed[1]) if closed else None
        return Outcome(
            Kind.CONDITION,
            code=condition,
            member=member,
            item=item.item,
            title=item.title,
            fine=amount,
            event_id=main.id,
            at=main.at,
        )


def lose(store: Store, desk: Desk, item_id: str) -> Outcome:
    """Take a copy as lost: its loan ends without a fine, and its reader is charged by the policy."""
    if not desk.may(right.OVERRIDE):
        return no_right(right.OVERRIDE)
    with store.act(staff=desk.staff.id, tx=desk.tx) as act:
        item = act.item_by_id(item_id)
        _now, policy = rules_now(store, act)
        if item is None:
            return Outcome(Kind.UNKNOWN, code="item-unknown")
        loan = item.facts.loan
        main = act.record("item.lost", {"item": item_id})
        amount = lost_charge(policy.thresholds, item.item.price) if loan else 0
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
            code="lost",
            member=member.member if member else None,
            item=item.item,
            title=item.title,
            fine=amount,
            event_id=main.id,
            at=main.at,
            left=member.facts.owed if member else 0,
        )
