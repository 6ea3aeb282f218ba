"""Single values of a MySQL dump: where each ends, what its escapes mean, and which bytes are letters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers.mysql_values import DOUBLE, INSIDE, STRING, real_text, unescaped, unquoted, value_at
from tests.importers.slims_dump_text import quoted


def latin(text: str) -> str:
    """Text as a dump holds it while it is parsed: each byte of its UTF-8 one letter."""
    return text.encode("utf-8", "replace").decode("latin-1")


@pytest.mark.parametrize(
    ("text", "value", "rest"),
    [
        ("'x',2)", "'x'", ",2)"),
        (" 'it''s' )", "'it''s'", ")"),
        (r"'\'),(',2)", r"'\'),('", ",2)"),
        ('"a ""b""",2)', '"a ""b"""', ",2)"),
        ("-12.50)", "-12.50", ")"),
        ("NULL,1)", "NULL", ",1)"),
        ("0x4869)", "0x4869", ")"),
        ("X'4869')", "0x4869", ")"),
        ("x'4869')", "0x4869", ")"),
        ("N'huruf',1)", "'huruf'", ",1)"),
        ("_utf8mb4 'huruf',1)", "'huruf'", ",1)"),
        ("b'0101',1)", None, ",1)"),
        ("NOW(),1)", None, ",1)"),
        ("CONCAT('a,)', (1+2), `b)`),1)", None, ",1)"),
        ("1 + 2,3)", None, ",3)"),
        (",1)", None, ",1)"),
    ],
)
def test_a_value_ends_where_the_next_one_may_begin(text: str, value: str | None, rest: str) -> None:
    found = value_at("(" + text, 1)
    assert found is not None
    assert (found[0], ("(" + text)[found[1] :]) == (value, rest)


@pytest.mark.parametrize("text", ["'x", '"x', "`x", "'x'", "12", "NOW(", "CONCAT('a', 'b'", "'ends\\'", ""])
def test_a_value_that_is_not_whole_is_none(text: str) -> None:
    assert value_at(text, 0) is None


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("12", "12"), ("-0.5", "-0.5"), ("+1e5", "+1e5"), (".5", ".5"), ("TRUE", "1"), ("false", "0"), ("NULL", None),
        ("CURRENT_DATE", None), ('"it\'s \\"ok\\" and ""so"""', 'it\'s "ok" and "so"'), ('"caf\xc3\xa9"', "café"),
        ("0x4869C3A9", "Hié"), ("0XE9", "é"), ("0x", ""), ("0x486", None), ("0xZZ", None),
    ],
)  # fmt: skip
def test_values_without_single_marks(token: str, value: str | None) -> None:
    assert unquoted(token) == value


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("it''s", "it's"), (r"it\'s", "it's"), (r"C:\\temp", r"C:\temp"), (r"a\r\nb\tc\0\Z", "a\r\nb\tc\0\x1a"),
        (r"100\% \_", r"100\% \_"), (r"\q\"", 'q"'), ("polos", "polos"),
    ],
)  # fmt: skip
def test_escapes_mean_what_mysql_says(inside: str, text: str) -> None:
    assert unescaped(inside) == text


@pytest.mark.parametrize(
    ("raw", "text", "guessed"),
    [
        (b"caf\xc3\xa9 \xd9\x83", "café ك", False),
        (b"caf\xe9 \x93q\x94", "café “q”", True),
        (b"\x81\xe9", "\x81é", True),
        (b"", "", False),
    ],
)
def test_bytes_are_utf8_or_else_windows_letters(raw: bytes, text: str, guessed: bool) -> None:
    assert real_text(raw.decode("latin-1")) == (text, guessed)


def test_letters_damaged_before_the_dump_stay_as_they_are() -> None:
    assert real_text(latin("ÃƒÂ¢")) == ("ÃƒÂ¢", False)


TEXT = st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace").decode())


@given(TEXT, TEXT)
def test_what_is_written_is_read(text: str, after: str) -> None:
    first = latin(quoted(text))
    found = value_at(f"({first},{latin(quoted(after))})", 1)
    assert found == (first, 1 + len(first))
    assert real_text(unescaped(first[1:-1])) == (text, False)


MARKS = st.text(alphabet="'\"\\,()`x ", max_size=30)


@given(MARKS)
def test_a_string_ends_at_its_first_lone_mark_and_nowhere_else(text: str) -> None:
    found = re.match(STRING, text, re.DOTALL)
    other = re.match(DOUBLE, text.translate(str.maketrans("'\"", "\"'")), re.DOTALL)
    plain = re.match(r"'(?:[^'\\]|\\.|'')*'(?!')", text, re.DOTALL)
    assert (found and found[0]) == (plain and plain[0])
    assert (other and len(other[0])) == (plain and len(plain[0]))
    assert re.fullmatch(INSIDE, text.replace("\\", "").replace("'", "''"), re.DOTALL)


@given(MARKS | st.text(alphabet=st.characters(max_codepoint=255), max_size=40), st.integers(0, 5))
def test_any_text_has_a_value_or_none_and_the_place_behind_it(text: str, at: int) -> None:
    found = value_at(text, at)
    if found is not None:
        value, end = found
        assert text[end] in ",)"
        if value is not None and not value.startswith("'"):
            unquoted(value)


def test_a_long_broken_value_is_given_up_at_once() -> None:
    assert value_at("(" * 200_000, 0) is None
    assert value_at("'" + "\\'" * 200_000, 0) is None
    assert value_at("'" + "''" * 200_000, 0) is None
