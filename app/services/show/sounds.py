"""The sound of an outcome."""

from __future__ import annotations

from app.domain.verdict import Level
from app.services.outcome import MORE_THAN_OWED, Kind, Outcome
from app.services.view import Sound


def sound(outcome: Outcome) -> Sound:
    """The sound of an outcome: done, needs you, no."""
    if outcome.kind in (Kind.REFUSED, Kind.UNKNOWN):
        return Sound.NEEDS if outcome.code == MORE_THAN_OWED else Sound.NO
    if not all(part.event_id for part in outcome.parts):
        return Sound.NEEDS
    if outcome.kind in (Kind.NEEDS_CONFIRMATION, Kind.AMBIGUOUS):
        return Sound.NEEDS
    if outcome.fine or outcome.aside or outcome.code == "not-on-loan":
        return Sound.NEEDS
    if outcome.kind is Kind.RETURNED and outcome.verdict.codes(Level.ALERT):
        return Sound.NEEDS
    if outcome.kind is Kind.MEMBER and outcome.verdict.level is not None:
        return Sound.NO if outcome.verdict.impossible else Sound.NEEDS
    return Sound.DONE
