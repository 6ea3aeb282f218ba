"""Where paper comes out: a device or file, a network printer, USB, the Windows spooler, the system's own printing.

Every way has an end: a printer that does not answer within its time gives a `PrinterProblem`, so the background
printer thread can go on and say so. ESC/POS goes raw; PDF goes to the system's printing.
"""

from __future__ import annotations

import errno
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.domain.system_fault import why
from app.printing.escpos_library import escpos_printers

DEFAULT_SECONDS = 8.0


class FileTarget(Struct, frozen=True):
    """A device such as /dev/usb/lp0 or LPT1, or a plain file to which the bytes are appended."""

    path: str
    seconds: float = DEFAULT_SECONDS


class NetworkTarget(Struct, frozen=True):
    """A printer with raw printing over TCP, port 9100 as a rule."""

    host: str
    port: int = 9100
    seconds: float = DEFAULT_SECONDS


class UsbTarget(Struct, frozen=True):
    """A USB printer by its vendor and product number. Needs rights on the device, on Windows the WinUSB driver."""

    vendor: int
    product: int
    seconds: float = DEFAULT_SECONDS
    in_endpoint: int = 0x82
    out_endpoint: int = 0x01


class WindowsRawTarget(Struct, frozen=True):
    """A printer of the Windows spooler that takes ESC/POS as it is; "" for the default printer. Needs pywin32."""

    printer: str = ""
    seconds: float = DEFAULT_SECONDS


class SystemTarget(Struct, frozen=True):
    """The system's own printing (CUPS `lp`, on Windows the print verb of the PDF viewer); "" for the default."""

    printer: str = ""
    seconds: float = 20.0


PrinterTarget = FileTarget | NetworkTarget | UsbTarget | WindowsRawTarget | SystemTarget


class PrinterProblem(Exception):
    """Nothing, or not all, came out. `code` is one of CODES; `params` names printer, host, port, path or detail.

    `maybe_printed` is True when part of the job may be on paper already, so a retry could print it twice.
    """

    def __init__(self, code: str, params: Mapping[str, str | int] | None = None, maybe_printed: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, str | int] = dict(params or {})
        self.maybe_printed = maybe_printed


CODES = (
    "printer-not-found",
    "printer-no-address",
    "printer-refused",
    "printer-timeout",
    "printer-broke-off",
    "printer-no-rights",
    "printer-support-missing",
    "printer-wrong-data",
    "printer-failed",
)


def send(target: PrinterTarget, data: bytes) -> None:
    """Send one job: PDF bytes to a SystemTarget or a file, ESC/POS bytes to the others.

    Returns when the printer or its spooler has taken the bytes, which is not yet paper. Raises PrinterProblem.
    """
    is_pdf = data.startswith(b"%PDF-")
    takes_both = isinstance(target, FileTarget)
    if not data or (not takes_both and is_pdf != isinstance(target, SystemTarget)):
        raise PrinterProblem("printer-wrong-data")
    match target:
        case FileTarget():
            _send_file(target, data)
        case NetworkTarget():
            _send_network(target, data)
        case UsbTarget():
            _send_usb(target, data)
        case WindowsRawTarget():
            _send_windows_raw(target, data)
        case SystemTarget():
            _send_system(target, data)


def _send_file(target: FileTarget, data: bytes) -> None:
    params: dict[str, str | int] = {"path": target.path}
    try:
        if os.name == "posix":
            _write_unblocked(target, data)
        else:
            _within(target.seconds, lambda: _append(target.path, data), params)
    except FileNotFoundError as error:
        raise PrinterProblem("printer-not-found", params) from error
    except PermissionError as error:
        raise PrinterProblem("printer-no-rights", params) from error
    except OSError as error:
        raise PrinterProblem("printer-failed", {**params, "detail": why(error)}) from error


def _append(path: str, data: bytes) -> None:
    with open(path, "ab") as device:
        device.write(data)


def _write_unblocked(target: FileTarget, data: bytes) -> None:
    """Write without ever waiting for a device that is out of paper longer than the target's time."""
    deadline = time.monotonic() + target.seconds
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY
    # A missing device must not become a plain file in /dev.
    flags &= ~os.O_CREAT if target.path.startswith("/dev/") else ~0
    handle = os.open(target.path, flags, 0o600)
    sent = 0
    try:
        while sent < len(data):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([], [handle], [], left)[1]:
                raise PrinterProblem("printer-timeout", {"path": target.path}, maybe_printed=sent > 0)
            try:
                sent += os.write(handle, data[sent : sent + 4096])
            except BlockingIOError:
                continue
    finally:
        os.close(handle)


def _send_network(target: NetworkTarget, data: bytes) -> None:
    """Raw bytes over TCP with one deadline for the whole job."""
    params: dict[str, str | int] = {"host": target.host, "port": target.port}
    _network_printer()
    deadline = time.monotonic() + target.seconds
    # Looking a name up has no limit of its own, hence the thread; everything else keeps the deadline by itself.
    _within(target.seconds + 1.0, lambda: _talk(target, data, deadline, params), params, maybe_printed=False)


def _talk(target: NetworkTarget, data: bytes, deadline: float, params: Mapping[str, str | int]) -> None:
    network = _network_printer()
    from escpos.exceptions import DeviceNotFoundError

    printer = network(target.host, target.port, timeout=target.seconds, profile="default")
    sent = 0
    try:
        printer.open()
        # Not printer._raw: it starts its clock anew with every piece, so a trickling printer would hold on for ever.
        line = printer.device
        while sent < len(data):
            line.settimeout(max(0.001, deadline - time.monotonic()))
            sent += line.send(data[sent : sent + 65536])
    except DeviceNotFoundError as error:
        raise PrinterProblem(_unreached(error.__context__), params) from error
    except TimeoutError as error:
        raise PrinterProblem("printer-timeout", params, maybe_printed=sent > 0) from error
    except (OSError, UnicodeError, OverflowError) as error:
        # UnicodeError: a host name no resolver takes. OverflowError: a port beyond 65535.
        code = "printer-broke-off" if sent else "printer-not-found"
        raise PrinterProblem(code, params, maybe_printed=sent > 0) from error
    finally:
        _close(printer)


def _unreached(cause: BaseException | None) -> str:
    if isinstance(cause, ConnectionRefusedError):
        return "printer-refused"
    return "printer-timeout" if isinstance(cause, TimeoutError) else "printer-not-found"


@cache
def _network_printer() -> Any:
    """python-escpos's Network, which forgets to close its socket when the printer is off."""
    base: Any = escpos_printers().Network
    opened = base.device

    class ClosingNetwork(base):  # type: ignore[misc]
        @property
        def device(self) -> Any:
            return opened.fget(self)

        @device.setter
        def device(self, line: Any) -> None:
            before: Any = getattr(self, "_device", None)
            self._device = line
            if line is None and before:
                before.close()

    return ClosingNetwork


def _close(printer: Any) -> None:
    try:
        printer.close()
    except OSError:
        return


def _send_usb(target: UsbTarget, data: bytes) -> None:
    usb = escpos_printers().Usb
    from escpos.exceptions import DeviceNotFoundError, USBNotFoundError

    params: dict[str, str | int] = {"printer": f"{target.vendor:04x}:{target.product:04x}"}
    if not usb.is_usable():
        raise PrinterProblem("printer-support-missing", {**params, "detail": "pyusb"})

    backend = _usb_backend()
    if backend is None:
        raise PrinterProblem("printer-support-missing", {**params, "detail": "libusb"})

    def job() -> None:
        printer: Any = usb(
            target.vendor,
            target.product,
            usb_args={"backend": backend},
            timeout=int(target.seconds * 1000),
            in_ep=target.in_endpoint,
            out_ep=target.out_endpoint,
            profile="default",
        )
        try:
            printer.open()
            printer._raw(data)
        finally:
            _close(printer)

    try:
        _within(target.seconds * 2, job, params)
    except (DeviceNotFoundError, USBNotFoundError) as error:
        code = "printer-no-rights" if _is_denied(error.__context__) else "printer-not-found"
        raise PrinterProblem(code, params) from error
    except TimeoutError as error:
        raise PrinterProblem("printer-timeout", params, maybe_printed=True) from error
    except NotImplementedError as error:
        # Windows lets libusb see every device, but open only those with the WinUSB driver.
        raise PrinterProblem("printer-support-missing", {**params, "detail": "WinUSB"}) from error
    except OSError as error:
        # pyusb's own errors are OSErrors that carry the system's number.
        if _is_denied(error):
            raise PrinterProblem("printer-no-rights", params) from error
        code = "printer-timeout" if error.errno == errno.ETIMEDOUT else "printer-broke-off"
        raise PrinterProblem(code, params, maybe_printed=True) from error


def _usb_backend() -> Any:
    """The way to USB: the system's own libusb, which knows plugging and unplugging, else the one that came along."""
    import libusb_package
    from usb.backend import libusb1

    return libusb1.get_backend() or libusb_package.get_libusb1_backend()


def _is_denied(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM)


def _send_windows_raw(target: WindowsRawTarget, data: bytes) -> None:
    raw_printer = escpos_printers().Win32Raw
    from escpos.exceptions import DeviceNotFoundError

    params: dict[str, str | int] = {"printer": target.printer}
    if not raw_printer.is_usable():
        raise PrinterProblem("printer-support-missing", {**params, "detail": "pywin32"})

    def job() -> None:
        printer: Any = raw_printer(target.printer, profile="default")
        try:
            printer.open(job_name="Meja")
            printer._raw(data)
        finally:
            _close(printer)

    try:
        _within(target.seconds, job, params)
    except DeviceNotFoundError as error:
        raise PrinterProblem("printer-not-found", params) from error
    except (OSError, RuntimeError) as error:
        raise PrinterProblem("printer-failed", {**params, "detail": str(error)[:200]}) from error


def _send_system(target: SystemTarget, data: bytes) -> None:
    params: dict[str, str | int] = {"printer": target.printer}
    path = _spooled(data)
    if sys.platform == "win32":
        _print_verb(target, path, params)
        return
    command = shutil.which("lp")
    if command is None:
        raise PrinterProblem("printer-support-missing", {**params, "detail": "lp"})
    arguments = [command, *(["-d", target.printer] if target.printer else []), "--", str(path)]
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=target.seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise PrinterProblem("printer-timeout", params, maybe_printed=True) from error
    except OSError as error:
        raise PrinterProblem("printer-failed", {**params, "detail": why(error)}) from error
    finally:
        path.unlink(missing_ok=True)
    if done.returncode != 0:
        raise PrinterProblem("printer-not-found", {**params, "detail": done.stderr.strip()[:200]})


def _print_verb(target: SystemTarget, path: Path, params: Mapping[str, str | int]) -> None:
    """Hand the file to the program that prints PDFs; it reads the file later, so the file stays for a while."""
    start: Callable[..., None] = vars(os)["startfile"]

    def job() -> None:
        if target.printer:
            start(str(path), "printto", f'"{target.printer}"')
        else:
            start(str(path), "print")

    try:
        _within(target.seconds, job, params)
    except OSError as error:
        # Windows answers 1155 when no program is set to print PDF files.
        detail = str(getattr(error, "winerror", "") or error.strerror or "")
        raise PrinterProblem("printer-support-missing", {**params, "detail": detail}) from error


def _spooled(data: bytes) -> Path:
    """The job as a file in a folder of our own; files of jobs older than an hour are swept away first."""
    folder = Path(tempfile.gettempdir()) / "meja-print"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for old in folder.glob("*.pdf"):
            if time.time() - old.stat().st_mtime > 3600:
                old.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(suffix=".pdf", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        raise PrinterProblem("printer-failed", {"path": str(folder), "detail": why(error)}) from error
    return Path(name)


def _within(
    seconds: float, job: Callable[[], None], params: Mapping[str, str | int], maybe_printed: bool = True
) -> None:
    """Run a job that has no time limit of its own; give up waiting after `seconds` and pass on its exception.

    A job that hangs in a driver cannot be ended from outside; its daemon thread is left behind.
    """
    failures: list[BaseException] = []

    def run() -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - carried over to the caller's thread
            failures.append(error)

    worker = threading.Thread(target=run, name="printer-job", daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        raise PrinterProblem("printer-timeout", params, maybe_printed)
    if failures:
        raise failures[0]
