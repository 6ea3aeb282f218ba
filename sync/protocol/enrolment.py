"""The code typed to join: a one-time secret, and part of the server's fingerprint against whoever stands between.

32 letters in groups of four: 80 random bits, then the first 80 bits of the fingerprint of the server's key.
"""

from __future__ import annotations

import hashlib
from typing import Final

from msgspec import Struct

from app.domain.paper_key import read_key, write_key

SECRET_BYTES: Final = 10
_SEEN_BYTES: Final = 10


class Code(Struct, frozen=True):
    """A code taken apart: what the server is sent, and how its fingerprint must begin (hex)."""

    secret: str
    server: str

    def fits(self, fingerprint: str) -> bool:
        """True when a server with this fingerprint is the one that made the code."""
        return fingerprint.startswith(self.server)


def write_code(secret: bytes, fingerprint: str) -> str:
    """The code to type, from 10 random bytes and the fingerprint of the server's key."""
    return write_key(secret + bytes.fromhex(fingerprint)[:_SEEN_BYTES])


def read_code(text: str) -> Code:
    """What somebody typed. Raises ValueError."""
    raw = read_key(text, SECRET_BYTES + _SEEN_BYTES)
    return Code(raw[:SECRET_BYTES].hex(), raw[SECRET_BYTES:].hex())


def kept_secret(secret: str) -> str:
    """What the server keeps of a one-time secret; 80 random bits cannot be tried out, so nothing slower is needed."""
    return hashlib.sha256(b"meja enrolment 1\n" + secret.encode()).hexdigest()
