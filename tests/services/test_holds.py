"""The queue's verbs: place, cancel, put aside; what a return and a loan make of them."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from app.services.circulation import Approval, Desk
from app.services.outcome import Kind
from tests.builders import CARD, DAY, OTHER_CARD, Library, derived, head, rebuilt, rows_of

NONE = "0" * 32


def queue(library: Library, barcode: str) -> list[tuple[str | None, bool]]:
    """Who waits, and whether a copy stands aside."""
    with library.store.read() as facts:
        return [(hold.member_id, hold.aside) for hold in facts.queue(library.items[barcode].title_id)]


def hold_of(library: Library, barcode: str, place: int = 0) -> str:
    """A hold's id."""
    with library.store.read() as facts:
        return facts.queue(library.items[barcode].title_id)[place].hold_id


def test_first_come_first_numbered_and_once_each(library: Library) -> None:
    title = library.items["D001"].title_id
    ahmad, dewi = library.members[CARD].id, library.members[OTHER_CARD].id
    outcomes = [library.holds.place(library.desk, who, title) for who in (ahmad, dewi, ahmad)]
    assert [(o.kind, o.code, o.number) for o in outcomes[:2]] == [(Kind.HELD, "placed", 1), (Kind.HELD, "placed", 2)]
    assert outcomes[2].verdict.codes() == ("already-waiting",)
    assert queue(library, "D001") == [(ahmad, False), (dewi, False)]


def test_what_cannot_be_held_is_said(library: Library) -> None:
    member, title = library.members[CARD].id, library.items["D001"].title_id
    place = library.holds.place
    assert place(library.desk, NONE, title).verdict.codes() == ("member-unknown",)
    assert place(library.desk, member, NONE).verdict.codes() == ("title-unknown",)
    assert place(Desk(replace(head(), rights=frozenset())), member, title).code == "no-right"
    assert library.holds.cancel(library.desk, title, NONE).verdict.codes() == ("hold-unknown",)
    assert library.holds.put_aside(library.desk, title, NONE, library.items["D001"].id).kind is Kind.REFUSED


def test_a_cancelled_hold_is_gone(library: Library) -> None:
    title = library.items["D001"].title_id
    library.holds.place(library.desk, library.members[CARD].id, title)
    hold = hold_of(library, "D001")
    assert library.holds.cancel(library.desk, title, hold).code == "cancelled"
    assert queue(library, "D001") == []
    assert library.holds.cancel(library.desk, title, hold).kind is Kind.REFUSED


def test_a_return_serves_the_first_who_waits_until_an_open_day(library: Library) -> None:
    library.lend("D0001", "D001")
    title = library.items["D001"].title_id
    for card in (CARD, OTHER_CARD):
        library.holds.place(library.desk, library.members[card].id, title)
    library.clock.go(days=3)  # Thursday; three days on is a Sunday
    outcome = library.bring("D001")
    assert (outcome.aside, outcome.aside_number) == (True, 1)
    assert outcome.aside_until == date(2026, 3, 9)
    assert queue(library, "D001")[0] == (library.members[CARD].id, True)
    again = library.bring("D001")
    assert again.aside
    assert library.kinds().count("hold.put_aside") == 1, "it stands there already"


def test_the_waiting_reader_gets_the_copy_and_nobody_else_without_a_signature(library: Library) -> None:
    title, item = library.items["D001"].title_id, library.items["D001"].id
    library.holds.place(library.desk, library.members[CARD].id, title)
    library.holds.put_aside(library.desk, title, hold_of(library, "D001"), item)
    asked = library.lend(OTHER_CARD, "D001")
    assert "held-aside-for-another" in asked.verdict.missing()
    outcome = library.lend(CARD, "D001")
    assert outcome.kind is Kind.LENT
    assert rows_of(library.store, "SELECT state FROM hold") == [("fulfilled",)]
    library.circulation.undo(library.desk)
    assert rows_of(library.store, "SELECT state, copy FROM hold") == [("aside", item)]


def test_a_signed_loan_to_another_puts_the_first_back_in_the_queue(library: Library) -> None:
    title, item = library.items["D001"].title_id, library.items["D001"].id
    library.holds.place(library.desk, library.members[CARD].id, title)
    library.holds.put_aside(library.desk, title, hold_of(library, "D001"), item)
    asked = library.lend(OTHER_CARD, "D001")
    approval = Approval(frozenset(asked.verdict.missing()), head().id, "ujian hari ini")
    outcome = library.circulation.lend(library.desk, library.members[OTHER_CARD].id, item, approval)
    assert outcome.kind is Kind.LENT
    assert queue(library, "D001") == [(library.members[CARD].id, False)]


def test_a_copy_sent_to_repair_stands_aside_for_nobody(library: Library) -> None:
    library.lend(CARD, "D001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["D001"].title_id)
    back = library.bring("D001")
    assert back.aside
    item = library.items["D001"].id
    noted = library.circulation.note_condition(library.desk, item, back.event_id, "wet", repair=True)
    assert noted.verdict.codes() == ("hold-released", "sent-to-repair")
    assert rows_of(library.store, "SELECT state, copy FROM hold") == [("waiting", None)]
    assert derived(library.store) == rebuilt(library.store)
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE
    assert rows_of(library.store, "SELECT state, copy FROM hold") == [("aside", item)]


def test_a_lost_copy_stands_aside_for_nobody(library: Library) -> None:
    library.lend(CARD, "D001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["D001"].title_id)
    library.bring("D001")
    library.circulation.lose(library.desk, library.items["D001"].id)
    assert rows_of(library.store, "SELECT state FROM hold") == [("waiting",)]


def test_only_what_is_in_can_be_put_aside_and_for_one_only(library: Library) -> None:
    title, item = library.items["B001"].title_id, library.items["B001"].id
    library.lend("D0001", "B002")
    for card in (CARD, OTHER_CARD):
        library.holds.place(library.desk, library.members[card].id, title)
    first, second = hold_of(library, "B001"), hold_of(library, "B001", 1)
    put = library.holds.put_aside
    assert put(library.desk, title, first, library.items["B002"].id).verdict.codes() == ("item-is-out",)
    assert put(library.desk, title, first, item).code == "aside"
    assert put(library.desk, title, second, item).verdict.codes() == ("aside-for-another",)


def test_a_hold_for_one_copy_waits_for_that_copy(library: Library) -> None:
    title = library.items["B001"].title_id
    library.lend("D0001", "B001")
    library.lend(OTHER_CARD, "B002")
    library.holds.place(library.desk, library.members[CARD].id, title, only_item=library.items["B001"].id)
    assert not library.bring("B002").aside
    assert library.bring("B001").aside


def test_numbers_go_on_after_a_restart(library: Library) -> None:
    library.holds.place(library.desk, library.members[CARD].id, library.items["B001"].title_id)
    library.reopen()
    outcome = library.holds.place(library.desk, library.members[CARD].id, library.items["D001"].title_id)
    assert outcome.number == 2


def stated(library: Library, days_ago: int) -> int:
    """So many days ago."""
    return library.clock.wall - days_ago * DAY


def shelf(library: Library) -> list[tuple[str, str | None, str | None]]:
    """Every hold's state, copy and last day on the shelf."""
    return [(row[0], row[1], row[2]) for row in rows_of(library.store, "SELECT state, copy, until FROM hold")]


def test_a_return_typed_in_later_is_put_aside_from_today_on(library: Library) -> None:
    library.lend(CARD, "D001")
    library.clock.go(days=7)
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["D001"].title_id)
    library.clock.go(days=1)  # Tuesday; three days on is a Friday
    outcome = library.bring("D001", stated_at=stated(library, 4))
    assert (outcome.late, outcome.aside, outcome.aside_number) == (True, True, 1)
    assert outcome.aside_until == date(2026, 3, 13)
    assert shelf(library) == [("aside", library.items["D001"].id, "2026-03-13")]
    assert rows_of(library.store, "SELECT kind, late FROM event ORDER BY n DESC LIMIT 2") == [
        ("hold.put_aside", 0),
        ("item.returned", 1),
    ]
    assert derived(library.store) == rebuilt(library.store)
    library.circulation.undo(library.desk)
    assert shelf(library) == [("waiting", None, None)]
    assert library.has(CARD) == ["D001"]


def test_a_copy_that_stands_aside_already_keeps_its_day(library: Library) -> None:
    library.lend(CARD, "D001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["D001"].title_id)
    first = library.bring("D001")
    library.clock.go(days=2)
    again = library.bring("D001")
    assert again.aside_until == first.aside_until


def test_a_loan_typed_in_later_serves_its_reader_s_hold(library: Library) -> None:
    title = library.items["D001"].title_id
    library.clock.go(days=7)
    library.holds.place(library.desk, library.members[OTHER_CARD].id, title)
    library.clock.go(days=1)
    before = derived(library.store)
    outcome = library.lend(OTHER_CARD, "D001", stated_at=stated(library, 4))
    assert (outcome.kind, outcome.late) == (Kind.LENT, True)
    assert [state for state, _, _ in shelf(library)] == ["fulfilled"]
    assert derived(library.store) == rebuilt(library.store)
    assert not library.bring("D001").aside
    library.circulation.undo(library.desk)
    library.circulation.undo(library.desk)
    assert {**derived(library.store), "undone": []} == before


def test_a_loan_typed_in_later_takes_the_copy_from_the_shelf(library: Library) -> None:
    """Paper says the copy went to another while it stands aside here: the book in the hand wins."""
    title, item = library.items["D001"].title_id, library.items["D001"].id
    library.clock.go(days=7)
    library.holds.place(library.desk, library.members[OTHER_CARD].id, title)
    library.holds.put_aside(library.desk, title, hold_of(library, "D001"), item)
    library.clock.go(days=1)
    desk = replace(library.desk, stated_at=stated(library, 4))
    asked = library.circulation.lend(desk, library.members[CARD].id, item)
    signed = Approval(frozenset(asked.verdict.missing()), "", "kertas")
    assert library.circulation.lend(desk, library.members[CARD].id, item, signed).kind is Kind.LENT
    assert shelf(library) == [("waiting", None, None)]
    assert derived(library.store) == rebuilt(library.store)
