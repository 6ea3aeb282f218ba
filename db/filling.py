"""A joined home that is filled from a snapshot: beside its store, and put in its place when it is whole and proved.

Records that are many are written without what an edit at a desk needs (marks for followers, search words), and their
indexes are made at the end. Events go the way of all events of the log. Until the swap the home is as it was.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any

import apsw

from app.domain.canonical import canonical_text
from app.domain.replica import LogFault, LogRecord, LogRun, Place, RecordRows
from app.domain.text import code_key
from app.domain.vouch import salt_from
from app.small_file import sync_folder
from db import search_behind
from db.connection import connect
from db.errors import spoken
from db.home import Home
from db.records import ITEM_COLUMNS, MEMBER_COLUMNS, TITLE_COLUMNS, isbn_key, list_text
from db.replica import Replica

Portion = RecordRows | list[LogRecord] | list[LogRun]
# A row is the record's place in the log and its stamps (0 to 6), its id (7), and its fields.
_TABLES = ("title", "item", "member", "member_card", "party")


def fill(home: Home, key: bytes, place: Place, state: str, portions: Callable[[Replica], Iterable[Portion]]) -> None:
    """Take a snapshot of the log up to `place`, which folds to the state hash `state` (hex). `portions` gives its
    content, asked with the replica that is being filled. The caller holds the home, which nobody has open.

    Raises LogFault when the content is not what was said, and KnownError; then the home is as it was.
    """
    aside = home.root / "filling.db"
    try:
        with spoken():
            with closing(connect(home.store, key)) as before:
                before.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(home.store, aside)
            with closing(Replica(home, key, aside)) as replica:
                _fill(replica, place, state, portions)
        with open(aside, "r+b") as file:
            os.fsync(file.fileno())
        aside.replace(home.store)
        sync_folder(home.root)
    finally:
        for left in home.root.glob(aside.name + "*"):
            left.unlink()


def _fill(replica: Replica, place: Place, state: str, portions: Callable[[Replica], Iterable[Portion]]) -> None:
    db = replica.connection
    # The file is thrown away if anything goes wrong, and made safe as a whole.
    for said in (
        "journal_mode = off",
        "synchronous = off",
        "locking_mode = exclusive",
        "cache_size = -131072",
        "threads = 2",
    ):
        db.execute(f"PRAGMA {said}")
    indexes = _without_indexes(db)
    try:
        for portion in portions(replica):
            if isinstance(portion, RecordRows):
                with db:
                    _put(db, portion)
            else:
                replica.take_file(portion)
    except apsw.ConstraintError as error:
        raise LogFault("twice") from error
    with db:
        for statement in indexes:
            db.execute(statement)
        search_behind.begin(db)
    replica.taken_file(place, state)


def _without_indexes(db: apsw.Connection) -> list[str]:
    """Drop what is faster made at the end; the statements that make it again."""
    marks = ", ".join("?" * len(_TABLES))
    rows = db.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})",
        _TABLES,
    ).fetchall()
    for name, _sql in rows:
        db.execute(f"DROP INDEX {name}")
    return [str(sql) for _name, sql in rows]


def _put(db: apsw.Connection, portion: RecordRows) -> None:
    kind, rows = portion.kind, portion.rows
    _WRITERS[kind](db, rows)
    db.executemany(
        "INSERT INTO revision (kind, id, gsn, stamp, edited, seen) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (kind, record, gsn, f"[{at},{_who(desk, inc)},{n}]", edited or None, seen)
            for gsn, at, desk, inc, n, edited, seen, record, *_ in rows
        ],
    )


@lru_cache(maxsize=1024)
def _who(desk: str, inc: str) -> str:
    return canonical_text([desk, inc])[1:-1]


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


_TITLE, _ITEM, _MEMBER = (
    _insert(table, columns)
    for table, columns in (("title", TITLE_COLUMNS), ("item", ITEM_COLUMNS), ("member", MEMBER_COLUMNS))
)


def _titles(db: apsw.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    db.executemany(
        _TITLE,
        [
            (*row[7:9], list_text(row[9]), *row[10:23], list_text(row[23]), *row[24:], isbn_key(row[13]))
            for row in rows
        ],
    )  # fmt: skip


def _items(db: apsw.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    db.executemany(
        _ITEM,
        [
            (
                *row[7:10], code_key(row[9]), row[10], row[11], code_key(row[11]) or None, *row[12:15], row[15],
                *row[16:19], row[19] and row[19].isoformat(), *row[20:],
            )
            for row in rows
        ],
    )  # fmt: skip


def _members(db: apsw.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    db.executemany(
        _MEMBER,
        [
            (
                row[7], row[8], code_key(row[8]), *row[9:13], row[13] and row[13].isoformat(), *row[14:17],
                row[17] and row[17].isoformat(), row[18] and row[18].isoformat(), *row[19:24], list_text(row[24]),
                row[25],
            )
            for row in rows
        ],
    )  # fmt: skip
    db.executemany(
        "INSERT OR IGNORE INTO member_card (card_key, member) VALUES (?, ?)",
        [(code_key(card), row[7]) for row in rows for card in row[24]],
    )


def _parties(db: apsw.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    db.executemany(_insert("party", ("token", "member", "made_at", "imported")), [row[7:11] for row in rows])
    salts = [("party", row[7], "member", salt) for row in rows if (salt := salt_from(row[11])) is not None]
    db.executemany(_insert("vouched", ("kind", "id", "field", "salt")), salts)


_WRITERS: dict[str, Callable[[apsw.Connection, Sequence[tuple[Any, ...]]], None]] = {
    "title": _titles,
    "item": _items,
    "member": _members,
    "party": _parties,
}
