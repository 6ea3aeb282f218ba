"""A scan reads no fact twice, and never believes what somebody has changed since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from msgspec.structs import replace

from app.domain.records import ItemStatus
from app.services.outcome import Kind
from db.connection import connect
from db.store import DeskStore
from tests.builders import CARD, Library, head, rows_of


@contextmanager
def reads_of(store: DeskStore, table: str) -> Iterator[list[str]]:
    """The statements within the block that read rows of a table by its own columns."""
    found: list[str] = []

    def note(_cursor: object, statement: str, _bindings: object) -> bool:
        if statement.startswith("SELECT") and f"FROM {table} " in statement:
            found.append(statement)
        return True

    store.connection.exec_trace = note
    try:
        yield found
    finally:
        store.connection.exec_trace = None


def test_a_scanned_copy_is_read_once(library: Library) -> None:
    session = library.session(head())
    session.scan(CARD)
    with reads_of(library.store, "item i JOIN title") as found:
        assert session.scan("B001").kind is Kind.LENT
    assert len(found) == 1


def test_what_was_written_is_read_again(library: Library) -> None:
    item = library.items["B001"]
    with library.store.read() as facts:
        before = facts.item_by_id(item.id)
    with library.store.act() as act:
        act.put_item(replace(item, status=ItemStatus.REPAIR))
        inside = act.item_by_id(item.id)
    assert before is not None
    assert before.item.status is ItemStatus.AVAILABLE
    assert inside is not None
    assert inside.item.status is ItemStatus.REPAIR


def test_what_another_connection_wrote_is_read_again(library: Library) -> None:
    item, member = library.items["B001"], library.members[CARD]
    with library.store.read() as facts:
        facts.item_by_id(item.id)
        facts.member_by_id(member.id)
    with closing(connect(library.home.store, library.store.key)) as other:
        other.execute("UPDATE item SET status = 'repair' WHERE id = ?", (item.id,))
        other.execute("UPDATE member SET blocked = 'x' WHERE id = ?", (member.id,))
    with library.store.act() as act:
        hit, reader = act.item_by_id(item.id), act.member_by_id(member.id)
    assert hit is not None
    assert hit.item.status is ItemStatus.REPAIR
    assert reader is not None
    assert reader.facts.blocked


def test_what_was_rolled_back_was_never_true(library: Library) -> None:
    item = library.items["B001"]

    def halfway() -> None:
        with library.store.act() as act:
            act.put_item(replace(item, status=ItemStatus.REPAIR))
            act.item_by_id(item.id)
            raise KeyError

    with pytest.raises(KeyError):
        halfway()
    with library.store.read() as facts:
        hit = facts.item_by_id(item.id)
    assert hit is not None
    assert hit.item.status is ItemStatus.AVAILABLE


def test_a_day_of_looking_fills_no_memory(library: Library) -> None:
    with library.store.read() as facts:
        for number in range(600):
            library.store.seen.keep(str(number), number)
        assert library.store.seen.get(int, "599") == 599
        assert library.store.seen.get(int, "0") is None
        assert facts.item_by_id(library.items["B001"].id) is not None


@pytest.mark.parametrize("past", [1, 6])
def test_a_loan_asks_nothing_of_what_its_reader_had_before(library: Library, past: int) -> None:
    """Each of those loans was settled, so the reader has a token for each: none of them can change by this one."""
    for _ in range(past):
        library.lend(CARD, "C001")
        library.clock.go(days=1)
        library.bring("C001")
    assert rows_of(library.store, "SELECT count(*) FROM party") == [(past,)]
    library.lend(CARD, "C001")
    with reads_of(library.store, "loan WHERE charges IS NOT NULL AND party") as charged:
        assert library.lend(CARD, "B001").event_id
    assert charged == []
