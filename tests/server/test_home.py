"""The server's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.ports import KnownError
from server.home import Home


def test_the_key_is_made_once(tmp_path: Path) -> None:
    key = Home(tmp_path / "a").key()
    assert len(key) == 32
    assert Home(tmp_path / "a").key() == key
    assert Home(tmp_path / "b").key() != key


def test_a_store_without_its_key_gets_no_other_one(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.key()
    home.store.touch()
    (tmp_path / "store.key").unlink()
    with pytest.raises(KnownError, match="server-key-missing"):
        home.key()
    (tmp_path / "store.key").write_text("00" * 5, encoding="ascii")
    with pytest.raises(KnownError, match="server-key-missing"):
        home.key()


def test_one_process_serves_a_home(tmp_path: Path) -> None:
    with Home(tmp_path).serving(), pytest.raises(KnownError, match="server-runs-already"), Home(tmp_path).serving():
        pass
    with Home(tmp_path).serving():
        pass


def test_the_address_is_remembered(tmp_path: Path) -> None:
    assert Home(tmp_path).url() == ""
    Home(tmp_path).announce("https://10.0.0.5:7443")
    assert Home(tmp_path).url() == "https://10.0.0.5:7443"
    (tmp_path / "serving.json").write_text("[]", encoding="ascii")
    assert Home(tmp_path).url() == ""


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KnownError, match="home-not-writable"):
        Home(tmp_path / "file" / "home")
