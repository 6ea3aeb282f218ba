"""Rows of titles, copies and readers as domain values: which columns are read, and how they become a record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.domain.records import Item, ItemStatus, Member, Title

TITLE = (
    "t.id, t.title, t.authors, t.other_title, t.responsibility, t.edition, t.isbn, t.publisher, t.place, t.year,"
    " t.collation, t.series, t.call_number, t.classification, t.language, t.material, t.subjects, t.notes, t.cover,"
    " t.hidden, t.source_key"
)
ITEM = (
    "i.id, i.title, i.barcode, i.call_number, i.inventory_no, i.collection, i.location, i.shelf, i.status, i.price,"
    " i.parts, i.source, i.received_on, i.provisional, i.source_key"
)
MEMBER = (
    "m.id, m.member_no, m.name, m.member_type, m.institution, m.gender, m.born_on, m.address, m.email, m.phone,"
    " m.registered_on, m.expires_on, m.blocked, m.block_reason, m.card_lost, m.notes, m.photo, m.card_nos, m.source_key"
)


def day(text: str | None) -> date | None:
    """A kept date, or None."""
    return date.fromisoformat(text) if text else None


def title_from(row: Sequence[Any]) -> Title:
    """A title from the columns of `TITLE`."""
    return Title(
        id=row[0],
        title=row[1],
        authors=tuple(json.loads(row[2])),
        other_title=row[3],
        responsibility=row[4],
        edition=row[5],
        isbn=row[6],
        publisher=row[7],
        place=row[8],
        year=row[9],
        collation=row[10],
        series=row[11],
        call_number=row[12],
        classification=row[13],
        language=row[14],
        material=row[15],
        subjects=tuple(json.loads(row[16])),
        notes=row[17],
        cover=row[18],
        hidden=bool(row[19]),
        source_key=row[20],
    )


def item_from(row: Sequence[Any]) -> Item:
    """A copy from the columns of `ITEM`."""
    return Item(
        id=row[0],
        title_id=row[1],
        barcode=row[2],
        call_number=row[3],
        inventory_no=row[4],
        collection=row[5],
        location=row[6],
        shelf=row[7],
        status=ItemStatus(row[8]),
        price=row[9],
        parts=row[10],
        source=row[11],
        received_on=day(row[12]),
        provisional=bool(row[13]),
        source_key=row[14],
    )


def member_from(row: Sequence[Any]) -> Member:
    """A reader from the columns of `MEMBER`."""
    return Member(
        id=row[0],
        member_no=row[1],
        name=row[2],
        member_type=row[3],
        institution=row[4],
        gender=row[5],
        born_on=day(row[6]),
        address=row[7],
        email=row[8],
        phone=row[9],
        registered_on=day(row[10]),
        expires_on=day(row[11]),
        blocked=bool(row[12]),
        block_reason=row[13],
        card_lost=bool(row[14]),
        notes=row[15],
        photo=row[16],
        card_nos=tuple(json.loads(row[17])),
        source_key=row[18],
    )
