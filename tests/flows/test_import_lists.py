"""A library's own lists, as messy as people keep them: whoever came in can borrow, or it is said loudly."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.cli.first_start import _lines
from app.importers.sheet_mapping import ToldColumns
from app.services.import_sources import Reading
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


def test_the_end_of_a_card_is_taken_from_a_list(home: Place, tmp_path: Path) -> None:
    take(home, [written(tmp_path, "m.csv", MEMBERS.replace("31-12-2030", "31-12-2020", 1))])
    assert home.rows("SELECT expires_on FROM member ORDER BY member_no") == [("2020-12-31",), ("2030-12-31",)]


def test_a_member_without_a_name_is_refused_in_words_that_say_so(home: Place, tmp_path: Path) -> None:
    answer = take(home, [written(tmp_path, "m.csv", MEMBERS.replace("Siti Aminah", ""))])
    assert answer["refused"] == {"member": 1}
    sheet = (Path(answer["report"]) / "reconcile.csv").read_text(encoding="utf-8-sig")
    assert "Ditolak: Anggota tanpa nama tidak diambil" in sheet


def test_columns_that_were_not_used_are_named_everywhere(home: Place, tmp_path: Path) -> None:
    books = written(tmp_path, "b.csv", "DAFTAR BUKU\nNo;Judul;Jumlah Eks;Sponsor\n1;Fiqih;2;Haji Umar\n2;Tafsir;3;\n")
    shown = json.loads(home.run("import", str(books), "--preview").stdout)[0]
    assert shown["columns_not_used"] == ["No", "Sponsor"]
    assert shown["header_rows"] == 2
    assert "copies" in shown["meanings"]["items"]
    answer = take(home, [books])
    assert answer["accepted"] == {"title": 2, "item": 5}
    assert said(answer)["columns-not-used"]["columns"] == "No, Sponsor"
    assert said(answer)["codes-generated"]["n"] == "5"
    code = said(answer)["codes-generated"]["example"]
    assert outcomes(home, code)[-1] != "unknown"
    again = take(home, [books])
    assert again["unchanged"] == {"title": 2, "item": 5}


def test_a_person_says_what_columns_mean(home: Place, tmp_path: Path) -> None:
    books = str(written(tmp_path, "b.csv", "K001,Ushul Fiqh,Amir,x\nK002,Ulumul Quran,Manna,y\n"))
    unknown = home.run("import", books)
    assert (unknown.returncode, "--column 1=title" in unknown.stderr) == (1, True)
    shown = json.loads(home.run("import", books, "--preview").stdout)[0]
    assert [one["number"] for one in shown["columns"]] == [1, 2, 3, 4]
    assert shown["list_of"] is None
    told = ["--column", "1=barcode", "--column", "2=title", "--column", "3=author", "--ignore", "4"]
    shown = json.loads(home.run("import", books, "--preview", *told).stdout)[0]
    assert (shown["columns_not_used"], shown["columns_ignored"]) == ([], ["#4"])
    done = json.loads(home.run("import", books, "--json", *told).stdout)
    assert done["accepted"] == {"title": 2, "item": 2}
    assert done["notices"] == []


@pytest.mark.parametrize(
    ("told", "code", "words"),
    [
        (["--column", "Hobi=notes"], 1, "Hobi"),
        (["--ignore", "9"], 1, "Kolom 9 tidak ada"),
        (["--column", "NIM=nomor"], 1, "member_no"),
        (["--column", "NIM"], 2, "NAME=MEANING"),
    ],
)
def test_a_column_that_cannot_be_is_said(home: Place, tmp_path: Path, told: list[str], code: int, words: str) -> None:
    members = str(written(tmp_path, "m.csv", MEMBERS))
    for more in ([], ["--preview"]):
        done = home.run("import", members, *told, *more)
        assert done.returncode == code
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_a_column_told_for_one_of_two_lists_is_enough(home: Place, tmp_path: Path) -> None:
    books = written(tmp_path, "b.csv", "Judul Kitab Kuning,No Barcode\nFiqih,B1\nTafsir,B2\n")
    members = written(tmp_path, "m.csv", MEMBERS)
    told = Reading(columns=ToldColumns((("Judul Kitab Kuning", "title"),)))
    answer = take(home, [books, members], reading=told)
    assert answer["accepted"] == {"title": 2, "item": 2, "member": 2}


def test_an_empty_cell_changes_nothing_that_keeps_a_reader_or_a_copy_back(home: Place, tmp_path: Path) -> None:
    readers = "member number,name,status,expires,phone\n2101001,Ahmad,diblokir,31/12/2025,0812\n"
    copies = "barcode,title,status,price\nB1,Fiqih Ibadah,hilang,80000\n"
    take(home, [written(tmp_path, "m.csv", readers), written(tmp_path, "b.csv", copies)])
    kept = home.rows("SELECT blocked, expires_on FROM member"), home.rows("SELECT status, price FROM item")
    assert kept == ([(1, "2025-12-31")], [("lost", 80_000)])
    readers = readers.replace("Ahmad,diblokir,31/12/2025,0812", "Ahmad F,,,0899")
    copies = copies.replace("Fiqih Ibadah,hilang,80000", "Fikih Ibadah,,")
    take(home, [written(tmp_path, "m.csv", readers), written(tmp_path, "b.csv", copies)])
    assert (home.rows("SELECT blocked, expires_on FROM member"), home.rows("SELECT status, price FROM item")) == kept
    assert home.rows("SELECT name, phone FROM member") == [("Ahmad F", "0899")]
    readers = readers.replace("Ahmad F,,,0899", "Ahmad F,aktif,seumur hidup,0899")
    take(home, [written(tmp_path, "m.csv", readers), written(tmp_path, "b.csv", copies.replace(",,", ",tersedia,"))])
    assert home.rows("SELECT blocked, expires_on FROM member") == [(0, None)]
    assert home.rows("SELECT status, price FROM item") == [("available", 80_000)]
