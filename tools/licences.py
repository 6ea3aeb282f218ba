"""Writes docs/licences: licence and full text of every package of desk and server, from installed metadata.

Run in an environment with the window's and the server's sets: .venv/bin/python -m tools.licences. Packages that only
other systems install keep the entry written for them by hand in `ELSEWHERE`.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path

from tools import pins

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "licences"
LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice|copyright)[^/]*$|/licenses/", re.IGNORECASE)
# Not installable on every system, so their metadata cannot always be read here (source: the packages' own metadata).
ELSEWHERE = {
    "colorama": "BSD-3-Clause",
    "pywin32": "PSF-2.0",
    "pywin32-ctypes": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
    "backports-tarfile": "MIT",
    "importlib-metadata": "Apache-2.0",
    "zipp": "MIT",
    "jeepney": "MIT",
    "secretstorage": "BSD-3-Clause",
}
# Where a package's metadata is silent or vague, read from the licence text it ships.
READ_IN_FILE = {
    "apsw-sqlite3mc": "Zlib",
    "defusedxml": "PSF-2.0",
    "libusb-package": "Apache-2.0 AND LGPL-2.1-or-later",  # the wrapper, and libusb itself: LGPL-2.1.txt
    "peewee": "MIT",
    "pymarc": "BSD-2-Clause",
    "python-dateutil": "Apache-2.0 AND BSD-3-Clause",
    "pyusb": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
}
# Qt and its binding ship no text; the desk uses them under the LGPL, as separate files that anyone may replace.
NO_TEXT = "The package ships no licence text. See LGPL-3.0.txt and GPL-3.0.txt in the folder above.\n"


def licence_of(package: metadata.Distribution) -> str:
    """A package's licence in a few words: its expression, its short licence field, or its classifiers."""
    about = package.metadata.json
    expression = str(about.get("license_expression") or "")
    if expression:
        return expression
    field = str(about.get("license") or "").strip()
    if field and "\n" not in field and len(field) <= 60:
        return field
    classifiers = [str(line) for line in about.get("classifier") or []]
    names = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")]
    return ", ".join(name for name in names if name != "OSI Approved")


def texts_of(package: metadata.Distribution) -> list[tuple[str, str]]:
    """Name and text of every licence file a package ships."""
    found: list[tuple[str, str]] = []
    for path in sorted(package.files or [], key=str):
        if LICENCE_FILE.search(path.as_posix()) and path.suffix.lower() not in {".py", ".pyc", ".json"}:
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            if text and text.strip() and text.strip() not in {known.strip() for _, known in found}:
                found.append((path.name, text))
    return found


def main() -> int:
    """Write licences.json and one notice file per package."""
    notices = FOLDER / "texts"
    notices.mkdir(parents=True, exist_ok=True)
    summary: dict[str, str] = {}
    unknown: list[str] = []
    for pin in pins.locked("both"):
        try:
            package = metadata.distribution(pin.name)
        except metadata.PackageNotFoundError:
            summary[pin.name] = ELSEWHERE[pin.name]
            continue
        licence = READ_IN_FILE.get(pin.name) or licence_of(package)
        if not licence:
            unknown.append(pin.name)
        summary[pin.name] = licence
        parts = [f"{name}\n{'=' * len(name)}\n\n{text.strip()}\n" for name, text in texts_of(package)]
        body = "\n\n".join(parts) if parts else NO_TEXT
        heading = f"{pin.name} {pin.version}\n{licence}\n\n"
        clean = "\n".join(line.rstrip() for line in (heading + body).splitlines()) + "\n"
        (notices / f"{pin.name}.txt").write_text(clean, encoding="utf-8", newline="\n")
    (FOLDER / "licences.json").write_text(
        json.dumps(summary, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )
    if unknown:
        print("no licence found for:", ", ".join(unknown), file=sys.stderr)
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
