"""Ctrl+P: who serves, and the PIN."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.records import Staff
from app.domain.verdict import Param
from app.services.outcome import Kind, Outcome
from app.services.questions.asked import CANCEL, Asked, fresh
from app.services.session import Session
from app.services.staff import role
from app.services.view import Answer, Choice, Field, FieldKind, Phrase, Question


class SignInQuestions:
    """Signing in over one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self) -> Asked:
        """Who serves: everybody who may is listed, a name narrows the list, a badge is taken as it is."""
        fields = (Field("staff", "staff", FieldKind.SEARCH),)
        answers = (Answer("Enter", "pick", "pick", primary=True), CANCEL)
        choices = tuple(_staff_choice(staff) for staff in self._session.people.active())
        question = Question(
            fresh(), "find", "sign-in", {}, fields, answers, choices, empty=Phrase("no-staff"), takes_scan=True
        )
        return Asked(question, "sign-in")

    def pin_of(self, staff_id: str, wrong: Phrase | None = None) -> Asked | None:
        """The PIN of one person; None when nobody active has this id."""
        staff = next((one for one in self._session.people.active() if one.id == staff_id), None)
        if staff is None:
            return None
        name: dict[str, Param] = {"name": staff.name}
        fields = (Field("pin", "pin", FieldKind.PIN, required=True),)
        answers = (Answer("Enter", "sign-in", "sign-in", primary=True, needs=("pin",)), CANCEL)
        question = Question(fresh(), "sign-in", "pin-of", name, fields, answers, wrong=wrong, takes_scan=True)
        return Asked(question, f"pin:{staff.id}")

    def signed_in(self, staff_id: str, pin: str = "") -> Asked | Outcome | None:
        """Whoever was picked signs in; with a PIN set, it is asked for, and asked again when it is wrong."""
        staff = next((one for one in self._session.people.active() if one.id == staff_id), None)
        if staff is None:
            return None
        outcome = self._session.sign_in(staff, pin)
        if outcome.kind is Kind.SIGNED_IN:
            return outcome
        waits = next((reason.params for reason in outcome.verdict.reasons if reason.code == "pin-waits"), None)
        if waits is not None:
            return self.pin_of(staff_id, Phrase("pin-waits", waits))
        return self.pin_of(staff_id, Phrase("wrong-pin") if outcome.code == "pin-wrong" else None)

    def searched(self, asked: Asked, text: str) -> Asked:
        """Whose names fit what stands in the search field now."""
        choices = tuple(_staff_choice(staff) for staff in self._session.people.like(text))
        empty = Phrase("no-staff" if text.strip() else "type-more")
        return replace(asked, question=replace(asked.question, choices=choices, empty=empty))


def _staff_choice(staff: Staff) -> Choice:
    return Choice(f"staff:{staff.id}", staff.name, Phrase(f"role-{role(staff.rights)}"))
