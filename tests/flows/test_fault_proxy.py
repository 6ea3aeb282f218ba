"""The bad link does what it says, and the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import pytest

from sync.ports import Reply, SyncFault
from sync.transport import Http
from tests.flows.fault_proxy import (
    CUT_ANSWER,
    CUT_REQUEST,
    DELAY,
    HANG,
    LATE,
    LOSE_ANSWER,
    LOSE_REQUEST,
    PASS,
    PORTAL,
    REFUSE,
    TWICE,
    Fate,
    FaultProxy,
    stormy,
)
from tests.sync.served import reply, serving

BODY = b"x" * 1000


class Line:
    """A link to a server that tells back how many requests it had; `heard` are their bodies."""

    def __init__(self, proxy: FaultProxy, heard: list[bytes]) -> None:
        self.proxy = proxy
        self.heard = heard

    def post(self, said: bytes = BODY, seconds: float = 20.0) -> Reply:
        with closing(Http(f"http://127.0.0.1:{self.proxy.port}")) as http:
            return http.post("/v1/push", {}, said, seconds)

    def fault(self, said: bytes = BODY, seconds: float = 20.0) -> str:
        with pytest.raises(SyncFault) as fault:
            self.post(said, seconds)
        return fault.value.code


@contextmanager
def listening() -> Iterator[Line]:
    heard: list[bytes] = []

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if len(body) == int(handler.headers["Content-Length"]):
            heard.append(body)
        reply(handler, 200, b"%d" % len(heard))

    with serving(answer) as url:
        port = urlsplit(url).port
        assert port is not None
        proxy = FaultProxy(port)
        try:
            yield Line(proxy, heard)
        finally:
            proxy.close()


@pytest.fixture
def line() -> Iterator[Line]:
    with listening() as made:
        yield made


@pytest.mark.parametrize(
    ("fate", "fault", "heard"),
    [
        (Fate(PASS), "", 1),
        (Fate(DELAY, seconds=0.05), "", 1),
        (Fate(TWICE), "", 2),
        (Fate(REFUSE), "cut-short", 0),
        (Fate(LOSE_REQUEST), "cut-short", 0),
        (Fate(LOSE_ANSWER), "cut-short", 1),
        (Fate(CUT_REQUEST, at=300), "cut-short", 0),
        (Fate(CUT_ANSWER, at=20), "cut-short", 1),
        (Fate(HANG, seconds=0.05), "cut-short", 0),
        (Fate(LATE), "cut-short", 0),
    ],
)
def test_one_message_meets_its_fate(line: Line, fate: Fate, fault: str, heard: int) -> None:
    line.proxy.plan = lambda path, number: fate
    if fault:
        assert line.fault() == fault
    else:
        assert line.post().body == b"%d" % heard
    assert len(line.heard) == heard
    assert line.proxy.seen[fate.what] == line.proxy.asked["/v1/push"] == 1


def test_a_late_message_arrives_after_the_next(line: Line) -> None:
    line.proxy.plan = lambda path, number: Fate(PASS if number else LATE)
    assert line.fault(b"first") == "cut-short"
    assert line.post(b"second").status == 200
    assert line.heard == [b"second", b"first"]


def test_a_portal_answers_for_the_server(line: Line) -> None:
    line.proxy.plan = lambda path, number: Fate(PORTAL)
    found = line.post()
    assert found.headers["content-type"] == "text/html"
    assert not line.heard


def test_a_cut_link_refuses_a_silent_one_says_nothing_and_both_heal(line: Line) -> None:
    line.proxy.cut()
    assert line.fault() == "no-link"
    line.proxy.heal()
    assert line.post().status == 200
    line.proxy.cut(silent=True)
    assert line.fault(seconds=0.2) == "timeout"
    line.proxy.heal()
    assert line.post().status == 200
    assert len(line.heard) == 2


def test_a_plain_wire_is_cut_after_a_byte(line: Line) -> None:
    wire = FaultProxy(line.proxy.upstream, opaque=True)
    try:
        over = Line(wire, line.heard)
        assert over.post().status == 200
        for at in (0, 1, 50):
            wire.plan = lambda path, number, at=at: Fate(CUT_ANSWER, at=at)  # type: ignore[misc]
            assert over.fault() == "cut-short"
        wire.plan = lambda path, number: Fate(CUT_REQUEST, at=100)
        assert over.fault() == "cut-short"
    finally:
        wire.close()
    assert len(line.heard) == 4


def test_one_seed_is_one_storm() -> None:
    def storm(seed: int) -> list[Fate]:
        plan = stormy(seed, 0.5)
        return [plan(path, number) for path in ("/v1/push", "/v1/pull") for number in range(200)]

    assert storm(7) == storm(7) != storm(8)
    assert {fate.what for fate in storm(7)} == {
        PASS, REFUSE, DELAY, LOSE_REQUEST, LOSE_ANSWER, CUT_REQUEST, CUT_ANSWER, TWICE, LATE, HANG, PORTAL,
    }  # fmt: skip
