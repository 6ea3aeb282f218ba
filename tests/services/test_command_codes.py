"""Every command code does something, and says so when it cannot."""

from __future__ import annotations

import pytest

from app.domain.barcode import Command
from app.domain.scan_command import COMMANDS, NEEDS_ARGUMENT
from app.services.command_codes import carry_out
from app.services.outcome import Kind
from app.services.session import RETURN, Session
from tests.builders import CARD, Library, scan


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_carried_out(session: Session, name: str) -> None:
    outcome = carry_out(session, Command(name, "x" if name in NEEDS_ARGUMENT else ""))
    assert outcome.code != "command-unknown"


def test_a_word_that_is_no_command_is_refused(session: Session) -> None:
    assert carry_out(session, Command("dance")).code == "command-unknown"


def test_a_mode_and_its_end(session: Session) -> None:
    assert carry_out(session, Command("return")).code == RETURN
    assert carry_out(session, Command("auto")).kind is Kind.MODE


def test_an_amount_must_be_one(session: Session, library: Library) -> None:
    scan(session, CARD)
    assert carry_out(session, Command("pay", "lima ribu")).code == "amount-unreadable"


def test_a_condition_may_send_to_repair_and_back(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    scan(session, "B001")
    assert carry_out(session, Command("condition", "wet repair")).kind is Kind.CONDITION
    assert carry_out(session, Command("condition", "repaired")).code == "not-in-repair"
    scan(session, "B001")
    assert carry_out(session, Command("condition", "repaired")).code == "repaired"
    assert carry_out(session, Command("undo")).kind is Kind.UNDONE
    assert scan(session, CARD).kind is Kind.MEMBER
    assert "item-in-repair" in scan(session, "B001").verdict.codes()


def test_money_above_the_debt_is_taken_only_as_credit_and_when_that_is_said(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    library.bring("B001")
    scan(session, CARD)
    refused = carry_out(session, Command("pay", "10.000"))
    assert (refused.kind, refused.code) == (Kind.REFUSED, "more-than-owed")
    assert dict(refused.verdict.reasons[0].params) == {"given": 10_000, "owed": 7000, "change": 3000}
    assert carry_out(session, Command("pay", "10.000 titipan")).code == "amount-unreadable"
    assert library.owed() == 7000
    assert carry_out(session, Command("pay", "Rp 10.000 credit")).amount == 10_000
    assert library.owed() == 0


def test_a_waiver_takes_the_oldest_charge_or_the_one_of_the_copy_named(session: Session, library: Library) -> None:
    for code in ("B001", "C001"):
        library.lend(CARD, code)
    library.clock.go(days=30)
    for code in ("B001", "C001"):
        library.bring(code)
        library.clock.go(minutes=1)
    assert carry_out(session, Command("waive", "1000 banjir")).code == "nobody-to-pay-for"
    scan(session, CARD)
    assert carry_out(session, Command("waive", "banjir")).code == "amount-unreadable"
    assert carry_out(session, Command("waive", "1000")).verdict.codes() == ("reason-missing",)
    assert carry_out(session, Command("waive", "1000 c001: basah")).kind is Kind.WAIVED
    assert carry_out(session, Command("waive", "2000 catatan: banjir")).left == 11_000
    with library.store.read() as facts:
        left = {line.barcode: line.left for line in facts.charges_of_member(library.members[CARD].id)}
        notes = [facts.note(str(line.body["note"])) for line in facts.acts(limit=5) if line.kind == "charge.waived"]
    assert left == {"B001": 5000, "C001": 6000}
    assert notes == ["catatan: banjir", "basah"]


def test_credit_is_given_back_by_its_command(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    library.bring("B001")
    scan(session, CARD, "=pay 10.000 credit")
    assert carry_out(session, Command("refund", "banyak")).code == "amount-unreadable"
    assert carry_out(session, Command("refund", "1.000")).verdict.codes() == ("reason-missing",)
    assert carry_out(session, Command("refund", "3.001 lulus")).verdict.codes() == ("refund-over-credit",)
    done = carry_out(session, Command("refund", "Rp 2.000 lulus kuliah"))
    assert (done.kind, done.amount, done.credit, done.receipt[-6:]) == (Kind.REFUNDED, 2000, 1000, "000002")
    assert carry_out(session, Command("undo")).undone_kind == "refund.made"
    assert carry_out(session, Command("refund", "3.000 lulus")).credit == 0
