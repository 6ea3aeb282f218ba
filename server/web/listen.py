"""Runs the application on a port until it is told to stop, and holds connections to a pace."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.domain.system_fault import why
from app.ports import KnownError
from server.web.app import Front

HEAD_SECONDS = 20.0
"""How long a connection may take to say its first line and headers."""
_CONNECTIONS = 2_000
_GRACE_SECONDS = 10


class PacedProtocol(H11Protocol):
    """HTTP/1.1 that gives up on whoever opens a connection and then says its request too slowly, or not at all."""

    head_seconds = HEAD_SECONDS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Headers and body go out apart: held back for an acknowledgement, each answer would take 40 ms more.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._begin()

    def data_received(self, data: bytes) -> None:
        if self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            self._begin()
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        super().shutdown()
        if self.cycle is None or self.cycle.response_complete:
            # Closed in order, TLS waits for the other end to agree, which an idle desk does only when it asks again.
            self.transport.abort()

    def _begin(self) -> None:
        self._deadline = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Listener(uvicorn.Server):
    """One front on one socket. `run` returns when `stop` was called or the system asked the process to end."""

    def __init__(
        self,
        front: Front,
        listening: socket.socket,
        *,
        tls: ssl.SSLContext | None = None,
        proxies: str = "",
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                front.app,
                http=PacedProtocol,
                ws="none",
                loop="asyncio",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=proxies or None,
                limit_concurrency=_CONNECTIONS,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=_GRACE_SECONDS,
                ssl_context_factory=(lambda _config, _default: tls) if tls is not None else None,
            )
        )
        self._front = front
        self._socket = listening
        self._ready = ready

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until stopped."""
        super().run(sockets or [self._socket])

    def stop(self) -> None:
        """End soon; from any thread."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Those who wait for news would hold their connections until the grace is over.
        self._front.bell.stop()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal ends the server in order, and the process with code 0."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = [signal.SIGINT, signal.SIGTERM]
        before = {number: signal.signal(number, self.handle_exit) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def listen(host: str, port: int) -> socket.socket:
    """A socket on the address; port 0 takes a free one. Raises KnownError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise KnownError("server-port", {"host": host, "port": port, "detail": why(error)}) from error
