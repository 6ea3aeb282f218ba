"""Titles with copies, or members, from a CSV or xlsx sheet by a column mapping.

Knows what a row of a sheet means once its columns have names (`sheet_mapping`); the file itself is
`sheet_source`'s business. A sheet has no keys of its own: a title's key is made of what identifies it, a
copy's of its barcode, a member's of the number; so the same sheet imported again updates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path

from msgspec import Struct, field

from app.domain.text import code_key, fold
from app.importers.marc import EXCERPT, Seen, claim_barcode
from app.importers.marc_fields import WORDS_OF_STATUS
from app.importers.marc_records import tidy
from app.importers.problems import ImportProblem
from app.importers.rows import ItemRow, MemberRow, Noted, Place, Progress, Refused, Row, TitleRow
from app.importers.sheet_copies import MOST_COPIES, copies_of, own_code
from app.importers.sheet_guess import guess
from app.importers.sheet_mapping import NOTHING_TOLD, SheetMapping, SheetSuggestion, ToldColumns, shown, suggest
from app.importers.sheet_source import Cell, SheetRow, date_of_serial, read_rows
from app.importers.sheet_sums import is_sum
from app.importers.sheet_unsaid import ITEM_FIELDS, MEMBER_FIELDS, TITLE_FIELDS, unsaid, with_silent
from app.importers.sheet_words import MEMBERS
from app.importers.typed_values import code_from, date_from, isbn_from, phone_from, price_from, year_from

SAMPLE_ROWS = 60
LONGEST_TEXT = 10_000
_ENOUGH_CODES = 20
_SEVERAL = re.compile(r"\s*[;\n]\s*|<([^<>]*)>")
_BARCODES = re.compile(r"[;\r\n]+")
_ENDS = " \t/:;=,"
_GENDERS: Mapping[str, str] = {
    **dict.fromkeys("l|lk|laki|laki laki|pria|cowok|m|male|lelaki|1".split("|"), "m"),
    **dict.fromkeys("p|pr|perempuan|wanita|cewek|f|female|0".split("|"), "f"),
}
_BLOCKED = frozenset(
    "tidak aktif|nonaktif|non aktif|blokir|diblokir|terblokir|suspended|suspend|blocked|inactive|keluar|beku|tidak"
    "|drop out|do|dikeluarkan|mengundurkan diri|tidak berlaku".split("|")
)
_FOR_EVER = frozenset(
    "|selamanya|seumur hidup|selama hidup|tanpa batas|tidak terbatas|tak terbatas|unlimited".split("|")
)


class SheetOptions(Struct, frozen=True):
    """How to read a sheet. `mapping` None: as `suggest` sees it. `sheet`: a workbook's sheet by name, "" the
    first.

    `source` begins every key. `told`: what a person said of the columns, where no `mapping` is given.
    """

    mapping: SheetMapping | None = None
    sheet: str = ""
    source: str = "sheet"
    told: ToldColumns = NOTHING_TOLD


class _State(Struct):
    """What the sheet has brought so far."""

    options: SheetOptions
    mapping: SheetMapping
    file: str
    seen: Seen = field(default_factory=Seen)
    titles: set[int] = field(default_factory=set)
    members: set[int] = field(default_factory=set)
    lengths: Counter[int] = field(default_factory=Counter)
    short: dict[int, str] = field(default_factory=dict)
    header: SheetRow = SheetRow(0, ())
    unused: dict[int, str] = field(default_factory=dict)
    title_unsaid: tuple[str, ...] = ()
    item_unsaid: tuple[str, ...] = ()
    member_unsaid: tuple[str, ...] = ()
    made: dict[int, tuple[int, int]] = field(default_factory=dict)
    counts: dict[int, _Count] = field(default_factory=dict)
    bare: dict[int, tuple[int, str]] = field(default_factory=dict)


class _Count(Struct):
    """How many copies a title has by what its rows say (`stated` in all, `most` in one) and by its codes."""

    line: int
    title: str
    stated: int = 0
    most: int = 0
    codes: int = 0


def read(path: Path, options: SheetOptions | None = None, progress: Progress | None = None) -> Iterator[Row]:
    """Yield the rows of a sheet. Raises ImportProblem: "columns-unknown" when no mapping is given and no
    header is recognised, and what `sheet_source.read_rows` raises.
    """
    options = options or SheetOptions()
    rows = read_rows(path, options.sheet, progress)
    mapping = options.mapping
    if mapping is None:
        head = list(islice(rows, SAMPLE_ROWS))
        mapping = suggest(head, options.told).mapping
        if mapping is None:
            raise ImportProblem("columns-unknown", {"file": path.name, "example": guess(head).example()})
        rows = chain(head, rows)
    state = _State(options, mapping, path.name)
    state.title_unsaid = unsaid(mapping, TITLE_FIELDS)
    state.item_unsaid = unsaid(mapping, ITEM_FIELDS)
    state.member_unsaid = unsaid(mapping, MEMBER_FIELDS)
    for state.header in islice(rows, mapping.header_rows):
        pass
    if not any(map(mapping.has, ("barcode", "inventory_no", "copies"))) and mapping.kind != MEMBERS:
        yield Noted("item", "no-copies-column", Place(path.name, state.header.number))
    for row in rows:
        if row.is_blank():
            continue
        _look_for_unused(row, state)
        yield from _row(row, state)
    yield from _doubtful_codes(state)
    yield from _wrong_counts(state)
    for line, title in state.bare.values():
        yield Noted("title", "title-without-copies", Place(state.file, line), {"title": title})
    for _, name in sorted(state.unused.items()):
        yield Noted("column", "column-not-used", Place(path.name, state.header.number), {"column": name[:EXCERPT]})


def _look_for_unused(row: SheetRow, state: _State) -> None:
    """Remember the columns that hold something and are not read."""
    for index in range(len(row.cells)):
        if index in state.mapping.columns or index in state.unused or row.cells[index] in (None, ""):
            continue
        cells = state.header.cells
        header = " ".join(shown(cells[index]).split()) if index < len(cells) else ""
        if not state.options.told.ignores(index, header):
            state.unused[index] = header or f"#{index + 1}"


def first_rows(path: Path, sheet: str = "") -> tuple[SheetRow, ...]:
    """The rows by which a sheet's columns are judged. Raises ImportProblem like `read_rows`."""
    return tuple(islice(read_rows(path, sheet), SAMPLE_ROWS))


def suggest_columns(path: Path, sheet: str = "", told: ToldColumns = NOTHING_TOLD) -> SheetSuggestion:
    """What a file's columns seem to mean, with examples. Raises ImportProblem like `read_rows`."""
    return suggest(first_rows(path, sheet), told)


def preview(path: Path, options: SheetOptions, n: int = 20) -> tuple[Row, ...]:
    """The rows that the first `n` lines of data give. Raises ImportProblem like `read`."""
    rows: list[Row] = []
    places: set[int] = set()
    for row in read(path, options):
        line = getattr(row, "place", Place("")).line
        if line not in places and len(places) == n:
            break
        places.add(line)
        rows.append(row)
    return tuple(rows)


class _Cells:
    """The cells of one row by meaning, as clean text; faults met in cleaning are notes."""

    def __init__(self, row: SheetRow, mapping: SheetMapping) -> None:
        self.notes: set[str] = {row.fault} - {""}
        self._mapping = mapping
        self._cells: dict[str, list[Cell]] = {}
        for index, meaning in mapping.columns.items():
            if index < len(row.cells) and row.cells[index] not in (None, ""):
                self._cells.setdefault(meaning, []).append(row.cells[index])

    def raw(self, meaning: str) -> Cell:
        return self._cells.get(meaning, [None])[0]

    def text(self, meaning: str) -> str:
        return self.every(meaning)[0] if meaning in self._cells else ""

    def every(self, meaning: str) -> list[str]:
        return [tidy(shown(cell), self.notes).strip()[:LONGEST_TEXT] for cell in self._cells.get(meaning, [])]

    def several(self, meaning: str) -> tuple[str, ...]:
        """The values of cells that may each hold more than one ("A; B", lines, "<A><B>")."""
        parts = (part for cell in self._cells.get(meaning, []) for part in _SEVERAL.split(shown(cell)[:LONGEST_TEXT]))
        return tuple(dict.fromkeys(clean for part in parts if part and (clean := _end_trimmed(tidy(part, self.notes)))))

    def when(self, meaning: str) -> date | None:
        value = self.raw(meaning)
        if isinstance(value, date):
            return value
        if isinstance(value, int | float) and (day := date_of_serial(value)) is not None:
            return day
        day, note = date_from(shown(value), self._mapping.month_first)
        self.note(note)
        return day

    def note(self, note: str) -> None:
        if note:
            self.notes.add(note)

    def excerpt(self) -> str:
        return " | ".join(shown(cell) for cells in self._cells.values() for cell in cells)[:EXCERPT]


def _row(row: SheetRow, state: _State) -> Iterator[Row]:
    place = Place(state.file, row.number)
    kind = "member" if state.mapping.kind == MEMBERS else "title"
    cells = _Cells(row, state.mapping)
    if row.fault == "quote-not-closed":
        yield Refused(kind, row.fault, place, excerpt=shown(row.cells[0] if row.cells else "")[:EXCERPT])
    elif kind == "member":
        yield from _member(cells, place, state)
    else:
        yield from _title_and_items(cells, place, state)


def _title_and_items(cells: _Cells, place: Place, state: _State) -> Iterator[Row]:
    if is_sum(cells.text("title"), *(cells.text(one) for one in ("author", "isbn", "publisher", "barcode"))):
        yield Refused("title", "sum-row", place, excerpt=cells.excerpt())
        return
    if not cells.text("title"):
        yield Refused("title", "title-missing", place, excerpt=cells.excerpt())
        return
    code_column = "barcode" if state.mapping.has("barcode") else "inventory_no"
    title = _title(cells, place, state)
    if hash(title.source_key) not in state.titles:
        state.titles.add(hash(title.source_key))
        yield title
        if state.mapping.has(code_column):
            state.bare[hash(title.source_key)] = (place.line, title.title[:EXCERPT])
        for note in sorted(cells.notes):
            yield Noted("title", note, place, {"title": title.title[:EXCERPT], "isbn": cells.text("isbn")[:EXCERPT]})
    if state.mapping.has(code_column):
        yield from _items(cells, code_column, title, place, state)
    elif state.mapping.has("copies"):
        yield from _own_items(cells, title, place, state)


def _title(cells: _Cells, place: Place, state: _State) -> TitleRow:
    parts = (cells.text("title"), cells.text("subtitle"))
    name = " : ".join(_end_trimmed(part) for part in parts if part)
    volume = cells.text("volume")
    authors = cells.several("author")
    year = year_from(cells.text("year"))
    publisher = _end_trimmed(cells.text("publisher"))
    isbn = _isbn(cells)
    identity = (name, volume, *authors[:1], cells.text("edition"), year, publisher, isbn)
    key = cells.text("key") or blake2b(fold("\n".join(identity)).encode(), digest_size=12).hexdigest()
    return TitleRow(
        source_key=f"{state.options.source}:title:{key}",
        place=place,
        title=f"{name}. {volume}" if volume else name,
        authors=authors,
        other_title=cells.text("other_title"),
        responsibility=_end_trimmed(cells.text("responsibility")),
        edition=_end_trimmed(cells.text("edition")),
        isbn=isbn,
        publisher=publisher,
        publish_place=_end_trimmed(cells.text("place")),
        year=year,
        collation=" ; ".join(part for part in (cells.text("pages"), cells.text("size")) if part),
        series=cells.text("series"),
        call_number=cells.text("call_number") or cells.text("item_call_number"),
        classification=cells.text("classification"),
        language=cells.text("language"),
        material=cells.text("material") or cells.text("material_kind"),
        subjects=cells.several("subject"),
        notes="\n".join(cells.every("notes")),
        unsaid=state.title_unsaid,
    )


def _end_trimmed(text: str) -> str:
    """Take off the marks that catalogue rules put between parts ("Jakarta :"); what stands in front stays."""
    return text.strip().rstrip(_ENDS)


def _isbn(cells: _Cells) -> str:
    """The first ISBN of the row that can be kept; an ISSN where there is none."""
    kept = ""
    right = False
    for text in cells.every("isbn"):
        isbn, note = isbn_from(text)
        cells.note(note)
        if isbn and not right:
            right = note != "isbn-check-digit"
            kept = isbn if right else kept or isbn
    return kept or _issn(cells.text("issn"))


def _issn(text: str) -> str:
    found = re.fullmatch(r"([0-9]{4})-?([0-9]{3}[0-9Xx])", text)
    return f"{found[1]}-{found[2].upper()}" if found else ""


def _items(cells: _Cells, column: str, title: TitleRow, place: Place, state: _State) -> Iterator[Row]:
    texts = [part for part in _BARCODES.split(_code_text(cells.raw(column))) if part.strip()]
    stated = copies_of(cells.raw("copies")) if cells.raw("copies") is not None else None
    if stated:
        found = state.counts.setdefault(hash(title.source_key), _Count(place.line, title.title[:40]))
        found.stated, found.most = found.stated + stated, max(found.most, stated)
    if not texts:
        yield Refused("item", "barcode-missing", place, excerpt=title.title[:EXCERPT])
    for text in texts:
        barcode, note = code_from(text)
        if not barcode:
            yield Refused("item", note or "barcode-missing", place, excerpt=text[:EXCERPT])
            continue
        refused = claim_barcode(barcode, title.source_key, place, state.seen)
        if refused is not None:
            yield refused
            continue
        state.bare.pop(hash(title.source_key), None)
        _remember_length(barcode, state)
        _count_code(cells, title, place, state)
        cells.notes = {note} - {""}
        yield _item(cells, barcode, title, place, state)
        for code in sorted(cells.notes):
            yield Noted("item", code, place, {"barcode": barcode})


def _count_code(cells: _Cells, title: TitleRow, place: Place, state: _State) -> None:
    """Add a code to those of its title, where the sheet says numbers of copies, too."""
    if state.mapping.has("copies"):
        found = state.counts.setdefault(hash(title.source_key), _Count(place.line, title.title[:40]))
        found.codes += 1


def _wrong_counts(state: _State) -> Iterator[Row]:
    for one in state.counts.values():
        # A row for every copy may say the title's number each time, a row for a title says it once.
        if one.most and one.codes not in (one.most, one.stated):
            facts = {"title": one.title, "count": str(one.most), "codes": str(one.codes)}
            yield Noted("item", "copies-count-not-used", Place(state.file, one.line), facts)


def _own_items(cells: _Cells, title: TitleRow, place: Place, state: _State) -> Iterator[Row]:
    """As many copies as a row says, with codes of our own: the sheet has none. The same sheet gives the same codes."""
    count = copies_of(cells.raw("copies"))
    if count is None:
        yield Noted("item", "copies-count-unreadable", place, {"title": title.title[:EXCERPT]})
        count = 1
    key = hash(title.source_key)
    attempt, made = state.made.get(key, (0, 0))
    for number in range(made + 1, min(made + count, MOST_COPIES) + 1):
        barcode = own_code(title.source_key, number, attempt)
        while claim_barcode(barcode, title.source_key, place, state.seen) is not None:
            attempt += 1
            barcode = own_code(title.source_key, number, attempt)
        state.made[key] = (attempt, number)
        cells.notes = set()
        yield _item(cells, barcode, title, place, state)
        yield Noted("item", "code-generated", place, {"barcode": barcode, "title": title.title[:EXCERPT]})
        for code in sorted(cells.notes):
            yield Noted("item", code, place, {"barcode": barcode})


def _item(cells: _Cells, barcode: str, title: TitleRow, place: Place, state: _State) -> ItemRow:
    sources = (cells.text("source"), cells.text("supplier"))
    status, price = _status(cells), _price(cells)
    said = any(cells.text(meaning) for meaning in ("access", "status")) and "status-unknown" not in cells.notes
    return ItemRow(
        source_key=f"{state.options.source}:item:{code_key(barcode)}",
        place=place,
        barcode=barcode,
        title_key=title.source_key,
        call_number=cells.text("item_call_number") or title.call_number,
        inventory_no=_code_text(cells.raw("inventory_no")).strip(),
        collection=cells.text("collection"),
        location=cells.text("location"),
        shelf=cells.text("shelf"),
        status=status,
        price=price,
        parts=cells.text("parts"),
        source=", ".join(part for part in sources if part and not part.startswith("---")),
        received_on=cells.when("received"),
        unsaid=with_silent(state.item_unsaid, status=said or status != "available", price=price is not None),
    )


def _code_text(value: Cell) -> str:
    """A code as text. A number too large for a sheet to hold exactly is shown as it would be damaged."""
    if isinstance(value, float):
        return f"{value:.11e}" if abs(value) >= 1e15 else repr(value)
    return shown(value)


def _status(cells: _Cells) -> str:
    """The stricter of what the sheet says of access and of availability."""
    found = "available"
    for meaning in ("access", "status"):
        word = fold(cells.text(meaning))
        if word not in WORDS_OF_STATUS:
            cells.note("status-unknown")
        status = WORDS_OF_STATUS.get(word, "available")
        found = status if status != "available" else found
    return found


def _price(cells: _Cells) -> int | None:
    value = cells.raw("price")
    if cells.text("currency").strip(". ").upper() not in ("", "IDR", "RP", "RUPIAH"):
        cells.note("price-other-currency" if value not in (None, "", 0) else "")
        return None
    price, note = price_from(value if isinstance(value, int | float) else shown(value))
    cells.note(note)
    return price


def _member(cells: _Cells, place: Place, state: _State) -> Iterator[Row]:
    number, note = code_from(_code_text(cells.raw("member_no")))
    name = cells.text("name")
    if is_sum(name, *(cells.text(one) for one in ("phone", "born", "address"))) or is_sum(
        number, name.strip("0123456789")
    ):
        yield Refused("member", "sum-row", place, excerpt=cells.excerpt())
        return
    if not number or not name:
        reason = (note or "member-number-missing") if not number else "member-name-missing"
        yield Refused("member", reason, place, {"member_no": number} if number else {}, cells.excerpt())
        return
    key = hash(code_key(number))
    if key in state.members:
        yield Refused("member", "member-number-repeated", place, {"member_no": number}, name[:EXCERPT])
        return
    state.members.add(key)
    _remember_length(number, state)
    cells.note(note)
    card = code_from(_code_text(cells.raw("card")))[0]
    phone, lost = phone_from(cells.text("phone") or cells.text("home_phone"))
    cells.note(lost)
    gender = fold(cells.text("gender"))
    if gender and gender not in _GENDERS:
        cells.note("gender-unknown")
    expires = _expiry(cells)
    for_ever = bool(cells.text("expires")) and fold(cells.text("expires")) in _FOR_EVER
    yield MemberRow(
        source_key=f"{state.options.source}:member:{code_key(number)}",
        place=place,
        member_no=number,
        name=name,
        member_type=cells.text("member_type"),
        institution=" / ".join(dict.fromkeys(part for part in cells.every("institution") if part)),
        gender=_GENDERS.get(gender, ""),
        born_on=cells.when("born"),
        address=cells.text("address") or cells.text("home_address"),
        email=cells.text("email"),
        phone=phone,
        registered_on=cells.when("registered"),
        expires_on=expires,
        blocked=fold(cells.text("member_status")) in _BLOCKED,
        notes="\n".join(cells.every("notes")),
        photo=cells.text("photo"),
        card_nos=(card,) if card and code_key(card) != code_key(number) else (),
        unsaid=with_silent(
            state.member_unsaid,
            expires_on=expires is not None or for_ever,
            blocked=bool(cells.text("member_status")),
        ),
    )
    for code in sorted(cells.notes):
        yield Noted("member", code, place, {"member_no": number})


def _expiry(cells: _Cells) -> date | None:
    """The last day of the card. What says that there is none is no fault; what cannot be read is told by itself."""
    if fold(shown(cells.raw("expires"))) in _FOR_EVER:
        return None
    before = set(cells.notes)
    day = cells.when("expires")
    if day is None:
        cells.notes = before | {"expiry-unreadable"}
    return day


def _remember_length(code: str, state: _State) -> None:
    if code.isascii() and code.isdigit():
        state.lengths[len(code)] += 1
        state.short.setdefault(len(code), code)


def _doubtful_codes(state: _State) -> Iterator[Row]:
    """Say it once when a few codes are shorter than the rest: a spreadsheet may have taken their leading
    zeros.
    """
    total = state.lengths.total()
    if total < _ENOUGH_CODES:
        return
    usual, times = state.lengths.most_common(1)[0]
    shorter = {length: count for length, count in state.lengths.items() if length < usual}
    count = sum(shorter.values())
    if count and times >= 0.8 * total:
        kind = "member" if state.mapping.kind == MEMBERS else "item"
        params = {"count": str(count), "example": state.short[min(shorter)], "length": str(usual)}
        yield Noted(kind, "leading-zeros-may-be-lost", Place(state.file), params)
