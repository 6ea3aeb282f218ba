"""The window's own question: language, light or dark, text size, sounds. It asks nothing of the desk."""

from __future__ import annotations

from msgspec.structs import replace

from app.services.view import Answer, Chip, Choice, KeyHint, Phrase, Question, Tone
from ui.settings import UiSettings

QUESTION_ID = "window-settings"
OPEN_KEY = "Ctrl+,"
LOOK = "look"
"""The action of an answer that leads to this question."""
OWN_KEYS = (KeyHint("Enter", "window-pick", "pick"), KeyHint("Esc", "window-close", "close"))
_SIZES = (90, 100, 115, 130, 150, 175, 200)
_IN_USE = Chip(Tone.DONE, "in-use")


def appearance_question(settings: UiSettings) -> Question:
    """The question with every choice, those in force marked."""
    choices = [
        *(_choice(f"language:{code}", f"language-{code}", settings.language == code) for code in ("id", "en")),
        *(_choice(f"theme:{name}", f"theme-{name}", settings.theme == name) for name in ("auto", "light", "dark")),
        *(_choice(f"size:{size}", "size", round(settings.scale * 100) == size, {"n": size}) for size in _SIZES),
        _choice("sounds:on", "sounds-on", settings.sounds),
        _choice("sounds:off", "sounds-off", not settings.sounds),
    ]
    answers = (Answer("Enter", "window-pick", "pick", primary=True), Answer("Esc", "window-close", "close"))
    return Question(QUESTION_ID, "list", "settings", choices=tuple(choices), answers=answers)


def _choice(choice_id: str, code: str, in_use: bool, params: dict[str, int] | None = None) -> Choice:
    return Choice(choice_id, Phrase(code, dict(params or {})), chip=_IN_USE if in_use else None)


def chosen(settings: UiSettings, choice_id: str) -> UiSettings:
    """The settings after one choice; unchanged for an id that is none of them."""
    kind, _, value = choice_id.partition(":")
    match kind:
        case "language":
            return replace(settings, language=value)
        case "theme":
            return replace(settings, theme=value)
        case "size":
            return replace(settings, scale=int(value) / 100)
        case "sounds":
            return replace(settings, sounds=value == "on")
    return settings
