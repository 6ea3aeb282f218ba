"""PINs as they are typed at the desk: too many wrong ones and none is looked at for a while.

Wrong ones are counted for each person, and apart for signatures given on the spot: whoever knows one PIN cannot wipe
out the guesses at another. The counts stand in the store, so that starting anew begins with a pause.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.records import Staff
from app.ports import Clock, Store
from app.services.staff import People, pin_fits

MOST_WRONG_PINS = 3
PIN_PAUSE_MS = 30_000
SIGNING = "signing"


class Pins:
    """Judges PINs of one desk; guessing four digits must take days."""

    def __init__(self, store: Store, people: People, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._clock = clock
        self._began = clock.read().mono
        self._last: dict[str, int] = {}

    def fits(self, staff: Staff, pin: str) -> bool:
        """True when this is the person's PIN, and PINs are looked at now."""
        return bool(self._judged(staff.id, pin, [staff] if self._looks_at(staff.id) and pin_fits(staff, pin) else []))

    def signers(self, pin: str, needed: str, name: str = "") -> Sequence[Staff]:
        """Who with the right may have typed this PIN to sign on the spot; none while PINs are not looked at."""
        found = self._people.signers(pin, needed, name) if self._looks_at(SIGNING) else []
        return self._judged(SIGNING, pin, found)

    def waits_seconds(self, whose: str = SIGNING) -> int:
        """Seconds until PINs are looked at again for a person's id (or for signatures); 0 = they are now."""
        over = self._store.wrong_pins(whose) - MOST_WRONG_PINS + 1
        left = self._last.get(whose, self._began) + PIN_PAUSE_MS * max(over, 0) - self._clock.read().mono
        return max(-(-left // 1000), 0) if over > 0 else 0

    def _looks_at(self, whose: str) -> bool:
        """False during the pause after too many wrong ones; each further wrong one makes it longer."""
        return self.waits_seconds(whose) == 0

    def _judged(self, whose: str, pin: str, found: Sequence[Staff]) -> Sequence[Staff]:
        wrong = self._store.wrong_pins(whose)
        if found and wrong:
            self._store.note_wrong_pins(whose, 0)
        elif pin and not found and self._looks_at(whose):
            self._store.note_wrong_pins(whose, wrong + 1)
            self._last[whose] = self._clock.read().mono
        return found
