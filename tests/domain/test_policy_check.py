"""A policy is judged before it is saved."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.domain.calendar import Calendar, Span
from app.domain.loan_rule import LoanRule
from app.domain.policy import Policy, Thresholds
from app.domain.policy_check import ALL_CODES, ERROR, check_policy, may_be_saved
from tests.domain.lending import RULE, policy

SOUND: dict[str, Any] = {"lost_fixed": 50_000}
TYPED = replace(RULE, type_default=True)


def rules(*table: LoanRule, **more: Any) -> Policy:
    """A sound policy but for these rules."""
    return policy(*table, **{**SOUND, **more})


CASES: list[tuple[str, Policy, dict[str, Any]]] = [
    ("bad-value", rules(replace(RULE, limit=-1)), {}),
    ("no-rules", replace(rules(), rules=()), {}),
    ("rule-id-missing", rules(replace(RULE, id=" ")), {}),
    ("rule-id-twice", rules(RULE, replace(RULE, collection="x")), {}),
    ("rule-says-nothing", rules(RULE, LoanRule("silent")), {}),
    ("same-scope-twice", rules(RULE, replace(RULE, id="again")), {}),
    ("same-scope-twice", rules(RULE, replace(RULE, id="again", member_type=" STUDENT ")), {}),
    ("unreachable", rules(TYPED, RULE, replace(RULE, id="again"), profile="slims"), {}),
    ("unreachable", rules(TYPED, replace(RULE, id="all", member_type=None), profile="slims"), {}),
    ("value-unreachable", rules(RULE, LoanRule("cd", material="cd", period=3)), {"member_types": ["student"]}),
    ("terms-incomplete", rules(replace(RULE, fine_per_day=None)), {}),
    ("type-without-rule", rules(), {"member_types": ["student", "guest"]}),
    ("type-values-missing", rules(replace(RULE, collection="x"), profile="slims"), {}),
    ("period-zero", rules(replace(RULE, period=0)), {}),
    ("limit-zero", rules(replace(RULE, limit=0)), {}),
    ("zero-fine-unsaid", rules(replace(RULE, fine_per_day=0)), {}),
    ("fine-and-no-fine", rules(replace(RULE, no_fine=True)), {}),
    ("fine-over-cap", rules(replace(RULE, cap=499)), {}),
    ("suspension-without-end", rules(replace(RULE, suspend_per_day=1)), {}),
    ("grace-longer-than-period", rules(replace(RULE, grace_days=15)), {}),
    ("fixed-date-passed", rules(replace(RULE, fixed_due=date(2026, 1, 30))), {"today": date(2026, 3, 2)}),
    ("fixed-date-closed", rules(replace(RULE, fixed_due=date(2026, 3, 8))), {"today": date(2026, 3, 2)}),
    ("special-without-name", rules(replace(RULE, needs_no_other_loans=True)), {}),
    ("member-type-unknown", rules(), {"member_types": ["guest"]}),
    ("collection-unknown", rules(replace(RULE, collection="x")), {"collections": ["y"]}),
    ("material-unknown", rules(replace(RULE, material="x")), {"materials": ["y"]}),
    ("never-open", rules(calendar=Calendar(frozenset(range(7)))), {}),
    ("hours-inverted", rules(calendar=Calendar(hours=(Span(0, 600, 600),))), {}),
    ("hours-overlap", rules(calendar=Calendar(hours=(Span(0, 600, 700), Span(0, 480, 600)))), {}),
    ("hours-missing", rules(calendar=Calendar(frozenset({6}), hours=(Span(0, 480, 600),))), {}),
    ("hours-on-closed-day", rules(calendar=Calendar(frozenset({6}), hours=(Span(6, 480, 600),))), {}),
    ("hours-unheard", rules(replace(RULE, closed_hours="push")), {}),
    ("override-unknown", rules(overridable=frozenset({"held-for-anyone"})), {}),
    ("override-forbidden", rules(overridable_renewal=frozenset({"held-by-another"})), {}),
    ("lost-charge-zero", policy(), {}),
    ("shelf-days-zero", rules(hold_shelf_days=0), {}),
    ("slims-ignores", rules(replace(TYPED, cap=5000), profile="slims"), {}),
]


@pytest.mark.parametrize(("code", "judged", "known"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_each_fault_is_found(code: str, judged: Policy, known: dict[str, Any]) -> None:
    assert code in [finding.code for finding in check_policy(judged, **known)]


def test_every_code_has_its_fault() -> None:
    assert {code for code, _, _ in CASES} == set(ALL_CODES)


def test_a_sound_policy_has_no_finding() -> None:
    known: dict[str, Any] = {"member_types": ["student"], "collections": ["general"], "materials": ["book"]}
    assert check_policy(rules(), today=date(2026, 3, 2), **known) == []
    assert check_policy(rules(TYPED, profile="slims"), **known) == []


def test_shipped_policies_may_be_saved(root: Path) -> None:
    for path in sorted((root / "resources" / "policy").glob("*.json")):
        shipped = Policy.from_json(json.loads(path.read_text(encoding="utf-8")))
        findings = check_policy(shipped, today=date(2026, 1, 2))
        assert [f for f in findings if f.level == ERROR] == [], path.name
        assert may_be_saved(findings)


def test_a_silent_zero_fine_may_not_be_saved() -> None:
    for silent in (0, None):
        assert not may_be_saved(check_policy(rules(replace(RULE, fine_per_day=silent))))
    assert may_be_saved(check_policy(rules(replace(RULE, fine_per_day=None, no_fine=True))))


def test_an_addition_for_everybody_need_not_be_complete() -> None:
    table = rules(RULE, LoanRule("all", cap=50_000))
    assert may_be_saved(check_policy(table))
    assert check_policy(table, member_types=["student"]) == []


def test_a_type_that_rules_for_everybody_serve_needs_no_rule_of_its_own() -> None:
    served = rules(replace(RULE, member_type=None))
    assert check_policy(served, member_types=["guest"]) == []


def test_a_huge_policy_is_judged_in_time() -> None:
    many = [replace(RULE, id=f"r{n}", collection=f"c{n}") for n in range(1000)]
    assert may_be_saved(check_policy(rules(*many)))


def test_a_hostile_threshold_is_a_finding_and_not_a_crash() -> None:
    odd = replace(policy(), thresholds=Thresholds(debt_level="perhaps"))
    assert [finding.code for finding in check_policy(odd)] == ["bad-value"]


def test_errors_come_first() -> None:
    levels = [f.level for f in check_policy(policy(replace(RULE, limit=0, fine_per_day=0), hold_shelf_days=0))]
    assert levels == sorted(levels)
    assert {ERROR, "warning"} == set(levels)
