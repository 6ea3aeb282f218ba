"""SLiMS's settings as PHP wrote them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers.php_values import php_text, php_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('s:7:"Senayan";', "Senayan"), ("b:1;", True), ("b:0;", False), ("i:-5;", -5), ("d:0.25;", 0.25), ("N;", None),
        ('s:2:"é";', "é"), ('s:3:"a";";', 'a";'), ("a:0:{}", {}),
        ('a:2:{s:5:"theme";s:7:"default";i:3;a:1:{i:0;b:1;}}', {"theme": "default", "3": {"0": True}}),
        # A length that damaged letters made wrong: the string is whole all the same.
        ('s:4:"Perpustakaan";', "Perpustakaan"),
    ],
)  # fmt: skip
def test_values_are_read(text: str, value: object) -> None:
    assert php_value(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "x", 'O:8:"stdClass":0:{}', 'C:1:"X":2:{ab}', "R:1;", "r:1;", 's:99:"a', "a:1:{",
        "a:999999999:{}", "d:1.1.1;",
        "a:1:{N;b:1;}", 'a:1:{i:0;O:1:"X":0:{}}', "i:99999999999999999999999;", "b:1;b:0;",
        "a:1:{i:0;" * 50 + "N;" + "}" * 50,
    ],
)  # fmt: skip
def test_what_is_no_plain_value_is_unknown(text: str) -> None:
    assert php_value(text) is None
    assert php_text(text) == ""


def test_settings_become_text() -> None:
    assert [php_text(text) for text in ("b:1;", "b:0;", "i:60;", 's:1:"0";', "N;", "a:0:{}")] == [
        "1",
        "0",
        "60",
        "0",
        "",
        "",
    ]


@given(st.one_of(st.text(max_size=60), st.text('saibdN:;{}"0123456789', max_size=60)))
def test_any_text_is_harmless(text: str) -> None:
    php_text(text)
