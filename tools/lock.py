"""Writes requirements/*.txt: exact versions with the hashes of all their files, from pyproject.toml.

The resolver (uv) works for every Python and system at once and writes markers where they differ; it is fetched into
a temporary environment and is not needed to install. Run: .venv/bin/python -m tools.lock [--upgrade]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
# The extras of each set, and the sets that it holds in the same versions.
SETS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "core": ((), ()),
    "window": (("window",), ("core",)),
    "server": (("server",), ("core", "window")),
    "both": (("window", "server"), ("window", "server")),
    "test": (("window", "server", "test"), ("both",)),
}
OLDEST_PYTHON = "3.11"
HEADER = (
    "# Made by tools/lock.py from pyproject.toml: exact versions with the hashes of all their files, for Python 3.11\n"
    "# to 3.14 on Linux and Windows. Do not edit by hand.\n"
)


def compile_line(uv: Path, name: str, extras: tuple[str, ...], below: tuple[str, ...], *, upgrade: bool) -> list[str]:
    """The resolver's command for one set. No index address is written into the lock."""
    line = [str(uv), "pip", "compile", str(ROOT / "pyproject.toml"), "--quiet", "--no-config", "--universal"]
    line += ["--python-version", OLDEST_PYTHON, "--generate-hashes"]
    line += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    for extra in extras:
        line += ["--extra", extra]
    for held in below:
        line += ["--constraint", str(FOLDER / f"{held}.txt")]
    if upgrade:
        line.append("--upgrade")
    return [*line, "--output-file", str(FOLDER / f"{name}.txt")]


def main() -> int:
    """Write every lock. `--upgrade` takes the newest versions, otherwise pins that still fit are kept."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        bin_folder = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([bin_folder / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
        for name, (extras, below) in SETS.items():
            subprocess.run(
                compile_line(bin_folder / "uv", name, extras, below, upgrade="--upgrade" in sys.argv), check=True
            )
            path = FOLDER / f"{name}.txt"
            path.write_text(HEADER + path.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
