"""Koha's demo catalogue out of its dumps, and dumps as mysqldump writes them."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.importers.koha import read
from app.importers.problems import ImportProblem
from app.importers.rows import ItemRow, Noted, Place, Refused, TitleRow

RECORD = (
    '<record><leader>00000nam a2200000 a 4500</leader><datafield tag="245" ind1="1" ind2="0"><subfield code="a">'
    "{}</subfield></datafield></record>"
)
TITLES = "INSERT INTO `biblio_metadata` (id, biblionumber, format, `schema`, metadata) VALUES"
COLUMNS = "itemnumber,biblionumber,barcode,notforloan,damaged,itemlost,withdrawn,restricted,itype,homebranch,location"


def dump(*statements: str) -> str:
    return "-- MySQL dump\n/*!40101 SET NAMES utf8 */;\n" + ";\n".join(statements) + ";\n"


def test_the_demo_catalogue_comes_whole(shared_data: Path) -> None:
    rows = list(read(shared_data / "koha_items"))
    counted = Counter(type(row).__name__ for row in rows)
    assert (counted["TitleRow"], counted["ItemRow"], counted["Refused"]) == (436, 961, 0)
    items = [row for row in rows if isinstance(row, ItemRow)]
    assert len({item.barcode for item in items}) == 961
    assert Counter(len(item.barcode) for item in items) == {14: 954, 13: 7}
    assert {item.status for item in items} == {"available"}
    keys = {row.source_key for row in rows if isinstance(row, TitleRow)}
    assert {item.title_key for item in items} <= keys
    unusable = [row for row in rows if isinstance(row, Noted) and row.note == "marc-record-unusable"]
    assert [row.params["title"] for row in unusable] == ["Strk̆v̜elser"]


def test_scripts_survive_the_dump(shared_data: Path) -> None:
    text = "".join(row.title + row.other_title for row in read(shared_data / "koha_items") if isinstance(row, TitleRow))
    assert any("\u0600" <= letter <= "\u06ff" for letter in text)
    assert any("\u0400" <= letter <= "\u04ff" for letter in text)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_statuses_and_places_of_copies(tmp_path: Path) -> None:
    record = RECORD.format("Fiqih").replace('"', '\\"')
    path = tmp_path / "koha.sql"
    path.write_text(
        dump(
            f"{TITLES} (1,5,'marcxml','MARC21','{record}')",
            f"INSERT INTO `items` ({COLUMNS}) VALUES (1,5,'A1',0,0,0,0,0,'BK','CPL','GEN'),"
            "(2,5,'A2',0,1,0,0,0,'BK','CPL',NULL),(3,5,'A3',1,0,1,0,0,'BK','CPL','GEN'),"
            "(4,5,'A4',0,0,4,0,0,'BK','CPL','GEN'),(5,5,'A5',0,0,1,1,0,'BK','CPL','GEN'),"
            "(6,5,'A6',-1,0,0,0,0,'BK','CPL','GEN'),(7,5,'A7',0,0,0,0,1,'BK','CPL','GEN'),"
            "(8,5,'a1',0,0,0,0,0,'BK','CPL','GEN'),(9,99,'A9',0,0,0,0,0,'BK','CPL','GEN'),"
            "(10,5,NULL,0,0,0,0,0,'BK','CPL','GEN')",
        ),
        encoding="utf-8",
    )
    rows = list(read(path))
    items = [row for row in rows if isinstance(row, ItemRow)]
    assert {item.barcode: item.status for item in items} == {
        "A1": "available",
        "A2": "damaged",
        "A3": "lost",
        "A4": "missing",
        "A5": "withdrawn",
        "A6": "not-for-loan",
        "A7": "reference",
    }
    assert (items[0].collection, items[0].location, items[0].shelf) == ("BK", "CPL", "GEN")
    assert [row.reason for row in rows if isinstance(row, Refused)] == [
        "barcode-repeated",
        "title-missing",
        "barcode-missing",
    ]


def test_a_dump_without_column_lists_and_with_traps_in_its_text(tmp_path: Path) -> None:
    tricky = RECORD.format("Kata \\'VALUES (1),\\' dan; INSERT INTO `items` VALUES (7,7,7)").replace('"', '\\"')
    path = tmp_path / "koha.sql"
    path.write_text(
        dump(
            "CREATE TABLE `biblio_metadata` (\n  `id` int(11) NOT NULL,\n  `biblionumber` int(11) NOT NULL,\n"
            "  `format` varchar(16) NOT NULL,\n  `schema` varchar(16) NOT NULL,\n  `metadata` longtext,\n"
            "  PRIMARY KEY (`id`)\n)",
            f"INSERT INTO `biblio_metadata` VALUES (1,5,'marcxml','MARC21','{tricky}')",
            "CREATE TABLE `items` (\n  `itemnumber` int(11),\n  `biblionumber` int(11),\n  `barcode` varchar(20)\n)",
            "INSERT INTO `items` VALUES (1,5,'It''s 1'),\n(2,5,'B\\\\2')",
        ),
        encoding="utf-8",
    )
    rows = list(read(path))
    assert [row.title for row in rows if isinstance(row, TitleRow)] == [
        "Kata 'VALUES (1),' dan; INSERT INTO `items` VALUES (7,7,7)"
    ]
    assert [row.barcode for row in rows if isinstance(row, ItemRow)] == ["It's 1", "B\\2"]


def test_a_marc_export_with_952_is_read_too(tmp_path: Path) -> None:
    codes = '<subfield code="p">K1</subfield><subfield code="7">1</subfield>'
    field = f'<datafield tag="952" ind1=" " ind2=" ">{codes}</datafield>'
    path = tmp_path / "koha.marcxml"
    path.write_text(RECORD.format("Satu").replace("</record>", field + "</record>"), encoding="utf-8")
    (item,) = [row for row in read(path) if isinstance(row, ItemRow)]
    assert (item.source_key, item.status) == ("koha:item:k1", "not-for-loan")


def test_a_packed_dump_is_read_and_a_torn_one_is_said(tmp_path: Path) -> None:
    record = RECORD.format("Fiqih").replace('"', '\\"')
    text = dump(
        f"{TITLES} (1,5,'marcxml','MARC21','{record}')",
        "INSERT INTO `items` (itemnumber, biblionumber, barcode) VALUES (1,5,'A1'),(2,5),(3,5,'A3')",
    ).encode()
    path = tmp_path / "koha.sql.gz"
    path.write_bytes(gzip.compress(text))
    rows = list(read(path))
    assert [row.barcode for row in rows if isinstance(row, ItemRow)] == ["A1", "A3"]
    assert [row.reason for row in rows if isinstance(row, Refused)] == ["value-count-wrong"]
    path.write_bytes(gzip.compress(text[:-8]))
    assert Noted("file", "file-cut-off", Place("koha.sql.gz")) in list(read(path))


@pytest.mark.parametrize("content", ["halo", "INSERT INTO `other` VALUES (1)"])
def test_what_is_no_koha_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.sql"
    path.write_text(content)
    with pytest.raises(ImportProblem, match="not-koha"):
        list(read(path))


def test_progress_goes_from_the_search_to_the_rows(shared_data: Path) -> None:
    told: list[tuple[int, int]] = []
    list(read(shared_data / "koha_items", progress=lambda done, total: told.append((done, total))))
    done = [one for one, _ in told]
    assert done == sorted(done)
    assert done[0] < told[0][1] / 2 < done[-1]


PIECES = [b"INSERT INTO `items` VALUES (1,2,'B1')", b"INSERT INTO `biblio_metadata` (metadata,biblionumber) VALUES"]
PIECES += [b"('<record>',1)", b";", b"'", b"(", b")", b",", b"\\", b"/*", b"*/", b"\x1e", b"<", b"NULL", b"\n", b"\xff"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=30).map(b"".join))
def test_any_bytes_only_ever_give_rows_or_a_problem(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-koha.sql"
    path.write_bytes(data)
    try:
        rows = list(read(path))
    except ImportProblem:
        return
    assert all(isinstance(row, Refused | Noted | ItemRow | TitleRow) for row in rows)
