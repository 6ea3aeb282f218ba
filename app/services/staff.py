"""People at the desk: PINs as argon2id verifiers, sign-in, who may sign for what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from app.domain import right
from app.domain.ids import is_id
from app.domain.records import Staff
from app.domain.text import code_key
from app.ports import Act, Store

if TYPE_CHECKING:
    from argon2 import PasswordHasher

NOBODY = Staff("", "", "", right.DESK)
SHORTEST_PIN = 4


@cache
def _hasher() -> PasswordHasher:
    """Fetched at the first PIN: a desk where nobody has one starts without it."""
    from argon2 import PasswordHasher

    # About 36 ms on a small PC: slow enough for four digits behind an encrypted store, quick enough for a queue.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_pin(pin: str) -> str:
    """The verifier of a PIN of at least four characters."""
    if len(pin) < SHORTEST_PIN:
        raise ValueError("pin-too-short")
    return _hasher().hash(pin)


def pin_fits(staff: Staff, pin: str) -> bool:
    """True when the PIN is this person's; a person without a PIN has none that fits."""
    if not staff.pin_hash or not pin:
        return False
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(staff.pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False


class People:
    """Who works here, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def active(self) -> Sequence[Staff]:
        """Everybody who may sign in."""
        with self._store.read() as facts:
            return [staff for staff in facts.staff_list() if staff.active]

    def named(self, name: str) -> Staff | None:
        """The one active person of this name, short name or id; None when nobody or several fit."""
        key = name.strip().casefold()
        fits = [s for s in self.active() if key in (s.id, s.name.casefold(), s.short_name.casefold())]
        return fits[0] if len(fits) == 1 else None

    def by_badge(self, code: str) -> Staff | None:
        """The person with this badge."""
        key = code_key(code)
        return next((staff for staff in self.active() if staff.badge and staff.badge == key), None)

    def default(self) -> Staff:
        """Who acts when nobody signed in: the only person without a PIN, else nobody with the desk's rights."""
        free = [staff for staff in self.active() if not staff.pin_hash]
        return free[0] if len(free) == 1 else NOBODY

    def signer(self, pin: str, needed: str) -> Staff | None:
        """The person with the right whose PIN this is (a supervisor signing on the spot)."""
        if not pin:
            return None
        fits = (staff for staff in self.active() if needed in staff.rights)
        return next((staff for staff in fits if pin_fits(staff, pin)), None)


def add_staff(act: Act, staff_id: str, name: str, short_name: str, rights: frozenset[str], pin: str = "") -> Staff:
    """Add or change a member of staff; an edit event names the record, never the person."""
    if not is_id(staff_id) or not name.strip():
        raise ValueError("staff-incomplete")
    staff = Staff(staff_id, name.strip(), short_name.strip() or name.strip(), rights, hash_pin(pin) if pin else "")
    act.put_staff(staff)
    act.record("record.edited", {"record": "staff", "id": staff_id})
    return staff
