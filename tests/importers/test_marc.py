"""MARC records as titles and copies: keys, refusals, repeated barcodes, alternate scripts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from app.importers.marc import MarcOptions, read, rows_of
from app.importers.marc_fields import KOHA, mapping_for
from app.importers.marc_records import MarcField, MarcRecord
from app.importers.rows import ItemRow, Noted, Refused, Row, TitleRow

UNICORN = MarcOptions(mapping_for("949$i"))


def count(rows: Iterable[Row]) -> Counter[str]:
    """Rows by type, refusals by reason, notes by code."""
    return Counter(
        row.reason if isinstance(row, Refused) else row.note if isinstance(row, Noted) else type(row).__name__
        for row in rows
    )


def titles(rows: Iterable[Row]) -> list[TitleRow]:
    return [row for row in rows if isinstance(row, TitleRow)]


def items(rows: Iterable[Row]) -> list[ItemRow]:
    return [row for row in rows if isinstance(row, ItemRow)]


def record(number: int, *fields: tuple[str, str], leader: str = "00000nam a2200000   4500") -> MarcRecord:
    """A record from fields such as ("245", "aJudul|bAnak judul"); control fields have no codes."""
    made = []
    for tag, content in fields:
        if tag < "010":
            made.append(MarcField(tag, "", (("", content),)))
        else:
            made.append(MarcField(tag, "  ", tuple((part[0], part[1:]) for part in content.split("|"))))
    return MarcRecord(number, leader, tuple(made), digest=repr(made))


@pytest.mark.parametrize(
    ("name", "mapping", "expected"),
    [
        ("jazz_1k.mrc", "949$i", {"TitleRow": 1000, "ItemRow": 1238, "price-not-whole": 13}),
        ("lul_fre_500.mrc", "unicorn", {"TitleRow": 500, "ItemRow": 756}),
        ("oss.marc", "unicorn", {"TitleRow": 42, "ItemRow": 5, "barcode-missing": 15}),
        ("map_data.mrc", "evergreen", {"TitleRow": 3, "ItemRow": 3}),
        ("auth-1066.mrc", "", {"authority-record": 1066}),
        ("auth-subset100.mrc", "", {"authority-record": 17}),
        ("hebrew.marc", "", {"TitleRow": 20, "letters-damaged": 1}),  # a DEL stands in a word
        ("FSL.marc", "", {"TitleRow": 52, "isbn-check-digit": 1}),
    ],
)
def test_real_files_give_their_titles_and_copies(
    shared_data: Path, name: str, mapping: str, expected: dict[str, int]
) -> None:
    rows = read(shared_data / "marc_evergreen" / name, MarcOptions(mapping_for(mapping)))
    assert count(rows) == expected


def test_the_shelf_number_taken_for_the_barcode_is_caught(shared_data: Path) -> None:
    """949$a repeats: taken for the barcode it would merge copies, so the repeats are refused, each with its place."""
    rows = list(read(shared_data / "marc_evergreen/jazz_1k.mrc", MarcOptions(mapping_for("949$a"))))
    counted = count(rows)
    assert counted["ItemRow"] == 945
    assert counted["barcode-repeated"] + counted["barcode-on-two-titles"] == 293
    refused = next(row for row in rows if isinstance(row, Refused))
    assert refused.place.line > int(refused.params["first"]) or refused.reason == "barcode-repeated"


def test_both_scripts_of_a_title_can_be_found(shared_data: Path) -> None:
    hebrew = titles(read(shared_data / "marc_evergreen/hebrew.marc"))
    assert all(any("\u05d0" <= letter <= "\u05ea" for letter in row.other_title) for row in hebrew)
    nepali = titles(read(shared_data / "marc_evergreen/nepali.marc"))
    assert sum(bool(row.other_title) for row in nepali) >= 93
    assert nepali[0].title == "बिहानी टुसा"
    assert unicodedata.normalize("NFC", nepali[0].other_title) == "Bihānī Ṭusā"
    assert not unicodedata.is_normalized("NFC", nepali[0].other_title)  # kept for display as the source wrote it


def test_boston_is_read_whole(shared_data: Path) -> None:
    rows = list(read(shared_data / "marc_bu/bu_bibs.mrc"))
    assert len(titles(rows)) == 100
    assert titles(rows)[0].call_number == "HV8699.U5 G35 2002"
    assert titles(rows)[2].title.startswith("Vichy in the tropics : Pe")  # damaged at the source, kept as it is


def test_reading_twice_gives_the_same_keys(shared_data: Path) -> None:
    path = shared_data / "marc_evergreen/oss.marc"
    assert [row.source_key for row in titles(read(path, UNICORN))] == [
        row.source_key for row in titles(read(path, UNICORN))
    ]


def test_a_full_record_becomes_a_full_row() -> None:
    rows = list(
        rows_of(
            [
                record(
                    1,
                    ("001", " u17 "),
                    ("008", "150101s2015    io            000 0 ind d"),
                    ("020", "a978-602-03-1234 (jilid lengkap)"),
                    ("020", "a9786020332956 (pbk.) :|cRp 45.000"),
                    ("082", "a297.4"),
                    ("084", "a297.4 RAS f"),
                    ("100", "aRasjid, Sulaiman,|d1896-1976."),
                    ("245", "aFiqh Islam :|bhukum fiqh lengkap /|cH. Sulaiman Rasjid."),
                    ("250", "aCet. 27."),
                    ("260", "aBandung :|bSinar Baru Algensindo,|cc2015."),
                    ("300", "axx, 468 hlm. ;|c21 cm +|e1 CD-ROM"),
                    ("490", "aSeri fiqh ;|v2"),
                    ("650", "aFiqh|xPengajaran."),
                    ("700", "aBudi Santoso, Dr."),
                    ("880", "6245-01|aالفقه الإسلامي"),
                    ("952", "pP.01-7/2015|o297.4 RAS f c.1|yBK|aPUSAT|cR2|g45000.00|d2015-02-14|9812"),
                    ("952", "pP.01-8/2015|71|9813"),
                    ("952", "p|o297.4"),
                )
            ],
            MarcOptions(KOHA, "koha"),
            "x.mrc",
        )
    )
    title, first, second = titles(rows)[0], *items(rows)
    assert title.source_key == "koha:title:u17"
    assert title.title == "Fiqh Islam : hukum fiqh lengkap"
    assert title.other_title == "الفقه الإسلامي"
    assert title.authors == ("Rasjid, Sulaiman", "Budi Santoso, Dr.")
    assert (title.isbn, title.year, title.language, title.material) == ("9786020332956", "2015", "ind", "book")
    assert (title.publish_place, title.publisher, title.edition) == ("Bandung", "Sinar Baru Algensindo", "Cet. 27.")
    assert (title.call_number, title.classification) == ("297.4 RAS f", "297.4")
    assert title.series == "Seri fiqh ; 2"
    assert title.subjects == ("Fiqh -- Pengajaran",)
    assert (first.source_key, first.barcode, first.title_key) == ("koha:item:812", "P.01-7/2015", title.source_key)
    assert (first.collection, first.location, first.shelf, first.price) == ("BK", "PUSAT", "R2", 45000)
    assert (first.call_number, first.parts, str(first.received_on)) == ("297.4 RAS f c.1", "1 CD-ROM", "2015-02-14")
    assert (first.status, second.status) == ("available", "not-for-loan")
    assert count(rows) == {"TitleRow": 1, "ItemRow": 2, "barcode-missing": 1}


@pytest.mark.parametrize(
    ("flags", "status"),
    [("00|10|40|70|50", "available"), ("01|11", "withdrawn"), ("12|41", "lost"), ("41|71", "damaged"),
     ("7-1", "not-for-loan"), ("51", "reference")],
)  # fmt: skip
def test_koha_flags_mean_a_status(flags: str, status: str) -> None:
    rows = rows_of([record(1, ("245", "aX"), ("952", f"pB1|{flags}"))], MarcOptions(KOHA), "x")
    assert items(rows)[0].status == status


def test_a_barcode_belongs_to_the_first_copy() -> None:
    rows = list(
        rows_of(
            [
                record(1, ("001", "a"), ("245", "aSatu"), ("949", "iB1"), ("949", "ib1 ")),
                record(2, ("001", "b"), ("245", "aDua"), ("949", "iB1"), ("949", "iB2|iB3")),
            ],
            UNICORN,
            "x.mrc",
        )
    )
    assert [row.barcode for row in items(rows)] == ["B1", "B2", "B3"]
    refused = [row for row in rows if isinstance(row, Refused)]
    assert [(row.reason, row.place.line, row.params["first"]) for row in refused] == [
        ("barcode-repeated", 1, "1"),
        ("barcode-on-two-titles", 2, "1"),
    ]


def test_invisible_characters_leave_a_barcode() -> None:
    rows = list(rows_of([record(1, ("245", "aX"), ("949", "i\ufeff 0012\u200b3 "), ("949", "i1 2"))], UNICORN, "x"))
    assert [row.barcode for row in items(rows)] == ["00123", "1 2"]
    assert count(rows)["code-has-blank"] == 1


def test_repeated_record_numbers_do_not_merge_titles() -> None:
    same = record(1, ("001", "7"), ("245", "aSatu"))
    rows = list(rows_of([same, same, record(3, ("001", "7"), ("245", "aLain"))], MarcOptions(), "x"))
    assert count(rows) == {"TitleRow": 2, "record-repeated": 1, "record-number-repeated": 1}
    first, second = titles(rows)
    assert first.source_key != second.source_key
