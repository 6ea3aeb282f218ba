"""What a reader's standing says to any act at the desk: membership, suspension, block, card, debt, overdue
loans.

Shared by the decisions on loans and renewals, so that both speak alike.
"""

from __future__ import annotations

from datetime import date, datetime

from app.domain.fact import LoanFacts, MemberFacts
from app.domain.findings import Findings
from app.domain.policy import Thresholds


def is_late(loan: LoanFacts, now: datetime) -> bool:
    """True when the loan's due day (or, by the hour, its moment) has passed at the local moment `now`."""
    if loan.due_at is not None and loan.due_at.tzinfo is not None:
        return loan.due_at < now
    return loan.due_on < now.date()


def days_past(due_on: date, due_at: datetime | None, now: datetime) -> int:
    """Days since the due day at the local moment `now`, below 0 before it; by the hour, late within its day counts
    one.
    """
    days = (now.date() - due_on).days
    passed = due_at is not None and due_at.tzinfo is not None and due_at < now
    return max(days, 1) if passed else days


def weigh_membership(found: Findings, member: MemberFacts, rules: Thresholds, now: datetime) -> None:
    """Add what membership, suspension, block and card say. A membership is good through its last day."""
    today = now.date()
    if member.expires_on is not None and member.expires_on < today:
        found.weigh("member-expired", rules.expired_level, on=member.expires_on)
    elif member.expires_on is not None and (member.expires_on - today).days <= rules.expiring_days:
        found.weigh("member-expiring", rules.expiring_level, on=member.expires_on)
    if member.suspended_until is not None and member.suspended_until >= today:
        found.block("member-suspended", until=member.suspended_until)
    if member.blocked:
        found.block("member-blocked")
    if member.card_lost:
        found.block("card-lost")


def weigh_debt(found: Findings, member: MemberFacts, rules: Thresholds, level: str) -> None:
    """Add what the reader owes: over the limit at `level`, below it as the policy's notice."""
    if member.owed > rules.debt_limit and level != "off":
        found.weigh("debt-over-limit", level, owed=member.owed, limit=rules.debt_limit)
    elif member.owed > 0:
        found.weigh("owes", rules.owes_level, owed=member.owed)


def weigh_overdue(found: Findings, member: MemberFacts, level: str, now: datetime, besides: str = "") -> None:
    """Add the reader's overdue loans (other than the loan `besides`): how many, and the longest in days."""
    late = [loan for loan in member.loans if loan.loan_id != besides and is_late(loan, now)]
    if late:
        longest = max(days_past(loan.due_on, loan.due_at, now) for loan in late)
        found.weigh("has-overdue", level, count=len(late), days=longest)
