"""Projections and search made new from journal and records."""

from __future__ import annotations

from db import search
from db.policies import Policies
from db.rebuild import rebuild, reindex
from tests.builders import CARD, DERIVED, OTHER_CARD, Library, derived, rows_of


def busy(library: Library) -> None:
    """A little of everything."""
    library.lend(CARD, "B001")
    library.lend(OTHER_CARD, "C001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["B001"].title_id)
    library.clock.go(days=30)
    library.bring("B001")
    library.bring("C001")
    library.circulation.undo(library.desk)
    library.money.pay(library.desk, library.members[CARD].id, 2000)


def test_whatever_was_in_the_projections_they_come_back(library: Library) -> None:
    busy(library)
    before = derived(library.store)
    connection = library.store.connection
    connection.execute("UPDATE loan SET due_on = '1999-01-01'")
    connection.execute("DELETE FROM account")
    connection.execute("UPDATE hold SET state = 'fulfilled'")
    connection.execute("DELETE FROM undone")
    with connection:
        state = rebuild(connection, library.store.identity.library, Policies(connection, library.store.zone))
    assert state == before["state_hash"][0][0]
    library.store.projection.reload()
    assert derived(library.store) == before
    assert all(rows_of(library.store, f"SELECT count(*) FROM {t}")[0][0] for t in DERIVED if t != "finding")


def test_an_index_that_was_lost_is_made_new(library: Library) -> None:
    library.member("22.01.0001", "Nabila Zahrani", card_nos=("04A2B3", "K-77"))
    connection = library.store.connection
    connection.execute("DELETE FROM title_fts")
    connection.execute("DELETE FROM member_fts")
    connection.execute("DELETE FROM member_card")
    assert search.titles(connection, "sejarah", 5).ids == ()
    reindex(connection)
    assert len(search.titles(connection, "sejarah", 5).ids) == 1
    assert len(search.members(connection, "nabila", 5).ids) == 1
    with library.store.read() as facts:
        assert [hit.member.name for hit in facts.member_by_card("k-77")] == ["Nabila Zahrani"]
    reindex(connection)
    assert len(search.titles(connection, "sejarah", 5).ids) == 1
