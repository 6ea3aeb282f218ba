"""Backups: whole, checked, encrypted with the same key, in place in one step or not at all."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from app.ports import KnownError
from db.backup import backup_home, copy_store, stamp, verify_copy
from db.connection import connect
from db.keys import open_with_recovery, read_wraps
from tests.builders import CARD, Library


def test_a_backup_beside_a_running_desk_is_whole(library: Library, tmp_path: Path) -> None:
    library.lend(CARD, "B001")
    made = backup_home(library.home, library.store.connection, library.store.key, tmp_path / "cadangan أ" / "satu")
    library.lend(CARD, "C001")
    verify_copy(made, library.store.key)
    copy = connect(made, library.store.key, read_only=True)
    assert copy.execute("SELECT count(*) FROM loan").fetchone() == (1,)
    copy.close()
    assert open_with_recovery(library.recovery, read_wraps(made.parent / "meja.keys")) == library.store.key
    assert sorted(path.name for path in made.parent.iterdir()) == ["meja.db", "meja.keys"]


def test_a_target_that_cannot_be_written_leaves_nothing(library: Library, tmp_path: Path) -> None:
    (tmp_path / "way").write_text("a file in the way", encoding="ascii")
    with pytest.raises(KnownError) as error:
        backup_home(library.home, library.store.connection, library.store.key, tmp_path / "way" / "x")
    assert error.value.code == "backup-failed"
    assert (tmp_path / "way").read_text(encoding="ascii") == "a file in the way"


def test_a_full_target_leaves_no_half_copy(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.db.faulty import faulty_disk

    with faulty_disk(monkeypatch) as disk, disk.fails(apsw.FullError, "write", after=5):
        with pytest.raises(KnownError) as error:
            copy_store(library.store.connection, tmp_path / "copy" / "meja.db", library.store.key)
        assert error.value.code == "disk-full"
    assert list((tmp_path / "copy").iterdir()) == []


def test_a_copy_replaces_an_older_one_only_when_it_is_good(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "meja.db"
    copy_store(library.store.connection, target, library.store.key)
    before = target.read_bytes()

    def not_good(*_: object) -> None:
        raise KnownError("backup-not-good")

    monkeypatch.setattr("db.backup.verify_copy", not_good)
    with pytest.raises(KnownError):
        copy_store(library.store.connection, target, library.store.key)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("meja.db")] == ["meja.db"]


def test_the_log_of_an_earlier_store_is_not_played_into_a_new_copy(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "meja.db"
    (tmp_path / "meja.db-wal").write_bytes(b"left behind")
    copy_store(library.store.connection, target, library.store.key)
    assert not (tmp_path / "meja.db-wal").exists()


@pytest.mark.parametrize("keep", [0, 100, 4096, 50_000])
def test_a_torn_copy_is_not_good(library: Library, tmp_path: Path, keep: int) -> None:
    target = tmp_path / "meja.db"
    copy_store(library.store.connection, target, library.store.key)
    target.write_bytes(target.read_bytes()[:keep])
    if keep == 0:
        # An empty file is an empty store to SQLite; the schema tells.
        copy = connect(target, library.store.key, read_only=True)
        assert copy.execute("PRAGMA user_version").fetchone() == (0,)
        copy.close()
        return
    with pytest.raises(KnownError) as error:
        verify_copy(target, library.store.key)
    assert error.value.code in ("backup-not-good", "store-damaged", "store-not-readable")


def test_flipped_bits_are_found(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "meja.db"
    copy_store(library.store.connection, target, library.store.key)
    data = bytearray(target.read_bytes())
    for place in range(40_000, len(data), 4096):
        data[place] ^= 1
    target.write_bytes(bytes(data))
    with pytest.raises(KnownError):
        verify_copy(target, library.store.key)


def test_stamps_sort_and_differ() -> None:
    stamps = [stamp() for _ in range(5)]
    assert stamps == sorted(stamps)
