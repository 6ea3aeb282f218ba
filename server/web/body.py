"""Reads a request's body as it travels: never more than the limit, never longer than its time."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from server.web.refusal import Refusal
from sync.protocol.limits import MAX_PACKED

SECONDS = 60.0
"""How long a body may take: 2 MiB at 35 kB/s, which a telephone's network does."""


async def read_body(request: Request, *, seconds: float = SECONDS, limit: int = MAX_PACKED) -> bytes:
    """The body, packed as it came. Raises Refusal."""
    said = request.headers.get("content-length", "")
    # h11 has already refused what is no number; a length that is a lie is counted below.
    if said.isdigit() and int(said) > limit:
        raise Refusal("too-large", close=True)
    found = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                found += piece
                if len(found) > limit:
                    raise Refusal("too-large", close=True)
    except TimeoutError:
        raise Refusal("too-slow", close=True) from None
    except ClientDisconnect:
        raise Refusal("cut-short", close=True) from None
    return bytes(found)
