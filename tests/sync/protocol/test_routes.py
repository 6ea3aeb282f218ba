"""Requests and answers carry proofs that fit exactly them."""

from __future__ import annotations

from sync.protocol import routes
from sync.protocol.signing import ANSWER, REQUEST, Signer, answer_text, is_signed, new_private, request_text

DESK = Signer(new_private())
SERVER = Signer(new_private())
NONCE = "ab" * 16


def test_a_request_names_its_desk_and_is_signed_for_one_path() -> None:
    headers = routes.request_headers(DESK, routes.PUSH, b"{}", time_ms=5, nonce=NONCE)
    assert headers[routes.DESK] == DESK.fingerprint
    signature = bytes.fromhex(headers[routes.SIGNATURE])
    assert is_signed(DESK.public, REQUEST, request_text("POST", "/v1/push", 5, NONCE, b"{}"), signature)
    assert not is_signed(DESK.public, REQUEST, request_text("POST", "/v1/pull", 5, NONCE, b"{}"), signature)
    assert routes.request_headers(DESK, routes.PUSH, b"", time_ms=5, nonce=NONCE, desk="x")[routes.DESK] == "x"


def test_an_answer_fits_its_request_its_status_and_its_body() -> None:
    signature = SERVER.sign(ANSWER, answer_text(NONCE, 200, b"{}")).hex()
    headers = {routes.SIGNATURE.lower(): signature}
    assert routes.answer_is_signed(SERVER.public, NONCE, 200, headers, b"{}")
    assert not routes.answer_is_signed(SERVER.public, "cd" * 16, 200, headers, b"{}")
    assert not routes.answer_is_signed(SERVER.public, NONCE, 403, headers, b"{}")
    assert not routes.answer_is_signed(SERVER.public, NONCE, 200, headers, b"{ }")
    assert not routes.answer_is_signed(DESK.public, NONCE, 200, headers, b"{}")
    assert not routes.answer_is_signed(SERVER.public, NONCE, 200, {}, b"{}")
    assert not routes.answer_is_signed(SERVER.public, NONCE, 200, {routes.SIGNATURE: "no hex"}, b"{}")


def test_every_exchange_has_a_path_of_its_own() -> None:
    assert len({exchange.path for exchange in routes.EXCHANGES}) == len(routes.EXCHANGES)


def test_random_numbers() -> None:
    assert routes.is_nonce(NONCE)
    assert not any(map(routes.is_nonce, ("", "ab", "AB" * 16, "g" * 32, "a" * 65, NONCE + "\n")))
