"""How a reader stands, whatever the copy."""

from __future__ import annotations

from app.domain.clock import local_datetime
from app.domain.decide_loan import decide_loan
from app.domain.loan_rule import resolve
from app.domain.policy import Policy
from app.domain.verdict import Verdict
from app.ports import MemberHit, Store


def standing(store: Store, member: MemberHit) -> Verdict:
    """What speaks against lending to a reader whatever the copy: membership, block, debt, overdue."""
    now = local_datetime(store.now(), store.zone)
    with store.read() as facts:
        policy = facts.policy_on(now.date())
    verdict = decide_loan(None, member.facts, policy, now).verdict
    return Verdict(tuple(reason for reason in verdict.reasons if reason.code != "item-unknown"))


def usual_limit(member: MemberHit, policy: Policy) -> int | None:
    """The loan limit of a reader for an ordinary book, for the card; None when no rule says one."""
    terms = resolve(policy, member.facts.member_type, "", "", member.facts.profile)
    return terms.limit if terms else None
