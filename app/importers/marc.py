"""MARC21 records as rows: titles by the standard's fields, copies by a chosen mapping.

Knows how a file's records hang together (keys, repeated records, repeated barcodes) and says what was refused
or should be looked at. The bytes are read by `marc_records` and `marcxml`; both end here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct, field

from app.domain.text import code_key
from app.importers.marc_fields import MarcMapping
from app.importers.marc_records import MarcField, MarcRecord, read_records
from app.importers.marc_title import TITLE_TAGS, parts_of, refusal, title_row
from app.importers.rows import ItemRow, Noted, Place, Progress, Refused, Row, TitleRow
from app.importers.typed_values import code_from, date_from, price_from

EXCERPT = 80
"""Characters of a refused row that are shown."""

_HASH = (1 << 64) - 1


class MarcOptions(Struct, frozen=True):
    """How to read MARC.

    `mapping`: where copies stand; None takes titles only. `source` begins every key, so that two sources
    never meet under one key. `codec`: a Python codec for text that is no UTF-8 ("cp1252"); "" means MARC-8.
    """

    mapping: MarcMapping | None = None
    source: str = "marc"
    codec: str = ""


DEFAULT_OPTIONS = MarcOptions()


def read(path: Path, options: MarcOptions = DEFAULT_OPTIONS, progress: Progress | None = None) -> Iterator[Row]:
    """Yield the rows of a MARC21 file (ISO 2709). Raises ImportProblem when the file as a whole cannot be
    read.
    """
    records = read_records(path, progress, wanted_tags(options), options.codec)
    return rows_of(records, options, path.name)


def wanted_tags(options: MarcOptions) -> frozenset[str]:
    """The tags that bear on the rows under these options."""
    return TITLE_TAGS if options.mapping is None else TITLE_TAGS | {options.mapping.tag}


def rows_of(records: Iterable[MarcRecord], options: MarcOptions, file: str) -> Iterator[Row]:
    """Turn records into rows in order: a title, its notes, its copies; or one refusal with its reason."""
    seen = Seen()
    for record in records:
        yield from _record_rows(record, options, file, seen)


class Seen(Struct):
    """What one file has brought so far. Hashes stand for keys: a million barcodes must not fill the memory.

    `records`: hash of the record's number to its digest. `barcodes`: hash of the barcode to the first place's
    line in the high bits, the hash of the title's key in the low 64.
    """

    records: dict[int, str] = field(default_factory=dict)
    barcodes: dict[int, int] = field(default_factory=dict)


def _record_rows(record: MarcRecord, options: MarcOptions, file: str, seen: Seen) -> Iterator[Row]:
    control = record.value("001").strip()
    place = Place(file, record.number, control[:EXCERPT])
    reason = refusal(record)
    if reason:
        yield Refused("title", reason, place, _line_of(record), excerpt=_excerpt(record))
        return
    key = control or record.digest
    before = seen.records.get(hash(key))
    if before == record.digest:
        yield Refused("title", "record-repeated", place, excerpt=_excerpt(record))
        return
    notes = set(record.faults)
    if before is None:
        seen.records[hash(key)] = record.digest
    else:
        notes.add("record-number-repeated")
        key = f"{key}~{record.digest[:8]}"
    row = title_row(record, f"{options.source}:title:{key}", place, notes)
    yield row
    for note in sorted(notes):
        yield Noted("title", note, place, {"title": row.title[:EXCERPT]})
    if options.mapping is not None:
        for entry in record.all(options.mapping.tag):
            yield from _item_rows(entry, record, row, options.mapping, options.source, seen)


def _item_rows(
    entry: MarcField, record: MarcRecord, title: TitleRow, mapping: MarcMapping, source: str, seen: Seen
) -> Iterator[Row]:
    """Turn one copy field into its rows: one copy per barcode in it, or refusals."""
    place, parts = title.place, parts_of(record)
    barcodes = entry.every(mapping.barcode)
    if not barcodes:
        yield Refused("item", "barcode-missing", place, {"field": mapping.label}, excerpt=_shown(entry))
    for text in barcodes:
        barcode, note = code_from(text)
        if not barcode:
            yield Refused("item", note or "barcode-missing", place, {"field": mapping.label}, excerpt=text[:EXCERPT])
            continue
        refused = claim_barcode(barcode, title.source_key, place, seen)
        if refused is not None:
            yield refused
            continue
        notes = {note} if note else set()
        key = entry.first(mapping.id) if mapping.id and len(barcodes) == 1 else ""
        yield _item_row(entry, f"{source}:item:{key or code_key(barcode)}", title, mapping, barcode, notes, parts)
        for code in sorted(notes):
            yield Noted("item", code, place, {"barcode": barcode})


def claim_barcode(barcode: str, title_key: str, place: Place, seen: Seen) -> Refused | None:
    """Remember a barcode for a title; a refusal when another copy has it already. The first one keeps it.

    Reasons: "barcode-repeated" (the other copy is of the same title), "barcode-on-two-titles"; `first` in the
    parameters is the line or record of the one that kept it.
    """
    key = hash(code_key(barcode))
    title = hash(title_key) & _HASH
    first = seen.barcodes.get(key)
    if first is None:
        seen.barcodes[key] = place.line << 64 | title
        return None
    reason = "barcode-repeated" if first & _HASH == title else "barcode-on-two-titles"
    return Refused("item", reason, place, {"barcode": barcode, "first": str(first >> 64)})


def _item_row(
    entry: MarcField, key: str, title: TitleRow, mapping: MarcMapping, barcode: str, notes: set[str], parts: str
) -> ItemRow:
    price, price_note = price_from(_value(entry, mapping.price))
    received, date_note = date_from(_value(entry, mapping.received))
    notes.update(note for note in (price_note, date_note) if note)
    return ItemRow(
        source_key=key,
        place=title.place,
        barcode=barcode,
        title_key=title.source_key,
        call_number=" ".join(value.strip() for code in mapping.call_number for value in entry.every(code)),
        inventory_no=_value(entry, mapping.inventory_no),
        collection=_value(entry, mapping.collection),
        location=_value(entry, mapping.location),
        shelf=_value(entry, mapping.shelf),
        status=_status(entry, mapping, notes),
        price=price,
        parts=parts,
        source=_value(entry, mapping.source),
        received_on=received,
    )


def _value(entry: MarcField, code: str) -> str:
    return entry.first(code).strip() if code else ""


def _status(entry: MarcField, mapping: MarcMapping, notes: set[str]) -> str:
    for code, status in mapping.flags:
        if entry.first(code).strip() not in ("", "0"):
            return status
    if not mapping.status:
        return "available"
    word = _value(entry, mapping.status).casefold()
    if word not in mapping.statuses:
        notes.add("status-unknown")
    return mapping.statuses.get(word, "available")


def _excerpt(record: MarcRecord) -> str:
    for tag in ("245", "200", "100", "110", "150", "151"):
        for entry in record.all(tag):
            shown = _shown(entry)
            if shown:
                return shown
    return record.leader[:EXCERPT]


def _shown(entry: MarcField) -> str:
    return " ".join(value for _, value in entry.subfields if value)[:EXCERPT]


def _line_of(record: MarcRecord) -> dict[str, str]:
    return {"line": str(record.line)} if record.line else {}
