"""An ended membership goes on from the desk, and the renewal can be taken back."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from app.domain import right
from app.services.desk import DeskScreen
from app.services.session import Session
from app.services.view import DeskView
from tests.builders import CARD, Library, head
from tests.services.questions.asking import asked, scanned

ENDED = "19.02.0005"


def keys(view: DeskView) -> set[str]:
    """The keys that work now."""
    return {hint.key for hint in view.keys}


def test_an_ended_membership_is_renewed_after_its_new_day_was_shown(library: Library, screen: DeskScreen) -> None:
    view = scanned(library, screen, ENDED)
    assert "Ctrl+R" in keys(view)
    question = asked(screen.key("extend"))
    assert question.params["until"] == date(2027, 3, 2)
    done = screen.answer("extend", {})
    assert done.banner is not None
    assert done.banner.code == "extended"
    assert done.member is not None
    assert (done.member.expires_on, done.member.expired) == (date(2027, 3, 2), False)
    assert scanned(library, screen, "B001").rows[0].chip.code == "lent"
    screen.key("undo")
    back = screen.key("undo")
    assert back.banner is not None
    assert back.banner.code == "undone-extension"
    assert back.member is not None
    assert (back.member.expires_on, back.member.expired) == (date(2026, 1, 31), True)
    assert library.has(ENDED) == []


def test_only_who_may_keep_records_renews_and_only_where_it_ends_soon(library: Library, session: Session) -> None:
    screen = library.screen(session)
    assert "Ctrl+R" not in keys(scanned(library, screen, CARD))
    session.staff = replace(head(), rights=right.DESK - {right.CATALOGUE})
    scanned(library, screen, ENDED)
    asked(screen.key("extend"))
    refused = screen.answer("extend", {})
    assert refused.banner is not None
    assert refused.banner.code == "no-right-plain"
    assert refused.member is not None
    assert refused.member.expired
