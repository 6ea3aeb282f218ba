"""Canonical bytes and hashes: the one form in which events and states are hashed, signed and compared.

JSON with sorted keys, no blanks, UTF-8, integers only. Any replica that holds the same value makes the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from msgspec.json import Encoder

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
).encode

_encode_struct = Encoder(order="sorted").encode

ZERO = b"\x00" * 32
_MODULUS = 1 << 256


def canonical_text(value: object) -> str:
    """The canonical JSON text of a value made of dict, list/tuple, str, int, bool and None.

    Floats are not part of the form (they print differently on different machines); `check_json` finds them in input
    from outside.
    """
    return _encode(value)


def canonical_bytes(value: object) -> bytes:
    """`canonical_text` as UTF-8; lone surrogates (never valid text) raise UnicodeEncodeError."""
    return _encode(value).encode("utf-8")


def struct_bytes(value: object) -> bytes:
    """The canonical bytes of a value that may hold Structs: as of dicts with their fields, but many times faster."""
    return _encode_struct(value)


def check_json(value: object, depth: int = 12) -> bool:
    """True when a value from outside fits the canonical form: no floats, string keys, bounded depth."""
    if value is None or isinstance(value, str | bool | int):
        return True
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(isinstance(k, str) and check_json(v, depth - 1) for k, v in value.items())
    if isinstance(value, list | tuple):
        return all(check_json(v, depth - 1) for v in value)
    return False


def chain(previous: bytes, event: bytes) -> bytes:
    """The next link of a desk's hash chain: SHA-256 over the previous link and the event's canonical bytes."""
    return hashlib.sha256(previous + event).digest()


def digest(value: object) -> bytes:
    """SHA-256 of a value's canonical bytes."""
    return hashlib.sha256(canonical_bytes(value)).digest()


def struct_digest(value: object) -> bytes:
    """`digest` of a value that may hold Structs."""
    return hashlib.sha256(_encode_struct(value)).digest()


def add_hash(total: bytes, aggregate: bytes) -> bytes:
    """Add one aggregate's hash to a state hash (a sum modulo 2^256, so order does not matter)."""
    return ((int.from_bytes(total) + int.from_bytes(aggregate)) % _MODULUS).to_bytes(32)


def shift_hash(total: bytes, by: int) -> bytes:
    """A state hash after a sum of added and removed hashes."""
    return ((int.from_bytes(total) + by) % _MODULUS).to_bytes(32)


def remove_hash(total: bytes, aggregate: bytes) -> bytes:
    """Take one aggregate's hash out of a state hash again."""
    return ((int.from_bytes(total) - int.from_bytes(aggregate)) % _MODULUS).to_bytes(32)
