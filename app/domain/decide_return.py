"""What a returned copy brings about: fine or suspension, a hold to serve, a lost copy found.

A return is never refused: the book in the hand wins over what was written. Only an unknown code stops it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from msgspec import Struct

from app.domain import queue
from app.domain.calendar import plus_days
from app.domain.fact import HoldFacts, ItemFacts, LoanFacts, MemberFacts
from app.domain.findings import Findings
from app.domain.loan_rule import Terms
from app.domain.loan_terms import terms_of
from app.domain.overdue import Overdue, moves_to_open, overdue, suspension_end
from app.domain.policy import Policy
from app.domain.records import ItemStatus
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


class ReturnDecision(Struct, frozen=True):
    """The outcome. `on`: the day the return counts from; `terms`: those that judged it; `overdue`: None when
    the copy was not on loan; `from_open`: lateness counts from the first open day after a due day that is closed
    by now; `aside`: the hold to put the copy aside for; `found`: it was lost or missing;
    `condition_amount`: what the noted condition costs; `suspended_until`: last day without loans.
    """

    verdict: Verdict
    on: date
    overdue: Overdue | None = None
    terms: Terms | None = None
    aside: HoldFacts | None = None
    found: bool = False
    condition_amount: int = 0
    suspended_until: date | None = None
    from_open: bool = False


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

    `returned_on`: an earlier day, stated (book drop, paper log); `condition`: a code of the policy's
    condition charges; `forgive`: the fine is waived at the desk. A stated day in the future or before the
    loan is put right and said, never refused. After Koha's AddReturn messages.
    """
    here = policy.local(now)
    found = Findings()
    if item is None:
        found.refuse("item-unknown")
        return ReturnDecision(found.verdict(), here.date())
    day = _day(found, item.loan, returned_on, here.date())
    back = _weigh_status(found, item)
    aside = _aside(found, item, borrower, policy, condition)
    amount = _condition(found, item, policy, condition)
    if item.loan is None:
        found.alert("not-on-loan")
        return ReturnDecision(found.verdict(), day, aside=aside, found=back, condition_amount=amount)
    terms, late = _lateness(found, item, item.loan, borrower, policy, day, here)
    if borrower is not None:
        _weigh_borrower(found, borrower, here.date())
    until = _consequence(found, late, borrower, day, forgive)
    moved = terms is not None and moves_to_open(terms, policy.calendar, item.loan.due_on, item.loan.due_at)
    return ReturnDecision(found.verdict(), day, late, terms, aside, back, amount, until, moved)


def book_drop_day(policy: Policy, today: date) -> date:
    """The day a copy found in the book drop counts as returned: the last open day before today."""
    return policy.calendar.previous_open(plus_days(today, -1))


def _day(found: Findings, loan: LoanFacts | None, stated: date | None, today: date) -> date:
    day = stated or today
    if day > today:
        found.alert("date-in-future", stated=day, used=today)
        return today
    if loan is not None and day < loan.lent_on <= today:
        found.alert("date-before-loan", stated=day, used=loan.lent_on)
        day = loan.lent_on
    if day < today:
        found.tell("back-dated", on=day)
    return day


def _weigh_status(found: Findings, item: ItemFacts) -> bool:
    """Add what the copy's status says; True when a lost or missing copy has come back."""
    match item.status:
        case ItemStatus.LOST:
            found.alert("was-lost")
        case ItemStatus.MISSING:
            found.alert("was-missing")
        case ItemStatus.WITHDRAWN:
            found.alert("item-withdrawn")
        case ItemStatus.REPAIR:
            found.tell("item-in-repair")
        case _:
            pass
    if item.parts:
        found.alert("parts-to-check", parts=item.parts)
    return item.status in (ItemStatus.LOST, ItemStatus.MISSING)


def _aside(
    found: Findings, item: ItemFacts, borrower: MemberFacts | None, policy: Policy, condition: str
) -> HoldFacts | None:
    """The hold to put this copy aside for. A withdrawn copy or one just found damaged serves nobody."""
    if item.status in (ItemStatus.WITHDRAWN, ItemStatus.REPAIR, ItemStatus.DAMAGED) or condition:
        return None
    hold = queue.standing_aside(item) or next(iter(queue.waiting(item)), None)
    own = borrower is not None and hold is not None and hold.member_id == borrower.member_id
    if hold is None or (own and policy.profile == "slims"):
        return None
    found.alert("put-aside", days=policy.thresholds.hold_shelf_days)
    return hold


def _condition(found: Findings, item: ItemFacts, policy: Policy, condition: str) -> int:
    if not condition:
        return 0
    amount = policy.thresholds.condition_charge(condition)
    if item.loan is not None and amount > 0:
        found.alert("condition-charge", condition=condition, amount=amount)
        return amount
    found.tell("condition-noted", condition=condition)
    return 0


def _lateness(
    found: Findings,
    item: ItemFacts,
    loan: LoanFacts,
    borrower: MemberFacts | None,
    policy: Policy,
    day: date,
    here: datetime,
) -> tuple[Terms | None, Overdue]:
    terms = terms_of(policy, borrower.member_type if borrower is not None else "", loan)
    if terms is None:
        late = max((day - loan.due_on).days, 0)
        if late:
            found.alert("terms-unknown", days=late)
        return None, Overdue(days_late=late)
    price = loan.price if loan.price is not None else item.price
    at = here if day == here.date() else None
    due_on, due_at = loan.due_on, loan.due_at
    return terms, overdue(terms, policy.calendar, due_on, day, price, due_at=due_at, returned_at=at, from_open=True)


def _weigh_borrower(found: Findings, borrower: MemberFacts, today: date) -> None:
    if borrower.suspended_until is not None and borrower.suspended_until >= today:
        found.tell("borrower-suspended", until=borrower.suspended_until)
    if borrower.blocked:
        found.tell("borrower-blocked")
    if borrower.expires_on is not None and borrower.expires_on < today:
        found.tell("borrower-expired", on=borrower.expires_on)
    if borrower.card_lost:
        found.alert("card-lost")


def _consequence(found: Findings, late: Overdue, borrower: MemberFacts | None, day: date, forgive: bool) -> date | None:
    if late.in_grace:
        found.tell("in-grace", days=late.days_late)
    if late.amount > 0 and forgive:
        found.tell("fine-forgiven", amount=late.amount)
    elif late.amount > 0:
        found.alert("fine-due", amount=late.amount, days=late.days_charged)
    if late.capped:
        found.tell("fine-capped", amount=late.amount)
    if late.suspension_days <= 0 or forgive:
        return None
    until = suspension_end(day, late.suspension_days, borrower.suspended_until if borrower else None)
    found.alert("suspended-until", until=until, days=late.suspension_days)
    return until
