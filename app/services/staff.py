"""People at the desk: PINs as argon2id verifiers, sign-in, who may sign for what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import normalize

from msgspec.structs import replace

from app.domain import right
from app.domain.ids import is_id
from app.domain.records import Staff
from app.domain.text import code_key
from app.ports import Act, KnownError, Store

if TYPE_CHECKING:
    from argon2 import PasswordHasher

ROLES = {
    "head": "head",
    "kepala": "head",
    "librarian": "librarian",
    "pustakawan": "librarian",
    "desk": "desk",
    "petugas": "desk",
}
"""What staff may type for a name where one person alone has that role, and the role's code."""
NOBODY = Staff("", "", "", right.DESK)
SHORTEST_PIN = 4


def role(rights: frozenset[str]) -> str:
    """The code of the role that a set of rights comes to: head, librarian or desk."""
    if rights >= right.ALL:
        return "head"
    return "librarian" if right.OVERRIDE in rights else "desk"


@cache
def _hasher() -> PasswordHasher:
    """Fetched at the first PIN: a desk where nobody has one starts without it."""
    from argon2 import PasswordHasher

    # About 36 ms on a small PC: slow enough for four digits behind an encrypted store, quick enough for a queue.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_pin(pin: str) -> str:
    """The verifier of a PIN; `KnownError("pin-too-short")` below four characters."""
    if len(pin) < SHORTEST_PIN:
        raise KnownError("pin-too-short", {"least": SHORTEST_PIN})
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
        """The one active person of this name, short name, id or, where no name fits, role; None when nobody or several
        fit."""
        people = self.active()
        fits = [staff for staff in people if _called(name) & {staff.id, *_called(staff.name, staff.short_name)}]
        wanted = ROLES.get(name.strip().casefold())
        if not fits and wanted:
            fits = [staff for staff in people if role(staff.rights) == wanted]
        return fits[0] if len(fits) == 1 else None

    def like(self, words: str) -> Sequence[Staff]:
        """Active people with these letters in a name; where no name has them, those whose role it is."""
        key = words.strip().casefold()
        people = self.active()
        named = [s for s in people if key in f"{s.name} {s.short_name}".casefold()]
        return named or [s for s in people if key in ROLES and role(s.rights) == ROLES[key]]

    def by_badge(self, code: str) -> Staff | None:
        """The person with this badge."""
        key = code_key(code)
        return next((staff for staff in self.active() if staff.badge and staff.badge == key), None)

    def default(self) -> Staff:
        """Who acts when nobody signed in: the only person without a PIN, else nobody with the desk's rights."""
        free = [staff for staff in self.active() if not staff.pin_hash]
        return free[0] if len(free) == 1 else NOBODY

    def signers(self, pin: str, needed: str, name: str = "") -> Sequence[Staff]:
        """Who may have typed this PIN to sign on the spot: nobody, the one supervisor, or several whom it fits.

        Several (older data: a new PIN is nobody else's) must say who signs, by `name` or badge. Somebody without
        the right whose PIN is the same makes it as doubtful as a second supervisor does.
        """
        if not pin:
            return []
        who = [self.named(name) or self.by_badge(name)] if name.strip() else self.active()
        fits = [staff for staff in who if staff is not None and pin_fits(staff, pin)]
        return fits if any(needed in staff.rights for staff in fits) else []


def may(store: Store, staff: Staff, needed: str, *, named: bool, deed: str = "") -> None:
    """KnownError("no-right-to-…") when this person may not do what the right is for; `deed` is its name if another.

    Somebody who was not `named` may, while nobody who has the right has a PIN: whoever sits there could call himself by
    such a person's name, and a new home must be able to begin.
    """
    if needed in staff.rights:
        return
    guarded = any(person.pin_hash for person in People(store).active() if needed in person.rights)
    if named or guarded:
        raise KnownError(f"no-right-to-{deed or needed}")


def may_give(giver: Staff, rights: frozenset[str]) -> None:
    """KnownError("rights-beyond-own") when somebody would have, by this person's act, rights the giver does not have.

    Who may look after people without having that right begins a new home (see `may`): there the first head is made.
    """
    if right.STAFF in giver.rights and not rights <= giver.rights:
        raise KnownError("rights-beyond-own", {"name": giver.name})


def add_staff(act: Act, staff_id: str, name: str, short_name: str, rights: frozenset[str], pin: str = "") -> Staff:
    """Add or change a member of staff; an edit event names the record, never the person.

    KnownError: "pin-too-short"; "pin-taken" or "name-taken" when another active person has this PIN, or answers to one
    of these names: of two people of one name neither could sign in.
    """
    if not is_id(staff_id):
        raise ValueError("staff-incomplete")
    named = _named(act, Staff(staff_id, "", "", rights), name, short_name)
    return _keep(act, replace(named, pin_hash=_new_pin(act, staff_id, pin) if pin else ""))


def rename(act: Act, staff: Staff, name: str) -> Staff:
    """Give a person another name, which is the short one, too; KnownError("name-taken") as for `add_staff`."""
    return _keep(act, _named(act, staff, name, ""))


def deactivate(act: Act, staff: Staff) -> Staff:
    """A person who works here no more: signs nothing from now on, and stays on record for what is signed.

    KnownError("last-head") for the last one with the right to look after people.
    """
    others = [other for other in act.staff_list() if other.active and other.id != staff.id]
    if right.STAFF in staff.rights and not any(right.STAFF in other.rights for other in others):
        raise KnownError("last-head", {"name": staff.name})
    return _keep(act, replace(staff, active=False))


def _named(act: Act, staff: Staff, name: str, short_name: str) -> Staff:
    name, short_name = name.strip(), short_name.strip() or name.strip()
    if not name or not (name + short_name).isprintable():
        raise ValueError("staff-incomplete")
    for other in act.staff_list():
        if other.active and other.id != staff.id and _called(name, short_name) & _called(other.name, other.short_name):
            raise KnownError("name-taken", {"name": name})
    return replace(staff, name=name, short_name=short_name)


def _called(*names: str) -> set[str]:
    """Names as they are compared: small and capital letters and blanks alike."""
    return {" ".join(normalize("NFKC", name).split()).casefold() for name in names}


def set_pin(act: Act, staff: Staff, pin: str) -> Staff:
    """Give a person another PIN; KnownError as for `add_staff`."""
    return _keep(act, replace(staff, pin_hash=_new_pin(act, staff.id, pin)))


def _new_pin(act: Act, staff_id: str, pin: str) -> str:
    """The verifier of a PIN that no other active person has: a PIN alone says who signs."""
    kept = hash_pin(pin)
    if any(pin_fits(other, pin) for other in act.staff_list() if other.active and other.id != staff_id):
        raise KnownError("pin-taken")
    return kept


def _keep(act: Act, staff: Staff) -> Staff:
    act.put_staff(staff)
    act.record("record.edited", {"record": "staff", "id": staff.id})
    return staff
