"""Ed25519 signatures over what travels, each with a purpose of its own so that none can stand for another."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.canonical import digest

RUN = b"meja run 1\n"
REQUEST = b"meja request 1\n"
ANSWER = b"meja answer 1\n"
ROTATION = b"meja rotation 1\n"


class Signer:
    """A private key at work. `fingerprint` names its owner."""

    def __init__(self, raw: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(raw)
        self.public = public_of(raw)
        self.fingerprint = fingerprint(self.public)

    def sign(self, purpose: bytes, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(purpose + message)


def new_private() -> bytes:
    """A fresh private key, raw 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )


def public_of(raw: bytes) -> bytes:
    """The public key (raw 32 bytes) of a private one."""
    key = Ed25519PrivateKey.from_private_bytes(raw).public_key()
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def fingerprint(public: bytes) -> str:
    """The 32 hex characters that name a desk or server by its key."""
    return digest({"ed25519": public.hex()}).hex()[:32]


@lru_cache(maxsize=1024)
def _loaded(public: bytes) -> Ed25519PublicKey | None:
    try:
        return Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        return None


def is_signed(public: bytes, purpose: bytes, message: bytes, signature: bytes) -> bool:
    """True when the holder of the key signed exactly this for this purpose."""
    key = _loaded(public)
    if key is None:
        return False
    try:
        key.verify(signature, purpose + message)
    except InvalidSignature:
        return False
    return True


def request_text(method: str, path: str, time_ms: int, nonce: str, body: bytes) -> bytes:
    """What a desk signs of a request; `body` is what travels, packed."""
    return "\n".join((method, path, str(time_ms), nonce, hashlib.sha256(body).hexdigest())).encode()


def answer_text(nonce: str, status: int, body: bytes) -> bytes:
    """What the server signs of an answer to the request with this random number; `body` unpacked."""
    return "\n".join((nonce, str(status), hashlib.sha256(body).hexdigest())).encode()
