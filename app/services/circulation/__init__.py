"""Lending, returning, renewing, undoing: each verb reads facts, asks the rules, and records, in one transaction.

One module a verb; `Circulation` is all of them over one store.
"""

from __future__ import annotations

from datetime import date

from app.domain.verdict import Verdict
from app.ports import ActLine, ItemHit, MemberHit, Store
from app.services.circulation import damage, extending, lending, renewing, returning, undoing
from app.services.circulation.acting import Approval, Desk, live_party, no_right
from app.services.circulation.standing import standing, standing_of_copy
from app.services.outcome import Outcome

__all__ = ["Approval", "Circulation", "Desk", "live_party", "no_right"]


class Circulation:
    """The verbs of lending over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self, member: MemberHit) -> Verdict:
        """What speaks against lending to a reader whatever the copy."""
        return standing(self._store, member)

    def standing_of_copy(self, item: ItemHit) -> Verdict:
        """What is to be known of a copy that lies here, whoever might want it."""
        return standing_of_copy(self._store, item)

    def lend(
        self, desk: Desk, member_id: str, item_id: str, approval: Approval | None = None, *, profile: str = ""
    ) -> Outcome:
        """Lend a copy to a reader."""
        return lending.lend(self._store, desk, member_id, item_id, approval, profile=profile)

    def return_item(
        self,
        desk: Desk,
        item_id: str,
        approval: Approval | None = None,
        *,
        returned_on: date | None = None,
        book_drop: bool = False,
    ) -> Outcome:
        """Take a copy back."""
        return returning.return_item(self._store, desk, item_id, approval, returned_on=returned_on, book_drop=book_drop)

    def was_out(self, item_id: str, at: int) -> bool:
        """True when a copy was on loan at a moment of the past (milliseconds)."""
        with self._store.read() as facts:
            earlier = facts.earlier(item_id, at)
            hit = earlier.hit if earlier else facts.item_by_id(item_id)
        return hit is not None and hit.facts.loan is not None

    def renew(self, desk: Desk, item_id: str, approval: Approval | None = None, *, seen: bool = True) -> Outcome:
        """Renew the loan of a copy; `seen` says that the copy is here."""
        return renewing.renew(self._store, desk, item_id, approval, seen=seen)

    def fix_due(self, desk: Desk, item_id: str, wanted: date, reason: str, approval: Approval | None = None) -> Outcome:
        """Let the loan of a copy end on a later day."""
        return extending.fix_due(self._store, desk, item_id, wanted, reason, approval)

    def note_condition(self, desk: Desk, item_id: str, event_id: str, condition: str, *, repair: bool) -> Outcome:
        """Note what is wrong with a copy just returned by the event `event_id`."""
        return damage.note_condition(self._store, desk, item_id, event_id, condition, repair=repair)

    def mend(self, desk: Desk, item_id: str) -> Outcome:
        """Take a damaged copy as whole again."""
        return damage.mend(self._store, desk, item_id)

    def lose(self, desk: Desk, item_id: str, approval: Approval | None = None) -> Outcome:
        """Take a copy as lost."""
        return damage.lose(self._store, desk, item_id, approval)

    def undo(
        self, desk: Desk, scope: str = "", approval: Approval | None = None, then: undoing.Then | None = None
    ) -> Outcome:
        """Take back the last act of a transaction; `then` is what else follows, within the same commit."""
        return undoing.undo(self._store, desk, scope, approval, then)

    def undone_next(self, scope: str) -> ActLine | None:
        """The act that an undo of this transaction would take back."""
        with self._store.read() as facts:
            return undoing.undone_next(facts, scope)
