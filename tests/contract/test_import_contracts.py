"""The import contracts hold, and would notice when they did not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bootstrap.checks import IMPORTS
from tests.contract.sources import DESK_ROOMS

ROOMS = (*DESK_ROOMS, "server")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of pyproject.toml over the rooms in `folder`."""
    line = [sys.executable, "-P", "-X", "utf8", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {IMPORTS}"]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=60)


def test_rooms_import_only_what_they_may(root: Path) -> None:
    done = lint(root)
    assert done.returncode == 0, done.stdout + done.stderr


def not_python(_folder: str, names: list[str]) -> list[str]:
    """The files that the contracts do not read."""
    return [name for name in names if "." in name and not name.endswith(".py")]


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("app/domain", "import db"),
        ("app/services", "import sync"),
        ("app/services", "import PySide6"),
        ("app/printing", "import app.services"),
        ("ui", "import db"),
        ("ui", "import peewee"),
        ("db", "import app.services"),
        ("db", "import requests"),
        ("sync", "import db"),
        ("app", "import server"),
        ("server", "import ui"),
    ],
)
def test_a_forbidden_import_is_noticed(root: Path, tmp_path: Path, room: str, line: str) -> None:
    for name in ROOMS:
        shutil.copytree(root / name, tmp_path / name, ignore=not_python)
    shutil.copy(root / "pyproject.toml", tmp_path)
    (tmp_path / room / "planted.py").write_text(f'"""Planted."""\n\n{line}\n', encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout, done.stdout + done.stderr
