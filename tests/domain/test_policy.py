"""A policy as a document, and which version holds on a day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.calendar import Span
from app.domain.policy import Policy, Thresholds, policy_on, zone_of
from app.domain.strict_json import BadFormat
from tests.domain.lending import policy

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
PARTS = ("version", "effective_from", "profile", "time_zone", "calendar", "rules", "thresholds", "currency")


def shipped(root: Path) -> list[Policy]:
    """The policies that come with the program."""
    files = sorted((root / "resources" / "policy").glob("*.json"))
    return [Policy.from_json(json.loads(path.read_text(encoding="utf-8"))) for path in files]


def test_shipped_policies_travel_unchanged(root: Path) -> None:
    assert len(shipped(root)) == 2
    for one in shipped(root):
        assert Policy.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_opening_hours_travel_and_leave_no_trace_where_nobody_said_them() -> None:
    plain = policy()
    assert "hours" not in json.dumps(plain.to_json()), "versions from before keep their hash"
    spans = (Span(4, 810, 960), Span(0, 480, 960), Span(4, 480, 690))
    document = replace(plain, calendar=replace(plain.calendar, hours=spans)).to_json()
    assert document["calendar"]["hours"] == {"0": [["08:00", "16:00"]], "4": [["08:00", "11:30"], ["13:30", "16:00"]]}  # type: ignore[index]
    assert Policy.from_json(document).calendar.hours == tuple(sorted(spans))


def test_a_document_holds_no_float(root: Path) -> None:
    def refuse(text: str) -> float:
        raise AssertionError(text)

    for one in shipped(root):
        json.loads(json.dumps(one.to_json()), parse_float=refuse)


def test_equal_policies_make_equal_documents() -> None:
    one = policy(overridable=frozenset({"b", "a"}), total_limits=(("a", 1), ("b", 2)))
    other = policy(overridable=frozenset({"a", "b"}), total_limits=(("b", 2), ("a", 1)))
    assert json.dumps(one.to_json()) == json.dumps(other.to_json())


@given(JSON)
def test_anything_else_is_refused_and_nothing_breaks(value: Any) -> None:
    with pytest.raises(BadFormat):
        Policy.from_json(value)


@given(st.sampled_from(PARTS), JSON)
def test_a_policy_with_one_hostile_part_is_refused_or_reads_back_the_same(part: str, value: Any) -> None:
    document = {**policy().to_json(), part: value}
    try:
        read = Policy.from_json(document)
    except BadFormat:
        return
    assert Policy.from_json(read.to_json()) == read


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("rules", [{"id": "x"}] * 2001),
        ("rules", [{"id": "x", "perod": 3}]),
        ("rules", [{"id": "x", "limit": 1.5}]),
        ("calendar", {"weekly": [7]}),
        ("calendar", {"dated": ["2026-13-01"]}),
        ("calendar", {"hours": {"7": [["08:00", "16:00"]]}}),
        ("calendar", {"hours": {"0": [["8:00", "16:00"]]}}),
        ("calendar", {"hours": {"0": [["08:00", "24:00"]]}}),
        ("calendar", {"hours": {"0": [["08:00"]]}}),
        ("calendar", {"hours": {"0": ["08:00", "16:00"]}}),
        ("calendar", {"hours": []}),
        ("calendar", {"dated": ["2026-01-01"] * 5001}),
        ("thresholds", {"debt_level": "perhaps"}),
        ("thresholds", {"total_limits": [["a", 1], ["a", 2]]}),
        ("thresholds", {"total_limits": [["a", -1]]}),
        ("thresholds", {"total_limits": [["a"]]}),
        ("thresholds", {"total_limits": [["a", 10_001]]}),
        ("thresholds", {"condition_charges": [["", 1]]}),
        ("thresholds", {"debt_limit": True}),
        ("profile", "koha"),
        ("time_zone", "Europe/Paris"),
        ("version", None),
    ],
)
def test_wrong_parts_are_named(part: str, value: object) -> None:
    with pytest.raises(BadFormat) as caught:
        Policy.from_json({**policy().to_json(), part: value})
    assert caught.value.path.startswith(f"$.{part}")


def test_thresholds_travel_unchanged() -> None:
    changed = Thresholds(
        debt_limit=5,
        debt_level="alert",
        total_limits=(("x", 2),),
        condition_charges=(("wet", 100),),
        overridable=frozenset({"owes"}),
        hold_other_copies=False,
    )
    assert Thresholds.from_json(json.loads(json.dumps(changed.to_json()))) == changed


def test_the_version_in_force_took_effect_last() -> None:
    old = replace(policy(), version="a", effective_from=date(2026, 1, 1))
    new = replace(policy(), version="b", effective_from=date(2026, 3, 1))
    late = replace(policy(), version="c", effective_from=date(2026, 3, 1))
    assert policy_on([new, old], date(2026, 2, 28)) == old
    assert policy_on([old, new], date(2026, 3, 1)) == new
    assert policy_on([late, old, new], date(2026, 3, 1)) == late
    assert policy_on([old], date(2025, 12, 31)) is None


@pytest.mark.parametrize(
    ("zone", "day"), [("Asia/Jakarta", 2), ("Asia/Makassar", 2), ("Asia/Jayapura", 3), ("Nowhere/Else", 2)]
)
def test_the_day_is_the_library_s_and_not_the_machine_s(zone: str, day: int) -> None:
    moment = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 22:30 in Jakarta, 23:30 in Makassar, 00:30 in Jayapura
    assert replace(policy(), time_zone=zone).local(moment).date() == date(2026, 3, day)
    assert zone_of(zone).utcoffset(None) is not None


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)])
def test_the_three_zones(zone: str, hours: int) -> None:
    assert zone_of(zone).utcoffset(None) == timedelta(hours=hours)
