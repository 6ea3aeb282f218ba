"""A desk killed at any moment loses nothing that it said. The long form is `python -m tests.proofs.kill_200`."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import pytest

from tests.flows.desk_process import DeskGone, DeskProcess, Place, recorded
from tests.flows.killing import BETWEEN, DURING, STARTING, Killer, tracer
from tests.flows.library import CARDS, COPIES, indebted_library

ROUNDS = [BETWEEN, DURING, STARTING, DURING, DURING] * 3


def test_a_desk_killed_over_and_over_keeps_all_it_said(tmp_path: Path) -> None:
    killer = Killer(indebted_library(tmp_path).place, random.Random(20))
    for moment in ROUNDS:
        killer.round(moment)
    assert killer.seen["acts said"] >= len(ROUNDS)
    checked = killer.place.run("check", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("strace"), reason="strace is not on this machine")
@pytest.mark.parametrize(("call", "when"), [("pwrite64", 14), ("pwrite64", 19), ("fdatasync", 5), ("fdatasync", 6)])
def test_a_kill_inside_a_write_or_a_sync_leaves_the_store_whole(place: Place, call: str, when: int) -> None:
    desk = DeskProcess(tracer(place, call, "signal=KILL", when))
    try:
        with pytest.raises(DeskGone):
            desk.scans(CARDS[0], COPIES[0], "=finish", COPIES[0], "=finish", COPIES[1])
    finally:
        desk.kill()
    said = recorded(desk.heard)
    kept = [event.id for event in place.events()]
    assert set(said) <= set(kept)
    assert place.check().ok
    with place.desk() as again:
        again.scans("=finish", CARDS[1])
        assert again.scan(COPIES[2])["outcome"] == "lent"
