"""The last acts, the history, the help."""

from __future__ import annotations

from app.services.desk import DeskScreen
from app.services.view import Phrase
from tests.builders import CARD, Library
from tests.services.questions.asking import asked, scanned


def test_the_last_acts_can_be_printed_again(library: Library, screen: DeskScreen) -> None:
    empty = asked(screen.key("last"))
    assert empty.choices == ()
    assert not empty.answers[0].enabled
    screen.key("close")
    scanned(library, screen, CARD, "B001")
    screen.key("finish")
    question = asked(screen.key("last"))
    assert [choice.mono for choice in question.choices] == ["B001"]
    view = screen.answer("reprint", {}, question.choices[0].id)
    assert view.banner is not None
    assert view.banner.code == "reprinted"


def test_a_payment_in_the_list_says_how_much_for_what_its_receipt_and_what_is_left(
    library: Library, screen: DeskScreen
) -> None:
    for barcode in ("B001", "C001"):
        library.lend(CARD, barcode)
    library.clock.go(days=20)
    library.bring("B001")
    library.clock.go(days=1)
    library.bring("C001")
    owed = library.owed()
    scanned(library, screen, CARD)
    for amount in (1000, owed - 1000):
        screen.key("pay")
        screen.answer("pay", {"amount": str(amount), "payer": ""})
    screen.key("finish")
    second, first = asked(screen.key("last")).choices[:2]
    assert first.title == Phrase("paid", {"amount": 1000, "what": "Sejarah Lampung"})
    assert second.title == Phrase("paid", {"amount": owed - 1000, "what": "Sejarah Lampung, Fikih Muamalah"})
    assert (first.mono, second.mono) == ("M1K-A-000001", "M1K-A-000002")
    assert first.line == second.line == Phrase("paid-settled", {"name": "Ahmad F.", "left": 0})
    view = screen.answer("reprint", {}, second.id)
    assert view.banner is not None
    assert view.banner.code == "reprinted"
    screen.key("undo")
    void, stands = asked(screen.key("last")).choices[:2]
    assert void.line == Phrase("paid-void", {"name": "Ahmad F.", "left": owed - 1000})
    assert void.chip is not None
    assert void.chip.code == "undone"
    assert stands.line == Phrase("paid-left", {"name": "Ahmad F.", "left": owed - 1000})


def test_history_help_and_condition(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.clock.go(minutes=60)
    scanned(library, screen, "B001")
    condition = asked(screen.key("condition"))
    assert len(condition.choices) == 6
    wet = next(choice for choice in condition.choices if choice.id == "condition:wet")
    screen.pick(wet.id)
    assert library.owed() == 25_000
    scanned(library, screen, CARD)
    history = asked(screen.key("history"))
    assert [choice.mono for choice in history.choices] == ["B001"]
    screen.key("close")
    helped = asked(screen.key("help"))
    assert {choice.mono for choice in helped.choices} >= {"F2", "F3", "F12", "Ctrl+Z", "Enter"}


def test_a_scan_closes_the_help_and_is_taken(library: Library, screen: DeskScreen) -> None:
    screen.key("help")
    view = scanned(library, screen, CARD)
    assert view.question is None
    assert view.member is not None
