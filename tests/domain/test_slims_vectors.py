"""The rules against what SLiMS 9.7.0 itself decided in 449 observed cases.

The slims profile must agree in every one of them. The meja profile may differ, but only for a documented reason:
the table of differences is printed at the end of the run (`-s` shows it where it arises).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.domain.slims_case import Case, Decided, broke, observed

Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> list[Row]:
    """The observed cases."""
    path = shared_data / "slims_vectors" / "vectors.jsonl"
    if not path.is_file():
        pytest.skip("the observed SLiMS cases are not here")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_there_are_449_cases(cases: list[Row]) -> None:
    assert len(cases) == 449
    assert len({case["id"] for case in cases}) == 449


def test_the_slims_profile_agrees_with_every_observed_case(cases: list[Row]) -> None:
    differing = {
        case["id"]: (Case(case, "slims").act(), observed(case))
        for case in cases
        if not broke(case) and Case(case, "slims").act() != observed(case)
    }
    assert not differing


def test_where_slims_broke_the_act_goes_through(cases: list[Row]) -> None:
    broken = [case for case in cases if broke(case)]
    assert {case["id"] for case in broken} == {"V0317", "V0319", "V0321", "V0323", "V0439", "V0441"}
    for case in broken:
        assert case["kind"].endswith("_rule_deleted_after_loan")
        for profile in ("slims", "meja"):
            decided = Case(case, profile).act()
            assert decided.allowed, case["id"]


def graces(case: Row) -> bool:
    """True when a grace period is set anywhere in the case."""
    return any(row["grace_periode"] for row in (case["member_type"], *case["loan_rules"]))


def same_but_fine(slims: Decided, meja: Decided) -> bool:
    return (slims.allowed, slims.due, slims.renewed) == (meja.allowed, meja.due, meja.renewed)


def exact_rule(case: Row) -> bool:
    """True when a rule is for exactly the acted-on item's collection and material, and is the first so."""
    code = case["action"].get("item_code") or case["action"]["scans"][-1]
    items = {row["item_code"].upper(): row for row in case["items"]}
    item = items.get(code.upper(), {"coll_type_id": 1, "gmd_id": 1})
    scopes = [(row["coll_type_id"], row["gmd_id"]) for row in case["loan_rules"]]
    return (item["coll_type_id"], item["gmd_id"]) in scopes and len(scopes) == 1


Judge = Callable[[Row, Decided, Decided], bool]


def _grace(case: Row, slims: Decided, meja: Decided) -> bool:
    return same_but_fine(slims, meja) and slims.fine != meja.fine and graces(case)


def _open_days(case: Row, slims: Decided, meja: Decided) -> bool:
    ignores = case["settings"]["ignore_holidays_fine_calc"]
    return same_but_fine(slims, meja) and slims.fine != meja.fine and ignores and bool(case["holidays"])


def _lookup(case: Row, slims: Decided, meja: Decided) -> bool:
    both = slims.allowed and meja.allowed
    return both and bool(case["loan_rules"]) and not exact_rule(case) and slims.due != meja.due


def _limit_scope(case: Row, slims: Decided, meja: Decided) -> bool:
    return case["kind"].startswith("loan_limit") and bool(case["loan_rules"]) and not slims.allowed and meja.allowed


def _expiry_closed(case: Row, slims: Decided, meja: Decided) -> bool:
    """SLiMS cut the date to a closed last day; meja took an open day before it."""
    if slims.due is None or meja.due is None or str(slims.due) != case["member"]["expire_date"]:
        return False
    calendar = Case(case, "slims").policy.calendar
    return meja.due == calendar.previous_open(slims.due) < slims.due


def _no_gain(case: Row, slims: Decided, meja: Decided) -> bool:
    due = next(row["due_date"] for row in case["open_loans"] if row["item_code"] == case["action"]["item_code"])
    return slims.allowed and not meja.allowed and str(slims.due) <= due


def _pending(case: Row, slims: Decided, meja: Decided) -> bool:
    return bool(case["member"]["is_pending"]) and slims.allowed and not meja.allowed


def _hold_signed(case: Row, slims: Decided, meja: Decided) -> bool:
    return bool(case["reserve"] and case["action"]["override"]) and slims.allowed and not meja.allowed


def _expired(case: Row, slims: Decided, meja: Decided) -> bool:
    expired = case["member"]["expire_date"] < case["action"]["date"]
    return expired and slims.allowed and meja.allowed and str(slims.due) == case["member"]["expire_date"]


def _renewal_rule(case: Row, slims: Decided, meja: Decided) -> bool:
    """The Extend button went by another rule of the same collection than the loan's own."""
    same = [row for row in case["loan_rules"] if row["coll_type_id"] == case["loan_rules"][0]["coll_type_id"]]
    return len(same) > 1 and len({row["reborrow_limit"] for row in same}) > 1 and slims.allowed != meja.allowed


REASONS: dict[str, tuple[str, Judge]] = {
    "grace-free": ("extend return", _grace),
    "open-days-after-due": ("extend return", _open_days),
    "rule-lookup": ("loan extend", _lookup),
    "limit-by-rule": ("loan", _limit_scope),
    "expiry-open-day": ("loan extend", _expiry_closed),
    "renewal-must-gain": ("extend", _no_gain),
    "blocked-may-not-renew": ("extend", _pending),
    "signature-for-one-reason": ("loan", _hold_signed),
    "expired-renewal-not-past": ("extend", _expired),
    "renewals-of-own-rule": ("extend", _renewal_rule),
}


def reasons(case: Row, slims: Decided, meja: Decided) -> list[str]:
    """The documented reasons that explain one difference."""
    kind = case["action"]["type"]
    return [name for name, (acts, judge) in REASONS.items() if kind in acts and judge(case, slims, meja)]


def test_every_difference_of_meja_has_a_documented_reason(
    cases: list[Row], root: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    table: Counter[tuple[str, str]] = Counter()
    unexplained = {}
    for case in cases:
        slims, meja = Case(case, "slims").act(), Case(case, "meja").act()
        if slims == meja:
            continue
        why = reasons(case, slims, meja)
        if not why:
            unexplained[case["id"]] = (case["kind"], slims, meja)
        table[case["kind"], " + ".join(why)] += 1
    lines = [f"{kind:36} {count:4}  {why}" for (kind, why), count in sorted(table.items())]
    print("\nwhere meja decides otherwise than SLiMS, by kind of case, and why (docs/rules.md):")
    print("\n".join([*lines, f"{'in all':36} {sum(table.values()):4}  of {len(cases)}"]))
    record_testsuite_property("meja_differs", sum(table.values()))
    assert not unexplained
    documented = (root / "docs" / "rules.md").read_text(encoding="utf-8")
    assert [name for name in REASONS if f"`{name}`" not in documented] == []
    rows = [f"| {kind} | {count} | {why.replace(' + ', ', ')} |" for (kind, why), count in sorted(table.items())]
    assert [row for row in rows if row not in documented] == [], "docs/rules.md shows another table"
    used = {name for _, why in table for name in why.split(" + ")}
    assert used == set(REASONS), "a reason that explains nothing is not a reason"


def test_the_comparison_can_fail(cases: list[Row]) -> None:
    """A rule off by one day in the slims profile would be seen in more than a hundred cases."""
    moved = [
        case
        for case in cases
        if (seen := observed(case)).due is not None
        and Case(case, "slims").act() != Decided(seen.allowed, seen.due + timedelta(1), seen.fine, seen.renewed)
    ]
    assert len(moved) > 100
