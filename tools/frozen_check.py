"""Starts the frozen desk as a library would: lends through its window and through `scan` what its own sheet offers.

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
from pathlib import Path
from typing import Any

import pypdfium2
import zxingcpp

START_LIMIT_SECONDS = 120
TRIES = 8
SHEET_DPI = 200


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


def printed_codes(sheet: Path) -> list[str]:
    """The barcodes on the printed sheet, read from its picture as a scanner would."""
    codes: list[str] = []
    document = pypdfium2.PdfDocument(sheet)
    for page in document:
        picture = page.render(scale=SHEET_DPI / 72).to_pil().convert("L")
        codes += [found.text for found in zxingcpp.read_barcodes(picture)]
    document.close()
    return codes


def scan(program: Path, home: str, codes: list[str]) -> list[dict[str, Any]]:
    """Feed codes to `meja scan`; one answer for each."""
    return objects(run(program, "scan", "--home", home, typed="".join(f"{code}\n" for code in codes)))


def lend_in_window(program: Path, home: str, pairs: list[tuple[str, str]], script: Path) -> tuple[str, str]:
    """Lend one book through the window; the reader and book that went through. Some demo readers must be refused."""
    for member, item in pairs:
        script.write_text(f"{member}\n{item}\n", encoding="utf-8")
        answers = objects(run(program, "desk", "--home", home, "--selftest-scan", str(script)))
        if not answers or answers[0].get("ready") is not True:
            raise CheckFailed(f"the window never became ready to scan: {answers}")
        print(f"    the window, {member} and {item}: {[answer.get('outcome') for answer in answers[1:]]}", flush=True)
        if answers[-1].get("outcome") == "lent":
            return member, item
    raise CheckFailed("nothing was lent through the window")


def check(program: Path, folder: Path) -> None:
    """The whole story in `folder`. Raises CheckFailed at the first thing that is not as it should be."""
    home = str(folder / "rumah مكتبة")
    made = objects(run(program, "demo", "--home", home, "--no-window"))
    codes = printed_codes(Path(made[-1]["sheet"]))
    first_look = scan(program, home, [line for code in codes for line in (code, "=finish")])
    members = [answer["scan"] for answer in first_look if answer["outcome"] == "member"]
    items = [answer["item"] for answer in first_look if answer["item"] and answer["outcome"] != "member"]
    print(f"    the printed sheet: {len(codes)} codes, {len(members)} readers, {len(items)} books", flush=True)
    if len(members) < TRIES or len(items) < 2 * TRIES:
        raise CheckFailed(f"too few codes on the sheet: {codes}")
    pairs = list(zip(members[:TRIES], items[::2], strict=False))
    member, item = lend_in_window(program, home, pairs, folder / "scans.txt")
    again = scan(program, home, [member, item])
    if "on-loan-to-this-member" not in json.dumps(again[-1]):
        raise CheckFailed(f"the window's loan is not in the store: {again}")
    others = [code for pair in zip(members, items[1::2], strict=False) for code in (*pair, "=finish")]
    if "lent" not in [answer["outcome"] for answer in scan(program, home, others)]:
        raise CheckFailed("nothing was lent through scan")
    if len(objects(run(program, "holidays", "2027", "--home", home, "--json"))) < 16:
        raise CheckFailed("the public holidays did not come along")
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
