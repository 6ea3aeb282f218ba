"""Ids: time-ordered for acts, the same everywhere for what every replica derives."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import act_id, derived_id, is_id

RANDOM = st.binary(min_size=10, max_size=10)
MOMENTS = st.integers(0, (1 << 48) - 1)


@given(MOMENTS, RANDOM)
def test_an_act_id_is_a_uuid_of_version_7(moment: int, randomness: bytes) -> None:
    made = act_id(moment, randomness)
    parsed = uuid.UUID(made)
    assert is_id(made)
    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122
    assert parsed.int >> 80 == moment


@given(MOMENTS, MOMENTS, RANDOM, RANDOM)
def test_later_acts_sort_later(one: int, other: int, first: bytes, second: bytes) -> None:
    if one != other:
        assert (act_id(one, first) < act_id(other, second)) == (one < other)


@given(MOMENTS, RANDOM, RANDOM)
def test_74_bits_of_randomness_arrive(moment: int, first: bytes, second: bytes) -> None:
    kept = ~((0xF << 76) | (0x3 << 62))
    same = int.from_bytes(first) & kept == int.from_bytes(second) & kept
    assert (act_id(moment, first) == act_id(moment, second)) == same


def test_a_clock_before_1970_still_makes_an_id() -> None:
    assert is_id(act_id(-5, b"0" * 10))


@pytest.mark.parametrize("count", [0, 9, 11, 16])
def test_other_lengths_of_randomness_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        act_id(0, b"x" * count)


def test_a_derived_id_is_fixed_for_ever() -> None:
    assert derived_id("overdue", "a" * 32, "0") == "04327d2872825a4b84aa2d63a01a270a"


@given(st.lists(st.text("abc", max_size=3), max_size=3), st.lists(st.text("abc", max_size=3), max_size=3))
def test_parts_do_not_run_together(one: list[str], other: list[str]) -> None:
    assert (derived_id("k", *one) == derived_id("k", *other)) == (one == other)


@pytest.mark.parametrize("bad", ["", "a" * 31, "a" * 33, "A" * 32, "g" * 32, "a" * 31 + "\n", 5, None, b"a" * 32])
def test_what_is_no_id(bad: object) -> None:
    assert not is_id(bad)
