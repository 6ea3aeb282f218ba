"""Every module says what it is for, and every module of the brain has a test file that mirrors it."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.contract.sources import ALL_ROOMS, ROOT, name_of, parsed, python_files


def test_every_module_has_a_docstring() -> None:
    files = [path for path in python_files(*ALL_ROOMS) if not (path.parts[-3] == "tests" and path.stat().st_size == 0)]
    silent = [name_of(path) for path in files if not ast.get_docstring(parsed(path))]
    assert not silent, f"modules without a docstring: {silent}"


def has_mirror(module: Path) -> bool:
    """Whether tests/ holds a file named after the module, in the folder of its room.

    app/domain/fold/item.py is mirrored by tests/domain/fold/test_item*.py or tests/domain/test_fold_item*.py or
    tests/domain/test_fold.py; app/ports.py by tests/app/test_ports*.py.
    """
    parts = module.relative_to(ROOT / "app").with_suffix("").parts
    room, rest = (parts[0], parts[1:]) if len(parts) > 1 else ("app", parts)
    folder = ROOT / "tests" / room
    stem = rest[-1].strip("_")
    patterns = ["/".join([*rest[:-1], f"test_{stem}*.py"]), f"test_{'_'.join([*rest[:-1], stem])}*.py"]
    patterns += [f"test_{name}.py" for name in rest[:-1]]
    return any(any(folder.glob(pattern)) for pattern in patterns)


def acts(module: Path) -> bool:
    """Whether a module holds a function or method with a body of its own; values and protocols alone need no test."""
    functions = [node for node in ast.walk(parsed(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lines = [line for function in functions for line in function.body]
    return not all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in lines)


def test_every_module_of_the_brain_has_a_mirrored_test_file() -> None:
    modules = [path for path in python_files("app") if path.name != "__init__.py"]
    unmirrored = [name_of(path) for path in modules if acts(path) and not has_mirror(path)]
    assert not unmirrored, f"write a test file for: {unmirrored}"
