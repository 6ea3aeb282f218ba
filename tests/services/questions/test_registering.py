"""F6 registers a reader, with the card that was scanned or with a number that is typed."""

from __future__ import annotations

from app.services.desk import DeskScreen
from app.services.view import Phrase
from tests.builders import Library
from tests.services.questions.asking import asked, scanned


def test_an_unknown_card_is_registered_from_its_question(library: Library, screen: DeskScreen) -> None:
    view = scanned(library, screen, "23.01.0099")
    assert {hint.key: hint.action for hint in view.keys}["F6"] == "register"
    question = asked(screen.key("register"))
    assert (question.held, question.choices[0].id, question.begin) == ("23.01.0099", "type:mahasiswa", "type:mahasiswa")
    again = asked(screen.answer("register", {"name": " "}, "type:dosen"))
    assert again.wrong == Phrase("name-missing")
    view = screen.answer("register", {"name": "Nur Aini"}, "type:dosen")
    assert view.member is not None
    assert (view.member.name, view.member.member_type) == ("Nur Aini", "Dosen")
    assert view.banner is not None
    assert view.banner.code == "registered"
    assert {hint.key: hint.action for hint in view.keys}["F6"] == "find-member"


def test_a_reader_without_a_card_is_registered_from_the_search(library: Library, screen: DeskScreen) -> None:
    screen.key("find-member")
    question = asked(screen.answer("register", {}))
    assert [field.name for field in question.fields] == ["number", "name", "phone", "email", "expires"]
    typed = {"number": "23.01.0100", "name": "Nur Aini", "phone": "x", "email": "", "expires": ""}
    again = asked(screen.answer("register", typed, "type:dosen"))
    assert (again.wrong, again.begin) == (Phrase("phone-unfit"), "phone")
    assert again.choices[0].id == "type:dosen", "what was picked stays picked"
    assert {field.name: field.value for field in again.fields} == typed
    view = screen.answer("register", {**typed, "phone": "0812 3456 7890"}, "type:dosen")
    assert view.member is not None
    assert view.member.member_no == "23.01.0100"
    assert view.banner is not None
    assert "0812 3456 7890" in view.banner.lines


def test_the_register_question_leads_to_the_search(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, "23.01.0099")
    screen.key("register")
    assert asked(screen.answer("find-member", {})).code == "find-member"


def test_what_is_no_text_is_dropped_from_what_is_typed(library: Library, screen: DeskScreen) -> None:
    """Half a pair, as a broken clipboard brings it; whole pairs are one sign."""
    scanned(library, screen, "23.01.0099")
    screen.key("register")
    view = screen.answer(
        "register", {"name": "Nur \ud83dAini\0 \ud83d\ude00", "phone": "08\udfff12 3456"}, "type:dosen"
    )
    assert view.member is not None
    assert view.member.name == "Nur Aini \U0001f600"


def test_what_is_no_text_is_dropped_from_what_is_sought_and_scanned(library: Library, screen: DeskScreen) -> None:
    screen.key("find-member")
    assert [choice.title for choice in asked(screen.search("Ahm\ud800ad")).choices] == ["Ahmad Fauzi"]
    screen.answer("cancel", {})
    assert scanned(library, screen, "=provisional Judul\udc00 baru").banner is not None
