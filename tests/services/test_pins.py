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


def test_starting_anew_begins_with_the_pause(pins: Pins, hasan: Staff, library: Library) -> None:
    for _ in range(MOST_WRONG_PINS):
        pins.fits(hasan, "0000")
    library.reopen()
    again = Pins(library.store, People(library.store), library.clock)
    assert not again.fits(hasan, "2222")
    library.clock.go(ms=PIN_PAUSE_MS)
    assert again.fits(hasan, "2222")
    assert Pins(library.store, People(library.store), library.clock).fits(hasan, "2222"), "and that is over"
