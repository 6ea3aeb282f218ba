"""The HTTP application: reads requests within limits, proves them, serves them in threads, signs every answer."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.ports import DeskState, LogStore, StoreFault
from server.snapshots import Snapshots
from server.web import logs
from server.web.bell import Bell
from server.web.body import SECONDS, read_body
from server.web.metrics import Metrics
from server.web.openapi import document
from server.web.proof import Proof, Witness, check_version, nonce_of, read_proof
from server.web.rates import Rates
from server.web.refusal import Refusal
from server.web.service import Service, has_news, name_of
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.codec import BadBody, from_json, pack, to_json, unpack
from sync.protocol.signing import ANSWER, answer_text

_JSON = "application/json"
_RECHECK_SECONDS = 1.0
"""How soon a wait notices what another process wrote into the same database."""
_BUSY = 256
"""Requests being served at once; more are told to come again."""
_PAUSE = 5.0
"""Seconds that a desk is asked to wait when the store or the server cannot serve it."""

T = TypeVar("T")


class Limits(Struct, frozen=True):
    """How much one desk or address may ask: (per second, at once)."""

    desk: tuple[float, int] = (50.0, 200)
    hello: tuple[float, int] = (5.0, 60)
    join: tuple[float, int] = (0.2, 10)
    failures: tuple[float, int] = (1.0, 60)
    body_seconds: float = SECONDS
    threads: int = 16


class Front:
    """The application's state; `app` is what a server runs."""

    def __init__(
        self,
        store: LogStore,
        clock: Callable[[], int],
        *,
        certificates: tuple[str, ...] = (),
        limits: Limits | None = None,
        snapshots: Snapshots | None = None,
    ) -> None:
        self.service = Service(store, clock, certificates, snapshots)
        self.bell = Bell()
        self.metrics = Metrics()
        self._limits = limits or Limits()
        self._witness = Witness(clock())
        self._desks = Rates(*self._limits.desk)
        self._hellos = Rates(*self._limits.hello)
        self._joins = Rates(*self._limits.join)
        self._failures = Rates(*self._limits.failures)
        self._busy = 0
        self.pool = ThreadPoolExecutor(self._limits.threads, "serving")
        exchanges = [
            Route(one.path, partial(self._exchange, one), methods=[routes.METHOD], name=one.path.rpartition("/")[2])
            for one in routes.EXCHANGES
        ]
        self.app = Starlette(
            routes=[
                *exchanges,
                Route("/live", self._live, methods=["GET"]),
                Route("/ready", self._ready, methods=["GET"]),
                Route("/metrics", self._metrics, methods=["GET"]),
                Route("/v1/openapi.json", self._openapi, methods=["GET"]),
            ],
            exception_handlers={HTTPException: self._http_fault},
            lifespan=self._lifespan,
        )
        self.app.router.redirect_slashes = False

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        yield
        # What a thread has begun ends before the store is closed.
        self.pool.shutdown()

    async def _in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.pool, partial(work, *arguments))

    # What a desk asks.

    async def _exchange(self, exchange: routes.Exchange, request: Request) -> Response:
        began = time.monotonic()
        nonce = nonce_of(request.headers)
        received = 0
        try:
            status, body, received = await self._guarded(exchange, request)
            headers: dict[str, str] = {}
        except Refusal as refusal:
            status, body = refusal.status, self._refused(refusal.code, refusal.detail)
            headers = _headers(refusal)
            self.metrics.add("meja_refusals_total", code=refusal.code)
        # What is sealed does not become smaller by packing.
        accepts = "" if exchange is routes.SNAPSHOT else request.headers.get("accept-encoding", "")
        answer = await self._in_thread(self._signed, status, body, nonce, accepts)
        answer.headers.update(headers)
        took = time.monotonic() - began
        route = exchange.path.rpartition("/")[2]
        self.metrics.add("meja_requests_total", route=route, status=str(status))
        self.metrics.add("meja_request_seconds_total", took, route=route)
        self.metrics.add("meja_received_bytes_total", received, route=route)
        self.metrics.add("meja_sent_bytes_total", len(answer.body), route=route)
        logs.say("request", route=route, status=status, ms=round(took * 1000), received=received, sent=len(answer.body))
        return answer

    async def _guarded(self, exchange: routes.Exchange, request: Request) -> tuple[int, bytes, int]:
        """Status, body and how much was received. Raises nothing but Refusal."""
        if self._busy >= _BUSY:
            raise Refusal("overloaded", retry_after=_PAUSE, close=True)
        self._busy += 1
        try:
            return await (self._from_desk if exchange.signed else self._from_anybody)(exchange, request)
        except BadBody as error:
            raise Refusal(error.code, error.detail) from None
        except StoreFault as fault:
            logs.say("store", 40, code=fault.code, error=fault)
            raise Refusal("not-ready", retry_after=_PAUSE) from None
        except Refusal:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the desk gets an answer and the log the place
            logs.say("fault", 40, error=error, route=exchange.path)
            raise Refusal("internal", retry_after=_PAUSE) from None
        finally:
            self._busy -= 1

    async def _from_anybody(self, exchange: routes.Exchange, request: Request) -> tuple[int, bytes, int]:
        """A hello or a join: nobody is known yet, so the address is held to a pace."""
        if not nonce_of(request.headers):
            raise Refusal("no-nonce", close=True)
        rates = self._joins if exchange is routes.JOIN else self._hellos
        _hold(rates.take(_address(request), time.monotonic()))
        packed = await self._body(request)
        if exchange is routes.JOIN:
            proof = read_proof(request.headers)
            joined = await self._in_thread(self._join, request.headers.get("content-encoding", ""), packed, proof)
            logs.say("joined", desk=joined.desk[:8])
            return 200, to_json(joined), len(packed)
        check_version(request.headers)
        asked = from_json(unpack(packed, request.headers.get("content-encoding", "")), m.Hello)
        return 200, to_json(await self._in_thread(self.service.hello, asked)), len(packed)

    def _join(self, encoding: str, packed: bytes, proof: Proof) -> m.Joined:
        asked = from_json(unpack(packed, encoding), m.Join)
        # Whoever joins shows that the key is its own, before the code is looked at.
        if name_of(asked.public) != proof.desk:
            raise Refusal("bad-signature")
        self._witness.check(bytes.fromhex(asked.public), routes.JOIN, proof, packed, self.service.clock())
        return self.service.join(asked)

    async def _from_desk(self, exchange: routes.Exchange, request: Request) -> tuple[int, bytes, int]:
        proof = read_proof(request.headers)
        address = _address(request)
        # Failures are held against the pair, so that nobody can keep a desk out by failing in its name from elsewhere.
        pair = f"{address} {proof.desk}"
        _hold(self._failures.early(pair, time.monotonic()))
        desk = await self._in_thread(self.service.known, proof.desk)
        if desk is None:
            _hold(self._failures.take(address, time.monotonic()))
            raise Refusal("unknown-desk", close=True)
        packed = await self._body(request)
        encoding = request.headers.get("content-encoding", "")
        try:
            await self._in_thread(self._prove, exchange, desk, proof, packed)
        except Refusal:
            self._failures.take(pair, time.monotonic())
            raise
        _hold(self._desks.take(desk.desk, time.monotonic()))
        if exchange is routes.WAIT:
            return 200, to_json(await self._wait(desk, from_json(unpack(packed, encoding), m.Wait))), len(packed)
        answer, body = await self._in_thread(self._serve, exchange, desk, encoding, packed)
        if isinstance(answer, m.Pushed):
            self._count(answer)
            self.bell.ring(desk.library)
        return 200, body, len(packed)

    def _prove(self, exchange: routes.Exchange, desk: DeskState, proof: Proof, packed: bytes) -> None:
        self._witness.check(bytes.fromhex(desk.public), exchange, proof, packed, self.service.clock())

    def _serve(self, exchange: routes.Exchange, desk: DeskState, encoding: str, packed: bytes) -> tuple[Struct, bytes]:
        asked: Any = from_json(unpack(packed, encoding), exchange.asks)
        answer = self.service.serve(exchange, desk, asked)
        return answer, to_json(answer)

    async def _wait(self, desk: DeskState, asked: m.Wait) -> Struct:
        if not self.bell.come(desk.desk):
            raise Refusal("too-many", retry_after=1.0)
        try:
            until = time.monotonic() + asked.seconds
            while True:
                ring = self.bell.next_ring(desk.library)
                head = await self._in_thread(self.service.serve, routes.WAIT, desk, asked)
                left = until - time.monotonic()
                if not isinstance(head, m.Head) or has_news(asked, head) or left <= 0 or self.bell.stopping:
                    return head
                try:
                    async with asyncio.timeout(min(left, _RECHECK_SECONDS)):
                        await ring.wait()
                except TimeoutError:
                    continue
        finally:
            self.bell.go(desk.desk)

    async def _body(self, request: Request) -> bytes:
        kind = request.headers.get("content-type", _JSON).partition(";")[0].strip().lower()
        if kind != _JSON:
            raise Refusal("unknown-type", close=True)
        return await read_body(request, seconds=self._limits.body_seconds)

    def _count(self, pushed: m.Pushed) -> None:
        for run in pushed.runs:
            self.metrics.add("meja_runs_total", status=run.status)
            if run.status == "stored":
                self.metrics.add("meja_events_total", run.last - run.first + 1)
        for record in pushed.records:
            self.metrics.add("meja_records_total", status=record.status)

    # How it is answered.

    def _refused(self, code: str, detail: str = "") -> bytes:
        return to_json(m.Refused(code, detail, self.service.clock()))

    def _signed(self, status: int, body: bytes, nonce: str, accepts: str) -> Response:
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
        if nonce:
            headers[routes.SIGNATURE] = self.service.signer.sign(ANSWER, answer_text(nonce, status, body)).hex()
        packed, encoding = pack(body) if "gzip" in accepts.lower() else (body, "")
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(packed, status, headers, _JSON)

    async def _http_fault(self, request: Request, fault: Exception) -> Response:
        """Paths and methods that nothing answers to."""
        status = fault.status_code if isinstance(fault, HTTPException) else 400
        code = {404: "not-found", 405: "wrong-method"}.get(status, "bad-message")
        answer = self._signed(status, self._refused(code), nonce_of(request.headers), "")
        answer.headers.update((isinstance(fault, HTTPException) and fault.headers) or {})
        answer.headers["Connection"] = "close"
        return answer

    # What watches the server.

    async def _live(self, _request: Request) -> Response:
        return Response('{"live":true}', media_type=_JSON)

    async def _ready(self, _request: Request) -> Response:
        ready = not self.bell.stopping and await self._answers()
        return Response('{"ready":true}' if ready else '{"ready":false}', 200 if ready else 503, media_type=_JSON)

    async def _answers(self) -> bool:
        try:
            await self._in_thread(self.service.store.libraries)
        except StoreFault as fault:
            logs.say("store", 40, code=fault.code, error=fault)
            return False
        return True

    async def _metrics(self, request: Request) -> Response:
        if not _is_loopback(_address(request)):
            return self._signed(403, self._refused("local-only"), "", "")
        try:
            libraries = await self._in_thread(self.service.store.libraries)
        except StoreFault:
            libraries = []
        gauges = [("meja_waiting", "", float(self.bell.waiting)), ("meja_libraries", "", float(len(libraries)))]
        for one in libraries:
            said = f'library="{one.library}"'
            gauges += [("meja_log_head", said, float(one.head)), ("meja_log_safe", said, float(one.safe))]
        return Response(self.metrics.text(gauges), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _openapi(self, _request: Request) -> Response:
        return Response(to_json(document()), media_type=_JSON)


def _headers(refusal: Refusal) -> dict[str, str]:
    headers = {"Retry-After": str(max(1, math.ceil(refusal.retry_after)))} if refusal.retry_after else {}
    return headers | ({"Connection": "close"} if refusal.close else {})


def _hold(seconds: float) -> None:
    """Raises Refusal when somebody asks this many seconds too early."""
    if seconds > 0:
        raise Refusal("too-many", retry_after=seconds, close=True)


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
