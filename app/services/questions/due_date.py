"""F11 in a list of loans: one of them may end later, on which day and why."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from app.domain.verdict import Param
from app.importers.typed_values import date_from
from app.ports import Store
from app.services.outcome import Outcome
from app.services.questions.asked import CANCEL, Asked, fresh
from app.services.session import Session
from app.services.view import Answer, Field, FieldKind, Phrase, Question


class DueDateQuestion:
    """The question of a later due date over one session."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session

    def ask(self, item_id: str) -> Asked | None:
        """The day and the reason for the loan of a copy; None for a copy that is not on loan."""
        with self._store.read() as facts:
            hit = facts.item_by_id(item_id)
        loan = hit.facts.loan if hit else None
        if hit is None or loan is None:
            return None
        about: dict[str, Param] = {"title": hit.title.title, "due_on": loan.due_on}
        fields = (
            Field("date", "due-later", FieldKind.DATE, required=True),
            Field("reason", "reason-plain", required=True),
        )
        answers = (Answer("Enter", "due-later", "due-later", primary=True, needs=("date", "reason")), CANCEL)
        question = Question(fresh(), "confirm", "due-later", about, fields, answers, held=hit.item.barcode)
        return Asked(question, "due-later", pending=True, kept={"item": item_id})

    def answered(self, asked: Asked, fields: Mapping[str, str]) -> Asked | Outcome:
        """The answer; what does not fit is said and asked again."""
        typed = fields.get("date", "").strip()
        day, note = date_from(typed)
        # What stands behind a date in a list of another system is its hour; here it is a reason in the wrong field.
        if day is None or note or not typed[-1:].isdigit():
            return _again(asked, Phrase("date-unreadable"))
        outcome = self._session.fix_due_item(asked.kept["item"], day, fields.get("reason", ""))
        if outcome.code != "due-kept":
            return outcome
        stop = outcome.verdict.reasons[0]
        return _again(asked, Phrase(stop.code, dict(stop.params)))


def _again(asked: Asked, wrong: Phrase) -> Asked:
    return replace(asked, question=replace(asked.question, wrong=wrong))
