"""What every test stands on: no window system, no vault, no home of this machine, nothing left running.

Knows no room of the desk. The environment is changed while this file is imported, before any test module can look at
it, and put back by the end of the process.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import coverage
import hypothesis
import keyring
import keyring.backend
import keyring.errors
import pytest

from tools import rooms

ROOT = Path(__file__).resolve().parent.parent
SESSION_HOME = Path(tempfile.mkdtemp(prefix="meja-tests-"))
THREAD_GRACE_SECONDS = 3.0
DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS")

for _name in DISPLAY_VARIABLES:
    os.environ.pop(_name, None)
os.environ.update(
    {
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(SESSION_HOME),
        "USERPROFILE": str(SESSION_HOME),
        "APPDATA": str(SESSION_HOME / "AppData" / "Roaming"),
        "LOCALAPPDATA": str(SESSION_HOME / "AppData" / "Local"),
        "XDG_DATA_HOME": str(SESSION_HOME / ".local" / "share"),
        "XDG_CONFIG_HOME": str(SESSION_HOME / ".config"),
        "XDG_CACHE_HOME": str(SESSION_HOME / ".cache"),
        "XDG_STATE_HOME": str(SESSION_HOME / ".local" / "state"),
        # Child processes of tests must not reach the machine's vault either.
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
)
(SESSION_HOME / "runtime").mkdir(mode=0o700)
os.environ["XDG_RUNTIME_DIR"] = str(SESSION_HOME / "runtime")


# A busy PC is no fault of what is tested: how long one example takes is measured by tests/bench, not judged here.
hypothesis.settings.register_profile("any-pc", deadline=None)
hypothesis.settings.load_profile("any-pc")


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A vault that lives and dies with one test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.secrets.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError(service)


_suite_seconds: dict[str, float] = defaultdict(float)
_suite_tests: dict[str, int] = defaultdict(int)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up how long each suite takes."""
    suite = rooms.suite_of(report.nodeid)
    _suite_seconds[suite] += report.duration
    _suite_tests[suite] += report.when == "call"


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Seconds per suite and, when it was measured, coverage per room."""
    terminalreporter.section("suites")
    for suite, seconds in sorted(_suite_seconds.items(), key=lambda pair: -pair[1]):
        terminalreporter.write_line(f"{suite:<24}{_suite_tests[suite]:>6} tests {seconds:>8.1f} s")
    plugin = config.pluginmanager.getplugin("_cov")
    measured = getattr(getattr(plugin, "cov_controller", None), "cov", None)
    if measured is None:
        return
    report = SESSION_HOME / "coverage.json"
    try:
        measured.json_report(outfile=str(report))
    except coverage.exceptions.NoDataError:
        return
    terminalreporter.section("coverage per room (statements and branches)")
    for room, share in rooms.read_shares(report).items():
        terminalreporter.write_line(f"{room:<24}{share.percent:>6.1f} %  of {share.total}")


def pytest_unconfigure() -> None:
    """Leave nothing of the session behind."""
    shutil.rmtree(SESSION_HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def vault() -> Iterator[MemoryKeyring]:
    """The keyring of one test: empty at first, in memory, never the machine's."""
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """Fail a test whose threads outlive it. Threads that are just ending are waited for."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + THREAD_GRACE_SECONDS
    for thread in set(threading.enumerate()) - before:
        thread.join(max(0.0, deadline - time.monotonic()))
    left = [t.name for t in set(threading.enumerate()) - before if not isinstance(t, threading._DummyThread)]
    assert not left, f"threads left behind: {left}"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real libraries' files, kept beside the project and not in it. MEJA_SHARED names their parent folder."""
    folder = Path(os.environ.get("MEJA_SHARED") or ROOT.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip("the libraries' sample files are not here (MEJA_SHARED names their folder)")
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT
