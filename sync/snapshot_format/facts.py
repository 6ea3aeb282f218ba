"""What a snapshot is of, signed by the server."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from app.domain.canonical import canonical_text
from sync.protocol.signing import Signer, is_signed

FORMAT: Final = 1
"""The form of the frames this program writes and reads."""
_PURPOSE: Final = b"meja snapshot 1\n"


class Facts(Struct, frozen=True):
    """`name` is the SHA-256 of the file (hex), `size` its bytes. It holds the log up to number `at`, where the running
    hash is `hash` and the fold of version `fold` gives the state hash `state`."""

    name: str
    size: int
    format: int
    library: str
    epoch: str
    at: int
    hash: str
    state: str
    fold: int


def sign(signer: Signer, facts: Facts) -> str:
    """The server's signature, hex."""
    return signer.sign(_PURPOSE, _text(facts)).hex()


def is_from(server: bytes, facts: Facts, signature: str) -> bool:
    """True when the holder of the server's public key made this file."""
    try:
        return is_signed(server, _PURPOSE, _text(facts), bytes.fromhex(signature))
    except ValueError:
        return False


def _text(facts: Facts) -> bytes:
    one = facts
    return canonical_text(
        [one.name, one.size, one.format, one.library, one.epoch, one.at, one.hash, one.state, one.fold]
    ).encode()
