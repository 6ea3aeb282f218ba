"""Where each exchange is asked and what is said around it: paths, headers, and how a request is signed.

Every exchange is a POST of one JSON message and is answered with one. The desk signs method, path, time, random number
and body; the server signs the random number, the status and the body of its answer, also when it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from sync.protocol import messages as m
from sync.protocol.limits import VERSION
from sync.protocol.signing import ANSWER, REQUEST, Signer, answer_text, is_signed, request_text

METHOD: Final = "POST"

DESK: Final = "Meja-Desk"
"""The desk's name: the fingerprint of its first key."""
TIME: Final = "Meja-Time"
"""The server's time in milliseconds as the desk believes it to be."""
NONCE: Final = "Meja-Nonce"
"""A fresh random number of the request, 32 to 64 lower-case hex characters. The only header of a `hello`."""
SIGNATURE: Final = "Meja-Signature"
"""Of a request: the desk's over `request_text`. Of an answer: the server's over `answer_text`."""
PROTOCOL: Final = "Meja-Protocol"
"""The protocol version of the body."""

_NONCE: Final = re.compile(r"[0-9a-f]{32,64}")


class Exchange(Struct, frozen=True):
    """One question and its answer. `signed`: only an enrolled desk may ask."""

    path: str
    asks: type
    answers: type
    signed: bool = True


HELLO: Final = Exchange("/v1/hello", m.Hello, m.Welcome, signed=False)
JOIN: Final = Exchange("/v1/join", m.Join, m.Joined, signed=False)
PUSH: Final = Exchange("/v1/push", m.Push, m.Pushed)
PULL: Final = Exchange("/v1/pull", m.Pull, m.Page)
WAIT: Final = Exchange("/v1/wait", m.Wait, m.Head)
HAVE: Final = Exchange("/v1/have", m.Have, m.Known)
HASHES: Final = Exchange("/v1/hashes", m.Hashes, m.HashesAt)
HEAD: Final = Exchange("/v1/head", m.Ask, m.Head)
STATE: Final = Exchange("/v1/state", m.Ask, m.State)
SNAPSHOT: Final = Exchange("/v1/snapshot", m.AskSnapshot, m.Snapshot)

EXCHANGES: Final = (HELLO, JOIN, PUSH, PULL, WAIT, HAVE, HASHES, HEAD, STATE, SNAPSHOT)


def is_nonce(text: str) -> bool:
    """True for a random number as a request may carry it."""
    return _NONCE.fullmatch(text) is not None


def request_headers(
    signer: Signer, exchange: Exchange, body: bytes, *, time_ms: int, nonce: str, desk: str = ""
) -> dict[str, str]:
    """The headers of a signed request. `body` is what travels, packed; `desk` where the desk's name is older than its
    present key. What is signed is the exchange's own path, also where the server stands below a prefix."""
    text = request_text(METHOD, exchange.path, time_ms, nonce, body)
    return {
        DESK: desk or signer.fingerprint,
        TIME: str(time_ms),
        NONCE: nonce,
        PROTOCOL: str(VERSION),
        SIGNATURE: signer.sign(REQUEST, text).hex(),
    }


def answer_is_signed(server: bytes, nonce: str, status: int, headers: Mapping[str, str], body: bytes) -> bool:
    """True when the holder of the server's public key gave this answer to this request; `body` unpacked. Names of
    headers may be written in any case."""
    said = next((value for name, value in headers.items() if name.lower() == SIGNATURE.lower()), "")
    try:
        signature = bytes.fromhex(said)
    except ValueError:
        return False
    return is_signed(server, ANSWER, answer_text(nonce, status, body), signature)
