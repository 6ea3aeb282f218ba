"""Signing in by name, PIN or badge."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.services.desk import DeskScreen
from app.services.view import Phrase, Question
from tests.builders import Library
from tests.services.questions.asking import asked, scanned


def names(question: Question) -> list[object]:
    """The titles of what can be chosen."""
    return [choice.title for choice in question.choices]


def test_signing_in_by_picking_a_name_then_its_pin(library: Library, screen: DeskScreen) -> None:
    hasan = library.staff("Hasan Basri", pin="2222")
    library.staff("Siti Rahma", right.DESK)
    question = asked(screen.key("sign-in"))
    assert question.takes_scan
    assert names(question) == ["Hasan Basri", "Siti Rahma"]
    assert names(asked(screen.search("rahma"))) == ["Siti Rahma"]
    assert names(asked(screen.search("kepala"))) == ["Hasan Basri"]
    assert not asked(screen.search("Nobody")).choices
    assert asked(screen.answer("pick", {})).code == "sign-in"
    pin = asked(screen.answer("pick", {}, f"staff:{hasan.id}"))
    assert (pin.code, pin.params, pin.wrong) == ("pin-of", {"name": "Hasan Basri"}, None)
    assert asked(screen.answer("sign-in", {"pin": "1"})).wrong is not None
    view = screen.answer("sign-in", {"pin": "2222"})
    assert view.question is None
    assert view.state.staff == "Hasan"


def test_after_too_many_wrong_pins_the_question_says_how_long_to_wait(library: Library, screen: DeskScreen) -> None:
    hasan = library.staff("Hasan Basri", pin="2222")
    screen.key("sign-in")
    screen.answer("pick", {}, f"staff:{hasan.id}")
    for pin in ("1", "2", "3"):
        screen.answer("sign-in", {"pin": pin})
    assert asked(screen.answer("sign-in", {"pin": "2222"})).wrong == Phrase("pin-waits", {"seconds": 30})


def test_somebody_without_a_pin_is_signed_in_by_the_name_alone(library: Library, screen: DeskScreen) -> None:
    siti = library.staff("Siti Rahma", right.DESK)
    screen.key("sign-in")
    view = screen.answer("pick", {}, f"staff:{siti.id}")
    assert (view.question, view.state.staff) == (None, "Siti")


def test_a_badge_with_a_pin_asks_for_that_pin_only(library: Library, screen: DeskScreen) -> None:
    hasan = library.staff("Hasan Basri", pin="2222")
    with library.store.act() as act:
        act.put_staff(replace(hasan, badge="STAF-1"))
        act.record("record.edited", {"record": "staff", "id": act.new_id()})
    question = asked(scanned(library, screen, "meja:s:STAF-1"))
    assert (question.code, question.params) == ("pin-of", {"name": "Hasan Basri"})
