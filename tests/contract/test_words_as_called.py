"""Every text that names a command names it as it is typed here: `python3 meja.py …` in a checkout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.commands import COMMANDS
from app.cli.parser import said
from app.cli.words import sentence
from app.ports import KnownError
from app.services.import_notices import Notice
from bootstrap.words import SENTENCES
from resources.called import CALLED_VARIABLE, as_called, at_home
from resources.loader import load_json
from tests.contract.sources import ROOT
from ui.text import Text

BOOKS = sorted((ROOT / "resources" / "words").glob("*.json"))
COMMAND = re.compile(rf"meja\.py (?:{'|'.join(COMMANDS)})\b|(?<!`)\bmeja (?:{'|'.join({*COMMANDS} - {'demo'})})\b")


def texts(document: Any) -> Iterator[str]:
    """Every text of a book of words."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for one in document.values() if isinstance(document, dict) else document:
            yield from texts(one)


@pytest.mark.parametrize("book", BOOKS, ids=lambda path: path.stem)
def test_a_command_is_marked_so_that_it_can_be_said_as_it_is_typed(book: Path) -> None:
    assert not [text for text in texts(load_json(f"words/{book.name}")) if COMMAND.search(text)]


def test_the_set_up_names_no_command_of_its_own_making() -> None:
    found = [text for code, pair in SENTENCES.items() if code != "help" for text in pair if COMMAND.search(text)]
    assert not found


def test_window_paper_and_terminal_say_it_as_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CALLED_VARIABLE, "py meja.py")
    for language in ("id", "en"):
        for code in ("line.bare-import", "choice.help-beyond-line", "line.instead-collection"):
            assert " py meja.py import " in Text(language).say(code)
            assert "`" not in Text(language).say(code), "a window has no use for marks of a terminal"
    notice = Notice("type-without-rule", {"n": "2", "type": "Siswa"})
    assert "(py meja.py policy " in notice.said(load_json("words/import_id.json"))
    assert "`py meja.py init`" in sentence(KnownError("home-empty"))
    assert all("`py meja.py server enrol`" in text for text in said("join.code"))


def test_a_command_for_another_home_names_it() -> None:
    at_home("D:/perpus kita")
    try:
        assert as_called("pakai `meja restore CADANGAN`") == 'pakai `meja restore CADANGAN --home "D:/perpus kita"`'
        assert (
            as_called("`meja --help`, `meja demo`, `meja server enrol`")
            == "`meja --help`, `meja demo`, `meja server enrol`"
        )
        at_home("{x")
        assert "{x" not in as_called("`meja check`")
    finally:
        at_home("")
    assert as_called("`meja check`") == "`meja check`"


def test_other_words_between_marks_stay() -> None:
    assert as_called("`mejaku` dan `set`") == "`mejaku` dan `set`"


def test_this_sees_a_command_that_is_not_marked() -> None:
    assert COMMAND.search("jalankan: meja import BERKAS")
    assert not COMMAND.search("jalankan: `meja import BERKAS` di meja layanan")
