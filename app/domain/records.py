"""The library's records as values: titles, items (copies), members, member types, staff.

Records travel as current revisions; the journal's events name only their ids. Every id is a UUID in 32 hex
characters, the same on every desk.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct


class ItemStatus(StrEnum):
    """What the library says about a copy apart from loans (those live in the journal)."""

    AVAILABLE = "available"
    REFERENCE = "reference"
    REPAIR = "repair"
    DAMAGED = "damaged"
    LOST = "lost"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"
    NOT_FOR_LOAN = "not-for-loan"


class Title(Struct, frozen=True):
    """A bibliographic record. `material` is the medium's code (book, cd, map: SLiMS's GMD)."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    other_title: str = ""
    responsibility: str = ""
    edition: str = ""
    isbn: str = ""
    publisher: str = ""
    place: str = ""
    year: str = ""
    collation: str = ""
    series: str = ""
    call_number: str = ""
    classification: str = ""
    language: str = ""
    material: str = ""
    subjects: tuple[str, ...] = ()
    notes: str = ""
    cover: str = ""
    hidden: bool = False
    source_key: str = ""


class Item(Struct, frozen=True):
    """One barcoded copy. `price` is integer rupiah or None when unknown; `parts` names loose parts (CD, map)."""

    id: str
    title_id: str
    barcode: str
    call_number: str = ""
    inventory_no: str = ""
    collection: str = ""
    location: str = ""
    shelf: str = ""
    status: ItemStatus = ItemStatus.AVAILABLE
    price: int | None = None
    parts: str = ""
    source: str = ""
    received_on: date | None = None
    provisional: bool = False
    source_key: str = ""


class Member(Struct, frozen=True):
    """A registered reader (anggota). `card_nos` are further card codes (RFID, QR) beside the member number."""

    id: str
    member_no: str
    name: str
    member_type: str
    institution: str = ""
    gender: str = ""
    born_on: date | None = None
    address: str = ""
    email: str = ""
    phone: str = ""
    registered_on: date | None = None
    expires_on: date | None = None
    blocked: bool = False
    block_reason: str = ""
    card_lost: bool = False
    notes: str = ""
    photo: str = ""
    card_nos: tuple[str, ...] = ()
    source_key: str = ""


class MemberType(Struct, frozen=True):
    """A kind of member (mahasiswa, dosen…); its lending terms stand in the policy, not here."""

    code: str
    name: str
    membership_days: int = 365


class Staff(Struct, frozen=True):
    """A person who works at the desk. `pin_hash` is an argon2id verifier; `rights` a set of right codes."""

    id: str
    name: str
    short_name: str
    rights: frozenset[str]
    pin_hash: str = ""
    badge: str = ""
    active: bool = True
