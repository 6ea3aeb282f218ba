"""A desk is killed, somebody puts an older meja.db in its place: the next start says what is not there any more."""

from __future__ import annotations

import shutil
import time

from tests.flows.desk_process import PATIENCE, DeskProcess, Place
from tests.flows.library import CARDS, COPIES


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
