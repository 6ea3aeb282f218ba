"""What a return brings; that it is never refused."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.calendar import Calendar
from app.domain.decide_return import ALL_CODES, book_drop_day, decide_return
from app.domain.fact import ItemFacts, MemberFacts
from app.domain.records import ItemStatus
from app.domain.verdict import Level
from tests.domain.lending import RULE, TERMS, at, bring, hold, item, loan, member, policy
from tests.domain.test_decide_loan import items, members
from tests.golden.table import act, table


@given(
    items.filter(lambda i: i is not None),
    members,
    st.sampled_from(["meja", "slims"]),
    st.none() | st.dates(date(2026, 1, 1), date(2026, 4, 1)),
    st.sampled_from(["", "wet", "nonsense"]),
    st.booleans(),
)
def test_a_return_is_never_refused_and_asks_nothing(
    i: ItemFacts, m: MemberFacts | None, profile: str, on: date | None, condition: str, forgive: bool
) -> None:
    rules = policy(replace(RULE, type_default=True), profile=profile, condition_charges=(("wet", 100),))
    decision = decide_return(i, m, rules, at(), returned_on=on, condition=condition, forgive=forgive)
    assert decision.verdict.allows()
    assert set(decision.verdict.codes()) <= set(ALL_CODES)
    assert decision.verdict.level is not Level.CONFIRM
    assert decision.on <= at().date()
    assert (decision.overdue is None) == (i.loan is None)
    assert decision.found == (i.status in (ItemStatus.LOST, ItemStatus.MISSING))


def test_every_code_is_reached_by_a_case_and_none_is_unlisted() -> None:
    golden = table()
    said = {
        reason.partition(":")[2]
        for case in golden["cases"]
        if case["act"] == "return"
        for profile in ("meja", "slims")
        for reason in act(case, golden["policy"], profile)["says"]
    }
    blocked = member(blocked=True, card_lost=True, suspended_until=date(2026, 3, 31))
    said |= set(bring(m=blocked).verdict.codes())
    said |= set(bring(item(status=ItemStatus.REPAIR, loan=loan())).verdict.codes())
    unknown = item(loan=loan(terms=None, collection="x", due_on=date(2026, 2, 20)))
    said |= set(bring(unknown, member(member_type="guest")).verdict.codes())
    assert said == set(ALL_CODES)


def test_the_fine_is_by_the_loan_s_own_terms_and_price() -> None:
    capped = replace(TERMS, cap_at_price=True).to_json()
    late = loan(due_on=date(2026, 2, 20), terms=capped, price=2000)
    decision = bring(item(loan=late, price=9000))
    assert decision.overdue is not None
    assert decision.overdue.amount == 2000
    assert decision.terms is not None
    unpriced = bring(item(loan=replace(late, price=None), price=9000))
    assert unpriced.overdue is not None
    assert unpriced.overdue.amount == 5000


def test_a_borrower_nobody_knows_any_more_is_no_obstacle() -> None:
    gone = loan(member_id=None, due_on=date(2026, 2, 28))
    decision = decide_return(item(loan=gone), None, policy(), at())
    assert decision.overdue is not None
    assert decision.overdue.amount == 1000


def test_forgiving_lifts_the_suspension_too() -> None:
    strict = replace(TERMS, suspend_per_day=1).to_json()
    late = item(loan=loan(due_on=date(2026, 2, 28), terms=strict))
    assert bring(late).suspended_until == date(2026, 3, 4)
    assert bring(late, forgive=True).suspended_until is None


def test_the_first_that_waits_is_served() -> None:
    queue = (hold("M3", 3), hold("M2", 2), hold("M9", 1, item_id="I8"))
    assert bring(item(loan=loan(), holds=queue)).aside == queue[1]


def test_a_copy_that_stood_aside_goes_back_aside() -> None:
    aside = hold("M2", 5, aside=True, aside_item_id="I1")
    assert bring(item(holds=(hold("M3", 1), aside))).aside == aside


def test_the_book_drop_counts_as_the_last_open_day() -> None:
    closed = policy(calendar=Calendar(frozenset({6}), frozenset({date(2026, 3, 14)})))
    assert book_drop_day(closed, date(2026, 3, 16)) == date(2026, 3, 13)
    assert book_drop_day(closed, date(2026, 3, 13)) == date(2026, 3, 12)
    never = policy(calendar=Calendar(frozenset(range(7))))
    assert book_drop_day(never, date(2026, 3, 16)) == date(2026, 3, 15)


def test_a_loan_dated_after_today_keeps_today() -> None:
    ahead = item(loan=loan(lent_on=date(2026, 3, 5), due_on=date(2026, 3, 19)))
    assert bring(ahead).on == date(2026, 3, 2)


def test_an_hour_loan_returned_by_the_drop_is_not_judged_by_this_hour() -> None:
    hourly = replace(TERMS, period=3, unit="hours").to_json()
    one = loan(lent_on=date(2026, 2, 28), due_on=date(2026, 2, 28), due_at=at(date(2026, 2, 28), 18), terms=hourly)
    dropped = bring(item(loan=one), returned_on=date(2026, 2, 28))
    assert dropped.overdue is not None
    assert not dropped.overdue.late


def test_a_membership_that_ends_today_has_not_ended() -> None:
    assert "borrower-expired" not in bring(m=member(expires_on=date(2026, 3, 2))).verdict.codes()
    assert "borrower-expired" in bring(m=member(expires_on=date(2026, 3, 1))).verdict.codes()


def test_a_suspension_that_ended_yesterday_is_not_told() -> None:
    assert "borrower-suspended" in bring(m=member(suspended_until=date(2026, 3, 2))).verdict.codes()
    assert "borrower-suspended" not in bring(m=member(suspended_until=date(2026, 3, 1))).verdict.codes()


def test_a_condition_costs_its_borrower_and_nobody_else() -> None:
    priced = policy(condition_charges=(("wet", 1),))
    assert bring(p=priced, condition="wet").condition_amount == 1
    unborrowed = bring(item(), p=priced, condition="wet")
    assert unborrowed.condition_amount == 0
    assert unborrowed.verdict.codes() == ("not-on-loan", "condition-noted")
    assert bring(p=priced, condition="torn").condition_amount == 0


def test_unknown_terms_of_a_loan_in_time_are_no_matter() -> None:
    decision = decide_return(item(loan=loan(terms=None)), member(member_type="guest"), policy(), at())
    assert decision.verdict.reasons == ()
    assert decision.overdue is not None
    assert not decision.overdue.late


def test_forgiving_what_costs_nothing_says_nothing() -> None:
    assert bring(forgive=True).verdict.reasons == ()


def test_the_smallest_fine_and_the_smallest_suspension_are_said() -> None:
    least = replace(TERMS, fine_per_day=1, suspend_per_day=1).to_json()
    decision = bring(item(loan=loan(due_on=date(2026, 3, 1), terms=least)))
    assert decision.verdict.codes() == ("fine-due", "suspended-until")
    assert decision.suspended_until == date(2026, 3, 3)


def test_one_day_late_without_known_terms_is_said() -> None:
    late = item(loan=loan(terms=None, due_on=date(2026, 3, 1)))
    assert "terms-unknown" in bring(late, member(member_type="guest")).verdict.codes()
    assert (
        "terms-unknown" not in bring(replace(late, loan=loan(terms=None)), member(member_type="guest")).verdict.codes()
    )
