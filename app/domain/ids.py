"""Identities as 32 hex characters: time-ordered for acts, derived for things every replica must name alike."""

from __future__ import annotations

import re
from hashlib import sha1

_ID = re.compile("[0-9a-f]{32}").fullmatch
_SPACE = bytes.fromhex("6f0c1c5e6d1e5c449d0a6d656a610001")

# The two highest bits of this digit say which kind of UUID it is.
_VARIANT = {f"{digit:x}": f"{digit & 3 | 8:x}" for digit in range(16)}


def act_id(now_ms: int, randomness: bytes) -> str:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits from `randomness` (10 bytes)."""
    if len(randomness) != 10:
        raise ValueError("a time-ordered id needs exactly 10 random bytes")
    value = (now_ms & ((1 << 48) - 1)) << 80 | int.from_bytes(randomness)
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return f"{value:032x}"


def derived_id(kind: str, *parts: str) -> str:
    """A UUIDv5 (RFC 9562) of a kind and its cause: the same on every replica.

    Made from the hash directly: an import names hundreds of thousands of things, and UUID objects cost more than it.
    """
    made = sha1(_SPACE + "\x1f".join((kind, *parts)).encode(), usedforsecurity=False).hexdigest()
    return f"{made[:12]}5{made[13:16]}{_VARIANT[made[16]]}{made[17:32]}"


def is_id(value: object) -> bool:
    """True for 32 lower-case hex characters."""
    return isinstance(value, str) and _ID(value) is not None
