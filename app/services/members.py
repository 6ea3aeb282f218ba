"""Readers at the desk: a quick registration now, the full record later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from app.domain.clock import local_date
from app.domain.member_kinds import ordinary_type, types_of_rules
from app.domain.records import Member, MemberType
from app.domain.text import clean_code
from app.ports import Reader, Store
from app.services.circulation import Desk

NAME_LENGTH = 200
"""The letters of a name that are kept."""


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

    def register(self, desk: Desk, number: str, name: str, kind_code: str = "") -> Member | str:
        """Add a reader who is a member from today, under the number of the card; without `kind_code` of the ordinary
        type. The new reader, or the code of what stands against it: name-missing, card-missing, card-taken,
        type-unknown."""
        words = " ".join(name.split())[:NAME_LENGTH].rstrip()
        code = clean_code(number)
        if not words:
            return "name-missing"
        if not code:
            return "card-missing"
        with self._store.act(staff=desk.staff.id) as act:
            if act.member_by_card(code) or act.item_by_code(code):
                return "card-taken"
            kinds = self._kinds(act)
            wanted = kind_code.casefold()
            kind = next(
                (one for one in kinds if not wanted or wanted in (one.code.casefold(), one.name.casefold())), None
            )
            if kind is None:
                return "type-unknown"
            today = self.today()
            member = Member(act.new_id(), code, words, kind.code, registered_on=today, expires_on=self.until(kind))
            act.put_member(member)
            act.record("record.edited", {"record": "member", "id": member.id, "with": "registered"})
        return member
