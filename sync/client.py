"""One side of an exchange: signs what the desk asks, and believes an answer only by the server's signature over it.

An answer that is not signed came from somebody in between: a page to sign in to a network, a proxy, another program at
that address. Each is recognised and named. Pure: network, clock and chance are passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from app.domain.replica import Server
from sync.ports import Net, Reply, SyncFault
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.codec import BadBody, from_json, pack, to_json, unpack
from sync.protocol.enrolment import Code
from sync.protocol.limits import OLDEST, VERSION
from sync.protocol.signing import Signer, fingerprint

SECONDS = 30.0
"""How long an answer may take."""
_NONCE_BYTES = 16
_BETWEEN = {407: "proxy-asks", 502: "proxy-error", 503: "proxy-error", 504: "proxy-error"}
T = TypeVar("T", bound=Struct)


class Client:
    """Asks one server for one desk. `server.offset` follows the server's clock."""

    def __init__(
        self,
        net: Net,
        signer: Signer,
        server: Server,
        *,
        wall: Callable[[], int],
        chance: Callable[[int], bytes],
        desk: str = "",
    ) -> None:
        self._net = net
        self._signer = signer
        self._desk = desk or signer.fingerprint
        self._wall = wall
        self._chance = chance
        self.server = server
        net.expect(server.certificates)

    def hello(self) -> m.Welcome:
        """Who is there; the pinned certificates follow what the server says. Raises SyncFault."""
        body, nonce = to_json(m.Hello(OLDEST, VERSION)), self._nonce()
        # Over any connection: what is believed is the signature, which may name a changed certificate.
        self._net.expect(())
        reply = self._net.post(routes.HELLO.path, _headers({routes.NONCE: nonce}, ""), body, SECONDS)
        welcome = self._read(reply, nonce, m.Welcome)
        if fingerprint(bytes.fromhex(welcome.public)) != welcome.server or welcome.public != self.server.public:
            raise SyncFault("other-server")
        self._heard(welcome.time)
        self.server = replace(self.server, certificates=welcome.certificates)
        self._net.expect(welcome.certificates)
        return welcome

    def join(self, code: Code, name: str, library: str, zone: str) -> m.Joined:
        """Use a one-time code up. Raises SyncFault."""
        asked = m.Join(code.secret, self._signer.public.hex(), name, library, zone)
        return self.ask(routes.JOIN, asked, m.Joined)

    def ask(self, exchange: routes.Exchange, message: Struct, answer: type[T], seconds: float = SECONDS) -> T:
        """A signed question; once more with the server's time when ours was too far off. Raises SyncFault."""
        try:
            return self._ask(exchange, message, answer, seconds)
        except SyncFault as fault:
            if fault.code != "wrong-time":
                raise
        return self._ask(exchange, message, answer, seconds)

    def _ask(self, exchange: routes.Exchange, message: Struct, answer: type[T], seconds: float) -> T:
        body, encoding = pack(to_json(message))
        nonce = self._nonce()
        now = max(0, self._wall() + self.server.offset)
        headers = routes.request_headers(self._signer, exchange, body, time_ms=now, nonce=nonce, desk=self._desk)
        found = self._read(self._net.post(exchange.path, _headers(headers, encoding), body, seconds), nonce, answer)
        self._heard(int(getattr(found, "time", 0)))
        return found

    def _read(self, reply: Reply, nonce: str, answer: type[T]) -> T:
        try:
            body = unpack(reply.body, reply.headers.get("content-encoding", ""))
        except BadBody as error:
            raise SyncFault("cut-short" if error.code == "not-gzip" else "not-meja", error.code) from None
        signed = {routes.SIGNATURE: reply.headers.get(routes.SIGNATURE.lower(), "")}
        if not routes.answer_is_signed(bytes.fromhex(self.server.public), nonce, reply.status, signed, body):
            raise _unsigned(reply, body)
        kind: Any = answer if reply.status == 200 else m.Refused
        try:
            found = from_json(body, kind)
        except BadBody as error:
            raise SyncFault("not-understood", error.detail) from None
        if isinstance(found, m.Refused):
            self._heard(found.time)
            raise SyncFault(found.error, found.detail, retry_after=_seconds(reply.headers.get("retry-after", "")))
        return found  # type: ignore[no-any-return]

    def _heard(self, time: int) -> None:
        """The server's time came in a signed answer to a fresh number: it is believed, whatever the PC says."""
        if time:
            self.server = replace(self.server, contact=time, offset=time - self._wall())

    def _nonce(self) -> str:
        return self._chance(_NONCE_BYTES).hex()


def first_contact(net: Net, code: Code, url: str, chance: Callable[[int], bytes], wall: Callable[[], int]) -> Server:
    """The server that a code names: asked without knowing its key, believed because its fingerprint is in the code."""
    nonce = chance(_NONCE_BYTES).hex()
    net.expect(())
    reply = net.post(routes.HELLO.path, _headers({routes.NONCE: nonce}, ""), to_json(m.Hello(OLDEST, VERSION)), SECONDS)
    try:
        body = unpack(reply.body, reply.headers.get("content-encoding", ""))
        public = from_json(body, m.Welcome).public if reply.status == 200 else from_json(body, m.Refused).error
        known = fingerprint(bytes.fromhex(public))
    except (BadBody, ValueError) as error:
        raise _unsigned(reply, reply.body) from error
    if not code.fits(known):
        raise SyncFault("other-server")
    server = Server(url, public)
    client = Client(net, _Nobody(), server, wall=wall, chance=chance, desk="0" * 32)
    client.hello()
    return client.server


class _Nobody(Signer):
    """Asks what needs no signature."""

    def __init__(self) -> None:
        self.public, self.fingerprint = b"", ""


def _headers(said: dict[str, str], encoding: str) -> dict[str, str]:
    more = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
    return {**more, **said, **({"Content-Encoding": encoding} if encoding else {})}


def _unsigned(reply: Reply, body: bytes) -> SyncFault:
    """Who answered instead of the server."""
    if reply.status in _BETWEEN:
        return SyncFault(_BETWEEN[reply.status], retry_after=_seconds(reply.headers.get("retry-after", "")))
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    looks = body[:200].lstrip().lower()
    if 300 <= reply.status < 400 or kind == "text/html" or looks.startswith((b"<!doctype", b"<html")):
        return SyncFault("captive-portal")
    if routes.SIGNATURE.lower() in reply.headers:
        return SyncFault("other-server")
    return SyncFault("not-meja")


def _seconds(text: str) -> float:
    return min(float(text), 3600.0) if text.isascii() and text.isdigit() and len(text) < 9 else 0.0
