"""SLiMS's CSV files: titles, copies and readers, as its three export pages write them.

Each page quotes in its own way (SLiMS 9.7, seen in its files): titles double the quotation marks, copies do not escape
them, readers have backslash escapes; SLiMS 8 escapes nothing in titles. The header row is a box to tick, its names end
in a surplus comma, separator and encloser are free: so rows are read by position, and a header only where one stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct, field

from app.domain.text import clean_code, code_key
from app.importers.archives import Limits
from app.importers.rows import ItemRow, MemberRow, Noted, Place, Progress, Refused, Row, TitleRow
from app.importers.slims_csv_text import BIBLIO, ITEM, MEMBER, Record, Shape, open_csv
from app.importers.slims_records import SOURCES, price_of
from app.importers.slims_tables import (
    EXCERPT,
    Codes,
    day_from,
    long_text,
    run_together,
    short_text,
    status_of_name,
)
from app.importers.typed_values import code_from

_AVAILABLE = frozenset(("", "0", "available", "tersedia", "ada", "baik"))


class SlimsCsvOptions(Struct, frozen=True):
    """How to read the files; what is "" or None is found out from the file.

    `dialect`: "biblio", "item" or "member". `header`: whether the first row holds names.
    """

    source: str = "slims"
    dialect: str = ""
    separator: str = ""
    encloser: str = ""
    header: bool | None = None
    limits: Limits = field(default_factory=Limits)


class _Library(Struct):
    """What one file says that another refers to. Titles are known by a hash of their text."""

    source: str
    title_file: str = ""
    title_keys: set[str] = field(default_factory=set)
    titles_by_text: dict[int, str] = field(default_factory=dict)
    ambiguous: set[int] = field(default_factory=set)
    items: Codes = field(default_factory=Codes)
    item_titles: dict[str, tuple[str, int]] = field(default_factory=dict)
    own_items: set[str] = field(default_factory=set)
    refused: list[Refused] = field(default_factory=list)
    members: Codes = field(default_factory=Codes)


def read(path: Path, options: SlimsCsvOptions | None = None, progress: Progress | None = None) -> Iterator[Row]:
    """Yield the rows of one file. Of a title file also a bare copy for every item code in it.

    Raises ImportProblem: "file-missing", "file-unreadable", "file-empty", "not-slims-csv", "archive-damaged",
    "archive-too-large".
    """
    yield from read_together([path], options, progress)


def read_together(
    paths: Sequence[Path], options: SlimsCsvOptions | None = None, progress: Progress | None = None
) -> Iterator[Row]:
    """Yield the rows of a library's files, titles first, whatever order they are given in.

    Copies find their title by the item codes of the title file, else by the exact text of the title, which is all
    that a copy file says. Raises ImportProblem like `read`.
    """
    options = options or SlimsCsvOptions()
    signs = (options.dialect, options.separator, options.encloser, options.limits)
    shapes = [open_csv(path, *signs) for path in paths]
    shapes.sort(key=lambda shape: (BIBLIO, ITEM, MEMBER).index(shape.dialect))
    total = sum(shape.packed.size for shape in shapes)
    done = 0
    library = _Library(options.source)
    given = {shape.dialect for shape in shapes}
    for shape in shapes:
        yield from _file(shape, library, options, _Shifted(progress, done, total))
        done += shape.packed.size
        if shape.dialect == (ITEM if ITEM in given else BIBLIO):
            yield from _bare_items(library)


class _Shifted(Struct, frozen=True):
    progress: Progress | None
    before: int
    total: int

    def __call__(self, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(min(self.before + done, self.total), self.total)


def _file(shape: Shape, library: _Library, options: SlimsCsvOptions, progress: Progress) -> Iterator[Row]:
    if shape.dialect == BIBLIO:
        library.title_file = shape.packed.name
    maker = {BIBLIO: _title, ITEM: _item, MEMBER: _member}[shape.dialect]
    kind = {BIBLIO: "title", ITEM: "item", MEMBER: "member"}[shape.dialect]
    found = False
    for record in shape.records(options.header, progress):
        place = Place(shape.packed.name, record.line)
        if record.fault:
            yield Refused(kind, record.fault, place, {"columns": str(len(record.values))}, record.excerpt)
            continue
        found = True
        notes = set(record.notes)
        row = maker(record, place, library, notes)
        yield row
        yield from library.refused
        library.refused.clear()
        if isinstance(row, Refused):
            continue
        label = short_text(record.get(shape.label), set())[:EXCERPT]
        for note in sorted(notes):
            yield Noted(kind, note, place, {shape.label: label})
    if found and shape.dialect == MEMBER:
        # SLiMS's export has no column for it: new readers whom it holds back come as readers who may borrow.
        yield Noted("member", "pending-not-in-file", Place(shape.packed.name))


def _title(record: Record, place: Place, library: _Library, notes: set[str]) -> Row:
    title = short_text(_line(record.get("title")), notes).strip()
    if not title:
        return Refused("title", "title-missing", place, excerpt=record.excerpt)
    isbn = clean_code(record.get("isbn_issn"))
    year = short_text(record.get("publish_year"), notes).strip()
    edition = short_text(_line(record.get("edition")), notes)
    identity = "\x1f".join((title, isbn, year, edition))
    key = f"{library.source}:title:{blake2b(identity.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"
    number = 2
    while key in library.title_keys:
        notes.add("title-repeated")
        key = f"{key.partition('~')[0]}~{number}"
        number += 1
    library.title_keys.add(key)
    text = hash(title)
    if text in library.titles_by_text:
        library.ambiguous.add(text)
    library.titles_by_text.setdefault(text, key)
    for code in _list(record.get("item_code")):
        barcode, fault = code_from(code)
        first = library.item_titles.get(code_key(barcode))
        if barcode and first is None:
            library.items.add(barcode, place.line)
            library.item_titles[code_key(barcode)] = (key, place.line)
        else:
            reason = "barcode-on-two-titles" if first else fault or "barcode-missing"
            params = {"barcode": barcode, "first": str(first[1]) if first else ""}
            library.refused.append(Refused("item", reason, place, params, code[:EXCERPT]))
    return TitleRow(
        source_key=key,
        place=place,
        title=title,
        authors=_list(record.get("authors")),
        responsibility=short_text(_line(record.get("sor")), notes),
        edition=edition,
        isbn=isbn,
        publisher=short_text(_line(record.get("publisher_name")), notes).strip(),
        publish_place=short_text(_line(record.get("place_name")), notes).strip(),
        year=year,
        collation=short_text(_line(record.get("collation")), notes),
        series=short_text(_line(record.get("series_title")), notes),
        call_number=short_text(_line(record.get("call_number")), notes),
        classification=short_text(_line(record.get("classification")), notes),
        language=short_text(record.get("language_name"), notes).strip(),
        material=short_text(record.get("gmd_name"), notes).strip(),
        subjects=_list(record.get("topics")),
        notes=long_text(record.get("notes").replace("\\r\\n", "\n").replace("\\n", "\n"), notes),
        cover=short_text(record.get("image"), notes).strip(),
        unsaid=("hidden", "other_title"),
    )


def _item(record: Record, place: Place, library: _Library, notes: set[str]) -> Row:
    raw = record.get("item_code")
    barcode, code_note = code_from(raw)
    if not barcode:
        return Refused("item", code_note or "barcode-missing", place, excerpt=record.excerpt)
    if run_together(barcode):
        return Refused("item", "codes-run-together", place, {"barcode": barcode})
    key = code_key(barcode)
    if key in library.own_items:
        return Refused("item", "barcode-repeated", place, {"barcode": barcode})
    library.own_items.add(key)
    library.items.add(barcode, place.line)
    title = short_text(record.get("title"), notes).strip()
    title_key = library.item_titles.get(key, ("", 0))[0]
    if not title_key and library.titles_by_text:
        title_key = library.titles_by_text.get(hash(title), "")
        if hash(title) in library.ambiguous:
            notes.add("title-ambiguous")
        elif not title_key:
            notes.add("title-not-found")
    if not title and not title_key:
        return Refused("item", "title-missing", place, {"barcode": barcode})
    if barcode != raw.strip(" "):
        notes.add("code-cleaned")
    received, date_note = day_from(record.get("received_date"))
    status, status_note = _status(record.get("item_status_name"))
    notes.update(note for note in (code_note, date_note, status_note) if note)
    return ItemRow(
        source_key=_item_key(library, barcode),
        place=place,
        barcode=barcode,
        title_key=title_key,
        title_text=title,
        call_number=short_text(record.get("call_number"), notes),
        inventory_no=short_text(record.get("inventory_code"), notes).strip(),
        collection=short_text(record.get("coll_type_name"), notes).strip(),
        location=short_text(record.get("location_name"), notes).strip(),
        shelf=short_text(record.get("site"), notes).strip(),
        status=status,
        price=price_of(record.get("price"), record.get("price_currency"), notes),
        source=SOURCES.get(record.get("source").strip(), ""),
        received_on=received,
        unsaid=("parts",),
    )


def _bare_items(library: _Library) -> Iterator[Row]:
    """Copies of which only the code is known, from the title file."""
    for key, (title_key, line) in library.item_titles.items():
        if key in library.own_items:
            continue
        barcode, place = library.items.find(key), Place(library.title_file, line)
        if run_together(barcode):
            yield Refused("item", "codes-run-together", place, {"barcode": barcode})
        else:
            yield ItemRow(_item_key(library, barcode), place, barcode, title_key, unsaid=_BEYOND_THE_CODE)
    library.item_titles.clear()


_BEYOND_THE_CODE = tuple(
    "call_number inventory_no collection location shelf status price parts source received_on".split()
)


def _item_key(library: _Library, barcode: str) -> str:
    return f"{library.source}:item:code:{code_key(barcode)}"


def _status(name: str) -> tuple[str, str]:
    if name.strip().casefold() in _AVAILABLE:
        return "available", ""
    meant = status_of_name(name)
    return (meant, "") if meant else ("not-for-loan", "status-unknown")


def _member(record: Record, place: Place, library: _Library, notes: set[str]) -> Row:
    raw = record.get("member_id")
    member_no, code_note = code_from(raw)
    name = short_text(record.get("member_name"), notes).strip()
    if not member_no:
        return Refused("member", code_note or "member-number-missing", place, excerpt=name[:EXCERPT])
    if library.members.add(member_no, place.line) is not None:
        return Refused("member", "member-number-repeated", place, {"member_no": member_no})
    if member_no != raw.strip(" "):
        notes.add("code-cleaned")
    if library.items.find(member_no):
        notes.add("number-is-also-a-barcode")
    if not name:
        notes.add("number-as-name")
    born, born_note = day_from(record.get("birth_date"))
    registered, registered_note = day_from(record.get("register_date") or record.get("member_since_date"))
    expires, expires_note = day_from(record.get("expire_date"))
    notes.update(note for note in (code_note, born_note, registered_note, expires_note) if note)
    if expires is None:
        notes.add("expiry-unknown")
    address = long_text(record.get("member_address"), notes).strip()
    postal_code = short_text(record.get("postal_code"), notes).strip()
    return MemberRow(
        source_key=f"{library.source}:member:{member_no}",
        place=place,
        member_no=member_no,
        name=name or member_no,
        member_type=short_text(record.get("member_type_name"), notes).strip(),
        institution=short_text(record.get("inst_name"), notes).strip(),
        gender={"1": "m", "0": "f"}.get(record.get("gender").strip(), ""),
        born_on=born,
        address=f"{address}\n{postal_code}".strip() if postal_code not in address else address,
        email=short_text(record.get("member_email"), notes).strip(),
        phone=short_text(record.get("member_phone"), notes).strip(),
        registered_on=registered,
        expires_on=expires,
        notes=long_text(record.get("member_notes"), notes),
        photo=short_text(record.get("member_image"), notes).strip(),
        unsaid=("blocked", "card_nos"),
    )


def _line(text: str) -> str:
    """A field of one line in which SLiMS wrote a line break as backslash and n."""
    return text.replace("\\r\\n", " ").replace("\\n", " ") if "\\" in text else text


def _list(text: str) -> tuple[str, ...]:
    """The parts of `<a><b>`; a text without the outer brackets is one part."""
    text = _line(text).strip()
    inside = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    parts = (short_text(part, set()).strip() for part in inside.split("><"))
    return tuple(dict.fromkeys(part for part in parts if part))
