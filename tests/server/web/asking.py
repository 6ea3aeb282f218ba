"""A real server on a free port in a thread, and a desk that asks it over real HTTP."""

from __future__ import annotations

import secrets
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests

from app.domain.event import genesis
from app.domain.ids import act_id
from server.log.store import SqlLogStore, open_postgres, open_sqlite
from server.web.app import Front, Limits
from server.web.listen import Listener, listen
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.codec import from_json, pack, to_json
from sync.protocol.enrolment import kept_secret
from sync.protocol.runs import Row, Run, canonical_row, sign_run
from sync.protocol.signing import Signer, new_private

T = TypeVar("T")
LIBRARY = "1b" * 16
ZONE = "Asia/Jakarta"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Serving:
    """A server that runs."""

    def __init__(self, front: Front, store: SqlLogStore, url: str) -> None:
        self.front = front
        self.store = store
        self.url = url
        self.public = front.service.signer.public

    def code(self, name: str = "Meja 1", minutes: int = 5) -> str:
        """A fresh one-time secret."""
        secret = secrets.token_hex(10)
        self.store.enrol(kept_secret(secret), name, "", now_ms() + minutes * 60_000, now_ms())
        return secret

    def desk(self) -> Desk:
        """A desk that has joined; the first one brings the library."""
        desk = Desk(self)
        joined = desk.ask(routes.JOIN, desk.joining(self.code()), m.Joined)
        assert joined.library == LIBRARY
        return desk


@contextmanager
def serving(
    folder: Path,
    *,
    limits: Limits | None = None,
    tls: ssl.SSLContext | None = None,
    certificates: tuple[str, ...] = (),
    database: str = "",
) -> Iterator[Serving]:
    """A server over a store in the folder, or over a PostgreSQL; at the end it has ended."""
    store = open_postgres(database, now_ms()) if database else open_sqlite(folder / "log.db", bytes(32), now_ms())
    front = Front(store, now_ms, certificates=certificates, limits=limits)
    ready = threading.Event()
    with listen("127.0.0.1", 0) as listening:
        listener = Listener(front, listening, tls=tls, ready=ready.set)
        thread = threading.Thread(target=listener.run)
        thread.start()
        try:
            assert ready.wait(10)
            _begin_threads(front)
            scheme = "https" if tls else "http"
            yield Serving(front, store, f"{scheme}://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            listener.stop()
            thread.join(10)
            assert not thread.is_alive()
            store.close()


def _begin_threads(front: Front) -> None:
    """Begin every thread that serves now, so that none seems to be left over by the test that was served first."""
    meeting = threading.Barrier(Limits().threads + 1)
    for _ in range(Limits().threads):
        front.pool.submit(meeting.wait)
    meeting.wait(10)


class Desk:
    """One desk's side."""

    def __init__(self, server: Serving) -> None:
        self.server = server
        self.signer = Signer(new_private())
        self.inc = secrets.token_hex(8)
        self.head = genesis(LIBRARY, self.signer.fingerprint, self.inc, ZONE)
        self.seq = 0

    def joining(self, code: str, library: str = LIBRARY) -> m.Join:
        return m.Join(code, self.signer.public.hex(), "", library, ZONE if library else "")

    def run(self, count: int = 1) -> Run:
        """The next signed events; of a kind that no program understands."""
        rows = []
        for _ in range(count):
            made = act_id(now_ms(), secrets.token_bytes(10))
            rows.append(Row(made, now_ms(), now_ms(), 1, "boot", "test.nothing", "", '{"n":1}'))
        from app.domain.canonical import chain

        first, before = self.seq + 1, Run(self.signer.fingerprint, self.inc, 0, (), "", "", "")
        for row in rows:
            self.seq += 1
            self.head = chain(self.head, canonical_row(LIBRARY, before, self.seq, row))
        return sign_run(LIBRARY, self.signer, self.inc, first, rows, self.head)

    def send(
        self,
        exchange: routes.Exchange,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        time_ms: int = 0,
        **more: Any,
    ) -> requests.Response:
        """A signed body as it is; the answer's signature is checked whenever the request could be answered to."""
        nonce = secrets.token_hex(16)
        signed = routes.request_headers(self.signer, exchange, body, time_ms=time_ms or now_ms(), nonce=nonce)
        sent = {"Content-Type": "application/json", **signed, **(headers or {})}
        reply = requests.post(self.server.url + exchange.path, body, headers=sent, timeout=30, verify=False, **more)
        assert routes.answer_is_signed(
            self.server.public, sent[routes.NONCE], reply.status_code, reply.headers, reply.content
        )
        return reply

    def ask(self, exchange: routes.Exchange, message: object, answer: type[T]) -> T:
        """A question that is answered."""
        body, encoding = pack(to_json(message))
        reply = self.send(exchange, body, headers={"Content-Encoding": encoding} if encoding else {})
        assert reply.status_code == 200, reply.text
        return from_json(reply.content, answer)

    def refused(self, exchange: routes.Exchange, message: object, **more: Any) -> tuple[int, m.Refused]:
        """A question that is not."""
        reply = self.send(exchange, to_json(message), **more)
        return reply.status_code, from_json(reply.content, m.Refused)
