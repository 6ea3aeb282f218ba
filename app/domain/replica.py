"""What passes between the sync and the desk's store: pieces of the common log, and what is still to be said to it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from app.domain.event import Event
from app.domain.revision import Revision

RowValues = tuple[str, int, int, int, str, str, str, str, bool, int]
"""An event as it is sent: id, at, wall, mono, boot, kind, staff, canonical body, late, version."""


class LogEvent(Struct, frozen=True):
    """One event of the log. `event` is what the fold sees of it, `kind` and `body` what came; `link` its place in its
    desk's chain."""

    event: Event
    kind: str
    body: str
    link: bytes


class LogRun(Struct, frozen=True):
    """Consecutive events of one branch of an incarnation, checked against its chain and signature. The first one has
    number `gsn` in the log."""

    gsn: int
    desk: str
    inc: str
    fork: str
    first: int
    events: tuple[LogEvent, ...]
    signature: bytes
    public: bytes


class OwnRun(Struct, frozen=True):
    """Events of this desk that are in the log from number `gsn` on."""

    gsn: int
    inc: str
    fork: str
    first: int
    last: int


class LogRecord(Struct, frozen=True):
    """A record's revision as the log has it."""

    gsn: int
    revision: Revision


class RecordRows(Struct, frozen=True):
    """Many records of one kind for a library that has none: each a number in the log, the stamp's four parts, the
    edited fields' stamps as JSON ("" = none), the digests of the fields, the id, and the fields in the kind's order."""

    kind: str
    rows: list[tuple[Any, ...]]


LogEntry = LogRun | OwnRun | LogRecord


class Place(Struct, frozen=True):
    """How far this desk has read the log: everything up to `cursor`, where the running hash (hex) is `hash`. `safe`:
    what stands in a verified backup of the server."""

    cursor: int = 0
    hash: str = ""
    epoch: str = ""
    safe: int = 0


class ChainEnd(Struct, frozen=True):
    """How far a branch of a chain is known here."""

    desk: str
    inc: str
    fork: str
    seq: int
    head: bytes


class OutRun(Struct, frozen=True):
    """Events to offer. Of another desk's run `signature` and `public` are what it came with; own ones have none."""

    desk: str
    inc: str
    fork: str
    first: int
    rows: tuple[RowValues, ...]
    head: bytes
    signature: bytes = b""
    public: bytes = b""

    @property
    def last(self) -> int:
        """The number of the last event."""
        return self.first + len(self.rows) - 1


class Server(Struct, frozen=True):
    """The server that this desk has joined. `public` is its pinned key (hex), `certificates` the digests of those it
    uses, `name` and `code` what it calls this desk. `contact`: when it last answered, by its own time; `offset`: its
    time less this PC's, in milliseconds."""

    url: str
    public: str
    certificates: tuple[str, ...] = ()
    name: str = ""
    code: str = ""
    contact: int = 0
    offset: int = 0


class LogFault(Exception):
    """Something that came from the server, or is known here, does not fit: a code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


COPIED = "home-copied"
"""Acts of the present incarnation were made elsewhere: this home, or the other one, is a copy."""
LOST = "own-acts-lost"
"""The log has acts of this desk that this home does not have."""
