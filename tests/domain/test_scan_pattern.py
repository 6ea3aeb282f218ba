"""Patterns a library writes itself: understood, or refused before they can hang a scan."""

from __future__ import annotations

import pytest

from app.domain.scan_pattern import BadPattern, compiled, study


@pytest.mark.parametrize(("pattern", "low", "high"), [(r"B\d{5}", 6, 6), ("A?B{2,4}", 2, 5), ("(M|MM)[0-9]", 2, 3)])
def test_how_long_a_code_of_this_shape_is(pattern: str, low: int, high: int) -> None:
    shape = study(pattern)
    assert (shape.low, shape.high) == (low, high)


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|aa)+b", "(", "[", "a{99999}", "(?=a)", r"\1", "a" * 5000])
def test_what_could_hang_or_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        study(pattern)


def test_a_pattern_takes_the_whole_code_whatever_its_case() -> None:
    assert compiled(r"B\d{2}").fullmatch("b12")
    assert not compiled(r"B\d{2}").fullmatch("b123")
