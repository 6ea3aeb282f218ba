"""F11 in a list of loans: which loan ends later, when, why, and by whose right."""

from __future__ import annotations

from datetime import date

from app.services.desk import DeskScreen
from app.services.view import Phrase
from tests.builders import CARD, Library, rows_of
from tests.services.questions.asking import CLERK, answers, asked, said, scanned


def due(library: Library) -> list[date]:
    """When the loans of Ahmad are due."""
    with library.store.read() as facts:
        return [line.due_on for line in facts.loans_of_member(library.members[CARD].id, closed=False, limit=9)]


def test_the_list_of_loans_leads_to_another_due_date(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    scanned(library, screen, CARD)
    listed = asked(screen.key("history"))
    assert answers(screen.view()) == {"F11": "due-later", "Esc": "close"}
    question = asked(screen.answer("due-later", {}, listed.choices[0].id))
    assert dict(question.params) == {"title": "Sejarah Lampung", "due_on": date(2026, 3, 16)}
    assert question.held == "B001"
    for typed, wrong in (
        ("besok", Phrase("date-unreadable")),
        ("", Phrase("date-unreadable")),
        ("20/4/2026izin", Phrase("date-unreadable")),
        ("10/03/2026", Phrase("due-not-later", {"due": date(2026, 3, 16)})),
        ("20/04/2036", Phrase("due-too-far", {"latest": date(2027, 3, 3)})),
    ):
        assert asked(screen.answer("due-later", {"date": typed, "reason": "izin"})).wrong == wrong
    view = screen.answer("due-later", {"date": "20/4/2026", "reason": "izin dosen"})
    assert (said(view).code, view.question, due(library)) == ("due-fixed", None, [date(2026, 4, 20)])


def test_the_loans_to_renew_by_telephone_offer_it_too(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    scanned(library, screen, CARD)
    listed = asked(screen.key("renew-phone"))
    assert answers(screen.view())["F11"] == "due-later"
    assert asked(screen.answer("due-later", {}, listed.choices[0].id)).code == "due-later"
    screen.answer("cancel", {})
    assert due(library) == [date(2026, 3, 16)]


def test_without_a_running_loan_there_is_no_such_key(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.bring("B001")
    scanned(library, screen, CARD)
    assert len(asked(screen.key("history")).choices) == 1
    assert answers(screen.view()) == {"Esc": "close"}
    assert screen.answer("due-later", {}, "loan:x").question is None


def test_a_supervisor_signs_for_it(library: Library) -> None:
    hasan = library.staff("Hasan Basri", pin="2222")
    library.lend(CARD, "B001")
    screen = library.screen(library.session(CLERK))
    scanned(library, screen, CARD)
    screen.answer("due-later", {}, asked(screen.key("history")).choices[0].id)
    view = screen.answer("due-later", {"date": "20/4/2026", "reason": "izin dosen"})
    assert (said(view).code, due(library)) == ("moves-due-date", [date(2026, 3, 16)])
    assert [field.name for field in asked(view).fields] == ["pin"]
    assert said(view).reasons[0].params == {"due": date(2026, 4, 20), "why": "izin dosen"}, "who signs sees why"
    screen.answer("approve", {"pin": "2222"})
    assert due(library) == [date(2026, 4, 20)]
    assert rows_of(library.store, "SELECT json_extract(body, '$.approver') FROM event ORDER BY n DESC LIMIT 1") == [
        (hasan.id,)
    ]
