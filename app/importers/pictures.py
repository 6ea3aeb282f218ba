"""Photos of readers and covers of books out of SLiMS's picture folders.

SLiMS keeps file names in its tables and the files in `images/persons` and `images/docs`. A name is only ever looked up
among the files that lie in that folder, never joined to a path; a file is taken when its own bytes say that it is a
picture of a believable size. Nothing is decoded here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from app.importers.rows import Place, Refused

LARGEST_FILE = 10 << 20
LARGEST_SIDE = 12_000
LARGEST_AREA = 50_000_000
"""Pixels; a picture that unpacks to more is refused before anything unpacks it."""

_FOLDERS = {"member": ("persons",), "title": ("docs",)}
_HEAD = 256 << 10
_MOST_FILES = 1_000_000


class Picture(Struct, frozen=True):
    """A picture file that may be taken: whose it is, where it lies, what it is ("jpeg", "png", "gif", "webp")."""

    source_key: str
    path: Path
    format: str
    width: int
    height: int


def pictures(folder: Path, kind: str, named: Iterable[tuple[str, str]]) -> Iterator[Picture | Refused]:
    """Find the pictures of some records. `folder` is SLiMS's own folder, its `images`, or the picture folder itself.

    `kind`: "member" or "title"; `named`: keys of records and the file names SLiMS has for them; empty names are
    passed over. Refusals: "picture-missing", "picture-too-large", "picture-unsafe" (no picture of a known kind).
    """
    files = _files_in(_picture_folder(folder, kind))
    for key, name in named:
        last = name.replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
        if not last:
            continue
        place = Place(last)
        path = files.get(last) or files.get(last.casefold())
        if path is None:
            yield Refused("picture", "picture-missing", place, {"key": key})
            continue
        yield _looked_at(key, path, place)


def _picture_folder(folder: Path, kind: str) -> Path:
    for name in _FOLDERS[kind]:
        for candidate in (folder / "images" / name, folder / name):
            if candidate.is_dir():
                return candidate
    return folder


def _files_in(folder: Path) -> dict[str, Path]:
    """The plain files of a folder by name, and by name without case: SLiMS often ran on Windows before."""
    files: dict[str, Path] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False) and len(files) < _MOST_FILES:
                    files[entry.name] = Path(entry.path)
                    files.setdefault(entry.name.casefold(), Path(entry.path))
    except (OSError, ValueError):
        return files
    return files


def _looked_at(key: str, path: Path, place: Place) -> Picture | Refused:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return Refused("picture", "picture-missing", place, {"key": key})
    if size > LARGEST_FILE:
        return Refused("picture", "picture-too-large", place, {"key": key, "bytes": str(size)})
    found = picture_size(head)
    if found is None:
        return Refused("picture", "picture-unsafe", place, {"key": key})
    kind, width, height = found
    if max(width, height) > LARGEST_SIDE or width * height > LARGEST_AREA:
        return Refused("picture", "picture-too-large", place, {"key": key, "pixels": f"{width} x {height}"})
    return Picture(key, path, kind, width, height)


def picture_size(head: bytes) -> tuple[str, int, int] | None:
    """Format, width and height that the beginning of a picture file tells, or None.

    Formats: PNG (ISO 15948), GIF89a, JPEG (ITU T.81, frame headers), WebP container.
    """
    found = _png(head) or _gif(head) or _jpeg(head) or _webp(head)
    return found if found is not None and found[1] > 0 and found[2] > 0 else None


def _png(head: bytes) -> tuple[str, int, int] | None:
    if head[:8] != b"\x89PNG\r\n\x1a\n" or head[12:16] != b"IHDR" or len(head) < 24:
        return None
    return "png", int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _gif(head: bytes) -> tuple[str, int, int] | None:
    if head[:6] not in (b"GIF87a", b"GIF89a") or len(head) < 10:
        return None
    return "gif", int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")


def _jpeg(head: bytes) -> tuple[str, int, int] | None:
    if head[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return "jpeg", int.from_bytes(head[at + 7 : at + 9], "big"), int.from_bytes(head[at + 5 : at + 7], "big")
        else:
            at += 2 + max(2, int.from_bytes(head[at + 2 : at + 4], "big"))
    return None


def _webp(head: bytes) -> tuple[str, int, int] | None:
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or len(head) < 30:
        return None
    kind = head[12:16]
    if kind == b"VP8X":
        return "webp", int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L" and head[20] == 0x2F:
        bits = int.from_bytes(head[21:25], "little")
        return "webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        return "webp", int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return None
