"""A Koha catalogue: titles from its MARCXML, copies from its items, out of MySQL dumps or a MARC export with 952.

Knows Koha's tables `biblio_metadata`, `biblio` and `items` (Koha schema documentation) and field 952; a dump may be one
file, packed or not, or a folder of them. The dump's text is `mysql_text`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from app.domain.text import code_key
from app.importers import mapping
from app.importers.archives import Packed, Stream, open_packed
from app.importers.marc import EXCERPT, MarcOptions, Seen, claim_barcode
from app.importers.marc_fields import KOHA
from app.importers.marc_records import open_source
from app.importers.marc_title import TITLE_TAGS, parts_of, refusal, title_row
from app.importers.marcxml import Fragment, parse_fragment
from app.importers.mysql_databases import choose_database
from app.importers.mysql_text import DumpIndex, index_dump, table_rows
from app.importers.problems import ImportProblem
from app.importers.rows import ItemRow, Noted, Place, Progress, Refused, Row, TitleRow
from app.importers.typed_values import code_from, date_from, price_from, year_from

_TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "biblio_metadata": ("title", ("biblionumber", "format", "schema", "marcflavour", "metadata")),
    "biblio": (
        "title",
        ("biblionumber", "author", "title", "unititle", "notes", "seriestitle", "copyrightdate", "abstract"),
    ),
    "items": (
        "item",
        (
            "itemnumber", "biblionumber", "barcode", "dateaccessioned", "booksellerid", "homebranch", "price",
            "replacementprice", "notforloan", "damaged", "itemlost", "withdrawn", "restricted", "itemcallnumber",
            "location", "itype", "ccode", "materials", "stocknumber",
        ),
    ),
}  # fmt: skip
"""Tables of Koha that are read: the kind of row they hold and the columns looked at."""

_MARKS = {
    "biblio_metadata": frozenset({"biblionumber", "metadata"}),
    "items": frozenset({"itemnumber", "biblionumber"}),
}
"""Tables by which Koha is known, with columns of theirs."""

_FLAGS = (
    ("withdrawn", "withdrawn"),
    ("itemlost", "lost"),
    ("damaged", "damaged"),
    ("notforloan", "not-for-loan"),
    ("restricted", "reference"),
)
"""Columns of `items` that count when they are not 0, strongest first, and the status they mean."""

_MISSING = "4"  # the stock authorised values of LOST: 1 lost, 2 long overdue, 3 lost and paid for, 4 missing


class KohaOptions(Struct, frozen=True):
    """How to read Koha. `source` begins every key; `database` is the one to read where a dump holds several."""

    source: str = "koha"
    database: str = ""


class _Library(Struct):
    source: str
    titles: dict[str, str] = field(default_factory=dict)  # biblionumber to the parts that come with each copy
    untitled: dict[str, Refused] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)


_Dumps = Sequence[tuple[Packed, DumpIndex]]
_Reader = Callable[[Mapping[str, str | None], Place, _Library], Iterator[Row]]


def read(path: Path, options: KohaOptions | None = None, progress: Progress | None = None) -> Iterator[Row]:
    """Yield the rows of a MySQL dump of Koha (a .sql file or a folder of them), or of a MARC export with items in 952.

    Raises ImportProblem: "file-missing", "file-unreadable", "file-empty", "not-koha", "databases-several",
    "database-not-found", and what `mapping.read` raises.
    """
    options = options or KohaOptions()
    if not _is_dump(path):
        yield from mapping.read(path, MarcOptions(KOHA, options.source), progress)
        return
    files = sorted(path.glob("*.sql*")) if path.is_dir() else [path]
    packed = [open_packed(file) for file in files]
    meter = _Meter(progress, sum(one.size for one in packed))
    dumps = [(one, index_dump(one, meter.indexing(one))) for one in packed]
    for one, index in dumps:
        choose_database(index, options.database, _MARKS, one.name)
    if not any(index.extents.keys() & {"biblio_metadata", "items"} for _, index in dumps):
        raise ImportProblem("not-koha", {"file": path.name})
    meter.begin_rows(dumps)
    yield from _dump_rows(dumps, _Library(options.source), meter)


class _Meter:
    """Progress over both runs through the dumps: the search for tables is the first half, their rows the second."""

    def __init__(self, progress: Progress | None, size: int) -> None:
        self._progress = progress
        self._size = max(size, 1)
        self._before = 0
        self._read = 0
        self._wanted = 1

    def indexing(self, packed: Packed) -> Callable[[Stream, int], None]:
        before = self._before
        self._before += packed.size
        return lambda stream, _: self._tell((before + stream.on_disk()) // 2)

    def begin_rows(self, dumps: _Dumps) -> None:
        extents = (extent for _, index in dumps for table in _TABLES for extent in index.extents.get(table, ()))
        self._wanted = max(1, sum(extent.end - extent.start for extent in extents))

    def reading(self, _: Stream, count: int) -> None:
        self._read += count
        self._tell(self._size // 2 + self._size * min(self._read, self._wanted) // (2 * self._wanted))

    def _tell(self, done: int) -> None:
        if self._progress is not None:
            self._progress(min(done, self._size), self._size)


def _dump_rows(dumps: _Dumps, library: _Library, meter: _Meter) -> Iterator[Row]:
    for packed, index in dumps:
        if not index.whole:
            yield Noted("file", "file-cut-off", Place(packed.name))
    yield from _table(dumps, "biblio_metadata", _title, library, meter)
    if library.untitled:
        yield from _table(dumps, "biblio", _short_title, library, meter)
        yield from library.untitled.values()
    yield from _table(dumps, "items", _item, library, meter)


def _table(dumps: _Dumps, table: str, reader: _Reader, library: _Library, meter: _Meter) -> Iterator[Row]:
    kind, columns = _TABLES[table]
    for packed, index in dumps:
        for row in table_rows(packed, index, table, columns, meter.reading):
            place = Place(packed.name, row.line)
            if row.fault:
                yield Refused(kind, row.fault, place, {"table": table})
                continue
            yield from reader(dict(zip(columns, row.values, strict=True)), place, library)
            if row.guessed:
                yield Noted(kind, "letters-guessed", place)


def _is_dump(path: Path) -> bool:
    """A folder, an archive, or text that is neither MARCXML nor ISO 2709."""
    if path.is_dir():
        return True
    head, _ = open_source(path)
    packed = head.startswith((b"\x1f\x8b", b"PK\x03\x04"))
    return packed or (b"\x1e" not in head and not mapping.is_xml(path))


def _title(row: Mapping[str, str | None], place: Place, library: _Library) -> Iterator[Row]:
    number = row.get("biblionumber") or ""
    flavour = row.get("schema") or row.get("marcflavour") or "MARC21"
    if (row.get("format") or "marcxml") != "marcxml" or flavour != "MARC21":
        yield Refused("title", "format-not-supported", place, {"id": number, "format": flavour})
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
