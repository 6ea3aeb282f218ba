"""The sync's core is given its clock, chance, network and store; only two modules touch the real ones."""

from __future__ import annotations

import ast

from tests.contract.sources import name_of, parsed, python_files

REAL = frozenset({"asyncio", "http", "os", "random", "requests", "secrets", "select", "socket", "ssl", "subprocess",
                  "threading", "time", "urllib", "urllib3"})  # fmt: skip
OUTER = frozenset({"sync/transport.py", "sync/thread.py"})


def real_things(tree: ast.Module) -> set[str]:
    """The modules a pure one may not have."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found & REAL


def test_the_core_of_the_sync_is_pure() -> None:
    found = {name_of(path): real_things(parsed(path)) for path in python_files("sync")}
    assert {name: things for name, things in found.items() if things and name not in OUTER} == {}
    assert all(found[name] for name in OUTER)


def test_the_check_sees_a_real_clock() -> None:
    assert real_things(ast.parse("from time import time")) == {"time"}
