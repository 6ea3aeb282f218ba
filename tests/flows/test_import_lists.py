"""A library's own lists, as messy as people keep them: whoever came in can borrow, or it is said loudly."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.cli.first_start import _lines
from tests.flows.desk_process import Place
from tests.flows.moving_in import empty_home, take

BOOKS = "Judul,No Barcode\nFiqih Ibadah,B1\nTafsir,B2\n"
MEMBERS = (
    "NIM,Nama Lengkap,Prodi,Tgl Lahir,JK,No HP,Email,Berlaku s/d\n"
    "2101001,Siti Aminah,PAI,12-03-2003,P,0812,a@b.id,31-12-2030\n"
    "2101002,Ahmad Fauzi,ES,01-05-2002,L,0813,c@b.id,31-12-2030\n"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty library of this account's."""
    place = empty_home(tmp_path)
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(place.config))
    return place


def written(folder: Path, name: str, text: str) -> Path:
    """A list on disk."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def said(answer: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The notices by code; the last of each."""
    return {one["code"]: one for one in answer["notices"]}


def types(place: Place) -> dict[str, str]:
    """Member number → type."""
    return dict(place.rows("SELECT member_no, member_type FROM member ORDER BY member_no"))


def outcomes(place: Place, *codes: str) -> list[str]:
    """What the desk makes of these scans."""
    done = place.run("scan", given="".join(code + "\n" for code in codes).encode())
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["outcome"] for line in done.stdout.splitlines()]


def test_members_whose_list_says_no_type_can_borrow(home: Place, tmp_path: Path) -> None:
    answer = take(home, [written(tmp_path, "m.csv", MEMBERS), written(tmp_path, "b.csv", BOOKS)])
    assert types(home) == {"2101001": "mahasiswa", "2101002": "mahasiswa"}
    assert said(answer)["type-by-default"]["n"] == "2"
    assert outcomes(home, "2101001", "B1")[-1] == "lent"
    again = take(home, [tmp_path / "m.csv"])
    assert again["unchanged"] == {"member": 2}
    assert "type-by-default" not in said(again)


def test_a_type_that_staff_gave_outlives_a_list_that_says_none(home: Place, tmp_path: Path) -> None:
    take(home, [written(tmp_path, "m.csv", MEMBERS)])
    with home.desk_store() as store:
        with store.read() as facts:
            member = facts.member_by_card("2101001")[0].member
        with store.act() as act:
            act.put_member(replace(member, member_type="dosen"))
    take(home, [written(tmp_path, "m.csv", MEMBERS.replace("0812", "0899"))])
    assert types(home)["2101001"] == "dosen"


def test_a_type_left_out_by_an_earlier_import_is_mended(home: Place, tmp_path: Path) -> None:
    take(home, [written(tmp_path, "m.csv", MEMBERS)])
    with home.desk_store() as store:
        store.connection.execute("UPDATE member SET member_type = ''")
    assert said(take(home, [tmp_path / "m.csv"]))["type-by-default"]["n"] == "2"
    assert set(types(home).values()) == {"mahasiswa"}


def test_a_type_is_recognised_or_named_loudly(home: Place, tmp_path: Path) -> None:
    rows = "NIP;Nama;Jenis Anggota\n900;Hasan;Dosen Tetap\n901;Umar;Alumni\n902;Ali;Alumni\n903;Ani;Mhs\n"
    files = [written(tmp_path, "d.csv", rows), written(tmp_path, "b.csv", BOOKS)]
    answer = take(home, files)
    assert types(home) == {"900": "dosen", "901": "alumni", "902": "alumni", "903": "mahasiswa"}
    loud = said(answer)["type-without-rule"]
    assert (loud["n"], loud["type"]) == ("2", "Alumni")
    sentence = "2 anggota berjenis “Alumni” belum punya aturan pinjam"
    assert loud["kalimat"].startswith(sentence)
    report = Path(answer["report"])
    assert sentence in (report / "reconcile.csv").read_text(encoding="utf-8-sig")
    with (report / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {"type-without-rule", "type-matched"} <= {row["reason"] for row in csv.DictReader(file)}
    # The first start shows it too, and so does the command line.
    assert ("notice", {"text": loud["kalimat"]}) in _lines(answer)
    shown = home.run("import", *map(str, files), "--dry-run")
    assert sentence in shown.stdout
    assert outcomes(home, "900", "B1")[-1] == "lent"
