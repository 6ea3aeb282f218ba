"""The domain is a pure function of its arguments: no clock, no chance, no files; standard library and structs only."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.contract.sources import name_of, parsed, python_files

IMPURE_MODULES = frozenset(
    {
        "asyncio", "concurrent", "ctypes", "http", "io", "locale", "logging", "multiprocessing", "os", "pathlib",
        "platform", "queue", "random", "secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl",
        "subprocess", "sys", "tempfile", "threading", "time", "urllib", "zoneinfo",
    }
)  # fmt: skip
IMPURE_ATTRIBUTES = frozenset({"now", "today", "utcnow", "uuid1", "uuid4", "urandom", "getnode"})
STRUCTS = {
    "msgspec": {"Struct", "field"},
    "msgspec.json": {"Decoder", "Encoder"},
    "msgspec.structs": {"asdict", "force_setattr", "replace"},
}
"""What values are made of, and all that may be used of it (docs/decisions/0007)."""
IMPURE_NAMES = frozenset({"open", "print", "input", "eval", "exec", "__import__", "globals"})


def impurities(tree: ast.Module) -> list[str]:
    """Every import and call in `tree` that a pure module may not have, as `line: what`."""
    found: list[str] = []
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            made_of = STRUCTS.get(node.module or "", set())
            of_structs = all(alias.name in made_of for alias in node.names)
            modules = [] if node.level or of_structs else [node.module or ""]
            found += [f"{node.lineno}: {alias.name}" for alias in node.names if alias.name in IMPURE_ATTRIBUTES]
        elif isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr in IMPURE_ATTRIBUTES:
                found.append(f"{node.lineno}: {called.attr}()")
            if isinstance(called, ast.Name) and called.id in IMPURE_NAMES:
                found.append(f"{node.lineno}: {called.id}()")
        for module in modules:
            top = module.partition(".")[0]
            own = module == "app.domain" or module.startswith("app.domain.")
            if not own and (top not in sys.stdlib_module_names or top in IMPURE_MODULES):
                found.append(f"{node.lineno}: import {module}")  # type: ignore[attr-defined]
    return found


def test_the_domain_is_pure() -> None:
    found = {name_of(path): impurities(parsed(path)) for path in python_files("app/domain")}
    assert found, "the domain is empty"
    assert not {name: lines for name, lines in found.items() if lines}


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from datetime import datetime\nx = datetime.now()",
        "from datetime import date\nx = date.today()",
        "import random",
        "import uuid\nx = uuid.uuid4()",
        "from uuid import uuid4",
        "from os import urandom",
        "x = open('f')",
        "import requests",
        "import msgspec",
        "from msgspec import Struct, json",
        "from msgspec.json import decode",
        "import app.ports",
        "from app.services import circulation",
        "from app import domainlike",
    ],
)
def test_the_check_sees_an_impurity(source: str) -> None:
    assert impurities(ast.parse(source))


def test_the_check_lets_pure_code_pass() -> None:
    assert not impurities(ast.parse("import hashlib\nfrom app.domain.due import x\nfrom . import y\nz = y.replace(1)"))
