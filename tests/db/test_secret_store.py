"""This account's secrets: the keyring where there is one, else a file nobody else may read."""

from __future__ import annotations

import os
from pathlib import Path

import keyring
import keyring.backends.fail
import keyring.errors
import pytest

from app.ports import KnownError
from db.secret_store import AccountSecrets, FileSecrets, KeyringSecrets
from tests.conftest import MemoryKeyring


def test_the_keyring_keeps_and_gives(vault: MemoryKeyring, tmp_path: Path) -> None:
    secrets = AccountSecrets(tmp_path)
    assert secrets.place == "keyring"
    assert secrets.get("desk") is None
    secrets.set("desk", "abc")
    assert secrets.get("desk") == "abc"
    assert KeyringSecrets().get("desk") == "abc"
    assert list(tmp_path.iterdir()) == []


def test_without_a_keyring_a_file_of_the_account_serves(tmp_path: Path) -> None:
    keyring.set_keyring(keyring.backends.fail.Keyring())
    secrets = AccountSecrets(tmp_path / "config")
    assert secrets.place == "file"
    secrets.set("one", "1")
    secrets.set("two", "2")
    assert (secrets.get("one"), secrets.get("two"), secrets.get("three")) == ("1", "2", None)
    assert FileSecrets(tmp_path / "config").get("one") == "1"
    if os.name == "posix":
        assert (tmp_path / "config" / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_secret_is_at_one_place_only(vault: MemoryKeyring, tmp_path: Path) -> None:
    """Kept in the file while there was no keyring, it is found there, and moves when it is kept anew."""
    FileSecrets(tmp_path).set("desk", "old")
    secrets = AccountSecrets(tmp_path)
    assert (secrets.get("desk"), secrets.place) == ("old", "file")
    secrets.set("desk", "new")
    assert (secrets.get("desk"), secrets.place) == ("new", "keyring")
    assert FileSecrets(tmp_path).get("desk") is None


def test_a_locked_keyring_is_said(vault: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise keyring.errors.KeyringLocked("raw words")

    monkeypatch.setattr(vault, "get_password", locked)
    monkeypatch.setattr(vault, "set_password", locked)
    for call in (lambda: KeyringSecrets().get("x"), lambda: KeyringSecrets().set("x", "y")):
        with pytest.raises(KnownError) as error:
            call()
        assert error.value.code == "keyring-failed"
        assert "raw words" not in str(error.value.params)


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff", b""])
def test_a_spoiled_file_has_no_secrets(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secrets.json").write_bytes(content)
    assert FileSecrets(tmp_path).get("desk") is None


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file in the way", encoding="ascii")
    with pytest.raises(KnownError) as error:
        FileSecrets(tmp_path / "config").set("desk", "x")
    assert error.value.code == "home-not-writable"
