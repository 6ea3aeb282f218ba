"""Ctrl+K: what came back in a bad state, what is whole again, what a reader has lost."""

from __future__ import annotations

import json

import pytest

from app.domain.records import ItemStatus
from app.services.desk import DeskScreen
from app.services.view import Phrase
from tests.builders import CARD, OTHER_CARD, Library, rows_of
from tests.services.questions.asking import CLERK, answers, asked, said, scanned


@pytest.fixture
def reader(library: Library) -> Library:
    """Ahmad has two books, Dewi one."""
    library.lend(CARD, "B001")
    library.lend(CARD, "C001")
    library.lend(OTHER_CARD, "D001")
    return library


def test_a_reader_s_lost_book_is_picked_confirmed_and_charged(reader: Library, screen: DeskScreen) -> None:
    view = scanned(reader, screen, CARD)
    assert next(hint for hint in view.keys if hint.key == "Ctrl+K").code == "lost"
    question = asked(screen.key("condition"))
    assert question.code == "lost-which"
    assert [(choice.mono, choice.side) for choice in question.choices] == [
        ("B001", Phrase("money", {"amount": 90_000})),
        ("C001", Phrase("money", {"amount": 70_000})),
    ]
    view = screen.answer("pick", {}, question.choices[1].id)
    assert dict(asked(view).params) == {"title": "Fikih Muamalah", "name": "Ahmad Fauzi", "amount": 70_000}
    assert answers(view) == {"F11": "lost", "Esc": "cancel"}, "Enter alone loses no book"
    assert (reader.has(), reader.owed()) == (["B001", "C001"], 0)
    view = screen.answer("lost", {})
    assert said(view).code == "lost"
    assert (reader.has(), reader.owed()) == (["B001"], 70_000)
    undone = screen.key("undo")
    assert said(undone).code == "undone-lost"
    assert (reader.has(), reader.owed()) == (["B001", "C001"], 0)


def test_who_may_not_record_a_loss_lets_somebody_sign(reader: Library) -> None:
    hasan = reader.staff("Hasan Basri", pin="2222")
    screen = reader.screen(reader.session(CLERK))
    scanned(reader, screen, CARD)
    screen.answer("pick", {}, asked(screen.key("condition")).choices[0].id)
    view = screen.answer("lost", {})
    assert said(view).code == "records-loss"
    assert answers(view) == {"Esc": "cancel", "F11": "approve"}
    assert [field.name for field in asked(view).fields] == ["reason", "pin"]
    assert reader.has() == ["B001", "C001"]
    view = screen.answer("approve", {"reason": "hilang di kapal", "pin": "2222"})
    assert (said(view).code, reader.has(), reader.owed()) == ("lost", ["C001"], 90_000)
    body = rows_of(reader.store, "SELECT body FROM event WHERE kind = 'item.lost'")[0][0]
    assert json.loads(body)["approver"] == hasan.id
    assert asked(screen.key("pay")).params == {"name": "Ahmad Fauzi"}


def test_what_came_back_stands_before_what_is_lost(reader: Library, screen: DeskScreen) -> None:
    scanned(reader, screen, CARD, "B001")
    screen.answer("return", {})
    kinds = [choice.id.partition(":")[0] for choice in asked(screen.key("condition")).choices]
    assert kinds == ["condition"] * 6 + ["lost"]


def test_a_loss_without_a_reader_open_can_be_paid_at_once(reader: Library, screen: DeskScreen) -> None:
    scanned(reader, screen, "=lost D001")
    assert asked(screen.key("pay")).params == {"name": "Dewi Lestari"}


def test_esc_leaves_the_book_with_its_reader(reader: Library, screen: DeskScreen) -> None:
    scanned(reader, screen, CARD)
    screen.answer("pick", {}, asked(screen.key("condition")).choices[0].id)
    assert said(screen.answer("cancel", {})).code == "cancelled"
    assert reader.has() == ["B001", "C001"]


def test_a_torn_copy_goes_to_repair_and_comes_back_whole(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    scanned(library, screen, "B001")
    question = asked(screen.key("condition"))
    assert answers(screen.view()) == {"Enter": "pick", "F11": "repair", "Esc": "cancel"}
    torn = next(choice.id for choice in question.choices if choice.id == "condition:cover-torn")
    screen.answer("repair", {}, torn)
    screen.key("finish")
    refused = scanned(library, screen, CARD, "B001")
    assert [reason.code for reason in refused.banner.reasons if refused.banner] == ["item-in-repair"]
    screen.answer("cancel", {})
    screen.key("finish")
    scanned(library, screen, "B001")
    whole = asked(screen.key("condition"))
    assert [choice.id for choice in whole.choices] == ["condition:repaired"]
    screen.pick("condition:repaired")
    scanned(library, screen, CARD, "B001")
    assert library.has() == ["B001"]


def test_only_the_broken_copy_just_shown_can_be_called_whole(library: Library, screen: DeskScreen) -> None:
    library.item("R001", status=ItemStatus.REPAIR)
    scanned(library, screen, "R001", "D001")
    assert screen.key("condition").question is None


def test_a_lost_copy_is_called_lost(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    banner = scanned(library, screen, "=lost B001").banner
    assert banner is not None
    assert banner.code == "lost"
