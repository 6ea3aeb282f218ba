"""What a destroyed disk costs at most: `python -m tests.proofs.copy_lag [--rounds 20]`.

A desk lends and returns at a quick pace with its second copy in another folder; at a chance moment it is killed and
its home destroyed. The copy is restored with only the printed key, and what is missing is held against the clock: how
long before the end was the oldest lost act said?
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.flows.desk_process import Place
from tests.flows.library import CARDS, COPIES, small_library

PAUSE_SECONDS = 0.3


def one_round(folder: Path, seconds: float) -> tuple[int, int, float]:
    """Acts said, acts lost, and seconds between the oldest lost act's answer and the end (0.0 when none is lost)."""
    stick = folder / "stick"
    founded = small_library(folder, settings={"copy.folder": str(stick)})
    place = founded.place
    said: dict[str, float] = {}
    with place.desk() as desk:
        desk.scan("=finish")
        end = time.monotonic() + seconds
        for line in _pace(end):
            answer = desk.scan(line)
            if answer["event_id"]:
                said[answer["event_id"]] = time.monotonic()
        ended = time.monotonic()
        desk.kill()
    shutil.rmtree(place.home)
    (place.config / "secrets.json").unlink()
    paper = folder / "paper.txt"
    paper.write_text(founded.recovery, encoding="ascii")
    copies = list(stick.rglob("meja.db"))
    assert len(copies) == 1, copies
    anew = Place(folder / "anew", place.config)
    done = anew.run("restore", str(copies[0].parent), "--recovery-key-file", str(paper))
    assert done.returncode == 0, done.stderr
    assert anew.check().ok
    kept = {event.id for event in anew.events()}
    lost = [at for event, at in said.items() if event not in kept]
    return len(said), len(lost), max((ended - at for at in lost), default=0.0)


def _pace(end: float) -> Iterator[str]:
    """Loans and returns, some in a burst and some with a pause, until the end, which comes right after an answer."""
    step = 0
    while time.monotonic() < end:
        copy = COPIES[step % len(COPIES)]
        for line in (CARDS[step % len(CARDS)], copy, "=finish", copy):
            if time.monotonic() >= end:
                return
            yield line
        step += 1
        pause = min(time.monotonic() + (PAUSE_SECONDS if step % 3 == 0 else 0.0), end)
        while time.monotonic() < pause:
            time.sleep(0.005)


def main() -> int:
    """Run the rounds and print the figures; 0 when no loss reaches further back than the promised two seconds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    luck = random.Random(options.seed)
    worst, total, lost = 0.0, 0, 0
    for number in range(1, options.rounds + 1):
        with tempfile.TemporaryDirectory(prefix="meja-lag-") as name:
            acts, missing, back = one_round(Path(name), luck.uniform(2.0, 6.0))
        worst, total, lost = max(worst, back), total + acts, lost + missing
        sys.stdout.write(f"round {number}: {acts} acts, {missing} lost, oldest {back:.2f} s before the end\n")
        sys.stdout.flush()
    sys.stdout.write(f"{total} acts in {options.rounds} destroyed homes: {lost} lost, at most {worst:.2f} s\n")
    return 0 if worst <= 2.0 else 1


if __name__ == "__main__":
    sys.exit(main())
