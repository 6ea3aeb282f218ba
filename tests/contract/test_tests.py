"""Tests wait for what they expect, never for a fixed time."""

from __future__ import annotations

import ast

from tests.contract.sources import name_of, parsed, python_files

WAITS = frozenset({"qWait", "qSleep", "msleep", "usleep"})


def fixed_waits(tree: ast.AST, *, polling: bool = False) -> list[int]:
    """Lines that wait a fixed time. A sleep inside a while loop polls for something and may stand."""
    found: list[int] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, owner = node.func.attr, node.func.value
            qtbot_wait = name == "wait" and isinstance(owner, ast.Name) and owner.id == "qtbot"
            if name in WAITS or qtbot_wait or (name == "sleep" and not polling):
                found.append(node.lineno)
        found += fixed_waits(node, polling=polling or isinstance(node, ast.While))
    return found


def test_no_test_waits_a_fixed_time() -> None:
    found = {name_of(path): fixed_waits(parsed(path)) for path in python_files("tests")}
    assert not {name: lines for name, lines in found.items() if lines}


def test_the_check_sees_a_fixed_wait() -> None:
    assert fixed_waits(ast.parse("import time\ntime.sleep(1)"))
    assert fixed_waits(ast.parse("qtbot.wait(100)"))
    assert not fixed_waits(ast.parse("while not done():\n    time.sleep(0.01)"))
