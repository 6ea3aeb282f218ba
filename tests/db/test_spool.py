"""The spool: slips wait in order until a printer took them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from db.connection import connect
from db.spool import Spool
from tests.builders import Library, rows_of


@pytest.fixture
def spool(library: Library) -> Iterator[Spool]:
    """A spool with two slips, on a connection of its own."""
    with library.store.act() as act:
        act.queue_print("slip", {"a": 1}, "t" * 32)
        act.queue_print("slip", {"b": "ل"}, "")
    spool = Spool(connect(library.home.store, library.store.key))
    yield spool
    spool.close()


def test_the_oldest_comes_first_and_leaves_when_it_is_printed(library: Library, spool: Spool) -> None:
    first = spool.next()
    assert first is not None
    assert (first.kind, first.body, first.attempts) == ("slip", {"a": 1}, 0)
    assert spool.waiting() == 2
    spool.done(first.n, 5)
    second = spool.next()
    assert second is not None
    assert second.body == {"b": "ل"}
    spool.done(second.n, 6)
    assert spool.next() is None
    assert rows_of(library.store, "SELECT state, done_at FROM print_job") == [("done", 5), ("done", 6)]


def test_what_failed_stays_first_and_says_why(library: Library, spool: Spool) -> None:
    job = spool.next()
    assert job is not None
    spool.failed(job.n, "printer-not-found" + "x" * 500, maybe_printed=False)
    again = spool.next()
    assert again is not None
    assert (again.n, again.attempts) == (job.n, 1)
    assert len(rows_of(library.store, "SELECT problem FROM print_job")[0][0]) == 200


def test_what_went_to_the_printer_without_a_note_of_its_end_is_known(library: Library, spool: Spool) -> None:
    job = spool.next()
    assert job is not None
    assert not job.maybe_printed

    def unsure() -> bool:
        again = spool.next()
        assert again is not None
        return again.maybe_printed

    spool.begun(job.n)
    assert unsure(), "cut off here"
    spool.failed(job.n, "printer-not-found", maybe_printed=False)
    assert not unsure()
    spool.failed(job.n, "printer-timeout", maybe_printed=True)
    assert unsure()


def test_what_can_never_be_printed_is_put_away_and_kept(library: Library, spool: Spool) -> None:
    job = spool.next()
    assert job is not None
    spool.drop(job.n, "due-date-missing")
    assert spool.waiting() == 1
    assert rows_of(library.store, "SELECT state, problem FROM print_job WHERE n = ?", (job.n,)) == [
        ("dropped", "due-date-missing")
    ]


def test_slips_survive_a_restart(library: Library, spool: Spool) -> None:
    library.reopen()
    assert spool.waiting() == 2


def test_what_the_desk_withdrew_is_not_begun_and_what_is_on_paper_stays(library: Library, spool: Spool) -> None:
    first = spool.next()
    assert first is not None
    with library.store.act() as act:
        act.queue_print("slip", {"c": 3}, "t" * 32)
    spool.done(first.n, 5)
    with library.store.act() as act:
        assert act.withdraw_prints("t" * 32) == [{"c": 3}]
    assert not spool.begun(3)
    assert spool.begun(2)
    assert rows_of(library.store, "SELECT state FROM print_job ORDER BY n") == [("done",), ("waiting",), ("dropped",)]
