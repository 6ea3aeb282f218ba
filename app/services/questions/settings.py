"""Ctrl+S: the settings of the library, the desk and the printer."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.domain.setting import BY_KEY, MOST_TEXT, SETTINGS, Setting, lacks_address
from app.domain.verdict import Param
from app.ports import Store
from app.services.questions.asked import CANCEL, CLOSE, PICK, Asked, fresh
from app.services.session import Session
from app.services.typed_setting import value_of
from app.services.view import Answer, Chip, Choice, Field, Phrase, Question, Tone

_TO_LOOK = Answer("Ctrl+,", "look", "look")
_CHOSEN = Chip(Tone.DONE, "in-use")


class SettingQuestions:
    """The settings over one session."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session

    def settings(self) -> Asked | None:
        """The library's, desk's and printer's settings; the window's own look is the window's question."""
        if right.SETTINGS not in self._session.staff.rights:
            answers = (Answer("Ctrl+P", "sign-in", "sign-in-other", primary=True), _TO_LOOK, CANCEL)
            question = Question(fresh(), "confirm", "settings-desk", answers=answers, wrong=Phrase("settings-right"))
            return Asked(question, "settings")
        with self._store.read() as facts:
            choices = tuple(
                Choice(f"setting:{one.key}", Phrase(f"setting-{one.key}"), side=_shown(one, facts.setting(one.key)))
                for one in SETTINGS
                if one.group not in ("look", "scan")
            )
        return Asked(
            Question(fresh(), "list", "settings-desk", answers=(PICK, _TO_LOOK, CLOSE), choices=choices), "settings"
        )

    def setting(self, key: str) -> Asked:
        """One setting: its choices, or a field with its value."""
        one = BY_KEY[key]
        with self._store.read() as facts:
            value = facts.setting(key)
        name: dict[str, Param] = {"setting": key}
        if one.kind in ("choice", "bool"):
            options = one.choices or ("true", "false")
            choices = tuple(
                Choice(f"value:{option}", Phrase(f"value-{option}"), chip=_CHOSEN if _text(value) == option else None)
                for option in options
            )
            answers: tuple[Answer, ...] = (PICK, CANCEL)
            question = Question(
                fresh(),
                "list",
                f"setting-{key}",
                name,
                answers=answers,
                choices=choices,
                begin=f"value:{_text(value)}",
            )
        else:
            fields = (Field("value", f"setting-{key}", value=_text(value)),)
            answers = (Answer("Enter", "save", "save", primary=True), CANCEL)
            question = Question(fresh(), "confirm", f"setting-{key}", name, fields, answers)
        return Asked(question, f"setting:{key}")

    def keep(self, key: str, text: str) -> Asked:
        """Keep a value and show the list again; a value that does not fit is said."""
        value, reason = value_of(key, text)
        if reason:
            asked = self.setting(key)
            one = BY_KEY[key]
            # What is picked from a list fits; what was typed is a number, a text, an address or a folder.
            wrong = Phrase(f"setting-{one.kind}", {"low": one.low, "high": one.high, "most": MOST_TEXT})
            typed = tuple(replace(field, value=text) for field in asked.question.fields)
            return replace(asked, question=replace(asked.question, fields=typed, wrong=wrong))
        with self._store.act(staff=self._session.staff.id) as act:
            act.set_setting(key, value)
            act.record("record.edited", {"record": "setting", "id": act.new_id()})
        with self._store.read() as facts:
            unset = lacks_address(str(facts.setting("printer.kind")), str(facts.setting("printer.target")))
        if key == "printer.kind" and unset:
            # Asked at once: a printer nobody can find would look like one that is switched off.
            asked = self.setting("printer.target")
            return replace(asked, question=replace(asked.question, wrong=Phrase("setting-printer-address")))
        return self.back(key)

    def back(self, key: str) -> Asked:
        """The list again, at the setting that was looked at."""
        shown = self.settings()
        assert shown is not None
        return replace(shown, question=replace(shown.question, begin=f"setting:{key}"))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(one: Setting, value: object) -> Phrase | str:
    """A setting's value in the list: words for choices, the library's own text as it is."""
    return Phrase(f"value-{_text(value)}") if one.kind in ("choice", "bool") else _text(value)
