"""A disk that fails at every single write and sync: `python -m tests.proofs.disk_faults`.

Each run lets one system call on the store's files fail (once, or from there on for good) during one lend and return,
by strace. Whatever fails: a sentence or a `stopped` answer, no traceback, everything accepted is there afterwards.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.flows.desk_process import DeskGone, DeskProcess, Place, recorded
from tests.flows.killing import tracer
from tests.flows.library import CARDS, COPIES, small_library

SCRIPT = (CARDS[0], COPIES[0], "=finish", COPIES[0], "=finish", CARDS[1], COPIES[1], "=finish")
FAULTS = ("error=EIO", "error=ENOSPC")
CALLS = ("pwrite64", "fdatasync", "ftruncate")
POINT_LIMIT = 400
PROBLEMS = frozenset({"disk-full", "disk-failed", "store-failed", "store-read-only", "store-busy"})


def fail_once(place: Place, call: str, fault: str, when: str) -> tuple[DeskProcess, bool]:
    """Run the script with the fault; the ended desk, and whether the script came to its end at all."""
    desk = DeskProcess(tracer(place, call, fault, when))
    try:
        desk.scans(*SCRIPT)
        desk.end()
        return desk, True
    except DeskGone:
        return desk, False
    finally:
        desk.kill()


def hold(place: Place, desk: DeskProcess, finished: bool, begun: int) -> str:
    """Hold what the desk said against the store, then let a healthy desk go on; what happened, in one word.

    An answer `stopped` promises nothing: its act may or may not be there (a sync that failed after the write).
    """
    assert "Traceback" not in desk.errors, desk.errors
    said = recorded(desk.heard)
    stopped = [answer for answer in desk.heard if answer["outcome"] == "stopped"]
    assert {answer["problem"] for answer in stopped} <= PROBLEMS, stopped
    kept = [event.id for event in place.events()[begun:]]
    assert set(said) <= set(kept), "something said is not in the journal"
    assert len(kept) <= len(said) + len(stopped), "an act appeared that nobody was told of"
    if not finished:
        assert not desk.heard, "the desk ended in the middle of its work"
        assert desk.process.returncode == 1
        assert desk.errors.startswith("meja: "), desk.errors
    with place.desk() as again:
        again.scans("=finish", CARDS[2])
        assert again.scan(COPIES[2])["outcome"] == "lent"
        assert again.end() == 0
    report = place.check()
    assert report.ok, report.to_json()
    if not finished:
        return "said at the start, by a sentence"
    return "stopped, said and gone on" if stopped else "not felt by the desk"


def every_point(folder: Path, call: str, fault: str, *, for_good: bool) -> Counter[str]:
    """The fault at the first, second, third … call, until one comes after the last."""
    seen: Counter[str] = Counter()
    unfelt = 0
    for when in range(1, POINT_LIMIT):
        room = folder / f"{when}"
        place = small_library(room).place
        begun = len(place.events())
        what = hold(place, *fail_once(place, call, fault, f"{when}+" if for_good else str(when)), begun)
        shutil.rmtree(room)
        seen[what] += 1
        unfelt = unfelt + 1 if what.startswith("not felt") else 0
        if unfelt == 12:
            return seen
    return seen


def main() -> int:
    """Run the proof and print its numbers."""
    if not shutil.which("strace"):
        sys.stdout.write("strace is not on this machine\n")
        return 1
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="meja-faults-") as name:
        for call in CALLS:
            for fault in FAULTS:
                for for_good in (False, True):
                    seen = every_point(Path(name), call, fault, for_good=for_good)
                    words = "from there on" if for_good else "once"
                    sys.stdout.write(f"{call} {fault} {words}: {dict(seen)}\n")
                    sys.stdout.flush()
    sys.stdout.write(f"nothing accepted was lost; {time.monotonic() - begun:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
