"""Numbers of copies as people write them, and the codes that copies get of us."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers.sheet_copies import MOST_COPIES, copies_of, own_code
from app.importers.sheet_source import Cell


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        (3, 3), ("3", 3), (" 2 eks. ", 2), ("4 Eksemplar", 4), (2.0, 2), ("0", 0), ("1,0", 1),
        (None, None), ("", None), ("banyak", None), (-1, None), (2.5, None), (float("inf"), None), (float("nan"), None),
        (MOST_COPIES, MOST_COPIES), (MOST_COPIES + 1, None), ("20190", None), ("3-5", None),
    ],
)  # fmt: skip
def test_a_number_of_copies(cell: Cell, count: int | None) -> None:
    assert copies_of(cell) == count


@given(st.text(max_size=20), st.integers(1, MOST_COPIES), st.integers(0, 5))
def test_codes_are_short_plain_and_the_same_again(key: str, number: int, attempt: int) -> None:
    code = own_code(key, number, attempt)
    assert code == own_code(key, number, attempt)
    assert code.isascii()
    assert code.isalnum()
    assert 12 <= len(code) <= 13
    assert code != own_code(key, number, attempt + 1)
    assert code != own_code(key, number + 1, attempt)
