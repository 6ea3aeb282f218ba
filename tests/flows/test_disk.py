"""A disk that is full, read-only or failing: a plain answer, nothing accepted is lost, and the desk goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.desk_process import Place, recorded
from tests.flows.library import CARDS, COPIES, small_library
from tests.proofs.disk_faults import fail_once, hold

TRACED = sys.platform == "linux" and shutil.which("strace") is not None


class LittleDisk:
    """A disk of a few megabytes that can be filled, freed and write-protected."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler.bin"

    def fill(self) -> None:
        """Leave no byte free."""
        with open(self._filler, "ab", buffering=0) as handle:
            for size in (65_536, 4096, 1):
                try:
                    while True:
                        handle.write(b"\0" * size)
                except OSError:
                    continue

    def free(self) -> None:
        """Give the space back."""
        self._filler.unlink()

    def protect(self, *, read_only: bool) -> None:
        """Slide the write protection."""
        mode = "remount,ro" if read_only else "remount,rw"
        subprocess.run(["mount", "-o", mode, str(self.folder)], check=True, capture_output=True)


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[LittleDisk]:
    """A mounted disk in memory; skipped where this account may not mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only an administrator of a Linux machine can mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield LittleDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)


@pytest.fixture
def on_little_disk(little_disk: LittleDisk, tmp_path: Path) -> Place:
    """The small library on the little disk; the account lies elsewhere."""
    return small_library(tmp_path, home=little_disk.folder / "library").place


def test_a_desk_on_a_full_disk_stops_and_goes_on_when_there_is_space(
    on_little_disk: Place, little_disk: LittleDisk
) -> None:
    place = on_little_disk
    with place.desk() as desk:
        assert desk.scans(CARDS[0], COPIES[0])[-1]["outcome"] == "lent"
        little_disk.fill()
        stopped = None
        for copy in COPIES[1:] * 4:
            answers = desk.scans("=return", copy, "=auto", CARDS[1], copy, "=finish")
            stopped = next((answer for answer in answers if answer["outcome"] == "stopped"), None)
            if stopped is not None:
                break
        assert stopped is not None, "the disk was never full"
        assert stopped["problem"] == "disk-full"
        assert desk.scan(COPIES[30])["outcome"] in ("stopped", "shown"), "still there, still answering"
        for command in (("backup",), ("check", "--json")):
            assert "Traceback" not in place.run(*command).stderr
        little_disk.free()
        again = desk.scans("=finish", CARDS[2], COPIES[31])
        assert again[-1]["outcome"] == "lent", "in the same process"
        assert desk.scan("=finish")["outcome"] == "finished"
        assert desk.end() == 1, "the exit code tells that something was refused"
    assert desk.errors == ""
    assert set(recorded(desk.heard)) <= {event.id for event in place.events()}
    numbers = [no for (no,) in place.rows("SELECT no FROM desk_tx ORDER BY no")]
    assert numbers == list(range(1, len(numbers) + 1))
    checked = place.run("check", "--json")
    assert checked.returncode == 0, checked.stdout


def test_a_full_disk_at_the_start_is_a_sentence(on_little_disk: Place, little_disk: LittleDisk) -> None:
    place = on_little_disk
    little_disk.fill()
    for command in (("scan",), ("backup",), ("set", "slip.footer", "x" * 400)):
        done = place.run(*command, given=f"{CARDS[0]}\n{COPIES[0]}\n".encode())
        assert "Traceback" not in done.stderr, done.stderr
        assert (done.returncode, done.stderr.startswith("meja: ")) == (1, True) or "stopped" in done.stdout, command
    little_disk.free()
    with place.desk() as desk:
        assert desk.scans(CARDS[0], COPIES[0])[-1]["outcome"] == "lent"
        assert desk.end() == 0
    assert not list(place.home.rglob("*.part")), "no half copy is left"


def test_a_write_protected_disk_is_a_sentence_and_loses_nothing(
    on_little_disk: Place, little_disk: LittleDisk, tmp_path: Path
) -> None:
    place = on_little_disk
    with place.desk() as desk:
        desk.scans(CARDS[0], COPIES[0], "=finish")
        said = recorded(desk.heard)
        assert desk.end() == 0
    little_disk.protect(read_only=True)
    refused = place.run("scan", given=b"x\n")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("meja: "), refused.stderr
    assert "Traceback" not in refused.stderr
    for command in (("check", "--json"), ("staff",), ("backup", str(tmp_path / "stick"))):
        looked = place.run(*command)
        assert looked.returncode == 0, (command, looked.stdout, looked.stderr)
    little_disk.protect(read_only=False)
    assert set(said) <= {event.id for event in place.events()}


@pytest.mark.skipif(not TRACED, reason="strace is not on this machine")
@pytest.mark.parametrize(
    ("call", "fault", "when"),
    [
        ("pwrite64", "error=EIO", "25"),
        ("pwrite64", "error=ENOSPC", "31+"),
        ("fdatasync", "error=EIO", "5"),
        ("fdatasync", "error=EIO", "6+"),
    ],
)
def test_a_disk_that_fails_a_write_or_a_sync_loses_nothing_accepted(
    place: Place, call: str, fault: str, when: str
) -> None:
    begun = len(place.events())
    what = hold(place, *fail_once(place, call, fault, when), begun)
    assert what != "not felt by the desk"
