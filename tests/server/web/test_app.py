"""The server over real HTTP: who is served, what is refused, and that every answer is signed."""

from __future__ import annotations

import gzip
import json
import secrets
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from msgspec.structs import replace

from server.web.app import Limits
from server.web.listen import PacedProtocol
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.codec import from_json, to_json
from sync.protocol.limits import MAX_BODY, MAX_PACKED, SIGNED_FOR_MS
from sync.protocol.signing import Signer, fingerprint, new_private
from tests.server.web.asking import LIBRARY, ZONE, Desk, Serving, now_ms, serving

GENEROUS = Limits(desk=(1e6, 10**6), hello=(1e6, 10**6), join=(1e6, 10**6), failures=(1e6, 10**6))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One server for all tests that leave no trace that others would see."""
    with serving(tmp_path_factory.mktemp("server"), limits=GENEROUS) as running:
        yield running


@pytest.fixture(scope="module")
def desk(server: Serving) -> Desk:
    return server.desk()


# Who is there.


def test_hello_is_answered_to_anybody_and_signed(server: Serving) -> None:
    welcome = Desk(server).ask(routes.HELLO, m.Hello(1, 9), m.Welcome)
    assert welcome.server == fingerprint(bytes.fromhex(welcome.public)) == fingerprint(server.public)
    assert welcome.version == 1
    assert abs(welcome.time - now_ms()) < 10_000


def test_hello_of_a_program_too_new_or_too_old(server: Serving) -> None:
    assert Desk(server).refused(routes.HELLO, m.Hello(7, 9))[1].error == "no-common-version"
    assert Desk(server).refused(routes.HELLO, m.Hello(0, 0))[1].error == "no-common-version"


def test_hello_without_a_random_number_gets_no_signature(server: Serving) -> None:
    reply = requests.post(server.url + "/v1/hello", json={"oldest": 1, "newest": 1}, timeout=10)
    assert (reply.status_code, reply.json()["error"]) == (400, "no-nonce")
    assert routes.SIGNATURE not in reply.headers


def test_the_first_desk_brings_the_library(tmp_path: Path) -> None:
    with serving(tmp_path) as own:
        desk = Desk(own)
        code = own.code("Meja depan")
        assert desk.ask(routes.HELLO, m.Hello(1, 1), m.Welcome).library == ""
        joined = desk.ask(routes.JOIN, desk.joining(code), m.Joined)
        assert (joined.library, joined.zone, joined.name) == (LIBRARY, ZONE, "Meja depan")
        assert joined.desk == desk.signer.fingerprint
        # The reply was lost: the same desk asks again.
        assert desk.ask(routes.JOIN, desk.joining(code), m.Joined) == joined
        assert Desk(own).refused(routes.JOIN, Desk(own).joining(code))[1].error != "code-used"
        other = Desk(own)
        assert other.refused(routes.JOIN, other.joining(code))[1].error == "code-used"
        assert desk.ask(routes.HELLO, m.Hello(1, 1), m.Welcome).library == LIBRARY


def test_a_code_is_wrong_or_too_old(server: Serving, desk: Desk) -> None:
    stranger = Desk(server)
    status, why = stranger.refused(routes.JOIN, stranger.joining("00" * 10))
    assert (status, why.error) == (403, "code-unknown")
    late = server.code(minutes=-1)
    assert stranger.refused(routes.JOIN, stranger.joining(late))[1].error == "code-expired"


def test_nobody_joins_with_another_s_key(server: Serving, desk: Desk) -> None:
    stranger = Desk(server)
    mine = replace(stranger.joining(server.code()), public=Signer(new_private()).public.hex())
    assert stranger.refused(routes.JOIN, mine)[1].error == "bad-signature"
    other_name = {routes.DESK: desk.signer.fingerprint}
    assert (
        stranger.refused(routes.JOIN, stranger.joining(server.code()), headers=other_name)[1].error == "bad-signature"
    )


# What desks do.


def test_what_one_desk_pushes_another_pulls(server: Serving, desk: Desk) -> None:
    other = server.desk()
    before = other.ask(routes.HEAD, m.Ask(), m.Head)
    run = desk.run(3)
    pushed = desk.ask(routes.PUSH, m.Push(before.epoch, (run,)), m.Pushed)
    assert [answer.status for answer in pushed.runs] == ["stored"]
    assert pushed.head == before.head + 3
    (at,) = other.ask(routes.HASHES, m.Hashes((before.head,)), m.HashesAt).hashes
    page = other.ask(routes.PULL, m.Pull(before.head, at if before.head else ""), m.Page)
    assert [entry.run for entry in page.entries] == [run]
    assert (page.next, page.head) == (pushed.head, pushed.head)
    (own,) = desk.ask(routes.PULL, m.Pull(before.head, at if before.head else ""), m.Page).entries
    assert own.own == (desk.inc, run.first, run.last)
    known = other.ask(routes.HAVE, m.Have((m.Chain(run.desk, run.inc, 0, "00" * 32),)), m.Known)
    assert [(chain.seq, chain.head) for chain in known.chains] == [(run.last, run.head)]
    # Once more: nothing happens twice.
    again = desk.ask(routes.PUSH, m.Push(before.epoch, (run,)), m.Pushed)
    assert ([answer.status for answer in again.runs], again.head) == (["duplicate"], pushed.head)
    state = other.ask(routes.STATE, m.Ask(), m.State)
    assert (state.at, state.epoch) == (pushed.head, before.epoch)
    assert state.hash == desk.ask(routes.STATE, m.Ask(), m.State).hash


def test_who_waits_is_woken_by_a_push(server: Serving, desk: Desk) -> None:
    other = server.desk()
    head = other.ask(routes.HEAD, m.Ask(), m.Head)
    asked = m.Wait(head.epoch, head.head, head.safe, 20)
    heard: list[tuple[m.Head, float]] = []

    def wait() -> None:
        heard.append((other.ask(routes.WAIT, asked, m.Head), time.monotonic()))

    thread = threading.Thread(target=wait)
    thread.start()
    while not server.front.bell.waiting:
        thread.join(0.01)
    pushed = desk.ask(routes.PUSH, m.Push(head.epoch, (desk.run(),)), m.Pushed)
    at = time.monotonic()
    thread.join(10)
    assert heard[0][0].head == pushed.head
    assert heard[0][1] - at < 0.5


def test_a_wait_ends_without_news(server: Serving, desk: Desk) -> None:
    head = desk.ask(routes.HEAD, m.Ask(), m.Head)
    assert desk.ask(routes.WAIT, m.Wait(head.epoch, head.head, head.safe, 0), m.Head).head == head.head
    assert desk.ask(routes.WAIT, m.Wait("other", head.head, head.safe, 20), m.Head).head == head.head
    assert server.front.bell.waiting == 0


def test_what_another_process_wrote_ends_a_wait(server: Serving, desk: Desk) -> None:
    head = desk.ask(routes.HEAD, m.Ask(), m.Head)
    timer = threading.Timer(0.1, server.store.push, (LIBRARY, desk.signer.fingerprint, m.Push("", (desk.run(),)), 1))
    timer.start()
    began = time.monotonic()
    assert desk.ask(routes.WAIT, m.Wait(head.epoch, head.head, head.safe, 20), m.Head).head == head.head + 1
    assert time.monotonic() - began < 5
    timer.join()


def test_a_revoked_desk_hands_in_but_learns_nothing(server: Serving) -> None:
    gone = server.desk()
    server.store.revoke(LIBRARY, gone.signer.fingerprint, now_ms())
    pushed = gone.ask(routes.PUSH, m.Push("", (gone.run(),)), m.Pushed)
    assert [answer.status for answer in pushed.runs] == ["quarantined"]
    for exchange, message in ((routes.PULL, m.Pull(0)), (routes.STATE, m.Ask()), (routes.WAIT, m.Wait("e", 0))):
        status, why = gone.refused(exchange, message)
        assert (status, why.error) == (403, "desk-revoked")


def test_a_short_answer_is_not_held_back(server: Serving, desk: Desk) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    took = []
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        for _ in range(9):
            began = time.monotonic()
            wire.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                answer += wire.recv(65_536)
            took.append(time.monotonic() - began)
    # The least, since a busy machine may be slow now and then; a held answer is late each time.
    assert sorted(took)[2] < 0.03


# Who is not believed.


def test_an_unknown_desk(server: Serving, desk: Desk) -> None:
    status, why = Desk(server).refused(routes.HEAD, m.Ask())
    assert (status, why.error) == (401, "unknown-desk")


def test_another_key_under_a_known_name(server: Serving, desk: Desk) -> None:
    status, why = Desk(server).refused(routes.HEAD, m.Ask(), headers={routes.DESK: desk.signer.fingerprint})
    assert (status, why.error) == (401, "bad-signature")


@pytest.mark.parametrize("off", [-SIGNED_FOR_MS - 60_000, SIGNED_FOR_MS + 60_000, -(10**12)])
def test_a_wrong_clock_is_told_the_time(server: Serving, desk: Desk, off: int) -> None:
    status, why = desk.refused(routes.HEAD, m.Ask(), time_ms=now_ms() + off)
    assert (status, why.error) == (401, "wrong-time")
    assert desk.send(routes.HEAD, b"{}", time_ms=why.time).status_code == 200


def test_a_recorded_request_is_served_once(server: Serving, desk: Desk) -> None:
    signed = routes.request_headers(desk.signer, routes.HEAD, b"{}", time_ms=now_ms(), nonce=secrets.token_hex(16))
    headers = {"Content-Type": "application/json", **signed}
    replies = [requests.post(server.url + "/v1/head", b"{}", headers=headers, timeout=10) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 401]
    assert replies[1].json()["error"] == "repeated"


# What is too much.


def test_a_body_that_is_said_or_found_too_large(server: Serving, desk: Desk) -> None:
    large = b" " * (MAX_PACKED + 1)
    assert desk.send(routes.PUSH, large).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            yield b" " * (MAX_PACKED // 2)

    reply = requests.post(
        server.url + "/v1/push",
        pieces(),
        headers={
            "Content-Type": "application/json",
            **routes.request_headers(desk.signer, routes.PUSH, b"", time_ms=now_ms(), nonce="ab" * 16),
        },
        timeout=10,
    )
    assert (reply.status_code, reply.json()["error"]) == (413, "too-large")


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (gzip.compress(b" " * (MAX_BODY + 1)), "gzip", 413, "too-large"),
        (gzip.compress(b"{}")[:-3], "gzip", 400, "not-gzip"),
        (gzip.compress(b"{}") + b"more", "gzip", 400, "not-gzip"),
        (b"{}", "gzip", 400, "not-gzip"),
        (zlib.compress(b"{}"), "deflate", 415, "unknown-encoding"),
        (b"", "", 400, "bad-message"),
        (b"[]", "", 400, "bad-message"),
        (b'{"epoch":"e","more":1}', "", 400, "bad-message"),
        (b"[" * 100_000, "", 400, "bad-message"),
        (b'{"epoch":"\\ud800"}', "", 400, "bad-message"),
        (b"\xff\xfe", "", 400, "bad-message"),
    ],
)
def test_bodies_that_are_no_message(desk: Desk, body: bytes, encoding: str, status: int, code: str) -> None:
    reply = desk.send(routes.PUSH, body, headers={"Content-Encoding": encoding} if encoding else {})
    assert (reply.status_code, reply.json()["error"]) == (status, code)


def test_another_type_of_body(desk: Desk) -> None:
    reply = desk.send(routes.PUSH, b"{}", headers={"Content-Type": "text/plain"})
    assert (reply.status_code, reply.json()["error"]) == (415, "unknown-type")


def test_a_body_that_comes_too_slowly(tmp_path: Path) -> None:
    with serving(tmp_path, limits=replace(GENEROUS, body_seconds=0.2)) as own:
        desk = own.desk()
        signed = routes.request_headers(desk.signer, routes.PUSH, b"{}", time_ms=now_ms(), nonce="ab" * 16)
        host, port = own.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as wire:
            lines = [f"{name}: {value}" for name, value in signed.items()]
            wire.sendall(
                "\r\n".join(["POST /v1/push HTTP/1.1", "Host: x", "Content-Length: 2", *lines, "", "{"]).encode()
            )
            answer = b"".join(iter(lambda: wire.recv(65_536), b""))
        assert answer.startswith(b"HTTP/1.1 408")
        assert b'"too-slow"' in answer


def test_who_never_says_a_request_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PacedProtocol, "head_seconds", 0.2)
    with serving(tmp_path) as own:
        host, port = own.url.removeprefix("http://").split(":")
        for whole, begun in (
            (b"", b""),
            (b"", b"POST /v1/push HTT"),
            (b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /li"),
        ):
            with socket.create_connection((host, int(port)), timeout=10) as wire:
                if whole:
                    wire.sendall(whole)
                    assert wire.recv(65_536).startswith(b"HTTP/1.1 200")
                wire.sendall(begun)
                assert b"HTTP/1.1" not in b"".join(iter(lambda: wire.recv(65_536), b""))


def test_a_desk_that_asks_without_end_is_slowed_and_no_other(tmp_path: Path) -> None:
    with serving(tmp_path, limits=replace(GENEROUS, desk=(0.1, 3))) as own:
        desk, other = own.desk(), own.desk()
        assert [desk.send(routes.HEAD, b"{}").status_code for _ in range(4)] == [200, 200, 200, 429]
        reply = desk.send(routes.HEAD, b"{}")
        assert reply.json()["error"] == "too-many"
        assert 1 <= int(reply.headers["Retry-After"]) <= 10
        assert other.send(routes.HEAD, b"{}").status_code == 200


def test_guessing_is_slowed(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(join=(0.01, 3), failures=(0.01, 3))) as own:
        desk = own.desk()
        stranger = Desk(own)
        found = [stranger.refused(routes.JOIN, stranger.joining(f"{n:020x}"))[1].error for n in range(3)]
        assert found == ["code-unknown", "code-unknown", "too-many"]
        assert [stranger.refused(routes.HEAD, m.Ask())[0] for _ in range(5)] == [401, 401, 401, 429, 429]
        # In a desk's name, too; the desk itself is heard from elsewhere, and after a while from here.
        name = {routes.DESK: desk.signer.fingerprint}
        assert [stranger.refused(routes.HEAD, m.Ask(), headers=name)[0] for _ in range(5)] == [401, 401, 401, 429, 429]


def test_one_desk_does_not_wait_many_times(server: Serving) -> None:
    desk = server.desk()
    head = desk.ask(routes.HEAD, m.Ask(), m.Head)
    asked = m.Wait(head.epoch, head.head, head.safe, 5)
    threads = [threading.Thread(target=desk.ask, args=(routes.WAIT, asked, m.Head)) for _ in range(4)]
    for thread in threads:
        thread.start()
    while server.front.bell.waiting < 4:
        threads[0].join(0.01)
    assert desk.refused(routes.WAIT, asked)[1].error == "too-many"
    server.front.service.store.push(LIBRARY, desk.signer.fingerprint, m.Push("", (desk.run(),)), now_ms())
    for thread in threads:
        thread.join(10)
    assert server.front.bell.waiting == 0


# What watches, and what is not there.


def test_monitors(server: Serving, desk: Desk) -> None:
    assert requests.get(server.url + "/live", timeout=10).json() == {"live": True}
    assert requests.get(server.url + "/ready", timeout=10).json() == {"ready": True}
    desk.send(routes.HEAD, b"{}")
    text = requests.get(server.url + "/metrics", timeout=10).text
    assert 'meja_requests_total{route="head",status="200"}' in text
    assert f'meja_log_head{{library="{LIBRARY}"}}' in text
    assert desk.signer.fingerprint not in text
    assert "127.0.0.1" not in text


def test_the_api_describes_itself(server: Serving) -> None:
    found = requests.get(server.url + "/v1/openapi.json", timeout=10).json()
    assert {exchange.path for exchange in routes.EXCHANGES} <= found["paths"].keys()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not-found"),
        ("GET", "/v1/push/", 404, "not-found"),
        ("POST", "/v1/../etc/passwd", 404, "not-found"),
        ("GET", "/v1/push", 405, "wrong-method"),
        ("DELETE", "/live", 405, "wrong-method"),
        ("OPTIONS", "/v1/pull", 405, "wrong-method"),
    ],
)
def test_paths_and_methods_that_are_not_there(server: Serving, method: str, path: str, status: int, code: str) -> None:
    reply = requests.request(method, server.url + path, timeout=10)
    assert (reply.status_code, reply.json()["error"]) == (status, code)


def test_a_store_that_fails_is_said_and_comes_back_to_nobody_as_a_fault(tmp_path: Path) -> None:
    with serving(tmp_path) as own:
        desk = own.desk()
        own.store.close()
        reply = desk.send(routes.HEAD, b"{}")
        assert (reply.status_code, reply.json()["error"]) == (503, "not-ready")
        assert int(reply.headers["Retry-After"]) >= 1
        assert requests.get(own.url + "/ready", timeout=10).status_code == 503
        assert requests.get(own.url + "/live", timeout=10).status_code == 200
        assert requests.get(own.url + "/metrics", timeout=10).status_code == 200


def test_large_answers_travel_packed(server: Serving, desk: Desk) -> None:
    desk.ask(routes.PUSH, m.Push("", (desk.run(50),)), m.Pushed)
    reply = desk.send(routes.PULL, to_json(m.Pull(0, whole=True)))
    assert reply.headers["Content-Encoding"] == "gzip"
    assert int(reply.headers["Content-Length"]) < len(reply.content)
    plain = desk.send(routes.PULL, to_json(m.Pull(0, whole=True)), headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert from_json(plain.content, m.Page).entries == from_json(reply.content, m.Page).entries
    assert json.loads(plain.text)["moved"] is False
