"""The append-only journal: rows of `event`, one hash chain per desk and incarnation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring as quoted
from typing import Any

import apsw
from msgspec import Struct

from app.domain.canonical import canonical_bytes, canonical_text, chain
from app.domain.event import EVENT_VERSION, Event, Touch, check_body, genesis, touch
from db.sql import Reading

_COLUMNS = "e.seq, e.at, e.wall, e.mono, e.boot, e.kind, e.staff, e.body, e.late, e.v"
# The second branch of a copied home is an incarnation of its own to the fold, but not in the text that was hashed.
# Behind the id of an event whose id another one had first: it keeps its place in its chain, and is folded nowhere.
TWICE = "#"
INCARNATION = "CASE a.fork WHEN '' THEN a.inc ELSE a.inc || '~' || a.fork END"
COLUMNS = f"e.id, a.desk, {INCARNATION}, {_COLUMNS}"
FROM = "FROM event e JOIN author a ON a.a = e.author"
SELECT = f"SELECT {COLUMNS} {FROM} "


class Author(Struct):
    """The desk and incarnation this store writes as, with the end of its chain. `fork` is not "" when the server holds
    another branch of it: then this one must not be gone on with."""

    a: int
    desk: str
    inc: str
    seq: int
    head: bytes
    last_at: int
    letter: str
    fork: str = ""


def load_author(connection: Reading, desk: str, inc: str) -> Author | None:
    """The author's row, or None when this incarnation has not written yet. Of a copied home's two branches the one that
    was written here."""
    row = connection.execute(
        "SELECT a, desk, inc, seq, head, last_at, letter, fork FROM author WHERE desk = ? AND inc = ? AND letter <> ''",
        (desk, inc),
    ).fetchone()
    return Author(*row) if row else None


def start_author(connection: apsw.Connection, desk: str, inc: str, head: bytes, now: int, letter: str) -> Author:
    """Begin an incarnation's chain."""
    connection.execute(
        "INSERT INTO author (desk, inc, started_at, seq, head, last_at, letter) VALUES (?, ?, ?, 0, ?, ?, ?)",
        (desk, inc, now, head, now, letter),
    )
    return Author(connection.last_insert_rowid(), desk, inc, 0, head, now, letter)


def append(connection: apsw.Connection, author: Author, event: Event, *, moves_time: bool = True) -> None:
    """Write one event of this author and move its chain on; `author` is changed in place."""
    head = chain(author.head, event.canonical().encode())
    moves = touch(event.kind, event.body)
    connection.execute(
        "INSERT INTO event (id, author, seq, at, wall, mono, boot, kind, staff, late, v, body, head, item, queue,"
        " party, tx) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event.id,
            author.a,
            event.seq,
            event.at,
            event.wall,
            event.mono,
            event.boot,
            event.kind,
            event.staff,
            event.late,
            event.v,
            canonical_text(event.body),
            head,
            moves.item or None,
            moves.queue or None,
            moves.party or None,
            event.body.get("tx"),
        ),
    )
    author.seq, author.head = event.seq, head
    if moves_time and not event.late:
        author.last_at = max(author.last_at, event.at)


def save_author(connection: apsw.Connection, author: Author) -> None:
    """Keep the end of the chain; once per transaction, after its events."""
    connection.execute(
        "UPDATE author SET seq = ?, head = ?, last_at = ? WHERE a = ?",
        (author.seq, author.head, author.last_at, author.a),
    )


def from_row(library: str, row: tuple[Any, ...]) -> Event:
    """An event from a row of `SELECT`."""
    id_, desk, inc, seq, at, wall, mono, boot, kind, staff, body, late, v = row
    return Event(id_, library, desk, inc, seq, at, wall, mono, boot, kind, staff, json.loads(body), bool(late), v)


def of_item(connection: Reading, library: str, item: str) -> list[Event]:
    """All events that move a copy."""
    return [from_row(library, row) for row in connection.execute(SELECT + "WHERE e.item = ?", (item,))]


def of_queue(connection: Reading, library: str, queue: str) -> list[Event]:
    """All events that move a title's waiting queue."""
    return [from_row(library, row) for row in connection.execute(SELECT + "WHERE e.queue = ?", (queue,))]


def of_party(connection: Reading, library: str, party: str) -> list[Event]:
    """All events that move a party's account."""
    return [from_row(library, row) for row in connection.execute(SELECT + "WHERE e.party = ?", (party,))]


def one(connection: Reading, library: str, event_id: str) -> Event | None:
    """The event of this id, if it is here."""
    row = connection.execute(SELECT + "WHERE e.id = ?", (event_id,)).fetchone()
    return from_row(library, row) if row else None


def all_events(connection: Reading, library: str) -> Iterator[Event]:
    """Every event in the order in which it arrived here."""
    for row in connection.execute(SELECT + "ORDER BY e.n"):
        yield from_row(library, row)


class ChainFault(Struct, frozen=True):
    """A place where the journal does not continue itself."""

    desk: str
    inc: str
    seq: int
    what: str


def check_chains(connection: Reading, library: str, zone: str, own: str = "") -> Iterable[ChainFault]:
    """Recompute every chain from its genesis, a branch from where it left; yields each first fault of an incarnation.

    Only the desk `own` has transactions here ("" = whichever).
    """
    for a, desk, inc, fork, first, seq, head in list(
        connection.execute("SELECT a, desk, inc, fork, first, seq, head FROM author ORDER BY a")
    ):
        link = genesis(library, desk, inc, zone) if first == 1 else link_at(connection, desk, inc, "", first - 1)
        if link is None:
            yield ChainFault(desk, inc + fork, first - 1, "missing")
            continue
        fault = _check_chain(connection, library, a, link, first, seq, head, with_tx=own in ("", desk))
        if fault is not None:
            yield ChainFault(desk, inc + fork, *fault)


def link_at(connection: Reading, desk: str, inc: str, fork: str, seq: int) -> bytes | None:
    """The chain's link after an event, or None when it is not here."""
    row = connection.execute(
        "SELECT e.head FROM author a JOIN event e ON e.author = a.a WHERE a.desk = ? AND a.inc = ? AND a.fork = ?"
        " AND e.seq = ?",
        (desk, inc, fork, seq),
    ).fetchone()
    return bytes(row[0]) if row else None


def _check_chain(
    connection: Reading, library: str, a: int, link: bytes, first: int, last: int, head: bytes, *, with_tx: bool
) -> tuple[int, str] | None:
    expected = first
    rows = connection.execute(
        f"SELECT e.id, a.desk, a.inc, {_COLUMNS}, e.head, e.item, e.queue, e.party, e.tx FROM event e"
        " JOIN author a ON a.a = e.author WHERE e.author = ? ORDER BY e.seq",
        (a,),
    )
    for row in rows:
        kept, moved = row[-5], row[-4:]
        if row[3] != expected:
            return expected, "missing"
        try:
            event = from_row(library, row[:-5])
            link = chain(link, _line(library, row).encode())
            # What this program does not understand, or had under this id before, is kept and bears on nothing.
            folded = TWICE not in event.id and event.v == EVENT_VERSION and not check_body(event.kind, event.body)
            told = touch(event.kind, event.body) if folded else Touch()
        except (ValueError, AttributeError, RecursionError):
            # A body that is no JSON object any more.
            return expected, "changed"
        if link != kept:
            return event.seq, "changed"
        if folded and row[10] != canonical_bytes(event.body).decode():
            return event.seq, "not-canonical"
        tx = event.body.get("tx") if with_tx else None
        if moved != (told.item or None, told.queue or None, told.party or None, tx):
            return event.seq, "misfiled"
        expected += 1
    if expected - 1 != last or link != head:
        return expected, "cut-off"
    return None


def _line(library: str, row: tuple[Any, ...]) -> str:
    """The text that was hashed, from a row as it is kept: also a body that this program would write otherwise."""
    id_, desk, inc, seq, at, wall, mono, boot, kind, staff, body, late, v = row[:13]
    return (
        f'{{"at":{at},"body":{body},"boot":{quoted(boot)},"desk":{quoted(desk)},"id":{quoted(id_.partition(TWICE)[0])},'
        f'"inc":{quoted(inc)},"kind":{quoted(kind)},"late":{"true" if late else "false"},"library":{quoted(library)},'
        f'"mono":{mono},"seq":{seq},"staff":{quoted(staff)},"v":{v},"wall":{wall}}}'
    )
