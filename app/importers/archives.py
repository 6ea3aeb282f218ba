"""Dump files opened safely, whatever they are packed in: plain, gzip, tar, gzipped tar, zip.

Knows containers, not what stands in them. Nothing is written to disk and no name out of an archive is used as a path,
so nothing can land where it does not belong and nothing is left over. What unpacks is counted while it unpacks: an
archive that grows beyond belief is refused. Tar headers (POSIX 1003.1, ustar) are read here because a library that
believes a header may reserve the memory the header asks for.
"""

from __future__ import annotations

import codecs
import gzip
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Protocol

from msgspec import Struct

from app.importers.problems import ImportProblem

CHUNK = 1 << 20
"""Bytes read at a time."""

_BLOCK = 512
_MOST_MEMBERS = 10_000
_FAULTS = (OSError, EOFError, ValueError, RuntimeError, KeyError, zlib.error, struct.error, zipfile.BadZipFile)


class Limits(Struct, frozen=True):
    """How far an archive may grow: `most_bytes` in all, `most_times` its packed size once it is above `free` bytes."""

    most_bytes: int = 64 << 30
    most_times: int = 250
    free: int = 64 << 20


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Packed(Struct, frozen=True):
    """A file that can be read from its beginning as often as needed.

    `name` is for people and has no folder, `size` is bytes on disk, `packing` one of "", "gzip", "tar", "zip",
    "utf-16" ("tar" also when it is gzipped, then `gzipped`).
    """

    path: Path
    name: str
    size: int
    packing: str
    gzipped: bool
    limits: Limits

    def open(self) -> Stream:
        """The unpacked bytes from the beginning. Raises ImportProblem: "file-unreadable", "archive-damaged"."""
        return Stream(self)


def open_packed(path: Path, limits: Limits | None = None) -> Packed:
    """Find out what a file is packed in, by its bytes and not by its name.

    Of a tar or zip the first .sql file inside counts. Raises ImportProblem: "file-missing", "file-unreadable",
    "file-empty", "archive-damaged", "archive-too-large", "archive-without-dump". Text in UTF-16 (a dump redirected by
    Windows PowerShell) is handed out as UTF-8.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_BLOCK)
    except FileNotFoundError as error:
        raise ImportProblem("file-missing", {"file": path.name}) from error
    except (OSError, ValueError) as error:
        raise ImportProblem("file-unreadable", {"file": path.name}) from error
    if not head:
        raise ImportProblem("file-empty", {"file": path.name})
    kept = limits or Limits()
    if head.startswith(b"PK\x03\x04"):
        return Packed(path, path.name, size, "zip", False, kept)
    gzipped = head.startswith(b"\x1f\x8b")
    if gzipped:
        with Packed(path, path.name, size, "gzip", True, kept).open() as stream:
            head = stream.read(_BLOCK)
    packing = "tar" if _is_tar_header(head) else "gzip" if gzipped else ""
    if not packing and head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        packing = "utf-16"
    return Packed(path, path.name, size, packing, gzipped, kept)


class Stream:
    """Unpacked bytes, forward only; every fault of the file or the archive comes out as ImportProblem."""

    def __init__(self, packed: Packed) -> None:
        self._packed = packed
        self._at = 0
        self._closing: list[IO[bytes] | zipfile.ZipFile | gzip.GzipFile] = []
        try:
            self._file = packed.path.open("rb")
        except (OSError, ValueError) as error:
            raise ImportProblem("file-unreadable", {"file": packed.name}) from error
        self._inner: _Readable = self._file
        try:
            self._unpack()
        except _FAULTS as error:
            self.close()
            raise self._damaged() from error
        except ImportProblem:
            self.close()
            raise

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        for layer in reversed(self._closing):
            layer.close()
        self._file.close()

    def read(self, size: int = CHUNK) -> bytes:
        """Up to `size` bytes, b"" at the end. Raises ImportProblem: "archive-damaged", "archive-too-large"."""
        try:
            data = self._inner.read(size)
        except _FAULTS as error:
            raise self._damaged() from error
        self._at += len(data)
        self._check_growth()
        return data

    def skip_to(self, offset: int) -> None:
        """Go forward to a byte of the unpacked data: at once in a plain file, by reading on in an archive."""
        if not self._packed.packing:
            self._file.seek(offset)
            self._at = offset
            return
        while self._at < offset and self.read(min(CHUNK, offset - self._at)):
            pass

    def on_disk(self) -> int:
        """How many bytes of the file on disk have been read so far."""
        return min(self._file.tell(), self._packed.size)

    def _unpack(self) -> None:
        if self._packed.packing == "zip":
            archive = zipfile.ZipFile(self._file)
            self._closing.append(archive)
            members = archive.infolist()[:_MOST_MEMBERS]
            found = next((member for member in members if member.filename.lower().endswith(".sql")), None)
            if found is None:
                raise ImportProblem("archive-without-dump", {"file": self._packed.name})
            member = archive.open(found)
            self._closing.append(member)
            self._inner = member
            return
        if self._packed.gzipped:
            unzipped = gzip.GzipFile(fileobj=self._file, mode="rb")
            self._closing.append(unzipped)
            self._inner = unzipped
        if self._packed.packing == "utf-16":
            self._inner = _Recoded(self._inner)
        if self._packed.packing == "tar":
            self._inner = _Member(self, self._inner, self._find_member())

    def _find_member(self) -> int:
        """Go to the data of the first .sql file of a tar and return its size in bytes."""
        for _ in range(_MOST_MEMBERS):
            header = self._exactly(_BLOCK)
            if not header.strip(b"\0"):
                break
            if not _is_tar_header(header):
                raise self._damaged()
            size = _tar_size(header)
            if size < 0:
                raise self._damaged()
            name = header[:100].split(b"\0")[0].lower()
            if header[156:157] in (b"0", b"\0") and name.endswith(b".sql"):
                return size
            self._pass_over(-(-size // _BLOCK) * _BLOCK)
        raise ImportProblem("archive-without-dump", {"file": self._packed.name})

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            block = self.read(size - len(data))
            if not block:
                raise ImportProblem("archive-without-dump", {"file": self._packed.name})
            data += block
        return data

    def _pass_over(self, size: int) -> None:
        while size > 0:
            block = self.read(min(size, CHUNK))
            if not block:
                raise self._damaged()
            size -= len(block)

    def _check_growth(self) -> None:
        packed = self._packed
        if not packed.packing or self._at <= packed.limits.free:
            return
        if self._at > packed.limits.most_bytes or self._at > packed.limits.most_times * max(packed.size, 1):
            raise ImportProblem("archive-too-large", {"file": packed.name})

    def _damaged(self) -> ImportProblem:
        return ImportProblem("archive-damaged", {"file": self._packed.name})


class _Member:
    """One file inside a tar: as many bytes as its header says and no more."""

    def __init__(self, owner: Stream, inner: _Readable, size: int) -> None:
        self._inner = inner
        self._left = size
        owner._at = 0

    def read(self, size: int, /) -> bytes:
        data = self._inner.read(min(size, self._left))
        if not data and self._left and size:
            raise EOFError
        self._left -= len(data)
        return data


class _Recoded:
    """UTF-16 handed out as UTF-8."""

    def __init__(self, inner: _Readable) -> None:
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._ready = b""

    def read(self, size: int, /) -> bytes:
        while len(self._ready) < size:
            block = self._inner.read(max(size, 2))
            self._ready += self._decoder.decode(block, final=not block).encode("utf-8", "replace")
            if not block:
                break
        data, self._ready = self._ready[:size], self._ready[size:]
        return data


def _is_tar_header(header: bytes) -> bool:
    if len(header) < _BLOCK or header[257:262] != b"ustar":
        return False
    try:
        told = int(header[148:156].strip(b" \0") or b"0", 8)
    except ValueError:
        return False
    return told == sum(header[:148]) + sum(header[156:_BLOCK]) + 8 * 32


def _tar_size(header: bytes) -> int:
    field = header[124:136]
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    return int(field.strip(b" \0") or b"0", 8)
