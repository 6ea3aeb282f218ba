"""Real libraries' files come in with honest counts, and the sheet to sign agrees with what the store has."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.flows.desk_process import Place
from tests.flows.moving_in import SlimsLibrary, empty_home, take


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty library of this account's."""
    place = empty_home(tmp_path)
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(place.config))
    return place


def check(place: Place, answer: dict[str, Any]) -> None:
    """What every import must be true to: the store is proven, and both sides agree but for what is listed."""
    report = place.check()
    assert report.ok, report.faults
    summary = json.loads((Path(answer["report"]) / "summary.json").read_text(encoding="utf-8"))
    listed = Counter(key.partition(":")[0] for key, n in summary["reasons"]["refused"].items() for _ in range(n))
    assert dict(listed) == {kind: count for kind, count in answer["refused"].items() if count}
    kinds = {"titles": "title", "copies": "item", "members": "member", "holds": "hold"}
    for line, kind in kinds.items():
        sides = answer["reconcile"][line]
        assert sides["source"] - sides["meja"] == answer["refused"].get(kind, 0), line


@pytest.mark.parametrize("file", ["senayan_mysqldump.sql", "backup_20261124_004658.sql.tar.gz"])
def test_a_slims_dump_comes_in_whole_and_a_second_time_adds_nothing(home: Place, shared_data: Path, file: str) -> None:
    answer = take(home, [shared_data / "slims_exports" / file])
    assert answer["accepted"] == {"title": 15, "item": 10, "member": 4, "past-loan": 200, "visit": 4}
    assert answer["refused"] == {}
    assert all(line["source"] == line["meja"] for line in answer["reconcile"].values())
    assert answer["rules"] == "published"
    check(home, answer)
    before = home.check()
    again = take(home, [shared_data / "slims_exports" / file])
    assert again["accepted"] == {}
    assert again["updated"] == {}
    assert again["unchanged"] == answer["accepted"]
    assert again["rules"] == "same"
    check(home, again)
    after = home.check()
    # The second run leaves one event that it was here, and the same state.
    assert (after.events, after.state_hash) == (before.events + 1, before.state_hash)


def test_the_blocked_reader_of_the_dump_is_blocked(home: Place, shared_data: Path) -> None:
    take(home, [shared_data / "slims_exports" / "senayan_mysqldump.sql"])
    with home.store() as store, store.read() as facts:
        assert [facts.member_by_card(number)[0].member.blocked for number in ("M0001", "m0004")] == [False, True]
        assert facts.member_by_card("M0002")[0].member.name == 'Budi "Bowo" Santoso, S.Kom'
        assert facts.item_by_code("b00001")[0].title.title == 'Kamus "Arab-Indonesia"; edisi, revisi'
        assert facts.find_titles("kamus arab", 5).rows[0].copies == 1


@pytest.mark.parametrize("header", ["", "_header"])
def test_the_three_csv_files_are_one_library(home: Place, shared_data: Path, header: str) -> None:
    files = [
        shared_data / "slims_exports" / f"senayan_{kind}_export{header}.csv" for kind in ("member", "item", "biblio")
    ]
    answer = take(home, files)
    assert answer["accepted"] == {"title": 15, "item": 10, "member": 4}
    check(home, answer)
    with home.store() as store, store.read() as facts:
        assert facts.item_by_code("B00001")[0].title.title == 'Kamus "Arab-Indonesia"; edisi, revisi'


def test_csv_first_and_the_dump_later_is_the_same_library(home: Place, shared_data: Path) -> None:
    folder = shared_data / "slims_exports"
    take(home, [folder / f"senayan_{kind}_export.csv" for kind in ("biblio", "item", "member")])
    answer = take(home, [folder / "senayan_mysqldump.sql"])
    assert answer["accepted"] == {"past-loan": 200, "visit": 4}
    assert answer["missing"] == {}
    assert answer["library"] == {"title": 15, "item": 10, "member": 4}
    assert home.check().ok
    with home.store() as store, store.read() as facts:
        assert len(facts.item_by_code("B00001")) == 1
        assert len(facts.member_by_card("M0001")) == 1


def test_the_dump_first_then_its_csv_then_the_dump_is_one_library(home: Place, shared_data: Path) -> None:
    folder = shared_data / "slims_exports"
    tables = [folder / f"senayan_{kind}_export.csv" for kind in ("biblio", "item", "member")]
    first = take(home, [folder / "senayan_mysqldump.sql"])
    for files in (tables, [folder / "senayan_mysqldump.sql"]):
        answer = take(home, files)
        assert (answer["accepted"], answer["missing"], answer["refused"]) == ({}, {}, {})
        assert answer["library"] == first["library"] == {"title": 15, "item": 10, "member": 4}
        check(home, answer)


def test_the_dump_and_its_csv_given_together_are_one_library(home: Place, shared_data: Path) -> None:
    folder = shared_data / "slims_exports"
    tables = [folder / f"senayan_{kind}_export.csv" for kind in ("biblio", "item", "member")]
    answer = take(home, [*tables, folder / "senayan_mysqldump.sql"])
    assert answer["library"] == {"title": 15, "item": 10, "member": 4}
    assert answer["refused"] == {}
    check(home, answer)


def test_an_evergreen_dump(home: Place, shared_data: Path) -> None:
    answer = take(home, [shared_data / "evergreen_concerto"])
    assert answer["accepted"]["open-loan"] == 486
    assert sum(answer["accepted"][kind] + answer["refused"].get(kind, 0) for kind in ("item",)) == 4852
    assert answer["accepted"]["hold"] + answer["refused"]["hold"] == 265
    check(home, answer)


def test_koha_items(home: Place, shared_data: Path) -> None:
    answer = take(home, [shared_data / "koha_items"])
    assert answer["accepted"]["item"] + answer["refused"].get("item", 0) == 961
    assert answer["accepted"]["title"] + answer["refused"].get("title", 0) == 436
    check(home, answer)


def test_marc_takes_a_known_place_of_barcodes_and_no_doubtful_one(home: Place, shared_data: Path) -> None:
    jazz = take(home, [shared_data / "marc_evergreen" / "jazz_1k.mrc"], source="jazz")
    assert jazz["accepted"] == {"title": 1000, "item": 1238}
    check(home, jazz)
    boston = take(home, [shared_data / "marc_bu" / "bu_bibs.mrc"], source="bu")
    # 852$8 of Alma numbers the holdings; it looks like a barcode and is none.
    assert boston["accepted"] == {"title": 100}
    check(home, boston)


def test_titles_of_one_file_do_not_overwrite_those_of_another_source(home: Place, shared_data: Path) -> None:
    folder = shared_data / "marc_evergreen"
    first = take(home, [folder / "FSL.marc"], source="yerevan")
    second = take(home, [folder / "hebrew.marc"], source="jerusalem")
    assert (first["accepted"]["title"], second["accepted"]["title"]) == (52, 20)
    assert second["updated"] == {}
    with home.store() as store, store.read() as facts:
        assert facts.find_titles("Люди с чистой совестью", 5).rows


def test_an_inlislite_sheet(home: Place, shared_data: Path) -> None:
    answer = take(home, [shared_data / "inlislite_template" / "sample_data_koleksi_AACR.xlsx"])
    assert answer["accepted"] == {"title": 2, "item": 2}
    check(home, answer)


def test_authority_records_are_refused_one_by_one_in_the_report(home: Place, shared_data: Path) -> None:
    answer = take(home, [shared_data / "marc_evergreen" / "auth-subset100.mrc"])
    assert answer["accepted"] == {}
    assert answer["refused"] == {"title": 17}
    with (Path(answer["report"]) / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["outcome"] == "refused"]
    assert len(rows) == 17
    assert {row["reason"] for row in rows} == {"authority-record"}
    assert all(row["line"] and row["kalimat"] and row["sentence"] for row in rows)
    assert (Path(answer["report"]) / "reconcile.pdf").read_bytes().startswith(b"%PDF")


def test_a_dump_of_a_server_with_a_trial_library_asks_which(home: Place, tmp_path: Path) -> None:
    real = SlimsLibrary().write(tmp_path / "a.sql").read_text(encoding="utf-8")
    trial = SlimsLibrary(members={"X001": {}}).write(tmp_path / "b.sql").read_text(encoding="utf-8")
    both = tmp_path / "all.sql"
    both.write_text(f"USE `slims`;\n{real}\nUSE `slims_uji`;\n{trial}", encoding="utf-8")
    refused = home.run("import", str(both), "--json")
    assert refused.returncode == 1
    assert "slims, slims_uji" in refused.stderr
    assert "--database" in refused.stderr
    done = home.run("import", str(both), "--database", "slims", "--json")
    assert json.loads(done.stdout)["accepted"]["member"] == 3
