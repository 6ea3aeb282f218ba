"""The import's figures for the table: a dump of a campus library into a new home, by the command line."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.import_bench import run
from tests.importers.slims_dump_text import write_library

ITEMS = LOANS = 100_000
_TOLD = re.compile(r"(?P<wall>[\d.]+) s, (?P<cpu>[\d.]+) s of processor, (?P<resident>-?\d+) MB resident")


def figures(items: int = ITEMS, loans: int = LOANS) -> list[Figure]:
    """Seconds and megabytes of one import."""
    with tempfile.TemporaryDirectory(prefix="meja-bench-") as name:
        folder = Path(name)
        dump = write_library(folder / "library.sql", items, loans)
        run(folder, "init")
        told = _TOLD.search(run(folder, "import", str(dump), "--json").stderr)
    if told is None:
        return [Figure("import", "a dump could not be measured", None)]
    resident = int(told["resident"])
    what = f"{items:,} copies and {loans:,} loans from a dump"
    return [
        Figure("import", what, float(told["wall"]), "s", 30),
        Figure("import", "of it processor time", float(told["cpu"]), "s"),
        Figure("import", "peak of resident memory", resident if resident >= 0 else None, "MB", 300),
    ]
