"""The fold: events in effective order become state, the same on every replica.

Three stages without loops back: the copy, the waiting queue of a title, the account of a party. Each is a pure fold
of the aggregate's own events (and of what the stage before it found), so that any arrival order gives one state.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from app.domain.calendar import Calendar
from app.domain.event import Event


class FoldRules(Protocol):
    """What the fold may know beside events: the logged, immutable rule versions and the library's zone."""

    @property
    def zone(self) -> str: ...

    def calendar(self, policy: str) -> Calendar: ...


def in_effective_order(events: Iterable[Event]) -> list[Event]:
    """The events as they count: sorted by effective order, without undone acts and without the undoing ones.

    An undo that was itself undone does not count; that is why the newest undo is looked at first.
    """
    ordered = sorted(events, key=lambda event: event.key)
    undone: set[str] = set()
    for event in reversed(ordered):
        if event.kind == "act.undone" and event.id not in undone:
            undone.add(str(event.body["event"]))
    return [event for event in ordered if event.kind != "act.undone" and event.id not in undone]
