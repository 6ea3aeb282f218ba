"""What a returned copy brings about: fine or suspension, a hold to serve, a lost copy found.

A return is never refused: the book in the hand wins over what was written. Only an unknown code stops it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.domain.fact import HoldFacts, ItemFacts, MemberFacts
from app.domain.loan_rule import Terms
from app.domain.overdue import Overdue
from app.domain.policy import Policy
from app.domain.verdict import Verdict

ALL_CODES: Final = (
    "item-unknown",
    "not-on-loan",
    "put-aside",
    "was-lost",
    "was-missing",
    "item-withdrawn",
    "item-in-repair",
    "back-dated",
    "date-before-loan",
    "date-in-future",
    "fine-due",
    "fine-forgiven",
    "fine-capped",
    "in-grace",
    "suspended-until",
    "condition-charge",
    "condition-noted",
    "parts-to-check",
    "borrower-suspended",
    "borrower-blocked",
    "borrower-expired",
    "card-lost",
    "terms-unknown",
)


@dataclass(frozen=True, slots=True)
class ReturnDecision:
    """The outcome. `on`: the day the return counts from; `terms`: those that judged it; `overdue`: None when the copy
    was not on loan; `aside`: the hold to put the copy aside for; `found`: it was lost or missing; `condition_amount`:
    what the noted condition costs; `suspended_until`: last day without loans."""

    verdict: Verdict
    on: date
    overdue: Overdue | None = None
    terms: Terms | None = None
    aside: HoldFacts | None = None
    found: bool = False
    condition_amount: int = 0
    suspended_until: date | None = None


def decide_return(
    item: ItemFacts | None,
    borrower: MemberFacts | None,
    policy: Policy,
    now: datetime,
    *,
    returned_on: date | None = None,
    condition: str = "",
    forgive: bool = False,
) -> ReturnDecision:
    """Decide the return of `item` at `now`; `borrower` is the reader of its open loan, when known.

    `returned_on`: an earlier day, stated (book drop, paper log); `condition`: a code of the policy's condition
    charges; `forgive`: the fine is waived at the desk.
    """
    raise NotImplementedError


def book_drop_day(policy: Policy, today: date) -> date:
    """The day a copy found in the book drop counts as returned: the last open day before today."""
    raise NotImplementedError
