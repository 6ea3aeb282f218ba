"""Which column of a sheet means what: known headers in Indonesian and English, suggestion, built-in sheets.

Knows column names, not files. A person may say what a column means, by its name or its place (`ToldColumns`); a column
without a meaning is left out, and told. Some columns of the INLISLite member sheet have none on purpose: mother's
name, religion, identity number, marital status and emergency contacts are nobody's business at a lending desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, field

from app.domain.member_kinds import kind_of
from app.domain.text import fold
from app.importers.sheet_source import Cell, SheetRow
from app.importers.sheet_words import ITEMS, MEMBERS, meaning_of, meanings

KINDS = (ITEMS, MEMBERS)
_HEADER_SEARCH = 12
_EXAMPLES = 3
_FEWEST_KNOWN = 2


class SheetMapping(Struct, frozen=True):
    """How to read a sheet: its kind ("items" or "members"), the rows above the data, and columns (0-based) by
    meaning.

    Several columns may have one meaning (authors, subjects): they are joined. `month_first`: 02-14-2015.
    """

    kind: str
    header_rows: int
    columns: Mapping[int, str]
    month_first: bool = False
    name: str = ""

    def has(self, meaning: str) -> bool:
        """Whether some column has this meaning."""
        return meaning in self.columns.values()


class Column(Struct, frozen=True):
    """One column as the suggestion shows it: place (0-based), header as written, meaning or "", first values.

    `ignored`: a person said that it is to be left out.
    """

    index: int
    header: str
    meaning: str
    examples: tuple[str, ...] = ()
    ignored: bool = False


class ToldColumns(Struct, frozen=True):
    """What a person said of a sheet's columns. A column is named by its header or by its number (the first is 1).

    `meanings`: (column, meaning). `ignored`: columns to leave out. `header_rows`: rows above the data, -1 = find out.
    """

    meanings: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    header_rows: int = -1

    def __bool__(self) -> bool:
        return bool(self.meanings or self.ignored or self.header_rows >= 0)

    def meaning(self, index: int, header: str) -> str:
        """The meaning told for a column, or ""."""
        return next((meaning for name, meaning in self.meanings if _is_called(name, index, header)), "")

    def ignores(self, index: int, header: str) -> bool:
        """Whether the column is to be left out."""
        return any(_is_called(name, index, header) for name in self.ignored)

    def not_in(self, columns: Sequence[Column]) -> tuple[str, ...]:
        """The told columns that a sheet does not have."""
        names = [*(name for name, _ in self.meanings), *self.ignored]
        return tuple(name for name in names if not any(_is_called(name, one.index, one.header) for one in columns))


def _is_called(name: str, index: int, header: str) -> bool:
    if fold(header) == fold(name) and fold(name):
        return True
    return name.isascii() and name.isdigit() and int(name) == index + 1


NOTHING_TOLD = ToldColumns()


class SheetSuggestion(Struct, frozen=True):
    """What a sheet seems to be. `mapping` is None when no row looks like a header: a person must say."""

    mapping: SheetMapping | None
    columns: tuple[Column, ...] = field(default_factory=tuple)


NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType({ITEMS: ("title",), MEMBERS: ("member_no", "name")})
"""What a list cannot be without."""
JOINED = frozenset({"author", "subject", "institution", "isbn", "notes"})
"""Meanings that several columns may share."""


def by_headers(
    headers: Iterable[str], kind: str, header_rows: int, name: str = "", told: ToldColumns = NOTHING_TOLD
) -> SheetMapping:
    """The mapping of a header row: what a person told, then each known header once, except those that may be joined."""
    texts = list(headers)
    columns: dict[int, str] = {}
    for index, header in enumerate(texts):
        meaning = told.meaning(index, header)
        if meaning in meanings(kind):
            columns[index] = meaning
    for index, header in enumerate(texts):
        meaning = meaning_of(header, kind)
        if index in columns or told.ignores(index, header) or told.meaning(index, header):
            continue
        if meaning and (meaning in JOINED or meaning not in columns.values()):
            columns[index] = meaning
    return SheetMapping(kind, header_rows, MappingProxyType(dict(sorted(columns.items()))), name=name)


_DATES = frozenset({"received", "born", "registered", "expires"})

_INLISLITE_ITEMS = (
    "NO|TGL PENGADAAN|NO. INDUK|NO. BARCODE|NO. RFID|JENIS SUMBER|NAMA SUMBER|MATA UANG|HARGA"
    "|KODE LOKASI PERPUSTAKAAN|KODE LOKASI RUANG|AKSES|KATEGORI|MEDIA|KETERSEDIAAN|NOMOR PANGGIL EKSEMPLAR"
    "|JENIS BAHAN|JUDUL UTAMA|ANAK JUDUL|PERNYATAAN TANGGUNGJAWAB|TAJUK PENGARANG|TAJUK PENGARANG BADAN KOOPERASI"
    "|PENGARANG TAMBAHAN NAMA ORANG|PENGARANG TAMBAHAN NAMA BADAN|EDISI|KOTA TERBIT|PENERBIT|TAHUN TERBIT"
    "|JUMLAH HALAMAN|DIMENSI|ISBN|ISSN|ISMN|NO DDC|NOMOR PANGGIL KATALOG|ABSTRAK|BAHASA|SUBJEK TOPIK|EDISI SERIAL"
    "|TGL TERBIT EDISI SERIAL|BAHAN SERTAAN (SERIAL)|KETERANGAN LAIN (SERIAL)"
).split("|")
_INLISLITE_MEMBERS = (
    "NO|NO ANGGOTA|NAMA|TEMPAT LAHIR|TANGGAL LAHIR|ALAMAT SESUAI KTP|KECAMATAN SESUAI KTP|KELURAHAN SESUAI KTP"
    "|RT SESUAI KTP|RW SESUAI KTP|PROPINSI SESUAI KTP|KABUPATEN / KOTA SESUAI KTP|ALAMAT TEMPAT TINGGAL SEKARANG"
    "|KECAMATAN SEKARANG|KELURAHAN SEKARANG|RT SEKARANG|RW SEKARANG|PROPINSI SEKARANG|KABUPATEN / KOTA SEKARANG"
    "|NO. HP|NO. TELP RUMAH|JENIS IDENTITAS|NO. IDENTITAS|JENIS KELAMIN|AGAMA|PEKERJAAN|IBU KANDUNG|ALAMAT EMAIL"
    "|JENIS ANGGOTA|PENDIDIKAN TERAKHIR|STATUS PERKAWINAN|TANGGAL PENDAFTARAN|TANGGAL AKHIR BERLAKU|JENIS PERMOHONAN"
    "|STATUS ANGGOTA|NAMA INSTITUSI|ALAMAT INSTITUSI|NO TELP INSTITUSI|NAMA (KEADAAN DARURAT)"
    "|ALAMAT (KEADAAN DARURAT)|NO TELP (KEADAAN DARURAT)|STATUS HUBUNGAN (DARURAT)|UNIT KERJA|TAHUN AJARAN|FAKULTAS"
    "|JURUSAN|PROGRAM STUDI|KELAS SISWA|PHOTO URL"
).split("|")

INLISLITE_ITEMS = by_headers(_INLISLITE_ITEMS, ITEMS, 2, "inlislite-items")
"""The bulk sheet of INLISLite v3 (Perpusnas): 42 columns under two header rows."""

INLISLITE_MEMBERS = by_headers(_INLISLITE_MEMBERS, MEMBERS, 1, "inlislite-members")
"""The member sheet of INLISLite v3: 49 columns under one header row."""

_BUILT_IN = ((_INLISLITE_ITEMS, INLISLITE_ITEMS), (_INLISLITE_MEMBERS, INLISLITE_MEMBERS))


def suggest(rows: Sequence[SheetRow], told: ToldColumns = NOTHING_TOLD) -> SheetSuggestion:
    """Look for the header among the first rows of a sheet and name its columns.

    The row with the most known headers of one kind is the header, if it has what that kind cannot be without. Without
    such a row a sheet can be read by what a person told of its columns.
    """
    best, header = _found(rows, told)
    if best is None:
        best = _without_header(rows, told)
    if best is None:
        return SheetSuggestion(None, _columns(rows[0] if rows else SheetRow(1, ()), rows[1:], {}, told))
    below = rows[best.header_rows :]
    if header is not None:
        best = _types_in_status(best if told else _known(header, best), below)
    if _month_first(best, below):
        best = SheetMapping(best.kind, best.header_rows, best.columns, True, best.name)
    shape = header if header is not None else SheetRow(1, (None,) * max((len(row.cells) for row in below), default=0))
    return SheetSuggestion(best, _columns(shape, below, best.columns, told))


def columns_as(rows: Sequence[SheetRow], kind: str, header_rows: int) -> tuple[Column, ...]:
    """The columns of a sheet taken for a list of one kind, with so many rows above its data; the last of them is the
    header. As many columns as the widest row has."""
    width = max((len(row.cells) for row in rows), default=0)
    cells = rows[header_rows - 1].cells if 0 < header_rows <= len(rows) else ()
    header = SheetRow(header_rows, (*cells, *(None,) * (width - len(cells))))
    known = by_headers([shown(cell) for cell in header.cells], kind, header_rows).columns
    return _columns(header, rows[header_rows:], known, NOTHING_TOLD)


def _found(rows: Sequence[SheetRow], told: ToldColumns) -> tuple[SheetMapping | None, SheetRow | None]:
    """The header row with its mapping; where a person told how many rows stand above the data, the last of them."""
    best: SheetMapping | None = None
    header: SheetRow | None = None
    if told.header_rows == 0:
        return None, None
    first, last = (told.header_rows - 1, told.header_rows) if told.header_rows > 0 else (0, _HEADER_SEARCH)
    for position, row in enumerate(rows[first:last], first):
        texts = [cell if isinstance(cell, str) else "" for cell in row.cells]
        for kind in KINDS:
            mapping = by_headers(texts, kind, position + 1, told=told)
            if not all(map(mapping.has, NEEDED[kind])) or not _looks_like_header(texts, mapping, told):
                continue
            if best is None or len(mapping.columns) > len(best.columns):
                best, header = mapping, row
    return best, header


def _looks_like_header(texts: Sequence[str], mapping: SheetMapping, told: ToldColumns) -> bool:
    """Whether words of this row are names of columns; numbers that a person told fit every row alike."""
    if told.header_rows > 0:
        return True
    named = ToldColumns(tuple(one for one in told.meanings if not one[0].isdigit()))
    by_name = [
        index
        for index, text in enumerate(texts)
        if named.meaning(index, text) or meaning_of(text, mapping.kind) == mapping.columns.get(index, "-")
    ]
    return len(by_name) >= _FEWEST_KNOWN


def _without_header(rows: Sequence[SheetRow], told: ToldColumns) -> SheetMapping | None:
    """The mapping of a sheet whose columns were told by their numbers."""
    width = max((len(row.cells) for row in rows), default=0)
    for kind in KINDS:
        mapping = by_headers([""] * width, kind, max(told.header_rows, 0), told=told)
        if all(map(mapping.has, NEEDED[kind])):
            return mapping
    return None


def _types_in_status(mapping: SheetMapping, rows: Sequence[SheetRow]) -> SheetMapping:
    """A column "Status" that says "Dosen" and "Mahasiswa" tells the type of member and not who is held back."""
    at = next((index for index, meaning in mapping.columns.items() if meaning == "member_status"), None)
    if mapping.kind != MEMBERS or at is None or mapping.has("member_type"):
        return mapping
    values = {shown(row.cells[at]) for row in rows if at < len(row.cells)} - {""}
    if not values or not all(map(kind_of, values)):
        return mapping
    columns = MappingProxyType({**mapping.columns, at: "member_type"})
    return SheetMapping(mapping.kind, mapping.header_rows, columns, mapping.month_first, mapping.name)


def _known(header: SheetRow, found: SheetMapping) -> SheetMapping:
    """The built-in mapping when the header is exactly a built-in sheet's, at its place in the file."""
    texts = [fold(shown(cell)) for cell in header.cells]
    for headers, mapping in _BUILT_IN:
        if texts[: len(headers)] == [fold(name) for name in headers]:
            return SheetMapping(mapping.kind, found.header_rows, mapping.columns, name=mapping.name)
    return found


def _columns(
    header: SheetRow, below: Sequence[SheetRow], known: Mapping[int, str], told: ToldColumns
) -> tuple[Column, ...]:
    columns = []
    for index, cell in enumerate(header.cells):
        values = (shown(row.cells[index]) for row in below if index < len(row.cells))
        examples = tuple(dict.fromkeys(value for value in values if value))[:_EXAMPLES]
        columns.append(Column(index, shown(cell), known.get(index, ""), examples, told.ignores(index, shown(cell))))
    return tuple(columns)


def _month_first(mapping: SheetMapping, rows: Sequence[SheetRow]) -> bool:
    """Whether dates can only be month-day-year: a second part above 12 somewhere, a first part above 12
    nowhere.
    """
    dated = [index for index, meaning in mapping.columns.items() if meaning in _DATES]
    parts = [
        [int(part) for part in pieces[:2]]
        for row in rows
        for index in dated
        if index < len(row.cells)
        and len(pieces := shown(row.cells[index]).replace("/", "-").replace(".", "-").split("-")) == 3
        and all(part.isascii() and part.isdigit() and len(part) <= 2 for part in pieces[:2])
    ]
    return any(second > 12 for _, second in parts) and not any(first > 12 for first, _ in parts)


def shown(cell: Cell) -> str:
    """A cell as text: whole numbers without a point, dates as year-month-day."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else str(cell)
