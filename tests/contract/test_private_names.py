"""What a module keeps to itself stays there: no other module takes a name that begins with an underscore."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.contract.sources import DESK_ROOMS, name_of, parsed, python_files

ROOMS = (*DESK_ROOMS, "server", "bootstrap", "tools")


def is_private(name: str) -> bool:
    """Whether a name is its module's own; names of Python itself (`__future__`) are not."""
    return name.startswith("_") and not name.startswith("__")


def borrowed(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of every private name that a file takes from another module."""
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if is_private(alias.name) or any(map(is_private, (node.module or "").split("."))):
                    yield node.lineno, alias.name
            # Modules are written small, classes are not; a class's `_fields` may well be for everybody.
            modules.update(alias.asname or alias.name for alias in node.names if alias.name.islower())
        elif isinstance(node, ast.Import):
            modules.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and is_private(node.attr)):
            continue
        if node.value.id in modules:
            yield node.lineno, f"{node.value.id}.{node.attr}"


def test_no_module_takes_private_names_of_another() -> None:
    found = [f"{name_of(path)}:{line} {name}" for path in python_files(*ROOMS) for line, name in borrowed(parsed(path))]
    assert not found, found


@pytest.mark.parametrize(
    "text",
    [
        "from db.records import _COLUMNS",
        "from db.records import _COLUMNS as COLUMNS",
        "def late():\n    from db._hidden import columns",
        "from db import records\nprint(records._COLUMNS)",
        "import db\nprint(db._hidden)",
    ],
)
def test_a_borrowed_name_is_noticed(text: str) -> None:
    assert len(list(borrowed(ast.parse(text)))) == 1


def test_what_is_meant_for_everybody_is_not() -> None:
    text = "from __future__ import annotations\nfrom app.ports import Finding\nself._own\nFinding._fields"
    assert not list(borrowed(ast.parse(text)))
