"""Numbers as printed, typed and counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.receipt_no import FIRST_MARK, ReceiptNo, later_mark, missing_numbers, parse_receipt_no

incarnations = st.binary(min_size=8, max_size=8).map(bytes.hex)
numbers = st.builds(
    ReceiptNo,
    st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=1, max_size=12),
    st.just(FIRST_MARK) | st.builds(later_mark, incarnations),
    st.integers(1, 10**12 - 1),
)


@given(numbers)
def test_what_is_printed_reads_back(number: ReceiptNo) -> None:
    assert parse_receipt_no(str(number)) == number
    assert parse_receipt_no(f"  {str(number).lower()} ") == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (ReceiptNo("K2B", "A", 42), "K2B-A-000042"),
        (ReceiptNo("M1K", later_mark("0" * 16), 1), "M1K-AAAA-000001"),
        (ReceiptNo("M1K", later_mark("0" * 10 + "00ffff"), 1234567), "M1K-B999-1234567"),
    ],
)
def test_as_printed(number: ReceiptNo, text: str) -> None:
    assert str(number) == text


def test_copies_of_one_state_have_marks_of_their_own() -> None:
    names = [f"{n * 0x9E3779B97F4A7C15 % 2**64:016x}" for n in range(1, 41)]
    assert len({later_mark(name) for name in names}) == len(names)
    assert len({later_mark(name)[0] for name in names}) > 10


@given(incarnations)
def test_a_mark_has_no_sign_that_looks_like_another(name: str) -> None:
    mark = later_mark(name)
    assert len(mark) == 4
    assert mark[0].isalpha()
    assert not set(mark) & set("0O1I")
    assert mark != FIRST_MARK


def test_marks_from_earlier_programs_are_read() -> None:
    assert parse_receipt_no("M1-BX7Q-000007") == ReceiptNo("M1", "BX7Q", 7)
    assert parse_receipt_no("M1-B-000007") == ReceiptNo("M1", "B", 7)


def test_leading_zeros_may_be_left_out_when_typing() -> None:
    assert parse_receipt_no("k2b-a-42") == ReceiptNo("K2B", "A", 42)


@pytest.mark.parametrize(
    "text", ["", "K2B", "K2B-A-0", "K2B-1-42", "K2B-A-٤٢", "K2B-A-42-1", "x" * 10_000, "K2B-A-\n42"]
)
def test_anything_else_is_no_receipt(text: str) -> None:
    assert parse_receipt_no(text) is None


def test_missing_numbers_are_named_per_desk_and_incarnation() -> None:
    seen = [ReceiptNo("A", "A", n) for n in (2, 5)] + [ReceiptNo("A", "B", 1), ReceiptNo("B", "A", 2)]
    assert [str(n) for n in missing_numbers(seen)] == ["A-A-000001", "A-A-000003", "A-A-000004", "B-A-000001"]
    assert missing_numbers([]) == ()


def test_a_hostile_gap_is_bounded() -> None:
    assert len(missing_numbers([ReceiptNo("A", "A", 10**12 - 1), ReceiptNo("B", "A", 10**12 - 1)], most=50)) == 50
