"""Real set-ups without internet, in a folder with spaces and Arabic letters."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import pytest

from bootstrap import build, stamp
from bootstrap.order import Needs
from tests.house.conftest import Checkout

pytestmark = pytest.mark.slow


def probe_of(output: str) -> str:
    """The version that the started desk found installed."""
    return str(json.loads(output.splitlines()[-1])["probe"])


def test_from_a_folder_of_wheels_then_a_changed_lock(checkout: Checkout) -> None:
    for wheel in checkout.wheels.glob("*.whl"):
        wheel.write_bytes(wheel.read_bytes() + b"\0")
    tampered = checkout.run("--wheels", str(checkout.wheels), "scan", MEJA_ASSUME_YES="1")
    assert tampered.returncode == 1, "a wheel that is not the pinned one is refused"
    assert not (checkout.folder / ".venv" / stamp.STAMP_NAME).exists()
    log = checkout.folder / build.WORK_FOLDER / build.LOG
    assert str(log) in tampered.stderr
    assert "Processing " in log.read_text(encoding="utf-8")
    assert "Processing " not in tampered.stderr
    assert "hash" in tampered.stderr.lower(), "the reason itself is said"

    checkout.pin("1")
    first = checkout.run("--wheels", str(checkout.wheels), "scan", MEJA_ASSUME_YES="1")
    assert first.returncode == 0, first.stderr
    assert probe_of(first.stdout) == "1"
    assert str(checkout.wheels) in first.stderr
    assert len(first.stderr.splitlines()) < 20, "pip's own lines are not the person's"
    assert not log.exists()

    nowhere = checkout.run("--wheels", str(checkout.wheels / "none"), "scan")
    assert (nowhere.returncode, nowhere.stdout) == (2, ""), "said on an installed desk, too"
    assert str(checkout.wheels / "none") in nowhere.stderr

    again = checkout.run("scan")
    assert again.returncode == 0
    assert again.stderr == "", "a second start has nothing to say"

    checkout.pin("2")
    assert checkout.run("scan").returncode == 2, "a changed lock needs an answer again"
    for wheel in checkout.wheels.glob("*-2-*"):
        wheel.rename(wheel.with_suffix(".away"))
    failed = checkout.run("--wheels", str(checkout.wheels), "scan", MEJA_ASSUME_YES="1")
    assert failed.returncode == 1
    assert "--wheels" in failed.stderr
    checkout.pin("1")
    assert probe_of(checkout.run("scan").stdout) == "1", "what stood before a failed fetch still stands"

    checkout.pin("2")
    second = checkout.run("--wheels", str(checkout.wheels), "scan", MEJA_ASSUME_YES="1")
    assert probe_of(second.stdout) == "2", second.stderr


def test_an_interruption_after_the_fetch_is_mended_without_the_source(checkout: Checkout) -> None:
    work = checkout.folder / build.WORK_FOLDER
    checkout.folder.joinpath(".venv", "half").mkdir(parents=True)
    lock = stamp.lock_path(checkout.folder, Needs.CORE)
    python = stamp.venv_python(checkout.folder / ".venv")
    work.mkdir()
    checkout.wheels.rename(work / "wheels")
    (work / "wheels" / build.COMPLETE).write_text(stamp.fingerprint(lock.read_bytes(), str(python)), encoding="utf-8")
    (work / build.MARKER).touch()
    done = checkout.run("scan", MEJA_ASSUME_YES="1")
    assert done.returncode == 0, done.stderr
    assert "building it again" in done.stderr
    assert probe_of(done.stdout) == "1"
    assert sorted(path.name for path in work.iterdir()) == ["lock"]


@pytest.mark.skipif(sys.platform == "win32", reason="kills a group of processes the POSIX way")
def test_an_interrupted_set_up_mends_itself_and_two_at_once_take_turns(checkout: Checkout) -> None:
    marker = checkout.folder / build.WORK_FOLDER / build.MARKER
    killed = checkout.start("--wheels", str(checkout.wheels), "scan", MEJA_ASSUME_YES="1")
    deadline = time.monotonic() + 60
    while not (marker.exists() and (checkout.folder / ".venv").exists()):
        assert time.monotonic() < deadline
        assert killed.poll() is None
        time.sleep(0.002)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=30)
    assert marker.exists()
    assert not (checkout.folder / ".venv" / stamp.STAMP_NAME).exists()

    both = [checkout.start("--wheels", str(checkout.wheels), "scan", MEJA_ASSUME_YES="1") for _ in range(2)]
    ends = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert [probe_of(out) for out, _ in ends] == ["1", "1"]
    assert sum("building it again" in err for _, err in ends) == 1, ends
    assert not marker.exists()
