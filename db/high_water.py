"""How far a desk's chain is known to have gone, kept outside the home: an older home that is put back is noticed.

The token of the last opening (`db.identity.Marker`) tells a copy elsewhere and a state of another day. It does not tell
a copy of this very opening that is put back in place after a crash. The mark names library, desk and incarnation, the
end of the chain and the last number of each counter, since not every number is given by an event: no name, no text. It
is written by the thread of the second copy and at the end, never on a scan's way, and need not reach the disk at once:
a lost mark says nothing, and the store itself is always at least as far.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.domain.strict_json import parse_json
from db.identity import Identity
from db.sql import Reading

Span = tuple[int, int]
"""First and last of consecutive numbers."""


class Reached(Struct, frozen=True):
    """The end of one incarnation's chain, and the last number of each of its counters ("act", "receipt" …)."""

    seq: int
    head: str
    counts: dict[str, int]

    def beyond(self, other: Reached) -> bool:
        """True when this is farther than the other in anything."""
        return self.seq > other.seq or any(count > other.counts.get(name, 0) for name, count in self.counts.items())


NOWHERE = Reached(0, "", {})


class Lacking(Struct, frozen=True):
    """What a store lacks of one of its chains: the numbers of events, of transactions and of receipts (None = none),
    these with the mark `letter` on paper. `copy`: the folder with a copy of the store that has them ("" = none)."""

    letter: str
    events: Span | None = None
    acts: Span | None = None
    receipts: Span | None = None
    copy: str = ""

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
    end = f".{identity.inc}"
    counted = connection.execute("SELECT key, value FROM meta WHERE key GLOB ?", (f"count.*{end}",))
    counts = {str(key).removeprefix("count.").removesuffix(end): int(value) for key, value in counted}
    return Reached(int(row[0]), str(row[1]).lower(), counts)


def between(letter: str, have: Reached, known: Reached, copy: str = "") -> Lacking:
    """What a chain that has come as far as `have` lacks of what is known of it."""
    acts, receipts = (_span(have.counts.get(name, 0), known.counts.get(name, 0)) for name in ("act", "receipt"))
    return Lacking(letter, _span(have.seq, known.seq), acts, receipts, copy)


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
        counts = kept.get("counts")
        if not isinstance(counts, dict) or not all(map(_is_number, [kept.get("seq"), *counts.values()])):
            return None
        return Reached(int(kept["seq"]), str(kept.get("head")), dict(counts))

    def keep(self, connection: Reading, identity: Identity) -> None:
        """Take down how far a store has come. An account's folder that cannot be written leaves the mark as it was."""
        now, known = reached(connection, identity), self.read(identity) or NOWHERE
        if now is None or not now.beyond(known):
            return
        far = max(now, known, key=lambda one: one.seq)
        most = {name: max(now.counts.get(name, 0), known.counts.get(name, 0)) for name in now.counts | known.counts}
        path = self._path(identity)
        aside = path.with_suffix(".new")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            values = {"seq": far.seq, "head": far.head, "counts": most}
            aside.write_text(json.dumps(values), encoding="utf-8")
            aside.replace(path)

    def lacking(self, connection: Reading, identity: Identity) -> Lacking | None:
        """What a store lacks of what its chain is known to have had; None when nothing, or nobody knows."""
        mark, now = self.read(identity), reached(connection, identity)
        if mark is None or now is None or not mark.beyond(now):
            return None
        (letter,) = connection.execute(
            "SELECT letter FROM author WHERE desk = ? AND inc = ? AND letter <> ''", (identity.desk, identity.inc)
        ).fetchone()
        return between(str(letter), now, mark)

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


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


def _span(have: int, known: int) -> Span | None:
    return (have + 1, known) if known > have else None
