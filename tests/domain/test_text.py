"""Codes made clean, text folded for search, names shortened, direction fenced."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text import (
    CODE_LIMIT,
    WORD_COUNT,
    WORD_LIMIT,
    clean_code,
    code_key,
    fold,
    isolate,
    ltr,
    one_line,
    search_words,
    shorten_name,
    typed_text,
)

hostile = st.text(st.characters()) | st.text(
    st.sampled_from("aB0 \t\n\r\x00\x1d\u200b\u200f\u2067\ufeff٣۴ء\u0651ı\ud800é")
)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("B00001", "B00001"),
        ("  000123\r\n", "000123"),
        ("\ufeff2101010042", "2101010042"),
        ("21\u200b01\u200e01\u202c0042\u2069", "2101010042"),
        ("٢١٠١", "2101"),
        ("۲۱۰۱", "2101"),
        ("M\x00\x1d\x7f1", "M1"),
        ("M0001\nB0001", "M0001 B0001"),
        ("M\u00a01", "M 1"),
        ("e\u0301", "é"),
        ("B\ud800001", "B001"),
        ("", ""),
        ("\u200b \ufeff", ""),
        ("👍", "👍"),
    ],
)
def test_a_code_is_freed_from_what_cannot_be_seen(raw: str, code: str) -> None:
    assert clean_code(raw) == code


def test_a_code_is_cut_at_the_limit_without_a_blank_left_behind() -> None:
    assert len(clean_code("x" * 10_000)) == CODE_LIMIT
    assert clean_code("x" * (CODE_LIMIT - 1) + " y") == "x" * (CODE_LIMIT - 1)
    assert clean_code("é" * 200) == "é" * CODE_LIMIT


@given(hostile)
def test_cleaning_a_code_twice_changes_nothing(raw: str) -> None:
    code = clean_code(raw)
    assert clean_code(code) == code
    assert len(code) <= CODE_LIMIT
    assert code == code.strip()
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in code)


@given(hostile)
def test_codes_that_differ_by_case_alone_are_one_code(raw: str) -> None:
    key = code_key(raw)
    assert key == code_key(clean_code(raw))
    assert len(key) > CODE_LIMIT or key == code_key(key)


def test_keys_keep_leading_zeros_and_ignore_case() -> None:
    assert code_key("B0012") == code_key("b0012") == "b0012"
    assert code_key("0012") != code_key("12")
    assert code_key("STRASSE") == code_key("straße")


def test_typed_text_keeps_the_order_of_marks_that_composing_would_change() -> None:
    shadda_fatha = "\u0651\u064e"
    assert typed_text(f" {shadda_fatha}\u200f٣ ") == shadda_fatha + "3"
    assert clean_code(shadda_fatha) != shadda_fatha


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Al-Qur’ān al-Karīm", "al quran al karim"),
        ("Al-Qur'an", "al quran"),
        ("Ḥāshiyat ʿAbd al-Ẓāhir", "hashiyat abd al zahir"),
        ("القُرْآنُ الكَرِيـــم", "القران الكريم"),
        ("إحياء علوم الدّين", "احيا علوم الدين"),
        ("مكتبة الجامعة", "مكتبه الجامعه"),
        ("هدى", "هدي"),
        ("شيء", "شئ"),
        ("ﷲ ٱلله", "الله الله"),
        ("کتاب فارسی", "كتاب فارسي"),
        ("۲۰۲۶ ٢٠٢٦", "2026 2026"),
        ("Æsop, Łódź & Straße", "aesop lodz strasse"),
        ("İstanbul ISPARTA ırmak", "istanbul isparta irmak"),
        ("a\u200bb\u202ec", "abc"),
        ("21.01/0042", "21 01 0042"),
        ("C++\t\n  dasar", "c dasar"),
        ("Ａｌｊａｂａｒ", "aljabar"),
    ],
)
def test_two_ways_of_writing_are_found_by_one_search(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_vowel_signs_that_are_letters_stay() -> None:
    assert fold("किताब") != fold("कताब")


@given(hostile)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert once == " ".join(once.split())


def test_folding_is_stable_for_every_character_there_is() -> None:
    # Everyday planes wholly; the hypothesis test above roams the rest.
    for code in range(0x3000):
        once = fold(f"a{chr(code)}b")
        assert fold(once) == once, hex(code)


@given(hostile)
def test_search_words_are_always_terms_for_full_text_search(query: str) -> None:
    words = search_words(query)
    assert len(words) <= WORD_COUNT
    assert len(set(words)) == len(words)
    assert all(0 < len(word) <= WORD_LIMIT and not set(word) & set("\"'*^:(){}-+ ") for word in words)


@pytest.mark.parametrize("query", ['"', "a* OR b", 'NEAR("x")', "title:x^2", "{a b}:c", "-x + y", "' ; DROP", "القرآن"])
def test_no_query_breaks_full_text_search(query: str) -> None:
    store = sqlite3.connect(":memory:")
    store.execute("create virtual table book using fts5(words)")
    words = search_words(query)
    if words:
        store.execute("select * from book where book match ?", (" ".join(f'"{word}"*' for word in words),))
    store.close()


def test_a_long_query_costs_no_more_than_a_short_one() -> None:
    assert search_words("buku " * 100_000) == ("buku",)
    assert len(search_words(" ".join(f"kata{n}" for n in range(30)))) == WORD_COUNT


def test_fences_close_what_they_open() -> None:
    assert isolate("القرآن") == "\u2068القرآن\u2069"
    assert ltr("21.01.0042") == "\u206621.01.0042\u2069"
    assert isolate("a\u2069\u202eb") == "\u2068ab\u2069"
    assert isolate("") == ltr("") == ""


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Dewi Lestari", "Dewi L."),
        ("Siti Nur Aisyah", "Siti N. A."),
        ("Sukarno", "Sukarno"),
        ("Dr. Budi Santoso, M.Kom", "Dr. Budi S."),
        ("Prof. Dr. H. Budi Santoso, S.T., M.T., Ph.D", "Prof. Dr. H. Budi S."),
        ("Hj Siti Aminah", "Hj Siti A."),
        ("M. Rizky Pratama", "M. Rizky P."),
        ("Santoso, Budi", "Budi S."),
        ("LESTARI, DEWI", "DEWI L."),
        ("Siti, SE", "Siti"),
        ("Abdul Rahman Wahid", "Abdul Rahman W."),
        ("Ali al-Fasi", "Ali F."),
        ("عبد الرحمن محمد", "عبد الرحمن م."),
        ("محمد أحمد الفاسي", "محمد أ. ف."),
        ("د. أحمد علي", "د. أحمد ع."),
        ('Budi "Bowo" Santoso, S.Kom', "Budi B. S."),
        ("  dewi\n lestari ", "dewi L."),
        ("", ""),
        ("Dr.", "Dr."),
    ],
)
def test_a_short_name_calls_its_owner_and_tells_no_stranger(name: str, short: str) -> None:
    assert shorten_name(name) == short


@given(hostile)
def test_any_name_becomes_short_and_stays_on_one_line(name: str) -> None:
    short = shorten_name(name)
    assert "\n" not in short
    assert len(short) <= 140


@given(hostile, st.integers(-1, 30))
def test_one_line_is_one_line_and_keeps_its_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= max(limit, 0)
    assert "\n" not in line
    assert "\r" not in line
    assert not set(line) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u2028")


def test_one_line_shows_a_cut_and_keeps_letters_whole() -> None:
    assert one_line("Judul\nyang panjang", 8) == "Judul y…"
    assert one_line("Judul", 5) == "Judul"
    assert one_line("ab\u0323\u0307cd", 4) == "a…"
