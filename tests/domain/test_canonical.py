"""Canonical bytes are the same everywhere, the chain sees every change, the state hash no order."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.canonical import (
    ZERO,
    add_hash,
    canonical_bytes,
    canonical_text,
    chain,
    check_json,
    digest,
    remove_hash,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
HASHES = st.binary(min_size=32, max_size=32)


def test_the_form_is_fixed_for_ever() -> None:
    value = {"b": [1, True, None], "a": {"ل": 'é\n"\\', "A": -5}}
    assert canonical_text(value) == '{"a":{"A":-5,"ل":"é\\n\\"\\\\"},"b":[1,true,null]}'
    assert digest({"b": 1, "a": 2}).hex() == "d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772"


@given(JSON)
def test_a_value_read_back_makes_the_same_bytes(value: object) -> None:
    data = canonical_bytes(value)
    assert canonical_bytes(json.loads(data)) == data


@given(st.dictionaries(TEXT, JSON, max_size=6), st.randoms())
def test_the_order_of_keys_means_nothing(value: dict[str, object], luck: object) -> None:
    keys = list(value)
    luck.shuffle(keys)  # type: ignore[attr-defined]
    assert canonical_bytes({key: value[key] for key in keys}) == canonical_bytes(value)


@given(JSON, JSON)
def test_different_values_have_different_bytes(one: object, other: object) -> None:
    same = canonical_bytes(one) == canonical_bytes(other)
    assert same == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


@given(JSON)
def test_what_json_brings_without_floats_is_let_in(value: object) -> None:
    assert check_json(value, depth=20)


@pytest.mark.parametrize("bad", [1.5, float("nan"), {"a": [1.0]}, {1: "a"}, {"a": {"b": object()}}, b"x", {1, 2}])
def test_floats_foreign_keys_and_objects_are_refused_at_the_door(bad: object) -> None:
    assert not check_json(bad)


def test_depth_is_bounded() -> None:
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]
    assert not check_json(deep)


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical_bytes("\ud800")


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=6), st.data())
def test_the_chain_ends_elsewhere_after_any_change(events: list[bytes], data: st.DataObject) -> None:
    def end(parts: list[bytes]) -> bytes:
        link = ZERO
        for part in parts:
            link = chain(link, part)
        return link

    place = data.draw(st.integers(0, len(events) - 1))
    changed = [*events]
    how = data.draw(st.sampled_from(["flip", "drop", "swap", "twice"]))
    if how == "flip":
        changed[place] = events[place][:-1] + bytes([events[place][-1] ^ 1]) if events[place] else b"x"
    elif how == "drop":
        del changed[place]
    elif how == "swap":
        changed[place - 1], changed[place] = changed[place], changed[place - 1]
    else:
        changed.insert(place, changed[place])
    assert (end(changed) == end(events)) == (changed == events)


@given(st.lists(HASHES, max_size=6), st.randoms())
def test_the_state_hash_knows_no_order_and_takes_back(hashes: list[bytes], luck: object) -> None:
    total = ZERO
    for one in hashes:
        total = add_hash(total, one)
    luck.shuffle(hashes)  # type: ignore[attr-defined]
    for one in hashes:
        total = remove_hash(total, one)
    assert total == ZERO


@given(HASHES, HASHES)
def test_the_state_hash_stays_32_bytes(one: bytes, other: bytes) -> None:
    assert len(add_hash(one, other)) == 32
    assert remove_hash(add_hash(one, other), other) == one
