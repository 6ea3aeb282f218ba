"""The search index of a library that came as a file: built behind, in short transactions, while the desk lends.

Numbers, cards and barcodes are found by their own indexes at once; words only as far as this has come.
"""

from __future__ import annotations

import apsw

from db import search
from db.replica_state import keep_number, read_number
from db.rows import MEMBER, TITLE, member_from, title_from
from db.sql import Reading

AT_ONCE = 300
_TITLE, _MEMBER = "search.title", "search.member"
"""How far each index has come, by row number; nothing is kept once it is whole."""


def begin(connection: apsw.Connection) -> None:
    """All of it is still to be done. In the caller's transaction."""
    for key in (_MEMBER, _TITLE):
        keep_number(connection, key, 0)


def end(connection: apsw.Connection) -> None:
    """It was made whole another way."""
    for key in (_MEMBER, _TITLE):
        keep_number(connection, key, None)


def left(connection: Reading) -> int:
    """How many titles and readers cannot be found by words yet, at most."""
    total = 0
    for key, table in ((_MEMBER, "member"), (_TITLE, "title")):
        done = read_number(connection, key)
        if done is not None:
            total += max(0, int(connection.execute(f"SELECT coalesce(max(n), 0) FROM {table}").fetchone()[0]) - done)
    return total


def more(connection: apsw.Connection, most: int = AT_ONCE) -> bool:
    """Index some more, readers first; True while any are left. In the caller's transaction."""
    db: Reading = connection
    done = read_number(db, _MEMBER)
    if done is not None:
        rows = db.execute(
            f"SELECT {MEMBER}, m.n FROM member m WHERE m.n > ? ORDER BY m.n LIMIT ?", (done, most)
        ).fetchall()
        connection.executemany(
            "INSERT OR REPLACE INTO member_fts (rowid, words) VALUES (?, ?)",
            [(row[-1], search.member_words(member_from(row))) for row in rows],
        )
        keep_number(connection, _MEMBER, rows[-1][-1] if rows else None)
        return True
    done = read_number(db, _TITLE)
    if done is None:
        return False
    rows = db.execute(f"SELECT {TITLE}, t.n FROM title t WHERE t.n > ? ORDER BY t.n LIMIT ?", (done, most)).fetchall()
    connection.executemany(
        "INSERT OR REPLACE INTO title_fts (rowid, words) VALUES (?, ?)",
        [(row[-1], search.title_words(title_from(row))) for row in rows],
    )
    keep_number(connection, _TITLE, rows[-1][-1] if rows else None)
    return bool(rows)
