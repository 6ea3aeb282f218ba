"""Identity: a desk is the fingerprint of its key; a marker outside the home tells a copy from the original."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.canonical import digest
from app.domain.ids import is_id
from app.ports import KnownError
from db.identity import Marker, get_meta, new_identity, read_identity
from tests.builders import Library


def test_a_desk_is_the_fingerprint_of_its_key() -> None:
    identity, private = new_identity("Asia/Makassar")
    public = Ed25519PrivateKey.from_private_bytes(private).public_key()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    assert identity.desk == digest({"ed25519": raw.hex()}).hex()[:32]
    assert is_id(identity.library)
    assert identity.zone == "Asia/Makassar"
    assert new_identity("Asia/Makassar")[0] != identity


def test_the_kept_identity_is_read_back_and_a_missing_one_is_damage(library: Library) -> None:
    assert read_identity(library.store.connection) == library.store.identity
    library.store.connection.execute("DELETE FROM meta WHERE key = 'inc'")
    with pytest.raises(KnownError) as error:
        get_meta(library.store.connection, "inc")
    assert error.value.code == "store-damaged"


def test_a_marker_agrees_with_its_place_and_token_only(tmp_path: Path) -> None:
    marker = Marker(tmp_path / "config", "d" * 32, tmp_path / "home")
    assert not marker.agrees("one")
    marker.write("one", "two")
    assert marker.agrees("one")
    assert marker.agrees("two")
    marker.write("two")
    assert not marker.agrees("one")
    assert not Marker(tmp_path / "config", "d" * 32, tmp_path / "copy").agrees("two")
    assert not Marker(tmp_path / "config", "e" * 32, tmp_path / "home").agrees("two")
    assert Marker(tmp_path / "config", "d" * 32, tmp_path / "x" / ".." / "home").agrees("two")


@pytest.mark.parametrize("content", ["", "{", "[]", "1", '{"tokens": "one"}', '{"tokens": 1}', '{"tokens": [1]}'])
def test_a_spoiled_marker_agrees_with_nothing(tmp_path: Path, content: str) -> None:
    marker = Marker(tmp_path / "config", "d" * 32, tmp_path / "home")
    marker.write("one")
    (path,) = (tmp_path / "config" / "homes").iterdir()
    path.write_text(content, encoding="utf-8")
    assert not marker.agrees("one")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file in the way", encoding="ascii")
    with pytest.raises(KnownError) as error:
        Marker(tmp_path / "config", "d" * 32, tmp_path).write("one")
    assert error.value.code == "home-not-writable"
