"""A line that is not right is answered in Indonesian and English, with what was meant."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import main
from app.cli.arguments import build_parser
from app.cli.parser import _FAULTS, console
from resources.called import CALLED_VARIABLE
from resources.loader import load_json


def answer(capsys: pytest.CaptureFixture[str], *line: str) -> str:
    """What a wrong line is answered; standard output stays empty and the code is 2."""
    with pytest.raises(SystemExit) as ended:
        main(line)
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    return said.err


@pytest.mark.parametrize(
    ("line", "indonesian", "english"),
    [
        ("chek", "mungkin maksudnya `meja check`?", "did you mean `meja check`?"),
        ("terbang", "Yang ada: desk, demo", "There are: desk, demo"),
        ("check --jsno", "mungkin maksudnya --json?", "did you mean --json?"),
        ("check --zzz", "Pilihan --zzz tidak dikenal", "The option --zzz is not known"),
        ("check --js", "mungkin maksudnya --json?", "did you mean --json?"),
        ("check sekarang", "sekarang terlalu banyak", "sekarang is too much"),
        ("check --json=1", "--json tidak memakai nilai", "--json takes no value"),
        ("export itemz", "mungkin maksudnya items?", "did you mean items?"),
        ("export --format xml", "Pilih salah satu: jsonl, csv", "Choose one of: jsonl, csv"),
        ("restore", "masih kurang: SOURCE", "still missing: SOURCE"),
        ("clock", "masih kurang: --accept", "still missing: --accept"),
        ("set --staff", "Tulis nilainya sesudah --staff", "Write a value after --staff"),
        ("holidays besok", "besok bukan bilangan bulat", "besok is no whole number"),
        ("print labels B1 --start 0", "yang cocok: 1 - 1000", "what fits: 1 - 1000"),
        ("print labels B1 --start x", "yang cocok: 1 - 1000", "what fits: 1 - 1000"),
        ("import x.csv --column judul", "yang cocok: NAME=MEANING", "what fits: NAME=MEANING"),
        ("staff --add A --pin B", "tidak dapat dipakai bersama --add", "cannot go together with --add"),
        ("init --zone Europe/Paris", "Asia/Makassar", "Choose one of"),
    ],
)
def test_a_wrong_line_is_answered_in_both_languages(
    capsys: pytest.CaptureFixture[str], line: str, indonesian: str, english: str
) -> None:
    said = answer(capsys, *line.split())
    assert indonesian in said
    assert english in said
    assert "invalid" not in said
    assert "argument " not in said.partition("Pakai / usage")[0]


def test_a_command_is_named_as_it_was_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(CALLED_VARIABLE, "python3 meja.py")
    assert "`python3 meja.py check`" in answer(capsys, "chek")
    assert "python3 meja.py restore [-h]" in answer(capsys, "restore")
    monkeypatch.setenv(CALLED_VARIABLE, "\x1b[2J")
    assert "\x1b" not in answer(capsys, "chek")


def test_options_alone_belong_to_the_desk(capsys: pytest.CaptureFixture[str]) -> None:
    assert "meja desk [-h]" in answer(capsys, "--nothing-like-it")


def test_help_is_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(["backup", "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "membuat cadangan yang sudah diperiksa\nmakes a verified backup" in said
    assert "the library's folder (default" in said
    assert "folder perpustakaan (bila" in said


def test_every_fault_has_words() -> None:
    codes = {code for code, _ in _FAULTS} | {"command", "command-near", "choice-near", "option", "option-near", "other"}
    for language in ("id", "en"):
        assert {f"line.{code}" for code in codes} <= load_json(f"words/problems_{language}.json").keys()


SIGNS = "Tafsīr تفسير \u00a0\u0153 \U0001f4d6"
"""Letters that code page 850, 1252 or both lack, one of them beyond the first 65,536."""


class Terminal(io.TextIOWrapper):
    """A stream that says it is somebody's terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("page", ["cp1252", "cp850", "ascii", "utf-8"])
def test_an_old_terminal_gets_json_that_means_the_same(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", Terminal(raw, encoding=page))
    console()
    print(json.dumps({"title": SIGNS, "name": "f\udcff"}, ensure_ascii=False))
    sys.stdout.flush()
    assert json.loads(raw.getvalue().decode(page)) == {"title": SIGNS, "name": "f\udcff"}


def test_what_is_piped_is_utf_8_whatever_the_system_s_code_page(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "MEJA_CONFIG_DIR": str(tmp_path / "config")}
    home = tmp_path / "مكتبة"

    def run(*words: str) -> bytes:
        line = [sys.executable, "-m", "app", *words, "--home", str(home)]
        return subprocess.run(line, env=environment, capture_output=True, check=True).stdout

    assert json.loads(run("init", "--name", SIGNS))["home"] == str(home)
    assert json.loads(run("set", "library.name").decode("utf-8")) == {"library.name": SIGNS}
    assert "مكتبة" in json.loads(run("backup").decode("utf-8"))["backup"]


def test_an_error_about_a_name_the_console_lacks_is_said(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "app", "check", "--home", str(tmp_path / "مكتبة")]
    done = subprocess.run(line, env={**os.environ, "PYTHONIOENCODING": "cp850"}, capture_output=True)
    assert done.returncode == 1
    assert b"\\u0645" in done.stderr
    assert b"Traceback" not in done.stderr
