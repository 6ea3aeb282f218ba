"""What is kept at hand of SLiMS's tables while the large ones stream."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.importers.slims_tables import Numbers

NUMBERS = st.one_of(st.integers(0, 100), st.integers(-9, 9), st.integers((1 << 28) - 2, (1 << 28) + 9), st.integers())


@given(st.lists(NUMBERS, max_size=60))
def test_numbers_are_a_set(drawn: list[int]) -> None:
    kept, plain = Numbers(), set[int]()
    for number in drawn:
        assert (number in kept) == (number in plain)
        assert kept.add(number) == (number not in plain)
        plain.add(number)
        assert number in kept
    assert None not in kept
