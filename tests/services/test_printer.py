"""The printer at work: in order, off the scan path, patient with a dead printer, never stopped by one bad slip."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.domain.slip import Slip
from app.ports import KnownError
from app.printing.targets import PrinterProblem
from app.services import printer
from app.services.out_file import OwnPlaces
from app.services.printer import PrinterThread, Printing
from app.services.session import Session
from db.connection import connect
from db.spool import Spool
from tests.builders import CARD, OTHER_CARD, Library, rows_of, scan


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


def own(library: Library) -> OwnPlaces:
    """What no printer's file may lie in."""
    return OwnPlaces((library.home.root,), library.home.keys.name)


class Paper(Printing):
    """A printer that keeps what it printed, and fails while it is told to."""

    def __init__(self) -> None:
        super().__init__("file", "", 80, Path(), OwnPlaces((), "meja.keys"))
        self.printed: list[str] = []
        self.marked: list[bool] = []
        self.problem: Exception | None = None
        self.threads: set[str] = set()

    def print(self, slip: Slip, n: int) -> None:
        """Keep the act's number, or fail."""
        self.threads.add(threading.current_thread().name)
        if self.problem is not None:
            raise self.problem
        self.printed.append(slip.act_no)
        self.marked.append(slip.reprint)


@contextmanager
def at_work(library: Library, paper: Printing, rest: float = 0.0) -> Iterator[PrinterThread]:
    """A printer thread over the library's spool."""
    thread = PrinterThread(
        lambda: Spool(connect(library.home.store, library.store.key)),
        lambda: paper,
        lambda: library.clock.wall,
        rest=rest,
    )
    library.store.after_commit.append(thread.nudge)
    thread.start()
    try:
        yield thread
    finally:
        library.store.after_commit.clear()
        thread.stop()


def states(library: Library) -> list[tuple[Any, ...]]:
    """How the jobs stand."""
    return rows_of(library.store, "SELECT state, problem FROM print_job ORDER BY n")


def test_slips_that_wait_leave_the_window_time_to_open(library: Library, session: Session) -> None:
    scan(session, CARD, "B001", "=finish")
    paper = Paper()
    begun = time.monotonic()
    with at_work(library, paper, rest=0.3):
        until(lambda: bool(paper.printed))
        assert time.monotonic() - begun >= 0.3


class SlowPaper(Paper):
    """A printer that has the first slip in hand until the desk ends."""

    thread: PrinterThread | None = None

    def print(self, slip: Slip, n: int) -> None:
        """Print the first slip only while the desk ends."""
        super().print(slip, n)
        if len(self.printed) == 1:
            until(lambda: self.thread is not None and self.thread.ending)


def test_the_slip_of_the_act_that_ended_the_desk_still_comes(library: Library, session: Session) -> None:
    paper = SlowPaper()
    with at_work(library, paper) as thread:
        paper.thread = thread
        scan(session, CARD, "B001", "=finish")
        until(lambda: bool(paper.printed))
        scan(session, OTHER_CARD, "C001", "=finish")
    assert paper.printed == ["M1-A-000001", "M1-A-000002"]


def test_a_printer_in_trouble_is_not_tried_again_while_the_desk_ends(library: Library, session: Session) -> None:
    paper = Paper()
    paper.problem = PrinterProblem("printer-not-found")
    with at_work(library, paper) as thread:
        scan(session, CARD, "B001", "=finish")
        until(lambda: rows_of(library.store, "SELECT attempts FROM print_job") == [(1,)])
        assert thread.problem
    assert rows_of(library.store, "SELECT attempts FROM print_job") == [(1,)]


def test_closing_does_not_wait_until_the_printer_has_begun(library: Library, session: Session) -> None:
    scan(session, CARD, "B001", "=finish")
    begun = time.monotonic()
    with at_work(library, Paper(), rest=60):
        pass
    assert time.monotonic() - begun < 20
    assert states(library) == [("waiting", "")]


def test_a_finished_transaction_is_printed_at_once(library: Library, session: Session) -> None:
    paper = Paper()
    with at_work(library, paper) as thread:
        scan(session, CARD, "B001", "=finish")
        until(lambda: paper.printed == ["M1-A-000001"])
        scan(session, OTHER_CARD, "C001", "=finish")
        until(lambda: paper.printed == ["M1-A-000001", "M1-A-000002"])
        assert thread.problem == ""
    assert states(library) == [("done", "")] * 2
    assert paper.threads == {"printer"}


def test_what_waited_before_the_start_is_printed_first(library: Library, session: Session) -> None:
    for card, code in ((CARD, "B001"), (OTHER_CARD, "C001")):
        scan(session, card, code, "=finish")
    paper = Paper()
    with at_work(library, paper):
        until(lambda: len(paper.printed) == 2)
    assert paper.printed == ["M1-A-000001", "M1-A-000002"]


def test_a_dead_printer_stops_no_loan_and_is_said(
    library: Library, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer, "RETRY_SECONDS", 0.02)
    paper = Paper()
    paper.problem = PrinterProblem("printer-not-found", {"printer": "x"})
    with at_work(library, paper) as thread:
        scan(session, CARD, "B001", "=finish")
        scan(session, OTHER_CARD, "C001", "=finish")
        until(lambda: thread.problem == "printer-not-found" and thread.waiting == 2)
        assert library.has() == ["B001"]
        paper.problem = None
        until(lambda: len(paper.printed) == 2 and thread.problem == "" and thread.waiting == 0)
    assert [state for state, _ in states(library)] == ["done", "done"]


class FullDisk(Spool):
    """A spool whose disk takes no note while `full` is true."""

    full = False
    notes = 0

    def _write(self, statement: str, values: tuple[Any, ...]) -> int:
        FullDisk.notes += 1
        if FullDisk.full:
            raise KnownError("disk-full")
        return super()._write(statement, values)


class PaperThatFills(Paper):
    """The disk is full once the first slip is out."""

    def print(self, slip: Slip, n: int) -> None:
        super().print(slip, n)
        FullDisk.full = True


@contextmanager
def on_a_full_disk(library: Library, paper: Paper) -> Iterator[PrinterThread]:
    thread = PrinterThread(
        lambda: FullDisk(connect(library.home.store, library.store.key)), lambda: paper, lambda: library.clock.wall
    )
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()


def test_a_full_disk_prints_no_slip_again_and_again(
    library: Library, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(FullDisk, "full", False)
    monkeypatch.setattr(FullDisk, "notes", 0)
    scan(session, CARD, "B001", "=finish")
    paper = PaperThatFills()
    with on_a_full_disk(library, paper) as thread:
        until(lambda: FullDisk.notes > 10)
        assert thread.problem == "disk-full"
        assert paper.printed == ["M1-A-000001"]
        FullDisk.full = False
        until(lambda: [state for state, _ in states(library)] == ["done"])
    assert (paper.printed, paper.marked) == (["M1-A-000001"], [False])


def test_a_slip_of_which_nobody_knows_comes_once_more_and_says_so(
    library: Library, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(FullDisk, "full", False)
    scan(session, CARD, "B001", "=finish")
    paper = PaperThatFills()
    with on_a_full_disk(library, paper):
        until(lambda: bool(paper.printed))
    for _ in range(2):
        with on_a_full_disk(library, paper) as thread:
            until(lambda: thread.problem == "disk-full")
    assert paper.printed == ["M1-A-000001"], "nothing is printed that cannot be noted"
    FullDisk.full = False
    again = Paper()
    with at_work(library, again):
        until(lambda: [state for state, _ in states(library)] == ["done"])
    assert (again.printed, again.marked) == (["M1-A-000001"], [True])


def test_what_may_be_on_paper_in_part_comes_again_as_a_reprint(
    library: Library, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer, "RETRY_SECONDS", 0.01)
    paper = Paper()
    paper.problem = PrinterProblem("printer-broke-off", maybe_printed=True)
    scan(session, CARD, "B001", "=finish")
    with at_work(library, paper):
        until(lambda: rows_of(library.store, "SELECT attempts FROM print_job")[0][0] > 0)
        paper.problem = PrinterProblem("printer-refused")
        before = rows_of(library.store, "SELECT attempts FROM print_job")[0][0]
        until(lambda: rows_of(library.store, "SELECT attempts FROM print_job")[0][0] > before + 1)
        paper.problem = None
        until(lambda: bool(paper.printed))
    assert paper.marked == [True]


def test_a_usb_printer_that_is_not_there_keeps_the_slip(library: Library, session: Session) -> None:
    with at_work(library, Printing("usb", "0fe6:811e", 80, library.home.slips, own(library))) as thread:
        scan(session, CARD, "B001", "=finish")
        until(lambda: thread.problem == "printer-not-found" and thread.waiting == 1)
    assert states(library) == [("waiting", "printer-not-found")]


def test_a_slip_that_can_never_be_printed_stands_in_nobody_s_way(library: Library, session: Session) -> None:
    with library.store.act() as act:
        act.queue_print("slip", {"kind": "lend"}, "")
    scan(session, CARD, "B001", "=finish")
    paper = Paper()
    with at_work(library, paper):
        until(lambda: paper.printed == ["M1-A-000001"])
    assert [state for state, _ in states(library)] == ["dropped", "done"]


def test_a_slip_without_its_due_date_never_leaves_the_desk(library: Library, session: Session) -> None:
    scan(session, CARD, "B001", "=finish")
    library.store.connection.execute("UPDATE print_job SET body = replace(body, '2026-03-16', '')")
    paper = Paper()
    with at_work(library, paper):
        until(lambda: states(library) == [("dropped", "due-date-missing")])
    assert paper.printed == []


def test_a_fault_while_drawing_drops_that_slip_only(library: Library, session: Session) -> None:
    paper = Paper()
    paper.problem = RuntimeError("bug")
    with at_work(library, paper):
        scan(session, CARD, "B001", "=finish")
        until(lambda: states(library) == [("dropped", "RuntimeError")])
        paper.problem = None
        scan(session, OTHER_CARD, "C001", "=finish")
        until(lambda: paper.printed == ["M1-A-000002"])


def test_a_store_that_does_not_answer_is_said_and_tried_again(
    library: Library, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer, "RETRY_SECONDS", 0.02)
    library.set("slip.print", "always")
    paper, sick = Paper(), [True]

    def opened() -> Spool:
        if sick[0]:
            raise KnownError("store-busy")
        return Spool(connect(library.home.store, library.store.key))

    thread = PrinterThread(opened, lambda: paper, lambda: 0)
    thread.start()
    until(lambda: thread.problem == "store-busy")
    # Nobody nudges this thread: the slip has to be there before it looks again.
    scan(session, CARD, "B001", "=finish")
    sick[0] = False
    until(lambda: paper.printed != [])
    thread.stop()


def test_pdf_slips_lie_in_the_home_for_a_day(library: Library, session: Session) -> None:
    import os

    old = library.home.slips / "20260101-080000-M1-A-000000-1.pdf"
    old.write_bytes(b"%PDF-old")
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    with at_work(library, Printing("pdf", "", 80, library.home.slips, own(library))):
        scan(session, CARD, "B001", "=finish")
        until(lambda: states(library) == [("done", "")])
    made = list(library.home.slips.iterdir())
    assert len(made) == 1
    assert made[0].read_bytes().startswith(b"%PDF-")
    assert "M1-A-000001" in made[0].name
    if os.name == "posix":
        assert made[0].stat().st_mode & 0o077 == 0


def test_escpos_bytes_reach_a_file_and_nothing_else_is_overwritten(
    library: Library, session: Session, tmp_path: Path
) -> None:
    target = tmp_path / "printer.bin"
    with at_work(library, Printing("file", str(target), 58, library.home.slips, own(library))):
        scan(session, CARD, "B001", "=finish")
        until(lambda: states(library) == [("done", "")])
    assert len(target.read_bytes()) > 100
    letter = tmp_path / "surat.docx"
    letter.write_bytes(b"penting")
    linked = tmp_path / "linked.bin"
    linked.hardlink_to(library.home.keys)
    for wrong in (str(letter), "", str(library.home.store), str(linked), str(tmp_path / ("x" * 300))):
        with pytest.raises(PrinterProblem):
            Printing("file", wrong, 58, library.home.slips, own(library)).send(b"x")
    assert letter.read_bytes() == b"penting"


@pytest.mark.parametrize(("kind", "target"), [("usb", "no hex"), ("usb", ""), ("pdf", ""), ("system", "x")])
def test_a_printer_that_cannot_be_is_a_problem_in_words(library: Library, kind: str, target: str) -> None:
    with pytest.raises(PrinterProblem):
        Printing(kind, target, 80, library.home.slips, own(library)).send(b"x")
