"""PINs as they are typed at the desk: too many wrong ones and none is looked at for a while."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.records import Staff
from app.ports import Clock
from app.services.staff import People, pin_fits

MOST_WRONG_PINS = 3
PIN_PAUSE_MS = 30_000


class Pins:
    """Judges PINs of one desk; guessing four digits must take days."""

    def __init__(self, people: People, clock: Clock) -> None:
        self._people = people
        self._clock = clock
        self._wrong = 0
        self._pause_until = 0

    def fits(self, staff: Staff, pin: str) -> bool:
        """True when this is the person's PIN, and PINs are looked at now."""
        return self._judged(pin, not self._waits() and pin_fits(staff, pin))

    def signers(self, pin: str, needed: str, name: str = "") -> Sequence[Staff]:
        """Who with the right may have typed this PIN to sign on the spot; none while PINs are not looked at."""
        found = [] if self._waits() else self._people.signers(pin, needed, name)
        self._judged(pin, bool(found))
        return found

    def _waits(self) -> bool:
        return self._clock.read().mono < self._pause_until

    def _judged(self, pin: str, fits: bool) -> bool:
        if fits:
            self._wrong = 0
        elif pin and not self._waits():
            self._wrong += 1
            if self._wrong >= MOST_WRONG_PINS:
                self._pause_until = self._clock.read().mono + PIN_PAUSE_MS * (self._wrong - MOST_WRONG_PINS + 1)
        return fits
