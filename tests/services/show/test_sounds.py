"""The three sounds: done, needs you, no."""

from __future__ import annotations

import pytest

from app.domain.verdict import Level, Reason, Verdict
from app.services import show
from app.services.outcome import MORE_THAN_OWED, Kind, Outcome
from app.services.view import Sound

ALERT = Verdict((Reason("parts-to-check", Level.ALERT),))


@pytest.mark.parametrize(
    ("outcome", "sound"),
    [
        (Outcome(Kind.LENT), Sound.DONE),
        (Outcome(Kind.REFUSED, code="item-lost"), Sound.NO),
        (Outcome(Kind.REFUSED, code=MORE_THAN_OWED), Sound.NEEDS),
        (Outcome(Kind.NEEDS_CONFIRMATION), Sound.NEEDS),
        (Outcome(Kind.RETURNED, fine=500), Sound.NEEDS),
        (Outcome(Kind.RETURNED, verdict=ALERT), Sound.NEEDS),
        (Outcome(Kind.LENT, verdict=ALERT), Sound.DONE),
        (Outcome(Kind.RENEWED, parts=(Outcome(Kind.RENEWED, event_id="e"), Outcome(Kind.REFUSED))), Sound.NEEDS),
    ],
)
def test_each_answer_has_its_sound(outcome: Outcome, sound: Sound) -> None:
    assert show.sound(outcome) is sound
