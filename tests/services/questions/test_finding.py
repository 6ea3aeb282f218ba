"""Readers, titles and copies as they are typed, and which one is meant."""

from __future__ import annotations

from app.domain.records import ItemStatus
from app.services.desk import DeskScreen
from app.services.view import Phrase
from tests.builders import CARD, OTHER_CARD, Library, rows_of
from tests.services.conftest import ISBN
from tests.services.questions.asking import asked, scanned


def test_a_stated_time_stays_with_what_is_picked(library: Library, screen: DeskScreen) -> None:
    library.item("C002", "Fikih Muamalah", price=60_000)
    library.lend(CARD, "C001")
    library.lend(OTHER_CARD, "C002")
    library.clock.go(days=40)
    screen.key("return")
    view = scanned(library, screen, f"@2026-03-10T10:00 {ISBN}")
    screen.pick(asked(view).choices[0].id)
    assert rows_of(library.store, "SELECT kind, late FROM event ORDER BY n DESC LIMIT 1") == [("item.returned", 1)]
    assert library.owed(CARD) + library.owed(OTHER_CARD) == 0


def test_members_are_found_as_they_are_typed(library: Library, screen: DeskScreen) -> None:
    screen.key("find-member")
    assert asked(screen.search("fau")).choices[0].mono == CARD
    assert asked(screen.search("zzz")).choices == ()
    assert asked(screen.search("zzz")).empty == Phrase("none-member")
    # One letter is not looked for yet: nobody may conclude that the reader is not there.
    assert asked(screen.search("f")).empty == Phrase("type-more")
    choice = asked(screen.search("dewi")).choices[0]
    view = screen.pick(choice.id)
    assert view.member is not None
    assert view.member.member_no == OTHER_CARD


def test_titles_lead_to_their_copies(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, CARD)
    screen.key("find-title")
    choice = asked(screen.search("sejarah")).choices[0]
    assert choice.side != ""
    view = screen.pick(choice.id)
    question = asked(view)
    assert [copy.mono for copy in question.choices] == ["B001", "B002"]
    screen.pick(question.choices[1].id)
    assert library.has() == ["B002"]
    screen.key("find-title")
    only = asked(screen.pick(asked(screen.search("kamus")).choices[0].id))
    assert [copy.mono for copy in only.choices] == ["D001"], "shown first: a search is no scan"
    screen.pick(only.choices[0].id)
    assert library.has() == ["B002", "D001"]


def test_a_shared_code_asks_which(library: Library, screen: DeskScreen) -> None:
    library.item("B001 ", "Buku lain")
    view = scanned(library, screen, CARD, "B001")
    question = asked(view)
    assert question.kind == "pick"
    assert len(question.choices) == 2
    screen.pick(question.choices[0].id)
    assert len(library.has()) == 1


def test_of_a_title_s_copies_the_one_that_can_be_meant_stands_first(library: Library, screen: DeskScreen) -> None:
    title = library.items["B001"].title_id
    library.item("B000", "Sejarah Lampung", status=ItemStatus.LOST)
    library.lend(CARD, "B001")

    def order() -> list[str]:
        screen.key("find-title")
        return [choice.mono for choice in asked(screen.answer("pick", {}, f"title:{title}")).choices]

    assert order() == ["B002", "B001", "B000"]
    screen.answer("cancel", {})
    screen.key("return")
    assert order()[0] == "B001", "among returns the one on loan"


def test_readers_found_by_name_stand_in_the_order_of_names(library: Library, screen: DeskScreen) -> None:
    for number, name in (("21.01.0061", "Rizky Zulfan"), ("21.01.0062", "Rizky Aditya Pratama")):
        library.member(number, name)
    screen.key("find-member")
    names = [choice.title for choice in asked(screen.search("rizky")).choices]
    assert names == ["Rizky Aditya Pratama", "Rizky Zulfan"]


def test_a_search_that_shows_not_all_says_so(library: Library, screen: DeskScreen) -> None:
    for number in range(20):
        library.member(f"24.01.{number:04}", f"Wahyu {number}")
    screen.key("find-member")
    question = asked(screen.search("wahyu"))
    assert len(question.choices) == 12
    assert question.more == Phrase("more-hits", {"shown": 12, "n": 20})
    assert asked(screen.search("wahyu 19")).more is None
    assert asked(screen.search("zzz")).more is None


def test_a_found_copy_that_stands_aside_is_not_called_on_the_shelf(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "D001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["D001"].title_id)
    library.bring("D001")
    screen.key("find-title")
    title = asked(screen.search("kamus besar")).choices[0]
    copies = asked(screen.pick(title.id)).choices
    assert [choice.chip.code for choice in copies if choice.chip] == ["aside"]
    banner = screen.pick(copies[0].id).banner
    assert banner is not None
    assert [line.code for line in banner.lines if isinstance(line, Phrase)] == ["aside-place", "aside-until"]
