"""Words and figures on paper in three languages."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta, timezone
from importlib.resources import files
from string import Formatter

import pytest

from app.domain.slip import LineAct, SlipKind
from app.printing.fonts import missing_signs
from app.printing.text import visual
from app.printing.words import LANGUAGES, words

WIB = timezone(timedelta(hours=7))


def test_indonesian_dates_times_and_money() -> None:
    say = words("id")
    assert say.date(date(2026, 12, 8)) == "Sel, 8 Des 2026"
    assert say.day(date(2027, 8, 31)) == "31 Agu 2027"
    assert say.time(datetime(2026, 12, 8, 9, 5, tzinfo=WIB)) == "09.05"
    assert [say.money(sum_) for sum_ in (0, 500, 4000, 1234500, -4000)] == [
        "Rp0", "Rp500", "Rp4.000", "Rp1.234.500", "-Rp4.000",
    ]  # fmt: skip


def test_other_languages() -> None:
    assert words("en").date(date(2026, 12, 8)) == "Tue, 8 Dec 2026"
    assert words("ar").date(date(2026, 12, 8)) == "الثلاثاء، 8 ديسمبر 2026"
    assert words("ar").money(4000) == "Rp4.000"


@pytest.mark.parametrize(
    ("asked", "given"),
    [("id_ID", "id"), ("AR", "ar"), ("en-GB", "en"), ("fr", "id"), ("", "id"), ("../x", "id")],
)
def test_an_unknown_language_falls_back_to_indonesian(asked: str, given: str) -> None:
    assert words(asked).language == given


def _table(language: str) -> dict[str, str]:
    text = files("resources").joinpath("words", f"slip_{language}.json").read_text(encoding="utf-8")
    table: dict[str, str] = json.loads(text)["words"]
    return table


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence_with_the_same_params(language: str) -> None:
    def params(sentence: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(sentence) if name}

    indonesian, other = _table("id"), _table(language)
    assert indonesian.keys() == other.keys()
    assert {code: params(indonesian[code]) for code in other} == {code: params(other[code]) for code in other}
    assert all(f"heading.{kind.value}" in other for kind in SlipKind)
    assert all(f"act.{act.value}" in other for act in LineAct)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_drawn(language: str) -> None:
    say = words(language)
    spoken = " ".join([*say.table.values(), *say.weekdays, *say.months])
    assert missing_signs(visual(re.sub(r"[{}]", "", spoken)), "bold") == ""
    assert (len(say.weekdays), len(say.months)) == (7, 12)
