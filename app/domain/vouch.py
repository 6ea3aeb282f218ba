"""What the chain says about records without telling them: a commitment in an event, its salt beside the record.

A commitment is made of one field's value and 16 random bytes, so that without the salt it can be tried on nothing, and
the record can still be forgotten. A field has a commitment of its own since two desks' edits of one record become one
record field by field.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from app.domain.canonical import canonical_bytes
from app.domain.setting import BY_KEY

SALT_BYTES: Final = 16
_CUT: Final = 32
"""Hex digits that are kept of a commitment: 128 bits."""
VOUCHES: Final = "vouches"
"""The part of an event's body that lists commitments."""
ALL_VOUCHED: Final = "vouching"
"""The mark, in an event's body, of a library in which from here on no person at the desk and no setting that guards it
stands without a commitment."""
GONE: Final = ""
"""Stands for the commitment of a field of a record that an act took away."""

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "staff": ("name", "short_name", "rights", "pin_hash", "badge", "active"),
    "party": ("member",),
    "note": ("body",),
    "setting": ("value",),
}
KINDS: Final = tuple(_FIELDS)
STRICT: Final = frozenset({"staff", "setting"})
"""The kinds of which a record without a commitment is a right gained; a link or a text that no act names bears on
nothing."""


class Vouch(Struct, frozen=True):
    """What an event says about one field of a record."""

    kind: str
    id: str
    field: str
    commitment: str


def fields_of(kind: str, record_id: str) -> tuple[str, ...]:
    """The fields of a record that the chain vouches for; of settings only those that guard the desk have one."""
    if kind == "setting" and not (record_id in BY_KEY and BY_KEY[record_id].guards):
        return ()
    return _FIELDS.get(kind, ())


def salt_name(field: str) -> str:
    """How a field's salt is called where the record travels."""
    return f"{field}_salt"


def salted(name: str) -> str:
    """The field whose salt this is, or ""."""
    return name.removesuffix("_salt") if name.endswith("_salt") else ""


def commitment(salt: bytes, kind: str, record_id: str, field: str, value: object) -> str:
    """What stands in the event for a field's value."""
    return hmac.digest(salt, canonical_bytes([kind, record_id, field, value]), "sha256").hex()[:_CUT]


def fits(said: str, salt: bytes, kind: str, record_id: str, field: str, value: object) -> bool:
    """Whether a value is the one that was committed to."""
    return len(salt) == SALT_BYTES and hmac.compare_digest(
        said.encode(), commitment(salt, kind, record_id, field, value).encode()
    )


def salt_from(text: object) -> bytes | None:
    """The salt that came as this text, or None when it is none."""
    if not isinstance(text, str):
        return None
    try:
        salt = bytes.fromhex(text)
    except ValueError:
        return None
    return salt if len(salt) == SALT_BYTES and salt.hex() == text else None


def vouches_of(kind: str, body: object) -> Iterator[Vouch]:
    """What an event vouches for. What is not of this form says nothing: the fold reads none of it, so no event is
    refused for it."""
    if not isinstance(body, Mapping):
        return
    if kind == "party.forgotten" and isinstance(body.get("party"), str):
        yield Vouch("party", body["party"], "member", GONE)
    said: Any = body.get(VOUCHES)
    for one in said if isinstance(said, list) else ():
        if isinstance(one, list) and len(one) == 4 and all(isinstance(part, str) for part in one):
            yield Vouch(*one)
