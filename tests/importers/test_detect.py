"""Files told apart by their bytes."""

from __future__ import annotations

import contextlib
import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.importers.detect import detect
from app.importers.problems import ImportProblem


@pytest.mark.parametrize(
    ("name", "kind", "description"),
    [
        ("slims_exports/senayan_mysqldump.sql", "slims-dump", "mysql-dump"),
        ("slims_exports/backup_20261124_004658.sql.tar.gz", "slims-dump", "mysql-dump"),
        ("slims9/senayan.sql", "slims-dump", "mysql-dump"),
        ("slims9/sampledata.sql", "slims-dump", "mysql-dump"),
        ("slims_exports/senayan_biblio_export.csv", "slims-biblio-csv", "csv-by-position"),
        ("slims_exports/senayan_biblio_export_header.csv", "slims-biblio-csv", "csv-with-header"),
        ("slims_exports/senayan_item_export.csv", "slims-item-csv", "csv-by-position"),
        ("slims_exports/senayan_item_export_header.csv", "slims-item-csv", "csv-with-header"),
        ("slims_exports/senayan_member_export.csv", "slims-member-csv", "csv-by-position"),
        ("slims_exports/senayan_member_export_header.csv", "slims-member-csv", "csv-with-header"),
        ("slims_exports/member_sample_import.csv", "slims-member-csv", "csv-with-header"),
        ("koha_items", "koha", "mysql-dump"),
        ("koha_items/items.sql", "koha", "mysql-dump"),
        ("koha_items/biblio.sql", "koha", "mysql-dump"),
        ("evergreen_concerto", "evergreen", "postgres-dump"),
        ("marc_bu/bu_bibs.mrc", "marc", "iso-2709"),
        ("marc_evergreen/FSL.marc", "marc", "iso-2709"),
        ("marc_evergreen/serials_marc21.xml", "marcxml", "xml"),
        ("inlislite_template/sample_data_koleksi_AACR.xlsx", "spreadsheet", "xlsx"),
        ("inlislite_template/anggota_header_only.csv", "spreadsheet", "csv"),
        ("goodbooks10k/samples_ratings.csv", "spreadsheet", "csv"),
    ],
)
def test_real_files_are_told_apart(shared_data: Path, name: str, kind: str, description: str) -> None:
    found = detect(shared_data / name)
    assert (found.kind, found.description) == (kind, description)
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize(
    "name", ["slims_exports/loan_receipt.html", "slims_exports/SOURCE.txt", "slims_vectors/vectors.jsonl"]
)
def test_other_files_are_not_taken_for_something(shared_data: Path, name: str) -> None:
    with pytest.raises(ImportProblem, match="format-unknown"):
        detect(shared_data / name)


def test_names_do_not_matter(shared_data: Path, tmp_path: Path) -> None:
    data = (shared_data / "slims_exports" / "senayan_mysqldump.sql").read_bytes()
    path = tmp_path / "foto.jpg"
    path.write_bytes(gzip.compress(data))
    assert detect(path).kind == "slims-dump"


def test_a_late_table_still_tells(tmp_path: Path) -> None:
    path = tmp_path / "d.sql"
    filler = "".join(f"INSERT INTO `biblio` VALUES ({n},'{'x' * 500}');\n" for n in range(5000))
    path.write_text(f"-- dump\n{filler}INSERT INTO `biblio_author` VALUES (1,1,1);\n")
    assert detect(path).kind == "slims-dump"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<collection><record><datafield tag='952'><subfield code=\"p\">B1</subfield></datafield></record>", "koha"),
        (b"<record><datafield tag='952'><subfield code=\"x\">B1</subfield></datafield></record>", "marcxml"),
        (b"judul;pengarang;kode\nA;B;C\n", "spreadsheet"),
    ],
)
def test_small_samples(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    assert detect(path).kind == kind


def test_a_list_with_a_heading_above_its_columns_is_a_list(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("DAFTAR BUKU, STAI\n\nNo;Judul;Pengarang\n1;Fiqih;A\n2;Tafsir;B\n", encoding="utf-8")
    assert detect(path).kind == "spreadsheet"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "file-empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "format-not-supported"),
        (b"PK\x03\x04broken", "archive-damaged"),
        (b"\x1f\x8b\x08broken", "archive-damaged"),
        (b"%PDF-1.7 ...", "format-unknown"),
        (b"hello", "format-unknown"),
        (b"<html><body>", "format-unknown"),
    ],
)
def test_what_cannot_be_read_has_a_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(ImportProblem) as raised:
        detect(path)
    assert raised.value.reason == reason


def test_open_document_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(ImportProblem) as raised:
        detect(path)
    assert raised.value.params == {"file": "x.ods", "format": "ods"}


def test_nothing_there_has_a_reason(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="file-missing"):
        detect(tmp_path / "nowhere")
    with pytest.raises(ImportProblem, match="format-unknown"):
        detect(tmp_path)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"", b"\x1f\x8b", b"PK\x03\x04", b"\xff\xfe", b"<", b"INSERT INTO `item` ", b"00026nam a"]),
    st.binary(max_size=300),
)
def test_no_bytes_do_harm(tmp_path_factory: pytest.TempPathFactory, head: bytes, tail: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "test_detect-x"
    path.write_bytes(head + tail)
    with contextlib.suppress(ImportProblem):
        detect(path)
