"""What a desk reads of the log, over both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.canonical import ZERO
from server.log.store import SqlLogStore
from sync.protocol.messages import Chain, Hashes, Have
from tests.server.log.lives import LIBRARY, NOW, Writer, pull_all, push, record, with_desks


@pytest.fixture
def two(store: SqlLogStore) -> tuple[SqlLogStore, Writer, Writer]:
    """Two desks' runs with records between them."""
    one, other = Writer("one"), Writer("other")
    with_desks(store, one, other)
    for number in range(4):
        one.lend(number % 5, 0)
        other.bring(number % 5)
        push(store, one.run(number + 1), records=[record("title", f"t{number}", number, title="x")])
        push(store, other.run(number + 1))
    return store, one, other


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_pages_of_any_size_hold_the_whole_log_in_order(two: tuple[SqlLogStore, Writer, Writer], limit: int) -> None:
    store, _, _ = two
    pages = pull_all(store, limit=limit)
    numbers = [entry.gsn for page in pages for entry in page.entries]
    assert numbers == list(range(1, 13))
    assert pages[-1].next == pages[-1].head == 12
    assert all(sum(len(e.run.rows) if e.run else 1 for e in page.entries) <= max(limit, 1) for page in pages)
    whole = pull_all(store, limit=1000)[0]
    assert [entry for page in pages for entry in page.entries] == list(whole.entries)
    assert pages[-1].hash == whole.hash


def test_a_desk_s_own_runs_come_as_numbers_unless_asked_whole(two: tuple[SqlLogStore, Writer, Writer]) -> None:
    store, one, other = two
    page = store.pull(LIBRARY, one.desk, 0, "", 100, own_whole=False, now=NOW)
    assert [entry.own for entry in page.entries if entry.own] == [(one.inc, n, n) for n in range(1, 5)]
    assert {entry.run.desk for entry in page.entries if entry.run} == {other.desk}
    whole = store.pull(LIBRARY, one.desk, 0, "", 100, own_whole=True, now=NOW)
    assert not [entry for entry in whole.entries if entry.own]
    assert (whole.next, whole.hash) == (page.next, page.hash)


def test_a_run_comes_back_as_it_was_signed(two: tuple[SqlLogStore, Writer, Writer]) -> None:
    store, one, _ = two
    runs = [entry.run for page in pull_all(store) for entry in page.entries if entry.run]
    found = [run for run in runs if run.desk == one.desk]
    assert found == [one.run(number, number) for number in range(1, 5)]


def test_a_superseded_revision_is_passed_over(two: tuple[SqlLogStore, Writer, Writer]) -> None:
    store, _, _ = two
    push(store, records=[record("title", f"t{number}", 50, title="y") for number in range(4)])
    numbers = [entry.gsn for page in pull_all(store, limit=2) for entry in page.entries if entry.record]
    assert numbers == [13, 14, 15, 16]


def test_a_cursor_of_another_history_is_told(two: tuple[SqlLogStore, Writer, Writer]) -> None:
    store, one, _ = two
    for cursor, hash_ in ((99, ZERO.hex()), (5, ZERO.hex()), (3, "0" * 64), (12, "")):
        page = store.pull(LIBRARY, one.desk, cursor, hash_, 10, own_whole=False, now=NOW)
        assert (page.moved, page.entries, page.next) == (True, (), cursor)
    at = store.hashes(LIBRARY, Hashes((0, 3, 5, 12, 13)))
    assert at.hashes[0] == ZERO.hex()
    assert at.hashes[-1] == ""
    for cursor, hash_ in zip((0, 3, 5, 12), at.hashes, strict=False):
        assert not store.pull(LIBRARY, one.desk, cursor, hash_, 10, own_whole=False, now=NOW).moved


def test_the_running_hash_inside_a_run_is_that_of_its_pieces(opener: Callable[[], SqlLogStore]) -> None:
    one = Writer("one")
    for number in range(5):
        one.lend(number)
    store = with_desks(opener(), one)
    push(store, one.run())
    inside = store.hashes(LIBRARY, Hashes((1, 2, 3, 4, 5))).hashes
    assert len(set(inside)) == 5
    page = store.pull(LIBRARY, "x", 2, inside[1], 10, own_whole=True, now=NOW)
    # Whoever stands inside a run gets all of it: what it lacks of it must come somehow.
    assert (page.moved, page.next) == (False, 5)
    assert [(entry.gsn, len(entry.run.rows)) for entry in page.entries if entry.run] == [(1, 5)]


def test_how_far_chains_are_known_is_told_branch_by_branch(two: tuple[SqlLogStore, Writer, Writer]) -> None:
    store, one, other = two
    twin = one.copy("twin")
    one.lend(0)
    twin.bring(0)
    twin.bring(1)
    push(store, one.run(5))
    fork = push(store, twin.run(5)).runs[0].fork
    none = ZERO.hex()
    asked = [
        Chain(one.desk, one.inc, 9, none), Chain(one.desk, f"{one.inc}~{fork}", 9, none),
        Chain(other.desk, other.inc, 1, none), Chain("f" * 32, "i", 1, none),
    ]  # fmt: skip
    known = store.have(LIBRARY, Have(tuple(asked))).chains
    assert [(one.seq, one.head) for one in known] == [
        (5, one.links[5].hex()), (6, twin.links[6].hex()), (4, other.links[4].hex()), (0, none),
    ]  # fmt: skip
    assert store.have(LIBRARY, Have(())).chains == ()


def test_a_page_ends_before_it_grows_too_large(store: SqlLogStore) -> None:
    one = Writer("one")
    with_desks(store, one)
    wide = "x" * 14_000
    for _ in range(400):
        one.act("item.returned", {"item": "0" * 32, "note": wide})
    for start in range(1, 401, 50):
        push(store, one.run(start, start + 49))
    pages = pull_all(store, limit=2000)
    assert len(pages) > 2
    assert sum(len(entry.run.rows) for page in pages for entry in page.entries if entry.run) == 400
