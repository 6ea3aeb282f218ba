"""A cell that came from a stranger's file must not act in a spreadsheet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.table import safe_cell


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+62 812", "'+62 812"),
        ("-cmd", "'-cmd"),
        ("\t=1", "'\t=1"),
        ("-500", "-500"),
        ("+1.5", "+1.5"),
        ("00123", "00123"),
        ("Judul = isi", "Judul = isi"),
        ("a\0b", "ab"),
        ("", ""),
    ],
)
def test_cells(text: str, safe: str) -> None:
    assert safe_cell(text) == safe


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    safe = safe_cell(text)
    begins = safe[:1] in tuple("=@\t\r\n") or (safe[:1] in ("+", "-") and not safe[1:].replace(".", "", 1).isdecimal())
    assert not begins
