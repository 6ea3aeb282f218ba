"""How a reader stands whatever the copy, and a copy whoever the reader."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.clock import local_datetime
from app.domain.decide_loan import decide_loan
from app.domain.verdict import Level, Reason, Verdict
from app.ports import ItemHit, MemberHit, Store


def standing(store: Store, member: MemberHit) -> Verdict:
    """What speaks against lending to a reader whatever the copy: membership, block, debt, overdue."""
    now = local_datetime(store.now(), store.zone)
    with store.read() as facts:
        policy = facts.policy_on(now.date())
    verdict = decide_loan(None, member.facts, policy, now).verdict
    return Verdict(tuple(reason for reason in verdict.reasons if reason.code != "item-unknown"))


def standing_of_copy(store: Store, item: ItemHit) -> Verdict:
    """What is to be known of a copy that lies here, whoever might want it: repair, loss, holds. Alerts only."""
    now = local_datetime(store.now(), store.zone)
    with store.read() as facts:
        policy = facts.policy_on(now.date())
    reasons = decide_loan(item.facts, None, policy, now).verdict.reasons
    said = [replace(reason, level=Level.ALERT) for reason in reasons if reason.code not in ABOUT_LENDING]
    if any(hold.aside and hold.item_id == item.item.id for hold in item.facts.holds):
        said.append(Reason("held-aside-for-another", Level.ALERT))
    return Verdict(tuple(said))


ABOUT_LENDING = frozenset({"member-unknown", "no-rule", "parts-to-check"})
"""What a verdict without a reader says that is no news about the copy."""
