"""The project's own Python files, for the contract tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DESK_ROOMS = ("app", "db", "sync", "ui", "resources")
ALL_ROOMS = (*DESK_ROOMS, "server", "bootstrap", "tools", "tests")


def python_files(*rooms: str) -> Iterator[Path]:
    """Every Python file of the named rooms, in a fixed order."""
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "__pycache__" not in path.parts:
                yield path


def parsed(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The file's path inside the project, with forward slashes."""
    return path.relative_to(ROOT).as_posix()
