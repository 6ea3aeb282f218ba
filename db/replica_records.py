"""Records between this desk and the log: which fields were edited here and when, and how what comes is merged in.

Each record that travels has a row in `revision`: the stamps of its fields, and a short digest of each field as it stood
when they were last looked at. A field whose digest differs was edited since, by the act that marked the change; so an
edit is stamped whichever door it came in by, and what the log brought is never taken for one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import apsw
from msgspec import Struct

from app.domain.canonical import canonical_text
from app.domain.event import OrderKey
from app.domain.record_form import DIGEST, FIELDS, POLICY, field_digests
from app.domain.replica import LogRecord
from app.domain.revision import NEVER, Revision, edit, erase, merge
from app.domain.vouch import salted
from db.replica_fields import Unusable, erase_fields, read_fields, travels, write_fields
from db.replica_state import NOTED, keep_number, read_number
from db.sql import Reading

BATCH = 500
_NOTHING = object()
SEND, FIRST, REFUSED = 1, 2, -1
"""What `dirty` says: to be sent; before all others (rule versions); sent, and not taken until it is another."""


class Sent(Struct, frozen=True):
    """A record as it was read for sending; `mark` tells whether it was edited again meanwhile."""

    revision: Revision
    mark: str


def note_edits(connection: apsw.Connection, desk: str, inc: str, most: int = BATCH) -> bool:
    """Stamp what was edited here since the last look, `most` marks at once; True when more may wait. In the caller's
    transaction."""
    db: Reading = connection
    noted = read_number(db, NOTED) or 0
    changes = db.execute("SELECT n, kind, id, at FROM change WHERE n > ? ORDER BY n LIMIT ?", (noted, most)).fetchall()
    if not changes:
        return False
    newest = {(kind, record): (at, desk, inc, n) for n, kind, record, at in changes}
    for (kind, record), stamp in newest.items():
        if travels(kind, record):
            _note(db, kind, record, stamp)
    keep_number(connection, NOTED, changes[-1][0])
    return len(changes) == most


def note_policies(connection: apsw.Connection) -> None:
    """Rule versions stand with the act that published them."""
    db: Reading = connection
    rows = db.execute(
        "SELECT p.hash, p.stamp FROM policy p WHERE p.stamp <> '' AND NOT EXISTS"
        " (SELECT 1 FROM revision r WHERE r.kind = 'policy' AND r.id = p.hash)"
    ).fetchall()
    for record, stamp in rows:
        _note(db, POLICY, record, _stamp(stamp))


def _note(db: Reading, kind: str, record: str, stamp: OrderKey) -> None:
    fields = read_fields(db, kind, record)
    row = _row(db, kind, record)
    if row is None:
        if fields is not None:
            _keep(db, Revision(kind, record, fields, stamp), 0, FIRST if kind == POLICY else SEND)
        return
    known, gsn, seen, dirty = row
    if known.gone:
        return
    if fields is None:
        _keep(db, erase(known, stamp), gsn, SEND)
        return
    fresh = field_digests(kind, fields)
    names = {
        name for place, name in enumerate(FIELDS[kind])
        if fresh[place * DIGEST :][:DIGEST] != seen[place * DIGEST :][:DIGEST] and name in fields
    }  # fmt: skip
    # An act that vouched for a field anew set it, also to what it was: value and salt stay of one act when merged.
    names |= {salted(name) for name in names} & fields.keys()
    if names:
        newest = max(known.stamp_of(name) for name in names)
        if newest >= stamp:
            # Another desk's clock ran ahead, and whoever edited the record here saw what that desk had made of it.
            stamp = (newest[0] + 1, *stamp[1:])
        whole = Revision(kind, record, {**fields, **known.fields}, known.stamp, known.edited)
        _keep(db, edit(whole, {name: fields[name] for name in names}, stamp), gsn, SEND)
    elif dirty == REFUSED:
        db.execute("UPDATE revision SET dirty = ? WHERE kind = ? AND id = ?", (SEND, kind, record))


def merge_in(connection: apsw.Connection, record: LogRecord, at: int) -> None:
    """Merge a revision of the log into what is here. Everything edited here must have been noted before."""
    db: Reading = connection
    theirs = record.revision
    kind, name = theirs.kind, theirs.id
    row = _row(db, kind, name)
    here = read_fields(db, kind, name) if travels(kind, name) else None
    if row is None:
        merged = theirs if here is None else merge(Revision(kind, name, here, NEVER), theirs)
    else:
        merged = merge(_whole(row[0], here), theirs)
    if travels(kind, name):
        if merged.gone:
            erase_fields(connection, kind, name, at)
        elif here is None or _differs(kind, here, merged.fields):
            # A newer program's record is kept as it is, and handed on; this one goes on with what it had.
            with suppress(Unusable):
                write_fields(connection, kind, name, merged.fields, at, merged.stamp)
    dirty = 0 if merged == theirs else SEND
    _keep(db, merged, record.gsn, dirty)


def _differs(kind: str, here: Mapping[str, Any], merged: Mapping[str, Any]) -> bool:
    """Whether what this program has a place for is another than what is here; a salt may come to a value that stays."""
    if any(merged.get(field) != value for field, value in here.items()):
        return True
    return any(salted(field) and field in merged and field not in here for field in FIELDS[kind])


def noted_all(connection: apsw.Connection) -> None:
    """What `merge_in` marked as changed, for the second copy, is no edit."""
    db: Reading = connection
    newest = db.execute("SELECT coalesce(max(n), 0) FROM change").fetchone()[0]
    keep_number(connection, NOTED, int(newest))


def to_send(connection: Reading, most: int, room: int) -> list[Sent]:
    """Records that the log does not have as they are here: rule versions first, about `room` letters at once."""
    names = connection.execute(
        "SELECT kind, id FROM revision WHERE dirty > 0 ORDER BY dirty DESC LIMIT ?", (most,)
    ).fetchall()
    found: list[Sent] = []
    for kind, name in names:
        row = _row(connection, kind, name)
        if row is None:
            continue
        known = row[0]
        here = None if known.gone else read_fields(connection, kind, name)
        sent = _whole(known, here)
        room -= 200 + sum(len(str(value)) for value in sent.fields.values())
        if found and room < 0:
            break
        found.append(Sent(sent, _mark(known)))
    return found


def taken(connection: Reading, sent: Sequence[Sent], refused: frozenset[tuple[str, str]]) -> None:
    """These are in the log now, but for the refused ones; one that was edited meanwhile is sent again."""
    for one in sent:
        kind, name = one.revision.kind, one.revision.id
        row = _row(connection, kind, name)
        if row is not None and _mark(row[0]) == one.mark:
            state = REFUSED if (kind, name) in refused else 0
            connection.execute("UPDATE revision SET dirty = ? WHERE kind = ? AND id = ?", (state, kind, name))


def to_send_again(connection: Reading, common: int) -> None:
    """The log was found not to hold what it held after this number: all of it is offered again."""
    connection.execute(
        "UPDATE revision SET gsn = 0, dirty = CASE kind WHEN 'policy' THEN ? ELSE ? END WHERE gsn > ?",
        (FIRST, SEND, common),
    )


def _row(db: Reading, kind: str, record: str) -> tuple[Revision, int, bytes, int] | None:
    """A record's stamps; of its fields only what this program has no place for."""
    row = db.execute(
        "SELECT gsn, stamp, edited, seen, rest, gone, dirty FROM revision WHERE kind = ? AND id = ?", (kind, record)
    ).fetchone()
    if row is None:
        return None
    gsn, stamp, edited, seen, rest, gone, dirty = row
    stamps = {name: _stamp(one) for name, one in json.loads(edited).items()} if edited else {}
    fields = json.loads(rest) if rest else {}
    return Revision(kind, record, fields, _stamp(stamp), stamps, bool(gone)), gsn, bytes(seen), dirty


def _keep(db: Reading, revision: Revision, gsn: int, dirty: int) -> None:
    kind = revision.kind
    here = read_fields(db, kind, revision.id) if travels(kind, revision.id) else None
    rest = {name: value for name, value in revision.fields.items() if here is None or here.get(name, _NOTHING) != value}
    edited = {name: list(stamp) for name, stamp in revision.edited.items()}
    db.execute(
        "INSERT OR REPLACE INTO revision (kind, id, gsn, stamp, edited, seen, rest, gone, dirty)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            kind,
            revision.id,
            gsn,
            canonical_text(list(revision.stamp)),
            canonical_text(edited) if edited else None,
            field_digests(kind, here or {}),
            canonical_text(rest) if rest else None,
            revision.gone,
            dirty,
        ),
    )


def _whole(known: Revision, here: Mapping[str, Any] | None) -> Revision:
    """A record as it is here, with what this program has no place for."""
    if known.gone or here is None:
        return known
    return Revision(known.kind, known.id, {**here, **known.fields}, known.stamp, known.edited)


def _mark(revision: Revision) -> str:
    return canonical_text([list(revision.stamp), {name: list(stamp) for name, stamp in revision.edited.items()}])


def _stamp(text: object) -> OrderKey:
    at, desk, inc, n = json.loads(text) if isinstance(text, str) else text  # type: ignore[misc]
    return (at, desk, inc, n)
