"""Check digits against published numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.check_digit import (
    CHECKS,
    ean13_ok,
    ean_digit,
    ean_ok,
    isbn10_digit,
    isbn10_ok,
    isbn13,
    isbn13_ok,
    luhn_digit,
    luhn_ok,
    mod43_digit,
    mod43_ok,
)

digits = st.text("0123456789", min_size=1, max_size=30)


@pytest.mark.parametrize(("payload", "digit"), [("3023400051786", "1"), ("3319100010586", "4"), ("7992739871", "3")])
def test_luhn_of_published_numbers(payload: str, digit: str) -> None:
    assert luhn_digit(payload) == digit
    assert luhn_ok(payload + digit)


@given(digits, st.integers(0, 29), st.integers(1, 9))
def test_luhn_sees_every_single_wrong_digit(payload: str, place: int, by: int) -> None:
    code = payload + luhn_digit(payload)
    place %= len(code)
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert luhn_ok(code)
    assert not luhn_ok(wrong)


def test_code_39_check_character() -> None:
    # What a barcode reader gave for a label that python-barcode had added the character to.
    assert mod43_digit("B0000012") == "E"
    assert mod43_digit("CODE39") == "W"
    assert mod43_ok("B0000012E")
    assert not mod43_ok("B0000012F")
    assert mod43_digit("b1") == mod43_digit("") == ""


def test_ean_of_published_numbers() -> None:
    assert ean_digit("400638133393") == "1"
    assert ean13_ok("4006381333931")
    assert ean_ok("96385074")
    assert ean_ok("036000291452")
    assert not ean13_ok("96385074")
    assert not ean_ok("4006381333932")


def test_isbn_of_published_numbers() -> None:
    assert isbn10_digit("030640615") == "2"
    assert isbn10_digit("080442957") == "X"
    assert isbn10_ok("0-8044-2957-x")
    assert isbn13_ok("978-0-306-40615-7")
    assert not isbn13_ok("4006381333931")
    assert not isbn10_ok("0306406153")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0-306-40615-2", "9780306406157"),
        ("080442957X", "9780804429573"),
        ("9780306406157", "9780306406157"),
        ("978030640615751995", "9780306406157"),
        ("978030640615705", "9780306406157"),
        ("9780306406158", ""),
        ("4006381333931", ""),
        ("", ""),
    ],
)
def test_every_form_of_an_isbn_is_one_number(text: str, code: str) -> None:
    assert isbn13(text) == code


@given(st.text(max_size=40), st.sampled_from(sorted(CHECKS)))
def test_any_text_is_checked_without_an_error(text: str, name: str) -> None:
    assert CHECKS[name](text) in (True, False)


@pytest.mark.parametrize("code", ["²³", "١٢٣٤٥٦٧٨٩٠١٢٣", "30234000517861\n", "x"])
def test_other_digits_than_ascii_never_pass(code: str) -> None:
    assert not any(check(code) for check in CHECKS.values())
