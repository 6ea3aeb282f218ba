"""Secrets as letters that a person can read from paper and type: groups of four, without those that look alike."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def write_key(secret: bytes) -> str:
    """The letters for a secret of 5, 10, 15 … bytes."""
    if len(secret) % 5:
        raise ValueError("only whole groups of five bytes make whole letters")
    number = int.from_bytes(secret)
    letters = "".join(_ALPHABET[(number >> shift) & 31] for shift in range(len(secret) * 8 - 5, -5, -5))
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def read_key(text: str, size: int) -> bytes:
    """The `size` bytes that somebody typed, however they grouped them. Raises ValueError."""
    letters = [letter for letter in text.upper().translate(_CONFUSED) if letter in _ALPHABET]
    if len(letters) * 5 != size * 8:
        raise ValueError("the letters are too few or too many")
    number = 0
    for letter in letters:
        number = number << 5 | _ALPHABET.index(letter)
    return number.to_bytes(size)
