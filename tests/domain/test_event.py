"""Events: what may come in, what an event bears on, and the text that is hashed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.event import KINDS, Event, check_body, touch

A, B, C = "a" * 32, "b" * 32, "c" * 32
GOOD: dict[str, Any] = {"id": A, "int": 5, "str": "x", "date": "2026-03-02"}


def event(**changes: Any) -> Event:
    """An event of any kind."""
    base = Event(A, B, "d" * 32, "e" * 16, 1, 1000, 1000, 5, "boot", "item.returned", "", {"item": C})
    return replace(base, **changes)


def body_of(kind: str) -> dict[str, Any]:
    """A body that holds what the kind asks for."""
    return {name: GOOD[shape] for name, shape in KINDS[kind][0].items()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_takes_a_body_with_its_fields(kind: str) -> None:
    assert check_body(kind, body_of(kind)) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_needed_field_is_asked_for(kind: str) -> None:
    for name in KINDS[kind][0]:
        body = body_of(kind)
        del body[name]
        assert check_body(kind, body) == f"bad-{name}"
        assert check_body(kind, {**body, name: True}) == f"bad-{name}"
        assert check_body(kind, {**body, name: None}) == f"bad-{name}"


def test_an_unknown_kind_and_a_foreign_body_are_refused() -> None:
    assert check_body("loan.eaten", {}) == "unknown-kind"
    assert check_body("item.returned", [A]) == "not-canonical"
    assert check_body("item.returned", {"item": A, "rate": 0.5}) == "not-canonical"
    assert check_body("clock.behind", {"by": 5.0}) == "not-canonical"


def test_a_text_is_no_place_for_a_novel() -> None:
    assert check_body("policy.published", {"version": "x" * 257, "hash": "h"}) == "bad-version"


@pytest.mark.parametrize("field", Event.__struct_fields__)
def test_every_field_is_hashed(field: str) -> None:
    before = event()
    value = getattr(before, field)
    changed: Any = {"item": B} if field == "body" else not value if field == "late" else value * 2 or "x"
    assert event(**{field: changed}).canonical() != before.canonical()


@given(st.integers(0, 5), st.text("ab", min_size=1, max_size=2), st.integers(1, 5))
def test_order_is_time_then_desk_then_sequence(at: int, desk: str, seq: int) -> None:
    assert event(at=at, desk=desk, seq=seq).key == (at, desk, "e" * 16, seq)
    assert event(at=at, desk=desk, seq=seq).key < event(at=at, desk=desk, seq=seq + 1).key


def test_what_an_event_bears_on() -> None:
    assert touch("loan.opened", {"item": A, "party": B, "queue": C}) == type(touch("x", {}))(A, C, "")
    assert touch("payment.made", {"party": B}).party == B
    assert touch("act.undone", {"event": C, "item": A, "party": B}).party == B
    assert touch("record.edited", {"record": "item", "id": A}) == touch("unknown", {})
