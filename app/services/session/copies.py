"""Copies in the hand: lent, returned, renewed, shown, found broken, lost, taken up."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from app.domain import right
from app.domain.records import ItemStatus
from app.ports import ItemHit, Store
from app.services.catalogue import Catalogue
from app.services.circulation import Approval, Circulation, Desk, no_right
from app.services.circulation.damage import BROKEN, REPAIRED
from app.services.outcome import TAKEN_UP, UNSEEN, Kind, Outcome, impossible, refused
from app.services.session.serving import Serving
from app.services.session.signing import Signing
from app.services.session.state import LEND, RENEW, RETURN, State


class Copies:
    """What is done with a copy."""

    def __init__(self, store: Store, state: State, serving: Serving, signing: Signing) -> None:
        self._store = store
        self._state = state
        self._serving = serving
        self._signing = signing
        self._circulation = Circulation(store)
        self._catalogue = Catalogue(store)

    def take_item(self, hit: ItemHit, desk: Desk | None = None) -> Outcome:
        """Do what a copy means now: lend, return, renew or show, by mode and by who stands at the desk."""
        desk = desk or self._state.desk(None)
        self._state.last_unknown = self._state.unknown_card = ""
        if self._state.mode == RETURN:
            return self.return_item(hit.item.id, desk)
        if self._state.mode == RENEW:
            return self.renew_item(hit.item.id, desk)
        if self._state.member_id:
            return self.lend_item(hit.item.id, desk)
        if self._state.mode == LEND:
            return Outcome(
                Kind.REFUSED, code="card-first", item=hit.item, title=hit.title, verdict=impossible("card-first")
            )
        if hit.facts.loan is not None or hit.facts.status in (ItemStatus.LOST, ItemStatus.MISSING):
            return self.return_item(hit.item.id, desk)
        if desk.stated_at is not None and self._circulation.was_out(hit.item.id, desk.stated_at):
            return self.return_item(hit.item.id, desk)
        return self.show_item(hit)

    def take_meant(self, hit: ItemHit) -> Outcome:
        """The copy that was meant by the scan just made, where several answered to it: at the time stated with it."""
        return self.take_item(hit, self._state.desk(self._state.stated))

    def show_item(self, hit: ItemHit) -> Outcome:
        """Say what a copy is and where it belongs, and do nothing with it. One that stands aside belongs on the hold
        shelf, and it is said for whom."""
        hold = next((one for one in hit.facts.holds if one.aside and one.item_id == hit.item.id), None)
        with self._store.read() as facts:
            aside = facts.aside(hold.hold_id) if hold else None
            reader = facts.member_by_id(hold.member_id) if hold and hold.member_id else None
            shelf = str(facts.setting("holds.shelf"))
        shown = Outcome(
            Kind.SHOWN,
            code="in",
            verdict=self._circulation.standing_of_copy(hit),
            item=hit.item,
            title=hit.title,
            hits=(hit,),
            at=self._store.now(),
        )
        if aside is not None:
            shown = replace(
                shown,
                member=reader.member if reader else None,
                aside=True,
                aside_number=aside[0],
                aside_until=aside[1],
                aside_shelf=shelf,
            )
        self._state.last_broken = shown if hit.item.status in BROKEN else None
        return shown

    def lend_item(self, item_id: str, desk: Desk | None = None) -> Outcome:
        """Lend a copy to the open reader, or put the question on the table."""
        if self._serving.nobody_may():
            return refused("sign-in-first")
        desk, member_id, profile = self._state.with_tx(desk), self._state.member_id, self._state.profile
        return self._signing.asked(
            self._circulation.lend(desk, member_id, item_id, profile=profile),
            desk,
            lambda approval: self._circulation.lend(desk, member_id, item_id, approval, profile=profile),
            instead=lambda: self.renew_item(item_id, desk),
        )

    def renew_item(self, item_id: str, desk: Desk | None = None, *, seen: bool = True) -> Outcome:
        """Renew the loan of a copy, whoever has it. `seen` False: asked by telephone or message, the book not here."""
        if self._serving.nobody_may():
            return refused("sign-in-first")
        desk = self._state.with_tx(desk)

        def renew(approval: Approval | None = None) -> Outcome:
            outcome = self._circulation.renew(desk, item_id, approval, seen=seen)
            return outcome if seen else replace(outcome, notes=(*outcome.notes, UNSEEN))

        return self._signing.asked(renew(), desk, renew)

    def renew_by_phone(self, code: str) -> Outcome:
        """Renew the loan of a copy that is not here, by its barcode, for whoever has it."""
        self._state.pending = None
        with self._store.read() as facts:
            hits = facts.item_by_code(code)
        if len(hits) > 1:
            return Outcome(Kind.AMBIGUOUS, code="several", hits=tuple(hits))
        return self.renew_item(hits[0].item.id, seen=False) if hits else refused("item-unknown")

    def renew_all(self, *, seen: bool = True) -> Outcome:
        """Renew every loan of the open reader: each part answers for its copy, and none puts a question."""
        self._state.pending = None
        with self._store.read() as facts:
            hit = facts.member_by_id(self._state.member_id) if self._state.member_id else None
            lines = facts.loans_of_member(self._state.member_id, closed=False, limit=200) if hit else ()
        if hit is None or not lines:
            return refused("nothing-on-loan")
        if self._serving.nobody_may():
            return refused("sign-in-first")
        desk = self._state.with_tx(None)
        parts = tuple(self._circulation.renew(desk, line.item_id, seen=seen) for line in lines)
        done = sum(bool(part.event_id) for part in parts)
        self._state.acted += done
        self._state.moved()
        summary = "renewed-all" if done == len(parts) else "renewed-some" if done else "renewed-none"
        return Outcome(
            Kind.RENEWED if done else Kind.REFUSED,
            code=summary,
            member=hit.member,
            fine=sum(part.fine for part in parts),
            parts=parts,
            notes=() if seen else (UNSEEN,),
            at=self._store.now(),
            tx=self._state.tx,
        )

    def return_item(
        self, item_id: str, desk: Desk | None = None, *, on: date | None = None, book_drop: bool = False
    ) -> Outcome:
        """Take a copy back; from the book drop it counts as returned on the last open day."""
        dropped = book_drop or (self._state.book_drop and self._state.mode == RETURN)
        desk = self._state.with_tx(desk)

        def take_back(approval: Approval | None = None) -> Outcome:
            outcome = self._circulation.return_item(desk, item_id, approval, returned_on=on, book_drop=dropped)
            if outcome.event_id:
                self._state.last_return = outcome
                self._state.last_fined = outcome if outcome.fine else self._state.last_fined
            return outcome

        return self._signing.asked(take_back(), desk, take_back)

    def condition(self, code: str, *, repair: bool = False) -> Outcome:
        """Note the condition of the copy that was just returned, or that a broken one just shown is whole again."""
        self._state.pending = None
        if code == REPAIRED:
            return self._repaired()
        last = self._state.last_return
        if last is None or last.item is None:
            return refused("nothing-returned")
        outcome = self._circulation.note_condition(
            self._state.with_tx(None), last.item.id, last.event_id, code, repair=repair
        )
        if outcome.event_id:
            # One condition a return: a second one would charge the reader twice.
            self._state.last_return = None
            if outcome.fine and outcome.member is not None:
                self._state.last_fined = outcome
        return self._state.done(outcome)

    def _repaired(self) -> Outcome:
        broken, self._state.last_broken = self._state.last_broken, None
        if broken is None or broken.item is None:
            return refused("not-in-repair")
        return self._state.done(self._circulation.mend(self._state.with_tx(None), broken.item.id))

    def fix_due(self, code: str, wanted: date, reason: str) -> Outcome:
        """Let the loan of a copy, by its barcode, end on a later day, whoever has it."""
        self._state.pending = None
        with self._store.read() as facts:
            hits = facts.item_by_code(code)
        if len(hits) != 1:
            return refused("several-copies" if hits else "item-unknown")
        return self.fix_due_item(hits[0].item.id, wanted, reason)

    def fix_due_item(self, item_id: str, wanted: date, reason: str) -> Outcome:
        """Let the loan of a copy end on a later day, whoever has it."""
        self._state.pending = None
        desk = self._state.with_tx(None)

        def fix(approval: Approval | None = None) -> Outcome:
            return self._circulation.fix_due(desk, item_id, wanted, reason, approval)

        return self._signing.asked(fix(), desk, fix, explained=True)

    def lose(self, code: str) -> Outcome:
        """Take a copy as lost by its barcode; one that several copies carry says of none that it is lost."""
        self._state.pending = None
        with self._store.read() as facts:
            hits = facts.item_by_code(code)
        if len(hits) != 1:
            return refused("several-copies" if hits else "item-unknown")
        return self.lose_item(hits[0].item.id)

    def lose_item(self, item_id: str) -> Outcome:
        """Take a copy as lost; whoever had it pays for it, at once if they like."""
        self._state.pending = None
        desk = self._state.with_tx(None)

        def lose(approval: Approval | None = None) -> Outcome:
            outcome = self._circulation.lose(desk, item_id, approval)
            if outcome.fine and outcome.member is not None:
                self._state.last_fined = outcome
            return outcome

        return self._signing.asked(lose(), desk, lose)

    def provisional(self, title: str, code: str = "") -> Outcome:
        """Take up a copy the catalogue does not know, to be catalogued later; lends it when a reader is open, unless
        copies are being returned or renewed: a copy just taken up is not on loan."""
        if right.CATALOGUE not in self._state.staff.rights:
            return no_right(right.CATALOGUE)
        self._state.pending = None
        desk = self._state.with_tx(self._state.desk(self._state.stated))
        hit = self._catalogue.add_provisional(self._state.with_tx(None), code or self._state.last_unknown, title)
        if hit is None:
            return refused("title-missing")
        self._state.last_unknown = self._state.unknown_card = ""
        self._state.stated = None
        self._state.new_copy = hit.item.id
        if self._state.lends_now:
            return self.lend_item(hit.item.id, desk)
        return Outcome(Kind.PROVISIONAL, item=hit.item, title=hit.title, hits=(hit,), at=self._store.now())

    def withdraw(self) -> Outcome:
        """Take the copy back that was just taken up."""
        item_id, self._state.new_copy = self._state.new_copy, ""
        title = self._catalogue.withdraw(self._state.desk(None), item_id)
        if title is None:
            return refused("nothing-to-undo")
        return Outcome(Kind.UNDONE, title=title, at=self._store.now(), undone_kind=TAKEN_UP)
