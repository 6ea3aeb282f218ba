"""F6: a new reader of whom the library needs at once who it is, of which kind and how to reach them."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.verdict import Param
from app.services.members import NewMember
from app.services.outcome import Outcome
from app.services.questions.asked import CANCEL, Asked, fresh
from app.services.session import Session
from app.services.view import Answer, Choice, Field, FieldKind, Phrase, Question

_AGAIN = frozenset(
    {"name-missing", "card-missing", "card-taken", "phone-unfit", "email-unfit", "expiry-unreadable", "expiry-past"}
)
"""What stands against a registration and can be put right in its fields."""
_BEGIN = {
    "card-missing": "number",
    "card-taken": "number",
    "phone-unfit": "phone",
    "email-unfit": "email",
    "expiry-unreadable": "expires",
    "expiry-past": "expires",
}


class RegisterQuestion:
    """The question of a registration over one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, typed: Mapping[str, str] | None = None, wrong: str = "", kind: str = "") -> Asked:
        """Who the new reader is. The number is that of the card that was scanned, or it is typed; everything but number
        and name may stay empty. `typed`, `wrong` and `kind` are those of an answer that did not fit; the type that was
        picked stands first then."""
        known, members = typed or {}, self._session.members
        number = self._session.unknown_card
        choices = tuple(
            Choice(f"type:{one.code}", one.name, side=Phrase("valid-until", {"on": members.until(one)}))
            for one in sorted(members.kinds(), key=lambda one: one.code != kind)
        )
        fields = (
            *(() if number else (Field("number", "member-number", required=True, value=known.get("number", "")),)),
            Field("name", "member-name", required=True, value=known.get("name", "")),
            Field("phone", "member-phone", value=known.get("phone", "")),
            Field("email", "member-email", value=known.get("email", "")),
            Field("expires", "member-expires", FieldKind.DATE, value=known.get("expires", "")),
        )
        needs = ("name",) if number else ("number", "name")
        answers = (
            Answer("Enter", "register", "register", primary=True, needs=needs),
            Answer("F6", "find-member", "find-member"),
            CANCEL,
        )
        code: dict[str, Param] = {"code": number}
        question = Question(
            fresh(),
            "confirm",
            "register" if number else "register-typed",
            code,
            fields,
            answers,
            choices,
            held=number,
            wrong=Phrase(wrong) if wrong else None,
            begin=_BEGIN.get(wrong, choices[0].id if choices else ""),
        )
        return Asked(question, "register")

    def answered(self, fields: Mapping[str, str], kind: str) -> Asked | Outcome:
        """The new reader's open transaction, or the question again with what was typed and what does not fit."""
        outcome = self._session.register(
            NewMember(
                fields.get("name", ""),
                kind,
                phone=fields.get("phone", ""),
                email=fields.get("email", ""),
                expires=fields.get("expires", ""),
            ),
            fields.get("number", ""),
        )
        if outcome.code not in _AGAIN:
            return outcome
        return self.ask(fields, outcome.code, kind)
