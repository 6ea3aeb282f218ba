"""A loan's banner: the promise, large."""

from __future__ import annotations

from datetime import date

from app.services import show
from app.services.session import Session
from app.services.view import Sound, Tone
from tests.builders import CARD, scan


def test_lent_shows_the_promise_large(session: Session) -> None:
    outcome = scan(session, CARD, "B001")
    banner = show.banner(outcome)
    assert (banner.tone, banner.code, show.sound(outcome)) == (Tone.DONE, "lent", Sound.DONE)
    assert banner.big_value is not None
    assert banner.big_value.params == {"due_on": date(2026, 3, 16)}
    row = show.row(outcome, 1)
    assert row is not None
    assert (row.id, row.chip.code, row.due_on, row.from_name) == (
        outcome.event_id, "lent", date(2026, 3, 16), "Ahmad F.",
    )  # fmt: skip
