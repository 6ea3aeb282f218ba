"""Small makers of facts and policies for the tests of the lending rules."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from msgspec.structs import replace

from app.domain.calendar import Calendar
from app.domain.decide_loan import LoanDecision, decide_loan
from app.domain.decide_renewal import RenewalDecision, decide_renewal
from app.domain.decide_return import ReturnDecision, decide_return
from app.domain.fact import HoldFacts, ItemFacts, LoanFacts, MemberFacts
from app.domain.loan_rule import LoanRule, Terms
from app.domain.policy import Policy, Thresholds
from app.domain.records import ItemStatus

MONDAY = date(2026, 3, 2)
SUNDAYS = Calendar(weekly=frozenset({6}))
RULE = LoanRule("student", member_type="student", limit=3, period=14, fine_per_day=500, renewals=2)
TERMS = Terms(
    "meja", "v1", "student", "student", 3, 14, fine_per_day=500, renewals=2, unseen_renewals=2, renew_period=14
)


def policy(*rules: LoanRule, profile: str = "meja", calendar: Calendar = SUNDAYS, **thresholds: Any) -> Policy:
    """A policy with these rules (the plain student's when none), and thresholds as named."""
    return Policy(
        version="v1",
        effective_from=date(2026, 1, 1),
        profile=profile,
        calendar=calendar,
        rules=rules or (RULE,),
        thresholds=Thresholds(**thresholds),
    )


def at(day: date = MONDAY, hour: int = 10, minute: int = 0) -> datetime:
    """A moment on the library's wall clock."""
    return datetime.combine(day, time(hour, minute), policy().zone)


def loan(n: int = 1, **changes: Any) -> LoanFacts:
    """An open loan of copy I<n> to member M1, due next week."""
    base = LoanFacts(
        loan_id=f"L{n}",
        item_id=f"I{n}",
        title_id=f"T{n}",
        party=f"P{n}",
        member_id="M1",
        lent_on=date(2026, 2, 23),
        due_on=date(2026, 3, 9),
        rule_id="student",
        collection="general",
        material="book",
        terms=TERMS.to_json(),
    )
    return replace(base, **changes)


def item(n: int = 1, **changes: Any) -> ItemFacts:
    """Copy I<n>, on its shelf."""
    return replace(ItemFacts(f"I{n}", f"T{n}", f"B{n}", "general", "book", ItemStatus.AVAILABLE), **changes)


def member(**changes: Any) -> MemberFacts:
    """Member M1, a student in good standing."""
    return replace(MemberFacts("M1", "student", date(2025, 9, 1), date(2027, 8, 31)), **changes)


def hold(who: str | None, position: int = 1, **changes: Any) -> HoldFacts:
    """A hold on title T1."""
    return replace(HoldFacts(f"H{position}", "T1", None, who, position), **changes)


def lend(i: ItemFacts | None = None, m: MemberFacts | None = None, p: Policy | None = None, **kw: Any) -> LoanDecision:
    """Decide a loan; what is not given is ordinary."""
    return decide_loan(i or item(), m or member(), p or policy(), kw.get("now", at()))


def renew(
    i: ItemFacts | None = None, m: MemberFacts | None = None, p: Policy | None = None, **kw: Any
) -> RenewalDecision:
    """Decide a renewal on the due day of an ordinary loan; what is not given is ordinary."""
    now = kw.pop("now", at(date(2026, 3, 9)))
    return decide_renewal(i or item(loan=loan()), m or member(loans=(loan(),)), p or policy(), now, **kw)


def bring(
    i: ItemFacts | None = None, m: MemberFacts | None = None, p: Policy | None = None, **kw: Any
) -> ReturnDecision:
    """Decide a return of an ordinary loan; what is not given is ordinary."""
    now = kw.pop("now", at())
    return decide_return(i or item(loan=loan()), m or member(loans=(loan(),)), p or policy(), now, **kw)
