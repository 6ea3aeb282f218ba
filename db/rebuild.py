"""Making the projections new from the journal: after a restore, and to prove the ones that stand."""

from __future__ import annotations

from collections.abc import Iterator

import apsw

from app.domain.canonical import ZERO
from app.domain.fold import FoldRules
from db import search, search_behind
from db.projection import Projection
from db.records import Records
from db.sql import Reading

_PROJECTIONS = (
    "item_state", "loan", "finding", "queue_state", "hold", "account", "charge", "payment", "undone",
)  # fmt: skip


_AT_ONCE = 500


def rebuild(connection: apsw.Connection, library: str, rules: FoldRules) -> bytes:
    """Throw the projections away and fold the whole journal again; returns the state hash. Runs inside a transaction
    of the caller."""
    reading: Reading = connection
    for table in _PROJECTIONS:
        connection.execute(f"DELETE FROM {table}")
    connection.execute(
        "INSERT OR IGNORE INTO undone (event, by)"
        " SELECT json_extract(body, '$.event'), id FROM event WHERE kind = 'act.undone'"
    )
    projection = Projection(connection, library, rules)
    projection.state_hash = ZERO
    for names in _pieces(reading, "item"):
        projection.fold(items=names)
    for names in _pieces(reading, "queue"):
        projection.fold(queues=names)
    for names in _pieces(reading, "party"):
        projection.fold(parties=names)
    projection.save()
    return projection.state_hash


def _pieces(reading: Reading, column: str) -> Iterator[list[str]]:
    """The aggregates that events of the journal move, some at a time."""
    rows = reading.execute(f"SELECT DISTINCT {column} FROM event WHERE {column} IS NOT NULL ORDER BY {column}")
    names = [row[0] for row in rows]
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]


def reindex(connection: apsw.Connection) -> None:
    """Make the search index, and the codes readers are found by, new from the records."""
    from db.rows import MEMBER, TITLE, member_from, title_from

    reading: Reading = connection
    connection.execute("DELETE FROM title_fts")
    connection.execute("DELETE FROM member_fts")
    for row in reading.execute(f"SELECT {TITLE}, t.n FROM title t").fetchall():
        search.index_title(connection, row[-1], search.title_words(title_from(row)))
    records = Records(connection)
    connection.execute("DELETE FROM member_card")
    for row in reading.execute(f"SELECT {MEMBER}, m.n FROM member m").fetchall():
        member = member_from(row)
        search.index_member(connection, row[-1], search.member_words(member))
        records.put_cards(member)
    search_behind.end(connection)
