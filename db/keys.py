"""The store's key: one random raw key, wrapped twice, by the OS keyring and by the printed recovery key.

The wraps stand in a small file beside the store and travel with every copy and backup. Neither the raw key nor the
recovery key is ever written in clear; only the keyring holds the secret that opens the first wrap.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from msgspec import Struct

from app.domain.paper_key import read_key, write_key
from app.domain.strict_json import parse_json
from app.domain.system_fault import why
from app.ports import KnownError
from app.small_file import put_file

_RECOVERY_BYTES = 20


class Secrets(Protocol):
    """Where this account keeps secrets outside the home: the OS keyring, or the nearest thing there is."""

    def get(self, name: str) -> str | None: ...
    def set(self, name: str, value: str) -> None: ...

    @property
    def place(self) -> str:
        """ "keyring" or "file"."""
        ...


class NewKeys(Struct, frozen=True):
    """Fresh keys of a home: what goes on disk, and the recovery key to print once."""

    raw: bytes
    wraps: Mapping[str, Any]
    recovery: str


def make_keys(store: Secrets, name: str) -> NewKeys:
    """Make a raw key, put its opener into the account's secrets under a fresh name of `name`'s, and wrap it twice."""
    raw = secrets.token_bytes(32)
    recovery = new_recovery_key()
    wraps = {"v": 1, "keyring": _keyring_wrap(store, name, raw), "recovery": _recovery_wrap(recovery, raw)}
    return NewKeys(raw, wraps, recovery)


def rewrap_for_account(store: Secrets, name: str, raw: bytes, wraps: Mapping[str, Any]) -> dict[str, Any]:
    """The wraps with a new first one, for an account whose keyring lost (or never had) the secret.

    The secret gets a name of its own: the one that other copies and backups open by is never written over.
    """
    return {**wraps, "keyring": _keyring_wrap(store, name, raw)}


def rewrap_recovery(raw: bytes, wraps: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The wraps with a new recovery key, and that key to print; the old paper opens nothing any more."""
    recovery = new_recovery_key()
    return {**wraps, "recovery": _recovery_wrap(recovery, raw)}, recovery


def write_wraps(path: Path, wraps: Mapping[str, Any]) -> None:
    """Keep the wraps beside a store. Without them nothing opens it, so they are on the disk when this returns."""
    try:
        put_file(path, json.dumps(wraps, indent=1, sort_keys=True).encode("ascii"))
    except OSError as error:
        raise KnownError("home-not-writable", {"path": str(path.parent), "detail": why(error)}) from error


def read_wraps(path: Path) -> dict[str, Any]:
    """The wraps beside a store; `KnownError("keys-missing")` when they are gone or unreadable."""
    try:
        wraps = parse_json(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise KnownError("keys-missing", {"path": str(path)}) from error
    if not isinstance(wraps, dict) or not all(_is_wrap(wraps.get(name)) for name in ("keyring", "recovery")):
        raise KnownError("keys-missing", {"path": str(path)})
    # What this program does not know it does not carry on.
    return {name: wraps[name] for name in ("v", "keyring", "recovery") if name in wraps}


def _is_wrap(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(part, str) for part in value.values())


def open_with_keyring(store: Secrets, wraps: Mapping[str, Any]) -> bytes | None:
    """The raw key by this account's secret, or None when the keyring does not have it (any more)."""
    try:
        wrap = wraps["keyring"]
        kept = store.get(str(wrap["name"]))
        return _open(bytes.fromhex(kept), wrap) if kept else None
    except (KeyError, TypeError, ValueError, InvalidTag):
        return None


def open_with_recovery(recovery: str, wraps: Mapping[str, Any]) -> bytes:
    """The raw key by the printed recovery key; `KnownError("recovery-key-wrong")` when it does not fit."""
    try:
        wrap = wraps["recovery"]
        return _open(_stretch(read_key(recovery, _RECOVERY_BYTES), base64.b64decode(wrap["salt"])), wrap)
    except (KeyError, TypeError, ValueError, InvalidTag) as error:
        raise KnownError("recovery-key-wrong") from error


def new_recovery_key() -> str:
    """160 random bits as eight groups of four letters and digits, without those that look alike."""
    return write_key(secrets.token_bytes(_RECOVERY_BYTES))


def _keyring_wrap(store: Secrets, name: str, raw: bytes) -> dict[str, str]:
    opener = secrets.token_bytes(32)
    fresh = f"{name[:32]}-{secrets.token_hex(6)}"
    store.set(fresh, opener.hex())
    return {"name": fresh, **_seal(opener, raw)}


def _recovery_wrap(recovery: str, raw: bytes) -> dict[str, str]:
    salt = secrets.token_bytes(16)
    return {"salt": base64.b64encode(salt).decode(), **_seal(_stretch(read_key(recovery, _RECOVERY_BYTES), salt), raw)}


def _stretch(secret: bytes, salt: bytes) -> bytes:
    # Only the recovery key needs these; an ordinary start should not wait for them.
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"meja recovery").derive(secret)


def _seal(opener: bytes, raw: bytes) -> dict[str, str]:
    nonce = secrets.token_bytes(12)
    box = ChaCha20Poly1305(opener).encrypt(nonce, raw, b"meja store key")
    return {"nonce": base64.b64encode(nonce).decode(), "box": base64.b64encode(box).decode()}


def _open(opener: bytes, wrap: Mapping[str, Any]) -> bytes:
    nonce, box = base64.b64decode(wrap["nonce"]), base64.b64decode(wrap["box"])
    return ChaCha20Poly1305(opener).decrypt(nonce, box, b"meja store key")
