"""Ways to the printer: real sockets, pipes and programs; every failure has a name and an end."""

from __future__ import annotations

import errno
import os
import select
import socket
import stat
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import libusb_package
import pytest
from usb.backend import IBackend
from usb.core import USBError

from app.printing import targets
from app.printing.targets import (
    CODES,
    FileTarget,
    NetworkTarget,
    PrinterProblem,
    PrinterTarget,
    SystemTarget,
    UsbTarget,
    WindowsRawTarget,
    send,
)

JOB = b"\x1b@Struk\n"
PDF = b"%PDF-1.4\n%%EOF\n"
posix = pytest.mark.skipif(os.name != "posix", reason="pipes and lp are POSIX")


def problem(target: PrinterTarget, data: bytes = JOB) -> PrinterProblem:
    began = time.monotonic()
    with pytest.raises(PrinterProblem) as caught:
        send(target, data)
    assert time.monotonic() - began < 5, "a printer must never hold up the desk"
    assert caught.value.code in CODES
    return caught.value


def test_a_file_receives_every_job(tmp_path: Path) -> None:
    path = tmp_path / "struk الأول.bin"
    send(FileTarget(str(path)), JOB)
    send(FileTarget(str(path)), PDF)
    assert path.read_bytes() == JOB + PDF


@posix
def test_a_missing_device_does_not_become_a_file() -> None:
    assert problem(FileTarget("/dev/meja-no-such-printer")).code == "printer-not-found"
    assert not Path("/dev/meja-no-such-printer").exists()


def test_a_folder_is_no_printer(tmp_path: Path) -> None:
    assert problem(FileTarget(str(tmp_path))).code in ("printer-failed", "printer-no-rights")
    assert problem(FileTarget(str(tmp_path / "no" / "lp0"))).code == "printer-not-found"


@posix
def test_a_device_nobody_listens_to_fails_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    assert problem(FileTarget(str(pipe))).code == "printer-failed"


@posix
def test_a_device_out_of_paper_times_out_and_says_that_part_may_be_printed(tmp_path: Path) -> None:
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        found = problem(FileTarget(str(pipe), seconds=0.3), b"x" * 1_000_000)
    finally:
        os.close(reader)
    assert found.code == "printer-timeout"
    assert found.maybe_printed


@posix
def test_a_slow_device_gets_the_whole_job(tmp_path: Path) -> None:
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    received = bytearray()
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)

    def read() -> None:
        # Before the printer job opens the pipe, reading would say "end of file".
        assert select.select([reader], [], [], 10)[0]
        while piece := os.read(reader, 1000):
            received.extend(piece)

    data = os.urandom(300_000)
    worker = threading.Thread(target=read)
    worker.start()
    send(FileTarget(str(pipe), seconds=10), data)
    worker.join(10)
    os.close(reader)
    assert bytes(received) == data


def test_a_network_printer_receives_the_job() -> None:
    received = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while piece := connection.recv(4096):
                    received.extend(piece)

        worker = threading.Thread(target=serve)
        worker.start()
        send(NetworkTarget("127.0.0.1", server.getsockname()[1], seconds=5), JOB * 1000)
        worker.join(5)
    assert bytes(received) == JOB * 1000


def test_a_network_printer_that_is_off_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = problem(NetworkTarget("127.0.0.1", port, seconds=2))
    assert (found.code, found.params) == ("printer-refused", {"host": "127.0.0.1", "port": port})
    assert not found.maybe_printed


def test_a_network_printer_that_takes_nothing_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = problem(NetworkTarget("127.0.0.1", server.getsockname()[1], seconds=0.3), b"x" * 60_000_000)
    assert found.code == "printer-timeout"
    assert found.maybe_printed


def test_a_network_printer_that_trickles_has_one_deadline_for_the_job() -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while not stop.wait(0.05):
                    if not connection.recv(20_000):
                        return

        worker = threading.Thread(target=serve)
        worker.start()
        found = problem(NetworkTarget("127.0.0.1", server.getsockname()[1], seconds=0.5), b"x" * 60_000_000)
        stop.set()
        worker.join(5)
    assert found.code == "printer-timeout"
    assert found.maybe_printed


def test_a_name_that_does_not_exist_is_not_found() -> None:
    assert problem(NetworkTarget("printer.invalid", seconds=2)).code in (
        "printer-not-found",
        "printer-timeout",
    )


def test_a_usb_printer_that_is_not_there_is_not_found() -> None:
    """Through the real libusb: this machine's, or the one that came along."""
    found = problem(UsbTarget(0x0FE6, 0x811E, seconds=1))
    assert (found.code, found.params) == ("printer-not-found", {"printer": "0fe6:811e"})


class UsbPrinter(IBackend):  # type: ignore[misc]
    """One printer on a bus of our own, below pyusb: 0fe6:811e with one interface and a way in and out.

    `fault` is raised when somebody opens the device (`where` "open") or writes to it ("write").
    """

    def __init__(self, where: str = "", fault: Exception | None = None) -> None:
        self.received = bytearray()
        self._faults = {where: fault}

    def _maybe_fail(self, where: str) -> None:
        fault = self._faults.get(where)
        if fault is not None:
            raise fault

    def enumerate_devices(self) -> list[str]:
        return ["printer"]

    def get_device_descriptor(self, _dev: str) -> SimpleNamespace:
        numbers = {"idVendor": 0x0FE6, "idProduct": 0x811E, "bcdDevice": 1, "bcdUSB": 0x200, "bMaxPacketSize0": 64}
        classes = {"bDeviceClass": 0, "bDeviceSubClass": 0, "bDeviceProtocol": 0, "bNumConfigurations": 1}
        texts = {"iManufacturer": 0, "iProduct": 0, "iSerialNumber": 0}
        place = {"bus": 1, "address": 2, "port_number": 1, "port_numbers": (1,), "speed": 3}
        return SimpleNamespace(bLength=18, bDescriptorType=1, **numbers, **classes, **texts, **place)

    def get_configuration_descriptor(self, _dev: str, _config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, _dev: str, intf: int, alt: int, _config: int) -> SimpleNamespace:
        if intf or alt:
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, _dev: str, ep: int, _intf: int, _alt: int, _config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(0x01, 0x82)[ep], bmAttributes=2, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, _dev: str) -> str:
        self._maybe_fail("open")
        return "handle"

    def close_device(self, _handle: str) -> None: ...
    def set_configuration(self, _handle: str, _value: int) -> None: ...
    def claim_interface(self, _handle: str, _intf: int) -> None: ...
    def release_interface(self, _handle: str, _intf: int) -> None: ...
    def reset_device(self, _handle: str) -> None: ...

    def get_configuration(self, _handle: str) -> int:
        return 1

    def bulk_write(self, _handle: str, _ep: int, _intf: int, data: bytes, _timeout: int) -> int:
        self._maybe_fail("write")
        self.received += bytes(data)
        return len(data)


def usb_with(printer: UsbPrinter, monkeypatch: pytest.MonkeyPatch) -> UsbPrinter:
    """Plug a printer in: everything above the bus is the real thing."""
    monkeypatch.setattr(targets, "_usb_backend", lambda: printer)
    return printer


def test_a_usb_printer_receives_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    printer = usb_with(UsbPrinter(), monkeypatch)
    send(UsbTarget(0x0FE6, 0x811E, seconds=2), JOB)
    assert bytes(printer.received) == JOB
    assert problem(UsbTarget(0x0FE6, 0x0001, seconds=2)).code == "printer-not-found"


@pytest.mark.parametrize(
    ("where", "fault", "code"),
    [
        ("open", USBError("Access denied", -3, errno.EACCES), "printer-no-rights"),
        ("open", NotImplementedError("Operation not supported"), "printer-support-missing"),
        ("write", USBError("Access denied", -3, errno.EACCES), "printer-no-rights"),
        ("write", USBError("Input/Output Error", -1, errno.EIO), "printer-broke-off"),
        ("write", USBError("Operation timed out", -7, errno.ETIMEDOUT), "printer-timeout"),
    ],
)
def test_a_usb_printer_s_faults_have_names(
    monkeypatch: pytest.MonkeyPatch, where: str, fault: Exception, code: str
) -> None:
    usb_with(UsbPrinter(where, fault), monkeypatch)
    found = problem(UsbTarget(0x0FE6, 0x811E, seconds=2))
    assert found.code == code
    assert found.maybe_printed == (code in ("printer-broke-off", "printer-timeout"))


def test_without_any_libusb_the_support_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "_usb_backend", lambda: None)
    found = problem(UsbTarget(0x0FE6, 0x811E, seconds=1))
    assert (found.code, found.params["detail"]) == ("printer-support-missing", "libusb")


def test_the_libusb_that_came_along_can_be_loaded() -> None:
    assert libusb_package.get_libusb1_backend() is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows may have a printer")
def test_the_windows_spooler_is_missing_elsewhere() -> None:
    found = problem(WindowsRawTarget("EPSON"))
    assert (found.code, found.params["printer"]) == ("printer-support-missing", "EPSON")


def test_the_wrong_kind_of_bytes_is_not_sent() -> None:
    assert problem(SystemTarget(), JOB).code == "printer-wrong-data"
    assert problem(NetworkTarget("127.0.0.1", 9), PDF).code == "printer-wrong-data"
    assert problem(NetworkTarget("127.0.0.1", 9), b"").code == "printer-wrong-data"


@pytest.fixture
def lp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose `lp` copies its file beside itself and notes its arguments."""
    program = tmp_path / "lp"
    program.write_text(
        '#!/bin/sh\nfor last; do :; done\nprintf "%s\\n" "$@" > "$0.arguments"\n'
        'case "$2" in missing) echo "lp: no such printer" >&2; exit 1;; slow) exec sleep 30;; esac\n'
        'cat "$last" > "$0.job"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(targets.tempfile, "gettempdir", lambda: str(tmp_path))
    return program


@posix
def test_the_system_printer_gets_the_pdf_and_the_file_is_removed(lp: Path) -> None:
    send(SystemTarget("Kantor; rm -rf x"), PDF)
    assert (lp.parent / "lp.job").read_bytes() == PDF
    arguments = (lp.parent / "lp.arguments").read_text().splitlines()
    assert arguments[:3] == ["-d", "Kantor; rm -rf x", "--"]
    assert list((lp.parent / "meja-print").iterdir()) == []


@posix
def test_the_default_printer_needs_no_name(lp: Path) -> None:
    send(SystemTarget(), PDF)
    assert (lp.parent / "lp.arguments").read_text().splitlines()[0] == "--"


@posix
def test_an_unknown_system_printer_is_told(lp: Path) -> None:
    found = problem(SystemTarget("missing"), PDF)
    assert (found.code, found.params["detail"]) == ("printer-not-found", "lp: no such printer")


@posix
def test_a_spooler_that_hangs_is_left(lp: Path) -> None:
    assert problem(SystemTarget("slow", seconds=0.3), PDF).code == "printer-timeout"


@posix
def test_a_machine_without_printing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(targets.tempfile, "gettempdir", lambda: str(tmp_path))
    found = problem(SystemTarget(), PDF)
    assert (found.code, found.params["detail"]) == ("printer-support-missing", "lp")


def test_old_jobs_are_swept_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = tmp_path / "meja-print"
    folder.mkdir()
    for name, age in (("old.pdf", 4000), ("new.pdf", 10)):
        (folder / name).write_bytes(PDF)
        os.utime(folder / name, (time.time() - age,) * 2)
    with pytest.raises(PrinterProblem):
        send(SystemTarget(), PDF)
    assert not (folder / "old.pdf").exists()
    assert (folder / "new.pdf").exists()
