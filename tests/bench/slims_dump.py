"""How long a SLiMS dump of a campus takes to read, and how much memory.

`python -m tests.bench.slims_dump [ITEMS LOANS]` writes an invented library (tests/importers/slims_dump_text.py) to a
temporary folder, reads it in a process of its own, plain and gzipped, and prints one line each. Not part of the checks.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.importers.slims_dump_text import write_library

CHILD = """
import sys, time
from collections import Counter
from pathlib import Path
from app.importers.slims_dump import read

began = time.perf_counter()
counted = Counter(type(row).__name__ for row in read(Path(sys.argv[1])))
seconds = time.perf_counter() - began
processor = time.process_time()
try:
    # VmHWM and not ru_maxrss: the latter begins with what the parent held before exec.
    peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
except (OSError, StopIteration):
    peak = -1
print(f"{seconds:.1f} s ({processor:.1f} s of processor), {peak} MB resident, {dict(counted)}")
"""


def measure(path: Path) -> str:
    """Seconds, peak memory and counts of one read."""
    run = subprocess.run([sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, check=True)
    return f"{path.name}: {path.stat().st_size / 1e6:.0f} MB: {run.stdout.strip()}"


def main(arguments: list[str]) -> None:
    items, loans = (int(text) for text in arguments) if arguments else (100_000, 100_000)
    with tempfile.TemporaryDirectory(prefix="meja-bench-") as folder:
        began = time.perf_counter()
        plain = write_library(Path(folder) / "library.sql", items, loans)
        print(f"written in {time.perf_counter() - began:.1f} s")
        print(measure(plain))
        packed = plain.with_name("library.sql.gz")
        with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, 1 << 20)
        print(measure(packed))


if __name__ == "__main__":
    main(sys.argv[1:])
