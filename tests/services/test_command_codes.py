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
