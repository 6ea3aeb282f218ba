"""Why the operating system refused, as a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.system_fault import WORDS, why
from resources.loader import load_json


def test_a_real_refusal_becomes_a_word(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        (tmp_path / "none").read_bytes()
    assert why(missing.value) == "not-there"
    with pytest.raises(FileExistsError) as existing:
        tmp_path.mkdir()
    assert why(existing.value) == "already-there"


def test_one_without_a_word_says_the_system_s_text() -> None:
    assert why(OSError(9999, "Odd thing")) == "Odd thing"
    assert why(OSError()) == ""


def test_windows_says_a_file_in_use_as_a_missing_right() -> None:
    held = PermissionError(13, "The process cannot access the file")
    held.winerror = 32  # type: ignore[misc, unused-ignore]
    assert why(held) == "in-use"


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_word_has_words_for_people(language: str) -> None:
    assert {f"why.{word}" for word in WORDS.values()} <= load_json(f"words/problems_{language}.json").keys()
