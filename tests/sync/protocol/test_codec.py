"""Bodies: what was packed comes back; what is too much, cut or strange is refused."""

from __future__ import annotations

import gzip
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.codec import BadBody, from_json, pack, to_json, unpack
from sync.protocol.messages import Hello, RecordRow


@given(st.binary(max_size=2_000))
def test_what_is_packed_comes_back(body: bytes) -> None:
    packed, encoding = pack(body)
    assert unpack(packed, encoding) == body


def test_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(BadBody, match="too-large"):
        unpack(bomb, "gzip", 1_000_000)
    with pytest.raises(BadBody, match="too-large"):
        unpack(b"0" * 11, "", 10)
    assert unpack(b"0" * 10, "", 10) == b"0" * 10


@pytest.mark.parametrize("cut", [0, 1, 10, 40, -1])
def test_a_cut_body_is_no_body(cut: int) -> None:
    packed, encoding = pack(os.urandom(500))
    with pytest.raises(BadBody, match="not-gzip"):
        unpack(packed[:cut], encoding)


def test_more_after_the_end_is_no_body() -> None:
    packed, encoding = pack(os.urandom(500))
    with pytest.raises(BadBody, match="not-gzip"):
        unpack(packed + b"x", encoding)


def test_an_unknown_packing_is_refused() -> None:
    with pytest.raises(BadBody, match="unknown-encoding"):
        unpack(b"", "br")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"oldest":1}', b'{"oldest":-1,"newest":1}', b'{"oldest":"1","newest":1}', b"[" * 5000],
)
def test_what_is_no_such_message_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody, match="bad-message"):
        from_json(body, Hello)


def test_a_message_comes_back_as_it_was() -> None:
    row = RecordRow("title", "t1", '{"title":"Fikih"}', (5, "d", "i", 3), {"title": (6, "d", "i", 4)}, False, 9)
    assert from_json(to_json(row), RecordRow) == row


def test_a_message_with_more_than_was_asked_is_refused() -> None:
    with pytest.raises(BadBody, match="bad-message"):
        from_json(b'{"oldest":1,"newest":1,"more":1}', Hello)
