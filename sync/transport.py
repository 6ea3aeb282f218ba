"""HTTP for the sync: connections held to the server's certificates, answers read within limits, faults named.

Not pure, and nothing else here: every other module of the sync is given one of these.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as broken
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager, ProxyManager

from sync.ports import Reply, SyncFault
from sync.protocol.limits import MAX_BODY

CONNECT_SECONDS = 10.0
_MOST = MAX_BODY
"""Bytes of an answer as it travels; unpacked it has its own limit."""


class _Sockets:
    """The open connections of one `Http`, so that they can be cut from another thread."""

    def __init__(self) -> None:
        self._open: set[Any] = set()
        self._lock = threading.Lock()
        self.closed = False

    def add(self, one: Any) -> None:
        with self._lock:
            self._open.add(one)

    def remove(self, one: Any) -> None:
        with self._lock:
            self._open.discard(one)

    def cut(self) -> None:
        with self._lock:
            self.closed = True
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            self._open.clear()


class WrongCertificate(ssl.SSLError):
    """The other end of a connection is not the server that was joined."""


class _Pins:
    """The certificates that a connection may have; none = as it comes, for what needs no secrecy."""

    def __init__(self) -> None:
        self.allowed: tuple[str, ...] = ()


def _plain(sockets: _Sockets) -> type[HTTPConnection]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)

        def close(self) -> None:
            sockets.remove(self.sock)
            super().close()

    return Plain


def _secure(sockets: _Sockets, pins: _Pins) -> type[HTTPSConnection]:
    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)
            seen: Any = self.sock
            found = hashlib.sha256(seen.getpeercert(binary_form=True) or b"").hexdigest()
            # Before anything is said over it: whoever stands between learns nothing.
            if pins.allowed and found not in pins.allowed:
                self.close()
                raise WrongCertificate("another certificate")
            # Held to the pins, or to the signature over the answer where there are none yet.
            self.is_verified = True

        def close(self) -> None:
            sockets.remove(self.sock)
            super().close()

    return Secure


class _Adapter(HTTPAdapter):
    """Makes connections of our own, straight and through a proxy."""

    def __init__(self, sockets: _Sockets, pins: _Pins) -> None:
        plain, secure = _plain(sockets), _secure(sockets, pins)
        self._pools = {
            "http": type("Plains", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("Secures", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
        super().__init__(pool_connections=2, pool_maxsize=2, max_retries=0)

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named, ssl_context=_context())
        self._take(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **named, ssl_context=_context())
        self._take(manager)
        return manager

    def _take(self, manager: PoolManager | ProxyManager) -> None:
        manager.pool_classes_by_scheme = self._pools

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        # Names and dates prove nothing here: the certificate is held to what the server signed.
        conn.cert_reqs = "CERT_NONE"


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Http:
    """One connection to one server, used by one thread; `cut` may come from another."""

    def __init__(self, url: str) -> None:
        self._base = check_url(url)
        self._sockets, self._pins = _Sockets(), _Pins()
        self._session = requests.Session()
        self._session.headers.clear()
        adapter = _Adapter(self._sockets, self._pins)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)
        self._certificates: tuple[str, ...] | None = None

    def expect(self, certificates: tuple[str, ...]) -> None:
        """From now on only connections with one of these certificates."""
        self._pins.allowed = certificates
        if certificates and certificates != self._certificates:
            # One that was made before is looked at again.
            self._session.close()
        if certificates:
            self._certificates = certificates

    def post(self, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Reply:
        """One request. Raises SyncFault: no-link, timeout, cut-short, wrong-certificate, proxy-asks, proxy-error …"""
        if self._sockets.closed:
            raise SyncFault("stopped")
        try:
            with self._session.post(
                self._base + path,
                data=body,
                headers={"User-Agent": "meja", **headers},
                timeout=(CONNECT_SECONDS, seconds),
                allow_redirects=False,
                stream=True,
                verify=False,
            ) as answer:
                found = _read(answer)
                names = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(answer.status_code, names, found)
        except (requests.RequestException, broken.HTTPError, OSError, ValueError) as error:
            raise SyncFault("stopped" if self._sockets.closed else fault_of(error)) from error

    def cut(self) -> None:
        """End whatever is being waited for, for good."""
        self._sockets.cut()

    def close(self) -> None:
        """Let the connections go."""
        self._session.close()


def _read(answer: requests.Response) -> bytes:
    found = bytearray()
    while piece := answer.raw.read(65_536, decode_content=False):
        found += piece
        if len(found) > _MOST:
            raise SyncFault("not-meja", "too large")
    said = answer.headers.get("Content-Length", "")
    # Without any length and body the head itself was cut: Python takes what came of it for a whole one.
    if (said.isdigit() and int(said) != len(found)) or not (said or found):
        raise SyncFault("cut-short")
    return bytes(found)


def check_url(url: str) -> str:
    """An address to join, without what follows the path. ValueError when nothing can be asked there.

    Without TLS only this computer is asked: what travels holds readers' names.
    """
    parts = urlsplit(url.strip())
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.query or parts.fragment:
        raise ValueError("bad-address")
    if parts.scheme == "http" and host not in ("localhost", "::1") and not host.startswith("127."):
        raise ValueError("not-secret")
    _ = parts.port
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def fault_of(error: BaseException) -> str:
    """The code of what went wrong on the way; the first cause decides."""
    causes: list[BaseException] = []
    pending: list[object] = [error]
    while pending:
        one = pending.pop()
        if isinstance(one, BaseException) and one not in causes:
            causes.append(one)
            pending += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    for kinds, code in _CODES:
        if any(isinstance(cause, kinds) for cause in causes):
            return code
    return "no-link"


_CODES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((WrongCertificate,), "wrong-certificate"),
    ((broken.ProxyError, requests.exceptions.ProxyError), "proxy-error"),
    ((broken.IncompleteRead, broken.ProtocolError, requests.exceptions.ChunkedEncodingError), "cut-short"),
    ((broken.NameResolutionError, socket.gaierror), "no-name"),
    ((broken.NewConnectionError, ConnectionRefusedError), "no-link"),
    ((ssl.SSLError, broken.SSLError), "no-tls"),
    ((TimeoutError, broken.TimeoutError, requests.Timeout), "timeout"),
)
