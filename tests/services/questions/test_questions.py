"""What no one kind of question holds alone."""

from __future__ import annotations

from app.services.circulation import Approval
from app.services.desk import DeskScreen
from app.services.view import Tone
from tests.builders import CARD, Library
from tests.services.questions.asking import asked, scanned


def test_nothing_to_ask_about_asks_nothing(screen: DeskScreen) -> None:
    for action in ("history", "pay", "condition"):
        assert screen.key(action).question is None


def test_an_unknown_book_is_taken_up_from_its_question(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, CARD, "BARU-9")
    question = asked(screen.key("provisional"))
    assert question.held == "BARU-9"
    screen.answer("save", {"title": "Hibah alumni"})
    assert library.has() == ["BARU-9"]


def test_a_return_tells_what_is_to_be_known(library: Library, screen: DeskScreen) -> None:
    looked = Approval(frozenset({"parts-to-check"}))
    library.circulation.lend(library.desk, library.members[CARD].id, library.items["E001"].id, looked)
    library.lend(CARD, "D001")
    library.circulation.lose(library.desk, library.items["D001"].id)
    parts = scanned(library, screen, "E001").banner
    assert parts is not None
    assert (parts.tone, [reason.code for reason in parts.reasons]) == (Tone.NEEDS, ["parts-to-check"])
    found = scanned(library, screen, "D001").banner
    assert found is not None
    assert found.code == "returned-found"
