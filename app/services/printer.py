"""The printer at work: takes slips from the spool one after the other, off the scan path, and says what is wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from msgspec.structs import replace

from app.domain.setting import lacks_address
from app.domain.slip import Slip, problems
from app.domain.system_fault import why
from app.ports import KnownError
from app.services.out_file import OwnPlaces
from app.services.slips import slip_from_json

RETRY_SECONDS = 10.0
KEPT_SECONDS = 86_400
_LAST_SLIPS = 3
"""How many slips are printed while a desk ends; what waits beyond them is for the next one."""

PRINT_FILES = (".bin", ".prn", ".escpos")


class Job(Protocol):
    """One thing to print."""

    @property
    def n(self) -> int: ...
    @property
    def body(self) -> dict[str, Any]: ...
    @property
    def maybe_printed(self) -> bool: ...


class SpoolPort(Protocol):
    """The spool, on a connection of the printer's own."""

    def next(self) -> Job | None: ...
    def waiting(self) -> int: ...
    def begun(self, n: int) -> bool: ...
    def done(self, n: int, now: int) -> None: ...
    def failed(self, n: int, problem: str, *, maybe_printed: bool) -> None: ...
    def drop(self, n: int, problem: str) -> None: ...
    def close(self) -> None: ...


class Printing:
    """How slips become paper here: chosen by the settings. `kind` pdf means a file in the slips folder; `own` are the
    places that no printer's file may lie in."""

    def __init__(self, kind: str, target: str, width_mm: int, folder: Path, own: OwnPlaces) -> None:
        self.kind, self.target, self.width_mm, self.folder, self.own = kind, target, width_mm, folder, own

    def print(self, slip: Slip, n: int) -> None:
        """Print one slip; raises PrinterProblem when the printer would not take it."""
        if self.kind == "pdf":
            self._to_folder(slip, n)
            return
        if self.kind == "system":
            from app.printing import targets

            targets.send(targets.SystemTarget(self.target), self._pdf(slip))
            return
        from app.printing.slip_escpos import render_escpos

        self.send(render_escpos(slip, self.width_mm))

    def send(self, data: bytes) -> None:
        """Send ESC/POS bytes to the thermal printer; raises PrinterProblem where there is none."""
        from app.printing import targets

        if self.kind in ("pdf", "system"):
            raise targets.PrinterProblem("printer-wrong-data")
        targets.send(self._target(), data)

    def _pdf(self, slip: Slip) -> bytes:
        from app.printing.slip_pdf import render_pdf

        return render_pdf(slip, self.width_mm)

    def _to_folder(self, slip: Slip, n: int) -> None:
        from app.printing.targets import PrinterProblem

        name = f"{slip.at:%Y%m%d-%H%M%S}-{slip.act_no or n}-{n}.pdf"
        aside = self.folder / (name + ".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            aside.touch(mode=0o600)
            aside.write_bytes(self._pdf(slip))
            aside.replace(self.folder / name)
        except OSError as error:
            raise PrinterProblem("printer-failed", {"detail": why(error)}) from error

    def _sweep(self) -> None:
        """Slips name readers: yesterday's do not stay on the disk. They can be printed again from the journal."""
        oldest = time.time() - KEPT_SECONDS
        for path in self.folder.glob("*.pdf"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def _file(self) -> str:
        """The printer's device, or a file made for print data; never a file that holds something else."""
        from app.printing.targets import PrinterProblem

        path = Path(self.target)
        if not self.target or self._holds_other(path) or self.own.hold(path):
            raise PrinterProblem("printer-not-found", {"path": self.target})
        return self.target

    def _holds_other(self, path: Path) -> bool:
        try:
            return path.is_file() and path.suffix.lower() not in PRINT_FILES and path.stat().st_size > 0
        except OSError:
            # A name that no disk takes is no printer either.
            return True

    def _target(self) -> Any:
        from app.printing import targets

        if lacks_address(self.kind, self.target):
            raise targets.PrinterProblem("printer-no-address")
        if self.kind == "network":
            host, _, port = self.target.partition(":")
            return targets.NetworkTarget(host, int(port) if port.isdigit() else 9100)
        if self.kind == "usb":
            vendor, _, product = self.target.partition(":")
            try:
                return targets.UsbTarget(int(vendor, 16), int(product, 16))
            except ValueError as error:
                raise targets.PrinterProblem("printer-not-found", {"printer": self.target}) from error
        if self.kind == "windows":
            return targets.WindowsRawTarget(self.target)
        return targets.FileTarget(self._file())


class PrinterThread:
    """Works the spool until it is stopped. `problem` is a code while the printer does not answer, else ""; `ending` is
    true once the desk ends.

    What it handed to the printer it never hands over again because a full disk would not take the note. What an earlier
    desk handed over without a note may be on paper already: it comes once more and says that it is a reprint.

    It rests for `rest` seconds before it begins: slips that wait from before would otherwise load what draws them
    while the window opens.
    """

    def __init__(
        self,
        open_spool: Callable[[], SpoolPort],
        printing: Callable[[], Printing],
        now: Callable[[], int],
        *,
        rest: float = 0.0,
    ) -> None:
        self._rest = rest
        self._leave = threading.Event()
        self._open_spool = open_spool
        self._printing = printing
        self._now = now
        self._wake = threading.Event()
        self.ending = False
        self.problem = ""
        self.waiting = 0
        self._printed: set[int] = set()
        self._maybe_printed: dict[int, bool] = {}
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)

    def start(self) -> None:
        """Begin; slips left from before are printed first."""
        self._wake.set()
        self._thread.start()

    def nudge(self) -> None:
        """Something was committed; it may be a slip."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the job in hand, print what was queued last, and end."""
        self.ending = True
        self._leave.set()
        self._wake.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        spool: SpoolPort | None = None
        cut_short = self._leave.wait(self._rest)
        while not self.ending:
            self._wake.wait(timeout=RETRY_SECONDS if self.problem else None)
            self._wake.clear()
            try:
                spool = spool or self._open_spool()
                self._work(spool)
            except KnownError as error:
                self.problem = error.code
        try:
            # The act that ended the desk queued its slip just now: it still comes, unless the printer is in trouble.
            if not (cut_short or self.problem):
                spool = spool or self._open_spool()
                self._work(spool, _LAST_SLIPS)
        except KnownError as error:
            self.problem = error.code
        if spool is not None:
            spool.close()

    def _work(self, spool: SpoolPort, ending: int = 0) -> None:
        """Print what waits; once the desk ends, at most `ending` slips more."""
        left = ending
        while not self.ending or left > 0:
            left -= 1
            job = spool.next()
            if job is None:
                self.problem, self.waiting = "", 0
                return
            if not self._print(spool, job):
                self.waiting = spool.waiting()
                return

    def _print(self, spool: SpoolPort, job: Job) -> bool:
        from app.printing.targets import PrinterProblem

        if job.n not in self._printed:
            maybe = self._maybe_printed.get(job.n, job.maybe_printed)
            try:
                slip = slip_from_json(job.body)
                if found := problems(slip):
                    spool.drop(job.n, found[0].code)
                    return True
                printing = self._printing()
                if not spool.begun(job.n):
                    return True
                printing.print(replace(slip, reprint=slip.reprint or maybe), job.n)
            except PrinterProblem as problem:
                self.problem = problem.code
                # Kept here as well, for the note may fail.
                self._maybe_printed[job.n] = maybe = maybe or problem.maybe_printed
                spool.failed(job.n, problem.code, maybe_printed=maybe)
                return False
            except (LookupError, TypeError, ValueError, AttributeError, RuntimeError, ArithmeticError) as error:
                # A slip that cannot be drawn must not stand in the way of those behind it.
                spool.drop(job.n, type(error).__name__)
                return True
            self._printed.add(job.n)
        spool.done(job.n, self._now())
        self._printed.discard(job.n)
        self._maybe_printed.pop(job.n, None)
        return True
