"""Restoring: into an empty home, from what is good, as a new incarnation; a failure leaves the home empty."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.domain.receipt_no import later_mark
from app.ports import KnownError
from db.backup import backup_home
from db.home import Home
from db.keys import new_recovery_key
from db.restore import restore
from db.store import open_store
from tests.builders import CARD, Library, derived, rows_of, surroundings


@pytest.fixture
def backup(library: Library, tmp_path: Path) -> Path:
    """A backup with one loan."""
    library.lend(CARD, "B001")
    return backup_home(library.home, library.store.connection, library.store.key, tmp_path / "backup").parent


def test_a_restored_library_goes_on_as_one_new_incarnation(library: Library, backup: Path, tmp_path: Path) -> None:
    before, old = derived(library.store), library.store.identity
    report = restore(tmp_path / "new", backup, "", library.around)
    assert report["events"] == len(library.kinds())
    assert report["newest_at"] == library.clock.wall
    assert report["state_hash"] == library.store.projection.state_hash.hex()
    for _ in range(2):
        store = open_store(Home(tmp_path / "new"), library.around)
        assert derived(store) == before
        assert store.identity.inc != old.inc
        assert (store.identity.library, store.identity.desk) == (old.library, old.desk)
        reasons = rows_of(store, "SELECT body FROM event WHERE kind = 'incarnation.started'")
        assert [json.loads(body)["reason"] for (body,) in reasons] == ["restored"]
        assert store.letter == later_mark(store.identity.inc)
        store.close()


def test_one_backup_restored_twice_goes_on_under_two_marks(library: Library, backup: Path, tmp_path: Path) -> None:
    marks = set()
    for name in ("one", "two"):
        restore(tmp_path / name, backup, "", library.around)
        store = open_store(Home(tmp_path / name), library.around)
        marks.add(store.letter)
        store.close()
    assert len(marks) == 2, "no two slips may carry one number"


def test_a_store_file_may_be_named_itself(library: Library, backup: Path, tmp_path: Path) -> None:
    assert restore(tmp_path / "new", backup / "meja.db", library.recovery, library.around)["events"]


def test_the_backup_is_read_and_never_written(library: Library, backup: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in backup.iterdir()}
    restore(tmp_path / "new", backup, library.recovery, surroundings(tmp_path / "account"))
    assert {path.name: path.read_bytes() for path in backup.iterdir()} == before


def test_a_home_in_use_is_not_restored_over(library: Library, backup: Path) -> None:
    with pytest.raises(KnownError) as error:
        restore(library.root, backup, library.recovery, library.around)
    assert error.value.code == "home-not-empty"


def failing(code: str, root: Path, source: Path, recovery: str, around: object) -> None:
    """A restore that fails so leaves an empty home, ready for another try."""
    with pytest.raises(KnownError) as error:
        restore(root, source, recovery, around)  # type: ignore[arg-type]
    assert error.value.code == code
    assert not Home(root).exists()
    assert not list(root.glob("*.db*"))


def test_what_is_wrong_is_said(library: Library, backup: Path, tmp_path: Path) -> None:
    root, stranger = tmp_path / "new", surroundings(tmp_path / "account")
    failing("file-not-found", root, tmp_path / "none", library.recovery, stranger)
    failing("keyring-lost", root, backup, "", stranger)
    failing("recovery-key-wrong", root, backup, new_recovery_key(), stranger)
    store = backup / "meja.db"
    whole = store.read_bytes()
    store.write_bytes(whole[:40_000])
    failing("store-damaged", root, backup, library.recovery, stranger)
    store.write_bytes(b"x" * 40_000)
    failing("store-not-readable", root, backup, library.recovery, stranger)
    (backup / "meja.keys").unlink()
    failing("keys-missing", root, backup, library.recovery, stranger)


def test_after_a_failure_the_same_home_can_be_restored(library: Library, backup: Path, tmp_path: Path) -> None:
    stranger = surroundings(tmp_path / "account")
    store = backup / "meja.db"
    whole = store.read_bytes()
    store.write_bytes(whole[:40_000])
    failing("store-damaged", tmp_path / "new", backup, library.recovery, stranger)
    store.write_bytes(whole)
    restore(tmp_path / "new", backup, library.recovery, stranger)
    opened = open_store(Home(tmp_path / "new"), stranger)
    assert opened.letter != library.store.letter
    opened.close()


def test_keys_of_a_store_that_is_gone_are_kept(library: Library, backup: Path, tmp_path: Path) -> None:
    new = Home(tmp_path / "new")
    new.root.mkdir()
    new.keys.write_bytes(b"of another store")
    restore(new.root, backup, "", library.around)
    assert [path.read_bytes() for path in new.root.glob("meja.keys-*")] == [b"of another store"]
