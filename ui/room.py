"""How much a window can carry at its text size: what is narrow, low or cramped there. Pure; each part folds by it."""

from __future__ import annotations

from typing import NamedTuple

from ui.theme import Measure

_NARROW, _SLIM = 1120, 760
_CRAMPED, _LOW, _TINY = 740, 620, 440
_LEAST_WIDE, _LEAST_HIGH = 680, 384
_STEP = 0.05


class Room(NamedTuple):
    """What a window's size means for its parts.

    `narrow`: the rail shows icons, the side panel is smaller; `slim`: narrower still. `cramped`: an open question
    takes the table's place; `low`: everything stands closer; `tiny`: only what the act in hand needs.
    """

    narrow: bool = False
    slim: bool = False
    cramped: bool = False
    low: bool = False
    tiny: bool = False


ROOMY = Room()


def largest_scale(width: int, height: int) -> float:
    """The largest text size whose needed words a window of this size still carries; 1.0 at least."""
    carried = min(width / _LEAST_WIDE, height / _LEAST_HIGH)
    return max(1.0, int(carried / _STEP) * _STEP)


def room_for(width: int, height: int, measure: Measure) -> Room:
    """The room of a window of `width` × `height` device-independent pixels at this text size."""
    wide, high = width / measure.scale, height / measure.scale
    return Room(wide < _NARROW, wide < _SLIM, high < _CRAMPED, high < _LOW, high < _TINY)
