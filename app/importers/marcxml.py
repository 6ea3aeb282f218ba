"""A tolerant, streaming reader of MARCXML: one broken record must not lose the rest.

The file is cut into record elements first, by their tags alone, and each is parsed by itself; so a fault in one
stays there, memory holds one record, and no document type (the home of entity bombs) ever reaches the parser. The
XML is `http://www.loc.gov/MARC21/slim`, under any prefix or none, also inside OAI-PMH answers. What fields mean
stands in `marc`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from hashlib import blake2b
from html.entities import html5
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from msgspec import Struct

from app.importers.marc import DEFAULT_OPTIONS, MarcOptions, rows_of, wanted_tags
from app.importers.marc_records import (
    LONGEST_RECORD,
    MarcField,
    MarcRecord,
    open_source,
    read_blocks,
    tidy,
)
from app.importers.problems import ImportProblem
from app.importers.rows import Progress, Row

_TAG = re.compile(rb"<(/?)(?:[A-Za-z_][\w.-]{0,60}:)?record(?=[\s/>])([^<>]{0,4000})>")
_LONGEST_TAG = 4096
_CONTENT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(?:leader|controlfield|datafield)[\s>]")
_PREFIX = re.compile(rb"[<\s]/?([A-Za-z_][\w.-]{0,60}):[A-Za-z_]")
_DECLARED_CODEC = re.compile(rb"""<\?xml[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BAD_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,9}));")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_UNDECLARED_ENTITY = 11  # expat's XML_ERROR_UNDEFINED_ENTITY


class Fragment(Struct, frozen=True):
    """The bytes of one record element in UTF-8, the line of the file it begins on, and a fault or ""."""

    data: bytes
    line: int
    fault: str = ""


def read(path: Path, options: MarcOptions = DEFAULT_OPTIONS, progress: Progress | None = None) -> Iterator[Row]:
    """Yield the rows of a MARCXML file. Raises ImportProblem when the file as a whole cannot be read."""
    return rows_of(read_records(path, progress, wanted_tags(options)), options, path.name)


def read_records(
    path: Path, progress: Progress | None = None, wanted: Collection[str] | None = None
) -> Iterator[MarcRecord]:
    """Yield every record of a file in order; a broken one has no fields and a fault that says why.

    Faults besides those of `marc_records`: "xml-broken", "xml-entity-undeclared", "record-cut-off", and
    "xml-repaired" for a record that could be read after its forbidden characters were taken out.
    Raises ImportProblem: "file-missing", "file-unreadable", "file-empty", "not-marcxml", "codec-unknown".
    """
    number = 0
    for number, fragment in enumerate(_fragments(path, progress), start=1):
        yield parse_fragment(fragment, number, wanted)
    if not number:
        raise ImportProblem("not-marcxml", {"file": path.name})


def parse_fragment(fragment: Fragment, number: int = 1, wanted: Collection[str] | None = None) -> MarcRecord:
    """Parse one record element, mending what can be mended without guessing."""
    digest = blake2b(fragment.data, digest_size=12).hexdigest()
    if fragment.fault:
        return MarcRecord(number, "", (), digest, (fragment.fault,), fragment.line)
    faults: set[str] = set()
    try:
        root = _parse(fragment.data)
    except (ParseError, DefusedXmlException, ValueError):
        mended = _mended(fragment.data, faults)
        try:
            root = _parse(mended, wrapped=True)
        except (ParseError, DefusedXmlException, ValueError) as error:
            undeclared = isinstance(error, ParseError) and error.code == _UNDECLARED_ENTITY
            fault = "xml-entity-undeclared" if undeclared else "xml-broken"
            return MarcRecord(number, "", (), digest, (fault,), fragment.line)
    leader, fields = _fields(root, wanted, faults)
    return MarcRecord(number, leader, fields, digest, tuple(sorted(faults)), fragment.line)


def _parse(data: bytes, wrapped: bool = False) -> Element:
    if wrapped or data[:70].partition(b">")[0].partition(b" ")[0].find(b":") > 0:
        prefixes = set(_PREFIX.findall(data)) - {b"xml", b"xmlns"}
        declared = b"".join(b' xmlns:%s="x"' % prefix for prefix in sorted(prefixes))
        data = b"<whole%s>%s</whole>" % (declared, data)
    root: Element = fromstring(data, forbid_dtd=True)
    return root


def _mended(data: bytes, faults: set[str]) -> bytes:
    text = data.decode("utf-8", "replace")
    if "\ufffd" in text:
        faults.add("letters-damaged")
    mended = _NAMED.sub(_named, _BAD_REFERENCE.sub(_numbered, _NOT_XML.sub("", text)))
    if mended != text:
        faults.add("xml-repaired")
    return mended.encode("utf-8")


def _numbered(match: re.Match[str]) -> str:
    point = int(match[1], 16) if match[1] else int(match[2])
    return match[0] if point < 0x110000 and not _NOT_XML.match(chr(point)) else ""


def _named(match: re.Match[str]) -> str:
    """Resolve the names that HTML knows; XML knows five of them only."""
    return match[0] if match[1] in _XML_NAMES else html5.get(f"{match[1]};", match[0])


def _fields(root: Element, wanted: Collection[str] | None, faults: set[str]) -> tuple[str, tuple[MarcField, ...]]:
    leader = ""
    fields: list[MarcField] = []
    for element in root.iter():
        kind = _local(element)
        if kind == "leader":
            leader = leader or (element.text or "")
        elif kind in ("controlfield", "datafield"):
            tag = element.get("tag", "")
            tag = tag.zfill(3) if tag.isdigit() else tag
            if wanted is None or tag in wanted:
                fields.append(_field(element, kind, tag, faults))
    return tidy(leader, set()), tuple(fields)


def _field(element: Element, kind: str, tag: str, faults: set[str]) -> MarcField:
    if kind == "controlfield":
        return MarcField(tag, "", (("", tidy(element.text or "", faults)),))
    indicators = f"{element.get('ind1', ' ')[:1]}{element.get('ind2', ' ')[:1]}"
    subfields = tuple(
        (part.get("code", ""), tidy("".join(part.itertext()) if len(part) else part.text or "", faults))
        for part in element
        if _local(part) == "subfield"
    )
    return MarcField(tag, indicators, subfields)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _fragments(path: Path, progress: Progress | None) -> Iterator[Fragment]:
    """Cut a file into record elements. One that another record's start interrupts, or the file's end, is a fault.

    An element named record that holds no MARC before the next one begins is the envelope of OAI-PMH, not a record.
    """
    cutter = _Cutter()
    head, size = open_source(path)
    for block in _utf8(head, read_blocks(path, size, progress)):
        yield from cutter.feed(block)
    yield from cutter.end()


class _Cutter:
    """Finds record elements in a stream of blocks; holds at most one of them and one block."""

    __slots__ = ("_counted", "_held", "_line", "_open", "_searched")

    def __init__(self) -> None:
        self._held = b""
        self._open = -1  # where the record that is open begins in _held
        self._searched = 0
        self._line = 1  # of the place _counted in _held
        self._counted = 0

    def feed(self, block: bytes) -> Iterator[Fragment]:
        self._held += block
        while found := _TAG.search(self._held, self._searched):
            self._searched = found.end()
            closes, empty = bool(found[1]), found[2].endswith(b"/")
            if closes and self._open >= 0:
                yield self._cut(found.end(), "")
            elif not closes and not empty:
                if self._open >= 0 and _CONTENT.search(self._held, self._open, found.start()):
                    yield self._cut(found.start(), "xml-broken")
                self._open = found.start()
        yield from self._forget()

    def end(self) -> Iterator[Fragment]:
        if self._open >= 0 and _CONTENT.search(self._held, self._open):
            yield self._cut(len(self._held), "record-cut-off")

    def _cut(self, stop: int, fault: str) -> Fragment:
        self._line += self._held.count(b"\n", self._counted, self._open)
        self._counted = self._open
        fragment = Fragment(self._held[self._open : stop], self._line, fault)
        self._open = -1
        return fragment

    def _forget(self) -> Iterator[Fragment]:
        """Keep memory bounded: what stands outside a record goes, a record without an end is given up."""
        self._searched = max(self._searched, len(self._held) - _LONGEST_TAG)
        if self._open >= 0 and len(self._held) - self._open > LONGEST_RECORD:
            yield self._cut(self._searched, "record-too-long")
        done = self._searched if self._open < 0 else self._open
        self._line += self._held.count(b"\n", self._counted, done)
        self._held = self._held[done:]
        self._counted = 0
        self._searched -= done
        self._open = -1 if self._open < 0 else 0


def _utf8(head: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Bring the blocks to UTF-8, by byte order mark, shape or declaration."""
    codec = _codec(head)
    if codec is None:
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _codec(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(b"<\x00"):
        return "utf-16-le"
    if head.startswith(b"\x00<"):
        return "utf-16-be"
    found = _DECLARED_CODEC.search(head[:400])
    if found is None:
        return None
    name = found[1].decode("ascii").lower()
    try:
        known = codecs.lookup(name).name
        b"a".decode(known)
    except (LookupError, ValueError) as error:
        raise ImportProblem("codec-unknown", {"codec": name}) from error
    return None if known in ("utf-8", "ascii") else known
