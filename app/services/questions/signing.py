"""What an act needs that is not simply allowed: a plain answer, or a signature with its reason."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from app.domain.decide_loan import OF_THE_READER
from app.domain.decide_loan import QUESTIONS as PLAIN
from app.domain.verdict import Param
from app.services.circulation.acting import (
    CHARGE_BACK,
    DUE_BACK,
    DUE_LATER,
    LATE_BACK,
    LOSING,
    LOSS_BACK,
    REFUND_BACK,
    REFUNDING,
    VOIDING,
    WAIVER_BACK,
    WAIVING,
)
from app.services.outcome import UNDO_EARLIER, Outcome
from app.services.questions.asked import CANCEL, Asked, fresh
from app.services.questions.going_on import then_go_on
from app.services.session import Session
from app.services.view import Answer, Field, FieldKind, Phrase, Question

_APPROVE = {
    VOIDING: "approve-void",
    WAIVING: "approve-waive",
    WAIVER_BACK: "approve-undo",
    REFUNDING: "approve-refund",
    REFUND_BACK: "approve-undo",
    LOSS_BACK: "approve-undo",
    DUE_BACK: "approve-undo",
    CHARGE_BACK: "approve-undo",
    LATE_BACK: "approve-undo",
    LOSING: "approve-lost",
    DUE_LATER: "approve-due",
    "not-renewed": "approve-renew",
    "not-returned": "approve-return",
}
"""What F11 does, by the code of what waits; else it lends."""


_KEEP = Answer("Esc", "cancel", "keep")
"""Leaves an act as it stands: beside "undo it" a plain "cancel" would say the opposite of what it does."""

_TAKES_BACK = frozenset({"approve-void", "approve-undo"})


class SigningQuestions:
    """The questions before an act that waits, over one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def confirm(self, outcome: Outcome) -> Asked:
        """The answers to an act that needs a signature, the right one first."""
        codes = outcome.verdict.missing()
        facts: dict[str, Param] = {"title": outcome.title.title if outcome.title else ""}
        held = outcome.item.barcode if outcome.item else ""
        if set(codes) == {"on-loan-to-this-member"}:
            answers: tuple[Answer, ...] = (
                Answer("F3", "return", "return", primary=True),
                Answer("F5", "renew", "renew"),
                CANCEL,
            )
            return _asked(facts, (), answers, held, outcome)
        if outcome.code == UNDO_EARLIER:
            return _asked(facts, (), (Answer("Enter", "approve", "undo-earlier", primary=True), _KEEP), held, outcome)
        signing = not set(codes) <= PLAIN
        approve = _APPROVE.get(outcome.code, "approve-lend")
        fields: tuple[Field, ...] = ()
        if signing:
            pending = self._session.pending
            if pending is None or not pending.explained:
                fields = (Field("reason", "reason", required=True),)
            if self._session.right_to_sign(codes) not in self._session.staff.rights:
                fields = (*fields, Field("pin", "supervisor-pin", FieldKind.PIN, required=True))
        needs = tuple(field.name for field in fields)
        debt = "debt-over-limit" in codes
        if not signing:
            approve = "return-first" if "on-loan-to-another" in codes else "parts-lend"
        sign = Answer("F11", "approve", approve, primary=not signing, needs=needs)
        only = (Answer("F3", "return", "return-only"),) if "on-loan-to-another" in codes else ()
        leave = _KEEP if approve in _TAKES_BACK else CANCEL
        answers = (sign, *only, leave) if not signing else (replace(leave, primary=True), *only, sign)
        if signing and set(codes) <= OF_THE_READER and self._session.member_id:
            answers = (*answers, Answer("Shift+F11", "approve-all", "approve-all", needs=needs))
        if debt:
            answers = (Answer("F9", "pay-first", "pay-first", primary=True), *answers[1:], CANCEL)
        return _asked(facts, fields, answers, held, outcome)

    def approved(self, asked: Asked, fields: Mapping[str, str], *, whole: bool) -> Asked | Outcome:
        """The answer: done now, or the same question again with what was wrong."""
        said = (fields.get("reason", ""), fields.get("pin", ""), fields.get("signer", ""))
        after = self._session.pending.after if self._session.pending else None
        outcome = self._session.override(*said, whole=whole)
        wrong = {
            "reason-missing": Phrase("reason-missing"),
            "pin-wrong": Phrase("wrong-pin"),
            "needs-supervisor": Phrase("wrong-pin"),
            "pin-shared": Phrase("pin-shared"),
            "pin-waits": Phrase("pin-waits", {"seconds": self._session.pin_waits}),
        }.get(outcome.code)
        if wrong is not None and self._session.pending is not None:
            kept = tuple(
                replace(one, value="" if one.kind is FieldKind.PIN else fields.get(one.name, ""))
                for one in asked.question.fields
            )
            if outcome.code == "pin-shared" and not any(one.name == "signer" for one in kept):
                return _who_signs(asked, kept, wrong)
            begin = {"reason-missing": "reason", "pin-shared": "signer"}.get(outcome.code, "pin")
            again = replace(asked.question, id=fresh(), fields=kept, wrong=wrong, begin=begin)
            return replace(asked, question=again)
        return then_go_on(self._session, after, outcome)


def _asked(
    about: Mapping[str, Param], fields: tuple[Field, ...], answers: tuple[Answer, ...], held: str, outcome: Outcome
) -> Asked:
    question = Question(fresh(), "confirm", "confirm", about, fields, answers, held=held)
    return Asked(question, "confirm", outcome, pending=True)


def _who_signs(asked: Asked, fields: tuple[Field, ...], wrong: Phrase) -> Asked:
    """The same question, asking also whose PIN it is."""
    name = Field("signer", "staff", required=True)
    answers = tuple(
        replace(answer, needs=("signer", *answer.needs)) if "pin" in answer.needs else answer
        for answer in asked.question.answers
    )
    fields = (*(one for one in fields if one.kind is not FieldKind.PIN), name, *fields[-1:])
    question = replace(asked.question, id=fresh(), fields=fields, answers=answers, wrong=wrong, begin="signer")
    return replace(asked, question=question)
