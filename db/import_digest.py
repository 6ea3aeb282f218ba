"""What a source says of a record, in 16 bytes: equal as long as it says the same, and comparable with a stored row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

_HIDDEN, _COVER = 19, 18
_TYPE, _BLOCKED, _LOST, _PHOTO = 4, 13, 15, 17


def digest_of(values: object, size: int = 16) -> bytes:
    """A short digest of plain values."""
    return hashlib.blake2b(repr(values).encode("utf-8", "replace"), digest_size=size).digest()


def title_digest(row: Sequence[Any]) -> bytes:
    """Of a title's columns, without its id and cover, which stand for themselves."""
    return digest_of((*row[1:_COVER], int(row[_HIDDEN]), *row[_HIDDEN + 1 :]))


def member_words_digest(row: Sequence[Any]) -> bytes:
    """Of a reader's columns, without the type, the photo and what only this library says (why blocked, card lost)."""
    return digest_of(
        (*row[1:_TYPE], *row[_TYPE + 1 : _BLOCKED], int(row[_BLOCKED]), row[_LOST + 1], *row[_PHOTO + 1 :]), 12
    )


def member_digest(row: Sequence[Any]) -> bytes:
    """Of a reader's columns and of how the source names the type."""
    return member_words_digest(row) + digest_of(row[_TYPE], 4)


def item_words_digest(row: Sequence[Any]) -> bytes:
    """Of a copy's columns, without its id and the title it belongs to."""
    return digest_of((*row[2:15], int(row[15]), row[16]), 12)


def item_digest(row: Sequence[Any], title_key: str, title_text: str) -> bytes:
    """Of a copy's columns and of how the source names its title."""
    return item_words_digest(row) + digest_of((title_key, title_text), 4)
