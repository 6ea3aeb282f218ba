"""Values from outside are taken only when they are exactly what they should be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.domain.strict_json import MAX_INT, MAX_TEXT, BadFormat, Fields, parse_day, parse_int, parse_json, parse_word


def fault(read: Any, *args: Any) -> tuple[str, str]:
    """The place and the code of the refusal."""
    with pytest.raises(BadFormat) as caught:
        read(*args)
    return caught.value.path, caught.value.code


def fields(**data: object) -> Fields:
    """An object with these fields."""
    return Fields(data, "$.x")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.0, "not-an-integer"),
        (True, "not-an-integer"),
        ("1", "not-an-integer"),
        (-1, "out-of-range"),
        (11, "out-of-range"),
        (None, "missing"),
    ],
)
def test_integers(value: object, code: str) -> None:
    assert fault(fields(n=value).integer, "n", 0, 10) == ("$.x.n", code)


def test_bounds_belong_to_the_range() -> None:
    assert [fields(n=n).integer("n", 0, 10) for n in (0, 10)] == [0, 10]
    assert fields(n=MAX_INT).integer("n") == MAX_INT
    assert fault(fields(n=MAX_INT + 1).integer, "n") == ("$.x.n", "out-of-range")


def test_absent_is_not_null() -> None:
    assert fields().integer("n", default=7) == 7
    assert fault(fields(n=None).integer, "n", 0, 10, 7) == ("$.x.n", "missing")
    assert fault(fields().integer, "n") == ("$.x.n", "missing")
    assert fields().flag("f", False) is False
    assert fields(f=None).opt_flag("f") is None


@pytest.mark.parametrize("value", [0, 1, "true", []])
def test_flags(value: object) -> None:
    assert fault(fields(f=value).flag, "f") == ("$.x.f", "not-a-boolean")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1, "not-a-text"),
        ("x" * (MAX_TEXT + 1), "bad-text"),
        ("a\x00", "bad-text"),
        ("a\u202e", "bad-text"),
        ("c", "unknown-word"),
    ],
)
def test_texts(value: object, code: str) -> None:
    assert fault(fields(t=value).text, "t", ("a", "b")) == ("$.x.t", code)


def test_a_text_may_be_as_long_as_the_bound() -> None:
    assert len(fields(t="x" * MAX_TEXT).text("t")) == MAX_TEXT
    assert parse_word("x" * MAX_TEXT, "$")


@pytest.mark.parametrize("value", [1, "", "2026-02-30", "20260302", "2026-W10-1", "٢٠٢٦-03-02", "2026-03-02T10", None])
def test_days(value: object) -> None:
    assert fault(parse_day, value, "$") == ("$", "not-a-day")


def test_a_day() -> None:
    assert parse_day("2026-03-02", "$") == date(2026, 3, 2)
    assert fields(d="2026-03-02").day("d") == date(2026, 3, 2)
    assert fields(d=None).opt_day("d") is None


def test_lists_are_bounded_and_name_the_place() -> None:
    assert fields(l=[1, 2]).many("l", parse_int) == (1, 2)
    assert fields().many("l", parse_int) == ()
    assert fields(l=[1, 2]).many("l", parse_int, 2) == (1, 2)
    assert fault(fields(l=[1, 2, 3]).many, "l", parse_int, 2) == ("$.x.l", "too-long")
    assert fault(fields(l=[1, "2"]).many, "l", parse_int) == ("$.x.l[1]", "not-an-integer")
    assert fault(fields(l="12").many, "l", parse_int) == ("$.x.l", "not-a-list")
    assert fault(fields(l=[""]).many, "l", parse_word) == ("$.x.l[0]", "bad-text")


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_an_object_is_an_object(value: object) -> None:
    assert fault(Fields, value) == ("$", "not-an-object")


def test_keys_are_texts() -> None:
    assert fault(Fields, {1: 2}) == ("$", "bad-keys")


def test_a_field_nobody_asks_for_is_refused() -> None:
    read = fields(a=1, b=2)
    read.integer("a")
    assert fault(read.done) == ("$.x", "unknown-field")
    read.integer("b")
    read.done()


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a":' * 100_000, "1" * 5000, "\udcff"])
def test_no_text_from_outside_is_more_than_a_bad_document(text: str) -> None:
    with pytest.raises(BadFormat):
        parse_json(text)


def test_a_document_is_read() -> None:
    assert parse_json('{"a": [1, null]}') == {"a": [1, None]}
