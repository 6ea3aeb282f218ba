"""Writing a library out: lists as JSON lines or CSV, the journal as its canonical events, and the way back to SLiMS.

Knows what stands in a list and in which order, not where it is read from.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, TextIO, TypeVar

from msgspec import Struct

from app.domain.canonical import canonical_text
from app.domain.event import Event
from app.domain.policy import Policy
from app.domain.records import Item, Member, Title
from app.importers import slims_export
from app.importers.rows import ClosedDayRow, FineRow, HoldRow, ItemRow, LoanRow, MemberRow, Noted, Place, TitleRow
from app.services.table import safe_cell

T = TypeVar("T")


class Library(Protocol):
    """The library as it is read out; everything of one moment."""

    def events(self) -> Iterator[Event]: ...
    def loans(self) -> Iterator[dict[str, Any]]: ...
    def titles(self) -> Iterator[tuple[Title, list[str]]]: ...
    def items(self) -> Iterator[tuple[Item, Title, str]]: ...
    def members(self) -> Iterator[tuple[Member, int, int]]: ...
    def charges(self) -> Iterator[dict[str, Any]]: ...
    def credits(self) -> Iterator[tuple[str, int]]: ...
    def holds(self) -> Iterator[dict[str, Any]]: ...
    def type_names(self) -> Mapping[str, str]: ...
    def state(self) -> dict[str, Any]: ...


_LOAN = (
    "loan", "barcode", "title", "member_no", "lent_on", "due_on", "due_at", "renewals", "open", "returned_on", "how",
    "fine", "policy", "rule", "source",
)  # fmt: skip
_CHARGE = (
    "charge", "member_no", "reason", "at", "amount", "paid", "waived", "left", "barcode", "loan", "note", "source",
)  # fmt: skip
_HOLD = ("hold", "number", "member_no", "title", "barcode", "placed_at", "state", "copy", "until", "source")
_ITEM = (
    "barcode", "title", "authors", "call_number", "inventory_no", "collection", "material", "location", "shelf",
    "status", "price", "due_on", "received_on", "isbn", "parts", "source",
)  # fmt: skip
_MEMBER = (
    "member_no", "name", "member_type", "institution", "gender", "born_on", "registered_on", "expires_on", "blocked",
    "card_lost", "phone", "email", "address", "notes", "card_nos", "owed", "credit", "source",
)  # fmt: skip
_EVENT = ("id", "desk", "inc", "seq", "at", "kind", "staff", "late", "body")


def _items(library: Library) -> Iterator[Mapping[str, Any]]:
    for item, title, due in library.items():
        yield {
            "barcode": item.barcode,
            "title": title.title,
            "authors": list(title.authors),
            "call_number": item.call_number or title.call_number,
            "inventory_no": item.inventory_no,
            "collection": item.collection,
            "material": title.material,
            "location": item.location,
            "shelf": item.shelf,
            "status": item.status.value,
            "price": item.price,
            "due_on": due,
            "received_on": _day(item.received_on),
            "isbn": title.isbn,
            "parts": item.parts,
            "source": item.source_key,
        }


def _members(library: Library) -> Iterator[Mapping[str, Any]]:
    names = library.type_names()
    for member, owed, credit in library.members():
        yield {
            "member_no": member.member_no,
            "name": member.name,
            "member_type": names.get(member.member_type, member.member_type),
            "institution": member.institution,
            "gender": member.gender,
            "born_on": _day(member.born_on),
            "registered_on": _day(member.registered_on),
            "expires_on": _day(member.expires_on),
            "blocked": member.blocked,
            "card_lost": member.card_lost,
            "phone": member.phone,
            "email": member.email,
            "address": member.address,
            "notes": member.notes,
            "card_nos": list(member.card_nos),
            "owed": owed,
            "credit": credit,
            "source": member.source_key,
        }


def _journal(library: Library) -> Iterator[Mapping[str, Any]]:
    for event in library.events():
        yield {**{name: getattr(event, name) for name in _EVENT[:-1]}, "body": canonical_text(event.body)}


class Listing(Struct, frozen=True):
    """One list: its columns and where its rows come from."""

    columns: Sequence[str]
    rows: Callable[[Library], Iterator[Mapping[str, Any]]]


LISTS: dict[str, Listing] = {
    "loans": Listing(_LOAN, lambda library: library.loans()),
    "items": Listing(_ITEM, _items),
    "members": Listing(_MEMBER, _members),
    "charges": Listing(_CHARGE, lambda library: library.charges()),
    "holds": Listing(_HOLD, lambda library: library.holds()),
    "journal": Listing(_EVENT, _journal),
}


def write_list(library: Library, what: str, format_: str, out: TextIO) -> int:
    """Write one list to an open text file (newline="") and return how many rows it has.

    JSON lines keep types; CSV has a header, and no cell that a spreadsheet would take for a formula. The journal's JSON
    lines are the canonical events themselves, the text their chain was made of.
    """
    if what == "journal" and format_ == "jsonl":
        return _lines(out, (event.canonical() for event in library.events()))
    wanted = LISTS[what]
    if format_ == "jsonl":
        return _lines(
            out,
            (
                json.dumps({name: row[name] for name in wanted.columns}, ensure_ascii=False)
                for row in wanted.rows(library)
            ),
        )
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(wanted.columns)
    count = 0
    for row in wanted.rows(library):
        writer.writerow([_cell(row[name]) for name in wanted.columns])
        count += 1
    return count


def _lines(out: TextIO, lines: Iterable[str]) -> int:
    count = 0
    for line in lines:
        out.write(line + "\n")
        count += 1
    return count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return safe_cell("; ".join(str(one) for one in value))
    return str(value) if isinstance(value, int) else safe_cell(str(value))


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


# --- the way back to SLiMS ------------------------------------------------------------------------------------------

SLIMS_FILES = ("senayan_biblio_export.csv", "senayan_item_export.csv", "senayan_member_export.csv", "meja_to_slims.sql")


def write_slims(library: Library, policy: Policy, folder: Path, now: datetime) -> tuple[dict[str, int], list[Noted]]:
    """Write the three files SLiMS's import pages take and the SQL for the rest.

    Returns row counts and what had to be changed.

    `now`: local time, written as SLiMS's input date. Raises OSError when the folder cannot be written.
    """
    options = slims_export.ExportOptions(now.replace(tzinfo=None))
    counts: dict[str, int] = {}
    told: list[Noted] = []
    with _file(folder / SLIMS_FILES[0]) as file:
        told += slims_export.write_titles(file, _counted(counts, "titles", _slims_titles(library)), options)
    with _file(folder / SLIMS_FILES[1]) as file:
        told += slims_export.write_items(file, _counted(counts, "items", _slims_items(library)), options)
    with _file(folder / SLIMS_FILES[2]) as file:
        told += slims_export.write_members(file, _counted(counts, "members", _slims_members(library)), options)
    with _file(folder / SLIMS_FILES[3]) as file:
        slims_export.write_sql(
            file,
            _counted(counts, "loans", _slims_loans(library)),
            _counted(counts, "fines", _slims_fines(library)),
            _counted(counts, "holds", _slims_holds(library)),
            _counted(counts, "closed_days", _slims_closed(policy)),
            (member.member_no for member, _, _ in library.members() if member.blocked),
            ((codes[0], title.notes) for title, codes in library.titles() if codes and title.notes),
            options,
        )
    return counts, told


def _file(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="", errors="replace")


def _counted(counts: dict[str, int], name: str, rows: Iterable[T]) -> Iterator[T]:
    counts[name] = 0
    for row in rows:
        counts[name] += 1
        yield row


_HERE = Place("meja")


def _slims_titles(library: Library) -> Iterator[tuple[TitleRow, Sequence[str]]]:
    for title, codes in library.titles():
        yield _title_row(title), codes


def _title_row(title: Title) -> TitleRow:
    return TitleRow(
        source_key=title.source_key,
        place=_HERE,
        title=title.title,
        authors=title.authors,
        other_title=title.other_title,
        responsibility=title.responsibility,
        edition=title.edition,
        isbn=title.isbn,
        publisher=title.publisher,
        publish_place=title.place,
        year=title.year,
        collation=title.collation,
        series=title.series,
        call_number=title.call_number,
        classification=title.classification,
        language=title.language,
        material=title.material,
        subjects=title.subjects,
        notes=title.notes,
        hidden=title.hidden,
    )


def _slims_items(library: Library) -> Iterator[tuple[ItemRow, str]]:
    for item, title, _ in library.items():
        row = ItemRow(
            source_key=item.source_key,
            place=_HERE,
            barcode=item.barcode,
            call_number=item.call_number,
            inventory_no=item.inventory_no,
            collection=item.collection,
            location=item.location,
            shelf=item.shelf,
            status=item.status.value,
            price=item.price,
            source=item.source,
            received_on=item.received_on,
        )
        if item.barcode:
            yield row, title.title


def _slims_members(library: Library) -> Iterator[tuple[MemberRow, str]]:
    names = library.type_names()
    for member, _, _ in library.members():
        row = MemberRow(
            source_key=member.source_key,
            place=_HERE,
            member_no=member.member_no,
            name=member.name,
            institution=member.institution,
            gender=member.gender,
            born_on=member.born_on,
            address=member.address,
            email=member.email,
            phone=member.phone,
            registered_on=member.registered_on,
            expires_on=member.expires_on,
            blocked=member.blocked,
            notes=member.notes,
        )
        yield row, names.get(member.member_type, member.member_type)


def _slims_loans(library: Library) -> Iterator[LoanRow]:
    for loan in library.loans():
        if not loan["barcode"] or not loan["member_no"]:
            # The reader was forgotten, or the copy has no code: SLiMS has no room for such a loan.
            continue
        yield LoanRow(
            source_key=loan["source"],
            place=_HERE,
            barcode=loan["barcode"],
            member_no=loan["member_no"],
            lent_on=date.fromisoformat(loan["lent_on"]),
            due_on=date.fromisoformat(loan["due_on"]),
            returned_on=date.fromisoformat(loan["returned_on"]) if loan["returned_on"] else None,
            open=loan["open"],
            renewals=loan["renewals"],
            rule_key=loan["rule"],
        )


def _slims_fines(library: Library) -> Iterator[FineRow]:
    """The ledger: one line per charge, what was forgiven taken off; credit as a payment of its own."""
    for charge in library.charges():
        if not charge["member_no"] or charge["amount"] <= charge["waived"]:
            continue
        words = charge["note"] or (
            f"Overdue fines for item {charge['barcode']}" if charge["barcode"] else charge["reason"]
        )
        yield FineRow(
            source_key=charge["source"],
            place=_HERE,
            member_no=charge["member_no"],
            on=datetime.fromisoformat(charge["at"]).date(),
            charged=charge["amount"] - charge["waived"],
            paid=charge["paid"],
            description=words,
        )
    for member_no, credit in library.credits():
        yield FineRow("", _HERE, member_no, None, 0, credit, "credit")


def _slims_holds(library: Library) -> Iterator[HoldRow]:
    for hold in library.holds():
        if hold["state"] not in ("waiting", "aside") or not hold["member_no"]:
            continue
        yield HoldRow(
            source_key=hold["source"],
            place=_HERE,
            member_no=hold["member_no"],
            title_key=hold["title_source"],
            barcode=hold["barcode"] or hold["copy"],
            placed_at=datetime.fromisoformat(hold["placed_at"]).replace(tzinfo=None),
        )


def _slims_closed(policy: Policy) -> Iterator[ClosedDayRow]:
    for weekday in sorted(policy.calendar.weekly):
        yield ClosedDayRow("", _HERE, weekday=weekday)
    for day in sorted(policy.calendar.dated):
        yield ClosedDayRow("", _HERE, on=day)
