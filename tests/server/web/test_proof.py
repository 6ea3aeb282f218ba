"""A request counts once, soon after it was signed, for one path and one body."""

from __future__ import annotations

import pytest

from server.web.proof import Proof, Witness, check_version, read_proof
from server.web.refusal import Refusal
from sync.protocol import routes
from sync.protocol.limits import SIGNED_FOR_MS, VERSION
from sync.protocol.signing import Signer, new_private

DESK = Signer(new_private())
NOW = 1_800_000_000_000
NONCE = "0f" * 16


def headers(time: int = NOW, nonce: str = NONCE, body: bytes = b"{}") -> dict[str, str]:
    return routes.request_headers(DESK, routes.PUSH, body, time_ms=time, nonce=nonce)


def proof(time: int = NOW, nonce: str = NONCE, body: bytes = b"{}") -> Proof:
    return read_proof(headers(time, nonce, body))


def witness() -> Witness:
    return Witness(NOW - SIGNED_FOR_MS * 4)


def refused(kept: Witness, asked: Proof, *, now: int = NOW, body: bytes = b"{}", key: bytes = DESK.public) -> str:
    """The code of the refusal, "" when it is believed."""
    try:
        kept.check(key, routes.PUSH, asked, body, now)
    except Refusal as refusal:
        return refusal.code
    return ""


def test_what_was_signed_just_now_is_believed_once() -> None:
    kept = witness()
    assert refused(kept, proof()) == ""
    assert refused(kept, proof()) == "repeated"
    assert refused(kept, proof(nonce="1f" * 16)) == ""


def test_other_bodies_keys_and_paths_are_not() -> None:
    assert refused(witness(), proof(), body=b"{ }") == "bad-signature"
    assert refused(witness(), proof(), key=Signer(new_private()).public) == "bad-signature"
    with pytest.raises(Refusal, match="bad-signature"):
        witness().check(DESK.public, routes.PULL, proof(), b"{}", NOW)


@pytest.mark.parametrize("off", [-SIGNED_FOR_MS - 1, SIGNED_FOR_MS + 1])
def test_a_wrong_time_is_said(off: int) -> None:
    assert refused(witness(), proof(NOW + off)) == "wrong-time"


@pytest.mark.parametrize("off", [-SIGNED_FOR_MS, SIGNED_FOR_MS])
def test_a_request_is_remembered_for_as_long_as_it_could_come_again(off: int) -> None:
    kept = witness()
    assert refused(kept, proof(NOW + off)) == ""
    for now in range(NOW, NOW + 3 * SIGNED_FOR_MS, SIGNED_FOR_MS // 3):
        refused(kept, proof(now, f"{now:032x}"), now=now)
        assert refused(kept, proof(NOW + off), now=now) in ("repeated", "wrong-time")


def test_what_was_signed_before_the_server_began_may_have_come_already() -> None:
    assert refused(Witness(NOW), proof(NOW - 1)) == "wrong-time"


def test_a_failed_request_uses_no_number_up() -> None:
    kept = witness()
    assert refused(kept, proof(), body=b"other") == "bad-signature"
    assert refused(kept, proof()) == ""


def test_memory_is_bounded_by_time() -> None:
    kept = witness()
    for step in range(100):
        now = NOW + step * SIGNED_FOR_MS
        assert refused(kept, proof(now, f"{step:032x}"), now=now) == ""
    assert len(kept._seen) + len(kept._before) < 10


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        (routes.NONCE, "", "no-nonce"),
        (routes.NONCE, "XY", "no-nonce"),
        (routes.DESK, "", "unsigned"),
        (routes.DESK, "A" * 32, "unsigned"),
        (routes.TIME, "-5", "unsigned"),
        (routes.TIME, "1e9", "unsigned"),
        (routes.TIME, "\u0665", "unsigned"),
        (routes.TIME, "9" * 5000, "unsigned"),
        (routes.SIGNATURE, "00", "unsigned"),
        (routes.SIGNATURE, "zz" * 64, "unsigned"),
        (routes.SIGNATURE, "0 " * 64, "unsigned"),
        (routes.PROTOCOL, str(VERSION + 1), "no-common-version"),
        (routes.PROTOCOL, "0", "no-common-version"),
        (routes.PROTOCOL, "x", "no-common-version"),
    ],
)
def test_headers_that_prove_nothing(name: str, value: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_proof({**headers(), name: value})
    assert refusal.value.code == code


def test_a_version_need_not_be_said() -> None:
    check_version({})
