"""A printer that is off, gone or silent: the desk lends at full speed, and every slip comes once when it is back."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.flows.desk_process import PATIENCE, Place
from tests.flows.library import CARDS, COPIES, small_library

CUT = b"\x1dV"


class Paper:
    """A network printer on this machine: everything that is sent to it."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.slips: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    parts = []
                    while part := connection.recv(65536):
                        parts.append(part)
                self.slips.append(b"".join(parts))

    def stop(self) -> None:
        """Switch it off."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE)


@contextlib.contextmanager
def reserved_port() -> Iterator[tuple[socket.socket, int]]:
    """A port of this machine on which nobody listens yet."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder, holder.getsockname()[1]


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for a condition with a deadline."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def spool(place: Place) -> list[str]:
    """The states of all slips, oldest first."""
    return [str(state) for (state,) in place.rows("SELECT state FROM print_job ORDER BY n")]


def test_slips_wait_for_a_printer_that_is_off_and_come_once(tmp_path: Path) -> None:
    with reserved_port() as (holder, port):
        settings = {"slip.print": "always", "printer.kind": "network", "printer.target": f"127.0.0.1:{port}"}
        place = small_library(tmp_path, settings=settings).place
        with place.desk() as desk:
            assert desk.scan(COPIES[-1])["outcome"] == "shown", "the desk is ready"
            begun = time.monotonic()
            for card, copy in zip(CARDS, COPIES, strict=False):
                assert [one["outcome"] for one in desk.scans(card, copy, "=finish")] == ["member", "lent", "finished"]
            took = time.monotonic() - begun
            assert took < 20, f"{took:.1f} s for eight loans with the printer off"
            assert spool(place) == ["waiting"] * len(CARDS)
            assert desk.end() == 0, "a printer that is off does not hold the desk open either"
        assert desk.errors == ""
        holder.listen(16)
        paper = Paper(holder)
        try:
            with place.desk() as desk:
                until(lambda: spool(place) == ["done"] * len(CARDS), "the slips of before are printed")
                assert desk.scans(CARDS[0], COPIES[20], "=finish")[-1]["outcome"] == "finished"
                until(lambda: spool(place).count("done") == len(CARDS) + 1, "the new slip is printed")
                assert desk.end() == 0
        finally:
            paper.stop()
    assert len(paper.slips) == len(CARDS) + 1
    assert all(slip.count(CUT) == 1 for slip in paper.slips), "each slip on its own"
    assert len(set(paper.slips)) == len(paper.slips), "none twice"


def test_a_printer_that_comes_back_while_the_desk_runs(tmp_path: Path) -> None:
    target = tmp_path / "not there yet" / "paper.bin"
    settings = {"slip.print": "always", "printer.kind": "file", "printer.target": str(target)}
    place = small_library(tmp_path, settings=settings).place
    with place.desk() as desk:
        desk.scans(CARDS[0], COPIES[0], "=finish")
        until(
            lambda: place.rows("SELECT attempts, problem FROM print_job")[0] != (0, ""),
            "the failure is kept by the slip",
        )
        assert spool(place) == ["waiting"]
        target.parent.mkdir()
        desk.scans(CARDS[1], COPIES[1], "=finish")
        until(lambda: spool(place) == ["done", "done"], "both slips are printed")
        assert desk.end() == 0
    assert target.read_bytes().count(CUT) == 2
    with place.desk() as desk:
        assert desk.scan("=reprint")["outcome"] == "reprinted"
        until(lambda: spool(place) == ["done"] * 3, "the reprint is printed")
    assert target.read_bytes().count(CUT) == 3, "nothing but what was asked for is printed again"


def test_a_printer_that_swallows_everything_holds_up_nothing(tmp_path: Path) -> None:
    with reserved_port() as (holder, port):
        holder.listen(0)
        settings = {"slip.print": "always", "printer.kind": "network", "printer.target": f"127.0.0.1:{port}"}
        place = small_library(tmp_path, settings=settings).place
        with socket.create_connection(("127.0.0.1", port)), contextlib.ExitStack() as crowd:
            for _ in range(4):
                waiting = crowd.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(("127.0.0.1", port))
            with place.desk() as desk:
                desk.scan(CARDS[0])
                begun = time.monotonic()
                for copy in COPIES[:3]:
                    assert desk.scan(copy)["outcome"] == "lent"
                assert desk.scan("=finish")["outcome"] == "finished"
                assert time.monotonic() - begun < 10
    assert place.check().ok
