"""RFID numbers: however a reader types them, one card has one number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.rfid import UidFormat, normalise_uid


@given(st.binary(min_size=4, max_size=4))
def test_four_readers_agree_about_one_card(uid: bytes) -> None:
    number = uid.hex().upper()
    decimal, reversed_ = int.from_bytes(uid), int.from_bytes(uid[::-1])
    assert normalise_uid(number, UidFormat.HEX) == number
    assert normalise_uid(uid[::-1].hex(), UidFormat.HEX_REVERSED) == number
    assert normalise_uid(f"{decimal:010d}", UidFormat.DECIMAL) == number
    assert normalise_uid(f"{reversed_:010d}", UidFormat.DECIMAL_REVERSED) == number


def test_blanks_and_colons_between_bytes_are_taken() -> None:
    assert normalise_uid("04:A1:b2:C3", UidFormat.HEX) == "04A1B2C3"


@pytest.mark.parametrize("text", ["", "12", "G4A1B2C3", "04A1B2C", "9" * 30, "٠٤٦١٨٥١٥٥٣"])
def test_what_cannot_be_a_card_is_nothing(text: str) -> None:
    assert normalise_uid(text, UidFormat.HEX) == ""
    if not text.isascii() or not 7 <= len(text) <= 20:
        assert normalise_uid(text, UidFormat.DECIMAL) == ""
