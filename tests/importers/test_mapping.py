"""Choosing where the barcodes stand: the suggestion's first answer, and the preview."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.importers.mapping import is_xml, preview, sample, suggest_mapping
from app.importers.marc_fields import PRESETS
from app.importers.marc_records import MarcField, MarcRecord
from app.importers.rows import ItemRow, Refused, TitleRow


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("jazz_1k.mrc", "949$i"),
        ("lul_fre_100.mrc", "949$i"),
        ("lul_fre_500.mrc", "949$i"),
        ("oss.marc", "949$i"),
        ("map_data.mrc", "852$p"),
    ],
)
def test_the_right_place_comes_first(shared_data: Path, name: str, label: str) -> None:
    candidates = suggest_mapping(sample(shared_data / "marc_evergreen" / name))
    assert candidates[0].mapping.label == label
    assert "949$a" not in [one.mapping.label for one in candidates]


def test_counts_and_examples_let_a_person_judge(shared_data: Path) -> None:
    best = suggest_mapping(sample(shared_data / "marc_evergreen/jazz_1k.mrc", 2000))[0]
    assert (best.values, best.distinct, best.uniqueness) == (1238, 1238, 1.0)
    assert best.examples == ("30007007467409", "30007007674582", "30007007465361")


def test_files_without_copies_suggest_nothing(shared_data: Path) -> None:
    for name in ("nepali.marc", "FSL.marc", "hebrew.marc", "auth-1066.mrc"):
        assert suggest_mapping(sample(shared_data / "marc_evergreen" / name)) == ()


def test_the_records_own_number_is_no_barcode() -> None:
    records = [
        MarcRecord(
            n,
            "",
            (
                MarcField("001", "", (("", f"REC{n}"),)),
                MarcField("901", "  ", (("c", f"REC{n}"),)),
                MarcField("990", "  ", (("a", f"{n:05}/2019"),)),
            ),
            str(n),
        )
        for n in range(20)
    ]
    assert [one.mapping.label for one in suggest_mapping(records)] == ["990$a"]


def test_preview_shows_the_first_records_only(shared_data: Path) -> None:
    rows = preview(shared_data / "marc_evergreen/jazz_1k.mrc", PRESETS["unicorn"], 3)
    assert sum(isinstance(row, TitleRow) for row in rows) == 3
    assert sum(isinstance(row, ItemRow) for row in rows) == 4
    assert all(isinstance(row, Refused) for row in preview(shared_data / "marc_evergreen/auth-1066.mrc", None, 5))
    assert len(preview(shared_data / "marc_evergreen/badisbns.xml", None, 5)) >= 5


def test_xml_is_told_from_iso_2709(shared_data: Path) -> None:
    assert is_xml(shared_data / "marc_evergreen/badisbns.xml")
    assert not is_xml(shared_data / "marc_evergreen/jazz_1k.mrc")


def test_a_shelf_that_repeats_is_no_barcode() -> None:
    records = [
        MarcRecord(n, "", (MarcField("949", "  ", (("l", f"RAK{n % 12:02}"), ("i", f"3000700746{n:04}"))),), str(n))
        for n in range(20)
    ]
    assert [one.mapping.label for one in suggest_mapping(records)] == ["949$i"]
