"""Search: finds what a person means, never raises, and does bounded work."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import search
from tests.builders import Library, rows_of


@pytest.fixture
def shelves(library: Library) -> Library:
    """A few titles and readers in Latin and Arabic letters."""
    library.title(
        "Tafsīr al-Jalālain", authors=("Jalāluddīn as-Suyūṭī",), call_number="297.12 SUY t", isbn="9789790331234"
    )
    library.title("تفسير الجلالين", authors=("جلال الدين السيوطي",), other_title="Tafsir al-Jalalain")
    library.title("Kitāb at-Tauḥīd", authors=("Muhammad bin ʿAbd al-Wahhāb",))
    library.title("Café Müller", authors=("Søren Ægir",))
    library.item("TJ-001", "Tafsīr al-Jalālain", inventory_no="00017/INST/2024")
    library.member("23.01.0001", "Zahra Ramadhan", card_nos=("RFID-99",))
    library.member("23.01.0002", "أحمد فوزي")
    return library


def titles(library: Library, words: str, limit: int = 10) -> list[str]:
    """What a search finds."""
    with library.store.read() as facts:
        return [hit.title.title for hit in facts.find_titles(words, limit).rows]


def members(library: Library, words: str) -> list[str]:
    """Whom a search finds."""
    with library.store.read() as facts:
        return [member.name for member in facts.find_members(words, 10).rows]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("tafsir", "Tafsīr al-Jalālain"),
        ("TAFSĪR JALAL", "Tafsīr al-Jalālain"),
        ("suyuti tafsir", "Tafsīr al-Jalālain"),
        ("297.12", "Tafsīr al-Jalālain"),
        ("9789790331234", "Tafsīr al-Jalālain"),
        ("tj-0", "Tafsīr al-Jalālain"),
        ("00017", "Tafsīr al-Jalālain"),
        ("تَفْسِير", "تفسير الجلالين"),
        ("الجلالين", "تفسير الجلالين"),
        ("السيوطى", "تفسير الجلالين"),
        ("tauhid", "Kitāb at-Tauḥīd"),
        ("abd wahhab", "Kitāb at-Tauḥīd"),
        ("cafe mull", "Café Müller"),
        ("soren aegir", "Café Müller"),
    ],
)
def test_titles_are_found_by_what_people_type(shelves: Library, words: str, title: str) -> None:
    assert title in titles(shelves, words)


@pytest.mark.parametrize("words", ["jalalain kamus", "afsir", "", " ", "zzz", "tafsir zzz"])
def test_every_word_must_be_there_from_its_beginning(shelves: Library, words: str) -> None:
    assert "Tafsīr al-Jalālain" not in titles(shelves, words)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("zahra", "Zahra Ramadhan"),
        ("ramadhan za", "Zahra Ramadhan"),
        ("23.01.0001", "Zahra Ramadhan"),
        ("23.01", "أحمد فوزي"),
        ("rfid-99", "Zahra Ramadhan"),
        ("احمد", "أحمد فوزي"),
        ("أحْمَد فوزى", "أحمد فوزي"),
    ],
)
def test_readers_are_found_by_name_and_number(shelves: Library, words: str, name: str) -> None:
    assert name in members(shelves, words)


HOSTILE = [
    '"', "'", '""', "*", "a*", "-tafsir", "tafsir OR kamus", "NEAR(a b)", "tafsir NEAR kamus", "(", ")", "((((", "^a",
    "words:tafsir", "{words}:a", "a AND", "NOT", "\\", "%", "_", "a\0b", "\0", "😀", "👨‍👩‍👧", "\u202e", "\ufeff",
    "%;DROP",
    "' OR 1=1 --", "\ud800", "a" * 10_000, "a " * 5_000, '"' * 10_000, "é" * 10_000, "ﷺ" * 100, "\u0300" * 500,
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_typed_breaks_the_search(shelves: Library, words: str) -> None:
    titles(shelves, words)
    members(shelves, words)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)
@given(st.text(max_size=40))
def test_no_text_breaks_the_search(library: Library, words: str) -> None:
    assert len(titles(library, words, 3)) <= 3
    members(library, words)


def test_a_quoted_operator_is_a_word(shelves: Library) -> None:
    shelves.title("Sistem Near Field")
    assert titles(shelves, "near field") == ["Sistem Near Field"]
    assert search.match_text(("or", 'a"b')) == '"or" "a""b"*'
    assert search.match_text(()) == ""


def test_a_code_goes_before_words_and_short_titles_first(library: Library) -> None:
    library.title("B001 dalam sejarah")
    library.title("Sejarah")
    assert titles(library, "b001")[0] == "Sejarah Lampung"
    assert titles(library, "sejarah")[:2] == ["Sejarah", "Sejarah Lampung"]
    assert titles(library, "sejarah", 1) == ["Sejarah"]


def test_a_hit_counts_copies_and_those_that_are_free(library: Library) -> None:
    library.lend("21.01.0042", "B001")
    with library.store.read() as facts:
        hit = facts.find_titles("sejarah lampung", 1).rows[0]
    assert (hit.copies, hit.free) == (2, 1)


def test_what_is_gone_is_not_found(library: Library) -> None:
    library.store.connection.execute("UPDATE title SET gone = 1")
    library.store.connection.execute("UPDATE member SET gone = 1")
    library.store.connection.execute("UPDATE item SET gone = 1")
    assert titles(library, "sejarah") == []
    assert titles(library, "b001") == []
    assert members(library, "ahmad") == []


def plan(library: Library, statement: str, values: tuple[object, ...]) -> str:
    """How SQLite would answer a statement."""
    return " | ".join(str(row[3]) for row in rows_of(library.store, f"EXPLAIN QUERY PLAN {statement}", values))


def statements(library: Library, words: str) -> list[tuple[str, tuple[object, ...]]]:
    """Every statement a search of both kinds runs."""
    seen: list[tuple[str, tuple[object, ...]]] = []

    class Watching:
        def execute(self, statement: str, bindings: tuple[object, ...] = ()) -> object:
            seen.append((statement, bindings))
            return library.store.connection.execute(statement, bindings)

    search.titles(Watching(), words, 12)  # type: ignore[arg-type]
    search.members(Watching(), words, 12)  # type: ignore[arg-type]
    return seen


def test_every_statement_of_a_search_uses_an_index_and_bounds_its_work(library: Library) -> None:
    seen = statements(library, "se")
    assert len(seen) == 8
    for statement, values in seen:
        how = plan(library, statement, values)
        assert "SCAN item" not in how
        assert "SCAN member" not in how.replace("SCAN member_fts VIRTUAL TABLE", "")
        assert "SCAN title" not in how.replace("SCAN title_fts VIRTUAL TABLE", "")
        assert "LIMIT" in statement
    inner = [statement for statement, _ in seen if "MATCH" in statement]
    assert len(inner) == 4
    assert all("MATCH ? LIMIT ?)" in statement for statement in inner)


def test_what_was_typed_goes_before_shorter_names_that_fit_less(library: Library) -> None:
    for number in range(14):
        library.member(f"30.01.{number:04}", f"Al Nurul {number}")
    library.member("30.02.0001", "Nurulhuda")
    library.member("30.02.0002", "Nurul Fadhilah Rahmawati Kusumaningrum")
    library.member("30.02.0003", "Nurul")
    found = members(library, "nurul")
    assert found[:3] == ["Nurul", "Nurul Fadhilah Rahmawati Kusumaningrum", "Nurulhuda"]
    assert found[3] == "Al Nurul 0"


def test_an_exact_number_or_card_goes_before_numbers_that_begin_so(library: Library) -> None:
    library.member("400", "Panjang Sekali Namanya", card_nos=("77",))
    for number in range(20):
        library.member(f"4001{number:02}", f"A{number}")
        library.member(f"77{number:02}", f"B{number}")
    assert members(library, "400")[0] == "Panjang Sekali Namanya"
    assert members(library, "77")[0] == "Panjang Sekali Namanya"


def test_titles_that_begin_with_what_was_typed_go_first(library: Library) -> None:
    library.title("Ilmu Nahwu")
    library.title("Nahwu Lengkap untuk Pemula di Indonesia")
    assert titles(library, "nahwu") == ["Nahwu Lengkap untuk Pemula di Indonesia", "Ilmu Nahwu"]


def test_a_search_says_how_many_fit_as_far_as_it_counts(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        library.member(f"50.01.{number:04}", f"Wahyu {number}")
    with library.store.read() as facts:
        few = facts.find_members("wahyu", 4)
        assert (len(few.rows), few.total, few.uncounted) == (4, 9, False)
        monkeypatch.setattr(search, "CANDIDATES", 6)
        many = facts.find_members("wahyu", 4)
        assert (len(many.rows), many.total, many.uncounted) == (4, 6, True)


def test_a_whole_word_is_found_behind_more_beginnings_than_are_looked_at(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 5)
    for number in range(8):
        library.member(f"60.01.{number:04}", f"Sitinjak {number}")
        library.title(f"Fisikawan {number}")
    library.member("60.02.0001", "Budi Siti")
    library.title("Fisika")
    assert "Budi Siti" in members(library, "siti")
    assert titles(library, "fisika")[0] == "Fisika"
