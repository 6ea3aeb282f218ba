"""Invented SLiMS libraries written as MySQL dumps, small ones for tests and large ones for measuring.

Every name, title and number is made up here. Table and column names are SLiMS's (a fact of its format).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from app.importers.slims_tables import COLUMNS

_NOUNS = "Ekonomi Fikih Sejarah Biologi Tafsir Hukum Akuntansi Fisika Bahasa Pendidikan Statistika Logika".split()
_TAILS = "Dasar Lanjutan Islam Modern Terapan Nusantara Kontemporer Praktis Umum Perbandingan".split()
_NAMES = "Ahmad Budi Citra Dewi Eka Farhan Gita Hasan Indah Joko Kartika Lukman Maya Nur Putri Rizky Siti Umar".split()


def quoted(value: object) -> str:
    """A value as mysqldump writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    for raw, written in (("\\", "\\\\"), ("'", "\\'"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0")):
        text = text.replace(raw, written)
    return f"'{text}'"


def record(table: str, **values: object) -> tuple[object, ...]:
    """A row of a table in SLiMS's column order; what is not named is NULL."""
    unknown = values.keys() - set(COLUMNS[table])
    assert not unknown, unknown
    return tuple(values.get(column) for column in COLUMNS[table])


def create(table: str) -> str:
    """The CREATE TABLE of a table, as far as a reader of dumps looks at it."""
    body = ",\n".join(f"  `{column}` text DEFAULT NULL" for column in COLUMNS[table])
    return (
        f"DROP TABLE IF EXISTS `{table}`;\n/*!40101 SET character_set_client = utf8mb4 */;\n"
        f"CREATE TABLE `{table}` (\n{body},\n  PRIMARY KEY (`{COLUMNS[table][0]}`)\n) ENGINE=MyISAM;\n\n"
    )


def insert(table: str, rows: Iterable[Sequence[object]], per_statement: int = 1000) -> Iterator[str]:
    """INSERT statements of several rows each, one row a line, as MariaDB's mysqldump writes them."""
    count = 0
    for row in rows:
        if count % per_statement == 0:
            yield (";\n" if count else f"LOCK TABLES `{table}` WRITE;\n") + f"INSERT INTO `{table}` VALUES\n"
        else:
            yield ",\n"
        yield "(" + ",".join(map(quoted, row)) + ")"
        count += 1
    if count:
        yield ";\nUNLOCK TABLES;\n\n"


def write_dump(path: Path, tables: Sequence[tuple[str, Iterable[Sequence[object]]]], per_statement: int = 1000) -> Path:
    """Write a dump of the tables given, in their order."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("-- MySQL dump 10.13\n/*!40101 SET NAMES utf8mb4 */;\n\n")
        for table, rows in tables:
            file.write(create(table))
            file.writelines(insert(table, rows, per_statement))
        file.write("-- Dump completed on 2026-11-20 10:00:00\n")
    return path


def write_library(path: Path, items: int = 100_000, loans: int = 100_000, members: int = 20_000) -> Path:
    """A whole library of a campus: titles with one to three copies, readers, open and past loans, logs."""
    rng = random.Random(7)
    titles = max(1, items // 2)
    days = [f"20{y:02d}-{m:02d}-{d:02d}" for y in (24, 25, 26) for m in range(1, 13) for d in range(1, 29)]

    def title(number: int) -> str:
        return f"{_NOUNS[number % 12]} {_TAILS[number // 12 % 10]} untuk Perguruan Tinggi, jilid {number}"

    def name(number: int) -> str:
        return f"{_NAMES[number % 18]} {_NAMES[number // 18 % 18]} {number}"

    def loan_days(number: int) -> tuple[str, str, str | None]:
        at = rng.randrange(len(days) - 20)
        return days[at], days[at + 7], None if number > loans - loans // 50 else days[at + 5]

    def loan(number: int) -> tuple[object, ...]:
        lent, due, back = loan_days(number)
        return record(
            "loan", loan_id=number, item_code=f"P{1 + number * 7 % items:08d}",
            member_id=f"M{1 + number % members:06d}", loan_date=lent,
            due_date=due, renewed=0, loan_rules_id=0, is_lent=1, is_return=int(back is not None),
            return_date=back, input_date=f"{lent} 09:00:00", last_update=f"{lent} 09:00:00", uid=1,
        )  # fmt: skip

    def history(number: int) -> tuple[object, ...]:
        lent, due, back = loan_days(number)
        return record(
            "loan_history", loan_id=number, item_code=f"P{1 + number * 7 % items:08d}", biblio_id=1 + number % titles,
            title=title(number), call_number="297.3 ABC t", classification="297.3", gmd_name="Text",
            language_name="Indonesia", location_name="Perpustakaan Pusat", collection_type_name="Textbook",
            member_id=f"M{1 + number % members:06d}", member_name=name(number % members), member_type_name="Mahasiswa",
            loan_date=lent,
            due_date=due, renewed=0, is_lent=1, is_return=int(back is not None), return_date=back,
            input_date=f"{lent} 09:00:00", last_update=f"{lent} 09:00:00",
        )  # fmt: skip

    write_dump(
        path,
        [
            ("biblio", (
                record(
                    "biblio", biblio_id=n, gmd_id=1, title=title(n), sor=f"ditulis oleh {name(n)}", edition="Cet. 2",
                    isbn_issn=f"978{n:010d}", publisher_id=1 + n % 300, publish_year=str(1990 + n % 36),
                    collation="xiv, 392 hlm. : ilus. ; 24 cm.", call_number="297.3 ABC t", language_id="id",
                    publish_place_id=1 + n % 40, classification="297.3", frequency_id=0, opac_hide=0, promoted=0,
                    notes="Buku ini membahas dasar-dasar ilmu bagi mahasiswa.\r\n" * (1 + n % 4) + "Tanda \"petik\".",
                    image=f"sampul_{n}.jpg", input_date="2024-01-01 10:00:00", last_update="2024-01-01 10:00:00",
                )
                for n in range(1, titles + 1)
            )),
            ("biblio_author", ((1 + n // 2, 1 + n % 9000, 1 + n % 2) for n in range(titles * 2))),
            ("biblio_topic", ((1 + n // 2, 1 + n % 700, 1) for n in range(titles * 2))),
            ("fines", (
                record("fines", fines_id=n, fines_date="2025-03-04", member_id=f"M{1 + n % members:06d}", debet=500,
                       credit=n % 2 * 500, description=f"Overdue fines for item P{n:08d}")
                for n in range(1, 2001)
            )),
            ("holiday", [(1, "sun", None, "Minggu"), (2, "mon", "2026-08-17", "Kemerdekaan")]),
            ("item", (
                record(
                    "item", item_id=n, biblio_id=1 + n % titles, coll_type_id=1 + n % 3, item_code=f"P{n:08d}",
                    inventory_code=f"INV/{n}/2024", received_date="2024-01-02", supplier_id="1", order_no="",
                    location_id="SL", item_status_id="0", site="Rak A", source=1, invoice="",
                    price=75000, price_currency="Rupiah",
                    input_date="2024-01-02 10:00:00", last_update="2024-01-02 10:00:00", uid=1,
                )
                for n in range(1, items + 1)
            )),
            ("loan", (loan(n) for n in range(1, loans + 1))),
            ("loan_history", (history(n) for n in range(1, loans + 1))),
            ("member", (
                record(
                    "member", member_id=f"M{n:06d}", member_name=name(n), gender=n % 2, birth_date="2003-04-05",
                    member_type_id=1, member_address="Jl. Melati 5\r\nBangkalan", member_email=f"m{n}@example.ac.id",
                    inst_name="Fakultas Dakwah", member_phone="0812000000", register_date="2024-08-01",
                    expire_date="2028-07-31", is_pending=0, input_date="2024-08-01", last_update="2024-08-01",
                )
                for n in range(1, members + 1)
            )),
            ("mst_author", ((n, f"{name(n)}, {n}", None, "p", None, "2024-01-01", None) for n in range(1, 9001))),
            ("mst_coll_type", [(1, "Referensi", None, None), (2, "Buku Teks", None, None), (3, "Fiksi", None, None)]),
            ("mst_gmd", [(1, "TE", "Text", None, "2024-01-01", "2024-01-01")]),
            ("mst_item_status", [("R", "Repair", None, 1, 1, None, None)]),
            ("mst_language", [("id", "Indonesia", "2024-01-01", "2024-01-01")]),
            ("mst_location", [("SL", "Perpustakaan Pusat", "2024-01-01", "2024-01-01")]),
            ("mst_member_type", [(1, "Mahasiswa", 3, 7, 1, 2, 365, 1, 500, 0, "2024-01-01", "2024-01-01")]),
            ("mst_place", ((n, f"Kota {n}", None, None) for n in range(1, 41))),
            ("mst_publisher", ((n, f"Penerbit {n}", None, None) for n in range(1, 301))),
            ("mst_topic", ((n, f"Topik {n}", "t", None, "", None, None) for n in range(1, 701))),
            ("setting", [
                (1, "library_name", 's:20:"Perpustakaan Melati ";'), (2, "ignore_holidays_fine_calc", "b:1;"),
            ]),
            ("system_log", (
                record("system_log", log_id=n, log_type="staff", id="admin", log_location="circulation",
                       sub_module="Loan", action="Add",
                       log_msg=f"admin insert new loan (P{n:08d}) for member ({name(n)})",
                       log_date="2025-01-01 09:00:00")
                for n in range(1, 3 * loans + 1)
            )),
            ("visitor_count", (
                record("visitor_count", visitor_id=n, member_id=f"M{1 + n % members:06d}", member_name=name(n),
                       institution="Fakultas Dakwah", checkin_date="2025-02-03 08:30:00")
                for n in range(1, loans // 2 + 1)
            )),
        ],
    )  # fmt: skip
    return path
