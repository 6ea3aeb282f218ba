"""What the set-up says."""

from __future__ import annotations

import io
import string
from pathlib import Path

import pytest

from bootstrap import words
from bootstrap.order import KNOWN_COMMANDS


@pytest.mark.parametrize("code", sorted(words.SENTENCES))
def test_both_languages_name_the_same_facts(code: str) -> None:
    indonesian, english = words.SENTENCES[code]
    assert indonesian
    assert english
    places = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (indonesian, english)]
    assert places[0] == places[1]


def test_a_console_without_arabic_letters_is_no_crash() -> None:
    raw = io.BytesIO()
    console = io.TextIOWrapper(raw, encoding="cp1252")
    words.say("no-wheels", console, folder="C:\\مكتبة {x}")
    console.flush()
    assert b"\\u0645" in raw.getvalue()
    assert b"{x}" in raw.getvalue()


def test_without_a_console_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    words.say("ready")


def test_the_help_has_a_line_for_every_command_and_needs_no_book_of_words(tmp_path: Path) -> None:
    out = io.StringIO()
    words.list_commands(KNOWN_COMMANDS[2:], Path(words.__file__).parent.parent / "resources" / "words", out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 2 * len(KNOWN_COMMANDS[2:]), "each in both languages"
    assert all(len(line.split()) > 2 for line in lines)
    bare = io.StringIO()
    words.list_commands(("scan", "check"), tmp_path, bare)
    assert bare.getvalue().split() == ["scan", "check"]
