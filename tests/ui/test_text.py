"""Words: complete in both languages, plural-aware, safe for what is inserted, right to left where needed."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import decide_loan, decide_renewal, decide_return
from ui.text import Entry, Text, clean, is_right_to_left, load_words

PLACE = re.compile(r"\{([a-zA-Z_.]+)(?::([a-z]+))?\}")
ID, EN = load_words("id"), load_words("en")


def forms(entry: Entry) -> list[str]:
    return [entry] if isinstance(entry, str) else [text for key, text in entry.items() if key != "by"]


def places(entry: Entry) -> set[str]:
    names = {match.group(1) for text in forms(entry) for match in PLACE.finditer(text)}
    return {name for name in names if not name.startswith("term.")}


def test_indonesian_and_english_say_the_same_things() -> None:
    assert set(ID) == set(EN)


def test_both_languages_use_the_same_facts() -> None:
    assert not [key for key in ID if places(ID[key]) != places(EN[key])]


def test_arabic_knows_no_key_that_indonesian_does_not() -> None:
    assert set(load_words("ar")) <= set(ID)


def test_every_way_of_writing_is_known() -> None:
    known = {None, "long", "short", "year", "time", "stamp", "money", "word"}
    used = {m.group(2) for table in (ID, EN) for e in table.values() for t in forms(e) for m in PLACE.finditer(t)}
    assert used <= known


@pytest.mark.parametrize("module", [decide_loan, decide_renewal, decide_return])
def test_every_reason_of_the_rules_has_words(module: object) -> None:
    codes = getattr(module, "ALL_CODES", None) or module.CODES  # type: ignore[attr-defined]
    assert not [code for code in codes if f"reason.{code}" not in ID]


def test_plurals() -> None:
    assert Text("en").say("state.unsent", {"n": 1}) == "1 transaction not sent yet"
    assert Text("en").say("state.unsent", {"n": 37}) == "37 transactions not sent yet"
    assert Text("id").say("state.unsent", {"n": 1}) == "1 transaksi belum terkirim"


def test_facts_are_written_in_their_language() -> None:
    facts = {"owed": 27500, "limit": 25000}
    assert Text("id").say("reason.debt-over-limit", facts) == "Denda Rp27.500 melebihi batas Rp25.000"
    assert Text("en").say("reason.debt-over-limit", facts) == "Fines of Rp27,500 exceed the limit of Rp25,000"
    assert Text("id").say("big.due-on", {"due_on": date(2026, 12, 8)}) == "Selasa, 8 Desember"


def test_the_library_may_rename_the_fine() -> None:
    text = Text("id", {"fine": "infak"})
    assert text.say("answer.pay-first") == "Bayar infak dulu"
    assert text.say("member.fines") == "Infak"


def test_arabic_falls_back_to_indonesian() -> None:
    text = Text("ar")
    assert text.right_to_left
    assert text.say("state.online") == "متصل"
    assert text.say("today.morning") == "Pagi ini"


def test_an_arabic_title_is_set_apart_in_a_latin_sentence() -> None:
    assert Text("id").say("banner.lent", {"title": "تفسير"}) == "Dipinjam: \u2068تفسير\u2069"
    assert Text("id").say("banner.lent", {"title": "Tafsir"}) == "Dipinjam: Tafsir"


def test_a_missing_fact_and_an_unknown_code_still_say_something() -> None:
    assert Text("id").say("banner.lent") == "Dipinjam: –"
    assert "no-such-code" in Text("id").say("reason.no-such-code", {"x": 1})
    assert Text("id").say("big.due-on", {"due_on": "soon"}) == "soon"
    hour = datetime.fromisoformat("2026-12-08T15:30:00+07:00")
    assert Text("id").say("big.due-at", {"due_at": hour}) == "Selasa, 8 Desember 15.30"


def test_a_condition_is_said_in_its_words() -> None:
    assert Text("id").say("line.condition", {"condition": "cover-torn"}) == "Kondisi: Sampul sobek"
    assert Text("en").say("line.condition", {"condition": "cover-torn,eaten"}) == "Condition: Cover torn, eaten"


def test_inserted_markup_is_text() -> None:
    words = Text("id").rich("note.due-today", {"title": "<b>x</b>&", "barcode": "B1"})
    assert words == "Jatuh tempo hari ini: <b>&lt;b&gt;x&lt;/b&gt;&amp;</b> (B1)"


@given(st.text())
def test_data_cannot_turn_or_break_the_line(data: str) -> None:
    shown = clean(data)
    assert not re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069]", shown)
    assert Text("id").say("banner.lent", {"title": data}).startswith("Dipinjam: ")


def test_direction_of_a_title() -> None:
    assert is_right_to_left("123 تفسير")
    assert not is_right_to_left("Tafsir تفسير")
    assert not is_right_to_left("123")
