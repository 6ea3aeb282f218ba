"""The address of the readers' own pages, and what of it stands on a slip.

A slip is left lying about. Its QR code therefore carries no more than its words do: the library's address and the
member's number. It opens nothing by itself; the page asks who is there.
"""

from __future__ import annotations

import re
from typing import Final

MOST_LETTERS: Final = 100
"""Of an address: so that, with a number, the QR code stays coarse enough for 58 mm paper."""

NOT_HTTPS: Final = "not-https"
NOT_PLAIN: Final = "not-plain-address"
TOO_LONG: Final = "too-long"

_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:/[a-z0-9._~-]+)*/?", re.ASCII | re.IGNORECASE)
_HTTPS = "https://"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def check_address(text: str) -> str:
    """Why `text` cannot be the address of the readers' pages ("" when it can): not-https, not-plain-address, too-long.

    Empty is allowed: the library has no such pages. Nothing but host, port and path: a name, a password, a question
    mark or a hash in it would go onto every slip.
    """
    if not text:
        return ""
    if len(text) > MOST_LETTERS:
        return TOO_LONG
    if text[: len(_HTTPS)].lower() != _HTTPS:
        return NOT_HTTPS
    return "" if _PLAIN.fullmatch(text[len(_HTTPS) :]) else NOT_PLAIN


def page_of(address: str, member_no: str) -> str:
    """The page of one member, `<address>/m/<number>`; "" where the library has no pages or the member no number."""
    number = member_no.strip()
    if not address or check_address(address) or not number.strip("."):
        return ""
    written = "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in number.encode("utf-8"))
    return f"{address.rstrip('/')}/m/{written}"
