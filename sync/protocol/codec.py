"""Bodies on the wire: JSON, packed with gzip, unpacked within a limit."""

from __future__ import annotations

import zlib
from typing import TypeVar

import msgspec

from sync.protocol.limits import MAX_BODY

T = TypeVar("T")

_GZIP = 31
_LEVEL = 1
# A smaller one is sent as it is: packing would make it larger.
_WORTH = 200


class BadBody(ValueError):
    """A body that cannot be read: a code for the answer, and what the reader said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def to_json(message: object) -> bytes:
    """A message as JSON."""
    return msgspec.json.encode(message)


def pack(body: bytes) -> tuple[bytes, str]:
    """The body as it travels, and its content encoding ("" = as it is)."""
    if len(body) < _WORTH:
        return body, ""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush(), "gzip"


def unpack(body: bytes, encoding: str, limit: int = MAX_BODY) -> bytes:
    """The body as it was, never more than `limit` bytes however it was packed. Raises BadBody."""
    if encoding in ("", "identity"):
        if len(body) > limit:
            raise BadBody("too-large")
        return body
    if encoding != "gzip":
        raise BadBody("unknown-encoding")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        found = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise BadBody("not-gzip", str(error)) from None
    if len(found) > limit:
        raise BadBody("too-large")
    if not unpacker.eof or unpacker.unused_data:
        raise BadBody("not-gzip", "cut short" if not unpacker.eof else "more after the end")
    return found


def from_json(body: bytes, kind: type[T]) -> T:
    """A message of a kind, strictly. Raises BadBody."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadBody("bad-message", str(error)[:200]) from None
