"""Facts for the rules and the screen: each found by an index, whatever the library's size."""

from __future__ import annotations

from datetime import date
from typing import Any

import apsw
import pytest

from app.domain.records import ItemStatus
from app.services.outcome import Kind
from db.facts import Facts
from tests.builders import CARD, MONDAY, OTHER_CARD, Library, campus, founded, local, rows_of


def facts_of(library: Library) -> Facts:
    """Facts without a transaction around them."""
    store = library.store
    return Facts(store.connection, store.identity.library, store.policies, store.zone)


# --- copies and readers ---


def test_a_copy_is_found_by_its_code_whatever_the_case(library: Library) -> None:
    facts = facts_of(library)
    assert [hit.item.barcode for hit in facts.item_by_code("b001")] == ["B001"]
    assert facts.item_by_code("B0") == []
    assert facts.item_by_code("") == []
    library.item("X1", inventory_no="00001/INST/2024")
    assert [hit.item.barcode for hit in facts.item_by_inventory("00001/inst/2024")] == ["X1"]


def test_two_copies_with_one_code_are_both_told(library: Library) -> None:
    library.item("B001 ", "Lain")
    assert len(facts_of(library).item_by_code("B001")) == 2


def test_a_reader_s_number_goes_before_another_reader_s_card(library: Library) -> None:
    library.member("23.01.0001", "Zahra", card_nos=(CARD, "K-1"))
    facts = facts_of(library)
    assert [hit.member.name for hit in facts.member_by_card(CARD)] == ["Ahmad Fauzi"]
    assert [hit.member.name for hit in facts.member_by_card("k-1")] == ["Zahra"]


def test_an_open_loan_stands_with_the_copy_and_the_reader(library: Library) -> None:
    library.lend(CARD, "B001")
    facts = facts_of(library)
    loan = facts.item_by_code("B001")[0].facts.loan
    assert loan is not None
    assert (loan.member_id, loan.due_on, loan.renewals) == (library.members[CARD].id, date(2026, 3, 16), 0)
    hit = facts.member_by_card(CARD)[0]
    assert [mine.loan_id for mine in hit.facts.loans] == [loan.loan_id]
    assert len(hit.parties) == 1
    assert facts.member_of_party(hit.parties[0]) == library.members[CARD]


def test_a_lost_copy_is_lost_until_it_comes_back(library: Library) -> None:
    library.circulation.lose(library.desk, library.items["B001"].id)
    assert facts_of(library).item_by_code("B001")[0].facts.status is ItemStatus.LOST
    library.bring("B001")
    assert facts_of(library).item_by_code("B001")[0].facts.status is ItemStatus.AVAILABLE


def test_free_other_copies_are_counted_for_the_queue(library: Library) -> None:
    facts = facts_of(library)
    library.holds.place(library.desk, library.members[CARD].id, library.items["B001"].title_id)
    assert facts.item_by_code("B001")[0].facts.other_copies_free == 1
    library.lend(OTHER_CARD, "B002")
    assert facts.item_by_code("B001")[0].facts.other_copies_free == 0


def test_a_token_is_idle_when_nothing_is_open_under_it(library: Library) -> None:
    facts = facts_of(library)
    library.lend(CARD, "B001")
    party = facts.member_by_card(CARD)[0].parties[0]
    assert not facts.party_is_idle(party, "2026-03-02")
    library.bring("B001")
    assert facts.party_is_idle(party, "2026-03-02")
    library.lend(CARD, "B002")
    assert len(facts.member_by_card(CARD)[0].parties) == 2, "a new token, so that loans do not hang together"
    library.lend(CARD, "C001")
    assert len(facts.member_by_card(CARD)[0].parties) == 2


def test_the_newest_token_is_taken_also_while_time_stands_still(library: Library) -> None:
    for round_ in range(1, 9):
        first, second = library.lend(CARD, "B001"), library.lend(CARD, "C001")
        bodies = [facts_of(library).event(one.event_id) for one in (first, second)]
        assert len({event.body["party"] for event in bodies if event}) == 1
        assert len(facts_of(library).member_by_card(CARD)[0].parties) == round_
        library.bring("B001")
        library.bring("C001")


def test_a_token_with_debt_goes_on(library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    library.bring("B001")
    party = facts_of(library).member_by_card(CARD)[0].parties[0]
    assert not facts_of(library).party_is_idle(party, "2026-04-01")


# --- what an act brought about ---


@pytest.fixture
def renewed_late(library: Library) -> tuple[str, str]:
    """A loan renewed two days late and brought back on time: ids of both acts."""
    library.lend(CARD, "B001")
    library.clock.go(days=16)
    desk = library.desk
    from app.services.circulation import Approval

    item = library.items["B001"].id
    asked = library.circulation.renew(desk, item)
    renewal = library.circulation.renew(desk, item, Approval(frozenset(asked.verdict.missing()), "", "x"))
    assert renewal.fine == 1000
    library.clock.go(days=3)
    return renewal.event_id, library.bring("B001").event_id


def test_a_return_costs_nothing_of_the_renewal_before_it(library: Library, renewed_late: tuple[str, str]) -> None:
    closed = facts_of(library).loan_of_event(renewed_late[1])
    assert closed is not None
    assert closed[2] == 0
    assert facts_of(library).charge_of_event(renewed_late[1]) is None
    assert facts_of(library).charge_of_event(renewed_late[0]) == (1000, 2)
    assert library.owed() == 1000


def test_a_late_return_after_a_late_renewal_costs_its_own(library: Library, renewed_late: tuple[str, str]) -> None:
    library.circulation.undo(library.desk)
    library.clock.go(days=14)
    back = library.bring("B001")
    closed = facts_of(library).loan_of_event(back.event_id)
    assert closed is not None
    assert closed[2] == back.fine
    assert facts_of(library).charge_of_event(back.event_id) == (back.fine, back.fine // 500)
    assert facts_of(library).charge_of_event(renewed_late[0]) == (1000, 2)
    assert library.owed() == 1000 + back.fine


def test_no_loan_ended_by_any_other_event(library: Library) -> None:
    lent = library.lend(CARD, "B001")
    facts = facts_of(library)
    assert facts.loan_of_event(lent.event_id) is None
    assert facts.loan_of_event("none") is None
    assert facts.charge_of_event("none") is None
    assert facts.charge_of_event(lent.event_id) is None
    assert facts.terms_of_closed("none") is None


def test_today_counts_what_stands(library: Library) -> None:
    start = local(MONDAY.replace(hour=0))
    library.lend(CARD, "B001")
    library.lend(CARD, "C001")
    library.bring("B001")
    assert facts_of(library).today(start, start + 86_400_000) == (1, 2, 0)
    library.circulation.undo(library.desk)
    assert facts_of(library).today(start, start + 86_400_000) == (0, 2, 0)
    library.clock.go(days=60)
    library.bring("B001")
    library.money.pay(library.desk, library.members[CARD].id, 5000)
    later = start + 60 * 86_400_000
    assert facts_of(library).today(later, later + 86_400_000) == (1, 0, 5000)
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE
    assert facts_of(library).today(later, later + 86_400_000) == (1, 0, 0)


def test_acts_tell_who_and_what_and_what_was_taken_back(library: Library) -> None:
    library.lend(CARD, "B001")
    library.bring("B001")
    library.circulation.undo(library.desk)
    lines = facts_of(library).acts(limit=10)
    assert [(line.kind, line.undone) for line in lines] == [
        ("act.undone", False),
        ("item.returned", True),
        ("loan.opened", False),
    ]
    assert [(line.barcode, line.title, line.member_name) for line in lines[1:]] == [
        ("B001", "Sejarah Lampung", ""),
        ("B001", "Sejarah Lampung", "Ahmad Fauzi"),
    ]
    assert [line.kind for line in facts_of(library).acts(tx="d" * 32, limit=1)] == ["act.undone"]


def test_charges_of_a_loss_as_far_as_they_stand(library: Library) -> None:
    library.lend(CARD, "B001")
    library.circulation.lose(library.desk, library.items["B001"].id)
    charge = facts_of(library).lost_charges(library.items["B001"].id)[0]
    assert charge[2] == 90_000
    library.money.waive(library.desk, library.members[CARD].id, charge[0], 30_000, "setengah")
    assert facts_of(library).lost_charges(library.items["B001"].id)[0][2] == 60_000


# --- cost ---


def test_no_fact_reads_a_table_through(library: Library) -> None:
    """Every statement behind a scan finds its rows by an index; only small tables may be read whole."""
    library.lend(CARD, "B001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["B001"].title_id)
    title, item, member = library.items["B001"].title_id, library.items["B001"].id, library.members[CARD].id
    seen: list[tuple[str, Any]] = []

    class Watching:
        def execute(self, statement: str, bindings: Any = ()) -> object:
            seen.append((statement, bindings))
            return library.store.connection.execute(statement, bindings)

    facts = facts_of(library)
    facts._db = Watching()
    facts.item_by_code("B001")
    facts.item_by_inventory("1")
    facts.item_by_id(item)
    facts.items_of_title(title)
    facts.member_by_card(CARD)
    facts.member_by_card("none")
    facts.loans_of_member(member, closed=False, limit=50)
    facts.loans_of_member(member, closed=True, limit=50)
    facts.charges_of_member(member)
    facts.holds_of_member(member)
    facts.queue(title)
    facts.titles_by_isbn("9786020312345")
    facts.lost_charges(item)
    facts.acts(limit=20)
    facts.acts(tx="d" * 32, limit=20)
    event = facts.event(rows_of(library.store, "SELECT id FROM event WHERE kind = 'loan.opened'")[0][0])
    assert event is not None
    facts.later_touching(event)
    facts.loan_of_event(event.id)
    facts.setting("desk.name")
    assert len(seen) > 25
    for statement, values in seen:
        for row in library.store.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values):
            step = str(row[3])
            small = step.startswith(("SCAN CONSTANT", "SCAN e USING INDEX event_recent"))
            assert small or not step.startswith("SCAN"), f"{step}: {statement}"


def test_a_store_that_lost_its_rules_says_so(tmp_path: Any) -> None:
    lib = founded(tmp_path, campus())
    lib.store.connection.execute("DELETE FROM policy")
    lib.store.policies.reload()
    from app.ports import KnownError

    with pytest.raises(KnownError) as error:
        facts_of(lib).policy_on(date(2026, 3, 2))
    assert error.value.code == "policy-missing"
    assert isinstance(lib.store.connection, apsw.Connection)
    lib.close()
