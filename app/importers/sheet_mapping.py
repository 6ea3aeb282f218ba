"""Which column of a sheet means what: known headers in Indonesian and English, suggestion, built-in sheets.

Knows column names, not files. A mapping is a plain value that a person can change; a column without a meaning
is left out, and the suggestion shows which. Some columns of the INLISLite member sheet are left out on
purpose: mother's name, religion, identity number, marital status and emergency contacts are nobody's business
at a lending desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, field

from app.domain.text import fold
from app.importers.sheet_source import Cell, SheetRow

ITEMS = "items"
MEMBERS = "members"

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
    """One column as the suggestion shows it: place (0-based), header as written, meaning or "", first values."""

    index: int
    header: str
    meaning: str
    examples: tuple[str, ...] = ()


class SheetSuggestion(Struct, frozen=True):
    """What a sheet seems to be. `mapping` is None when no row looks like a header: a person must say."""

    mapping: SheetMapping | None
    columns: tuple[Column, ...] = field(default_factory=tuple)


_TITLE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "key": "id|biblio id|id buku|id judul|id katalog|record id|bib id|book id|kode judul",
        "title": "judul|judul buku|judul utama|judul koleksi|judul lengkap|title|book title|nama buku|judul pustaka",
        "subtitle": "anak judul|sub judul|subjudul|subtitle|judul tambahan",
        "other_title": "judul asli|judul lain|judul seri lain|original title|other title|judul paralel",
        "author": "pengarang|penulis|author|authors|nama pengarang|pengarang utama|tajuk pengarang|nama penulis"
        "|tajuk pengarang badan kooperasi|tajuk pengarang badan korporasi|pengarang tambahan nama orang"
        "|pengarang tambahan nama badan|pengarang tambahan|pengarang 1|pengarang 2|pengarang 3|writer|creator",
        "responsibility": "pernyataan tanggungjawab|pernyataan tanggung jawab|sor|statement of responsibility",
        "edition": "edisi|cetakan|edition|edisi cetakan|cet|jilid edisi|ed",
        "isbn": "isbn|isbn issn|no isbn|nomor isbn|isbn10|isbn13|isbn 10|isbn 13|issn isbn",
        "issn": "issn|ismn",
        "publisher": "penerbit|publisher|nama penerbit",
        "place": "kota terbit|tempat terbit|kota|tempat terbit kota|place|publish place|kota penerbit"
        "|place of publication",
        "year": "tahun terbit|tahun|thn terbit|thn|year|publish year|publication year|original publication year"
        "|th terbit|tahun terbitan",
        "pages": "jumlah halaman|halaman|jml hal|jml halaman|hal|pages|kolasi|deskripsi fisik|collation|jumlah hal",
        "size": "dimensi|ukuran|tinggi buku|size|dimensions",
        "series": "judul seri|seri|series|series title",
        "call_number": "nomor panggil katalog|no panggil|nomor panggil|call number|no panggil buku|callnumber|call no"
        "|nomor panggil buku",
        "classification": "no ddc|ddc|klasifikasi|no klas|nomor klasifikasi|classification|kelas buku|no klasifikasi"
        "|no kelas|nomor klas",
        "language": "bahasa|language|language code|kode bahasa",
        "material": "media|gmd|jenis media|bentuk fisik|format|material|gmd name",
        "material_kind": "jenis bahan|jenis pustaka|bahan",
        "subject": "subjek topik|subjek|subyek|subject|subjects|topik|kata kunci|keywords|tajuk subjek|topics",
        "notes": "abstrak|catatan|keterangan|notes|abstract|sinopsis|deskripsi|description",
        "barcode": "no barcode|barcode|kode barcode|kode eksemplar|item code|kode item|nomor barcode|kode buku"
        "|item barcode|copy code|no eksemplar|nomor eksemplar|barkode|accession barcode|kode koleksi",
        "inventory_no": "no induk|nomor induk|no inventaris|nomor inventaris|kode inventaris|inventory code"
        "|no induk buku|accession number|nomor induk buku|accession no|no reg|no registrasi",
        "item_call_number": "nomor panggil eksemplar|no panggil eksemplar|item call number",
        "collection": "kategori|tipe koleksi|jenis koleksi|koleksi|collection|collection type|coll type name"
        "|kategori buku",
        "location": "kode lokasi perpustakaan|lokasi|lokasi perpustakaan|location|location name|perpustakaan|cabang"
        "|branch",
        "shelf": "kode lokasi ruang|rak|lokasi rak|no rak|lemari|ruang|shelf|nomor rak|site",
        "access": "akses|hak akses|access|aturan pinjam",
        "status": "ketersediaan|status|status eksemplar|status buku|kondisi|item status|item status name|availability",
        "price": "harga|harga buku|price|harga satuan|harga beli|nilai|harga rp",
        "currency": "mata uang|currency|price currency",
        "received": "tgl pengadaan|tanggal pengadaan|tgl terima|tanggal terima|received date|tanggal perolehan"
        "|tgl masuk|tanggal masuk|tgl perolehan|date received|tanggal penerimaan",
        "source": "jenis sumber|sumber|asal|sumber perolehan|perolehan|asal buku|source|cara perolehan|sumber dana",
        "supplier": "nama sumber|supplier|rekanan|nama rekanan|toko|supplier name|vendor",
        "volume": "edisi serial|volume|vol|jilid|nomor edisi|volume jilid",
        "parts": "bahan sertaan serial|bahan sertaan|lampiran|kelengkapan|parts|accompanying material",
    }
)
_MEMBER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "member_no": "no anggota|nomor anggota|id anggota|member id|kode anggota|nim|nis|nisn|npm|nrp|nip|member no"
        "|member number|no induk siswa|no induk mahasiswa|nomor induk mahasiswa|nomor induk siswa|card number|no kartu",
        "name": "nama|nama anggota|nama lengkap|name|member name|nama siswa|nama mahasiswa|full name|nama peserta",
        "member_type": "jenis anggota|tipe anggota|tipe keanggotaan|member type|member type name|kategori anggota"
        "|status keanggotaan|jenis keanggotaan",
        "institution": "nama institusi|institusi|fakultas|jurusan|program studi|prodi|unit kerja|kelas siswa|kelas"
        "|institution|inst name|department|faculty|instansi|sekolah",
        "gender": "jenis kelamin|l p|lp|kelamin|gender|sex|jk",
        "born": "tanggal lahir|tgl lahir|birth date|date of birth|birthday",
        "address": "alamat tempat tinggal sekarang|alamat|address|member address|alamat rumah|alamat sekarang",
        "home_address": "alamat sesuai ktp|alamat ktp|alamat asal",
        "email": "alamat email|email|e mail|member email|surel",
        "phone": "no hp|hp|no telp|telepon|no telepon|phone|member phone|nomor hp|no wa|whatsapp|telp|handphone"
        "|no hp wa",
        "home_phone": "no telp rumah|telp rumah|telepon rumah",
        "registered": "tanggal pendaftaran|tgl daftar|tanggal daftar|register date|member since date|member since"
        "|tgl pendaftaran|tgl registrasi",
        "expires": "tanggal akhir berlaku|berlaku sampai|masa berlaku|expire date|tgl akhir berlaku|berlaku hingga"
        "|tanggal kedaluwarsa|expiry date|expires|tgl berakhir",
        "member_status": "status anggota|status|member status|keterangan status",
        "notes": "catatan|keterangan|notes|member notes",
        "photo": "photo url|foto|photo|member image|file foto",
        "card": "no rfid|rfid|uid kartu|no kartu rfid|nomor kartu",
    }
)
_MEANINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        kind: MappingProxyType({name: meaning for meaning, names in words.items() for name in names.split("|")})
        for kind, words in ((ITEMS, _TITLE_WORDS), (MEMBERS, _MEMBER_WORDS))
    }
)
_NEEDED: Mapping[str, frozenset[str]] = MappingProxyType(
    {ITEMS: frozenset({"title"}), MEMBERS: frozenset({"member_no", "name"})}
)


def meanings(kind: str) -> tuple[str, ...]:
    """All meanings that a column of this kind of sheet may be given."""
    return tuple(_TITLE_WORDS if kind == ITEMS else _MEMBER_WORDS)


def meaning_of(header: str, kind: str) -> str:
    """The meaning of a header, or ""."""
    return _MEANINGS[kind].get(fold(header[:120]), "")


def by_headers(headers: Iterable[str], kind: str, header_rows: int, name: str = "") -> SheetMapping:
    """The mapping of a header row: each known header once, except those that may be joined."""
    columns: dict[int, str] = {}
    for index, header in enumerate(headers):
        meaning = meaning_of(header, kind)
        if meaning and (meaning in _JOINED or meaning not in columns.values()):
            columns[index] = meaning
    return SheetMapping(kind, header_rows, MappingProxyType(columns), name=name)


_DATES = frozenset({"received", "born", "registered", "expires"})
_JOINED = frozenset({"author", "subject", "institution", "isbn", "notes"})

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


def suggest(rows: Sequence[SheetRow]) -> SheetSuggestion:
    """Look for the header among the first rows of a sheet and name its columns.

    The row with the most known headers of one kind is the header, if it has what that kind cannot be without.
    """
    best: SheetMapping | None = None
    header: SheetRow | None = None
    for position, row in enumerate(rows[:_HEADER_SEARCH]):
        texts = [cell if isinstance(cell, str) else "" for cell in row.cells]
        for kind in (ITEMS, MEMBERS):
            mapping = by_headers(texts, kind, position + 1)
            enough = len(mapping.columns) >= _FEWEST_KNOWN and all(map(mapping.has, _NEEDED[kind]))
            if enough and (best is None or len(mapping.columns) > len(best.columns)):
                best, header = mapping, row
    if best is None or header is None:
        return SheetSuggestion(None, _columns(rows[0] if rows else SheetRow(1, ()), rows[1:], {}))
    best = _known(header, best)
    below = rows[best.header_rows :]
    if _month_first(best, below):
        best = SheetMapping(best.kind, best.header_rows, best.columns, True, best.name)
    return SheetSuggestion(best, _columns(header, below, best.columns))


def _known(header: SheetRow, found: SheetMapping) -> SheetMapping:
    """The built-in mapping when the header is exactly a built-in sheet's, at its place in the file."""
    texts = [fold(shown(cell)) for cell in header.cells]
    for headers, mapping in _BUILT_IN:
        if texts[: len(headers)] == [fold(name) for name in headers]:
            return SheetMapping(mapping.kind, found.header_rows, mapping.columns, name=mapping.name)
    return found


def _columns(header: SheetRow, below: Sequence[SheetRow], known: Mapping[int, str]) -> tuple[Column, ...]:
    columns = []
    for index, cell in enumerate(header.cells):
        values = (shown(row.cells[index]) for row in below if index < len(row.cells))
        examples = tuple(dict.fromkeys(value for value in values if value))[:_EXAMPLES]
        columns.append(Column(index, shown(cell), known.get(index, ""), examples))
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
