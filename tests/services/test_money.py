"""The cash box: parts, choices, credit, waivers, refunds, receipts without gaps, and the rights to them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.domain import right
from app.domain.money import Surplus
from app.ports import ChargeLine
from app.services.circulation import Desk
from app.services.outcome import Kind
from tests.builders import CARD, OTHER_CARD, Library, head, rows_of


@pytest.fixture
def debtor(library: Library) -> Library:
    """Ahmad owes 4,000 for one book and 25,000 for its condition."""
    library.lend(CARD, "B001")
    library.clock.go(days=23)
    back = library.bring("B001")
    library.clock.go(days=1)
    library.circulation.note_condition(library.desk, library.items["B001"].id, back.event_id, "wet", repair=False)
    assert back.fine == 4000
    return library


def charges(library: Library) -> list[ChargeLine]:
    """What is still to be paid, oldest first."""
    with library.store.read() as facts:
        return list(facts.charges_of_member(library.members[CARD].id))


def test_a_part_is_paid_oldest_first_and_the_rest_is_said(debtor: Library) -> None:
    outcome = debtor.money.pay(debtor.desk, debtor.members[CARD].id, 10_000)
    assert (outcome.kind, outcome.amount, outcome.left, outcome.number) == (Kind.PAID, 10_000, 19_000, 1)
    assert [(line.reason, line.left) for line in charges(debtor)] == [("condition.wet", 19_000)]
    assert debtor.owed() == 19_000


def test_a_chosen_charge_goes_first(debtor: Library) -> None:
    wet = charges(debtor)[1]
    debtor.money.pay(debtor.desk, debtor.members[CARD].id, 25_000, chosen=(wet.charge_id,))
    assert [line.reason for line in charges(debtor)] == ["overdue"]


def test_too_much_becomes_credit_and_pays_nothing_twice(debtor: Library) -> None:
    member = debtor.members[CARD].id
    outcome = debtor.money.pay(debtor.desk, member, 30_000, surplus=Surplus.CREDIT)
    assert (outcome.left, outcome.change) == (0, 0)
    with debtor.store.read() as facts:
        hit = facts.member_by_id(member)
    assert hit is not None
    assert hit.credit == 1000
    again = debtor.money.pay(debtor.desk, member, 500)
    assert (again.kind, again.code) == (Kind.REFUSED, "payment-refused")
    # The next debt is smaller by the credit, and what is said to be left is what the card will say.
    debtor.lend(CARD, "B001")
    debtor.clock.go(days=20)
    debtor.bring("B001")
    owed = debtor.owed()
    assert owed == 1500
    assert debtor.money.pay(debtor.desk, member, 500).left == debtor.owed() == owed - 500


def test_more_than_is_owed_is_taken_only_with_a_word_about_the_rest(debtor: Library) -> None:
    member = debtor.members[CARD].id
    before = debtor.kinds()
    refused = debtor.money.pay(debtor.desk, member, 999_999_999)
    assert (refused.kind, refused.code, debtor.kinds()) == (Kind.REFUSED, "more-than-owed", before)
    assert dict(refused.verdict.reasons[0].params) == {"given": 999_999_999, "owed": 29_000, "change": 999_970_999}
    paid = debtor.money.pay(debtor.desk, member, 50_000, surplus=Surplus.CHANGE)
    assert (paid.amount, paid.change, paid.left) == (29_000, 21_000, 0)
    assert rows_of(debtor.store, "SELECT amount FROM payment") == [(29_000,)]
    with debtor.store.read() as facts:
        hit = facts.member_by_id(member)
    assert hit is not None
    assert (hit.facts.owed, hit.credit) == (0, 0)


def test_no_change_where_nothing_is_above_the_debt(debtor: Library) -> None:
    paid = debtor.money.pay(debtor.desk, debtor.members[CARD].id, 29_000, surplus=Surplus.CHANGE)
    assert (paid.amount, paid.change, paid.left) == (29_000, 0, 0)


@pytest.mark.parametrize("amount", [0, -1, 10**9 + 1])
def test_no_such_amount(debtor: Library, amount: int) -> None:
    outcome = debtor.money.pay(debtor.desk, debtor.members[CARD].id, amount)
    assert outcome.kind is Kind.REFUSED
    assert outcome.verdict.impossible
    assert debtor.kinds(1) != ["payment.made"]


def test_the_payer_s_name_is_a_note_of_its_own(debtor: Library) -> None:
    outcome = debtor.money.pay(debtor.desk, debtor.members[CARD].id, 1000, payer="  Ibu Siti ")
    with debtor.store.read() as facts:
        event = facts.event(outcome.event_id)
        assert event is not None
        assert facts.note(str(event.body["payer"])) == "Ibu Siti"


def test_receipts_have_no_gaps_whatever_was_refused(debtor: Library) -> None:
    member = debtor.members[CARD].id
    numbers = []
    for amount in (1000, -5, 1000, 0, 1000):
        outcome = debtor.money.pay(debtor.desk, member, amount)
        if outcome.kind is Kind.PAID:
            numbers.append(outcome.number)
    debtor.reopen()
    numbers.append(debtor.money.pay(debtor.desk, member, 1000).number)
    assert numbers == [1, 2, 3, 4]
    assert rows_of(debtor.store, "SELECT receipt FROM payment ORDER BY receipt") == [(1,), (2,), (3,), (4,)]


def test_a_waiver_needs_a_reason_a_right_and_a_debt(debtor: Library) -> None:
    member, first = debtor.members[CARD].id, charges(debtor)[0]
    waive = debtor.money.waive
    assert waive(debtor.desk, member, first.charge_id, 1000, " ").verdict.codes() == ("reason-missing",)
    assert "waiver-over-charge" in waive(debtor.desk, member, first.charge_id, 4001, "x").verdict.codes()
    assert waive(debtor.desk, member, "0" * 32, 1, "x").verdict.codes() == ("charge-unknown",)
    assert waive(debtor.desk, debtor.members[OTHER_CARD].id, first.charge_id, 1, "x").kind is Kind.REFUSED
    clerk = Desk(replace(head(), rights=right.DESK))
    assert waive(clerk, member, first.charge_id, 1000, "x").verdict.missing() == ("waives-charge",)
    assert waive(Desk(replace(head(), rights=frozenset())), member, first.charge_id, 1, "x").code == "no-right"
    done = waive(debtor.desk, member, first.charge_id, 1500, "banjir")
    assert (done.kind, done.amount, done.left) == (Kind.WAIVED, 1500, 27_500)


def test_a_refund_gives_back_what_is_there_and_no_more(debtor: Library) -> None:
    member = debtor.members[CARD].id
    refund = debtor.money.refund
    assert "refund-over-credit" in refund(debtor.desk, member, 1, "x").verdict.codes()
    debtor.money.pay(debtor.desk, member, 30_000, surplus=Surplus.CREDIT)
    assert refund(debtor.desk, member, 1001, "x").kind is Kind.REFUSED
    assert refund(debtor.desk, member, 1000, "").kind is Kind.REFUSED
    clerk = Desk(replace(head(), rights=right.DESK))
    assert refund(clerk, member, 1000, "x").verdict.missing() == ("gives-credit-back",)
    assert refund(Desk(replace(head(), rights=frozenset())), member, 1000, "x").code == "no-right"
    part = refund(debtor.desk, member, 400, "kelebihan bayar")
    assert (part.kind, part.amount, part.credit, part.number) == (Kind.REFUNDED, 400, 600, 2)
    assert refund(debtor.desk, member, 600, "sisanya").credit == 0
    assert refund(debtor.desk, member, 1, "x").kind is Kind.REFUSED


def test_nobody_and_nobody_s_right(debtor: Library) -> None:
    assert debtor.money.pay(debtor.desk, "0" * 32, 1000).verdict.codes() == ("member-unknown",)
    assert debtor.money.pay(Desk(replace(head(), rights=frozenset())), "0" * 32, 1).code == "no-right"
