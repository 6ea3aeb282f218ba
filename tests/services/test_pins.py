"""Guessing a PIN at the desk takes days, and a forgotten one a moment."""

from __future__ import annotations

import pytest

from app.domain import right
from app.domain.records import Staff
from app.services.pins import MOST_WRONG_PINS, PIN_PAUSE_MS, Pins
from app.services.staff import People
from tests.builders import Library


@pytest.fixture
def hasan(library: Library) -> Staff:
    return library.staff("Hasan Basri", pin="2222")


@pytest.fixture
def pins(library: Library) -> Pins:
    return Pins(library.store, People(library.store), library.clock)


def test_the_right_pin_fits(pins: Pins, hasan: Staff) -> None:
    assert pins.fits(hasan, "2222")
    assert not pins.fits(hasan, "2223")
    assert not pins.fits(hasan, "")


def test_after_too_many_wrong_ones_none_is_looked_at_for_a_while(pins: Pins, hasan: Staff, library: Library) -> None:
    for _ in range(MOST_WRONG_PINS):
        assert not pins.fits(hasan, "0000")
        assert not pins.signers("0000", right.OVERRIDE)
    assert not pins.fits(hasan, "2222")
    assert not pins.signers("2222", right.OVERRIDE)
    library.clock.go(ms=PIN_PAUSE_MS)
    assert [staff.name for staff in pins.signers("2222", right.OVERRIDE)] == ["Hasan Basri"]


def test_each_further_wrong_one_waits_longer(pins: Pins, hasan: Staff, library: Library) -> None:
    for _ in range(MOST_WRONG_PINS):
        pins.fits(hasan, "0000")
    library.clock.go(ms=PIN_PAUSE_MS)
    pins.fits(hasan, "0001")
    library.clock.go(ms=PIN_PAUSE_MS)
    assert not pins.fits(hasan, "2222")
    library.clock.go(ms=PIN_PAUSE_MS)
    assert pins.fits(hasan, "2222")


def test_an_empty_field_is_no_guess(pins: Pins, hasan: Staff) -> None:
    for _ in range(10):
        pins.fits(hasan, "")
    assert pins.fits(hasan, "2222")


def test_knowing_one_s_own_pin_wipes_no_guesses_at_another_s(pins: Pins, hasan: Staff, library: Library) -> None:
    clerk = library.staff("Joko", right.DESK, pin="4321")
    for guess in ("0000", "0001"):
        pins.fits(hasan, guess)
        pins.signers(guess, right.OVERRIDE)
        assert pins.fits(clerk, "4321")
    pins.fits(hasan, "0002")
    pins.signers("0002", right.OVERRIDE)
    assert not pins.fits(hasan, "2222")
    assert not pins.signers("2222", right.OVERRIDE)
    assert pins.fits(clerk, "4321"), "whoever has done nothing wrong serves on"


def anew(library: Library) -> Pins:
    """The PINs of a command that was started just now."""
    library.reopen()
    return Pins(library.store, People(library.store), library.clock)


def test_the_pause_is_one_for_commands_that_end_at_once(pins: Pins, hasan: Staff, library: Library) -> None:
    for _ in range(MOST_WRONG_PINS):
        pins.fits(hasan, "0000")
    for left in (30, 20, 10):
        again = anew(library)
        assert again.waits_seconds(hasan.id) == left
        assert not again.fits(hasan, "2222")
        library.clock.go(ms=PIN_PAUSE_MS // 3)
    assert anew(library).fits(hasan, "2222")
    assert anew(library).fits(hasan, "2222"), "and that is over"


def test_the_pause_goes_on_over_a_start_of_the_pc_and_no_date_shortens_it_before(
    pins: Pins, hasan: Staff, library: Library
) -> None:
    for _ in range(MOST_WRONG_PINS):
        pins.fits(hasan, "0000")
    library.clock.wall += 86_400_000
    assert anew(library).waits_seconds(hasan.id) == PIN_PAUSE_MS // 1000, "a date that was set is no waiting"
    library.clock.wall += PIN_PAUSE_MS - 86_400_000
    library.clock.mono, library.clock.boot = 5, "boot-2"
    assert anew(library).fits(hasan, "2222")


def test_a_date_that_was_put_back_makes_no_endless_pause(pins: Pins, hasan: Staff, library: Library) -> None:
    for _ in range(MOST_WRONG_PINS):
        pins.fits(hasan, "0000")
    library.clock.wall -= 365 * 86_400_000
    library.clock.mono, library.clock.boot = 5, "boot-2"
    assert anew(library).waits_seconds(hasan.id) == PIN_PAUSE_MS // 1000
    library.clock.go(ms=PIN_PAUSE_MS)
    assert anew(library).fits(hasan, "2222")
