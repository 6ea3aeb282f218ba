"""How fast MARC is read, and in how much memory: `python -m tests.bench.marc [titles]`.

Writes copies of real libraries' records with new numbers and barcodes to a temporary folder until there are as many
titles as asked for (50,000), reads them back through the importer, as ISO 2709 and as MARCXML, and prints a table. Each
reading runs in a process of its own, so that memory is that reading's alone. Not part of the checks.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from app.importers.mapping import mapping_for, read
from app.importers.marc import MarcOptions
from app.importers.marc_records import parse_record
from app.importers.rows import ItemRow, Refused, TitleRow

SETS = (
    "marc_evergreen/jazz_1k.mrc",
    "marc_evergreen/lul_fre_500.mrc",
    "marc_evergreen/nepali.marc",
    "marc_evergreen/hebrew.marc",
    "marc_evergreen/FSL.marc",
    "marc_bu/bu_bibs.mrc",
)
ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(rb"(?<=\x1fi)[0-9]{14}(?=[\x1e\x1f])")


def chunks(folder: Path) -> list[bytes]:
    """The records of the sets, without their terminators."""
    return [chunk for name in SETS for chunk in (folder / name).read_bytes().split(b"\x1d") if len(chunk) > 24]


def copies(records: list[bytes], titles: int) -> Iterator[bytes]:
    """As many records as asked for, each with a barcode of its own; lengths stay as they are."""
    numbers = itertools.count(10**13)
    for index, chunk in enumerate(itertools.islice(itertools.cycle(records), titles)):
        fresh = CODE.sub(lambda _: b"%014d" % next(numbers), chunk)
        fields = fresh.split(b"\x1e")
        if fields[0][24:27] == b"001":
            fields[1] = b"%0*d" % (max(len(fields[1]), 1), index)
        yield b"\x1e".join(fields)


def as_xml(chunk: bytes) -> str:
    """One record in MARCXML."""
    record = parse_record(chunk)
    parts = [f"<record><leader>{escape(record.leader)}</leader>"]
    for field in record.fields:
        if field.indicators or field.tag >= "010":
            inner = "".join(f'<subfield code="{code}">{escape(value)}</subfield>' for code, value in field.subfields)
            parts.append(f'<datafield tag="{field.tag}" ind1=" " ind2=" ">{inner}</datafield>')
        else:
            parts.append(f'<controlfield tag="{field.tag}">{escape(record.value(field.tag))}</controlfield>')
    return "".join(parts) + "</record>\n"


def measure(path: Path) -> str:
    """Read one file and say what came of it, in how long, with how much memory at most."""
    counted = {"titles": 0, "items": 0, "refused": 0}
    began = time.perf_counter()
    for row in read(path, MarcOptions(mapping_for("unicorn"))):
        counted["titles"] += isinstance(row, TitleRow)
        counted["items"] += isinstance(row, ItemRow)
        counted["refused"] += isinstance(row, Refused)
    took = time.perf_counter() - began
    figures = " ".join(f"{count:>9,}" for count in counted.values())
    size = path.stat().st_size / 1e6
    return f"{path.suffix[1:]:8} {size:7.1f} {figures} {took:8.1f} {counted['titles'] / took:10,.0f} {memory():>9}"


def memory() -> str:
    """The most memory this process ever held, in megabytes, where the system tells."""
    try:
        import resource
    except ImportError:  # Windows
        return "-"
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == 'linux' else 1 << 20):.0f}"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--read"]:
        print(measure(Path(arguments[1])))
        return 0
    titles = int(arguments[0]) if arguments else 50_000
    folder = Path(os.environ.get("MEJA_SHARED") or ROOT.parent / "shared") / "data"
    if not folder.is_dir():
        print("the libraries' sample files are not here (MEJA_SHARED names their folder)")
        return 2
    with tempfile.TemporaryDirectory(prefix="meja-bench-") as name:
        binary, xml = Path(name) / "copies.mrc", Path(name) / "copies.xml"
        with binary.open("wb") as out, xml.open("w", encoding="utf-8") as xml_out:
            xml_out.write('<collection xmlns="http://www.loc.gov/MARC21/slim">\n')
            for chunk in copies(chunks(folder), titles):
                out.write(chunk + b"\x1d")
                xml_out.write(as_xml(chunk))
            xml_out.write("</collection>\n")
        print("format        MB    titles     items   refused  seconds   titles/s   peak MB")
        for path in (binary, xml):
            command = [sys.executable, "-m", "tests.bench.marc", "--read", str(path)]
            print(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
