"""May this copy be lent to this reader now? One pure decision with all its reasons.

It reads the gathered facts and the policy, and nothing else: no clock, no store, no words for staff.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec import Struct

from app.domain import queue
from app.domain.due import Due, due_date
from app.domain.fact import HoldFacts, ItemFacts, LoanFacts, MemberFacts
from app.domain.findings import Findings
from app.domain.loan_rule import Resolution, Terms, explain
from app.domain.policy import Policy, Thresholds
from app.domain.records import ItemStatus
from app.domain.standing import weigh_debt, weigh_membership, weigh_overdue
from app.domain.verdict import Verdict

ALL_CODES: Final = (
    "item-unknown",
    "member-unknown",
    "item-withdrawn",
    "item-lost",
    "item-missing",
    "item-damaged",
    "item-in-repair",
    "item-reference",
    "item-not-for-loan",
    "item-provisional",
    "on-loan-to-this-member",
    "on-loan-to-another",
    "held-for-another",
    "held-aside-for-another",
    "held-but-other-copies-free",
    "hold-ready",
    "same-title-out",
    "member-expired",
    "member-expiring",
    "member-suspended",
    "member-blocked",
    "card-lost",
    "debt-over-limit",
    "owes",
    "has-overdue",
    "profile-needs-no-other-loans",
    "no-rule",
    "limit-zero",
    "limit-reached",
    "total-limit-reached",
    "parts-to-check",
    "due-shortened-by-expiry",
    "expires-before-due",
    "due-today",
    "due-at-closing",
    "due-at-opening",
    "fixed-date-passed",
)
QUESTIONS: Final = frozenset(
    {"parts-to-check", "on-loan-to-this-member", "on-loan-to-another", "undoes-earlier", "undoes-earlier-money"}
)
"""Confirmations anybody at the desk may answer; every other confirmation needs the right to override."""
OF_THE_READER: Final = frozenset(
    {
        "member-expired",
        "member-suspended",
        "member-blocked",
        "card-lost",
        "debt-over-limit",
        "has-overdue",
        "limit-reached",
        "total-limit-reached",
    }
)
"""Findings about the reader, the same at each copy: one signature may answer them for a whole transaction."""
NEVER_OVERRIDABLE: Final = frozenset({"item-unknown", "member-unknown", "item-withdrawn", "no-rule"})
"""Findings no policy may make a matter of signature: without these facts there is nothing to lend, or no
terms.
"""


class LoanDecision(Struct, frozen=True):
    """The answer. `due` and `terms` are there whenever a rule lends, even when something else forbids the
    loan.

    `renews`: the copy is out to this same reader, so the act would be a renewal; `returns_first`: it is out
    to another, whose loan must be closed first; `fulfils`: the reader's own hold that this loan serves.
    """

    verdict: Verdict
    due: Due | None = None
    terms: Terms | None = None
    renews: bool = False
    returns_first: bool = False
    fulfils: HoldFacts | None = None
    open_loans: int = 0
    limit: int | None = None


def decide_loan(item: ItemFacts | None, member: MemberFacts | None, policy: Policy, now: datetime) -> LoanDecision:
    """Decide a loan of `item` to `member` at the moment `now` (aware). An unknown one is given as None.

    The reader's special profile stands in `MemberFacts.profile`. After Koha's CanBookBeIssued: every reason
    is looked for, none hides another. The slims profile differs where docs/rules.md says so.
    """
    here = policy.local(now)
    found = Findings(policy.thresholds.overridable - NEVER_OVERRIDABLE)
    if item is None:
        found.refuse("item-unknown")
    if member is None:
        found.refuse("member-unknown")
    own = _own_loan(item, member)
    if own is not None and member is not None:
        found.ask("on-loan-to-this-member", due=own.due_on)
        return LoanDecision(found.verdict(), renews=True, open_loans=len(member.loans))
    if member is not None:
        _weigh_member(found, member, policy, here)
    if item is not None:
        _weigh_item(found, item, member, policy)
    if item is None or member is None:
        return LoanDecision(found.verdict(), open_loans=len(member.loans) if member else 0)
    fulfils = _weigh_holds(found, item, member, policy)
    return _with_terms(found, item, member, policy, here, fulfils)


def _own_loan(item: ItemFacts | None, member: MemberFacts | None) -> LoanFacts | None:
    """The loan of this copy, when it is this reader's own."""
    if item is None or member is None or item.loan is None or item.loan.member_id != member.member_id:
        return None
    return item.loan


def _weigh_member(found: Findings, member: MemberFacts, policy: Policy, here: datetime) -> None:
    rules = policy.thresholds
    weigh_membership(found, member, rules, here)
    weigh_debt(found, member, rules, rules.debt_level)
    weigh_overdue(found, member, rules.overdue_level, here)


def _weigh_item(found: Findings, item: ItemFacts, member: MemberFacts | None, policy: Policy) -> None:
    rules = policy.thresholds
    _weigh_status(found, item, rules)
    if item.provisional:
        found.tell("item-provisional")
    if item.parts:
        if rules.parts_level == "block":
            found.ask("parts-to-check", parts=item.parts)
        else:
            found.weigh("parts-to-check", rules.parts_level, parts=item.parts)
    if item.loan is not None:
        found.ask("on-loan-to-another", due=item.loan.due_on)


def _weigh_status(found: Findings, item: ItemFacts, rules: Thresholds) -> None:
    match item.status:
        case ItemStatus.AVAILABLE:
            pass
        case ItemStatus.WITHDRAWN:
            found.refuse("item-withdrawn")
        case ItemStatus.LOST:
            found.weigh("item-lost", rules.lost_level)
        case ItemStatus.MISSING:
            found.weigh("item-missing", rules.missing_level)
        case ItemStatus.DAMAGED:
            found.weigh("item-damaged", rules.damaged_level)
        case ItemStatus.REPAIR:
            found.weigh("item-in-repair", rules.repair_level)
        case ItemStatus.REFERENCE:
            found.weigh("item-reference", rules.reference_level)
        case ItemStatus.NOT_FOR_LOAN:
            found.weigh("item-not-for-loan", rules.not_for_loan_level)


def _weigh_holds(found: Findings, item: ItemFacts, member: MemberFacts, policy: Policy) -> HoldFacts | None:
    """Add what the queue says; the reader's own hold that this loan would serve, if any."""
    if policy.profile == "slims":
        first = next(iter(queue.in_order(item)), None)
        if first is not None and first.member_id != member.member_id:
            found.block("held-for-another", waiting=len(item.holds))
            return None
        return first
    aside = queue.standing_aside(item)
    if aside is not None and aside.member_id == member.member_id:
        found.tell("hold-ready")
        return aside
    if aside is not None:
        found.block("held-aside-for-another")
    ahead = queue.ahead_of(item, member.member_id)
    if ahead and policy.thresholds.hold_other_copies and queue.covered_by_free_copies(item, ahead):
        found.tell("held-but-other-copies-free", waiting=len(ahead), free=item.other_copies_free)
    elif ahead:
        found.block("held-for-another", waiting=len(ahead))
    own = (hold for hold in queue.in_order(item) if hold.member_id == member.member_id)
    return next((hold for hold in own if hold.item_id in (None, item.item_id)), None)


def _with_terms(
    found: Findings,
    item: ItemFacts,
    member: MemberFacts,
    policy: Policy,
    here: datetime,
    fulfils: HoldFacts | None,
) -> LoanDecision:
    other = item.loan is not None
    _weigh_same_title(found, item, member, policy)
    resolved = explain(policy, member.member_type, item.collection, item.material, member.profile)
    if resolved.terms is None:
        found.refuse(
            "no-rule",
            member_type=member.member_type,
            collection=item.collection,
            material=item.material,
            missing=" ".join(resolved.missing),
        )
        return LoanDecision(found.verdict(), returns_first=other, open_loans=len(member.loans))
    terms = resolved.terms
    _weigh_limits(found, member, policy, terms)
    _weigh_special(found, member, terms)
    due = due_date(terms, policy.calendar, here, member.expires_on)
    _weigh_due(found, member, due, terms, here)
    return LoanDecision(
        verdict=found.verdict(),
        due=due,
        terms=terms,
        returns_first=other,
        fulfils=fulfils,
        open_loans=len(member.loans),
        limit=shown_limit(policy, member, resolved),
    )


def _weigh_same_title(found: Findings, item: ItemFacts, member: MemberFacts, policy: Policy) -> None:
    same = [loan for loan in member.loans if loan.title_id == item.title_id and loan.item_id != item.item_id]
    if same:
        found.weigh("same-title-out", policy.thresholds.same_title_level, due=same[0].due_on)


def _weigh_limits(found: Findings, member: MemberFacts, policy: Policy, terms: Terms) -> None:
    if policy.profile == "slims" and found.has("held-for-another"):
        return  # observed on SLiMS 9.7.0: who signs for a reserved copy passes the loan limit too
    used = loans_under(policy, member, terms)
    if used >= terms.limit:
        code = "limit-zero" if terms.limit == 0 else "limit-reached"
        found.block(code, limit=terms.limit, used=used)
    total = policy.thresholds.total_limit(member.member_type)
    if total is not None and len(member.loans) >= total:
        found.block("total-limit-reached", limit=total, used=len(member.loans))


def loans_under(policy: Policy, member: MemberFacts, terms: Terms) -> int:
    """How many of the reader's open loans count under the limit of `terms`.

    meja: those whose own limit, resolved today, comes from the same rule. slims: under a rule only loans that
    were made under it; without a rule all open loans (observed on SLiMS 9.7.0).
    """
    if terms.profile == "slims":
        if not terms.rule_id:
            return len(member.loans)
        return sum(loan.rule_id == terms.rule_id for loan in member.loans)
    return sum(_limit_rule(policy, member, loan) == terms.limit_rule_id for loan in member.loans)


def _limit_rule(policy: Policy, member: MemberFacts, loan: LoanFacts) -> str:
    resolved = explain(policy, member.member_type, loan.collection, loan.material, profile_of(loan))
    return resolved.sources.get("limit", "")


def profile_of(loan: LoanFacts) -> str:
    """The special profile a loan was made under ("" = none)."""
    name = loan.terms.get("profile_name", "") if loan.terms is not None else ""
    return name if isinstance(name, str) else ""


def _weigh_special(found: Findings, member: MemberFacts, terms: Terms) -> None:
    others = sum(profile_of(loan) != terms.profile_name for loan in member.loans)
    if terms.needs_no_other_loans and others:
        found.block("profile-needs-no-other-loans", profile=terms.profile_name, others=others)


def _weigh_due(found: Findings, member: MemberFacts, due: Due, terms: Terms, here: datetime) -> None:
    if due.note("cut-at-expiry") is not None:
        found.tell("due-shortened-by-expiry", due=due.on, expires=member.expires_on)
    if due.note("past-expiry") is not None and not found.has("member-expired"):
        found.tell("expires-before-due", due=due.on, expires=member.expires_on)
    if due.note("cut-at-closing") is not None:
        found.tell("due-at-closing")
    if due.note("moved-to-opening") is not None:
        found.tell("due-at-opening")
    passed = due.note("fixed-date-passed")
    if passed is not None:
        found.alert("fixed-date-passed", fixed=passed.day)
    if due.on <= here.date() and terms.unit == "days":
        found.alert("due-today", due=due.on)


def shown_limit(policy: Policy, member: MemberFacts, copy: Resolution | None = None) -> int | None:
    """The limit to show beside all open loans ("3 of 5"); None when no rule says one.

    What the rules in play allow together: that for an ordinary copy, those of the open loans, that of `copy`; never
    more than the total for the member type. A reader with three ordinary loans of three sees 3 of 3, also where a
    fourth would be lent from the reserve shelf.
    """
    total = policy.thresholds.total_limit(member.member_type)
    usual = explain(policy, member.member_type, "", "", member.profile)
    if policy.profile == "slims":
        terms = (copy or usual).terms
        return terms.limit if total is None and terms is not None else total
    loans = [
        explain(policy, member.member_type, loan.collection, loan.material, profile_of(loan)) for loan in member.loans
    ]
    in_play = [one for one in (usual, *loans, *((copy,) if copy else ())) if one.terms is not None]
    limits = {one.sources.get("limit", ""): one.terms.limit for one in in_play if one.terms is not None}
    if not limits:
        return total
    together: int = sum(limits.values())
    return together if total is None else min(total, together)
