"""The reader at the desk: opening a transaction, registering somebody new and taking that back."""

from __future__ import annotations

import secrets

from msgspec.structs import replace

from app.domain import right
from app.ports import Store
from app.services.circulation import Circulation, no_right
from app.services.members import Members, NewMember
from app.services.outcome import EXTENDED, REGISTERED, Kind, Outcome, refused
from app.services.session.serving import Serving
from app.services.session.state import AUTO, RETURN, State
from app.services.session.transaction import Transaction


class Readers:
    """Who stands at the desk."""

    def __init__(
        self, store: Store, state: State, members: Members, serving: Serving, transaction: Transaction
    ) -> None:
        self._store = store
        self._state = state
        self._members = members
        self._circulation = Circulation(store)
        self._serving = serving
        self._transaction = transaction

    def open_member(self, member_id: str) -> Outcome:
        """Open a reader's transaction; another open one is finished first, and that is said."""
        self._state.pending = self._state.stated = None
        self._state.new_copy = ""
        if member_id != self._state.registered:
            self._state.registered = ""
        if self._state.extended is not None and member_id != self._state.extended.id:
            self._state.extended = None
        before = None
        pile = not self._state.member_id and self._state.acted > 0
        if pile:
            self._transaction.finish()
        if self._state.member_id and self._state.member_id != member_id:
            with self._store.read() as facts:
                hit = facts.member_by_id(self._state.member_id)
            before = hit.member if hit else None
            self._transaction.finish()
        with self._store.read() as facts:
            member = facts.member_by_id(member_id)
            if member is None:
                return Outcome(Kind.UNKNOWN, code="member-unknown")
            lines = tuple(facts.loans_of_member(member_id, closed=False, limit=200))
        if not self._state.member_id:
            self._state.member_id = member_id
            self._state.tx = self._state.tx or secrets.token_hex(16)
        if self._state.mode == RETURN:
            self._state.mode = AUTO
        return Outcome(
            Kind.MEMBER,
            # What speaks against lending at all is said at the card, not at the third book.
            verdict=self._circulation.standing(member),
            member=member.member,
            lines=lines,
            loans=len(member.facts.loans),
            left=member.facts.owed,
            switched_from=before,
            notes=("pile-finished",) if pile else (),
            tx=self._state.tx,
            at=self._store.now(),
        )

    def register(self, new: NewMember, number: str = "") -> Outcome:
        """Make whoever's unknown card was just scanned, or who gets this number, a member from today, and open the new
        reader's transaction."""
        if right.CATALOGUE not in self._state.staff.rights:
            return no_right(right.CATALOGUE)
        if self._serving.nobody_may():
            return refused("sign-in-first")
        member = self._members.register(self._state.desk(None), self._state.unknown_card or number, new)
        if isinstance(member, str):
            return refused(member)
        self._state.last_unknown = self._state.unknown_card = ""
        outcome = replace(self.open_member(member.id), code="registered")
        self._state.registered = member.id
        return outcome

    def unregister(self) -> Outcome:
        """Take the registration back that was just made; the card may be registered again at once."""
        member = self._members.withdraw(self._state.desk(None), self._state.registered)
        if isinstance(member, str):
            return refused(member)
        self._transaction.finish()
        self._state.registered = ""
        self._state.unknown_card = member.member_no
        return Outcome(Kind.UNDONE, member=member, at=self._store.now(), undone_kind=REGISTERED)

    def extend(self) -> Outcome:
        """Renew the open reader's membership by the days of its type."""
        if right.CATALOGUE not in self._state.staff.rights:
            return no_right(right.CATALOGUE)
        if self._serving.nobody_may():
            return refused("sign-in-first")
        with self._store.read() as facts:
            hit = facts.member_by_id(self._state.member_id) if self._state.member_id else None
        if hit is None or hit.member.expires_on is None:
            return refused("nothing-to-extend")
        self._members.extend(self._state.desk(None), hit.member.id, self._members.longer_until(hit.member))
        outcome = replace(self.open_member(hit.member.id), code=EXTENDED)
        self._state.extended = hit.member
        return outcome

    def shorten(self) -> Outcome:
        """Take the renewal of a membership back that was just made."""
        before, self._state.extended = self._state.extended, None
        if before is None or self._members.extend(self._state.desk(None), before.id, before.expires_on) is None:
            return refused("nothing-to-undo")
        return Outcome(Kind.UNDONE, member=before, at=self._store.now(), undone_kind=EXTENDED)
