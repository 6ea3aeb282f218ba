"""Keys that are written on paper come back as they were, however a person types them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.paper_key import read_key, write_key


@given(st.sampled_from([5, 10, 20]).flatmap(lambda size: st.binary(min_size=size, max_size=size)))
def test_what_is_written_is_read(secret: bytes) -> None:
    text = write_key(secret)
    assert read_key(text, len(secret)) == secret
    assert read_key(text.lower().replace("-", "  ").replace("0", "o").replace("1", "l"), len(secret)) == secret


def test_groups_of_four() -> None:
    assert write_key(bytes(10)) == "0000-0000-0000-0000"


@pytest.mark.parametrize("text", ["", "0000-0000", "0000-0000-0000-0000-0"])
def test_too_few_or_too_many_letters(text: str) -> None:
    with pytest.raises(ValueError, match="letters"):
        read_key(text, 10)


def test_a_secret_that_fills_no_letters() -> None:
    with pytest.raises(ValueError, match="five bytes"):
        write_key(b"abc")
