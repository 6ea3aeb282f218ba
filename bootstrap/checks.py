"""The checks, in one order for everyone: style, types, import directions, tests. Continuous integration runs the same.

Knows commands only. Every check runs even when an earlier one failed; pytest comes last, so that its summary ends the
output.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

STRICT_ROOMS = ("app", "db", "sync", "server")
IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def lines(python: str, pytest_arguments: list[str]) -> list[tuple[str, list[str]]]:
    """Name and command of every check, in order."""
    return [
        ("ruff", [python, "-m", "ruff", "check", "."]),
        ("mypy", [python, "-m", "mypy", *STRICT_ROOMS]),
        ("import contracts", [python, "-P", "-c", IMPORTS]),
        ("pytest", [python, "-m", "pytest", "--cov", "--cov-report=", *pytest_arguments]),
    ]


def run(root: Path, python: Path, pytest_arguments: list[str]) -> int:
    """Run every check in `root`. 0 when all passed, otherwise the exit code of the last that failed."""
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(root))
    failed: dict[str, int] = {}
    for name, line in lines(str(python), pytest_arguments):
        print(f"==> {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run(line, cwd=root, env=environment, stdin=subprocess.DEVNULL).returncode
        if code != 0:
            failed[name] = code
        if name != "pytest":
            print(f"    {name}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True)
    for name in failed:
        print(f"meja test: {name} failed", file=sys.stderr, flush=True)
    return next(reversed(failed.values()), 0)
