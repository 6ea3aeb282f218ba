"""Messages: strict about names, sizes and numbers."""

from __future__ import annotations

import pytest

from sync.protocol.codec import BadBody, from_json, to_json
from sync.protocol.limits import MAX_HASHES
from sync.protocol.messages import Chain, Hashes, Join, Push

DESK, HEAD = "d" * 32, "e" * 64


def test_a_well_formed_chain_is_taken() -> None:
    assert from_json(to_json(Chain(DESK, "inc", 3, HEAD)), Chain).seq == 3


@pytest.mark.parametrize(
    "found",
    [
        Chain("D" * 32, "inc", 3, HEAD),
        Chain(DESK, "", 3, HEAD),
        Chain(DESK, "inc", -3, HEAD),
        Chain(DESK, "inc", 3, ""),
    ],
)
def test_a_misshapen_chain_is_refused(found: Chain) -> None:
    with pytest.raises(BadBody):
        from_json(to_json(found), Chain)


def test_too_many_are_refused() -> None:
    assert from_json(to_json(Hashes((1,) * MAX_HASHES)), Hashes)
    with pytest.raises(BadBody):
        from_json(to_json(Hashes((1,) * (MAX_HASHES + 1))), Hashes)


def test_a_short_code_is_refused() -> None:
    with pytest.raises(BadBody):
        from_json(to_json(Join("abc", HEAD, "Meja 2")), Join)


def test_an_empty_push_is_a_question_how_the_log_stands() -> None:
    assert from_json(b'{"epoch":"e"}', Push) == Push("e")
