"""Records out of SLiMS's CSV text, by the dialect each of its pages writes.

Knows columns, separators, enclosers and quoting; not what the columns mean. A record that fits no reading is told as a
fault and the next one is read: a quotation mark too many costs one row and not the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from app.importers.archives import Limits, Packed, open_packed
from app.importers.mysql_values import real_text
from app.importers.problems import ImportProblem
from app.importers.rows import Progress

BIBLIO, ITEM, MEMBER = "biblio", "item", "member"

COLUMNS: dict[str, tuple[str, ...]] = {
    BIBLIO: tuple(
        "title gmd_name edition isbn_issn publisher_name publish_year collation series_title call_number language_name"
        " place_name classification notes image sor authors topics item_code".split()
    ),
    ITEM: tuple(
        "item_code call_number coll_type_name inventory_code received_date supplier_name order_no location_name"
        " order_date item_status_name site source invoice price price_currency invoice_date input_date last_update"
        " title".split()
    ),
    MEMBER: tuple(
        "member_id member_name gender member_type_name member_email member_address postal_code inst_name is_new"
        " member_image pin member_phone member_fax member_since_date register_date expire_date birth_date member_notes"
        " mpasswd".split()
    ),
}
"""Columns in the order of SLiMS's export and import pages; the last of MEMBER only in its import sample."""

LONGEST_LINE = 1 << 20
LONGEST_RECORD = 256 << 10
MOST_LINES = 60
"""Lines of one record; more of them mean that a quotation mark was not closed."""

_EXCERPT = 80
_SEPARATORS = ",;\t|"
_ENCLOSERS = "\"'`~"
_DATE = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2})?(?: [0-9:]{5,8})?")
_DAY = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2})?")
_PACKED_LIST = re.compile(r"(?:<.*>)?", re.DOTALL)
_BACKSLASHED = re.compile(r"\\(.)", re.DOTALL)
_BACKSLASH = {"n": "\n", "r": "\r", "t": "\t", "0": "", "Z": ""}


class Record(Struct):
    """One record: the line it begins on, its values by column name, a fault or "", and notes."""

    line: int
    values: Sequence[str]
    names: dict[str, int]
    fault: str = ""
    notes: tuple[str, ...] = ()

    def get(self, name: str) -> str:
        """The value of a column, "" where there is none."""
        at = self.names.get(name)
        return self.values[at] if at is not None and at < len(self.values) else ""

    @property
    def excerpt(self) -> str:
        """The beginning of the record, for a report."""
        return " | ".join(value for value in self.values[:3] if value)[:_EXCERPT].replace("\n", " ")


class Shape(Struct, frozen=True):
    """What a file looks like: dialect, separator, encloser ("" for none), and whether its first row holds names."""

    packed: Packed
    dialect: str
    separator: str
    encloser: str
    has_header: bool

    @property
    def label(self) -> str:
        """The column that names a record in a note."""
        return {BIBLIO: "title", ITEM: "item_code", MEMBER: "member_id"}[self.dialect]

    def records(self, header: bool | None, progress: Progress | None) -> Iterator[Record]:
        """Yield the records behind the header. Raises ImportProblem: "archive-damaged", "archive-too-large"."""
        names = {name: index for index, name in enumerate(COLUMNS[self.dialect])}
        first = True
        for record in _records(self, names, progress):
            if first and (self.has_header if header is None else header):
                if not record.fault:
                    names.clear()
                    names.update(_header_names(record.values, self.dialect))
            else:
                yield record
            first = False

    @property
    def widths(self) -> tuple[int, ...]:
        """How many columns a record may have."""
        return (18, 19) if self.dialect == MEMBER else (len(COLUMNS[self.dialect]),)


def open_csv(path: Path, dialect: str, separator: str, encloser: str, limits: Limits) -> Shape:
    """Find out what a CSV file of SLiMS looks like; what is given is not questioned.

    Raises ImportProblem: "not-slims-csv" and what `open_packed` raises.
    """
    packed = open_packed(path, limits)
    with packed.open() as stream:
        head = stream.read(1 << 16).removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    found = sniff(head, separator, encloser, dialect)
    if found is None:
        raise ImportProblem("not-slims-csv", {"file": packed.name})
    return Shape(packed, *found)


def sniff(head: str, separator: str = "", encloser: str = "", dialect: str = "") -> tuple[str, str, str, bool] | None:
    """Dialect, separator, encloser and whether a header stands, from a file's beginning (bytes as Latin-1); or None."""
    if not separator or not encloser:
        separator, encloser = _signs(head, separator, encloser)
    sign, mark = re.escape(separator), re.escape(encloser)
    # A line that ends inside a value goes on: an address of three lines is still one record.
    ends = rf"(?<={mark})(?:{sign})?[ ]*[\r\n]+(?={mark})" if mark else r"[\r\n]+"
    lines = [line for line in re.split(ends, head.strip("\r\n")) if line.strip()]
    if len(lines) > 1 and len(head) >= 1 << 16:
        lines.pop()  # perhaps not whole
    rows = [_plain_split(line, separator, encloser) for line in lines[:50]]
    if not rows:
        return None
    names = {name.strip().lower() for name in rows[0]}
    for kind in (dialect,) if dialect else (BIBLIO, ITEM, MEMBER):
        if len(names & set(COLUMNS[kind])) >= 10:
            return kind, separator, encloser, True
    if dialect:
        return dialect, separator, encloser, False
    scores = {kind: sum(_looks_like(row, kind) for row in rows) for kind in (BIBLIO, ITEM, MEMBER)}
    best = max(scores, key=lambda kind: scores[kind])
    # Damaged records do not fit: one good row in three is enough, one in fifty is chance.
    return (best, separator, encloser, False) if scores[best] * 3 >= len(rows) else None


def _signs(head: str, separator: str, encloser: str) -> tuple[str, str]:
    counted: Counter[tuple[str, str]] = Counter()
    for sign in separator or _SEPARATORS:
        for mark in encloser or _ENCLOSERS:
            counted[sign, mark] = head.count(mark + sign + mark)
    (sign, mark), count = counted.most_common(1)[0]
    if count >= 10 or encloser:
        return sign, mark
    return separator or max(_SEPARATORS, key=head.count), ""


def _plain_split(line: str, separator: str, encloser: str) -> list[str]:
    if not encloser:
        return line.split(separator)
    line = line.strip().removesuffix(separator)
    return line.removeprefix(encloser).removesuffix(encloser).split(encloser + separator + encloser)


def _looks_like(row: list[str], kind: str) -> bool:
    if kind == BIBLIO:
        return len(row) == 18 and row[0] != "" and all(_PACKED_LIST.fullmatch(value) for value in row[15:])
    if kind == ITEM:
        return len(row) == 19 and row[0] != "" and all(_DATE.fullmatch(row[at]) for at in (4, 8, 15, 16, 17))
    # Days without a time of day: where they stand, a copy has its price and the moments it was entered and changed.
    days = len(row) in (18, 19) and all(_DAY.fullmatch(row[at]) for at in (13, 14, 15, 16))
    return days and row[2].strip() in ("", "0", "1") and any(row[13:16])


def _header_names(values: Sequence[str], dialect: str) -> dict[str, int]:
    known = COLUMNS[dialect]
    named = {value.strip().lower(): index for index, value in enumerate(values)}
    found = {name: named[name] for name in known if name in named}
    return found if len(found) * 2 >= len(known) else {name: index for index, name in enumerate(known)}


def _records(shape: Shape, names: dict[str, int], progress: Progress | None) -> Iterator[Record]:
    """Join lines to records: a record is whole when it can be read; a line that is one by itself begins a new one."""
    held, held_line, held_lines = "", 0, 0
    for number, line in _lines(shape.packed, progress):
        text, guessed = real_text(line)
        notes = ("letters-guessed",) if guessed else ()
        if held:
            values = _parse(text, shape)
            if values is None and held_lines < MOST_LINES and len(held) < LONGEST_RECORD:
                joined = f"{held}\n{text}"
                values = _parse(joined, shape)
                if values is None:
                    held, held_lines = joined, held_lines + 1
                else:
                    held = ""
                    yield Record(held_line, values, names, "", notes)
                continue
            yield _faulty(held, held_line, names, shape)
            held = ""
            if values is not None:
                yield Record(number, values, names, "", notes)
                continue
        if not text.strip(" \t\r\n\x00\x1a"):
            continue
        values = _parse(text, shape)
        if values is None:
            held, held_line, held_lines = text, number, 1
        else:
            yield Record(number, values, names, "", notes)
    if held:
        yield _faulty(held, held_line, names, shape)


def _faulty(text: str, line: int, names: dict[str, int], shape: Shape) -> Record:
    return Record(line, _plain_split(text[:4000], shape.separator, shape.encloser), names, "columns-wrong")


def _parse(text: str, shape: Shape) -> list[str] | None:
    """The values of a whole record, or None when it is none (or not yet)."""
    separator, mark, widths = shape.separator, shape.encloser, shape.widths
    text = text.strip("\r\n\x00\x1a")
    if not mark:
        return _fitted(text.split(separator), widths)
    text = text.strip(" ")
    ended = text.removesuffix(separator)
    if not ended.startswith(mark) or not ended.endswith(mark) or len(ended) < 2:
        return None
    for reading in _READINGS[shape.dialect]:
        fitted = _fitted(reading(ended, separator, mark), widths)
        if fitted is not None:
            return fitted
    if shape.dialect == ITEM:
        # The title stands last and is the only text likely to hold the very signs that part columns.
        parts = _as_it_stands(ended, separator, mark)
        if len(parts) > widths[0]:
            last = (mark + separator + mark).join(parts[widths[0] - 1 :])
            return [*parts[: widths[0] - 1], last]
    return None


def _fitted(values: list[str], widths: tuple[int, ...]) -> list[str] | None:
    """The values when their number is right, or right but for one empty column too many at the end."""
    if len(values) in widths:
        return values
    return values[:-1] if len(values) == max(widths) + 1 and not values[-1].strip() else None


def _as_it_stands(text: str, separator: str, mark: str) -> list[str]:
    return text[1:-1].split(mark + separator + mark)


def _doubled(text: str, separator: str, mark: str) -> list[str]:
    """RFC 4180; [] when a mark stands where it must not."""
    sign = re.escape(mark)
    values = _walked(text, _enclosed(mark, separator, rf"(?:[^{sign}]|{sign}{sign})*+"))
    return [value.replace(mark * 2, mark) for value in values]


def _backslashed(text: str, separator: str, mark: str) -> list[str]:
    """Values in which a backslash stands before marks, backslashes and the letters of line ends; [] if they are not."""
    values = _walked(text, _enclosed(mark, separator, rf"(?:[^{re.escape(mark)}\\]|\\.)*+"))
    return [_BACKSLASHED.sub(lambda found: _BACKSLASH.get(found[1], found[1]), value) for value in values]


def _walked(text: str, pattern: re.Pattern[str]) -> list[str]:
    values: list[str] = []
    at = 0
    while (found := pattern.match(text, at)) is not None:
        values.append(found[1])
        at = found.end()
        if not found[2]:
            return values
    return []


@lru_cache(maxsize=32)
def _enclosed(mark: str, separator: str, inside: str) -> re.Pattern[str]:
    sign = re.escape(mark)
    return re.compile(rf"{sign}({inside}){sign}({re.escape(separator)}|\Z)", re.DOTALL)


_READINGS = {
    BIBLIO: (_doubled, _as_it_stands),
    ITEM: (_doubled, _as_it_stands),
    MEMBER: (_backslashed, _doubled, _as_it_stands),
}


def _lines(packed: Packed, progress: Progress | None) -> Iterator[tuple[int, str]]:
    """Yield numbered lines, bytes as Latin-1 letters; CR, LF and CRLF end them. Overlong ones come in pieces."""
    number, held = 1, ""
    with packed.open() as stream:
        while block := stream.read():
            if progress is not None:
                progress(stream.on_disk(), packed.size)
            if number == 1 and not held:
                block = block.removeprefix(b"\xef\xbb\xbf")
            held += block.decode("latin-1")
            # A CR at the end may be half of a CRLF.
            parts = re.split(r"\r\n|\r(?!\Z)|\n", held)
            held = parts.pop()
            for part in parts:
                yield number, part
                number += 1
            if len(held) > LONGEST_LINE:
                yield number, held
                held = ""
    if held:
        yield number, held
