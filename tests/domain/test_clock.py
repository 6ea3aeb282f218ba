"""The desk's time: library dates whatever the PC believes; effective time that never runs backwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import ZONES, effective, local_date, local_datetime, to_ms, zone

MOMENTS = st.integers(-5_000_000_000_000, 5_000_000_000_000)


@pytest.mark.parametrize(("name", "hours"), [("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)])
def test_the_three_zones(name: str, hours: int) -> None:
    moment = to_ms(datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    assert local_datetime(moment, name) == datetime(2026, 3, 3, 23 + hours - 24, 30, tzinfo=zone(name))
    assert local_date(moment, name) == date(2026, 3, 3)


def test_midnight_is_the_library_s() -> None:
    moment = to_ms(datetime(2026, 3, 1, 17, 0, tzinfo=UTC))
    assert local_date(moment, "Asia/Jakarta") == date(2026, 3, 2)
    assert local_date(moment - 1, "Asia/Jakarta") == date(2026, 3, 1)


@given(MOMENTS, st.sampled_from(sorted(ZONES)))
def test_a_date_is_the_local_time_s(moment: int, name: str) -> None:
    assert local_date(moment, name) == local_datetime(moment, name).date()


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="Asia/Jakarta"):
        zone("Europe/Paris")
    with pytest.raises(ValueError, match="Asia/Jakarta"):
        local_date(0, "Europe/Paris")


@given(MOMENTS, st.sampled_from(sorted(ZONES)))
def test_milliseconds_there_and_back(moment: int, name: str) -> None:
    assert to_ms(local_datetime(moment, name)) == moment


def test_other_zones_mean_the_same_instant() -> None:
    east = datetime(1936, 5, 1, 10, 0, tzinfo=timezone(timedelta(hours=9)))
    assert to_ms(east) == to_ms(east.astimezone(UTC))
    assert to_ms(east) < 0


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_ms(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


@given(st.lists(MOMENTS, min_size=1, max_size=20))
def test_effective_time_never_runs_backwards(walls: list[int]) -> None:
    last = walls[0]
    for wall in walls:
        check = effective(wall, last)
        assert check.at >= last
        assert check.at == max(wall, last)
        assert check.behind_ms == max(last - wall, 0)
        last = check.at
