"""How records are named and which fields they have when they travel: one table for desks and server.

Values are JSON: dates as ISO text, codes as text, lists of texts, integers, booleans. A field that a program does not
know is kept and handed on. The order of a kind's fields never changes: new ones come at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

from app.domain.canonical import canonical_text, digest, struct_bytes

POLICY: Final = "policy"
"""A rule version. Its id is the hash of its document, as `policy.published` names it, so it never changes; fields
`version` and `document`. It travels before the events that name it. Where two documents have one version's name, the
one whose stamp (the act that published it) is the later in effective order is meant."""

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "title": (
        "title", "authors", "other_title", "responsibility", "edition", "isbn", "publisher", "place", "year",
        "collation", "series", "call_number", "classification", "language", "material", "subjects", "notes", "cover",
        "hidden", "source_key",
    ),
    "item": (
        "title_id", "barcode", "call_number", "inventory_no", "collection", "location", "shelf", "status", "price",
        "parts", "source", "received_on", "provisional", "source_key",
    ),
    "member": (
        "member_no", "name", "member_type", "institution", "gender", "born_on", "address", "email", "phone",
        "registered_on", "expires_on", "blocked", "block_reason", "card_lost", "notes", "photo", "card_nos",
        "source_key",
    ),
    "member_type": ("name", "membership_days", "source_key"),
    "staff": (
        "name", "short_name", "rights", "pin_hash", "badge", "active", "name_salt", "short_name_salt", "rights_salt",
        "pin_hash_salt", "badge_salt", "active_salt",
    ),
    "party": ("member", "made_at", "imported", "member_salt"),
    "note": ("body", "body_salt"),
    "setting": ("value", "value_salt"),
    "visit": ("at", "member", "name", "institution", "room"),
    POLICY: ("version", "document"),
}  # fmt: skip
"""The kinds of records that travel. Of settings only those that are the library's; pictures go a way of their own. A
salt (see `app.domain.vouch`) is there only beside a field that an act vouched for."""


def policy_id(document: Mapping[str, Any]) -> str:
    """The id of a rule version's record."""
    return digest(dict(document)).hex()


def policy_is_whole(record_id: str, fields: Mapping[str, Any]) -> bool:
    """Whether a rule version's record is what its id says."""
    document = fields.get("document")
    return (
        isinstance(document, Mapping)
        and document.get("version") == fields.get("version")
        and policy_id(document) == record_id
    )


DIGEST: Final = 4
"""Bytes of one field's digest: enough to notice an edit."""
_ABSENT: Final = bytes(DIGEST)


def field_digests(kind: str, fields: Mapping[str, Any]) -> bytes:
    """A short digest of each field in the kind's order, zeros for one that is not there."""
    return b"".join(
        [
            (_of_plain(fields[name]) if type(fields[name]) in _PLAIN else _of_any(fields[name]))
            if name in fields
            else _ABSENT
            for name in FIELDS.get(kind, ())
        ]
    )


# Most fields of most records are empty, or say what many others say. Equal values of two types are two entries.
_of_plain: Final = lru_cache(maxsize=8192, typed=True)(lambda value: _of_any(value))
_PLAIN: Final = frozenset((str, int, bool, type(None)))


def _of_any(value: object) -> bytes:
    try:
        text = struct_bytes(value)
    except UnicodeEncodeError:
        text = canonical_text(value).encode("utf-8", "replace")
    return blake2b(text, digest_size=DIGEST).digest()
