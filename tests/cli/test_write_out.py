"""`meja export`: to standard output or a file, beside a running desk, and whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.flows.desk_process import Place
from tests.flows.moving_in import SlimsLibrary, empty_home


@pytest.fixture
def home(tmp_path: Path) -> Place:
    """A library that came from SLiMS."""
    place = empty_home(tmp_path)
    slims = SlimsLibrary()
    slims.loan(1, "B00001", "M001", "2026-01-01", "2026-01-08")
    assert place.run("import", str(slims.write(tmp_path / "a.sql"))).returncode == 0
    return place


def test_lists_come_out_beside_a_running_desk(home: Place) -> None:
    with home.desk() as desk:
        assert desk.scan("B00001")["outcome"] == "returned"
        done = home.run("export", "loans")
    assert done.returncode == 0
    assert json.loads(done.stdout)["how"] == "returned"


def test_a_file_is_whole_or_not_there(home: Place, tmp_path: Path) -> None:
    target = tmp_path / "eksemplar.csv"
    assert home.run("export", "items", "--format", "csv", "--out", str(target)).returncode == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"), newline="")))
    assert [row["barcode"] for row in rows] == ["B00001", "B00002", "B00003", "B00004"]
    missing = home.run("export", "items", "--out", str(tmp_path / "no" / "such" / "folder.csv"))
    assert missing.returncode == 1
    assert "Traceback" not in missing.stderr
    assert sorted(path.name for path in tmp_path.glob("eksemplar*")) == ["eksemplar.csv"]


def test_the_state_hash_is_the_one_check_proves(home: Place) -> None:
    told = json.loads(home.run("export", "state-hash").stdout)
    checked = json.loads(home.run("check", "--json").stdout)
    assert (told["state_hash"], told["events"]) == (checked["state_hash"], checked["events"])


def test_slims_files_are_not_written_over_others(home: Place, tmp_path: Path) -> None:
    folder = tmp_path / "slims"
    first = home.run("export", "--as", "slims", "--out", str(folder))
    assert json.loads(first.stdout)["written"]["loans"] == 1
    again = home.run("export", "--as", "slims", "--out", str(folder))
    assert again.returncode == 1
    assert home.run("export", "--as", "slims").returncode == 2
    assert home.run("export").returncode == 2


def test_slims_files_come_together_or_not_at_all(home: Place, tmp_path: Path) -> None:
    folder = tmp_path / "slims"
    folder.mkdir()
    (folder / "notes.csv").write_text("mine", encoding="utf-8")
    assert home.run("export", "--as", "slims", "--out", str(folder)).returncode == 1
    assert [path.name for path in folder.iterdir()] == ["notes.csv"]
    assert (folder / "notes.csv").read_text(encoding="utf-8") == "mine"
