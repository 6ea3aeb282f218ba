"""Every command and every argument is explained in both languages."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from app.cli.arguments import SHEET_NAMES, build_parser
from app.cli.parser import Parser
from app.printing.geometry import SHEETS
from resources.loader import load_json

HELP = {language: load_json(f"words/help_{language}.json") for language in ("id", "en")}


def commands() -> dict[str, Parser]:
    """The parsers of all commands."""
    whole = build_parser()
    found: dict[str, Parser] = next(a.choices for a in whole._actions if isinstance(a, argparse._SubParsersAction))  # type: ignore[assignment]
    return found


def keys() -> Iterator[tuple[str, str]]:
    """The key of every explanation, with the one that many commands share."""
    for name, parser in commands().items():
        yield f"command.{name}", ""
        for action in parser._actions:
            if action.help != argparse.SUPPRESS:
                yield f"{name}.{action.dest}", f"*.{action.dest}"


@pytest.mark.parametrize("language", ["id", "en"])
def test_everything_is_explained(language: str) -> None:
    found = list(keys())
    assert len(found) > 80
    assert not [own for own, shared in found if own not in HELP[language] and shared not in HELP[language]]


def test_no_explanation_is_left_over() -> None:
    known = {key for pair in keys() for key in pair} | {"command.", "usage", "commands", "arguments", "options"}
    assert HELP["id"].keys() == HELP["en"].keys()
    assert not HELP["id"].keys() - known


def test_every_sheet_that_can_be_asked_for_is_there() -> None:
    assert set(SHEET_NAMES) <= SHEETS.keys()


def test_a_folder_has_one_name() -> None:
    assert not [name for name, parser in commands().items() if " DIR" in parser.format_help()]


def test_signs_of_percent_in_words_are_just_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.cli import parser

    monkeypatch.setattr(parser, "said", lambda key: [f"100 % {key}"])
    assert "100 % set.key" in commands()["set"].format_help()
