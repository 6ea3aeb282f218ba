"""How far a desk's chain is known to have gone, kept outside the home: an older home that is put back is noticed.

The openings (`db.identity.Marker`) tell a copy elsewhere. They do not tell a store of an hour ago that is put back in
place after a crash: it was opened as often. The mark names library, desk and incarnation, the end of the chain, and how
many transactions and receipts were numbered: no name, no text. It is written by the thread of the second copy and at
the end, never on a scan's way, and need not reach the disk at once: a lost mark says nothing, and the store itself is
always at least as far.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from app.domain.strict_json import parse_json
from db.identity import Identity
from db.sql import Reading

Span = tuple[int, int]
"""First and last of consecutive numbers."""


class Reached(Struct, frozen=True):
    """The end of one incarnation's chain, and the last numbers it gave to transactions and receipts."""

    seq: int
    head: str
    acts: int
    receipts: int


class Lacking(Struct, frozen=True):
    """What a store lacks of its own chain: the numbers of events, of transactions and of receipts (None = none), these
    with the mark `letter` on paper."""

    letter: str
    events: Span
    acts: Span | None = None
    receipts: Span | None = None

    def to_json(self) -> dict[str, list[int]]:
        """For the event that says it."""
        spans = (("events", self.events), ("acts", self.acts), ("receipts", self.receipts))
        return {name: list(span) for name, span in spans if span is not None}


def reached(connection: Reading, identity: Identity) -> Reached | None:
    """How far a store has come; None when this incarnation has not written yet."""
    row = connection.execute(
        "SELECT seq, hex(head) FROM author WHERE desk = ? AND inc = ? AND letter <> ''", (identity.desk, identity.inc)
    ).fetchone()
    if row is None:
        return None
    acts, receipts = (_counted(connection, name, identity.inc) for name in ("act", "receipt"))
    return Reached(int(row[0]), str(row[1]).lower(), acts, receipts)


def _counted(connection: Reading, counter: str, inc: str) -> int:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (f"count.{counter}.{inc}",)).fetchone()
    return int(row[0]) if row else 0


class HighWater:
    """The marks of one account."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "reached"

    def read(self, identity: Identity) -> Reached | None:
        """The mark of an incarnation; None when there is none that can be read."""
        try:
            kept = parse_json(self._path(identity).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(kept, dict):
            return None
        numbers = [kept.get(name) for name in ("seq", "acts", "receipts")]
        if not all(isinstance(number, int) and number >= 0 for number in numbers):
            return None
        return Reached(int(kept["seq"]), str(kept.get("head")), int(kept["acts"]), int(kept["receipts"]))

    def keep(self, connection: Reading, identity: Identity) -> None:
        """Take down how far a store has come. An account's folder that cannot be written leaves the mark as it was."""
        now = reached(connection, identity)
        known = self.read(identity)
        if now is None or (known is not None and known.seq >= now.seq):
            return
        path = self._path(identity)
        aside = path.with_suffix(".new")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            values = {"seq": now.seq, "head": now.head, "acts": now.acts, "receipts": now.receipts}
            aside.write_text(json.dumps(values), encoding="utf-8")
            aside.replace(path)

    def lacking(self, connection: Reading, identity: Identity) -> Lacking | None:
        """What a store lacks of what its chain is known to have had; None when nothing, or nobody knows."""
        mark, now = self.read(identity), reached(connection, identity)
        if mark is None or now is None or mark.seq <= now.seq:
            return None
        (letter,) = connection.execute(
            "SELECT letter FROM author WHERE desk = ? AND inc = ? AND letter <> ''", (identity.desk, identity.inc)
        ).fetchone()
        acts, receipts = _between(now.acts, mark.acts), _between(now.receipts, mark.receipts)
        return Lacking(str(letter), (now.seq + 1, mark.seq), acts, receipts)

    def forked(self, connection: Reading, identity: Identity) -> bool:
        """True when the chain went on otherwise than the mark knows it: two stores wrote under one name."""
        mark = self.read(identity)
        if mark is None or mark.seq == 0:
            return False
        row = connection.execute(
            "SELECT hex(e.head) FROM event e JOIN author a ON a.a = e.author"
            " WHERE a.desk = ? AND a.inc = ? AND a.letter <> '' AND e.seq = ?",
            (identity.desk, identity.inc, mark.seq),
        ).fetchone()
        return row is not None and str(row[0]).lower() != mark.head

    def _path(self, identity: Identity) -> Path:
        return self._folder / f"{identity.library}-{identity.desk}-{identity.inc}.json"


def _between(have: int, known: int) -> Span | None:
    return (have + 1, known) if known > have else None
