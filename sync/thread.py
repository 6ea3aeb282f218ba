"""The sync beside a running desk: one thread for the exchanges, one that waits to be told of news.

The pure part is the runner; here are threads, real clocks and real chance, and nothing else.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from app.domain.replica import Server
from app.ports import KnownError
from sync.client import Client
from sync.ports import Replica, SyncFault
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.limits import WAIT_SECONDS
from sync.protocol.signing import Signer
from sync.runner import Runner
from sync.status import Status
from sync.transport import Http

_LOOK_AGAIN = 1.0
"""Seconds that the waiting one rests when it cannot wait at the server."""

_BREATH = 0.02
"""Seconds between two shares of the search index, in which the desk may write."""


class OpenReplica(Replica[Any], Protocol):
    """A replica with its key, to be closed on the thread that opened it."""

    @property
    def private(self) -> bytes: ...
    def index_more(self) -> bool: ...
    def close(self) -> None: ...


def wall() -> int:
    """The PC's clock in milliseconds."""
    return time.time_ns() // 1_000_000


def make_runner(
    replica: OpenReplica, server: Server, http: Http, copied: Callable[[], None] = lambda: None
) -> tuple[Runner, Client]:
    """A runner over the real network and clock."""
    signer = Signer(replica.private)
    client = Client(http, signer, server, wall=wall, chance=os.urandom, desk=replica.identity.desk)
    chance = random.SystemRandom().random
    return Runner(client, replica, signer, mono=time.monotonic, wall=wall, chance=chance, copied=copied), client


class SyncThread:
    """Runs until `stop`. `opened` opens the replica on the thread; `changed` is called when something came that the
    screen and the second copy should know; `copied` when this desk must go on as a new incarnation."""

    def __init__(
        self,
        server: Server,
        opened: Callable[[], OpenReplica],
        *,
        changed: Callable[[], None] = lambda: None,
        copied: Callable[[], None] = lambda: None,
        rest: float = 0.0,
    ) -> None:
        self._server = server
        self._opened = opened
        self._changed = changed
        self._copied = copied
        self._rest = rest
        self.status = Status(name=server.name)
        self._http, self._ear = Http(server.url), Http(server.url)
        self._wake = threading.Event()
        self._news = threading.Event()
        self._stop = threading.Event()
        self._asked: m.Wait | None = None
        self._online = threading.Event()
        self._private = b""
        self._desk = ""
        self._threads = [
            threading.Thread(target=self._work, name="sync", daemon=True),
            threading.Thread(target=self._listen, name="sync-news", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def nudge(self) -> None:
        """Something was committed here."""
        self._wake.set()

    def stop(self) -> None:
        """End, without waiting for the network."""
        self._stop.set()
        self._wake.set()
        self._online.set()
        self._http.cut()
        self._ear.cut()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout=30)

    def _work(self) -> None:
        if self._stop.wait(self._rest):
            return
        try:
            replica = self._opened()
        except KnownError as error:
            self.status = Status(fault=error.code, name=self._server.name)
            return
        try:
            self._private, self._desk = replica.private, replica.identity.desk
            runner, client = make_runner(replica, self._server, self._http, self._copied)
            self._rounds(replica, runner, client)
        finally:
            replica.close()
            self._http.close()

    def _rounds(self, replica: OpenReplica, runner: Runner, client: Client) -> None:
        next_try = time.monotonic()
        while not self._stop.is_set():
            self._wake.clear()
            if self._news.is_set() or runner.status.online or time.monotonic() >= next_try:
                self._news.clear()
                next_try = time.monotonic() + runner.round()
            else:
                # An act while the server is away: it is stamped and counted, the link is left alone until its time.
                runner.local()
            if self._stop.is_set():
                return
            self.status = runner.status
            self._server = client.server
            self._asked = runner.waiting() if runner.status.online else None
            (self._online.set if runner.status.online else self._online.clear)()
            if replica.take_changes():
                self._changed()
            self._index(replica)
            self._wake.wait(max(0.0, next_try - time.monotonic()))

    def _index(self, replica: OpenReplica) -> None:
        """The search index of a library that came as a file, between everything else."""
        try:
            while not self._wake.is_set() and replica.index_more():
                self._wake.wait(_BREATH)
        except KnownError:
            # The desk's own acts say what is wrong with the disk.
            return

    def _listen(self) -> None:
        """Ask to be told of news; what is told wakes the other thread."""
        client: Client | None = None
        while not self._stop.is_set():
            self._online.wait()
            asked = self._asked
            if self._stop.is_set() or asked is None:
                self._stop.wait(_LOOK_AGAIN)
                continue
            if client is None:
                signer = Signer(self._private)
                client = Client(self._ear, signer, self._server, wall=wall, chance=os.urandom, desk=self._desk)
            client.server = self._server
            began = time.monotonic()
            try:
                head = client.ask(routes.WAIT, asked, m.Head, WAIT_SECONDS + 10.0)
                news = (head.epoch, head.head, head.safe) != (asked.epoch, asked.head, asked.safe)
            except SyncFault:
                # The link may be gone: the other thread finds out, and says so.
                news = True
            if news and not self._stop.is_set():
                self._asked = None
                self._news.set()
                self._wake.set()
                self._pause_until_asked()
            elif time.monotonic() - began < _LOOK_AGAIN:
                # A server that does not let anybody wait is not asked without end.
                self._stop.wait(_LOOK_AGAIN)
        self._ear.close()

    def _pause_until_asked(self) -> None:
        """Until the other thread has looked, asking again would only tell the same."""
        until = time.monotonic() + 30.0
        while self._asked is None and not self._stop.is_set() and time.monotonic() < until:
            self._stop.wait(0.05)
