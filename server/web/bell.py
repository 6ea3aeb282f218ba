"""Wakes those who wait for news of a library. Belongs to one event loop."""

from __future__ import annotations

import asyncio
from collections import Counter

MOST_WAITS = 4
"""Unanswered waits of one desk: one is enough, the others are connections that it gave up."""


class Bell:
    """One event a library, replaced each time it rings."""

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}
        self._waiting: Counter[str] = Counter()
        self.stopping = False
        """True once the server ends: nobody waits any more."""

    def next_ring(self, library: str) -> asyncio.Event:
        """Set at the next ring after this call; take it before looking whether there is news, or news is missed."""
        return self._events.setdefault(library, asyncio.Event())

    def ring(self, library: str) -> None:
        """Wake all who wait for this library."""
        event = self._events.pop(library, None)
        if event is not None:
            event.set()

    def stop(self) -> None:
        """Wake everybody, for good."""
        self.stopping = True
        for library in list(self._events):
            self.ring(library)

    def come(self, desk: str) -> bool:
        """Count one more wait of a desk; False when it has too many."""
        if self._waiting[desk] >= MOST_WAITS:
            return False
        self._waiting[desk] += 1
        return True

    def go(self, desk: str) -> None:
        """A wait of this desk ended."""
        self._waiting[desk] -= 1
        if self._waiting[desk] <= 0:
            del self._waiting[desk]

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return self._waiting.total()
