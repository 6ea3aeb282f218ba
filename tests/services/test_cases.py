"""Answering cases: by number, once, by whoever may, and only while things stand as they were shown."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.domain.case import ACCEPT, REOPEN, SPLIT, TWO_COPIES
from app.services.cases import RIGHTS, Cases
from tests.builders import CARD, OTHER_CARD, Library


def lent_over(library: Library) -> None:
    """A copy that is out is lent again, as an act of another desk would say."""
    library.member()
    library.member(OTHER_CARD, "Dewi Lestari")
    library.item("B001")
    library.lend(CARD, "B001")
    library.clock.go(minutes=10)
    with library.store.act() as act:
        hit = act.item_by_code("B001")[0]
        party = act.new_party(library.members[OTHER_CARD].id)
        said = {"item": hit.item.id, "title": hit.title.id, "party": party, "due": "2026-03-16", "policy": "campus-1"}
        act.record("loan.opened", said)


def test_a_case_is_found_by_its_number(library: Library) -> None:
    lent_over(library)
    verbs = Cases(library.store)
    [case] = verbs.every()
    assert verbs.find(case.number) == verbs.find(case.id) == verbs.find(case.number[2:].lower()) == case
    assert verbs.find("K-zzzz") is None


def test_an_answer_is_one_event_by_whoever_gave_it(library: Library) -> None:
    lent_over(library)
    verbs = Cases(library.store)
    [case] = verbs.every()
    before = len(library.kinds())
    outcome = verbs.answer(library.desk, case, ACCEPT)
    assert outcome.code == ACCEPT
    assert library.kinds()[before:] == ["case.resolved"]
    [closed] = verbs.every(closed=True)
    assert [(one.event, one.staff) for one in closed.answers] == [(outcome.event_id, library.desk.staff.id)]


def test_each_decision_asks_for_its_rights(library: Library) -> None:
    lent_over(library)
    verbs = Cases(library.store)
    [case] = verbs.every()
    for decision in (ACCEPT, REOPEN, SPLIT):
        for lacking in RIGHTS[decision]:
            staff = replace(library.desk.staff, rights=right.ALL - {lacking})
            assert verbs.answer(replace(library.desk, staff=staff), case, decision).code == "no-right"
    assert len(verbs.every()) == 1


def test_a_loan_moves_to_a_copy_of_its_own_and_the_first_one_goes_on(library: Library) -> None:
    lent_over(library)
    verbs = Cases(library.store)
    [case] = verbs.every()
    assert verbs.answer(library.desk, case, SPLIT).code == SPLIT
    assert library.has(CARD) == ["B001"]
    assert library.has(OTHER_CARD) == ["P-000001"]
    assert not verbs.every()
    assert verbs.answer(library.desk, case, ACCEPT).code == "case-gone"


def test_two_copies_of_one_barcode_are_found_on_one_desk_too(library: Library) -> None:
    first = library.item("B001")
    with library.store.act() as act:
        act.put_item(replace(first, id="e" * 32, barcode="b001"))
    [case] = Cases(library.store).every()
    assert case.kind == TWO_COPIES
    assert case.about["n"] == len(case.sides) == 2
