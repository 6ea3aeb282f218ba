"""The case list as a screen asks for it."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.case import ACCEPT, REOPEN
from app.services.case_desk import CaseDesk
from tests.builders import Library, head
from tests.services.test_cases import lent_over


class Waiting:
    """What somebody counted some time ago."""

    count = 7


def test_it_counts_names_and_answers_by_whoever_serves(library: Library) -> None:
    lent_over(library)
    library.set("desk.name", "Meja 7")
    serving = [replace(head(), rights=frozenset())]
    waiting = Waiting()
    desk = CaseDesk(library.store, library.store.identity.desk, lambda: serving[0], waiting)
    assert desk.count() == waiting.count
    [case] = desk.every()
    assert desk.count() == 1
    assert desk.desk_name(library.store.identity.desk) == "Meja 7"
    assert desk.desk_name("a" * 64) == ""
    assert desk.answer(case, ACCEPT) == "no-right"
    serving[0] = library.staff("Siti Rahma")
    assert desk.answer(case, ACCEPT) == ""
    [closed] = desk.every(closed=True)
    assert desk.count() == 0
    assert [desk.staff_name(given.staff) for given in closed.answers] == ["Siti"]
    assert desk.answer(case, REOPEN) == ""
