"""May it be renewed: the count, the promise, and who waits."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.decide_renewal import ALL_CODES, NEVER_OVERRIDABLE, decide_renewal
from app.domain.fact import LoanFacts
from app.domain.policy import Policy
from app.domain.verdict import Level
from tests.domain.lending import RULE, TERMS, at, hold, item, loan, member, policy, renew
from tests.domain.test_decide_loan import items, members
from tests.golden.table import act, table

policies = st.builds(
    lambda profile, overridable, base, soon: policy(
        replace(RULE, type_default=True),
        profile=profile,
        overridable_renewal=overridable,
        renew_base=base,
        not_before_days=soon,
    ),
    st.sampled_from(["meja", "slims"]),
    st.frozensets(st.sampled_from(ALL_CODES)),
    st.sampled_from(["today", "due"]),
    st.integers(0, 5),
)
open_loans = st.builds(
    loan,
    due_on=st.dates(date(2026, 2, 20), date(2026, 3, 20)),
    renewals=st.integers(0, 3),
    unseen_renewals=st.integers(0, 3),
    renewed_on=st.sampled_from([None, date(2026, 3, 2)]),
    terms=st.sampled_from([None, TERMS.to_json(), {"broken": True}]),
)


@given(items, members, open_loans, policies, st.booleans())
def test_every_decision_is_whole_and_never_shortens_a_promise(
    i: object, m: object, one: LoanFacts, p: Policy, seen: bool
) -> None:
    copy = replace(i, loan=replace(one, member_id=i.loan.member_id)) if i is not None and i.loan else i  # type: ignore[attr-defined, type-var]
    decision = decide_renewal(copy, m, p, at(), seen=seen)  # type: ignore[arg-type]
    codes = decision.verdict.codes()
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(ALL_CODES)
    confirms = set(decision.verdict.codes(Level.CONFIRM))
    assert confirms <= p.thresholds.overridable_renewal - NEVER_OVERRIDABLE
    if p.profile == "meja" and decision.due is not None:
        assert decision.due.on >= one.due_on
        if decision.verdict.allows(confirms):
            assert decision.due.on > one.due_on


def test_every_code_is_reached_by_a_case_and_none_is_unlisted() -> None:
    golden = table()
    said = {
        reason.partition(":")[2]
        for case in golden["cases"]
        if case["act"] == "renew"
        for profile in ("meja", "slims")
        for reason in act(case, golden["policy"], profile)["says"]
    }
    no_rule = renew(item(loan=loan(terms=None)), member(member_type="guest"))
    said |= set(no_rule.verdict.codes())
    said |= set(decide_renewal(None, None, policy(), at()).verdict.codes())
    said |= set(renew(m=member(expires_on=date(2026, 3, 20), card_lost=True)).verdict.codes())
    said |= set(renew(m=member(owed=5), p=policy(debt_limit=5)).verdict.codes())
    assert said == set(ALL_CODES)


def test_the_count_is_enforced_here() -> None:
    for done, left in ((0, 1), (1, 0)):
        decision = renew(item(loan=loan(renewals=done)))
        assert decision.verdict.allows()
        assert decision.renewals_left == left
    assert renew(item(loan=loan(renewals=2))).verdict.codes() == ("renewal-limit",)


def test_the_terms_are_those_of_the_loan() -> None:
    shorter = policy(replace(RULE, period=3, renewals=0))
    decision = renew(p=shorter)
    assert decision.verdict.allows()
    assert decision.terms == TERMS
    assert decision.due is not None
    assert decision.due.on == date(2026, 3, 23)


def test_a_late_renewal_from_the_old_date_starts_today() -> None:
    late = policy(renew_base="due", renew_overdue_item_level="alert")
    decision = renew(p=late, now=at(date(2026, 3, 12)))
    assert decision.due is not None
    assert decision.due.on == date(2026, 3, 26)
    assert decision.overdue is not None
    assert decision.overdue.amount == 1500


def test_an_hour_loan_is_renewed_from_its_hour() -> None:
    hourly = replace(TERMS, period=3, renew_period=3, unit="hours").to_json()
    one = loan(lent_on=date(2026, 3, 2), due_on=date(2026, 3, 2), due_at=at(hour=12), terms=hourly)
    by_due = policy(renew_base="due")
    decision = renew(item(loan=one), member(loans=(one,)), by_due, now=at(hour=11))
    assert decision.due is not None
    assert decision.due.at == at(hour=15)
    from_now = renew(item(loan=one), member(loans=(one,)), policy(), now=at(hour=11))
    assert from_now.due is not None
    assert from_now.due.at == at(hour=14)
    same = renew(item(loan=one), member(loans=(one,)), policy(), now=at(hour=9))
    assert "no-gain" in same.verdict.codes()


def test_renewed_again_and_again_ends() -> None:
    one, today, dates = loan(), date(2026, 3, 9), []
    for _ in range(10):
        decision = renew(item(loan=one), member(loans=(one,)), now=at(today))
        if not decision.verdict.allows():
            break
        assert decision.due is not None
        dates.append(decision.due.on)
        one = replace(one, due_on=decision.due.on, renewals=one.renewals + 1, renewed_on=today)
        today = one.due_on
    assert len(dates) == 2
    assert dates == sorted(set(dates))


def test_a_book_aside_for_another_does_not_stop_a_renewal_of_this_copy() -> None:
    served = hold("M2", aside=True, aside_item_id="I9")
    assert renew(item(loan=loan(), holds=(served,))).verdict.allows()


def test_too_soon_to_the_day() -> None:
    eve = policy(not_before_days=1)
    terms = {**TERMS.to_json(), "not_before_days": 1}
    one = loan(terms=terms)
    assert "too-soon" in renew(item(loan=one), p=eve, now=at(date(2026, 3, 7))).verdict.codes()
    assert "too-soon" not in renew(item(loan=one), p=eve, now=at(date(2026, 3, 8))).verdict.codes()
