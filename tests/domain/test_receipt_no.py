"""Receipt numbers as printed, typed and counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.receipt_no import ReceiptNo, missing_numbers, parse_receipt_no

numbers = st.builds(
    ReceiptNo,
    st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=1, max_size=12),
    st.integers(1, 26 + 26**2 + 26**3),
    st.integers(1, 10**12 - 1),
)


@given(numbers)
def test_what_is_printed_reads_back(number: ReceiptNo) -> None:
    assert parse_receipt_no(str(number)) == number
    assert parse_receipt_no(f"  {str(number).lower()} ") == number


@pytest.mark.parametrize(
    ("number", "text"),
    [(ReceiptNo("K2B", 1, 42), "K2B-A-000042"), (ReceiptNo("K2B", 27, 1234567), "K2B-AA-1234567")],
)
def test_as_printed(number: ReceiptNo, text: str) -> None:
    assert str(number) == text


def test_leading_zeros_may_be_left_out_when_typing() -> None:
    assert parse_receipt_no("k2b-a-42") == ReceiptNo("K2B", 1, 42)


@pytest.mark.parametrize(
    "text", ["", "K2B", "K2B-A-0", "K2B-1-42", "K2B-A-٤٢", "K2B-A-42-1", "x" * 10_000, "K2B-A-\n42"]
)
def test_anything_else_is_no_receipt(text: str) -> None:
    assert parse_receipt_no(text) is None


def test_missing_numbers_are_named_per_desk_and_incarnation() -> None:
    seen = [ReceiptNo("A", 1, n) for n in (2, 5)] + [ReceiptNo("A", 2, 1), ReceiptNo("B", 1, 2)]
    assert [str(n) for n in missing_numbers(seen)] == ["A-A-000001", "A-A-000003", "A-A-000004", "B-A-000001"]
    assert missing_numbers([]) == ()


def test_a_hostile_gap_is_bounded() -> None:
    assert len(missing_numbers([ReceiptNo("A", 1, 10**12 - 1), ReceiptNo("B", 1, 10**12 - 1)], most=50)) == 50
