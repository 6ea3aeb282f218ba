"""How much a window can carry at its text size: what is narrow, low or cramped there. Pure; each part folds by it."""

from __future__ import annotations

from typing import NamedTuple

from ui.theme import Measure

_NARROW, _SLIM = 1120, 760
_CRAMPED, _LOW, _TINY = 680, 620, 440


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


def room_for(width: int, height: int, measure: Measure) -> Room:
    """The room of a window of `width` × `height` device-independent pixels at this text size."""
    wide, high = width / measure.scale, height / measure.scale
    return Room(wide < _NARROW, wide < _SLIM, high < _CRAMPED, high < _LOW, high < _TINY)
