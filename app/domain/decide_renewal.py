"""May this open loan be renewed now? One pure decision with all its reasons.

The count of renewals is judged here and nowhere else; no button or screen decides it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from app.domain import queue
from app.domain.calendar import plus_days
from app.domain.due import Due, due_date
from app.domain.fact import ItemFacts, LoanFacts, MemberFacts
from app.domain.findings import Findings
from app.domain.loan_rule import Terms
from app.domain.loan_terms import slims_renewals, terms_of
from app.domain.overdue import Overdue, moves_to_open, overdue
from app.domain.policy import Policy
from app.domain.standing import days_past, is_late, weigh_debt, weigh_membership, weigh_overdue
from app.domain.verdict import Verdict

ALL_CODES: Final = (
    "item-unknown",
    "member-unknown",
    "not-on-loan",
    "on-loan-to-another",
    "no-rule",
    "renewal-limit",
    "unseen-renewal-limit",
    "too-soon",
    "renewed-today",
    "no-gain",
    "held-by-another",
    "held-but-other-copies-free",
    "item-overdue",
    "has-overdue",
    "member-suspended",
    "member-expired",
    "member-blocked",
    "card-lost",
    "debt-over-limit",
    "owes",
    "due-shortened-by-expiry",
    "member-expiring",
    "fine-due",
)

NEVER_OVERRIDABLE: Final = frozenset(
    {
        "item-unknown",
        "member-unknown",
        "not-on-loan",
        "on-loan-to-another",
        "no-rule",
        "held-by-another",
        "no-gain",
    }
)
"""Findings nobody may sign for; a waiting reader is never overridden (as in Koha)."""


class RenewalDecision(Struct, frozen=True):
    """The answer. `due`: the new due date; `terms`: the terms the loan goes on under; `overdue`: the lateness
    that the renewal closes and charges (a renewal ends the running fine); `from_open`: it counts from the first open
    day after a due day that is closed by now.
    """

    verdict: Verdict
    due: Due | None = None
    terms: Terms | None = None
    overdue: Overdue | None = None
    renewals_left: int | None = None
    from_open: bool = False


def decide_renewal(
    item: ItemFacts | None, member: MemberFacts | None, policy: Policy, now: datetime, *, seen: bool = True
) -> RenewalDecision:
    """Decide the renewal of the loan on `item` for `member` at `now`. `seen` False: asked by phone or
    message.

    After Koha's CanBookBeRenewed. meja: judged by the terms stored with the loan; the new date is never
    earlier than the promised one. slims: from today by today's values of the stored rule, and it may be
    earlier.
    """
    here = policy.local(now)
    found = Findings(policy.thresholds.overridable_renewal - NEVER_OVERRIDABLE)
    if item is None:
        found.refuse("item-unknown")
    elif item.loan is None:
        found.refuse("not-on-loan")
    if member is None and not (item is not None and item.loan is None):
        found.refuse("member-unknown")
    if item is None or item.loan is None or member is None:
        return RenewalDecision(found.verdict())
    if item.loan.member_id != member.member_id:
        found.refuse("on-loan-to-another", due=item.loan.due_on)
        return RenewalDecision(found.verdict())
    return _decide(found, item, item.loan, member, policy, here, seen)


def _decide(
    found: Findings,
    item: ItemFacts,
    loan: LoanFacts,
    member: MemberFacts,
    policy: Policy,
    here: datetime,
    seen: bool,
) -> RenewalDecision:
    rules = policy.thresholds
    if policy.profile == "slims":
        member = replace(member, blocked=False)  # observed: a pending member may extend
    weigh_membership(found, member, rules, here)
    weigh_debt(found, member, rules, rules.renew_debt_level)
    if is_late(loan, here):
        days = days_past(loan.due_on, loan.due_at, here)
        found.weigh("item-overdue", rules.renew_overdue_item_level, days=days)
    weigh_overdue(found, member, rules.renew_overdue_member_level, here, besides=loan.loan_id)
    _weigh_queue(found, item, member, policy)
    terms = terms_of(policy, member.member_type, loan)
    if terms is None:
        scope = {"collection": loan.collection, "material": loan.material}
        found.refuse("no-rule", member_type=member.member_type, **scope)
        return RenewalDecision(found.verdict())
    allowed = terms.renewals
    if policy.profile == "slims":
        allowed = slims_renewals(policy, member.member_type, item.collection, terms)
    _weigh_count(found, loan, terms, allowed, policy, here, seen)
    due = _new_due(found, loan, member, terms, policy, here)
    late = overdue(
        terms, policy.calendar, loan.due_on, here.date(), loan.price,
        due_at=loan.due_at, returned_at=here, from_open=True,
    )  # fmt: skip
    moved = moves_to_open(terms, policy.calendar, loan.due_on, loan.due_at)
    if late.amount > 0:
        found.alert("fine-due", amount=late.amount, days=late.days_charged)
    left = max(allowed - loan.renewals - 1, 0)
    return RenewalDecision(found.verdict(), due, terms, late, left, moved)


def _weigh_queue(found: Findings, item: ItemFacts, member: MemberFacts, policy: Policy) -> None:
    if policy.profile == "slims":
        first = next(iter(queue.in_order(item)), None)
        if first is not None and first.member_id != member.member_id:
            found.refuse("held-by-another", waiting=len(item.holds))
        return
    others = tuple(hold for hold in queue.waiting(item) if hold.member_id != member.member_id)
    if others and policy.thresholds.hold_other_copies and queue.covered_by_free_copies(item, others):
        found.tell("held-but-other-copies-free", waiting=len(others), free=item.other_copies_free)
    elif others:
        found.refuse("held-by-another", waiting=len(others))


def _weigh_count(
    found: Findings, loan: LoanFacts, terms: Terms, allowed: int, policy: Policy, here: datetime, seen: bool
) -> None:
    if loan.renewals >= allowed:
        found.block("renewal-limit", limit=allowed, renewals=loan.renewals)
    if not seen and loan.unseen_renewals >= terms.unseen_renewals:
        found.block("unseen-renewal-limit", limit=terms.unseen_renewals, renewals=loan.unseen_renewals)
    if policy.thresholds.renew_once_a_day and loan.renewed_on == here.date():
        found.block("renewed-today")
    opens = plus_days(loan.due_on, -terms.not_before_days)
    if terms.not_before_days > 0 and here.date() < opens:
        found.block("too-soon", opens=opens)


def _new_due(
    found: Findings, loan: LoanFacts, member: MemberFacts, terms: Terms, policy: Policy, here: datetime
) -> Due:
    if terms.profile == "slims":
        return due_date(terms, policy.calendar, here, member.expires_on, renewal=True)
    start: date | datetime = here
    if policy.thresholds.renew_base == "due" and not is_late(loan, here):
        start = loan.due_at if loan.due_at is not None else loan.due_on
    due = due_date(terms, policy.calendar, start, member.expires_on, renewal=True)
    if due.on < loan.due_on or not _later(due, loan):
        found.refuse("no-gain", due=loan.due_on)
        return Due(loan.due_on, loan.due_at)
    if due.note("cut-at-expiry") is not None:
        found.tell("due-shortened-by-expiry", due=due.on, expires=member.expires_on)
    return due


def _later(due: Due, loan: LoanFacts) -> bool:
    """True when the new date is after the promised one (by the moment, for loans by the hour)."""
    if due.at is not None and loan.due_at is not None and loan.due_at.tzinfo is not None:
        return due.at > loan.due_at
    return due.on > loan.due_on
