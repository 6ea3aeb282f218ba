"""What stands between a desk and its server is recognised: portals, proxies, certificates, cut and endless answers."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sync.client import Client, first_contact
from sync.ports import SyncFault
from sync.protocol import messages as m
from sync.protocol.enrolment import kept_secret, read_code
from sync.protocol.routes import HEAD
from sync.protocol.signing import Signer, new_private
from sync.transport import Http, check_url
from tests.sync.central import NOW, Central
from tests.sync.served import meja, reply, serving


def chance(count: int) -> bytes:
    """Enough for a test."""
    import secrets

    return secrets.token_bytes(count)


def fault(url: str, central: Central) -> str:
    """What a first contact says of this address."""
    with closing(Http(url)) as http, pytest.raises(SyncFault) as found:
        first_contact(http, read_code(central.code()), url, chance, lambda: NOW)
    return found.value.code


Do = Callable[[BaseHTTPRequestHandler, bytes], None]


def portal(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    reply(handler, 200, b"<!DOCTYPE html><title>Wi-Fi Kampus</title>", Content_Type="text/html")


def away(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    reply(handler, 302, b"", Location="http://login.kampus.example/")


def proxy_page(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    reply(handler, 502, b"<html>Bad Gateway</html>", Content_Type="text/html")


def asks(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    reply(handler, 407, b"", Proxy_Authenticate="Basic")


def other_json(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    reply(handler, 200, b'{"status": "ok"}', Content_Type="application/json")


def half(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"server":')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def nothing(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def bomb(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    import gzip

    reply(handler, 200, gzip.compress(bytes(32 * 1024 * 1024)), Content_Encoding="gzip")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (portal, "captive-portal"), (away, "captive-portal"), (proxy_page, "proxy-error"), (asks, "proxy-asks"),
        (other_json, "not-meja"), (half, "cut-short"), (nothing, "cut-short"), (bomb, "not-meja"),
    ],
)  # fmt: skip
def test_who_answers_instead_of_the_server_is_named(central: Central, answer: Do, code: str) -> None:
    with serving(answer) as url:
        assert fault(url, central) == code


def test_an_answer_that_does_not_come_is_given_up() -> None:
    release = threading.Event()

    def waits(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        release.wait(20)

    with serving(waits) as url, closing(Http(url)) as http:
        with pytest.raises(SyncFault) as found:
            http.post("/v1/hello", {}, b"", 0.2)
        assert found.value.code == "timeout"
        release.set()


def test_waiting_is_cut_from_another_thread() -> None:
    began, release = threading.Event(), threading.Event()

    def waits(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        began.set()
        release.wait(20)

    codes: list[str] = []
    with serving(waits) as url, closing(Http(url)) as http:

        def ask() -> None:
            try:
                http.post("/v1/wait", {}, b"", 60)
            except SyncFault as error:
                codes.append(error.code)

        thread = threading.Thread(target=ask)
        thread.start()
        assert began.wait(10)
        http.cut()
        thread.join(10)
        release.set()
    assert codes == ["stopped"]


def test_a_server_that_is_not_there_and_a_name_nobody_knows(central: Central) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert fault(f"http://127.0.0.1:{port}", central) == "no-link"
    assert fault("https://pusat.invalid", central) == "no-name"


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("https://pusat.kampus.ac.id:8443/", "https://pusat.kampus.ac.id:8443"),
        (" https://kampus.ac.id/meja/ ", "https://kampus.ac.id/meja"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_that_can_be_joined(said: str, url: str) -> None:
    assert check_url(said) == url


@pytest.mark.parametrize("said", ["", "pusat", "ftp://pusat", "http://pusat", "https://a:b@pusat", "https://p/?x=1",
                                  "https://pusat:port", "https://"])  # fmt: skip
def test_addresses_that_cannot(said: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_url(said)


def known(central: Central, desk: Signer) -> None:
    """Enrol a desk that brings a library."""
    secret = "5" * 20
    central.store.enrol(kept_secret(secret), "Meja", "", NOW + 1000, NOW)
    joined = central.store.join(kept_secret(secret), desk.public.hex(), "Meja", "a" * 32, "Asia/Jakarta", NOW)
    assert not isinstance(joined, str)


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, str]:
    """A self-made certificate, and its digest."""
    key = ec.generate_private_key(ec.SECP256R1())
    said = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(said).issuer_name(said).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Long over: a PC that is years off must be served as well.
        .not_valid_before(datetime(2001, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2002, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / f"{name}.pem"
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, made.fingerprint(hashes.SHA256()).hex()


def test_a_connection_is_held_to_the_certificate_that_the_server_signed(central: Central, tmp_path: Path) -> None:
    asked: list[str] = []
    desk = Signer(new_private())
    known(central, desk)
    right, digest = certificate(tmp_path, "right")
    wrong, _other = certificate(tmp_path, "wrong")
    answer = meja(central, (digest,))

    def noting(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        asked.append(handler.path)
        answer(handler, body)

    with serving(noting, right) as url, closing(Http(url)) as http:
        server = first_contact(http, read_code(central.code()), url, chance, lambda: NOW)
        assert server.certificates == (digest,)
        client = Client(http, desk, server, wall=lambda: NOW, chance=chance)
        assert client.ask(HEAD, m.Ask(), m.Head).head == 0
    asked.clear()
    with serving(noting, wrong) as url, closing(Http(url)) as http:
        client = Client(http, desk, server, wall=lambda: NOW, chance=chance)
        with pytest.raises(SyncFault) as found:
            client.ask(HEAD, m.Ask(), m.Head)
        assert found.value.code == "wrong-certificate"
    assert asked == []


def test_a_changed_certificate_is_believed_when_the_server_says_so(central: Central, tmp_path: Path) -> None:
    desk = Signer(new_private())
    known(central, desk)
    old, first = certificate(tmp_path, "old")
    new, second = certificate(tmp_path, "new")
    with serving(meja(central, (first,)), old) as url, closing(Http(url)) as http:
        server = first_contact(http, read_code(central.code()), url, chance, lambda: NOW)
    with serving(meja(central, (second,)), new) as url, closing(Http(url)) as http:
        client = Client(http, desk, server, wall=lambda: NOW, chance=chance)
        client.hello()
        assert client.server.certificates == (second,)
        assert client.ask(HEAD, m.Ask(), m.Head).epoch


def test_plain_text_is_no_tls(central: Central, tmp_path: Path) -> None:
    with serving(portal) as url:
        assert fault(url.replace("http:", "https:"), central) == "no-tls"
