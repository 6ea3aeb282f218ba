"""Asking and answering at a screen, for the tests of questions."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.services.desk import DeskScreen
from app.services.view import Banner, DeskView, Phrase, Question
from tests.builders import Library, head

CLERK = replace(head(), rights=right.DESK)


def scanned(library: Library, screen: DeskScreen, *codes: str) -> DeskView:
    """Scan, two seconds apart."""
    view = screen.view()
    for code in codes:
        library.clock.go(ms=2000)
        view = screen.scan(code)
    return view


def asked(view: DeskView) -> Question:
    """The open question."""
    assert view.question is not None
    return view.question


def said(view: DeskView) -> Banner:
    """What the desk said last."""
    assert view.banner is not None
    return view.banner


def lines(view: DeskView) -> list[str]:
    """The codes of the banner's lines."""
    return [line.code for line in said(view).lines if isinstance(line, Phrase)]


def answers(view: DeskView) -> dict[str, str]:
    """Key and action of every answer."""
    return {answer.key: answer.action for answer in asked(view).answers}
