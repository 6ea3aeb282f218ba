"""Which fields of a record a sheet has no column for: what a list does not speak of, it must not change.

Each table names a record's fields with the meanings of the columns they are made of. A reader's type is not among them:
readers of whom a list says no type have a way of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.importers.sheet_mapping import SheetMapping

TITLE_FIELDS = {
    "authors": "author", "other_title": "other_title", "responsibility": "responsibility", "edition": "edition",
    "isbn": "isbn issn", "publisher": "publisher", "place": "place", "year": "year", "collation": "pages size",
    "series": "series", "call_number": "call_number item_call_number", "classification": "classification",
    "language": "language", "material": "material material_kind", "subjects": "subject", "notes": "notes",
    "hidden": "",
}  # fmt: skip
ITEM_FIELDS = {
    "call_number": "item_call_number call_number", "inventory_no": "inventory_no", "collection": "collection",
    "location": "location", "shelf": "shelf", "status": "access status", "price": "price", "parts": "parts",
    "source": "source supplier", "received_on": "received",
}  # fmt: skip
MEMBER_FIELDS = {
    "institution": "institution", "gender": "gender", "born_on": "born", "address": "address home_address",
    "email": "email", "phone": "phone home_phone", "registered_on": "registered", "expires_on": "expires",
    "blocked": "member_status", "notes": "notes", "card_nos": "card",
}  # fmt: skip


def unsaid(mapping: SheetMapping, fields: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that no column of the sheet speaks of."""
    return tuple(name for name, meanings in fields.items() if not any(map(mapping.has, meanings.split())))


def with_silent(fields: tuple[str, ...], **said: bool) -> tuple[str, ...]:
    """`fields` and those of a row about which its cells say nothing that can be read. Such a cell must not unblock a
    reader, make a card endless or call a lost copy available: what is known here stays."""
    return (*fields, *(name for name, spoken in said.items() if not spoken and name not in fields))
