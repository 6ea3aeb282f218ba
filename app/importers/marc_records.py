"""A tolerant reader of MARC21 files (ISO 2709): bytes in, `MarcRecord` values out.

Knows the container only: where records, fields and subfields begin, and which letters they hold. What a field
means stands in `marc` and `marc_fields`. Records are split at the record terminator 0x1D and never by the
leader's length, which real systems get wrong; so one bad record costs one record. A record that cannot be
used at all comes out with no fields and its faults named, so that the caller can refuse it in its place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct

from app.importers.marc8 import decode_marc8
from app.importers.problems import ImportProblem
from app.importers.rows import Progress

LEADER_LENGTH = 24
LONGEST_RECORD = 4 * 1024 * 1024
"""A MARC record holds at most 99,999 bytes by the standard; anything beyond this is not one."""

_READ_SIZE = 1 << 20
_ENTRY = 12
_BETWEEN_RECORDS = b"\r\n\x1a\x00 \t\xef\xbb\xbf"
_LEADER = re.compile(rb"[0-9 ]{5}[0-9A-Za-z#| -]{7}[0-9 ]{5}[0-9A-Za-z#| -]{3}[0-9A-Za-z# ]{4}(?=[0-9A-Z]{3}[0-9]{9})")
_BROKEN_FIELD = re.compile(rb"\x1e(?:[ 0-9]{2}(?=\x1f))?")
_CYRILLIC_PAGES = ("cp1251", "cp866")
_CYRILLIC_WORD = re.compile(r"[\u0400-\u045f]{2,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# C1 controls in text are a sign of letters encoded twice, except the non-sorting marks 88, 89, 98 and 9c.
_DOUBLE_ENCODED = re.compile(r"[\x80-\x87\x8a-\x97\x99-\x9b\x9d-\x9f]")
_BREAKS = re.compile(r"[ \t]*[\r\n\u2028\u2029]+[ \t]*|\t")
_REFERENCE = re.compile(r"&#x([0-9A-Fa-f]{4,6});")


class MarcField(Struct, frozen=True):
    """One field: its tag, both indicators, and its subfields in order; a control field has one with code ""."""

    tag: str
    indicators: str
    subfields: tuple[tuple[str, str], ...]

    def first(self, code: str) -> str:
        """Return the first non-empty subfield with this code, or ""."""
        for have, value in self.subfields:
            if have == code and value:
                return value
        return ""

    def every(self, codes: str) -> list[str]:
        """Return all non-empty subfields whose code is among `codes`, in their order."""
        return [value for have, value in self.subfields if value and have in codes]


class MarcRecord(Struct, frozen=True):
    """One record: `number` in the file (1-based), leader, fields, a hash of its bytes, and faults met in
    reading.

    Faults are note codes: "letters-damaged", "control-characters-removed", "line-breaks-joined",
    "record-cut-off", "directory-mismatch", "letters-guessed" (a Cyrillic code page was recognised or chosen),
    and for a record without fields "record-unreadable" or "record-too-long".
    """

    number: int
    leader: str
    fields: tuple[MarcField, ...]
    digest: str
    faults: tuple[str, ...] = ()
    line: int = 0

    def all(self, tag: str) -> list[MarcField]:
        """Return the fields with this tag, in their order."""
        return [field for field in self.fields if field.tag == tag]

    def value(self, tag: str) -> str:
        """Return the content of the first control field with this tag, or ""."""
        for field in self.fields:
            if field.tag == tag and field.subfields:
                return field.subfields[0][1]
        return ""


def read_records(
    path: Path, progress: Progress | None = None, wanted: Collection[str] | None = None, codec: str = ""
) -> Iterator[MarcRecord]:
    """Yield every record of a file in order. `wanted`: decode these tags only (all when None). `codec`: the Python
    codec of text that is no UTF-8; "" means MARC-8.

    Raises ImportProblem: "file-missing", "file-unreadable", "file-empty", "not-marc", "codec-unknown".
    """
    check_codec(codec)
    keep = None if wanted is None else {tag.encode("ascii", "replace") for tag in wanted}
    for number, (chunk, whole) in enumerate(_chunks(path, progress), start=1):
        if len(chunk) > LONGEST_RECORD:
            yield MarcRecord(number, "", (), _digest(chunk), ("record-too-long",))
        else:
            yield parse_record(chunk, number, whole, keep, codec)


def parse_record(
    chunk: bytes,
    number: int = 1,
    whole: bool = True,
    wanted: Collection[bytes] | None = None,
    codec: str = "",
) -> MarcRecord:
    """Parse the bytes of one record without its terminator. `whole` False: the file ended before the
    terminator.
    """
    digest = _digest(chunk)
    chunk = _from_leader(chunk)
    leader = chunk[:LEADER_LENGTH].decode("latin-1")
    directory_end = chunk.find(b"\x1e", LEADER_LENGTH)
    if directory_end < 0:
        return MarcRecord(number, leader, (), digest, ("record-unreadable",))
    directory = chunk[LEADER_LENGTH:directory_end]
    faults: set[str] = set()
    if not whole:
        faults.add("record-cut-off")
    raw_fields = _raw_fields(directory, chunk[directory_end + 1 :], faults)
    if wanted is not None:
        raw_fields = [pair for pair in raw_fields if pair[0] in wanted]
    letters = _Letters(leader[9:10] == "a", [raw for _, raw in raw_fields], codec)
    fields = tuple(_field(tag, raw, letters) for tag, raw in raw_fields)
    faults.update(letters.faults)
    if not fields and wanted is None:
        faults.add("record-unreadable")
    return MarcRecord(number, leader, fields, digest, tuple(sorted(faults)))


def tidy(text: str, faults: set[str]) -> str:
    """Take control characters out of a text and join its lines; say so in `faults`. Everything else stays."""
    if text.isprintable():
        return text
    joined = _BREAKS.sub(" ", text)
    if joined != text:
        if joined.strip() != text.strip():
            faults.add("line-breaks-joined")
        text = joined
    cleaned = _CONTROL.sub("", text)
    if cleaned != text:
        if _DOUBLE_ENCODED.search(text):
            faults.add("letters-damaged")
        faults.add("control-characters-removed")
    return cleaned


def check_codec(codec: str) -> None:
    """Raise ImportProblem "codec-unknown" unless the name is "" or a text codec of Python."""
    try:
        if codec:
            b"a".decode(codec)
    except (LookupError, ValueError) as error:
        raise ImportProblem("codec-unknown", {"codec": codec}) from error


def open_source(path: Path) -> tuple[bytes, int]:
    """Return the first megabyte of a file and its size.

    Raises ImportProblem: "file-missing", "file-unreadable", "file-empty".
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_READ_SIZE)
    except FileNotFoundError as error:
        raise ImportProblem("file-missing", {"file": path.name}) from error
    except (OSError, ValueError) as error:
        raise ImportProblem("file-unreadable", {"file": path.name}) from error
    if not head:
        raise ImportProblem("file-empty", {"file": path.name})
    return head, size


def read_blocks(path: Path, size: int, progress: Progress | None) -> Iterator[bytes]:
    """Yield a file's bytes in blocks, telling `progress` after each. Raises ImportProblem "file-unreadable"."""
    done = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_READ_SIZE):
                yield block
                done += len(block)
                if progress is not None:
                    progress(done, max(size, done))
    except OSError as error:
        raise ImportProblem("file-unreadable", {"file": path.name}) from error


def _chunks(path: Path, progress: Progress | None) -> Iterator[tuple[bytes, bool]]:
    """Split a file at 0x1D; the flag tells whether the terminator was there. At most one record is held in
    memory.
    """
    head, size = open_source(path)
    if b"\x1e" not in head and b"\x1d" not in head:
        raise ImportProblem("not-marc", {"file": path.name})
    held = b""
    for block in read_blocks(path, size, progress):
        parts = (held + block).split(b"\x1d")
        held = parts.pop()
        if len(held) > 2 * LONGEST_RECORD:
            held = held[: LONGEST_RECORD + 1]  # stays too long, whatever follows
        for part in parts:
            if part.strip(_BETWEEN_RECORDS):
                yield part, True
    if held.strip(_BETWEEN_RECORDS):
        yield held, False


def _digest(chunk: bytes) -> str:
    return blake2b(chunk.strip(_BETWEEN_RECORDS), digest_size=12).hexdigest()


def _from_leader(chunk: bytes) -> bytes:
    """Drop what stands before the leader: line ends, a byte order mark, or stray text between two records."""
    chunk = chunk.lstrip(b"\r\n\x1a\x00\t\xef\xbb\xbf")
    directory_end = chunk.find(b"\x1e")
    if directory_end >= LEADER_LENGTH and (directory_end - LEADER_LENGTH) % _ENTRY:
        found = _LEADER.search(chunk, 0, directory_end)
        if found and (directory_end - found.start() - LEADER_LENGTH) % _ENTRY == 0:
            return chunk[found.start() :]
    return chunk


def _raw_fields(directory: bytes, data: bytes, faults: set[str]) -> list[tuple[bytes, bytes]]:
    """Pair tags with field bytes.

    Three ways, the first that fits: the directory's offsets where all of them land on 0x1E; the same offsets
    counted in characters (some systems count UTF-8 text so); the order of the fields.
    """
    parts = data.split(b"\x1e")
    if not parts[-1].strip():
        parts.pop()
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
    if len(entries) == len(parts) and _in_order(entries, parts):
        return [(entry[:3], part) for entry, part in zip(entries, parts, strict=True)]
    found = _by_offset(entries, data) or _by_character(entries, data)
    if found is None:
        found = [(entry[:3], part) for entry, part in zip(entries, parts, strict=False)]
        if len(entries) != len(parts):
            faults.add("directory-mismatch")
    elif sum(len(raw) + 1 for _, raw in found) < len(data.rstrip()):
        faults.add("directory-mismatch")
    return found


def _in_order(entries: list[bytes], parts: list[bytes]) -> bool:
    expected = 0
    for entry, part in zip(entries, parts, strict=True):
        if entry[3:] != b"%04d%05d" % (len(part) + 1, expected):
            return False
        expected += len(part) + 1
    return True


def _by_offset(entries: list[bytes], data: bytes) -> list[tuple[bytes, bytes]] | None:
    fields: list[tuple[bytes, bytes]] = []
    for entry in entries:
        if not entry[3:].isdigit():
            return None
        length, start = int(entry[3:7]), int(entry[7:])
        stop = start + length
        if length < 1 or data[stop - 1 : stop] != b"\x1e" or (start and data[start - 1 : start] != b"\x1e"):
            return None
        fields.append((entry[:3], data[start : stop - 1]))
    return fields or None


def _by_character(entries: list[bytes], data: bytes) -> list[tuple[bytes, bytes]] | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if len(text) == len(data):
        return None
    fields: list[tuple[bytes, bytes]] = []
    for entry in entries:
        if not entry[3:].isdigit():
            return None
        length, start = int(entry[3:7]), int(entry[7:])
        stop = start + length
        if length < 1 or text[stop - 1 : stop] != "\x1e" or (start and text[start - 1 : start] != "\x1e"):
            return None
        fields.append((entry[:3], text[start : stop - 1].encode("utf-8")))
    return fields or None


def _field(tag: bytes, raw: bytes, letters: _Letters) -> MarcField:
    name = tag.decode("latin-1")
    if 0x1E in raw:  # a field broken in two by the system that wrote it
        raw = _BROKEN_FIELD.sub(b"", raw)
    first, *rest = raw.split(b"\x1f")
    if not rest:
        return MarcField(name, "", (("", letters.read(first)),))
    subfields = tuple((chr(part[0]), letters.read(part[1:])) for part in rest if part)
    return MarcField(name, first.decode("latin-1"), subfields)


class _Letters:
    """Decodes the subfields of one record and remembers what went wrong.

    Valid UTF-8 without an ESC byte is UTF-8, whatever leader/09 says: the flag lies in real files, while
    MARC-8 text with two or more accented letters is almost never valid UTF-8. Otherwise it is MARC-8, with
    two exceptions: a record that is flagged UTF-8 and holds more good than bad UTF-8 letters keeps its good
    letters, and a record whose high bytes are plainly Russian words in a DOS or Windows code page is read so.
    """

    __slots__ = ("_decided", "_flagged", "_page", "_raws", "faults")

    def __init__(self, flagged: bool, raws: list[bytes], page: str = "") -> None:
        self.faults: set[str] = set()
        self._flagged = flagged
        self._raws = raws
        self._page = page  # a codec, "" for MARC-8
        self._decided = bool(page)

    def read(self, raw: bytes) -> str:
        if raw.isascii():
            if 0x1B in raw:
                return self._other(raw)
            text = raw.decode("ascii")
            return tidy(text if self._flagged else _unescape(text), self.faults)
        if 0x1B not in raw:
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                pass
            else:
                return tidy(text, self.faults)
        return self._other(raw)

    def _other(self, raw: bytes) -> str:
        if not self._decided:
            self._decided = True
            self._page = self._choose()
        if self._page:
            text = raw.decode(self._page, "replace")
            if "\ufffd" in text:
                self.faults.add("letters-damaged")
            elif self._page != "utf-8":
                self.faults.add("letters-guessed")
            return tidy(text, self.faults)
        text, unknown = decode_marc8(raw)
        if unknown:
            self.faults.add("letters-damaged")
        return tidy(_unescape(text), self.faults)

    def _choose(self) -> str:
        everything = b"\x1e".join(self._raws)
        if 0x1B in everything:
            return ""
        text = everything.decode("utf-8", "replace")
        bad = text.count("\ufffd")
        high = sum(1 for letter in text if letter > "\x7f")
        if self._flagged and high - bad >= bad:
            return "utf-8"
        for page in _CYRILLIC_PAGES:
            text = everything.decode(page, "replace")
            high = sum(1 for letter in text if letter > "\x7f")
            in_words = sum(len(word) for word in _CYRILLIC_WORD.findall(text))
            small = sum(1 for letter in text if "\u0430" <= letter <= "\u044f")
            if in_words >= 0.9 * high and small >= 0.7 * in_words and in_words >= 8:
                return page
        return ""


def _unescape(text: str) -> str:
    """Resolve the `&#x….;` references that MARC-8 records use for letters MARC-8 lacks."""
    if "&#x" not in text:
        return text
    return _REFERENCE.sub(_referenced, text)


def _referenced(match: re.Match[str]) -> str:
    point = int(match[1], 16)
    if point < 0xA0 or 0xD800 <= point <= 0xDFFF or point > 0x10FFFF:
        return match[0]
    return chr(point)
