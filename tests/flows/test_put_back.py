"""A desk is killed, somebody puts an older meja.db in its place: the next start says what is not there any more."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from app.domain.ids import derived_id
from tests.flows.desk_process import PATIENCE, DeskProcess, Place
from tests.flows.library import CARDS, COPIES, small_library


def reached(place: Place) -> str:
    """The marks of this account."""
    return "".join(path.read_text(encoding="utf-8") for path in (place.config / "reached").glob("*.json"))


def test_an_older_store_put_in_the_place_of_a_killed_desk_s_is_said(place: Place) -> None:
    kept = place.home.with_name("older.db")
    shutil.copyfile(place.home / "meja.db", kept)
    with place.store() as store:
        seq = store.author.seq
    desk = DeskProcess(place)
    try:
        desk.scans(CARDS[0], COPIES[0], "=finish", COPIES[0], "=finish")
        with place.store() as store:
            last = store.author.seq
        deadline = time.monotonic() + PATIENCE
        while f'"seq": {last},' not in reached(place) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        desk.kill()
    assert last > seq
    for path in place.home.glob("meja.db*"):
        path.unlink()
    shutil.copyfile(kept, place.home / "meja.db")
    again = place.run("scan")
    assert again.returncode == 0
    assert f"{last - seq}" in again.stderr
    assert "salinan kedua" in again.stderr
    assert "second copy" in again.stderr
    quiet = place.run("scan")
    assert quiet.stderr == ""


def test_the_image_of_a_whole_pc_put_back_is_told_by_the_second_copy(tmp_path: Path) -> None:
    """Home and account together are an hour old and agree with each other; the copy on the stick is ahead of them."""
    stick = tmp_path / "stick"
    place = small_library(tmp_path, settings={"copy.folder": str(stick)}).place
    with place.desk_store() as store, store.act() as act:
        debt = {"charge": act.new_id(), "party": act.new_party(derived_id("m", CARDS[1])), "amount": 10_000}
        act.record("charge.made", {**debt, "reason": "condition.wet"})
    with place.desk() as desk:
        desk.scans(CARDS[0], COPIES[0], "=finish")
        assert desk.end() == 0
    for folder in (place.home, place.config):
        shutil.copytree(folder, tmp_path / "image" / folder.name)
    with place.desk() as desk:
        paid = desk.scans(CARDS[1], "=pay 5000")[-1]["receipt"]
        given = desk.scan("=finish")["receipt"]
        assert desk.end() == 0
    for folder in (place.home, place.config):
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "image" / folder.name, folder)
    checked = place.run("check")
    assert checked.returncode == 1
    assert "Salinan kedua memuat" in checked.stdout
    with place.desk() as desk:
        again = desk.scans(CARDS[1], "=pay 3000")[-1]["receipt"]
        assert desk.scan("=finish")["receipt"] != given
        assert desk.end() == 0
    assert again != paid, "a number that is on paper is not given again"
    assert paid in desk.errors
    assert given in desk.errors
    (kept,) = stick.glob("*/other-*")
    assert str(kept) in desk.errors, "the way to the missing acts is named"
    place.home = tmp_path / "restored"
    assert place.run("restore", str(kept)).returncode == 0
    assert any(event.kind == "payment.made" and event.body["amount"] == 5000 for event in place.events())
