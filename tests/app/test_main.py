"""The command line's door: codes, sentences, no traces of the program's insides."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app import __main__ as door
from app.cli import commands
from app.cli.arguments import build_parser
from app.ports import KnownError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KnownError("disk-full"), 1),
        (KnownError("export-what", {"words": "x"}), 2),
        (KnownError("no-display"), 2),
        (OSError(36, "File name too long", "x" * 300), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_what_stops_a_command_becomes_a_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    def stops(_options: object) -> int:
        raise error

    monkeypatch.setitem(commands.COMMANDS, "set", stops)
    assert door.main(["set"]) == code
    if not isinstance(error, KeyboardInterrupt):
        assert capsys.readouterr().err.startswith("meja: ")


def test_with_json_a_problem_is_an_object_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stops(_options: object) -> int:
        raise KnownError("home-empty", {"path": "D:/perpus"})

    monkeypatch.setitem(commands.COMMANDS, "check", stops)
    assert door.main(["check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"ok": False, "problem": "home-empty", "path": "D:/perpus"}


def test_every_command_of_the_parser_is_carried_out_by_something() -> None:
    import argparse

    actions = [a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    assert set(actions[0].choices) == set(commands.COMMANDS)


def test_a_reader_that_went_away_is_no_error(root: Path) -> None:
    line = f"{sys.executable} -m app set --help | head -c 0"
    done = subprocess.run(line, shell=True, cwd=root, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr


def test_windows_has_a_word_of_its_own_for_a_closed_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    closed, named = OSError(errno.EINVAL, "Invalid argument"), OSError(errno.EINVAL, "Invalid argument", "a:b")
    assert not door._nobody_reads(closed)
    monkeypatch.setattr("app.__main__.os.name", "nt")
    found = door._nobody_reads(closed), door._nobody_reads(named)
    monkeypatch.undo()
    assert found == (True, False), "a file whose name Windows refuses is no closed pipe"
