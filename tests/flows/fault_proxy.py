"""A bad link between a desk and its server, on loopback: it refuses, delays, loses, doubles, reorders and cuts.

In clear it sees the messages, and their fates are drawn from a seed: the n-th message of a path has the same fate in
every run. Over TLS it is a plain wire (`opaque`): whoever stands between two ends of TLS can delay and cut bytes and
answer in the server's place, but neither double nor reorder messages, so nothing more is played there. The server's
key is never lent to it: what a portal answers comes in clear or under a certificate of its own.
"""

from __future__ import annotations

import random
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from msgspec import Struct

PASS: Final = "pass"
REFUSE: Final = "refuse"
DELAY: Final = "delay"
LOSE_REQUEST: Final = "lose request"
LOSE_ANSWER: Final = "lose answer"
CUT_REQUEST: Final = "cut request"
CUT_ANSWER: Final = "cut answer"
TWICE: Final = "twice"
LATE: Final = "late"
HANG: Final = "hang"
PORTAL: Final = "portal"

_PAGE = b"<!doctype html><html><title>Masuk ke jaringan kampus</title><form>Nama dan kata sandi</form></html>"
PORTAL_ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(_PAGE) + _PAGE


class Fate(Struct, frozen=True):
    """What becomes of one exchange. `at`: bytes that come through before a cut; `seconds` of a delay or a hang. LATE:
    the request is lost for the desk, and delivered after the next one; TWICE: the answer to the second one comes back.
    """

    what: str = PASS
    at: int = 0
    seconds: float = 0.05


Plan = Callable[[str, int], Fate]
"""From the path of a request and how many of that path came before, its fate."""


def calm(path: str, number: int) -> Fate:
    """A good link."""
    return Fate()


def stormy(seed: int, share: float) -> Plan:
    """A link on which this share of the messages meets something, anything."""
    kinds = (REFUSE, DELAY, LOSE_REQUEST, LOSE_ANSWER, CUT_REQUEST, CUT_ANSWER, TWICE, LATE, HANG, PORTAL)

    def plan(path: str, number: int) -> Fate:
        luck = random.Random(f"{seed} {path} {number}")
        if luck.random() >= share:
            return Fate()
        return Fate(luck.choice(kinds), at=luck.randrange(900), seconds=luck.uniform(0.01, 0.3))

    return plan


class FaultProxy:
    """Listens on a port of its own before the server at `upstream`; `plan` may be changed while it runs."""

    def __init__(self, upstream: int, plan: Plan = calm, *, opaque: bool = False) -> None:
        self.upstream = upstream
        self.plan = plan
        self.seen: Counter[str] = Counter()
        """How many exchanges met which fate."""
        self.asked: Counter[str] = Counter()
        """How many requests of each path came."""
        self.answer_bytes = 0
        """The bytes of the last whole answer, head and body."""
        self.answering: Callable[[socket.socket], None] | None = None
        """Answers every connection in the server's place."""
        self._opaque = opaque
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._late: list[bytes] = []
        self._silent = self._gone = False
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._follow(self._listen, self._listening)

    def cut(self, *, silent: bool = False) -> None:
        """The link is gone: refused, or, when `silent`, connections are made and nothing ever comes of them."""
        self._silent, self._gone = silent, not silent
        if not silent:
            # Only a shutdown ends an accept that waits in another thread.
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
        with self._lock:
            ends = [] if silent else list(self._open)
        for end in ends:
            _reset(end)

    def heal(self) -> None:
        """The link is there again; what hung in silence is let go."""
        self._gone = False
        if self._silent:
            self._silent = False
            with self._lock:
                ends = list(self._open)
            for end in ends:
                _reset(end)
        elif self._listening.fileno() == -1:
            self._listening = socket.create_server(("127.0.0.1", self.port))
            self._follow(self._listen, self._listening)

    def close(self) -> None:
        """End everything."""
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def _follow(self, work: Callable[[socket.socket], None], end: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(end,), daemon=True)
        self._threads = [one for one in self._threads if one.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _listen(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                self._follow(self._serve, listening.accept()[0])

    def _keep(self, end: socket.socket) -> socket.socket:
        with self._lock:
            self._open.add(end)
        return end

    def _serve(self, desk: socket.socket) -> None:
        """One connection of a desk, to its end."""
        self._keep(desk)
        try:
            # A connection that breaks is what this is for.
            with suppress(OSError, EOFError):
                if self._gone:
                    return
                if self.answering is not None:
                    self.answering(desk)
                elif self._opaque:
                    self._wire(desk)
                else:
                    while self._exchange(desk):
                        pass
        finally:
            self._drop(desk)

    def _drop(self, end: socket.socket) -> None:
        with self._lock:
            self._open.discard(end)
        _reset(end)

    def _exchange(self, desk: socket.socket) -> bool:
        """One request and its answer; False when the connection is to end."""
        request = _message(desk)
        path = request.split(b" ", 2)[1].decode("ascii")
        with self._lock:
            number = self.asked[path]
            self.asked[path] += 1
        fate = self.plan(path, number)
        if self._silent:
            fate = Fate(HANG, seconds=600)
        self.seen[fate.what] += 1
        if self._gone or fate.what in (REFUSE, LOSE_REQUEST):
            return False
        if fate.what in (DELAY, HANG):
            # Until the time is over or the other end has gone.
            desk.settimeout(fate.seconds)
            with suppress(TimeoutError):
                desk.recv(1)
                return False
            desk.settimeout(None)
            if fate.what == HANG:
                return False
        if fate.what == PORTAL:
            desk.sendall(PORTAL_ANSWER)
            return False
        if fate.what == LATE:
            self._late.append(request)
            return False
        answer = self._ask(request[: fate.at] if fate.what == CUT_REQUEST else request)
        if fate.what == TWICE:
            answer = self._ask(request)
        while self._late:
            self._ask(self._late.pop(0))
        if fate.what == LOSE_ANSWER:
            return False
        self.answer_bytes = len(answer)
        desk.sendall(answer[: fate.at] if fate.what == CUT_ANSWER else answer)
        return fate.what != CUT_ANSWER

    def _ask(self, request: bytes) -> bytes:
        """Pass a request on; its answer. What was cut short gets none."""
        with socket.create_connection(("127.0.0.1", self.upstream), timeout=60) as server:
            self._keep(server)
            try:
                server.sendall(request)
                if _missing(request):
                    raise EOFError
                return _message(server)
            finally:
                self._drop(server)

    def _wire(self, desk: socket.socket) -> None:
        """Bytes both ways, without reading them; `at` bytes of what the cut stands for come through."""
        with self._lock:
            number = self.asked["tls"]
            self.asked["tls"] += 1
        fate = self.plan("tls", number)
        self.seen[fate.what] += 1
        if fate.what == REFUSE:
            return
        with socket.create_connection(("127.0.0.1", self.upstream), timeout=60) as server:
            self._keep(server)
            room = {CUT_REQUEST: (fate.at, None), CUT_ANSWER: (None, fate.at)}.get(fate.what, (None, None))
            back = threading.Thread(target=self._pump, args=(server, desk, room[1]), daemon=True)
            back.start()
            self._pump(desk, server, room[0])
            back.join()
            self._drop(server)

    def _pump(self, source: socket.socket, target: socket.socket, room: int | None) -> None:
        with suppress(OSError):
            while some := source.recv(65_536):
                target.sendall(some[:room])
                room = None if room is None else room - len(some)
                if room is not None and room <= 0:
                    break
        _reset(target)
        _reset(source)


def answer_tls(context: ssl.SSLContext, answer: bytes = PORTAL_ANSWER) -> Callable[[socket.socket], None]:
    """Whoever stands between, with a certificate of his own."""

    def answering(desk: socket.socket) -> None:
        with context.wrap_socket(desk, server_side=True) as secure:
            while _message(secure):
                secure.sendall(answer)

    return answering


def answer_clear(desk: socket.socket) -> None:
    """A portal that does not even speak TLS."""
    desk.recv(65_536)
    desk.sendall(PORTAL_ANSWER)


def _message(end: socket.socket) -> bytes:
    """One HTTP message with a stated length. EOFError when the other end is done."""
    found = b""
    while _missing(found):
        some = end.recv(65_536)
        if not some:
            raise EOFError
        found += some
    return found


def _missing(message: bytes) -> bool:
    head, end, body = message.partition(b"\r\n\r\n")
    if not end:
        return True
    stated = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return len(body) < (int(stated[0].partition(b":")[2]) if stated else 0)


def _reset(end: socket.socket) -> None:
    """Cut a connection as a pulled cable would, with a reset instead of an end in order."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
