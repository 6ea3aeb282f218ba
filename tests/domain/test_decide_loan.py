"""May it be lent: each reason, all of them at once, and what a signature can and cannot do."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.decide_loan import ALL_CODES, NEVER_OVERRIDABLE, QUESTIONS, decide_loan, shown_limit
from app.domain.fact import ItemFacts, LoanFacts, MemberFacts
from app.domain.loan_rule import LoanRule
from app.domain.policy import Policy
from app.domain.records import ItemStatus
from app.domain.verdict import Level
from tests.domain.lending import RULE, at, hold, item, lend, loan, member, policy
from tests.golden.table import act, table

items = st.none() | st.builds(
    item,
    status=st.sampled_from(ItemStatus),
    parts=st.sampled_from(["", "CD"]),
    provisional=st.booleans(),
    collection=st.sampled_from(["", "general"]),
    loan=st.sampled_from([None, loan(), loan(member_id="M2"), loan(member_id=None)]),
    holds=st.lists(
        st.builds(
            hold,
            st.sampled_from(["M1", "M2", None]),
            st.integers(1, 4),
            aside=st.booleans(),
            item_id=st.sampled_from([None, "I1", "I2"]),
        ),
        max_size=3,
    ).map(tuple),
    other_copies_free=st.integers(0, 2),
)
members = st.none() | st.builds(
    member,
    member_type=st.sampled_from(["student", "guest"]),
    expires_on=st.none() | st.dates(date(2026, 2, 1), date(2026, 4, 1)),
    blocked=st.booleans(),
    card_lost=st.booleans(),
    suspended_until=st.none() | st.dates(date(2026, 2, 1), date(2026, 4, 1)),
    owed=st.integers(0, 3),
    profile=st.sampled_from(["", "defence"]),
    loans=st.lists(
        st.sampled_from([loan(2), loan(3, due_on=date(2026, 1, 1)), loan(4, title_id="T1")]), max_size=3
    ).map(tuple),
)
DEFENCE = LoanRule("defence", profile_name="defence", limit=2, period=2, needs_no_other_loans=True)
policies = st.builds(
    lambda profile, overridable, debt: policy(
        replace(RULE, type_default=True), DEFENCE, profile=profile, overridable=overridable, debt_limit=debt
    ),
    st.sampled_from(["meja", "slims"]),
    st.frozensets(st.sampled_from(ALL_CODES)),
    st.integers(0, 3),
)


@given(items, members, policies)
def test_every_decision_is_whole(i: ItemFacts | None, m: MemberFacts | None, p: Policy) -> None:
    decision = decide_loan(i, m, p, at())
    codes = decision.verdict.codes()
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(ALL_CODES)
    levels = [reason.level for reason in decision.verdict.reasons]
    assert levels == sorted(levels, reverse=True)
    confirms = set(decision.verdict.codes(Level.CONFIRM))
    assert confirms <= QUESTIONS | p.thresholds.overridable
    assert not confirms & NEVER_OVERRIDABLE
    if decision.verdict.allows(confirms) and not decision.renews:
        assert decision.due is not None
        assert decision.terms is not None
        assert m is not None
        assert i is not None


@given(items, members, policies)
def test_no_reason_names_another_reader(i: ItemFacts | None, m: MemberFacts | None, p: Policy) -> None:
    for reason in decide_loan(i, m, p, at()).verdict.reasons:
        assert "M2" not in [str(value) for value in reason.params.values()]


def test_every_code_is_reached_by_a_golden_case_and_none_is_unlisted() -> None:
    golden = table()
    said = {
        reason.partition(":")[2]
        for case in golden["cases"]
        if case["act"] == "lend"
        for profile in ("meja", "slims")
        for reason in act(case, golden["policy"], profile)["says"]
    }
    said |= set(lend(m=member(expires_on=date(2026, 3, 20))).verdict.codes())
    assert said == set(ALL_CODES)


def test_an_ordinary_loan_needs_nothing() -> None:
    decision = lend()
    assert decision.verdict.reasons == ()
    assert decision.due is not None
    assert decision.due.on == date(2026, 3, 16)
    assert decision.terms is not None
    assert decision.terms.rule_id == "student"
    assert decision.terms.policy_version == "v1"
    assert (decision.open_loans, decision.limit) == (0, 3)


def test_today_is_the_library_s_day() -> None:
    just_before_midnight_in_london = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    assert lend(now=just_before_midnight_in_london).due == lend().due


def test_a_signature_covers_its_own_reason_only() -> None:
    signed = policy(overridable=frozenset({"debt-over-limit", "has-overdue"}))
    late_debtor = member(owed=1, loans=(loan(2, due_on=date(2026, 2, 1)),))
    verdict = lend(m=late_debtor, p=signed).verdict
    assert not verdict.allows()
    assert not verdict.allows({"debt-over-limit"})
    assert verdict.missing({"debt-over-limit"}) == ("has-overdue",)
    assert verdict.allows({"debt-over-limit", "has-overdue"})


def test_a_signature_cannot_lift_what_the_policy_does_not_name() -> None:
    verdict = lend(m=member(owed=1)).verdict
    assert verdict.impossible
    assert not verdict.allows({"debt-over-limit"})


@pytest.mark.parametrize(("word", "level"), [("message", Level.MESSAGE), ("alert", Level.ALERT), ("off", None)])
def test_the_policy_weighs(word: str, level: Level | None) -> None:
    softened = policy(same_title_level=word, reference_level=word, debt_level=word, owes_level=word)
    reference = item(status=ItemStatus.REFERENCE)
    verdict = lend(reference, member(owed=1, loans=(loan(2, title_id="T1"),)), softened).verdict
    assert verdict.level is level
    assert verdict.allows()


def test_own_loan_asks_to_renew_and_anothers_to_return() -> None:
    own = lend(item(loan=loan()), member(loans=(loan(),)))
    assert (own.renews, own.returns_first) == (True, False)
    other = lend(item(loan=loan(member_id="M2")))
    assert (other.renews, other.returns_first) == (False, True)
    assert other.verdict.allows({"on-loan-to-another"})
    forgotten = lend(item(loan=loan(member_id=None)))
    assert forgotten.returns_first


def test_the_hold_this_loan_serves_is_named() -> None:
    mine, theirs = hold("M1", 1), hold("M2", 2)
    assert lend(item(holds=(theirs, mine))).fulfils == mine
    ready = hold("M1", 2, aside=True, aside_item_id="I1")
    assert lend(item(holds=(hold("M2", 1), ready))).fulfils == ready
    only_other_copy = hold("M1", 1, item_id="I9")
    assert lend(item(holds=(only_other_copy,))).fulfils is None


def test_a_book_aside_for_me_is_mine_though_others_wait_longer() -> None:
    ready = hold("M1", 2, aside=True, aside_item_id="I1")
    assert lend(item(holds=(hold("M2", 1), ready))).verdict.codes() == ("hold-ready",)


def test_expiring_soon_is_told_once_it_is_soon() -> None:
    assert "member-expiring" in lend(m=member(expires_on=date(2026, 4, 1))).verdict.codes()
    assert "member-expiring" not in lend(m=member(expires_on=date(2026, 4, 2))).verdict.codes()


def test_an_hour_loan_is_late_by_the_hour() -> None:
    late = loan(2, due_on=date(2026, 3, 2), due_at=at(hour=9))
    assert "has-overdue" in lend(m=member(loans=(late,))).verdict.codes()
    assert "has-overdue" not in lend(m=member(loans=(replace(late, due_at=at(hour=11)),))).verdict.codes()


def test_an_unreadable_profile_in_a_loan_is_no_profile() -> None:
    odd = loan(2, terms={"profile_name": 7})
    assert lend(m=member(loans=(odd,))).verdict.allows()


@pytest.mark.parametrize(("word", "level"), [("message", Level.MESSAGE), ("alert", Level.ALERT), ("off", None)])
def test_looking_for_parts_can_be_a_reminder_only(word: str, level: Level | None) -> None:
    assert lend(item(parts="CD"), p=policy(parts_level=word)).verdict.level is level


def test_a_known_reader_s_loans_are_counted_though_the_copy_is_unknown() -> None:
    assert decide_loan(None, member(loans=(loan(2),)), policy(), at()).open_loans == 1
    assert decide_loan(None, None, policy(), at()).open_loans == 0


RESERVE = LoanRule("reserve", member_type="student", collection="reserve", limit=1, period=1)


@pytest.mark.parametrize(
    ("loans", "total", "shown"),
    [
        ((), None, 3),
        ((), 10, 3),
        ((), 2, 2),
        ((loan(2), loan(3), loan(4)), 10, 3),
        ((loan(2), loan(3, collection="reserve")), 10, 4),
        ((loan(2), loan(3, collection="reserve")), 3, 3),
    ],
)
def test_the_limit_shown_is_what_the_rules_in_play_allow(
    loans: tuple[LoanFacts, ...], total: int | None, shown: int
) -> None:
    totals = (("student", total),) if total is not None else ()
    rules = policy(RULE, RESERVE, total_limits=totals)
    assert shown_limit(rules, member(loans=loans)) == shown
