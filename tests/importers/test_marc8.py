"""MARC-8: letters, marks written before them, sets changed by escapes; damage is counted and nothing is hidden."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc import marc8_mapping
from pymarc.marc8 import marc8_to_unicode

from app.importers.marc8 import UNKNOWN, decode_marc8

EACC = 0x31
SETS = {
    final: sorted(code for code in table if code & 0x7F7F7F >= 0x21 and not 0x7F <= code < 0xA1)
    for final, table in marc8_mapping.CODESETS.items()
}
"""The codes of each set that are letters or marks, in the half its table stands in."""


def written(final: int, code: int) -> bytes:
    """A code behind the escape that brings its set into the half where its table stands."""
    if final == EACC:
        return b"\x1b$1" + code.to_bytes(3) + b"\x1b(B"
    return b"\x1b" + (b")" if code > 0x80 else b"(") + bytes((final, code))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"plain", "plain"),
        (b"th\xe2e\xe1atre", "théàtre"),
        (b"\xe5a\xf2d-\xb0ilm", "āḍ-ʻilm"),
        (b"\x1b(2`a\x1b(B!", "אב!"),
        (b"\x1b)2\xe0\xe1", "אב"),
        (b"\x1b(3GdGh\x1b(B.", "الاو."),
        (b"\x1bg a\x1bs b", " \u03b1 b"),
        (b"H\x1bb2\x1bsO", "H₂O"),
        (b"\x1b(!E5\x1b(Be", "æe"),
        (b"\x1b$1!0!\x1b(B.", "一."),
        (b"\x1b$,1!0! !0!", "一 一"),
        (b"\x1b$-1\xa1\xb0\xa1.", "一."),
        (b"x\xe2", "x\u0301"),
    ],
)
def test_what_is_written_is_read(raw: bytes, expected: str) -> None:
    assert decode_marc8(raw) == (expected, 0)


def test_a_mark_on_a_blank_does_not_wander_to_the_next_word() -> None:
    assert decode_marc8(b"\xe2 alif") == (" \u0301alif", 0)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"ab\xff", "ab\ufffd"),
        (b"a\x80b\x7fc\xa4", "a\ufffdb\ufffdcÞ"),
        (b"\x1b$1!0", "\ufffd"),
        (b"\x1b$1!0!~~~\x7f!0!", "一\ufffd\ufffd一"),
        (b"\xe2\xff", "\ufffd\u0301"),
    ],
)
def test_bytes_no_set_knows_are_seen_and_counted(raw: bytes, expected: str) -> None:
    assert decode_marc8(raw) == (expected, expected.count(UNKNOWN))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b"\x1b", ""), (b"a\x1b(", "a("), (b"\x1b(Zab\xa4", "(ZabÞ"), (b"\x1b,$\xa4", ",$Þ"), (b"\x1bxy\xa4", "xyÞ")],
)
def test_an_unfinished_or_unknown_escape_costs_its_first_byte_only(raw: bytes, expected: str) -> None:
    assert decode_marc8(raw) == (expected, 0)


@pytest.mark.parametrize("final", sorted(set(SETS) - {EACC}))
def test_a_set_says_the_same_in_either_half(final: int) -> None:
    for code in SETS[final]:
        low = b"\x1b(" + bytes((final, code & 0x7F)) + b"\x1b(B."
        high = b"\x1b)" + bytes((final, code | 0x80)) + b"."
        letter, marks = marc8_mapping.CODESETS[final][code]
        expected = "." + chr(letter) if marks else chr(letter) + "."
        assert decode_marc8(low) == decode_marc8(high) == (unicodedata.normalize("NFC", expected), 0)


CODE = st.sampled_from(sorted(SETS)).flatmap(lambda final: st.tuples(st.just(final), st.sampled_from(SETS[final])))


@given(st.lists(CODE, max_size=12))
def test_sound_text_is_read_as_another_decoder_reads_it(codes: list[tuple[int, int]]) -> None:
    raw = b"".join(written(final, code) for final, code in codes) + b"\x1b(B."
    assert decode_marc8(raw) == (marc8_to_unicode(raw, hide_utf8_warnings=True), 0)


PIECES = st.sampled_from([b"\x1b", b"\x1b$1", b"\x1b(2", b"\x1b)", b"\x1b$-1", b"\x1bs", b"\xe2", b" ", b"a"])


@given(st.lists(PIECES | st.binary(max_size=4), max_size=20).map(b"".join))
def test_any_bytes_are_text_and_the_unknown_ones_are_counted(raw: bytes) -> None:
    text, unknown = decode_marc8(raw)
    assert text.count(UNKNOWN) == unknown
    assert unicodedata.is_normalized("NFC", text) or raw.isascii()
    assert len(text) <= len(raw)
