"""One library brought by two kinds of files is one library; what only looks alike stays two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.ids import derived_id
from app.domain.records import Item, Member, Title
from app.ports import ImportPlan, ImportTotals
from db.check import check_home
from db.importing import StoreImport
from tests.builders import Library, founded

PLAN = ImportPlan("r" * 32, "slims", lambda *_: ("{}", ""))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library with nothing in it but its rules."""
    lib = founded(tmp_path)
    yield lib
    lib.close()


def title(key: str, words: str, **more: str) -> Title:
    """A title of a source."""
    return Title(derived_id("title", key), words, source_key=key, **more)  # type: ignore[arg-type]


def take(library: Library, *files: list[Title | tuple[str, str, str] | Member]) -> tuple[ImportTotals, list[str]]:
    """Import files of titles, copies (key, barcode, title's key) and readers; the totals and all reasons."""
    door = StoreImport(library.store)
    door.begin()
    for number, rows in enumerate(files):
        for line, row in enumerate(rows, 1):
            place = (f"file{number}", line)
            if isinstance(row, Title):
                door.title(row, *place)
            elif isinstance(row, Member):
                door.member(row, *place)
            else:
                door.item(Item(derived_id("item", row[0]), "", row[1], source_key=row[0]), row[2], "", *place)
    totals = door.commit(PLAN, lambda *_: None)
    reasons = [one.reason for one in (*door.findings(), *totals.findings)]
    door.close()
    assert check_home(library.store, None).ok
    return totals, reasons


def titles(library: Library) -> list[str]:
    """What the library has."""
    return [row[0] for row in library.store.connection.execute("SELECT title FROM title WHERE gone = 0 ORDER BY title")]


def test_titles_without_copies_are_known_by_isbn_or_by_all_their_words(library: Library) -> None:
    take(library, [title("s:biblio:1", "Fiqih", isbn="9786020000015", year="2001"), title("s:biblio:2", "Tafsir")])
    second = [title("s:title:aa", "FIQIH", isbn="978-602-0000-01-5"), title("s:title:bb", "Tafsir")]
    totals, reasons = take(library, second)
    assert (totals.accepted["title"], totals.missing["title"]) == (0, 0)
    assert reasons == ["matched-by-words", "matched-by-words"]
    assert titles(library) == ["FIQIH", "Tafsir"]
    # And the first kind of file again.
    totals, reasons = take(library, [title("s:biblio:1", "Fiqih", isbn="9786020000015"), title("s:biblio:2", "Tafsir")])
    assert (totals.accepted["title"], totals.missing["title"]) == (0, 0)
    assert titles(library) == ["Fiqih", "Tafsir"]


@pytest.mark.parametrize(
    "other",
    [
        title("s:title:aa", "Fiqih", year="2002"),
        title("s:title:aa", "Fiqih Muamalah", isbn="9786020000015"),
        title("t:title:aa", "Fiqih", year="2001"),
        title("s:biblio:9", "Fiqih", isbn="9786020000015", year="2001"),
    ],
)
def test_what_differs_in_a_word_or_is_another_record_stays_its_own(library: Library, other: Title) -> None:
    take(library, [title("s:biblio:1", "Fiqih", isbn="9786020000015", year="2001")])
    totals, reasons = take(library, [other])
    assert totals.accepted["title"] == 1
    assert "matched-by-words" not in reasons
    assert len(titles(library)) == 2


def test_two_that_could_be_meant_are_not_guessed_between(library: Library) -> None:
    take(library, [title("s:biblio:1", "Fiqih"), title("s:biblio:2", "Fiqih")])
    totals, _ = take(library, [title("s:title:aa", "Fiqih")])
    assert totals.accepted["title"] == 1


def test_two_files_of_one_import_that_say_the_same_are_taken_once(library: Library) -> None:
    one = Member("a" * 32, "M1", "Siti", "x", source_key="s:m:1")
    totals, reasons = take(
        library,
        [title("s:biblio:1", "Fiqih"), title("s:biblio:2", "Hadis"), ("s:i:1", "B1", "s:biblio:1"), one],
        [title("s:title:aa", "fiqih"), title("s:title:bb", "Hadis"), ("s:c:b1", "b1", "s:title:aa"),
         ("s:c:b2", "B2", "s:title:aa"), one],
    )  # fmt: skip
    assert {kind: totals.accepted[kind] for kind in ("title", "item", "member")} == {"title": 2, "item": 2, "member": 1}
    assert sorted(reasons) == ["given-twice"] * 4
    of_first = library.store.connection.execute("SELECT title, count(*) FROM item GROUP BY 1").fetchall()
    assert of_first == [(derived_id("title", "s:biblio:1"), 2)]


def test_a_code_twice_in_one_file_or_on_another_book_is_still_refused(library: Library) -> None:
    _, reasons = take(
        library,
        [title("s:biblio:1", "Fiqih"), ("s:i:1", "B1", "s:biblio:1"), ("s:i:2", "B1", "s:biblio:1")],
        [
            title("s:title:aa", "Hadis"),
            ("s:c:b1", "B1", "s:title:aa"),
            Member("b" * 32, "M1", "Ali", "x", source_key="s:m:1"),
        ],
        [Member("c" * 32, "M1", "Umar", "x", source_key="s:m:2")],
    )
    assert sorted(reasons) == ["barcode-repeated", "barcode-repeated", "member-number-repeated"]
