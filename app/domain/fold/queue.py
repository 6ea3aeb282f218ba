"""Second stage: the waiting queue of one title. Who waits, in which order, for whom a copy stands aside.

The answers to a case are a line of their own in this stage, named by the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.domain.canonical import struct_digest
from app.domain.case import Answer, fold_answers
from app.domain.event import Event
from app.domain.fold import in_effective_order

WAITING, ASIDE, FULFILLED, CANCELLED = "waiting", "aside", "fulfilled", "cancelled"


class HoldState(Struct, frozen=True):
    """One hold. `only` restricts it to one copy; `copy` and `until` are set while a copy stands aside."""

    id: str
    queue: str
    party: str
    only: str | None
    placed_at: int
    state: str = WAITING
    copy: str | None = None
    until: str | None = None
    ended_at: int | None = None
    number: int = 0

    @property
    def live(self) -> bool:
        """Still waiting or set aside."""
        return self.state in (WAITING, ASIDE)


class QueueState(Struct, frozen=True):
    """All holds of a title, in the order in which they were placed; or the answers to a case, the last one counts."""

    queue: str
    holds: tuple[HoldState, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def empty(self) -> bool:
        """True when there is nothing to keep."""
        return not self.holds and not self.answers

    def hash(self) -> bytes:
        """The aggregate's part of the state hash."""
        if self.answers:
            return struct_digest(["line", self.queue, self.holds, self.answers])
        return struct_digest(["queue", self.queue, self.holds])

    def live(self) -> tuple[HoldState, ...]:
        """Those that still wait, first come first."""
        return tuple(hold for hold in self.holds if hold.live)


def fold_queue(queue: str, events: Iterable[Event]) -> QueueState:
    """Fold a title's hold events, and loans that fulfil or bump a hold, in effective order."""
    holds: dict[str, HoldState] = {}
    ordered = in_effective_order(events)
    for event in ordered:
        _apply(holds, queue, event)
    return QueueState(queue, tuple(holds.values()), fold_answers(ordered))


def _apply(holds: dict[str, HoldState], queue: str, event: Event) -> None:
    body: Mapping[str, Any] = event.body
    match event.kind:
        case "hold.placed":
            holds[body["hold"]] = HoldState(
                body["hold"],
                queue,
                body["party"],
                body.get("only"),
                event.at,
                number=body.get("number", 0),
            )
        case "hold.cancelled":
            _change(holds, body["hold"], state=CANCELLED, ended_at=event.at, copy=None, until=None)
        case "hold.fulfilled":
            _change(holds, body["hold"], state=FULFILLED, ended_at=event.at, copy=None, until=None)
        case "hold.put_aside":
            _change(holds, body["hold"], state=ASIDE, copy=body["copy"], until=body["until"])
        case "hold.released":
            standing = holds.get(body["hold"])
            if standing is not None and standing.copy == body["copy"]:
                _change(holds, body["hold"], state=WAITING, copy=None, until=None)
        case "loan.opened":
            if body.get("bumps"):
                _change(holds, body["bumps"], state=WAITING, copy=None, until=None)
            if body.get("hold"):
                _change(holds, body["hold"], state=FULFILLED, ended_at=event.at, copy=None, until=None)


def _change(holds: dict[str, HoldState], hold: str, **changes: Any) -> None:
    known = holds.get(hold)
    if known is not None and known.live:
        holds[hold] = replace(known, **changes)
