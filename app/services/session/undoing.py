"""Taking the last act back."""

from __future__ import annotations

from app.domain.text import shorten_name
from app.domain.verdict import Level, Param, Reason, Verdict
from app.ports import Store
from app.services.circulation import Approval, Circulation, Desk
from app.services.outcome import UNDO_EARLIER, Kind, Outcome, refused
from app.services.session.copies import Copies
from app.services.session.readers import Readers
from app.services.session.state import Pending, State
from app.services.slips import Slips


class Undoing:
    """The last act of the desk, the registration that was just made, or the copy that was just taken up."""

    def __init__(self, store: Store, state: State, readers: Readers, copies: Copies) -> None:
        self._state = state
        self._circulation = Circulation(store)
        self._slips = Slips(store)
        self._readers = readers
        self._copies = copies

    @property
    def may_undo(self) -> bool:
        """Whether there is an act to take back: of the running transaction, or at an empty desk of the last one."""
        fresh = self._state.registered or self._state.extended or self._state.new_copy
        return bool(self._state.acted or fresh or (self._state.last_tx and not self._state.member_id))

    def undo(self) -> Outcome:
        """Take back the last act: of the running transaction, or at an empty desk of the last one."""
        self._state.pending = None
        self._state.last_return = self._state.last_fined = None
        self._state.forget_code()
        if self._state.new_copy and not self._state.acted:
            return self._copies.withdraw()
        if self._state.registered and not self._state.acted:
            return self._readers.unregister()
        if self._state.extended and not self._state.acted:
            return self._readers.shorten()
        if self._state.member_id and not self._state.acted:
            return refused("nothing-to-undo")
        desk, scope = (
            (self._state.with_tx(None), self._state.tx)
            if self._state.acted
            else (Desk(self._state.staff), self._state.last_tx)
        )

        def undo(approval: Approval | None = None) -> Outcome:
            self._state.looked_away = False
            return self._circulation.undo(
                desk, scope, approval, lambda act, tx: self._slips.amend(act, tx, self._state.staff)
            )

        outcome = self._question(scope) if self._state.looked_away and not self._state.acted else None
        outcome = outcome or undo()
        if outcome.code == "nothing-to-undo" and self._state.extended:
            return self._readers.shorten()
        if outcome.code == "nothing-to-undo" and self._state.registered:
            return refused("registration-used")
        if outcome.kind is Kind.NEEDS_CONFIRMATION:
            self._state.pending = Pending(outcome, undo, desk)
        self._with_its_copy(outcome)
        return self._state.done(outcome)

    def _with_its_copy(self, outcome: Outcome) -> None:
        """A copy taken up only to be lent goes with its loan: a slip in typing leaves no book that nobody has."""
        item = outcome.item.id if outcome.item else ""
        if outcome.undone_kind == "loan.opened" and item and item == self._state.new_copy:
            self._copies.withdraw()

    def _question(self, scope: str) -> Outcome | None:
        """Since the last transaction ended something else was on the screen: whoever presses the key may mean that, so
        it is asked, naming what would be undone. None when nothing would be."""
        line = self._circulation.undone_next(scope)
        if line is None:
            return None
        facts: dict[str, Param] = {"what": _WORDS.get(line.kind, "undo-note"), "name": shorten_name(line.member_name)}
        if line.title:
            reason = Reason("undoes-earlier", Level.CONFIRM, {**facts, "title": line.title})
        else:
            amount = int(line.body.get("amount", 0))
            reason = Reason("undoes-earlier-money", Level.CONFIRM, {**facts, "amount": amount})
        return Outcome(Kind.NEEDS_CONFIRMATION, code=UNDO_EARLIER, verdict=Verdict.of((reason,)))


_WORDS = {
    "loan.opened": "undo-loan",
    "loan.renewed": "undo-renewal",
    "loan.corrected": "undo-due",
    "item.returned": "undo-return",
    "item.lost": "undo-loss",
    "payment.made": "undo-payment",
    "charge.waived": "undo-waiver",
    "refund.made": "undo-refund",
}
"""What an act is called when it is about to be taken back."""
