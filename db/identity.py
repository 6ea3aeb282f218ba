"""Who this store is: library, desk, incarnation; and the marker outside the home that tells a copy from the original.

A home that was copied, restored or put on another PC must not go on with the old incarnation, or two desks would write
one chain. Each opening and each end gives the store a fresh random token, and the same to a marker in the account's
configuration; a store whose token is not its place's is a copy, and a new incarnation begins and is said.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path

import apsw
from msgspec import Struct

from app.domain.canonical import digest
from app.domain.strict_json import parse_json
from app.domain.system_fault import why
from app.ports import KnownError
from app.small_file import put_file
from db.sql import Reading


class Identity(Struct, frozen=True):
    """The names under which this store writes its journal."""

    library: str
    desk: str
    inc: str
    zone: str


def new_identity(zone: str) -> tuple[Identity, bytes]:
    """A fresh identity and the desk's private Ed25519 key (raw 32 bytes); `desk` is the key's fingerprint."""
    # Only a founding needs this much of the library; an ordinary start should not wait for it.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    raw = private.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    desk = digest({"ed25519": public.hex()}).hex()[:32]
    return Identity(secrets.token_hex(16), desk, new_incarnation(), zone), raw


def new_incarnation() -> str:
    """64 random bits."""
    return secrets.token_hex(8)


def get_meta(connection: Reading, key: str) -> str:
    """A kept text; `KnownError("store-damaged")` when it is missing."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise KnownError("store-damaged", {"detail": f"meta {key}"})
    return str(row[0])


def desk_key(connection: Reading) -> bytes:
    """The desk's private Ed25519 key, raw."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'desk_private_key'").fetchone()
    if row is None:
        raise KnownError("store-damaged", {"detail": "meta desk_private_key"})
    return bytes(row[0])


def set_meta(connection: apsw.Connection, key: str, value: str | int | bytes) -> None:
    """Keep a value."""
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))


def read_identity(connection: Reading) -> Identity:
    """The kept identity."""
    return Identity(*(get_meta(connection, key) for key in ("library", "desk", "inc", "zone")))


class Marker:
    """The token of the last opening, kept outside the home for each place it lies at, in a file of its own: two homes
    of one desk that are open side by side never write the same file."""

    def __init__(self, folder: Path, desk: str, root: Path) -> None:
        place = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
        self._path = folder / "homes" / f"{desk}-{place}.json"

    def agrees(self, token: str) -> bool:
        """True when the store that bears this token was last opened at this place, on this account."""
        try:
            kept = parse_json(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        tokens = kept.get("tokens") if isinstance(kept, dict) else None
        return isinstance(tokens, list) and token in tokens

    def write(self, *tokens: str) -> None:
        """Keep the tokens that a store at this place may bear, so that a power cut does not undo it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            put_file(self._path, json.dumps({"tokens": tokens}).encode("ascii"))
        except OSError as error:
            raise KnownError("home-not-writable", {"path": str(self._path.parent), "detail": why(error)}) from error
