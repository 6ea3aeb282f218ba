"""Small files: all of the new content or all of the old, and for nobody else's eyes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.small_file import put_file


def test_a_file_is_replaced_as_a_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "key"
    put_file(path, b"old")
    put_file(path, b"new and longer")
    assert path.read_bytes() == b"new and longer"
    assert [one.name for one in tmp_path.iterdir()] == ["key"]


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX's")
def test_a_private_file_is_for_its_account_alone(tmp_path: Path) -> None:
    put_file(tmp_path / "key", b"secret", private=True)
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_what_cannot_be_put_in_place_leaves_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    put_file(path, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        put_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["key"]


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps names without being asked")
def test_the_name_is_made_to_last_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    real = os.fsync

    def note(descriptor: int) -> None:
        synced.append(os.path.isdir(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr("os.fsync", note)
    put_file(tmp_path / "key", b"x")
    assert synced == [False, True]
