"""Ctrl+R: the open reader's membership goes on, by the days of its type; the new last day is shown before."""

from __future__ import annotations

from app.domain.verdict import Param
from app.ports import Store
from app.services.questions.asked import CANCEL, Asked, fresh
from app.services.session import Session
from app.services.view import Answer, Question


class ExtendQuestion:
    """The question of a renewed membership over one session."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session

    def ask(self) -> Asked | None:
        """Shall it go on, and until when? None with no reader open or for one whose membership never ends."""
        reader = self._session.member_id
        with self._store.read() as facts:
            hit = facts.member_by_id(reader) if reader else None
        if hit is None or hit.member.expires_on is None:
            return None
        until = self._session.members.longer_until(hit.member)
        about: dict[str, Param] = {"name": hit.member.name, "on": hit.member.expires_on, "until": until}
        answers = (Answer("Enter", "extend", "extend", primary=True), CANCEL)
        return Asked(Question(fresh(), "confirm", "extend", about, answers=answers), "extend", pending=True)
