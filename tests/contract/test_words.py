"""Every code that can reach a person has words, in Indonesian and in English, with places that agree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.domain import decide_due_date, decide_loan, decide_renewal, decide_return, money, policy_check
from app.domain.barcode import Scan
from app.domain.setting import SETTINGS
from app.services import desk, desk_keys, link
from app.services.questions import finding, lists
from app.services.show.refusing import UNKNOWN_CODES
from resources.loader import load_json
from tests.contract.sources import parsed, python_files

LANGUAGES = ("id", "en")
Entry = str | Mapping[str, str]
WINDOW: dict[str, Mapping[str, Entry]] = {language: load_json(f"words/{language}.json") for language in LANGUAGES}
PROBLEMS = {language: load_json(f"words/problems_{language}.json") for language in LANGUAGES}
PLACE = re.compile(r"\{([a-zA-Z_.]+)(?::[a-z]+)?\}")
SERVICES = [path for path in python_files("app/services") if path.stem != "view"]
# Who makes what is shown, and which argument is its code.
MAKERS = {"Banner": 1, "Chip": 1, "Note": 1, "KeyHint": 2, "Question": 2, "Answer": 2, "Field": 1}
# A phrase stands in many places; its code must be known in one of them.
PHRASES = ("line", "big", "choice", "problem", "foot", "question", "field")
REFUSERS = frozenset({"refused", "impossible"})


def texts(node: ast.expr | None) -> Iterator[str]:
    """Every literal text an expression can come to: itself, both sides of a choice, all values of a table."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from texts(body)
            yield from texts(other)
        case ast.BoolOp(values=values):
            for value in values:
                yield from texts(value)
        case ast.Call(func=ast.Attribute(value=ast.Dict(values=values), attr="get"), args=[_, *rest]):
            for value in [*values, *rest]:
                yield from texts(value)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a plain name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


def argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    """An argument by place or by name."""
    if place < len(call.args):
        return call.args[place]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def local_codes(tree: ast.AST) -> dict[str, set[str]]:
    """What a local name `code` is given, per function, by its own assignments."""
    found: dict[str, set[str]] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            given = found.setdefault(function.name, set())
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "code" for t in node.targets):
                    given.update(texts(node.value))
    return found


def shown() -> set[tuple[str, str]]:
    """Every (namespace, code) the services put on the screen."""
    found: set[tuple[str, str]] = set()
    spaces = {"Banner": "banner", "Chip": "chip", "Note": "note", "KeyHint": "key", "Question": "question",
              "Answer": "answer", "Field": "field"}  # fmt: skip
    for path in SERVICES:
        tree = parsed(path)
        for name, call in calls(tree):
            if name in MAKERS:
                found.update((spaces[name], code) for code in texts(argument(call, MAKERS[name], "code")))
        if path.parent.name == "show":
            for codes in local_codes(tree).values():
                found.update(("banner", code) for code in codes)
    found.update(("banner", code) for code in UNKNOWN_CODES.values())
    found.update(("chip", code) for code in finding._STATUS_CHIPS.values())
    found.update(("key", code) for code in desk_keys._SHORT.values())
    found.update(("choice", f"help-{code}") for _, code in lists._HELP)
    return {(space, code) for space, code in found if code}


def phrases() -> set[str]:
    """Every code of a phrase."""
    found: set[str] = {*desk.PROBLEM_LINES.values(), *link.PROBLEMS.values()}
    for path in SERVICES:
        for name, call in calls(parsed(path)):
            if name == "Phrase":
                found.update(texts(argument(call, 0, "code")))
    return found


def refusals() -> set[str]:
    """Every code with which a verb refuses: it is banner and reason at once."""
    found: set[str] = set()
    for path in SERVICES:
        tree = parsed(path)
        for name, call in calls(tree):
            if name in REFUSERS:
                found.update(texts(argument(call, 0, "code")))
            if name == "Outcome" and "REFUSED" in ast.dump(call.args[0]):
                found.update(texts(argument(call, 99, "code")))
    return found


def reasons() -> set[str]:
    """Every code of a reason that a verb adds to those of the rules."""
    return {
        code
        for path in SERVICES
        for name, call in calls(parsed(path))
        if name == "Reason"
        for code in texts(argument(call, 0, "code"))
    }


def known_errors() -> set[str]:
    """Every code of a KnownError raised anywhere on the desk."""
    found: set[str] = set()
    for path in python_files("app", "db", "server", "sync", "ui"):
        for name, call in calls(parsed(path)):
            if name == "KnownError":
                found.update(texts(argument(call, 0, "code")))
    from db.errors import _CODES

    return found | {code for _, code in _CODES}


def missing(keys: set[str], language: str) -> list[str]:
    """Keys without words."""
    return sorted(keys - WINDOW[language].keys())


RULES = {
    code
    for module in (decide_loan, decide_renewal, decide_return, decide_due_date, money)
    for code in module.ALL_CODES  # type: ignore[attr-defined]
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language: str) -> None:
    assert len(RULES) > 60
    assert not missing({f"reason.{code}" for code in RULES | refusals() | reasons()}, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_the_screen_shows_has_words(language: str) -> None:
    found = shown()
    assert len(found) > 120
    assert not missing({f"{space}.{code}" for space, code in found}, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_has_words_in_some_place(language: str) -> None:
    words = WINDOW[language]
    found = {code for code in phrases() if code != "text"}
    assert len(found) > 40
    assert not sorted(c for c in found if not any(f"{space}.{c}" in words for space in PHRASES))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_said_on_the_banner_too(language: str) -> None:
    own = {"card-first": "need-member", "no-right": "no-right-plain"}
    rules_only = RULES | {"item-unknown", "member-unknown"}
    found = {own.get(code, code) for code in refusals()}
    assert not missing({f"banner.{code}" for code in found - rules_only - set(UNKNOWN_CODES)}, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_banner_says_is_announced_as_well(language: str) -> None:
    """The window says the banner aloud when no own words are there."""
    from ui.text import Text

    text = Text(language)
    for space, code in sorted(shown()):
        if space == "banner":
            assert text.has(f"announce.{code}") or text.has(f"banner.{code}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_words(language: str) -> None:
    found = known_errors()
    found |= {f"policy.{code}" for code in policy_check.ALL_CODES}
    assert len(found) > 60
    assert not sorted(found - PROBLEMS[language].keys())


def document_faults() -> set[str]:
    """Every code with which a reader of documents refuses."""
    found: set[str] = set()
    for name in ("strict_json", "policy", "loan_rule", "scan_rules", "scan_pattern"):
        for node in ast.walk(parsed(next(path for path in python_files("app") if path.stem == name))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("BadFormat", "fail"):
                found.update(texts(argument(node, 1, "code")))
            elif called in ("BadPattern", "append"):
                found.update(
                    text for text in texts(argument(node, 0, "code")) if re.fullmatch("[a-z]+(-[a-z]+)+", text)
                )
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_that_is_not_printed_has_words(language: str) -> None:
    found: set[str] = set()
    for path in [path for path in python_files("app") if path.parent.name == "printing" or path.stem == "paper"]:
        for name, call in calls(parsed(path)):
            if name in ("LabelRefusal", "CodeRefusal"):
                found.update(texts(argument(call, 1 if name == "LabelRefusal" else 0, "code")))
    found |= {"item-unknown", "member-unknown", "code-unknown"}
    assert len(found) > 6
    assert not sorted({f"print.{code}" for code in found} - PROBLEMS[language].keys())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_of_a_document_has_words(language: str) -> None:
    text_alone = {"not-json", "too-deep"}
    found = {code if code in text_alone else f"format.{code}" for code in document_faults()}
    assert len(found) > 25
    assert not sorted(found - PROBLEMS[language].keys())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_has_a_name(language: str) -> None:
    assert not missing({f"setting.{setting.key}" for setting in SETTINGS}, language)
    assert not missing({f"setting-group.{setting.group}" for setting in SETTINGS}, language)
    asked = [setting for setting in SETTINGS if setting.group not in ("look", "scan")]
    spaces = ("choice", "question", "field")
    assert not missing({f"{space}.setting-{setting.key}" for setting in asked for space in spaces}, language)
    typed = {setting.kind for setting in asked} - {"choice", "bool"}
    assert not missing({f"question.setting-{kind}" for kind in typed}, language), "why a typed value does not fit"
    options = {option for setting in asked for option in setting.choices}
    options |= {"true", "false"} if any(setting.kind == "bool" for setting in asked) else set()
    assert not missing({f"choice.value-{option}" for option in options}, language)


def test_both_languages_know_the_same() -> None:
    assert load_json("words/ar.json").keys() <= WINDOW["id"].keys(), "a word that nobody can ask for"
    assert WINDOW["id"].keys() == WINDOW["en"].keys()
    assert PROBLEMS["id"].keys() == PROBLEMS["en"].keys()


def places(entry: Entry) -> set[str]:
    """The facts a sentence (or any of its plural forms) speaks of."""
    forms = [entry] if isinstance(entry, str) else [text for form, text in entry.items() if form != "by"]
    return {place for form in forms for place in PLACE.findall(form)}


def test_both_languages_speak_of_the_same_facts() -> None:
    differ = {}
    for key in WINDOW["id"].keys() & WINDOW["en"].keys():
        here, there = (
            {p for p in places(WINDOW[language][key]) if not p.lower().startswith("term.")} for language in LANGUAGES
        )
        # A plural form may leave its number out: "one book".
        counted = {WINDOW["en"][key].get("by", "n")} if isinstance(WINDOW["en"][key], Mapping) else set()  # type: ignore[union-attr]
        if here - counted != there - counted:
            differ[key] = (sorted(here), sorted(there))
    assert not differ


def test_problems_speak_of_the_same_facts() -> None:
    for key, text in PROBLEMS["id"].items():
        assert places(text) == places(PROBLEMS["en"][key]), key


def test_a_scan_s_notes_are_codes() -> None:
    assert "too-long" in (Scan.__doc__ or "")


def test_this_sees_a_code_without_words(tmp_path: Path) -> None:
    tree = ast.parse(
        'Banner(tone, "a" if x else "b")\n_refuse("c")\nPhrase("d", {})\nBanner(t, {"x": "e"}.get(y, "f"))'
    )
    codes = [sorted(texts(argument(call, MAKERS.get(name, 0), "code"))) for name, call in calls(tree)]
    assert codes == [["a", "b"], ["c"], ["d"], ["e", "f"]]
