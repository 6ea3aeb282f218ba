"""The journal: every changed, missing, added or swapped event is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.canonical import ZERO, chain
from app.domain.event import genesis
from app.domain.ids import derived_id
from db import journal
from db.journal import check_chains
from db.store import mint_incarnation
from tests.builders import CARD, Library, founded, rows_of


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with a few events of two incarnations."""
    lib = founded(tmp_path_factory.mktemp("journal"))
    lib.member(CARD)
    for barcode in ("B001", "B002"):
        lib.item(barcode)
    for barcode in ("B001", "B002", "B001"):
        lib.lend(CARD, barcode)
        lib.bring(barcode)
    mint_incarnation(lib.store, "copied-or-restored")
    lib.lend(CARD, "B002")
    yield lib
    lib.close()


def faults(library: Library) -> list[str]:
    """What the check of the chains says."""
    found = check_chains(library.store.connection, library.store.identity.library, library.store.zone)
    return [fault.what for fault in found]


def after(library: Library, *statements: str) -> list[str]:
    """What the check says after a change that is taken back at once."""
    connection = library.store.connection
    connection.execute("BEGIN")
    try:
        for statement in statements:
            connection.execute(statement)
        return faults(library)
    finally:
        connection.execute("ROLLBACK")


def test_a_true_journal_continues_itself(told: Library) -> None:
    assert faults(told) == []
    first = rows_of(told.store, journal.SELECT.replace("SELECT ", "SELECT e.head, ", 1) + "WHERE e.n = 1")[0]
    identity = told.store.identity
    author = rows_of(told.store, "SELECT inc FROM author WHERE a = 1")[0][0]
    event = journal.from_row(identity.library, first[1:])
    link = genesis(identity.library, identity.desk, author, identity.zone)
    assert first[0] == chain(link, event.canonical().encode())
    assert link != genesis(identity.library, identity.desk, author, "Asia/Makassar")
    assert link != ZERO


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
@given(st.data())
def test_any_changed_letter_of_a_body_is_found(told: Library, data: st.DataObject) -> None:
    rows = rows_of(told.store, "SELECT n, body FROM event")
    n, body = data.draw(st.sampled_from(rows))
    place = data.draw(st.integers(0, len(body) - 1))
    letter = data.draw(st.sampled_from([chr(ord(body[place]) ^ bit) for bit in (1, 2, 4, 8, 16, 32)]))
    changed = (body[:place] + letter + body[place + 1 :]).replace("\0", "\1")
    connection = told.store.connection
    connection.execute("BEGIN")
    try:
        connection.execute("UPDATE event SET body = ? WHERE n = ?", (changed, n))
        assert faults(told) == ["changed"] or faults(told) == ["not-canonical"]
    finally:
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("column", ["at", "wall", "mono", "v", "seq"])
@pytest.mark.parametrize("step", [1, -1])
def test_a_changed_number_is_found(told: Library, column: str, step: int) -> None:
    for (n,) in rows_of(told.store, "SELECT n FROM event"):
        assert after(told, f"UPDATE event SET {column} = {column} + {step} WHERE n = {n}")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", "'" + "a" * 32 + "'"),
        ("staff", "'x'"),
        ("boot", "'x'"),
        ("kind", "'item.found'"),
        ("late", "1 - late"),
        ("head", "zeroblob(32)"),
    ],
)
def test_a_changed_column_is_found(told: Library, column: str, value: str) -> None:
    for n in (1, 4, 7):
        assert after(told, f"UPDATE event SET {column} = {value} WHERE n = {n}") == ["changed"]


@pytest.mark.parametrize("column", ["item", "queue", "party", "tx"])
def test_an_event_filed_under_something_else_is_found(told: Library, column: str) -> None:
    assert after(told, f"UPDATE event SET {column} = '{'a' * 32}' WHERE n = 4") == ["misfiled"]
    assert after(told, "UPDATE event SET item = NULL WHERE n = 4") == ["misfiled"]


def test_a_missing_event_is_found_wherever_it_was(told: Library) -> None:
    for (n,) in rows_of(told.store, "SELECT n FROM event"):
        assert after(told, f"DELETE FROM event WHERE n = {n}") in (["missing"], ["cut-off"])


def test_a_tail_cut_off_is_found_even_when_the_author_was_told(told: Library) -> None:
    last = rows_of(told.store, "SELECT n, author, seq FROM event ORDER BY n DESC LIMIT 1")[0]
    cut = f"DELETE FROM event WHERE n = {last[0]}"
    assert after(told, cut) == ["cut-off"]
    assert after(told, cut, f"UPDATE author SET seq = seq - 1 WHERE a = {last[1]}") == ["cut-off"]


def test_two_swapped_events_are_found(told: Library) -> None:
    for n in (2, 3, 4):
        assert after(
            told,
            f"UPDATE event SET seq = -1 WHERE n = {n}",
            f"UPDATE event SET seq = {n} WHERE n = {n + 1}",
            f"UPDATE event SET seq = {n + 1} WHERE seq = -1",
        )


def test_an_added_event_is_found(told: Library) -> None:
    columns = "author, seq, at, wall, mono, boot, kind, staff, late, v, body, head, item, queue, party, tx"
    added = columns.replace("seq", "seq + 1", 1)
    new = derived_id("t", "new")
    assert after(told, f"INSERT INTO event (id, {columns}) SELECT '{new}', {added} FROM event ORDER BY n DESC LIMIT 1")


def test_another_library_zone_or_desk_has_another_chain(told: Library) -> None:
    connection, identity = told.store.connection, told.store.identity
    assert [fault.what for fault in check_chains(connection, "f" * 32, identity.zone)] == ["changed", "changed"]
    assert [fault.seq for fault in check_chains(connection, identity.library, "Asia/Jayapura")] == [1, 1]


def test_events_come_back_as_they_were_recorded(tmp_path: Path) -> None:
    lib = founded(tmp_path)
    lib.member(CARD)
    lib.item("B001")
    lib.lend(CARD, "B001")
    recorded = []
    with lib.store.act(staff="s", tx="t" * 32) as act:
        recorded.append(act.record("item.returned", {"item": lib.items["B001"].id, "note": "é ل \"'\\ \u2028"}))
    one = journal.one(lib.store.connection, lib.store.identity.library, recorded[0].id)
    assert one == recorded[0]
    assert one is not None
    assert json.loads(one.canonical())["body"]["tx"] == "t" * 32
    assert journal.one(lib.store.connection, "", "none") is None
    everything = list(journal.all_events(lib.store.connection, lib.store.identity.library))
    assert everything[-1] == recorded[0]
    assert [event.seq for event in everything] == list(range(1, len(everything) + 1))
    of_item = journal.of_item(lib.store.connection, lib.store.identity.library, lib.items["B001"].id)
    assert [event.kind for event in of_item] == ["loan.opened", "item.returned"]
    lib.close()
