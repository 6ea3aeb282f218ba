"""PINs as they are typed at the desk: too many wrong ones and none is looked at for a while.

Wrong ones are counted for each person, and apart for signatures given on the spot: whoever knows one PIN cannot wipe
out the guesses at another. The counts and the moment of the last one stand in the store: a command that ends at once
has its pause in common with the next one, and it goes on while none runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.clock import Reading
from app.domain.records import Staff
from app.ports import Clock, Store, WrongPins
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

    def fits(self, staff: Staff, pin: str) -> bool:
        """True when this is the person's PIN, and PINs are looked at now."""
        return bool(self._judged(staff.id, pin, [staff] if self._looks_at(staff.id) and pin_fits(staff, pin) else []))

    def signers(self, pin: str, needed: str, name: str = "") -> Sequence[Staff]:
        """Who with the right may have typed this PIN to sign on the spot; none while PINs are not looked at."""
        found = self._people.signers(pin, needed, name) if self._looks_at(SIGNING) else []
        return self._judged(SIGNING, pin, found)

    def waits_seconds(self, whose: str = SIGNING) -> int:
        """Seconds until PINs are looked at again for a person's id (or for signatures); 0 = they are now."""
        wrong = self._store.wrong_pins(whose)
        over = wrong.count - MOST_WRONG_PINS + 1
        if over <= 0:
            return 0
        now = self._clock.read()
        passed = _passed(wrong.last, now)
        if passed < 0:
            # The PC's date was put back: the pause begins again from here, or it would last until that date.
            self._store.note_wrong_pins(whose, WrongPins(wrong.count, now))
            passed = 0
        return max(-(-(PIN_PAUSE_MS * over - passed) // 1000), 0)

    def _looks_at(self, whose: str) -> bool:
        """False during the pause after too many wrong ones; each further wrong one makes it longer."""
        return self.waits_seconds(whose) == 0

    def _judged(self, whose: str, pin: str, found: Sequence[Staff]) -> Sequence[Staff]:
        wrong = self._store.wrong_pins(whose).count
        if found and wrong:
            self._store.note_wrong_pins(whose, WrongPins(0, self._clock.read()))
        elif pin and not found and self._looks_at(whose):
            self._store.note_wrong_pins(whose, WrongPins(wrong + 1, self._clock.read()))
        return found


def _passed(last: Reading, now: Reading) -> int:
    """Milliseconds between two readings: by the clock that nobody can set, as long as the PC was not started anew."""
    return now.mono - last.mono if now.boot == last.boot else now.wall - last.wall
