"""A store that was taken away from under its desk."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.ports import KnownError
from db import second_copy
from db.connection import connect
from db.second_copy import SecondCopy
from tests.builders import CARD, Library

pytestmark = pytest.mark.skipif(os.name != "posix", reason="nobody can take an open file away there")


def removed(store: Path) -> None:
    store.unlink()


def replaced(store: Path) -> None:
    """Another file, byte for byte the same."""
    shutil.copyfile(store, store.with_name("other"))
    store.with_name("other").replace(store)


def moved(store: Path) -> None:
    store.parent.rename(store.parent.with_name("elsewhere"))


def without_log(store: Path) -> None:
    store.with_name(store.name + "-wal").unlink()


def without_shared_memory(store: Path) -> None:
    store.with_name(store.name + "-shm").unlink()


@pytest.mark.parametrize("away", [removed, replaced, moved, without_log, without_shared_memory])
def test_nothing_is_said_to_be_done_in_a_store_that_is_gone(library: Library, away: Callable[[Path], None]) -> None:
    library.lend(CARD, "B001")
    away(library.home.store)
    with pytest.raises(KnownError) as error:
        library.lend(CARD, "C001")
    assert error.value.code == "store-moved"
    assert error.value.params["path"] == str(library.home.store)


def test_a_store_that_goes_during_an_act_is_noticed_before_the_answer(library: Library) -> None:
    said: list[str] = []
    library.store.after_commit.append(lambda: said.append("committed"))

    def change() -> None:
        with library.store.act() as act:
            act.set_setting("slip.footer", "x")
            replaced(library.home.store)

    with pytest.raises(KnownError, match="store-moved"):
        change()
    library.store.after_commit.clear()
    assert said == [], "nobody follows what did not happen"


def test_the_second_copy_does_not_follow_a_store_that_was_put_in_place(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_copy, "EVERY", 0.01)
    older = tmp_path / "older.db"
    shutil.copyfile(library.home.store, older)
    folder = tmp_path / "stick"
    copy = SecondCopy(library.store, folder)
    library.store.after_commit.append(copy.nudge)
    copy.start()
    end = time.monotonic() + 20
    library.lend(CARD, "B001")
    while copy.lag is not None or not (folder / "meja.db").exists():
        assert time.monotonic() < end
        time.sleep(0.005)
    library.store.after_commit.clear()
    shutil.copyfile(older, older.with_name("placed"))
    older.with_name("placed").replace(library.home.store)
    (folder / "meja.db").rename(folder / "kept.db")
    copy.nudge()
    while not copy.problem:
        assert time.monotonic() < end
        time.sleep(0.005)
    copy.stop()
    assert copy.problem == "store-moved"
    assert not (folder / "meja.db").exists(), "no base is made of another store"
    kept = connect(folder / "kept.db", library.store.key, read_only=True)
    assert kept.execute("SELECT count(*) FROM event WHERE kind = 'loan.opened'").fetchone() == (1,)
    kept.close()


def test_an_ordinary_day_is_not_disturbed(library: Library) -> None:
    """Backups, checkpoints and lookers beside the desk leave its files where they are."""
    for _ in range(2):
        other = connect(library.home.store, library.store.key)
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        other.close()
        library.lend(CARD, "B001")
        library.bring("B001")
