"""Which importer a file needs, found out from its bytes and never from its name alone.

Looks at the beginning only and promises nothing about the rest. Knows what formats look like, not how they are read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from app.importers.archives import Limits, open_packed
from app.importers.problems import ImportProblem
from app.importers.slims_csv_text import sniff

LOOKED_AT = 16 << 20
"""Bytes of a dump looked at before it is given up."""

_BLOCK = 1 << 20
_TEXT = 1 << 16
_TABLE = re.compile(
    rb"(?:CREATE TABLE|INSERT(?: IGNORE)? INTO|REPLACE INTO|DROP TABLE IF EXISTS|COPY|LOCK TABLES)\s+"
    rb"(?:IF NOT EXISTS\s+)?(?:`\w{1,64}`\.)?[`\"]?([\w.]{1,64})",
    re.IGNORECASE,
)
_SLIMS = frozenset(
    b"biblio_author biblio_topic loan_history visitor_count mst_gmd mst_member_type mst_loan_rules mst_item_status"
    b" mst_coll_type backup_log search_biblio".split()
)
_KOHA = frozenset(b"biblio_metadata biblioitems borrowers issues deleteditems marc_subfield_structure items".split())
_EVERGREEN = frozenset(b"asset.copy biblio.record_entry actor.usr asset.call_number action.circulation".split())
_LEADER = re.compile(rb"[0-9 ]{5}[a-z0-9 ][a-z ][a-z ][a-z0-9# ][a-z0-9# ][0-9 ][0-9 ][0-9 ]{5}")
_XML_COPY = re.compile(rb"tag=[\"']952[\"'].{0,2000}?</(?:\w{1,20}:)?datafield>", re.DOTALL)
_XML_MARC = re.compile(rb"<(?:\w{1,20}:)?(?:record|collection|leader)\b", re.IGNORECASE)


class Source(Struct, frozen=True):
    """What a file is: `kind` names the importer, `description` is a code for what was seen, `confidence` 0 to 1.

    Kinds: "slims-dump", "slims-biblio-csv", "slims-item-csv", "slims-member-csv", "marc", "marcxml", "koha",
    "evergreen", "spreadsheet". Descriptions: "mysql-dump", "postgres-dump", "csv-with-header", "csv-by-position",
    "iso-2709", "xml", "items-in-952", "xlsx", "csv".
    """

    kind: str
    description: str
    confidence: float
    params: Mapping[str, str] = field(default_factory=dict)


def detect(path: Path, limits: Limits | None = None) -> Source:
    """Find out what a file (or a folder of dump files) is.

    Raises ImportProblem: "format-unknown", "format-not-supported", "file-missing", "file-unreadable", "file-empty",
    "archive-damaged", "archive-too-large", "archive-without-dump".
    """
    try:
        if path.is_dir():
            return _folder(path, limits)
        with path.open("rb") as file:
            head = file.read(_TEXT)
    except FileNotFoundError as error:
        raise ImportProblem("file-missing", {"file": path.name}) from error
    except (OSError, ValueError) as error:
        raise ImportProblem("file-unreadable", {"file": path.name}) from error
    if not head:
        raise ImportProblem("file-empty", {"file": path.name})
    return _container(path, head) or _marc(head) or _text(path, limits)


def _folder(path: Path, limits: Limits | None) -> Source:
    for file in sorted(path.glob("*.sql"))[:50]:
        try:
            found = _text(file, limits)
            if found.kind != "spreadsheet":
                return found
        except ImportProblem:
            continue
    raise ImportProblem("format-unknown", {"file": path.name})


def _container(path: Path, head: bytes) -> Source | None:
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportProblem("format-not-supported", {"file": path.name, "format": "xls"})
    if not head.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            names = {entry.filename.lower() for entry in archive.infolist()[:10_000]}
    except (OSError, ValueError, RuntimeError, KeyError, zipfile.BadZipFile) as error:
        raise ImportProblem("archive-damaged", {"file": path.name}) from error
    if "xl/workbook.xml" in names:
        return Source("spreadsheet", "xlsx", 1.0)
    if "content.xml" in names and "mimetype" in names:
        raise ImportProblem("format-not-supported", {"file": path.name, "format": "ods"})
    return None


def _marc(head: bytes) -> Source | None:
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"<"):
        if not _XML_MARC.search(start):
            return None
        copies = _XML_COPY.search(start)
        is_koha = copies is not None and b'code="p"' in copies[0].replace(b"'", b'"')
        return Source("koha", "items-in-952", 0.9) if is_koha else Source("marcxml", "xml", 0.9)
    if b"\x1e" not in start or b"\x1f" not in start or head.startswith(b"\x1f\x8b"):
        return None
    if b"\x1e\x1d" not in start and not start[:5].replace(b" ", b"0").isdigit():
        return None
    if _has_koha_copies(start):
        return Source("koha", "items-in-952", 0.8)
    return Source("marc", "iso-2709", 0.95 if _LEADER.match(start) else 0.6)


def _has_koha_copies(record: bytes) -> bool:
    """Whether the first record has a field 952 with a barcode in $p, as Koha exports its items."""
    directory, _, data = record.partition(b"\x1e")
    for at in range(24, len(directory) - 11, 12):
        entry = directory[at : at + 12]
        if entry[:3] == b"952" and entry[3:].isdigit():
            begin = int(entry[7:12])
            return b"\x1fp" in data[begin : begin + int(entry[3:7])]
    return False


def _text(path: Path, limits: Limits | None) -> Source:
    packed = open_packed(path, limits)
    with packed.open() as stream:
        head = stream.read(_TEXT)
        found = _dump(head)
        looked = len(head)
        while found is None and looked < LOOKED_AT and _TABLE.search(head) is not None:
            tail = head[-200:]
            block = stream.read(_BLOCK)
            if not block:
                break
            looked += len(block)
            found = _dump(tail + block)
    if found is not None:
        return found
    if not packed.packing or packed.packing == "utf-16":
        return _csv(path, head)
    raise ImportProblem("format-unknown", {"file": path.name})


def _dump(text: bytes) -> Source | None:
    tables = {name.lower() for name in _TABLE.findall(text)}
    if tables & _EVERGREEN:
        return Source("evergreen", "postgres-dump", 0.95)
    if tables & _SLIMS or (b"biblio" in tables and b"gmd_id" in text):
        return Source("slims-dump", "mysql-dump", 0.95)
    if tables & _KOHA or (b"biblio" in tables and b"frameworkcode" in text):
        return Source("koha", "mysql-dump", 0.9 if len(tables & _KOHA) > 1 else 0.7)
    if tables & {b"item", b"member", b"loan"} and re.search(rb"item_code|member_type_id", text):
        return Source("slims-dump", "mysql-dump", 0.8)
    return None


def _csv(path: Path, head: bytes) -> Source:
    text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    found = sniff(text)
    if found is not None:
        dialect, separator, encloser, has_header = found
        params = {"separator": separator, "encloser": encloser}
        if has_header:
            return Source(f"slims-{dialect}-csv", "csv-with-header", 0.95, params)
        return Source(f"slims-{dialect}-csv", "csv-by-position", 0.85, params)
    lines = [line for line in re.split(r"\r\n?|\n", text) if line.strip()][:20]
    letters = sum(char.isprintable() or char in "\r\n\t" or char >= "\x80" for char in text)
    is_table = lines and "\x00" not in text and text.lstrip()[:1] not in ("{", "[", "<") and not _TABLE.search(head)
    if is_table and letters >= 0.98 * len(text):
        for separator in ",;\t|":
            counts = [line.count(separator) for line in lines[:3]]
            # A heading above the columns has no separators, or few.
            mostly = sum(line.count(separator) >= 2 for line in lines) >= max(2, 0.6 * len(lines))
            if min(counts) >= 2 or (min(counts) == max(counts) > 0 and len(counts) > 2) or mostly:
                return Source("spreadsheet", "csv", 0.5 if len(lines) > 1 else 0.3, {"separator": separator})
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" in head:
        return Source("spreadsheet", "csv", 0.3)
    raise ImportProblem("format-unknown", {"file": path.name})
