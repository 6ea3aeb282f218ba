"""May this open loan be renewed now? One pure decision with all its reasons.

The count of renewals is judged here and nowhere else; no button or screen decides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.due import Due
from app.domain.fact import ItemFacts, MemberFacts
from app.domain.loan_rule import Terms
from app.domain.overdue import Overdue
from app.domain.policy import Policy
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
    "due-fixed-date",
    "due-moved-from-closed-day",
    "fine-due",
)


@dataclass(frozen=True, slots=True)
class RenewalDecision:
    """The answer. `due`: the new due date; `terms`: the terms the loan goes on under; `overdue`: the lateness that
    the renewal closes and charges (a renewal ends the running fine)."""

    verdict: Verdict
    due: Due | None = None
    terms: Terms | None = None
    overdue: Overdue | None = None
    renewals_left: int | None = None


def decide_renewal(
    item: ItemFacts | None, member: MemberFacts | None, policy: Policy, now: datetime, *, seen: bool = True
) -> RenewalDecision:
    """Decide the renewal of the loan on `item` for `member` at `now`. `seen` False: asked by phone or message."""
    raise NotImplementedError
