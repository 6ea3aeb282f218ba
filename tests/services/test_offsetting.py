"""Credit under one of a reader's tokens against a debt under another: one balance, settled without cash."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.domain import right
from app.domain.barcode import Command
from app.domain.clock import to_ms
from app.ports import MemberHit
from app.services.circulation import Approval
from app.services.command_codes import carry_out
from app.services.outcome import Kind
from tests.builders import CARD, DAY, Library, derived, rebuilt, rows_of, scan


def reader(library: Library) -> MemberHit:
    """The reader with the two tokens."""
    with library.store.read() as facts:
        hit = facts.member_by_id(library.members[CARD].id)
    assert hit is not None
    return hit


def two_tokens(library: Library, back_on: int) -> Library:
    """11,500 were paid for a late book; a second loan began a new token; the paper log then says that the first book
    was back `back_on` days after its loan; the second came back late and costs 7,500."""
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=40)
    library.money.pay(library.desk, library.members[CARD].id, library.bring("B001").fine)
    library.lend(CARD, "B002")
    desk, item = replace(library.desk, stated_at=start + back_on * DAY), library.items["B001"].id
    signed = Approval(frozenset({"stated-before-known"}), "", "kertas")
    assert library.circulation.return_item(desk, item, signed).event_id
    library.clock.go(days=33)
    assert library.bring("B002").fine == 7500
    assert len(reader(library).parties) == 2
    return library


@pytest.mark.parametrize(("back_on", "owed", "credit"), [(13, 0, 4000), (31, 3500, 0)])
def test_one_reader_has_one_balance(library: Library, back_on: int, owed: int, credit: int) -> None:
    two_tokens(library, back_on)
    hit = reader(library)
    assert (hit.facts.owed, hit.credit, library.owed()) == (owed, credit, owed)
    assert library.screen(library.session()).scan(CARD).member.owed == owed  # type: ignore[union-attr]


def test_what_credit_covers_is_settled_by_its_command(library: Library) -> None:
    two_tokens(library, 13)
    session = library.session()
    scan(session, CARD)
    done = carry_out(session, Command("settle"))
    assert (done.kind, done.amount, library.owed()) == (Kind.PAID, 7500, 0)
    assert done.receipt
    assert not carry_out(session, Command("settle")).event_id


def test_what_credit_covers_is_settled_by_f9_without_cash(library: Library) -> None:
    two_tokens(library, 13)
    session = library.session()
    screen = library.screen(session)
    scan(session, CARD)
    question = screen.key("pay").question
    assert question is not None
    assert (question.code, question.params["amount"]) == ("settle", 7500)
    view = screen.answer("settle", {})
    assert view.banner is not None
    assert (view.banner.code, view.banner.params) == ("settled-of-credit", {"amount": 7500})
    assert rows_of(library.store, "SELECT sum(amount - paid - waived) FROM charge") == [(0,)]
    assert (reader(library).facts.owed, reader(library).credit) == (0, 4000)
    assert derived(library.store) == rebuilt(library.store)
    with library.store.read() as facts:
        taken = facts.today(to_ms(screen.view().state.now) - DAY, library.clock.wall + DAY)[2]
    assert taken == 0
    done = session.finish()
    assert done.amount == 11_500
    assert scan(session, "=undo").amount == 7500
    assert (reader(library).facts.owed, reader(library).credit) == (0, 4000)
    assert rows_of(library.store, "SELECT sum(amount - paid - waived) FROM charge") == [(7500,)]
    assert derived(library.store) == rebuilt(library.store)


def test_only_the_rest_is_asked_for_and_taken(library: Library) -> None:
    two_tokens(library, 31)
    member = library.members[CARD].id
    assert library.money.pay(library.desk, member, 7500).code == "more-than-owed"
    assert rows_of(library.store, "SELECT count(*) FROM payment") == [(1,)]
    paid = library.money.pay(library.desk, member, 3500)
    assert (paid.kind, paid.amount, paid.left) == (Kind.PAID, 3500, 0)
    assert "credit-used" in paid.verdict.codes()
    assert (reader(library).facts.owed, reader(library).credit) == (0, 0)
    assert rows_of(library.store, "SELECT sum(amount - paid - waived) FROM charge") == [(0,)]
    undone = library.circulation.undo(library.desk)
    assert (undone.undone_kind, undone.amount) == ("payment.made", 3500)
    assert reader(library).facts.owed == 3500
    assert derived(library.store) == rebuilt(library.store)


def test_no_more_is_given_back_than_is_left_after_the_debt(library: Library) -> None:
    two_tokens(library, 13)
    member = library.members[CARD].id
    assert library.money.refund(library.desk, member, 4500, "kelebihan").code == "refund-refused"
    given = library.money.refund(library.desk, member, 4000, "kelebihan")
    assert (given.kind, given.credit, given.left) == (Kind.REFUNDED, 0, 0)
    assert rows_of(library.store, "SELECT sum(amount - paid - waived) FROM charge") == [(0,)]
    undone = library.circulation.undo(library.desk)
    assert (undone.undone_kind, undone.amount, reader(library).credit) == ("refund.made", 4000, 4000)
    assert derived(library.store) == rebuilt(library.store)


def test_settling_needs_the_right_to_take_money_and_something_to_settle(library: Library) -> None:
    two_tokens(library, 13)
    member = library.members[CARD].id
    desk = replace(library.desk, staff=replace(library.desk.staff, rights=right.DESK - {right.PAY}))
    assert library.money.settle(desk, member).code == "no-right"
    assert library.money.settle(library.desk, member).kind is Kind.PAID
    assert library.money.settle(library.desk, member).code == "nothing-owed"
