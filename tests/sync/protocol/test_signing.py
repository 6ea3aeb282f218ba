"""Signatures: for one purpose, by one key, over one text."""

from __future__ import annotations

from sync.protocol.signing import (
    ANSWER,
    REQUEST,
    Signer,
    answer_text,
    fingerprint,
    is_signed,
    new_private,
    request_text,
)


def test_a_signature_holds_for_its_purpose_text_and_key_only() -> None:
    signer, other = Signer(new_private()), Signer(new_private())
    signature = signer.sign(REQUEST, b"text")
    assert is_signed(signer.public, REQUEST, b"text", signature)
    assert not is_signed(signer.public, ANSWER, b"text", signature)
    assert not is_signed(signer.public, REQUEST, b"texts", signature)
    assert not is_signed(other.public, REQUEST, b"text", signature)
    assert not is_signed(signer.public, REQUEST, b"text", signature[:-1])
    assert not is_signed(b"no key", REQUEST, b"text", signature)


def test_a_key_is_named_by_its_fingerprint() -> None:
    signer = Signer(new_private())
    assert signer.fingerprint == fingerprint(signer.public)
    assert len(signer.fingerprint) == 32


def test_every_part_of_a_request_and_an_answer_is_signed() -> None:
    texts = {
        request_text("GET", "/v1/pull", 5, "n", b""),
        request_text("POST", "/v1/pull", 5, "n", b""),
        request_text("GET", "/v1/push", 5, "n", b""),
        request_text("GET", "/v1/pull", 6, "n", b""),
        request_text("GET", "/v1/pull", 5, "m", b""),
        request_text("GET", "/v1/pull", 5, "n", b"x"),
        answer_text("n", 200, b""),
        answer_text("m", 200, b""),
        answer_text("n", 201, b""),
        answer_text("n", 200, b"x"),
    }
    assert len(texts) == 10
