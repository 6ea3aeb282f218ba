"""How long a campus library takes to come in, how much memory, and whether it is proven afterwards.

`python -m tests.bench.import_bench [ITEMS LOANS]` writes an invented SLiMS dump (110 to 140 MB for 100,000 copies and
100,000 loans), imports it into a new home by the command line in a process of its own, and prints seconds on the wall
and of the processor, the peak of resident memory, and the verdict of `meja check`. Not part of the checks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.importers.slims_dump_text import write_library

CHILD = """
import sys, time
from app.__main__ import main
began = time.perf_counter()
code = main(sys.argv[1:])
try:
    # VmHWM and not ru_maxrss: the latter begins with what the parent held before exec.
    peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
except (OSError, StopIteration):
    peak = -1
spent = f"{time.perf_counter() - began:.1f} s, {time.process_time():.1f} s of processor"
print(f"{spent}, {peak} MB resident", file=sys.stderr)
sys.exit(code)
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command on the home in a folder."""
    environment = {
        **os.environ,
        "MEJA_CONFIG_DIR": str(folder / "config"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    line = [sys.executable, "-c", CHILD, *arguments, "--home", str(folder / "home")]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=True)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    items, loans = (int(text) for text in arguments) if arguments else (100_000, 100_000)
    with tempfile.TemporaryDirectory(prefix="meja-bench-") as name:
        folder = Path(name)
        dump = write_library(folder / "library.sql", items, loans)
        print(f"dump: {dump.stat().st_size / 1e6:.0f} MB, {items} copies, {loans} loans")
        for what in ("first run", "second run"):
            if what == "first run":
                run(folder, "init")
            began = time.perf_counter()
            done = run(folder, "import", str(dump), "--json")
            answer = json.loads(done.stdout)
            print(f"{what}: {done.stderr.strip()} ({time.perf_counter() - began:.1f} s with the start)")
            print(f"  accepted {answer['accepted']}, unchanged {answer['unchanged']}, refused {answer['refused']}")
        size = (folder / "home" / "meja.db").stat().st_size
        checked = json.loads(run(folder, "check", "--json").stdout)
        print(f"store: {size / 1e6:.0f} MB; check: {'proven' if checked['ok'] else checked['faults']}")


if __name__ == "__main__":
    main(sys.argv[1:])
