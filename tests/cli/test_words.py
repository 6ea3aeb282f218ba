"""Sentences for what went wrong."""

from __future__ import annotations

from app.cli.words import sentence
from app.ports import KnownError
from resources.loader import load_json


def test_both_languages_are_said_with_their_facts() -> None:
    said = sentence(KnownError("home-empty", {"path": "D:/perpus"}))
    assert said.count("D:/perpus") == 2
    assert "meja init" in said


def test_a_code_without_words_is_still_said() -> None:
    assert "brand-new" in sentence(KnownError("brand-new"))


def test_a_missing_fact_never_breaks_the_sentence() -> None:
    assert sentence(KnownError("store-too-new"))


def test_facts_cannot_smuggle_placeholders() -> None:
    assert "{path}" in sentence(KnownError("home-empty", {"path": "{path}"}))


def test_both_files_say_the_same_codes() -> None:
    assert load_json("words/problems_id.json").keys() == load_json("words/problems_en.json").keys()
