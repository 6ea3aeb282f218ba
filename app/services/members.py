"""Readers at the desk: a quick registration now, the full record later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from app.domain.clock import local_date
from app.domain.member_kinds import ordinary_type, types_of_rules
from app.domain.records import Member, MemberType
from app.domain.text import clean_code
from app.importers.typed_values import date_from
from app.ports import MemberHit, Reader, Store
from app.services.circulation import Desk

NAME_LENGTH = 200
"""The letters of a name that are kept."""


_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{4,24}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,}")


class NewMember(Struct, frozen=True):
    """What is typed of a new reader. `kind` is a member type's code or name, "" = the ordinary one; `expires` a typed
    date, "" = by the type; telephone and e-mail may be empty."""

    name: str
    kind: str = ""
    phone: str = ""
    email: str = ""
    expires: str = ""


class Members:
    """The verbs of the register a desk needs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def kinds(self) -> Sequence[MemberType]:
        """The member types of today's rules, the ordinary one first, then the library's other ones. A type only the
        rules know has its code for a name and lasts a year."""
        with self._store.read() as facts:
            return self._kinds(facts)

    def _kinds(self, facts: Reader) -> Sequence[MemberType]:
        known = {kind.code: kind for kind in facts.member_types()}
        policy = facts.policy_on(self.today())
        codes = dict.fromkeys([ordinary_type(policy), *types_of_rules(policy), *known])
        return [known.get(code) or MemberType(code, code) for code in codes if code]

    def today(self) -> date:
        """The library's date."""
        return local_date(self._store.now(), self._store.zone)

    def until(self, kind: MemberType) -> date:
        """The last day of a membership that begins today."""
        return self.today() + timedelta(days=kind.membership_days)

    def register(self, desk: Desk, number: str, new: NewMember) -> Member | str:
        """Add a reader who is a member from today, under the number of the card. The new reader, or the code of what
        stands against it: name-missing, card-missing, card-taken, type-unknown, phone-unfit, email-unfit,
        expiry-unreadable, expiry-past."""
        words = " ".join(new.name.split())[:NAME_LENGTH].rstrip()
        code, phone, email = clean_code(number), " ".join(new.phone.split()), new.email.strip()
        expires, wrong = self._expiry(new.expires)
        if not words:
            return "name-missing"
        if not code:
            return "card-missing"
        if phone and not _PHONE.fullmatch(phone):
            return "phone-unfit"
        if email and not _EMAIL.fullmatch(email):
            return "email-unfit"
        if wrong:
            return wrong
        with self._store.act(staff=desk.staff.id) as act:
            if act.member_by_card(code) or act.item_by_code(code):
                return "card-taken"
            wanted = new.kind.casefold()
            kind = next(
                (one for one in self._kinds(act) if not wanted or wanted in (one.code.casefold(), one.name.casefold())),
                None,
            )
            if kind is None:
                return "type-unknown"
            member = Member(
                act.new_id(),
                code,
                words,
                kind.code,
                email=email,
                phone=phone,
                registered_on=self.today(),
                expires_on=expires or self.until(kind),
            )
            act.put_member(member)
            act.record("record.edited", {"record": "member", "id": member.id, "with": "registered"})
        return member

    def longer_until(self, member: Member) -> date:
        """The last day of a membership that is renewed now: by the days of its type, from today or from its own last
        day where that is still to come."""
        kind = next((one for one in self.kinds() if one.code == member.member_type), None)
        days = timedelta(days=(kind or MemberType(member.member_type, member.member_type)).membership_days)
        return max(self.today(), member.expires_on or self.today()) + days

    def extend(self, desk: Desk, member_id: str, expires_on: date | None) -> Member | None:
        """Let a membership end on another day (None = never); the reader, or None for one who is gone."""
        with self._store.act(staff=desk.staff.id) as act:
            hit = act.member_by_id(member_id)
            if hit is None:
                return None
            member = replace(hit.member, expires_on=expires_on)
            act.put_member(member)
            act.record("record.edited", {"record": "member", "id": member_id, "with": "membership"})
        return member

    def _expiry(self, typed: str) -> tuple[date | None, str]:
        """The last day as it was typed (None = by the type), and what is wrong with it."""
        if not typed.strip():
            return None, ""
        day, note = date_from(typed.strip())
        if day is None or note:
            return None, "expiry-unreadable"
        return (day, "") if day >= self.today() else (None, "expiry-past")

    def withdraw(self, desk: Desk, member_id: str) -> Member | str:
        """Take a registration back: the record goes, and with it what it says of a person. The reader who was
        registered, or "registration-used" when something hangs on it already."""
        with self._store.act(staff=desk.staff.id) as act:
            hit = act.member_by_id(member_id)
            if hit is None or self._is_used(act, hit):
                return "registration-used"
            act.drop_member(member_id)
            act.record("record.edited", {"record": "member", "id": member_id, "with": "withdrawn"})
        return hit.member

    def _is_used(self, act: Reader, hit: MemberHit) -> bool:
        who = hit.member.id
        lent = any(act.loans_of_member(who, closed=closed, limit=1) for closed in (False, True))
        return lent or bool(hit.credit or act.charges_of_member(who) or act.holds_of_member(who))
