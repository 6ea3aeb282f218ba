"""The day's counts: what is added up act by act is what counting everything anew gives."""

from __future__ import annotations

import random

from app.domain.money import Surplus
from app.services.circulation import Desk
from db.tally import Tally
from tests.builders import CARD, MONDAY, Library, local

DAY = 86_400_000


def fresh(library: Library, start: int) -> tuple[int, int, int]:
    """Counted anew, knowing nothing of before."""
    return Tally().count(library.store.connection, start, start + DAY)


def test_adding_up_gives_what_counting_anew_gives(library: Library) -> None:
    chance = random.Random(3)
    start = local(MONDAY.replace(hour=0))
    tally, seen = Tally(), set()
    for _act in range(60):
        match chance.randrange(6):
            case 0 | 1:
                library.lend(CARD, chance.choice(["B001", "C001"]))
            case 2 | 3:
                library.bring(chance.choice(["B001", "C001"]))
            case 4:
                library.circulation.undo(library.desk)
            case 5:
                library.money.pay(library.desk, library.members[CARD].id, 500)
        if chance.randrange(9) == 0:
            library.clock.go(days=20)
            start += 20 * DAY
        counted = tally.count(library.store.connection, start, start + DAY)
        assert counted == fresh(library, start)
        seen.add(counted)
    assert len(seen) > 5


def test_a_payment_counts_once_and_not_after_it_was_voided(library: Library) -> None:
    tally = Tally()
    library.lend(CARD, "B001")
    library.clock.go(days=60)
    library.bring("B001")
    start = local(MONDAY.replace(hour=0)) + 60 * DAY
    connection = library.store.connection
    assert tally.count(connection, start, start + DAY) == (1, 0, 0)
    library.money.pay(library.desk, library.members[CARD].id, 1000)
    assert [tally.count(connection, start, start + DAY) for _again in range(2)] == [(1, 0, 1000)] * 2
    library.circulation.undo(library.desk)
    assert tally.count(connection, start, start + DAY) == (1, 0, 0)


def test_what_went_back_out_of_the_till_is_taken_off(library: Library) -> None:
    tally = Tally()
    library.lend(CARD, "B001")
    library.clock.go(days=60)
    library.bring("B001")
    start = local(MONDAY.replace(hour=0)) + 60 * DAY
    connection, reader = library.store.connection, library.members[CARD].id
    owed = library.owed()
    library.money.pay(library.desk, reader, owed + 3000, surplus=Surplus.CREDIT)
    assert tally.count(connection, start, start + DAY) == (1, 0, owed + 3000)
    assert library.money.refund(library.desk, reader, 3000, "lulus").event_id
    assert tally.count(connection, start, start + DAY) == (1, 0, owed)
    library.circulation.undo(library.desk)
    assert tally.count(connection, start, start + DAY) == (1, 0, owed + 3000)


def test_what_is_taken_back_at_the_empty_desk_counts_no_more(library: Library) -> None:
    tally = Tally()
    library.lend(CARD, "B001")
    library.clock.go(days=60)
    start = local(MONDAY.replace(hour=0)) + 60 * DAY
    library.bring("B001")
    library.money.pay(library.desk, library.members[CARD].id, 1000)
    assert tally.count(library.store.connection, start, start + DAY) == (1, 0, 1000)
    for left in ((1, 0, 0), (0, 0, 0)):
        library.circulation.undo(Desk(library.desk.staff), library.desk.tx)
        assert tally.count(library.store.connection, start, start + DAY) == left


def test_a_copy_that_was_not_on_loan_did_not_come_back(library: Library) -> None:
    start = local(MONDAY.replace(hour=0))
    library.lend(CARD, "B001")
    library.bring("B001")
    library.bring("B001")
    library.bring("C001")
    assert fresh(library, start) == (1, 1, 0)


def test_the_screen_s_view_does_not_count_the_whole_day_again(library: Library) -> None:
    start = local(MONDAY.replace(hour=0))
    read: list[str] = []
    with library.store.read() as facts:
        facts.today(start, start + DAY)
    for code in ("B001", "C001"):
        library.lend(CARD, code)
    library.store.connection.exec_trace = lambda _cursor, sql, bindings: read.append(f"{sql} {bindings}") or True
    with library.store.read() as facts:
        assert facts.today(start, start + DAY) == (0, 2, 0)
    library.store.connection.exec_trace = None
    newest = library.store.connection.execute("SELECT max(n) FROM event").fetchone()[0]
    counting = [line for line in read if "GROUP BY" in line]
    assert len(counting) == 1
    assert int(counting[0].rpartition("(")[2].split(",")[0]) >= newest - 2
