"""Before anything is imported: what a file is, where its barcodes may stand, what it would give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.ports import KnownError
from app.services.import_preview import preview
from app.services.import_sources import Reading


def test_a_marc_file_shows_its_candidates(shared_data: Path) -> None:
    (answer,) = preview([shared_data / "marc_evergreen" / "jazz_1k.mrc"], Reading())
    assert (answer["kind"], answer["barcode_taken"]) == ("marc", "949$i")
    assert answer["barcode_places"][0]["place"] == "949$i"
    assert answer["barcode_places"][0]["examples"]
    assert any(row["row"] == "item" and row["barcode"] for row in answer["rows"])


def test_a_sheet_shows_what_its_columns_seem_to_mean(shared_data: Path) -> None:
    (answer,) = preview([shared_data / "inlislite_template" / "sample_data_koleksi_AACR.xlsx"], Reading())
    assert answer["kind"] == "spreadsheet"
    assert answer["columns"]
    json.dumps(answer)


def test_a_dump_shows_a_few_rows_of_each_kind(shared_data: Path) -> None:
    (answer,) = preview([shared_data / "slims_exports" / "senayan_mysqldump.sql"], Reading())
    kinds = [row["row"] for row in answer["rows"]]
    assert {"title", "item", "member", "loan", "membertype"} <= set(kinds)
    assert all(kinds.count(kind) <= 5 for kind in kinds)


def test_what_is_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\0\1\2")
    with pytest.raises(KnownError) as stopped:
        preview([tmp_path / "x"], Reading())
    assert stopped.value.code == "import-unknown-kind"
