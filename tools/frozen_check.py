"""Starts the frozen desk as a library would and lends a book through its window, then through `scan`.

Run after the build: .venv/bin/python -m tools.frozen_check dist/meja/meja. Uses only the program's own
commands, in a home of its own; prints what it saw and ends with 0 only when everything happened.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

START_LIMIT_SECONDS = 120
TRIES = 12
ITEM_KEYS = ("item_barcode", "barcode", "item", "code")
MEMBER_KEYS = ("member_no", "number", "member", "card", "code")


class CheckFailed(Exception):
    """The frozen desk did not do what it should; the message says what."""


def run(program: Path, *arguments: str, typed: str = "") -> str:
    """Run one command of the frozen desk offscreen and return its standard output."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "DISPLAY")}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    began = time.monotonic()
    done = subprocess.run(
        [str(program), *arguments],
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=START_LIMIT_SECONDS,
        env=environment,
    )
    print(f"    meja {arguments[0]}: exit {done.returncode} in {time.monotonic() - began:.1f} s", flush=True)
    if done.returncode != 0:
        raise CheckFailed(f"meja {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def objects(output: str) -> list[dict[str, Any]]:
    """The JSON objects of an output, one a line; other lines are left out."""
    found: list[dict[str, Any]] = []
    for line in output.splitlines():
        if line.lstrip().startswith("{"):
            found.append(json.loads(line))
    return found


def codes(rows: Iterable[dict[str, Any]], keys: tuple[str, ...]) -> list[str]:
    """The first known key of every row that has one."""
    found: list[str] = []
    for row in rows:
        code = next((str(row[key]) for key in keys if row.get(key)), None)
        if code is not None:
            found.append(code)
    return found


def scans(members: list[str], items: list[str]) -> str:
    """Scan lines in which each of some members asks for one book."""
    pairs = zip(members, items, strict=False)
    return "".join(f"{member}\n{item}\n=finish\n" for member, item in pairs)


def expect_a_loan(output: str, where: str) -> None:
    """At least one scan of `output` was lent."""
    outcomes = [row.get("outcome") for row in objects(output)]
    print(f"    {where}: {outcomes}", flush=True)
    if "lent" not in outcomes:
        raise CheckFailed(f"nothing was lent through {where}:\n{output}")


def check(program: Path, folder: Path) -> None:
    """The whole story in `folder`. Raises CheckFailed at the first thing that is not as it should be."""
    home = str(folder / "rumah")
    run(program, "demo", "--home", home, "--no-window")
    members = codes(objects(run(program, "export", "members", "--format", "jsonl", "--home", home)), MEMBER_KEYS)
    items = codes(objects(run(program, "export", "items", "--format", "jsonl", "--home", home)), ITEM_KEYS)
    if len(members) < 2 * TRIES or len(items) < 2 * TRIES:
        raise CheckFailed(f"the demo library exports {len(members)} members and {len(items)} items")
    script = folder / "scans.txt"
    script.write_text(scans(members[:TRIES], items[:TRIES]), encoding="utf-8")
    expect_a_loan(run(program, "desk", "--home", home, "--selftest-scan", str(script)), "the window")
    typed = scans(members[TRIES : 2 * TRIES], items[TRIES : 2 * TRIES])
    expect_a_loan(run(program, "scan", "--home", home, typed=typed), "scan")
    run(program, "check", "--home", home, "--json")


def size_of(folder: Path) -> int:
    """Bytes of all files under `folder`, links not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def main(arguments: list[str]) -> int:
    """Check the program named first. 0 when it lends."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    program = Path(arguments[0]).resolve()
    print(f"    frozen desk: {size_of(program.parent) / 1e6:.0f} MB in {program.parent.name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="meja frozen ") as folder:
        try:
            check(program, Path(folder))
        except (CheckFailed, OSError, subprocess.TimeoutExpired) as problem:
            print(f"frozen check: {problem}", file=sys.stderr, flush=True)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
