"""What two desks did without a link, told to a person: one case, by one name at both desks, and what answers do."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from app.domain import right
from app.domain.case import (
    ACCEPT,
    LENT_AGAIN,
    LENT_ASIDE,
    LENT_WHILE_OUT,
    PAID_TWICE,
    REOPEN,
    SPLIT,
    TWO_COPIES,
    TWO_READERS,
    Case,
)
from app.services.cases import Cases
from app.services.outcome import Kind
from tests.builders import CARD, OTHER_CARD, rows_of
from tests.sync.central import Central
from tests.sync.desks import Station
from tests.sync.test_two_desks import agree, settle


def cases(station: Station, *, closed: bool = False) -> list[Case]:
    """What a desk shows."""
    return list(Cases(station.library.store).every(closed=closed))


def the_case(one: Station, two: Station) -> Case:
    """The only open case, the same at both desks."""
    [here], [there] = cases(one), cases(two)
    assert (here.id, here.kind, here.causes, here.facts) == (there.id, there.kind, there.causes, there.facts)
    return here


def lent_twice(one: Station, two: Station) -> Case:
    """Meja 1 lends to Ahmad, Meja 2 later the same copy to Dewi; neither knows of the other."""
    settle(one, two)
    one.library.clock.go(minutes=5)
    two.library.clock.go(minutes=120)
    one.library.lend(CARD, "B001")
    two.library.lend(OTHER_CARD, "B001")
    settle(one, two)
    return the_case(one, two)


def answer(station: Station, case: Case, decision: str) -> str:
    """The code of what came of an answer."""
    return Cases(station.library.store).answer(station.library.desk, case, decision).code


def test_a_copy_lent_at_two_desks_is_one_case_with_both_sides(one: Station, two: Station, central: Central) -> None:
    case = lent_twice(one, two)
    assert case.kind == LENT_WHILE_OUT
    assert case.about == {
        "barcode": "B001", "title": "Sejarah Lampung", "earlier": "Ahmad Fauzi", "later": "Dewi Lestari",
    }  # fmt: skip
    first, second = case.sides
    assert (first.desk, second.desk) == (one.replica.identity.desk, two.replica.identity.desk)
    assert first.own
    assert not second.own
    assert [line.what for line in first.lines] == ["lent", "not-returned"]
    assert second.lines[0].facts["who"] == "Dewi Lestari"
    assert [line.what for line in case.done] == ["closed-free"]
    assert case.done[0].at == second.lines[0].at
    agree(central, one, two)


def test_agreeing_closes_it_everywhere_and_says_who_did(one: Station, two: Station, central: Central) -> None:
    case = lent_twice(one, two)
    assert answer(one, case, ACCEPT) == ACCEPT
    assert not cases(one)
    assert cases(two)
    settle(one, two)
    assert not cases(two)
    [closed] = cases(two, closed=True)
    assert closed.answer is not None
    assert closed.answer.desk == one.replica.identity.desk
    agree(central, one, two)


def test_the_earlier_loan_can_go_on(one: Station, two: Station, central: Central) -> None:
    case = lent_twice(one, two)
    assert answer(two, case, REOPEN) == REOPEN
    settle(one, two)
    assert "B001" in one.library.has(CARD)
    assert two.library.has(OTHER_CARD) == []
    assert not cases(one)
    [gone] = cases(one, closed=True)
    assert gone.gone
    assert gone.kind == LENT_WHILE_OUT
    assert gone.about["later"] == "Dewi Lestari"
    agree(central, one, two)


def test_two_copies_of_one_number_keep_both_loans_and_the_printed_date(
    one: Station, two: Station, central: Central
) -> None:
    case = lent_twice(one, two)
    due = case.sides[1].lines[0].facts["due"]
    one.library.clock.go(days=2)
    assert answer(one, case, SPLIT) == SPLIT
    settle(one, two)
    assert "B001" in two.library.has(CARD)
    assert two.library.has(OTHER_CARD) == ["P-000001"]
    with two.library.store.read() as facts:
        loan = facts.item_by_code("P-000001")[0].facts.loan
    assert loan is not None
    assert loan.due_on == due
    assert loan.lent_on == date(2026, 3, 2)
    agree(central, one, two)


def test_a_case_whose_facts_changed_is_open_again_and_an_old_screen_cannot_answer_it(
    one: Station, two: Station, central: Central
) -> None:
    case = lent_twice(one, two)
    answer(one, case, ACCEPT)
    settle(one, two)
    # It comes to light that the first loan was due before: its closing costs something now.
    one.library.clock.go(days=1)
    with one.library.store.read() as facts:
        known = facts.event(case.causes[0])
    assert known is not None
    with one.library.store.act(stated_at=known.at + 60_000) as act:
        said = {"item": known.body["item"], "loan": known.id, "due": "2026-02-20", "renewals": 0}
        act.record("loan.corrected", said)
    [late] = cases(one)
    assert [line.what for line in late.done] == ["closed-with-fine"]
    assert late.facts != case.facts
    assert late.open
    assert [given.decision for given in late.answers] == [ACCEPT]
    assert answer(one, case, ACCEPT) == "case-changed"
    assert answer(one, late, ACCEPT) == ACCEPT


def test_two_answers_without_a_link_are_both_shown_and_the_last_counts(
    one: Station, two: Station, central: Central
) -> None:
    case = lent_twice(one, two)
    two.library.clock.go(minutes=10)
    answer(two, case, ACCEPT)
    one.library.clock.go(minutes=500)
    answer(one, case, ACCEPT)
    settle(one, two)
    for station in (one, two):
        [closed] = cases(station, closed=True)
        assert [given.desk for given in closed.answers] == [two.replica.identity.desk, one.replica.identity.desk]
        assert closed.answer == closed.answers[-1]
    agree(central, one, two)


def test_what_went_on_since_is_not_taken_back(one: Station, two: Station) -> None:
    case = lent_twice(one, two)
    two.library.bring("B001")
    assert answer(two, case, REOPEN) == "something-happened-since"
    assert answer(two, case, ACCEPT) == ACCEPT


def test_a_decision_needs_its_right(one: Station, two: Station) -> None:
    case = lent_twice(one, two)
    desk = replace(one.library.desk, staff=replace(one.library.desk.staff, rights=right.DESK))
    verbs = Cases(one.library.store)
    assert verbs.answer(desk, case, REOPEN).code == "no-right"
    assert verbs.answer(desk, case, "merge").code == "case-no-such-answer"
    assert verbs.answer(desk, case, ACCEPT).kind == Kind.CASE


def test_lent_again_to_the_same_reader_is_one_loan_with_the_later_date(
    one: Station, two: Station, central: Central
) -> None:
    settle(one, two)
    one.library.clock.go(days=1)
    two.library.clock.go(days=2)
    one.library.lend(CARD, "B001")
    two.library.lend(CARD, "B001")
    settle(one, two)
    case = the_case(one, two)
    assert case.kind == LENT_AGAIN
    assert case.done[0].facts["due"] == max(side.lines[0].facts["due"] for side in case.sides)  # type: ignore[type-var]
    assert one.library.has(CARD).count("B001") == 1
    agree(central, one, two)


def test_a_charge_paid_at_two_desks_is_credit_and_a_case(one: Station, two: Station, central: Central) -> None:
    one.library.clock.go(days=60)
    two.library.clock.go(days=60, minutes=3)
    one.library.bring("C001")
    settle(one, two)
    owed = one.library.owed(CARD)
    for station in (one, two):
        station.library.money.pay(station.library.desk, station.library.members[CARD].id, owed)
    assert not cases(one)
    settle(one, two)
    case = the_case(one, two)
    assert case.kind == PAID_TWICE
    assert case.about == {"who": "Ahmad Fauzi", "amount": owed, "over": owed}
    assert len(case.sides) == 2
    agree(central, one, two)


def test_a_copy_set_aside_for_somebody_was_lent_elsewhere(one: Station, two: Station, central: Central) -> None:
    one.library.holds.place(one.library.desk, one.library.members[CARD].id, one.library.items["C001"].title_id)
    settle(one, two)
    lib = two.library
    one.library.clock.go(minutes=30)
    one.library.bring("C001")
    assert rows_of(one.library.store, "SELECT state FROM hold") == [("aside",)]
    lib.clock.go(minutes=90)
    lib.bring("C001")
    with lib.store.act() as act:
        hit = act.item_by_code("C001")[0]
        party = act.new_party(lib.members[OTHER_CARD].id)
        said = {"item": hit.item.id, "title": hit.title.id, "party": party, "due": "2026-03-16", "policy": "campus-1"}
        act.record("loan.opened", said)
    settle(one, two)
    case = next(found for found in cases(one) if found.kind == LENT_ASIDE)
    assert (case.about["earlier"], case.about["later"]) == ("Ahmad Fauzi", "Dewi Lestari")
    assert case.id in {found.id for found in cases(two)}
    two.library.bring("C001")
    assert LENT_ASIDE not in {found.kind for found in cases(two)}


def test_one_number_for_two_readers_and_one_barcode_for_two_copies(
    one: Station, two: Station, central: Central
) -> None:
    settle(one, two)
    number = "22.03.0011"
    with one.library.store.act() as act:
        act.put_member(replace(one.library.members[CARD], id="a" * 32, member_no=number, name="Nur Aini"))
        act.put_item(replace(one.library.items["B001"], id="c" * 32, barcode="X001"))
    with two.library.store.act() as act:
        act.put_member(replace(two.library.members[CARD], id="b" * 32, member_no=number, name="Nur A."))
        act.put_item(replace(two.library.items["B001"], id="d" * 32, barcode="x001"))
    assert not cases(one)
    settle(one, two)
    here, there = ({found.kind: found for found in cases(station)} for station in (one, two))
    assert here.keys() == there.keys() == {TWO_READERS, TWO_COPIES}
    assert {kind: found.id for kind, found in here.items()} == {kind: found.id for kind, found in there.items()}
    assert here[TWO_READERS].about == {"number": number, "n": 2}
    assert {side.lines[0].facts["who"] for side in here[TWO_READERS].sides} == {"Nur Aini", "Nur A."}
    assert answer(one, here[TWO_READERS], ACCEPT) == ACCEPT
    settle(one, two)
    assert [found.kind for found in cases(two)] == [TWO_COPIES]
    agree(central, one, two)
