"""The code that is typed to join."""

from __future__ import annotations

import pytest

from sync.protocol.enrolment import kept_secret, read_code, write_code
from sync.protocol.signing import fingerprint, new_private, public_of

SERVER = fingerprint(public_of(new_private()))


def test_a_code_carries_a_secret_and_the_server_s_name() -> None:
    text = write_code(bytes(range(10)), SERVER)
    assert len(text) == 39
    code = read_code(text.lower().replace("-", " "))
    assert code.secret == bytes(range(10)).hex()
    assert code.fits(SERVER)
    assert not code.fits(fingerprint(public_of(new_private())))


def test_a_code_that_is_cut_short() -> None:
    with pytest.raises(ValueError, match="letters"):
        read_code(write_code(bytes(10), SERVER)[:-1])


def test_what_is_kept_is_not_the_secret() -> None:
    assert "00" * 10 not in kept_secret("00" * 10)
    assert kept_secret("00" * 10) != kept_secret("01" + "00" * 9)
