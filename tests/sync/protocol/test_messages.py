"""Messages: strict about names, sizes and numbers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sync.protocol import messages as m
from sync.protocol.codec import BadBody, from_json, to_json
from sync.protocol.limits import MAX_HASHES
from sync.protocol.messages import Chain, Hashes, Join, Push
from sync.protocol.runs import Hex

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


@pytest.mark.parametrize(
    ("form", "text"),
    [(m.Hash, "ab" * 32), (m.Hex32, "ab" * 16), (m.Name, "a.b"), (m.Word, "a b"), (m.Words, "Meja 1"), (Hex, "ab")],
)
def test_no_line_end_hides_behind_a_word(form: Any, text: str) -> None:
    assert msgspec.convert(text, form) == text
    for bad in (f"{text}\n", f"\n{text}", f"{text}\x00"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(bad, form)
