"""The question on the table: an act that waits, and who may sign for it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from msgspec.structs import replace

from app.domain import right
from app.domain.decide_loan import OF_THE_READER, QUESTIONS
from app.domain.records import Staff
from app.services.circulation import Approval, Desk
from app.services.circulation.acting import RIGHT_TO
from app.services.circulation.inserting import ASKED
from app.services.outcome import Kind, Outcome, refused
from app.services.pins import Pins
from app.services.session.state import Pending, State


class Signing:
    """One question at most, and its signature."""

    def __init__(self, state: State, pins: Pins) -> None:
        self._state = state
        self._pins = pins

    def override(self, reason: str, pin: str = "", signer_name: str = "", *, whole: bool = False) -> Outcome:
        """Sign for the open question: plain questions by anybody, everything else by right, with a reason.

        `pin` is a supervisor's; where it is more than one person's, `signer_name` (or a badge) says whose. With
        `whole` the signature also serves what else this reader takes in the same transaction for the same reasons.
        """
        pending = self._state.pending
        if pending is None:
            return refused("no-question")
        codes = frozenset(pending.outcome.verdict.missing())
        if codes == {"on-loan-to-this-member"} and pending.instead is not None:
            # The copy is this reader's own already: to go on with it is to renew it.
            self._state.pending = None
            return pending.instead()
        signed = self._signed_for(pending.outcome)
        approval = Approval(codes, self._state.staff.id, earlier=signed)
        if not codes <= QUESTIONS:
            signer, problem = self._signer(self.right_to_sign(codes), pin, signer_name)
            if signer is None:
                return replace(pending.outcome, code=problem)
            if not reason.strip() and not pending.explained:
                return replace(pending.outcome, code="reason-missing")
            approval = Approval(codes, signer.id, "" if pending.explained else reason, earlier=signed)
            if whole and self._is_own(pending.outcome):
                self._state.signed = replace(approval, codes=codes & OF_THE_READER)
        self._state.pending = None
        return self._put(replace(pending, outcome=pending.go_on(approval)))

    @property
    def pin_waits(self) -> int:
        """Seconds until a supervisor's PIN is looked at again; 0 = now."""
        return self._pins.waits_seconds()

    @staticmethod
    def right_to_sign(codes: Collection[str]) -> str:
        """The right a signature for these reasons needs."""
        acts = [RIGHT_TO[code] for code in codes if code in RIGHT_TO]
        if acts:
            return acts[0]
        return right.LATE_ENTRY if set(codes) - QUESTIONS == {ASKED} else right.OVERRIDE

    def _signer(self, needed: str, pin: str, name: str) -> tuple[Staff | None, str]:
        """Who signs, or the code of what is missing."""
        if needed in self._state.staff.rights:
            return self._state.staff, ""
        if pin and self._pins.waits_seconds():
            return None, "pin-waits"
        found = self._pins.signers(pin, needed, name)
        if not found:
            if not pin:
                return None, "needs-supervisor"
            return None, "pin-waits" if self._pins.waits_seconds() else "pin-wrong"
        return (found[0], "") if len(found) == 1 else (None, "pin-shared")

    def go_on(self, held: Pending) -> Outcome:
        """Try once more what a question was about, when its cause may be gone."""
        return self._put(replace(held, outcome=held.go_on(Approval(frozenset()))))

    def drop_question(self) -> None:
        """Leave the question; nothing happens."""
        self._state.forget_scan()

    def asked(
        self,
        outcome: Outcome,
        desk: Desk,
        go_on: Callable[[Approval], Outcome],
        *,
        explained: bool = False,
        instead: Callable[[], Outcome] | None = None,
    ) -> Outcome:
        """What a verb answered: where it waits, the question is on the table, unless this transaction's signature
        answers it already. See `Pending`."""
        return self._put(Pending(outcome, go_on, desk, explained, instead))

    def _put(self, waiting: Pending) -> Outcome:
        outcome = waiting.outcome
        if outcome.kind is Kind.NEEDS_CONFIRMATION:
            signed = self._signed_for(outcome)
            outcome = replace(outcome, verdict=outcome.verdict.eased(signed.covers() if signed else ()))
            if not outcome.verdict.missing():
                return self._state.done(waiting.go_on(signed or Approval(frozenset())))
            self._state.pending = replace(waiting, outcome=outcome)
        return self._state.done(outcome)

    def _signed_for(self, outcome: Outcome) -> Approval | None:
        """What was signed for this reader's whole transaction."""
        return self._state.signed if self._is_own(outcome) else None

    def _is_own(self, outcome: Outcome) -> bool:
        """True when an answer is about the reader at the desk, and not about another one's book that is renewed."""
        return outcome.member is not None and outcome.member.id == self._state.member_id
