"""The server's own certificate."""

from __future__ import annotations

import os
import ssl
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from app.ports import KnownError
from server.home import Home
from server.web.certificate import digest_of, own_certificate, tls_context


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "server")


def test_it_is_made_once_and_named_by_its_digest(home: Home) -> None:
    certificate, key = own_certificate(home, "ab" * 16)
    first = digest_of(certificate)
    assert digest_of(own_certificate(home, "ab" * 16)[0]) == first
    assert tls_context(certificate, key)
    renewed, key = own_certificate(home, "ab" * 16, renew=True)
    assert digest_of(renewed) != first
    assert tls_context(renewed, key)


def test_the_digest_is_the_one_a_connection_shows(home: Home) -> None:
    certificate, key = own_certificate(home, "ab" * 16)
    serving, asking = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = tls_context(certificate, key).wrap_bio(serving, asking, server_side=True)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    client = trusting.wrap_bio(asking, serving)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert sha256(client.getpeercert(binary_form=True) or b"").hexdigest() == digest_of(certificate)


@pytest.mark.skipif(sys.platform == "win32", reason="rights are told otherwise there")
def test_nobody_else_may_read_the_keys(home: Home) -> None:
    _, key = own_certificate(home, "ab" * 16)
    home.key()
    for path in (key, home.root / "store.key"):
        assert os.stat(path).st_mode & 0o077 == 0
    assert os.stat(home.root).st_mode & 0o077 == 0


def test_what_is_no_certificate_is_said(home: Home, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate", encoding="ascii")
    with pytest.raises(KnownError, match="certificate-unusable"):
        digest_of(wrong)
    with pytest.raises(KnownError, match="certificate-unusable"):
        tls_context(wrong, wrong)
    with pytest.raises(KnownError, match="file-not-readable"):
        digest_of(tmp_path / "none.pem")
