"""Files are told apart by what stands in them, and several of one system are one source."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.importers.problems import ImportProblem
from app.importers.rows import Noted, Row
from app.services.import_sources import Reading, look, marc_mapping, rows_of, source_name


def rows(paths: list[Path], reading: Reading, told: list[tuple[int, int]]) -> list[Row]:
    """All rows of some files."""
    streams = rows_of(look(paths), reading, lambda done, total: told.append((done, total)))
    return [row for stream in streams for row in stream]


def test_three_tables_are_one_stream_and_progress_never_runs_back(shared_data: Path) -> None:
    folder = shared_data / "slims_exports"
    paths = [folder / f"senayan_{kind}_export.csv" for kind in ("member", "item", "biblio")]
    assert len(list(rows_of(look(paths), Reading(), lambda done, total: None))) == 1
    told: list[tuple[int, int]] = []
    assert rows([*paths, folder / "senayan_mysqldump.sql"], Reading(), told)
    assert told == sorted(told)
    assert len({total for _, total in told}) == 1
    assert all(done <= total for done, total in told)


@pytest.mark.parametrize(
    ("file", "label"), [("jazz_1k.mrc", "949$i"), ("map_data.mrc", "852$p"), ("hebrew.marc", None)]
)
def test_only_a_known_place_of_barcodes_is_believed(shared_data: Path, file: str, label: str | None) -> None:
    found = marc_mapping(shared_data / "marc_evergreen" / file, Reading())
    assert (found.label if found else None) == label


def test_a_told_place_holds_and_a_senseless_one_is_refused(shared_data: Path) -> None:
    path = shared_data / "marc_bu" / "bu_bibs.mrc"
    told = marc_mapping(path, Reading("907$a"))
    assert told is not None
    assert told.label == "907$a"
    with pytest.raises(ImportProblem):
        marc_mapping(path, Reading("barcode"))


def test_what_was_decided_about_barcodes_is_noted_first(shared_data: Path) -> None:
    first = rows([shared_data / "marc_bu" / "bu_bibs.mrc"], Reading(), [])[0]
    assert isinstance(first, Noted)
    assert (first.note, first.params["perhaps"].split(", ")[0]) == ("barcode-place-not-known", "852$8")


def test_keys_begin_with_the_source(shared_data: Path) -> None:
    given = look([shared_data / "inlislite_template" / "sample_data_koleksi_AACR.xlsx"])
    assert source_name(given, Reading()) == "sheet"
    assert source_name(given, Reading(source="lama")) == "lama"
