"""`meja server serve`: the front on a port, until it is told to stop."""

from __future__ import annotations

import argparse
import ipaddress
import os
import socket
import ssl
from contextlib import closing
from pathlib import Path

from app.cli.paths import path_of
from app.ports import KnownError
from server.cli.opening import home_of, now_ms, opened
from server.cli.speak import say
from server.home import Home
from server.memory import keep_small
from server.snapshots import Snapshots
from server.web import logs
from server.web.app import Front
from server.web.certificate import digest_of, own_certificate, tls_context
from server.web.listen import Listener, listen
from sync.protocol.signing import Signer


def run_serve(options: argparse.Namespace) -> int:
    """Serve desks. 0 when it was told to end."""
    _refuse_openness(options)
    keep_small()
    home = home_of(options)
    with home.serving(), opened(options, home) as store, listen(options.host, options.port) as listening:
        fingerprint = Signer(store.identity().private).fingerprint
        tls, certificates = _tls(options, home, fingerprint)
        port = int(listening.getsockname()[1])
        url = options.url or _url(options.host, port, secure=tls is not None)

        def ready() -> None:
            home.announce(url)
            logs.say("serving", port=port, tls=tls is not None)
            say(options, "serving", url=url, host=options.host, port=port, pid=os.getpid(), server=fingerprint)

        logs.set_up()
        snapshots = Snapshots(store, home.snapshots, failed=lambda error: logs.say("snapshot", 40, error=error))
        front = Front(store, now_ms, certificates=certificates, snapshots=snapshots)
        with closing(snapshots):
            snapshots.watch(lambda: store.expecting(now_ms()))
            Listener(front, listening, tls=tls, proxies=options.behind_proxy, ready=ready).run()
        logs.say("ended")
    return 0


def _refuse_openness(options: argparse.Namespace) -> None:
    """KnownError for a combination that would let others read along or that means nothing."""
    if bool(options.cert) != bool(options.key):
        raise KnownError("server-cert-and-key")
    if options.behind_proxy and not options.url:
        raise KnownError("server-proxy-url")


def _tls(options: argparse.Namespace, home: Home, fingerprint: str) -> tuple[ssl.SSLContext | None, tuple[str, ...]]:
    """What TLS is spoken with (None = none), and the digests that desks hold the connection to."""
    if options.cert:
        files = path_of(options.cert), path_of(options.key)
    elif options.tls or not (options.behind_proxy or _is_loopback(options.host)):
        files = own_certificate(home, fingerprint)
    else:
        return None, ()
    return tls_context(*files), (digest_of(Path(files[0])),)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _url(host: str, port: int, *, secure: bool) -> str:
    """The address for desks: of a server that listens everywhere, this machine's own."""
    try:
        everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        everywhere = False
    name = _own_address() if everywhere else host
    shown = f"[{name}]" if ":" in name else name
    return f"{'https' if secure else 'http'}://{shown}:{port}"


def _own_address() -> str:
    """The address by which this machine goes out; nothing is sent to find it. Its name where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
