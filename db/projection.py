"""The state the desk reads: kept equal to the fold of the journal, in the same transaction as each event."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from app.domain.canonical import ZERO, shift_hash
from app.domain.event import Event
from app.domain.fold import FoldRules
from app.domain.fold.batch import Folded, fold_new, fold_whole
from db.aggregates import Aggregates


class Projection:
    """Applies events to the kept state over one connection; knows the library's rules for the fold."""

    def __init__(self, connection: apsw.Connection, library: str, rules: FoldRules) -> None:
        self._db = connection
        self._own = Aggregates(connection, library, own=True)
        self._any = Aggregates(connection, library, own=False)
        self._rules = rules
        self.state_hash = ZERO
        self.reload()

    def reload(self) -> None:
        """Take the kept state hash again (at start, and after a rolled-back transaction)."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'state_hash'").fetchone()
        self.state_hash = bytes(row[0]) if row else ZERO

    def save(self) -> None:
        """Keep the state hash; once per transaction."""
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('state_hash', ?)", (self.state_hash,))

    def apply(self, event: Event) -> None:
        """Bring the state up to a fresh event of this desk that was just appended."""
        self._count(fold_new(self._own, (event,), self._rules))

    def take(self, events: Iterable[Event]) -> Folded:
        """Bring the state up to events of any desk that were just stored, in any order; tells what they touched."""
        return self._count(fold_new(self._any, events, self._rules))

    def fold(self, items: Iterable[str] = (), queues: Iterable[str] = (), parties: Iterable[str] = ()) -> Folded:
        """Fold these copies (with the accounts of their charged loans), queues and accounts again from all their
        events."""
        return self._count(fold_whole(self._any, items, queues, parties, self._rules))

    def _count(self, done: Folded) -> Folded:
        if done.shift:
            self.state_hash = shift_hash(self.state_hash, done.shift)
        return done
