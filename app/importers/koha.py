"""A Koha catalogue: titles from its MARCXML, copies from its items, out of MySQL dumps or a MARC export with 952.

Knows Koha's tables `biblio_metadata` and `items` (Koha schema documentation) and field 952; a dump may be one file or
a folder of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.text import code_key
from app.importers import mapping
from app.importers.koha_dump import table_rows
from app.importers.marc import EXCERPT, MarcOptions, Seen, claim_barcode
from app.importers.marc_fields import KOHA
from app.importers.marc_records import open_source
from app.importers.marc_title import TITLE_TAGS, parts_of, refusal, title_row
from app.importers.marcxml import Fragment, parse_fragment
from app.importers.problems import ImportProblem
from app.importers.rows import ItemRow, Noted, Place, Progress, Refused, Row, TitleRow
from app.importers.typed_values import code_from, date_from, price_from, year_from

_FLAGS = (
    ("withdrawn", "withdrawn"),
    ("itemlost", "lost"),
    ("damaged", "damaged"),
    ("notforloan", "not-for-loan"),
    ("restricted", "reference"),
)
"""Columns of `items` that count when they are not 0, strongest first, and the status they mean."""

_MISSING = "4"  # the stock authorised values of LOST: 1 lost, 2 long overdue, 3 lost and paid for, 4 missing


@dataclass(frozen=True, slots=True)
class KohaOptions:
    """How to read Koha. `source` begins every key."""

    source: str = "koha"


@dataclass(slots=True)
class _Library:
    source: str
    titles: dict[str, str] = field(default_factory=dict)  # biblionumber to the parts that come with each copy
    untitled: dict[str, Refused] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)


def read(path: Path, options: KohaOptions | None = None, progress: Progress | None = None) -> Iterator[Row]:
    """Yield the rows of a MySQL dump of Koha (a .sql file or a folder of them), or of a MARC export with items in 952.

    Raises ImportProblem: "file-missing", "file-unreadable", "file-empty", "not-koha", and what `mapping.read` raises.
    """
    options = options or KohaOptions()
    if not _is_dump(path):
        yield from mapping.read(path, MarcOptions(KOHA, options.source), progress)
        return
    files = sorted(path.glob("*.sql")) if path.is_dir() else [path]
    library = _Library(options.source)
    found = False
    for place, row in table_rows(files, "biblio_metadata", progress):
        found = True
        yield from _title(row, place, library)
    for place, row in table_rows(files, "biblio", progress) if library.untitled else ():
        yield from _short_title(row, place, library)
    yield from library.untitled.values()
    for place, row in table_rows(files, "items", progress):
        found = True
        yield from _item(row, place, library)
    if not found:
        raise ImportProblem("not-koha", {"file": path.name})


def _is_dump(path: Path) -> bool:
    """A folder, or text that is neither MARCXML nor ISO 2709."""
    if path.is_dir():
        return True
    head, _ = open_source(path)
    return b"\x1e" not in head and not mapping.is_xml(path)


def _title(row: Mapping[str, str | None], place: Place, library: _Library) -> Iterator[Row]:
    number = row.get("biblionumber") or ""
    if row.get("format", "marcxml") != "marcxml" or (row.get("schema") or "MARC21") != "MARC21":
        yield Refused("title", "format-not-supported", place, {"id": number, "format": row.get("schema") or ""})
        return
    data = (row.get("metadata") or "").encode("utf-8", "replace")
    record = parse_fragment(Fragment(data, place.line), place.line, TITLE_TAGS)
    reason = refusal(record)
    if not number or number in library.titles:
        reason = reason or "record-repeated"
    if reason:
        refused = Refused("title", reason, place, {"id": number}, record.leader[:EXCERPT])
        if number and number not in library.titles:
            library.untitled[number] = refused
        else:
            yield refused
        return
    notes = set(record.faults)
    title = title_row(record, f"{library.source}:title:{number}", place, notes)
    library.titles[number] = parts_of(record)
    yield title
    for note in sorted(notes):
        yield Noted("title", note, place, {"title": title.title[:EXCERPT]})


def _short_title(row: Mapping[str, str | None], place: Place, library: _Library) -> Iterator[Row]:
    """The title as Koha's table `biblio` has it, for a record whose MARC gives none; its copies are real."""
    number = row.get("biblionumber") or ""
    name = " ".join((row.get("title") or "").split())
    if number not in library.untitled or not name:
        return
    refused = library.untitled.pop(number)
    author = (row.get("author") or "").strip()
    library.titles[number] = ""
    yield TitleRow(
        source_key=f"{library.source}:title:{number}",
        place=place,
        title=name,
        authors=(author,) if author else (),
        other_title=(row.get("unititle") or "").strip(),
        year=year_from(row.get("copyrightdate") or ""),
        series=(row.get("seriestitle") or "").strip(),
        notes=(row.get("abstract") or row.get("notes") or "").strip(),
    )
    yield Noted("title", "marc-record-unusable", place, {"title": name[:EXCERPT], "reason": refused.reason})


def _item(row: Mapping[str, str | None], place: Place, library: _Library) -> Iterator[Row]:
    number = row.get("biblionumber") or ""
    barcode, note = code_from(row.get("barcode") or "")
    if not barcode:
        yield Refused("item", note or "barcode-missing", place, {"id": row.get("itemnumber") or ""})
        return
    if number not in library.titles:
        yield Refused("item", "title-missing", place, {"barcode": barcode})
        return
    title_key = f"{library.source}:title:{number}"
    refused = claim_barcode(barcode, title_key, place, library.seen)
    if refused is not None:
        yield refused
        return
    price, price_note = price_from(row.get("replacementprice") or row.get("price") or "")
    received, date_note = date_from(row.get("dateaccessioned") or "")
    yield ItemRow(
        source_key=f"{library.source}:item:{row.get('itemnumber') or code_key(barcode)}",
        place=place,
        barcode=barcode,
        title_key=title_key,
        call_number=(row.get("itemcallnumber") or "").strip(),
        inventory_no=(row.get("stocknumber") or "").strip(),
        collection=(row.get("itype") or row.get("ccode") or "").strip(),
        location=(row.get("homebranch") or "").strip(),
        shelf=(row.get("location") or "").strip(),
        status=_status(row),
        price=price,
        parts=(row.get("materials") or "").strip() or library.titles[number],
        source=(row.get("booksellerid") or "").strip(),
        received_on=received,
    )
    for code in sorted({note, price_note, date_note} - {""}):
        yield Noted("item", code, place, {"barcode": barcode})


def _status(row: Mapping[str, str | None]) -> str:
    for column, status in _FLAGS:
        value = row.get(column) or "0"
        if value != "0":
            return "missing" if (column, value) == ("itemlost", _MISSING) else status
    return "available"
