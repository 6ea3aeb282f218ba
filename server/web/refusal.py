"""Why a request is not served: a status and a code, never more than the asker may know."""

from __future__ import annotations

from typing import Final

STATUS: Final = {
    "bad-message": 400,
    "not-gzip": 400,
    "cut-short": 400,
    "no-nonce": 400,
    "no-common-version": 409,
    "unsigned": 401,
    "bad-signature": 401,
    "wrong-time": 401,
    "repeated": 401,
    "unknown-desk": 401,
    "revoked": 403,
    "local-only": 403,
    "code-unknown": 403,
    "code-expired": 403,
    "code-used": 403,
    "desk-revoked": 403,
    "other-library": 409,
    "no-library": 409,
    "bad-zone": 400,
    "not-found": 404,
    "wrong-method": 405,
    "too-slow": 408,
    "too-large": 413,
    "unknown-encoding": 415,
    "unknown-type": 415,
    "too-many": 429,
    "internal": 500,
    "not-ready": 503,
    "overloaded": 503,
}
"""Every code the server refuses with, and the HTTP status it travels under."""


class Refusal(Exception):
    """Raised to refuse. `retry_after`: seconds after which asking again makes sense (0 = not said). `close`: the rest
    of the request was not read, so the connection is of no more use."""

    def __init__(self, code: str, detail: str = "", *, retry_after: float = 0.0, close: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.close = close

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS.get(self.code, 400)
