"""Events of an import: many at once onto the desk's own chain, each with the time at which it happened elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from typing import Any

import apsw

from app.domain.canonical import canonical_text
from app.domain.event import EVENT_VERSION, Event, check_body, touch
from db.desk_act import DeskAct
from db.journal import Author
from db.store import DeskStore

BATCH = 1000
_INSERT = (
    "INSERT INTO event"
    " (id, author, seq, at, wall, mono, boot, kind, staff, late, v, body, head, item, queue, party, tx)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
)


class BulkJournal:
    """Appends events inside an act's transaction. `flush` before anything reads them."""

    def __init__(self, store: DeskStore, act: DeskAct) -> None:
        self._db: apsw.Connection = store.connection
        self._author: Author = store.author
        # The act's own event tells who acts and what the clocks say: all of an import's events share it.
        self._model: Event = act.recorded[-1]
        self._now = act.at
        self._rows: list[tuple[Any, ...]] = []
        model = self._model
        self._middle = f',"boot":{quoted(model.boot)},"desk":"{model.desk}","id":"'
        self._tail = f',"staff":{quoted(model.staff)},"v":{EVENT_VERSION},"wall":{model.wall}}}'

    def at(self, happened: int) -> int:
        """An event's effective time: when it happened, but never after the import itself."""
        return min(happened, self._now)

    def key(self, at: int) -> str:
        """The order key of the event appended last, as canonical text."""
        return f'[{at},"{self._model.desk}","{self._model.inc}",{self._author.seq}]'

    def append(self, kind: str, event_id: str, at: int, body: Mapping[str, Any]) -> None:
        """One event of any kind."""
        reason = check_body(kind, body)
        if reason:
            raise ValueError(f"{kind}: {reason}")
        moves = touch(kind, body)
        self.append_text(kind, event_id, at, canonical_text(body), moves.item, moves.queue, moves.party)

    def append_text(
        self, kind: str, event_id: str, at: int, body: str, item: str, queue: str = "", party: str = ""
    ) -> None:
        """One event whose canonical body is already written."""
        author, model = self._author, self._model
        late = at < self._now
        seq = author.seq + 1
        text = (
            f'{{"at":{at},"body":{body}{self._middle}{event_id}","inc":"{model.inc}","kind":"{kind}",'
            f'"late":{"true" if late else "false"},"library":"{model.library}","mono":{model.mono},"seq":{seq}'
            f"{self._tail}"
        )
        author.head = sha256(author.head + text.encode()).digest()
        author.seq = seq
        self._rows.append(
            (
                event_id, author.a, seq, at, model.wall, model.mono, model.boot, kind, model.staff, late, EVENT_VERSION,
                body, author.head, item or None, queue or None, party or None,
            )
        )  # fmt: skip
        if len(self._rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what is still in memory."""
        if self._rows:
            self._db.executemany(_INSERT, self._rows)
            self._rows.clear()
