"""Headers as campus libraries write them: every one means one thing."""

from __future__ import annotations

import pytest

from app.domain.text import fold
from app.importers.sheet_words import _MEMBER_WORDS, _TITLE_WORDS, ITEMS, MEMBERS, meaning_of, meanings


@pytest.mark.parametrize(
    ("header", "kind", "meaning"),
    [
        ("Judul", ITEMS, "title"), ("  JUDUL   BUKU ", ITEMS, "title"), ("No. Barcode", ITEMS, "barcode"),
        ("Kode Eksemplar", ITEMS, "barcode"), ("Subjek/Topik", ITEMS, "subject"), ("Harga (Rp)", ITEMS, "price"),
        ("ISBN/ISSN", ITEMS, "isbn"), ("No. Induk", ITEMS, "inventory_no"), ("Pengarang_2", ITEMS, "author"),
        ("N I M", MEMBERS, ""), ("NIM", MEMBERS, "member_no"), ("L/P", MEMBERS, "gender"),
        ("Alamat E-mail", MEMBERS, "email"), ("E-mail", MEMBERS, "email"), ("Tgl. Lahir", MEMBERS, "born"),
        ("Agama", MEMBERS, ""), ("", MEMBERS, ""), ("Judul", MEMBERS, ""), ("judul " * 50, ITEMS, ""),
    ],
)  # fmt: skip
def test_a_header_is_known_however_it_is_written(header: str, kind: str, meaning: str) -> None:
    assert meaning_of(header, kind) == meaning


@pytest.mark.parametrize(
    ("headers", "kind", "meaning"),
    [
        ("Berlaku s/d|Berlaku Sampai|Masa Aktif|Tgl. Kadaluarsa|Tgl Kedaluwarsa|EXPIRED", MEMBERS, "expires"),
        ("No. Telp/WA|No HP|No. WhatsApp|Telepon/HP|Nomor HP/WA|Kontak", MEMBERS, "phone"),
        ("JK|L/P|JK (L/P)|Jenis Kelamin (L/P)", MEMBERS, "gender"),
        ("Prodi|Jurusan|Program Studi|Angkatan|Fakultas|Prodi/Jurusan|Tahun Masuk", MEMBERS, "institution"),
        ("NIM|NIM/NIP|No. Induk|Nomor Induk Mahasiswa|NPM|No. Stambuk", MEMBERS, "member_no"),
        ("Nama Lengkap|Nama Mahasiswa|Nama Mhs", MEMBERS, "name"),
        ("Jumlah Eks|Jml. Eks|Jumlah Eksemplar|JML EKSEMPLAR|Jumlah|Eks.|Qty", ITEMS, "copies"),
        ("No. Induk|Nomor Induk|No. Inv.|Nomor Inventaris", ITEMS, "inventory_no"),
        ("Nomor Panggil|No. Panggil|Call Number|Kode Panggil", ITEMS, "call_number"),
        ("Pengarang|Penulis|Pengarang/Penulis|Penyusun", ITEMS, "author"),
        ("Thn. Terbit|Tahun Terbit|Th. Terbit|Thn", ITEMS, "year"),
        ("Penerbit|Nama Penerbit", ITEMS, "publisher"),
    ],
)  # fmt: skip
def test_what_campus_libraries_write_is_known(headers: str, kind: str, meaning: str) -> None:
    assert {header: meaning_of(header, kind) for header in headers.split("|")} == dict.fromkeys(
        headers.split("|"), meaning
    )


@pytest.mark.parametrize(
    ("header", "kind", "meaning"),
    [
        ("NIS/NIM", MEMBERS, "member_no"), ("NIM/NIS", MEMBERS, "member_no"), ("NIS / NIM", MEMBERS, "member_no"),
        ("NIP/NIM", MEMBERS, "member_no"), ("NIM atau NIP", MEMBERS, "member_no"), ("L/P", MEMBERS, "gender"),
        ("No. Anggota (NIM/NIP/NIDN)", MEMBERS, "member_no"), ("No. HP/WA", MEMBERS, "phone"),
        ("Penulis (Pengarang)", ITEMS, "author"), ("NIM/Nama", MEMBERS, ""), ("Judul/Pengarang", ITEMS, ""),
        ("Nama (keadaan darurat)", MEMBERS, ""), ("NIM/Agama", MEMBERS, ""), ("/", MEMBERS, ""), ("()", ITEMS, ""),
    ],
)  # fmt: skip
def test_two_names_of_one_thing_mean_it_and_of_two_things_nothing(header: str, kind: str, meaning: str) -> None:
    assert meaning_of(header, kind) == meaning


@pytest.mark.parametrize(("words", "kind"), [(_TITLE_WORDS, ITEMS), (_MEMBER_WORDS, MEMBERS)])
def test_every_name_is_folded_and_stands_once(words: dict[str, str], kind: str) -> None:
    names = [name for known in words.values() for name in known.split("|")]
    assert [name for name in names if fold(name) != name or names.count(name) > 1] == []
    assert set(meanings(kind)) == set(words)
