"""Neutral rows every importer yields, whatever system the file came from.

Keys (`source_key`) are the source's own identifiers, unique per kind within one source ("slims:biblio:17"), so that
importing the same library again updates instead of adding. Unknown stays unknown: a date that the source does not
give in full is None, never invented. `unsaid` names the fields (as `app.domain.records` calls them) that the source has
no word for at all: where the library knows the record already, they stay as they are. Text is kept as the source wrote
it (no second repair of damaged letters). A row that cannot be used becomes a `Refused` with its place and reason code;
nothing is dropped silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct, field


class Place(Struct, frozen=True):
    """Where in the source a row stood: file name, and line, record number or sheet row (1-based)."""

    file: str
    line: int = 0
    part: str = ""


class Refused(Struct, frozen=True):
    """A row that was not taken: its kind, reason code (kebab-case), facts for the sentence, a short excerpt."""

    kind: str
    reason: str
    place: Place
    params: Mapping[str, str] = field(default_factory=dict)
    excerpt: str = ""


class Noted(Struct, frozen=True):
    """A row that was taken, but with something a person should know (date unreadable, letters damaged)."""

    kind: str
    note: str
    place: Place
    params: Mapping[str, str] = field(default_factory=dict)


class TitleRow(Struct, frozen=True):
    """A bibliographic record."""

    source_key: str
    place: Place
    title: str
    authors: tuple[str, ...] = ()
    other_title: str = ""
    responsibility: str = ""
    edition: str = ""
    isbn: str = ""
    publisher: str = ""
    publish_place: str = ""
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
    unsaid: tuple[str, ...] = ("hidden",)


class ItemRow(Struct, frozen=True):
    """One copy. `title_key` refers to a TitleRow; where the source links by exact title only, `title_text` is set."""

    source_key: str
    place: Place
    barcode: str
    title_key: str = ""
    title_text: str = ""
    call_number: str = ""
    inventory_no: str = ""
    collection: str = ""
    location: str = ""
    shelf: str = ""
    status: str = "available"  # values of app.domain.records.ItemStatus
    price: int | None = None
    parts: str = ""
    source: str = ""
    received_on: date | None = None
    unsaid: tuple[str, ...] = ()


class MemberTypeRow(Struct, frozen=True):
    """A member type with the terms the source keeps on it (None: the source gives none)."""

    source_key: str
    place: Place
    name: str
    loan_limit: int | None = None
    loan_days: int | None = None
    renewals: int | None = None
    fine_per_day: int | None = None
    grace_days: int | None = None
    membership_days: int | None = None
    holds_allowed: bool | None = None
    hold_limit: int | None = None


class LoanRuleRow(Struct, frozen=True):
    """A lending rule: member type × collection × material ("" = any), in the order the source keeps them."""

    source_key: str
    place: Place
    member_type_key: str
    collection: str = ""
    material: str = ""
    loan_limit: int | None = None
    loan_days: int | None = None
    renewals: int | None = None
    fine_per_day: int | None = None
    grace_days: int | None = None


class ClosedDayRow(Struct, frozen=True):
    """A closed day: either weekly (`weekday` 0 = Monday … 6 = Sunday) or one date."""

    source_key: str
    place: Place
    weekday: int | None = None
    on: date | None = None
    description: str = ""


class MemberRow(Struct, frozen=True):
    """A reader. `photo` is a path inside the source's picture folder, not the picture."""

    source_key: str
    place: Place
    member_no: str
    name: str
    member_type: str = ""  # source_key of a MemberTypeRow, or its name where the source gives names only
    institution: str = ""
    gender: str = ""  # "m", "f" or ""
    born_on: date | None = None
    address: str = ""
    email: str = ""
    phone: str = ""
    registered_on: date | None = None
    expires_on: date | None = None
    blocked: bool = False
    notes: str = ""
    photo: str = ""
    card_nos: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()


class LoanRow(Struct, frozen=True):
    """A loan, open (`returned_on` None and `open` True) or past. `rule_key` is the source's rule or ""."""

    source_key: str
    place: Place
    barcode: str
    member_no: str
    lent_on: date | None
    due_on: date | None
    returned_on: date | None = None
    open: bool = True
    renewals: int = 0
    rule_key: str = ""


class FineRow(Struct, frozen=True):
    """One line of the source's fine ledger: `charged` and `paid` in integer rupiah."""

    source_key: str
    place: Place
    member_no: str
    on: date | None
    charged: int = 0
    paid: int = 0
    description: str = ""


class HoldRow(Struct, frozen=True):
    """One waiting reader, for a title (by key) or for one copy (by barcode)."""

    source_key: str
    place: Place
    member_no: str
    title_key: str = ""
    barcode: str = ""
    placed_at: datetime | None = None


class VisitRow(Struct, frozen=True):
    """One entry of the visitor book; guests have no member number."""

    source_key: str
    place: Place
    at: datetime
    member_no: str = ""
    name: str = ""
    institution: str = ""
    room: str = ""


class SettingRow(Struct, frozen=True):
    """A setting of the source that bears on lending (library name, ignore_holidays_fine_calc…), as text."""

    key: str
    value: str
    place: Place


Row = (
    TitleRow
    | ItemRow
    | MemberTypeRow
    | LoanRuleRow
    | ClosedDayRow
    | MemberRow
    | LoanRow
    | FineRow
    | HoldRow
    | VisitRow
    | SettingRow
    | Refused
    | Noted
)


class Progress(Protocol):
    """Told how far a long read is: bytes done of bytes in all. May raise `Cancelled` to stop."""

    def __call__(self, done: int, total: int) -> None: ...


class Cancelled(Exception):
    """The person stopped the import; the library is as it was."""


Rows = Iterator[Row]
