"""A policy made of SLiMS's own tables."""

from __future__ import annotations

import json
from datetime import date

from app.domain.calendar import Calendar
from app.domain.loan_rule import explain
from app.domain.policy import Policy
from app.domain.policy_check import ERROR, check_policy
from app.domain.slims_policy import SlimsValues, corrected, slims_policy

TYPES = [
    SlimsValues("type-1", "1", loan_limit=2, loan_days=7, renewals=1, fine_per_day=500, grace_days=0),
    SlimsValues("type-2", "2", loan_limit=5, loan_days=30, renewals=3, fine_per_day=0, grace_days=0),
]
ROWS = [
    SlimsValues("7", "1", "2", "", loan_limit=1, loan_days=3, renewals=0, fine_per_day=1000, grace_days=2),
    SlimsValues("8", "1", "2", "9", loan_limit=1, loan_days=1, renewals=0, fine_per_day=0, grace_days=0),
]


def made(**settings: bool) -> Policy:
    """The policy of these tables."""
    calendar = Calendar(frozenset({6}), frozenset({date(2026, 8, 17)}))
    return slims_policy("from-slims-1", date(2026, 3, 1), "Asia/Makassar", TYPES, ROWS, calendar, **settings)


def test_it_may_be_saved_and_travels() -> None:
    assert [f for f in check_policy(made(), member_types=["1", "2"]) if f.level == ERROR] == []
    assert Policy.from_json(json.loads(json.dumps(made().to_json()))) == made()


def test_a_type_s_own_values_and_its_rows_stay_apart() -> None:
    plain, disc = explain(made(), "1", "1", "1").terms, explain(made(), "1", "2", "5").terms
    assert plain is not None
    assert disc is not None
    assert (plain.rule_id, plain.period, plain.fine_per_day) == ("", 7, 500)
    assert (disc.rule_id, disc.period, disc.fine_per_day, disc.grace_days) == ("7", 3, 1000, 2)


def test_a_zero_fine_is_said() -> None:
    assert [rule.no_fine for rule in made().rules] == [None, True, None, True]


def test_what_the_table_does_not_say_is_an_error_and_not_a_zero() -> None:
    unsaid = slims_policy("v", date(2026, 3, 1), "Asia/Jakarta", [SlimsValues("type-1", "1")], [], Calendar())
    (finding,) = [f for f in check_policy(unsaid) if f.level == ERROR]
    assert (finding.code, finding.params["missing"]) == ("terms-incomplete", "limit period fine_per_day")


def test_the_two_settings() -> None:
    assert {rule.fine_days for rule in made().rules} == {"all"}
    assert {rule.fine_days for rule in made(ignore_holidays=True).rules} == {"open"}
    assert "limit-reached" not in made().thresholds.overridable
    assert "limit-reached" in made(limit_override=True).thresholds.overridable


def test_corrected_keeps_every_value() -> None:
    later = corrected(made(), "corrected-1", date(2026, 4, 1))
    assert (later.profile, later.version, later.effective_from) == ("meja", "corrected-1", date(2026, 4, 1))
    assert (later.rules, later.calendar, later.thresholds) == (made().rules, made().calendar, made().thresholds)
    assert [f for f in check_policy(later, member_types=["1", "2"]) if f.level == ERROR] == []
