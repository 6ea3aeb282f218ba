"""Whether a request is what its desk signed, now and for the first time. Pure; the clock is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from msgspec import Struct

from app.domain.ids import is_id
from server.web.refusal import Refusal
from sync.protocol import routes
from sync.protocol.limits import OLDEST, SIGNED_FOR_MS, VERSION
from sync.protocol.signing import REQUEST, is_signed, request_text

_TIME_DIGITS = 16
_SIGNATURE_LETTERS = 128


class Proof(Struct, frozen=True):
    """What a request's headers say of who asks. `time` in milliseconds."""

    desk: str
    time: int
    nonce: str
    signature: bytes


def nonce_of(headers: Mapping[str, str]) -> str:
    """The request's random number, "" when it has none that may be signed."""
    nonce = headers.get(routes.NONCE, "")
    return nonce if routes.is_nonce(nonce) else ""


def read_proof(headers: Mapping[str, str]) -> Proof:
    """The headers taken apart. Raises Refusal."""
    desk, time, signature = (headers.get(name, "") for name in (routes.DESK, routes.TIME, routes.SIGNATURE))
    nonce = nonce_of(headers)
    if not nonce:
        raise Refusal("no-nonce")
    if not (is_id(desk) and time.isascii() and time.isdigit() and len(time) <= _TIME_DIGITS):
        raise Refusal("unsigned")
    check_version(headers)
    try:
        raw = bytes.fromhex(signature)
    except ValueError:
        raise Refusal("unsigned") from None
    if len(signature) != _SIGNATURE_LETTERS:
        raise Refusal("unsigned")
    return Proof(desk, int(time), nonce, raw)


def check_version(headers: Mapping[str, str]) -> None:
    """Raises Refusal when the body is of a protocol that this program does not speak."""
    said = headers.get(routes.PROTOCOL, str(VERSION))
    if not (said.isascii() and said.isdigit() and len(said) < 6 and OLDEST <= int(said) <= VERSION):
        raise Refusal("no-common-version", f"{OLDEST}-{VERSION}")


class Witness:
    """Remembers the requests it has seen for as long as their time would let them come again.

    What was signed before this process began is refused as too old, since nobody remembers whether it came already:
    the desk signs again with the time of the answer.
    """

    def __init__(self, now_ms: int) -> None:
        self._began = now_ms
        self._turned = now_ms
        self._seen: set[int] = set()
        self._before: set[int] = set()
        self._lock = Lock()

    def check(self, public: bytes, exchange: routes.Exchange, proof: Proof, body: bytes, now_ms: int) -> None:
        """Raises Refusal unless the key's holder signed this body for this path just now, and it comes first."""
        text = request_text(routes.METHOD, exchange.path, proof.time, proof.nonce, body)
        if not is_signed(public, REQUEST, text, proof.signature):
            raise Refusal("bad-signature")
        if abs(proof.time - now_ms) > SIGNED_FOR_MS or proof.time < self._began:
            raise Refusal("wrong-time")
        if not self._is_first(hash((proof.desk, proof.nonce)), now_ms):
            raise Refusal("repeated")

    def _is_first(self, mark: int, now_ms: int) -> bool:
        with self._lock:
            # A request may say a time as far ahead as behind, and is believed for as long again.
            if now_ms - self._turned > 2 * SIGNED_FOR_MS:
                self._before, self._seen, self._turned = self._seen, set(), now_ms
            if mark in self._seen or mark in self._before:
                return False
            self._seen.add(mark)
            return True
