"""Sealed frames: `length, sealed(packed(content))`, one after the other; the last one is empty."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEY_BYTES: Final = 32
_LENGTH: Final = 4
_LEVEL: Final = 1
MAX_FRAME: Final = 16 * 1024 * 1024
"""Bytes of one frame, unpacked."""
_LARGEST: Final = MAX_FRAME + 1024


class BadSnapshot(ValueError):
    """A file that is not what it says: a word for the log."""


class Sealer:
    """Writes frames under one key, which is used for one file only."""

    def __init__(self, key: bytes, file: BinaryIO) -> None:
        self._seal = ChaCha20Poly1305(key)
        self._file = file
        self._place = 0

    def put(self, content: bytes) -> bytes:
        """Write a frame; the bytes that were written."""
        sealed = self._seal.encrypt(_nonce(self._place), zlib.compress(content, _LEVEL), None)
        self._place += 1
        written = len(sealed).to_bytes(_LENGTH) + sealed
        self._file.write(written)
        return written


def frames(key: bytes, file: BinaryIO) -> Iterator[bytes]:
    """The contents in order, without the empty last one. Raises BadSnapshot."""
    seal = ChaCha20Poly1305(key)
    place = 0
    while True:
        length = int.from_bytes(file.read(_LENGTH))
        if not 0 < length <= _LARGEST:
            raise BadSnapshot("frame")
        try:
            packed = seal.decrypt(_nonce(place), file.read(length), None)
        except InvalidTag:
            raise BadSnapshot("seal") from None
        content = _unpacked(packed)
        if not content:
            if file.read(1):
                raise BadSnapshot("more")
            return
        yield content
        place += 1


def _unpacked(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(packed, MAX_FRAME + 1)
    except zlib.error:
        raise BadSnapshot("packing") from None
    if len(content) > MAX_FRAME or not unpacker.eof:
        raise BadSnapshot("packing")
    return content


def _nonce(place: int) -> bytes:
    return place.to_bytes(12)
