"""The long kill proof: `python -m tests.proofs.kill_200 [--kills 200] [--seed N] [--points]`.

Kills a real `meja scan` between scans, during them and while it starts, and after every kill holds what it had said
against what is in the store. With `--points` also at every single write and sync of one lend and return, by strace.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.flows.desk_process import DeskGone, DeskProcess, Place, recorded
from tests.flows.killing import BETWEEN, DURING, STARTING, Killer, tracer
from tests.flows.library import CARDS, COPIES, indebted_library, small_library

ONE_LEND_AND_RETURN = (CARDS[0], COPIES[0], "=finish", COPIES[0], "=finish")
POINT_LIMIT = 400
_MOMENTS = (DURING, BETWEEN, DURING, DURING, STARTING)


def say(text: str) -> None:
    """One line of the report, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def kill_rounds(folder: Path, kills: int, seed: int) -> Counter[str]:
    """That many kills on one library; the counts of what was seen. Raises AssertionError at the first loss."""
    founded = indebted_library(folder)
    killer = Killer(founded.place, random.Random(seed))
    for number in range(1, kills + 1):
        killer.round(_MOMENTS[number % len(_MOMENTS)])
        if number % 25 == 0:
            checked = founded.place.run("check", "--json")
            assert checked.returncode == 0, checked.stdout
            say(f"  {number} kills, {len(killer.said)} acts in the journal, `meja check` ok")
    paper = folder / "recovery.txt"
    paper.write_text(founded.recovery, encoding="ascii")
    with founded.place.desk() as desk:
        assert desk.end() == 0
    killer.seen["events in the store at the end"] = len(founded.place.events())
    shutil.move(founded.place.home / "second", folder / "second")
    shutil.rmtree(founded.place.home)
    restored = founded.place.run("restore", str(folder / "second"), "--recovery-key-file", str(paper))
    assert restored.returncode == 0, restored.stderr
    kept = {event.id for event in founded.place.events()}
    assert set(killer.said) <= kept
    killer.seen["of them restored from the second copy with the printed key"] = len(set(killer.said) & kept)
    return killer.seen


def kill_at_every_point(folder: Path, call: str) -> Counter[str]:
    """Kill at the first, second, third … `call` on the store's files, until a whole run comes through."""
    seen: Counter[str] = Counter()
    for when in range(1, POINT_LIMIT):
        place = small_library(folder / f"{call}-{when}").place
        begun = len(place.events())
        desk = DeskProcess(tracer(place, call, "signal=KILL", when))
        try:
            desk.scans(*ONE_LEND_AND_RETURN)
            code: int | None = desk.end()
        except DeskGone:
            code = None
        finally:
            desk.kill()
        _hold(place, desk, begun, seen)
        shutil.rmtree(folder / f"{call}-{when}")
        if code == 0:
            return seen
        seen["points"] += 1
    raise AssertionError(f"more than {POINT_LIMIT} points")


def _hold(place: Place, desk: DeskProcess, begun: int, seen: Counter[str]) -> None:
    said = recorded(desk.heard)
    kept = [event.id for event in place.events()[begun:]]
    assert kept[: len(said)] == said, "something said is not in the journal"
    assert len(kept) <= len(said) + 1, "more than one act was not said"
    report = place.check()
    assert report.ok, report.to_json()
    seen["acts said"] += len(said)
    seen["acts committed but not said"] += len(kept) - len(said)


def main() -> int:
    """Run the proof and print its numbers; 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--points", action="store_true", help="also at every write and sync of a lend and return")
    options = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="meja-kills-") as name:
        folder = Path(name)
        say(f"{options.kills} kills, seed {options.seed}")
        for what, count in kill_rounds(folder / "rounds", options.kills, options.seed).items():
            say(f"  {what}: {count}")
        for call in ("pwrite64", "fdatasync") if options.points else ():
            if not shutil.which("strace"):
                say("no strace on this machine: the single points were not tried")
                break
            say(f"at every {call} on the store, from the start to the end of one lend and return")
            for what, count in kill_at_every_point(folder / "points", call).items():
                say(f"  {what}: {count}")
    say(f"nothing was lost; {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
