"""The way back: a library's records as files that SLiMS's own import pages accept, and SQL for what they cannot carry.

Written for how SLiMS 9 reads (its import pages, observed): PHP's fgetcsv, which takes a backslash before a quotation
mark for an escape; then every backslash is deleted. So quotation marks are doubled, backslashes become slashes, and
what SLiMS has no room for is cut to its column's width, codes excepted. Whatever is changed comes back as `Noted`.

SLiMS links copies to titles by the item codes in the title file: import titles first, then copies, then readers, then
run the SQL. Knows SLiMS's formats, not the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TextIO

from msgspec import Struct

from app.importers.rows import (
    ClosedDayRow,
    FineRow,
    HoldRow,
    ItemRow,
    LoanRow,
    MemberRow,
    Noted,
    Place,
    TitleRow,
)
from app.importers.slims_csv_text import BIBLIO, COLUMNS, ITEM, MEMBER
from app.importers.slims_tables import WEEKDAYS

WIDTHS = {
    "gmd_name": 30, "edition": 50, "isbn_issn": 32, "publisher_name": 100, "publish_year": 20, "collation": 100,
    "series_title": 200, "call_number": 50, "language_name": 20, "place_name": 30, "classification": 40, "image": 100,
    "sor": 200, "coll_type_name": 30, "inventory_code": 200, "location_name": 100, "site": 50,
    "member_name": 100, "member_type_name": 50, "member_email": 100, "member_address": 255,
    "inst_name": 100, "member_image": 200, "member_phone": 50,
}  # fmt: skip
"""Characters that SLiMS's columns hold (its schema)."""

LONGEST_CODE = 20
"""Characters of an item code or member number in SLiMS. A longer one is told and not cut: it would be another code."""

LONGEST_MEMBER_LINE = 4_000
LONGEST_LINE = 100_000
"""Bytes that SLiMS's import pages read of one record: 4096 for readers, 102400 for the others."""

STATUS_NAMES = {
    "repair": "Repair",
    "damaged": "Repair",
    "missing": "Missing",
    "lost": "Missing",
    "reference": "No Loan",
    "withdrawn": "No Loan",
    "not-for-loan": "No Loan",
}
"""The three item statuses that every SLiMS has, by what they do there; available has none."""

_SOURCES = {"bought": "1", "gift": "2"}
_WRITTEN = "%Y-%m-%d %H:%M:%S"


class ExportOptions(Struct, frozen=True):
    """How to write: the moment that stands as SLiMS's input date (local time), and whether names head the file.

    Without a header is what SLiMS's pages expect when nothing is changed on them.
    """

    written_at: datetime
    header: bool = False


def write_titles(file: TextIO, titles: Iterable[tuple[TitleRow, Sequence[str]]], options: ExportOptions) -> list[Noted]:
    """Write the title file from titles and the barcodes of their copies; returns what had to be changed.

    `file`: opened as UTF-8 with newline="".
    """
    _head(file, BIBLIO, options)
    told: list[Noted] = []
    for title, barcodes in titles:
        notes: set[str] = set()
        values = {
            "title": title.title,
            "gmd_name": title.material,
            "edition": title.edition,
            "isbn_issn": title.isbn,
            "publisher_name": title.publisher,
            "publish_year": title.year,
            "collation": title.collation,
            "series_title": title.series,
            "call_number": title.call_number,
            "language_name": title.language,
            "place_name": title.publish_place,
            "classification": title.classification,
            "notes": title.notes,
            "image": title.cover,
            "sor": title.responsibility,
            "authors": _list(title.authors, notes),
            "topics": _list(title.subjects, notes),
            "item_code": _list(barcodes, notes),
        }
        _code_lengths(barcodes, notes)
        _write(file, BIBLIO, values, "notes", LONGEST_LINE, notes)
        told.extend(_noted("title", notes, {"title": title.title[:80]}))
    return told


def write_items(file: TextIO, items: Iterable[tuple[ItemRow, str]], options: ExportOptions) -> list[Noted]:
    """Write the copy file from copies and the titles they belong to; returns what had to be changed."""
    _head(file, ITEM, options)
    told: list[Noted] = []
    moment = options.written_at.strftime(_WRITTEN)
    for item, title in items:
        notes: set[str] = set()
        if item.status in ("lost", "damaged", "withdrawn", "reference"):
            notes.add("status-coarser-in-slims")
        values = {
            "item_code": item.barcode,
            "call_number": item.call_number,
            "coll_type_name": item.collection,
            "inventory_code": item.inventory_no,
            "received_date": _day(item.received_on),
            "location_name": item.location,
            "item_status_name": STATUS_NAMES.get(item.status, ""),
            "site": item.shelf,
            "source": _SOURCES.get(item.source, ""),
            "price": "" if item.price is None else str(item.price),
            "price_currency": "" if item.price is None else "Rupiah",
            "input_date": moment,
            "last_update": moment,
            "title": title,
        }
        _code_lengths((item.barcode,), notes)
        _write(file, ITEM, values, "title", LONGEST_LINE, notes)
        told.extend(_noted("item", notes, {"barcode": item.barcode}))
    return told


def write_members(file: TextIO, members: Iterable[tuple[MemberRow, str]], options: ExportOptions) -> list[Noted]:
    """Write the reader file from readers and the names of their types; returns what had to be changed.

    Passwords are never written. Blocked readers are told: the file has no column for it, `write_sql` does it.
    """
    _head(file, MEMBER, options)
    told: list[Noted] = []
    for member, type_name in members:
        notes: set[str] = set()
        if member.blocked:
            notes.add("blocked-needs-sql")
        values = {
            "member_id": member.member_no,
            "member_name": member.name,
            "gender": {"m": "1", "f": "0"}.get(member.gender, ""),
            "member_type_name": type_name,
            "member_email": member.email,
            "member_address": member.address,
            "inst_name": member.institution,
            "is_new": "0",
            "member_image": member.photo,
            "member_phone": member.phone,
            "member_since_date": _day(member.registered_on) or "0000-00-00",
            "register_date": _day(member.registered_on) or "0000-00-00",
            "expire_date": _day(member.expires_on) or "0000-00-00",
            "birth_date": _day(member.born_on),
            "member_notes": member.notes,
        }
        _code_lengths((member.member_no,), notes)
        _write(file, MEMBER, values, "member_notes", LONGEST_MEMBER_LINE, notes)
        told.extend(_noted("member", notes, {"member_no": member.member_no}))
    return told


def write_sql(
    file: TextIO,
    loans: Iterable[LoanRow],
    fines: Iterable[FineRow],
    holds: Iterable[HoldRow],
    closed_days: Iterable[ClosedDayRow],
    blocked: Iterable[str],
    title_notes: Iterable[tuple[str, str]],
    options: ExportOptions,
) -> None:
    """Write the SQL for loans, fines, the waiting list, closed days, blocked readers (by number) and the notes of
    titles (by the barcode of a copy; SLiMS 9's title import puts their length or some HTML in their place).

    Rows that came from SLiMS keep their number there and are updated; new ones get the next. So the file can be run
    beside rows that SLiMS has, but only once for the new ones. `file`: UTF-8, newline="".
    """
    moment = options.written_at.strftime(_WRITTEN)
    file.write("-- For the database of SLiMS 9. Import titles, copies and readers first; run this file once.\n")
    file.write("/*!40101 SET NAMES utf8mb4 */;\nSTART TRANSACTION;\n")
    for loan in loans:
        values = (
            _own_number(loan.source_key, "loan"), loan.barcode, loan.member_no, _sql_day(loan.lent_on),
            _sql_day(loan.due_on), loan.renewals, _own_number(loan.rule_key, "rule") or 0, 1, 0 if loan.open else 1,
            loan.returned_on, moment, moment,
        )  # fmt: skip
        _insert(file, "loan", _LOAN_COLUMNS, values, "due_date renewed is_return return_date last_update")
    for fine in fines:
        fine_values = (
            _own_number(fine.source_key, "fine"), _sql_day(fine.on), fine.member_no, fine.charged, fine.paid,
            fine.description[:255],
        )  # fmt: skip
        _insert(file, "fines", "fines_id fines_date member_id debet credit description", fine_values, "debet credit")
    for hold in holds:
        hold_values = (
            _own_number(hold.source_key, "reserve"), hold.member_no, _own_number(hold.title_key, "biblio") or 0,
            hold.barcode, hold.placed_at.strftime(_WRITTEN) if hold.placed_at else moment,
        )  # fmt: skip
        _insert(file, "reserve", "reserve_id member_id biblio_id item_code reserve_date", hold_values, "reserve_date")
    for day in closed_days:
        weekday = day.on.weekday() if day.on is not None else day.weekday
        day_values = (_own_number(day.source_key, "holiday"), WEEKDAYS[weekday or 0], day.on, day.description[:100])
        _insert(file, "holiday", "holiday_id holiday_dayname holiday_date description", day_values, "description")
    for member_no in blocked:
        file.write(f"UPDATE `member` SET `is_pending`=1 WHERE `member_id`={sql_text(member_no)};\n")
    for barcode, text in title_notes:
        file.write(
            "UPDATE `biblio` JOIN `item` ON `item`.`biblio_id`=`biblio`.`biblio_id`"
            f" SET `biblio`.`notes`={sql_text(text)} WHERE `item`.`item_code`={sql_text(barcode)};\n"
        )
    file.write("COMMIT;\n")


_LOAN_COLUMNS = (
    "loan_id item_code member_id loan_date due_date renewed loan_rules_id is_lent is_return return_date input_date"
    " last_update"
)


def sql_text(text: str) -> str:
    """A string literal of MySQL (MySQL Reference Manual, "String Literals")."""
    for raw, written in (("\\", "\\\\"), ("'", "\\'"), ("\0", "\\0"), ("\n", "\\n"), ("\r", "\\r"), ("\x1a", "\\Z")):
        text = text.replace(raw, written)
    return f"'{text}'"


def _insert(file: TextIO, table: str, columns: str, values: Sequence[object], updated: str) -> None:
    names = ",".join(f"`{name}`" for name in columns.split())
    written = ",".join(_literal(value) for value in values)
    changes = ",".join(f"`{name}`=VALUES(`{name}`)" for name in updated.split())
    file.write(f"INSERT INTO `{table}` ({names}) VALUES ({written}) ON DUPLICATE KEY UPDATE {changes};\n")


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return sql_text(value.isoformat() if isinstance(value, date) else str(value))


def _own_number(key: str, kind: str) -> int | None:
    """SLiMS's own number in a key like "slims:loan:7", or None for a record SLiMS does not know."""
    source, _, rest = key.partition(":")
    number = rest.removeprefix(f"{kind}:")
    return int(number) if source == "slims" and number != rest and number.isdecimal() and number.isascii() else None


def _head(file: TextIO, dialect: str, options: ExportOptions) -> None:
    if options.header:
        file.write(",".join(f'"{name}"' for name in _columns(dialect)) + "\n")


def _columns(dialect: str) -> tuple[str, ...]:
    return COLUMNS[dialect][:18] if dialect == MEMBER else COLUMNS[dialect]


def _write(file: TextIO, dialect: str, values: dict[str, str], elastic: str, limit: int, notes: set[str]) -> None:
    columns = _columns(dialect)
    fields = [_field(values.get(name, ""), WIDTHS.get(name), notes) for name in columns]
    too_much = sum(len(field.encode("utf-8", "replace")) + 3 for field in fields) - limit
    if too_much > 0:
        at = columns.index(elastic)
        text = fields[at].encode("utf-8", "replace")[:-too_much].decode("utf-8", "ignore")
        # A quotation mark must not be parted from its double.
        fields[at] = text[:-1] if (len(text) - len(text.rstrip('"'))) % 2 else text
        notes.add("text-cut")
    file.write(",".join(f'"{field}"' for field in fields) + "\n")


def _field(text: str, width: int | None, notes: set[str]) -> str:
    if "\\" in text:
        notes.add("backslash-replaced")
        text = text.replace("\\", "/")
    if "\0" in text:
        notes.add("control-characters")
        text = text.replace("\0", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if width is not None and len(text) > width:
        notes.add("text-cut")
        text = text[:width].rstrip()
    return text.replace('"', '""')


def _code_lengths(codes: Sequence[str], notes: set[str]) -> None:
    if any(len(code) > LONGEST_CODE for code in codes):
        notes.add("code-too-long-for-slims")


def _list(parts: Sequence[str], notes: set[str]) -> str:
    """`<a><b>`; angle brackets inside become round ones, for SLiMS deletes them."""
    if any("<" in part or ">" in part for part in parts):
        notes.add("brackets-replaced")
    return "".join(f"<{part.replace('<', '(').replace('>', ')')}>" for part in parts if part)


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _sql_day(day: date | None) -> str:
    return day.isoformat() if day is not None else "0000-00-00"


def _noted(kind: str, notes: set[str], params: dict[str, str]) -> Iterator[Noted]:
    for note in sorted(notes):
        yield Noted(kind, note, Place("slims"), params)
