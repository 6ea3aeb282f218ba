"""No dead words: every sentence in the resources can be reached, and every one that is named exists."""

from __future__ import annotations

import argparse
import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.arguments import build_parser
from app.cli.parser import Parser
from resources.loader import load_json
from tests.contract.sources import ROOT, parsed, python_files

SCREEN = [
    *(path for path in python_files("app") if path.parent.name not in ("cli", "app") or path.stem in (
        "window", "first_start", "bring_in")),
    *python_files("ui", "db"),
]  # fmt: skip
"""Where codes for the window come from; what only the command line says is no reason to keep a word of the window."""
COMMAND_LINE = list(python_files("app", "db", "ui", "sync"))
RULE_FILES = sorted((ROOT / "resources" / "policy").glob("*.json"))
BY_ENUM = {"level."}
"""Followed by a member's name in small letters, which stands nowhere as a text."""
TOO_SHORT_TO_TELL = 3
"""Letters that an f-string must have of its own; `{a}.{b}` would be everything."""


def texts_in(document: Any) -> Iterator[str]:
    """Every text of a JSON document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        yield from texts_in(list(document.values()))
    elif isinstance(document, list):
        for one in document:
            yield from texts_in(one)


class Said:
    """The texts that a program can say: its literals, and what its f-strings can come to."""

    def __init__(self, trees: Iterable[ast.AST], more: Iterable[str] = ()) -> None:
        self.literals: set[str] = set(more)
        self.shapes: set[str] = set()
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    self.literals.add(node.value)
                elif isinstance(node, ast.JoinedStr):
                    own = [part.value if isinstance(part, ast.Constant) else "" for part in node.values]
                    if sum(len(str(text)) for text in own) >= TOO_SHORT_TO_TELL:
                        self.shapes.add("".join(re.escape(str(text)) if text else "(.+)" for text in own))

    def can_be(self, text: str, depth: int = 2) -> bool:
        """True for a literal, and for an f-string whose places can be filled by such texts."""
        if text in self.literals or text.isdigit():
            return True
        if not depth:
            return False
        found = (re.fullmatch(shape, text) for shape in self.shapes)
        return any(fact and all(self.can_be(part, depth - 1) for part in fact.groups()) for fact in found)


@pytest.fixture(scope="module")
def screen() -> Said:
    """What the window can say."""
    rules = (text for path in RULE_FILES for text in texts_in(json.loads(path.read_text(encoding="utf-8"))))
    return Said((parsed(path) for path in SCREEN), rules)


def test_every_word_of_the_window_is_used(screen: Said) -> None:
    words = load_json("words/id.json")
    dead = [
        key
        for key in words
        if not (screen.can_be(key) or screen.can_be(key.partition(".")[2])) and not key.startswith(tuple(BY_ENUM))
    ]
    assert not dead


@pytest.mark.parametrize("name", ["problems", "import"])
def test_every_word_of_the_command_line_is_used(name: str) -> None:
    said = Said(parsed(path) for path in COMMAND_LINE)
    assert not [
        key
        for key in load_json(f"words/{name}_id.json")
        if not (said.can_be(key) or said.can_be(key.partition(".")[2]))
    ]


def test_every_word_of_the_help_explains_something() -> None:
    known = load_json("words/help_id.json")
    used = {"usage", "commands", "arguments", "options"}
    [commands] = [a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    for parser in (build_parser(), *commands.choices.values()):
        assert isinstance(parser, Parser)
        used.add(f"command.{parser.command}")
        for action in parser._actions:
            own, shared = f"{parser.command}.{action.dest}", f"*.{action.dest}"
            if action.help != argparse.SUPPRESS and action.dest != "command":
                assert {own, shared} & known.keys(), own
                used.add(own if own in known else shared)
    assert not known.keys() - used


def test_every_word_that_is_named_exists() -> None:
    known = load_json("words/id.json")
    spaces = {key.partition(".")[0] for key in known}
    named = {
        (path.stem, node.value)
        for path in python_files("ui")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        # What ends in a dash is the beginning of a word that is put together.
        if re.fullmatch(r"([a-z-]+)\.[a-z][a-z0-9.-]*(?<!-)", node.value) and node.value.partition(".")[0] in spaces
    }
    assert len(named) > 80
    assert not sorted((module, key) for module, key in named if key not in known)


def test_this_sees_a_dead_word() -> None:
    said = Said([ast.parse('say(f"banner.{code}")\ncode = "lent"\nPhrase(f"place-{place}")')])
    assert said.can_be("banner.lent")
    assert not said.can_be("banner.returned")
    assert not said.can_be("place-synced"), "nobody says synced"


def test_the_rules_shipped_are_looked_at() -> None:
    assert Path(RULE_FILES[0]).name == "campus-slims.json"
