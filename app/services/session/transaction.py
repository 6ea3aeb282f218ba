"""The course of a transaction: its mode, its end, its slip, and going on with it after a restart."""

from __future__ import annotations

from app.domain import right
from app.domain.clock import local_date
from app.ports import ActLine, Store
from app.services.circulation import no_right
from app.services.outcome import Kind, Outcome, refused
from app.services.session.state import AUTO, RETURN, State
from app.services.slips import Slips, prints


class Transaction:
    """What runs from the first scan for somebody to the empty Enter."""

    def __init__(self, store: Store, state: State) -> None:
        self._store = store
        self._state = state
        self._slips = Slips(store)

    def finish(self) -> Outcome:
        """End the transaction: number it, queue its slip, make ready for the next reader. Overrides die here."""
        tx, member_id, acted = self._state.tx, self._state.member_id, self._state.acted
        self._state.pending = None
        self._state.last_return = None
        self._state.last_fined = None
        self._state.forget_code()
        outcome = Outcome(Kind.FINISHED, tx=tx, at=self._store.now())
        if tx and acted:
            outcome = self._slips.finish(tx, member_id, self._state.staff, outcome)
        self._state.last_tx = tx if acted else self._state.last_tx
        if tx or member_id:
            self._state.looked_away = not acted
        self._state.member_id, self._state.tx, self._state.acted, self._state.profile = "", "", 0, ""
        self._state.last_unknown = self._state.unknown_card = ""
        if acted:
            self._state.registered = self._state.new_copy = ""
        self._state.extended = None
        self._state.signed = self._state.stated = None
        if self._state.mode != RETURN:
            self._state.mode = AUTO
        return outcome

    def set_mode(self, mode: str) -> Outcome:
        """Choose what the next copies are taken for; returning in a pile closes an open reader first."""
        if mode == RETURN and self._state.member_id:
            self.finish()
        self._state.mode, self._state.book_drop = mode, False
        self._state.pending = self._state.stated = None
        self._state.forget_code()
        return Outcome(Kind.MODE, code=mode)

    def empty_book_drop(self) -> Outcome:
        """Returns from the book drop: each counts as returned on the last open day before today."""
        if right.LATE_ENTRY not in self._state.staff.rights:
            return no_right(right.LATE_ENTRY)
        self.set_mode(RETURN)
        self._state.book_drop = True
        return Outcome(Kind.MODE, code="book-drop")

    def use_profile(self, name: str) -> Outcome:
        """Lend the next copies to the open reader under a special profile of the rules (thesis defence)."""
        with self._store.read() as facts:
            today = local_date(self._store.now(), self._store.zone)
            known = {rule.profile_name for rule in facts.policy_on(today).rules if rule.profile_name}
        if name not in known:
            return refused("profile-unknown")
        self._state.profile = name
        return Outcome(Kind.MODE, code="profile")

    def reprint(self, tx: str = "") -> Outcome:
        """Queue the slip of a transaction again (the last one's when none is named)."""
        return self._slips.reprint(tx, self._state.staff)

    @property
    def prints(self) -> bool:
        """Whether finishing a transaction prints its slip."""
        with self._store.read() as facts:
            return prints(facts)

    def acts(self) -> list[ActLine]:
        """The acts of the running transaction, newest first."""
        if not self._state.tx:
            return []
        with self._store.read() as facts:
            return list(facts.acts(tx=self._state.tx, limit=300))

    def take_up(self) -> None:
        """After a restart: go on with the transaction that was never finished, so that its slip still comes."""
        found = self._slips.unfinished(self._state.clock.read().wall)
        if found is not None:
            self._state.tx, self._state.member_id, self._state.acted = found
            self._state.taken_up = True
