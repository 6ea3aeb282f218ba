"""May this copy be lent to this reader now? One pure decision with all its reasons.

It reads the gathered facts and the policy, and nothing else: no clock, no store, no words for staff.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.due import Due
from app.domain.fact import HoldFacts, ItemFacts, MemberFacts
from app.domain.loan_rule import Terms
from app.domain.policy import Policy
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
    "special-loans-open",
    "no-rule",
    "limit-zero",
    "limit-reached",
    "total-limit-reached",
    "parts-to-check",
    "due-shortened-by-expiry",
    "expires-before-due",
    "due-today",
    "due-moved-from-closed-day",
    "due-fixed-date",
    "fixed-date-passed",
)
QUESTIONS: Final = frozenset({"parts-to-check", "on-loan-to-this-member", "on-loan-to-another"})
"""Confirmations anybody at the desk may answer; every other confirmation needs the right to override."""


@dataclass(frozen=True, slots=True)
class LoanDecision:
    """The answer. `due` and `terms` are there whenever a rule lends, even when something else forbids the loan.

    `renews`: the copy is out to this same reader, so the act would be a renewal; `returns_first`: it is out to
    another, whose loan must be closed first; `fulfils`: the reader's own hold that this loan serves.
    """

    verdict: Verdict
    due: Due | None = None
    terms: Terms | None = None
    renews: bool = False
    returns_first: bool = False
    fulfils: HoldFacts | None = None
    open_loans: int = 0
    limit: int | None = None


def decide_loan(
    item: ItemFacts | None, member: MemberFacts | None, policy: Policy, now: datetime
) -> LoanDecision:
    """Decide a loan of `item` to `member` at the moment `now` (aware). An unknown one is given as None.

    The reader's special profile stands in `MemberFacts.profile`.
    """
    raise NotImplementedError
