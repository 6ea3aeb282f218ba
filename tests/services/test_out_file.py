"""Files that a person names: not the library's own by any name, and whole or as they were."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from app.ports import KnownError
from app.services.out_file import OwnPlaces, refuse_own, write_whole, written

posix = pytest.mark.skipif(os.name != "posix", reason="other rights, no device files")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a store, and a backup in a folder of its own."""
    home = tmp_path / "rumah"
    (home / "backups").mkdir(parents=True)
    (home / "meja.db").write_bytes(b"store")
    (home / "meja.keys").write_bytes(b"keys")
    return home


@pytest.fixture
def own(home: Path) -> OwnPlaces:
    return OwnPlaces((home, home.parent / "stick" / "deadbeef"), "meja.keys")


def test_nothing_inside_is_written_by_whatever_name(
    home: Path, own: OwnPlaces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(home)
    (tmp_path / "store-link.csv").symlink_to(home / "meja.db")
    (tmp_path / "store-hard.csv").hardlink_to(home / "meja.db")
    monkeypatch.chdir(home / "backups")
    for path in (
        home, home / "meja.db", home / "new.csv", home / "backups" / "x" / "y.csv", home / "none" / ".." / "meja.keys",
        tmp_path / "link" / "meja.db", tmp_path / "store-link.csv", tmp_path / "store-hard.csv", Path("../meja.db"),
        tmp_path / "stick" / "deadbeef" / "meja.db",
    ):  # fmt: skip
        with pytest.raises(KnownError) as error:
            write_whole(path, b"x", own)
        assert error.value.code == "file-own", path
    assert (home / "meja.db").read_bytes() == b"store"
    assert (home / "meja.keys").read_bytes() == b"keys"


def test_another_library_and_a_backup_elsewhere_are_known_by_their_keys(own: OwnPlaces, tmp_path: Path) -> None:
    other = tmp_path / "usb" / "meja-20260302"
    other.mkdir(parents=True)
    (other / "meja.keys").write_bytes(b"keys")
    with pytest.raises(KnownError, match="file-own"):
        refuse_own(other / "daftar.csv", own)
    refuse_own(tmp_path / "usb" / "daftar.csv", own)


def test_a_neighbour_with_a_like_name_is_no_part_of_the_home(home: Path, own: OwnPlaces) -> None:
    beside = home.with_name("rumah-2.csv")
    write_whole(beside, b"x", own)
    assert beside.read_bytes() == b"x"


def test_what_is_cut_off_leaves_the_good_file(own: OwnPlaces, tmp_path: Path) -> None:
    target = tmp_path / "daftar.csv"
    write_whole(target, b"good", own)

    def cut_off() -> None:
        with written(target, own) as out:
            out.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()
    assert target.read_bytes() == b"good"
    assert list(tmp_path.glob(".*")) == []


def test_a_link_stays_a_link_and_its_file_gets_the_words(own: OwnPlaces, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "name.csv").symlink_to(tmp_path / "real.csv")
    write_whole(tmp_path / "name.csv", b"new", own)
    assert (tmp_path / "name.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"


@posix
def test_rights_of_the_replaced_file_stay(own: OwnPlaces, tmp_path: Path) -> None:
    target = tmp_path / "daftar.csv"
    write_whole(target, b"old", own)
    target.chmod(0o640)
    write_whole(target, b"new", own)
    assert target.stat().st_mode & 0o777 == 0o640


@posix
def test_a_pipe_is_written_to_and_stays_a_pipe(own: OwnPlaces, tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", bytearray()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.extend(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"words", own)
    reader.join(10)
    assert bytes(got) == b"words"
    assert pipe.is_fifo()


def test_what_cannot_be_written_is_said(own: OwnPlaces, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "x.csv", tmp_path / ("x" * 300)):
        with pytest.raises(KnownError) as error:
            write_whole(path, b"x", own)
        assert error.value.code == "file-not-writable", path
    assert list(tmp_path.glob(".*")) == []


@posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_full_disk_is_said_as_one(own: OwnPlaces) -> None:
    with pytest.raises(KnownError, match="disk-full"):
        write_whole(Path("/dev/full"), b"x", own)
