"""Who serves: signing in and out, and whether anybody has."""

from __future__ import annotations

from app.domain.records import Staff
from app.ports import Store
from app.services.outcome import Kind, Outcome, refused
from app.services.pins import Pins
from app.services.session.state import State
from app.services.staff import NOBODY, People


class Serving:
    """The person at the desk."""

    def __init__(self, store: Store, state: State, people: People, pins: Pins) -> None:
        self._store = store
        self._state = state
        self._people = people
        self._pins = pins

    def sign_in_badge(self, code: str) -> Outcome:
        """Sign in by badge; a person with a PIN is asked for it by the caller."""
        staff = self._people.by_badge(code)
        return self.sign_in(staff) if staff is not None else refused("badge-unknown")

    def sign_in(self, staff: Staff, pin: str | None = None) -> Outcome:
        """Sign a person in; with a PIN set, only with it."""
        waits = self._pins.waits_seconds(staff.id) if staff.pin_hash and pin else 0
        if waits:
            return refused("pin-waits", seconds=waits)
        if staff.pin_hash and not self._pins.fits(staff, pin or ""):
            waits = self._pins.waits_seconds(staff.id) if pin else 0
            if waits:
                return refused("pin-waits", seconds=waits)
            return refused("pin-wrong" if pin else "pin-needed", staff=staff.id)
        self._state.forget_scan()
        self._state.staff = staff
        return Outcome(Kind.SIGNED_IN, code=staff.short_name)

    def sign_out(self) -> None:
        """Nobody in particular serves any more."""
        self._state.forget_scan()
        self._state.staff = NOBODY

    def unmanned(self) -> bool:
        """True while nobody in particular serves, though somebody could sign in."""
        return not self._state.staff.id and bool(self._people.active())

    def nobody_may(self) -> bool:
        """True when this library wants a name under what it gives out, and there is none yet. What comes back is taken
        all the same: the book is here, whoever sits at the desk."""
        if not self.unmanned():
            return False
        with self._store.read() as facts:
            return bool(facts.setting("desk.needs_sign_in"))
