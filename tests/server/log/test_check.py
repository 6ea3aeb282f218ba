"""A check finds whatever was meddled with in the log, over both databases."""

from __future__ import annotations

import pytest

from server.log.store import SqlLogStore
from tests.server.log.lives import LIBRARY, Writer, push, with_desks


@pytest.fixture
def lived(store: SqlLogStore) -> SqlLogStore:
    """A small log with a loan, a return, money and a hold."""
    one = Writer("one")
    with_desks(store, one)
    one.lend(0)
    one.lend(1)
    one.bring(0)
    party = {"party": "1" * 32}
    one.act("charge.made", {**party, "charge": "2" * 32, "amount": 500, "reason": "lost"})
    one.act("hold.placed", {**party, "hold": "3" * 32, "queue": "4" * 32})
    push(store, one.run(1, 3), one.run(4))
    return store


def test_nothing_is_found_where_nothing_is_wrong(lived: SqlLogStore) -> None:
    assert list(lived.check(LIBRARY)) == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE event SET staff = 'x' WHERE gsn = 2", "chain"),
        ("UPDATE event SET at = at + 1 WHERE gsn = 4", "chain"),
        ("UPDATE event SET wall = wall + 1 WHERE gsn = 5", "chain"),
        ("DELETE FROM event WHERE gsn = 3", "chain"),
        ("DELETE FROM run WHERE gsn = 4", "chain"),
        ("UPDATE author SET seq = 4", "chain"),
        ("UPDATE run SET hash = head WHERE gsn = 1", "running-hash"),
        ("UPDATE library SET hash = state", "running-hash"),
        ("UPDATE run SET signature = head WHERE gsn = 1", "signature"),
        ("UPDATE library SET state = hash", "state-hash"),
        ("UPDATE item SET hash = (SELECT hash FROM queue)", "fold"),
        ("DELETE FROM queue", "fold"),
        ("UPDATE account SET party = '0'", "fold"),
        ("DELETE FROM item", "fold"),
        ("UPDATE event SET item = NULL WHERE gsn = 1", "fold"),
    ],
)
def test_every_meddling_is_found(lived: SqlLogStore, statement: str, what: str) -> None:
    with lived.database.write() as sql:
        sql.run(statement)
    assert what in {fault.what for fault in lived.check(LIBRARY)}
