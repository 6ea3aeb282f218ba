"""The store's key: two wraps, no clear text, a recovery key a person can type."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ports import KnownError
from db.keys import (
    make_keys,
    new_recovery_key,
    open_with_keyring,
    open_with_recovery,
    read_wraps,
    rewrap_for_account,
    rewrap_recovery,
    write_wraps,
)
from db.store import open_store
from tests.builders import CARD, Library


class Vault:
    """Secrets in memory."""

    place = "keyring"

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """The secret."""
        return self.kept.get(name)

    def set(self, name: str, value: str) -> None:
        """Keep it."""
        self.kept[name] = value


def test_both_wraps_open_the_same_key() -> None:
    vault = Vault()
    keys = make_keys(vault, "desk")
    wraps = json.loads(json.dumps(keys.wraps))
    assert open_with_keyring(vault, wraps) == keys.raw
    assert open_with_recovery(keys.recovery, wraps) == keys.raw
    assert make_keys(vault, "other").raw != keys.raw


def test_a_lost_keyring_opens_nothing_and_can_be_made_anew() -> None:
    keys = make_keys(Vault(), "desk")
    fresh = Vault()
    assert open_with_keyring(fresh, keys.wraps) is None
    fresh.kept["desk"] = "00" * 32
    assert open_with_keyring(fresh, keys.wraps) is None
    fresh.kept["desk"] = "no hex"
    assert open_with_keyring(fresh, keys.wraps) is None
    wraps = rewrap_for_account(fresh, "desk", keys.raw, keys.wraps)
    assert open_with_keyring(fresh, wraps) == keys.raw
    assert open_with_recovery(keys.recovery, wraps) == keys.raw


def test_a_new_recovery_key_ends_the_old_one() -> None:
    vault = Vault()
    keys = make_keys(vault, "desk")
    wraps, fresh = rewrap_recovery(keys.raw, keys.wraps)
    assert open_with_recovery(fresh, wraps) == keys.raw
    with pytest.raises(KnownError) as error:
        open_with_recovery(keys.recovery, wraps)
    assert error.value.code == "recovery-key-wrong"
    assert open_with_keyring(vault, wraps) == keys.raw


KEYS = make_keys(Vault(), "desk")


def test_a_recovery_key_may_be_typed_as_it_is_read() -> None:
    plain = KEYS.recovery.replace("-", "")
    for typed in (
        plain,
        plain.lower(),
        KEYS.recovery.replace("-", " "),
        KEYS.recovery.replace("0", "O"),
        f" {plain}\n",
    ):
        assert open_with_recovery(typed, KEYS.wraps) == KEYS.raw
    assert open_with_recovery(KEYS.recovery.replace("1", "l"), KEYS.wraps) == KEYS.raw


@given(st.text(max_size=60))
def test_any_other_text_is_a_wrong_key(typed: str) -> None:
    with pytest.raises(KnownError) as error:
        open_with_recovery(typed, KEYS.wraps)
    assert error.value.code == "recovery-key-wrong"


@given(st.integers(0, 31), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_every_letter_counts(place: int, letter: str) -> None:
    plain = KEYS.recovery.replace("-", "")
    if plain[place] != letter:
        with pytest.raises(KnownError):
            open_with_recovery(plain[:place] + letter + plain[place + 1 :], KEYS.wraps)


def test_a_recovery_key_is_eight_groups_without_confusing_letters() -> None:
    made = {new_recovery_key() for _ in range(200)}
    assert len(made) == 200
    for key in made:
        assert len(key) == 39
        assert key.count("-") == 7
        assert not set(key) & set("OILU")


@given(
    st.dictionaries(
        st.sampled_from(["v", "keyring", "recovery"]),
        st.none() | st.text(max_size=5) | st.dictionaries(st.sampled_from(["name", "nonce", "box", "salt"]), st.text()),
    )
)
def test_spoiled_wraps_never_raise_anything_else(wraps: dict[str, object]) -> None:
    assert open_with_keyring(Vault(), wraps) is None
    with pytest.raises(KnownError):
        open_with_recovery(KEYS.recovery, wraps)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"\xff\xfe", b'"x"'])
def test_a_damaged_wrap_file_is_said(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "meja.keys"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KnownError) as error:
        read_wraps(path)
    assert error.value.code == "keys-missing"


def test_wraps_are_put_in_place_whole(tmp_path: Path) -> None:
    path = tmp_path / "meja.keys"
    write_wraps(path, KEYS.wraps)
    assert read_wraps(path) == KEYS.wraps
    assert [file.name for file in tmp_path.iterdir()] == ["meja.keys"]
    with pytest.raises(KnownError) as error:
        write_wraps(tmp_path / "none" / "meja.keys", KEYS.wraps)
    assert error.value.code == "home-not-writable"


def clear_forms(secret: bytes) -> list[bytes]:
    """How a secret could stand in a file for anybody to read."""
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), base64.b64encode(secret)]


def test_no_secret_stands_anywhere_in_the_home_in_clear(library: Library) -> None:
    from db.backup import backup_home

    library.lend(CARD, "B001")
    with library.store.act() as act:
        act.put_note(act.new_id(), "catatan rahasia")
        act.record("record.edited", {"record": "note", "id": act.new_id()})
    backup_home(library.home, library.store.connection, library.store.key, library.home.backups / "one")
    recovery = library.recovery
    wanted = [*clear_forms(library.store.key), recovery.encode(), recovery.replace("-", "").encode()]
    wanted += [b"Ahmad Fauzi", b"catatan rahasia", b"Sejarah Lampung"]
    files = [path for path in library.root.rglob("*") if path.is_file()]
    assert len(files) > 4
    for path in files:
        data = path.read_bytes()
        assert not [secret for secret in wanted if secret in data], path.name
    # What is outside the home opens only the first wrap, and is not the key itself.
    for path in library.around.config.rglob("*"):
        if path.is_file():
            assert not [secret for secret in wanted if secret in path.read_bytes()], path.name
    assert any(b"Ahmad Fauzi" in path.read_bytes() for path in [write_plain(library)])


def write_plain(library: Library) -> Path:
    """The same store without encryption, to show that the search above would find what it looks for."""
    path = library.root.parent / "plain.txt"
    rows = library.store.connection.execute("SELECT name FROM member").fetchall()
    path.write_text(repr(rows), encoding="utf-8")
    return path


def test_only_the_recovery_key_opens_after_the_keyring_is_lost(library: Library) -> None:
    library.lend(CARD, "B001")
    library.close()
    secret = library.around.config / "secrets.json"
    secret.unlink()
    with pytest.raises(KnownError) as error:
        open_store(library.home, library.around)
    assert error.value.code == "keyring-lost"
    with pytest.raises(KnownError) as wrong:
        open_store(library.home, library.around, recovery=new_recovery_key())
    assert wrong.value.code == "recovery-key-wrong"
    library.store = open_store(library.home, library.around, recovery=library.recovery)
    assert library.has() == ["B001"]
    # The account has its key again, and the paper still works.
    library.reopen()
    library.reopen(recovery=library.recovery)
    if os.name == "posix":
        assert secret.stat().st_mode & 0o077 == 0
