"""`meja print`: what comes out of the PDF when it is scanned again."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.domain.scan_command import COMMANDS, read_command
from tests.printing.decode import pdf_codes


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))
    root = tmp_path / "rumah buku"
    assert main(["init", "--home", str(root), "--name", "Perpustakaan Uji"]) == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"=provisional Fiqih Muamalah\n"))))
    assert main(["scan", "--home", str(root)]) == 0
    capsys.readouterr()
    return root


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_labels_carry_the_copys_barcode(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "label.pdf"
    assert main(["print", "labels", "P-000001", "B0009-1", "--blank", "--home", str(home), "--out", str(out)]) == 0
    assert answer(capsys)["printed"] == 2
    assert sorted(code for _kind, code in pdf_codes(out.read_bytes())) == ["B0009-1", "P-000001"]


def test_a_code_that_does_not_fit_is_refused_and_said(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "label.pdf"
    long = "A" * 40
    assert main(["print", "labels", long, "--blank", "--sheet", "tj-108", "--home", str(home), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["refused"] == [{"code": long, "reason": "label-too-narrow"}]
    assert long in said.err
    assert not out.exists()


def test_a_number_that_nobody_has_is_named_and_the_others_are_printed(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "label.pdf"
    assert main(["print", "labels", "P-000001", "ZZZ", "--home", str(home), "--out", str(out)]) == 1
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["ok"], told["printed"]) == (False, 1)
    assert told["refused"] == [{"code": "ZZZ", "reason": "item-unknown"}]
    assert "ZZZ tidak dicetak" in said.err
    assert "--blank" in said.err
    assert [code for _kind, code in pdf_codes(out.read_bytes())] == ["P-000001"]


def test_a_card_for_nobody_is_named(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "kartu.pdf"
    assert main(["print", "cards", "NOPE", "--home", str(home), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == {
        "ok": False, "printed": 0, "refused": [{"code": "NOPE", "reason": "member-unknown"}],
    }  # fmt: skip
    assert "NOPE tidak dicetak" in said.err
    assert not out.exists()


@pytest.mark.parametrize("what", ["labels", "cards", "practice"])
def test_without_a_number_it_is_said_how_to_give_some(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["print", what, "--home", str(home), "--out", str(tmp_path / "x.pdf")]) == 2
    assert f"print {what} NOMOR" in capsys.readouterr().err


def test_codes_come_from_standard_input_too(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "label.pdf"
    monkeypatch.setattr("sys.stdin", io.StringIO("B1000\n\nB1001\n"))
    assert main(["print", "labels", "--blank", "--home", str(home), "--out", str(out)]) == 0
    assert answer(capsys)["printed"] == 2


def test_the_command_sheet_is_understood_by_the_scan_box(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "perintah.pdf"
    assert main(["print", "commands", "--home", str(home), "--out", str(out)]) == 0
    names = {command.name for _kind, code in pdf_codes(out.read_bytes()) if (command := read_command(code[1:]))}
    assert answer(capsys)["printed"] == len(names)
    assert {"finish", "undo", "return", "lend", "renew"} <= names <= COMMANDS


def test_a_place_that_cannot_be_written_is_said(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["print", "labels", "B1", "--blank", "--home", str(home), "--out", str(tmp_path / "no" / "x.pdf")]) == 1
    assert "x.pdf" in capsys.readouterr().err


def test_labels_without_a_thermal_printer_are_refused_in_words(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["print", "labels", "B1000", "--thermal", "--blank", "--home", str(home)]) == 1
    assert "printer.kind" in capsys.readouterr().err


def test_labels_go_to_the_slip_printer_one_by_one(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = tmp_path / "printer.bin"
    paper.touch()
    assert main(["set", "printer.kind", "file", "--home", str(home)]) == 0
    assert main(["set", "printer.target", str(paper), "--home", str(home)]) == 0
    capsys.readouterr()
    assert main(["print", "labels", "B1000", "B1001", "--thermal", "--blank", "--home", str(home)]) == 0
    assert answer(capsys)["printed"] == 2
    assert paper.stat().st_size > 500


@pytest.mark.parametrize(
    ("option", "value"), [("--start", "0"), ("--start", "9" * 30), ("--shift-x", "nan"), ("--shift-y", "inf")]
)
def test_numbers_that_no_sheet_has_are_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    out = tmp_path / "label.pdf"
    with pytest.raises(SystemExit) as ended:
        main(["print", "labels", "B1", option, value, "--home", str(home), "--out", str(out)])
    assert ended.value.code == 2
    assert option in capsys.readouterr().err
    assert not out.exists()


def test_bytes_on_standard_input_that_are_no_text_are_no_code(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "label.pdf"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\nB1000\n"), encoding="utf-8"))
    assert main(["print", "labels", "--blank", "--home", str(home), "--out", str(out)]) == 1, "one was not printed"
    told = answer(capsys)
    assert told["printed"] == 1


def test_codes_to_practise_with_are_those_of_this_library(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"23.01.0099\n=register Nur Aini\n")))
    )
    assert main(["scan", "--home", str(home)]) == 0
    capsys.readouterr()
    out = tmp_path / "latihan.pdf"
    codes = ["23.01.0099", "P-000001", "tidak-ada"]
    assert main(["print", "practice", *codes, "--home", str(home), "--out", str(out)]) == 1, "one was not printed"
    said = answer(capsys)
    assert (said["printed"], said["refused"]) == (2, [{"code": "tidak-ada", "reason": "code-unknown"}])
    assert sorted(code for _kind, code in pdf_codes(out.read_bytes())) == ["23.01.0099", "P-000001"]
