"""Files that a person names to be written: never over the library's own, and whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from app.domain.system_fault import why
from app.ports import KnownError


class OwnPlaces(Struct, frozen=True):
    """What nobody may write over: folders with all that lies in them.

    A folder that holds a file called `mark` (a key file) is a library's home, backup or second copy, whosever it is.
    """

    folders: tuple[Path, ...]
    mark: str

    def hold(self, path: Path) -> bool:
        """True when writing to `path` could change what is the library's own: by any name, link or mount."""
        target = Path(os.path.realpath(path))
        own = {found for folder in self.folders if (found := _file_id(folder))}
        named = [Path(os.path.realpath(folder)) for folder in self.folders]
        for above in (target, *target.parents):
            if above in named or _file_id(above) in own or _file_id(above / self.mark):
                return True
        return self._hard_linked(target)

    def _hard_linked(self, target: Path) -> bool:
        """True when the file has another name inside: only whoever has several names is looked for."""
        try:
            found = target.stat()
        except OSError:
            return False
        if not stat.S_ISREG(found.st_mode) or found.st_nlink < 2:
            return False
        return any(
            _file_id(Path(folder) / name) == (found.st_dev, found.st_ino)
            for top in self.folders
            for folder, _folders, names in os.walk(top)
            for name in names
        )


def _file_id(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def refuse_own(path: Path, own: OwnPlaces) -> None:
    """`KnownError("file-own")` when writing there could change what is the library's own."""
    if own.hold(path):
        raise KnownError("file-own", {"path": str(path)})


@contextmanager
def written(path: Path, own: OwnPlaces, *, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write into. When the block ends well, `path` holds all of it; else it has what it had before.

    A `private` one may be read by this account alone, where the system knows such rights. A device or pipe is written
    to as it is. KnownError: file-own, file-not-writable, disk-full.
    """
    refuse_own(path, own)
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            with target.open("wb") as stream:
                yield stream
            return
        # A name that nobody can have laid out as a link to something else.
        aside = target.parent / f".{secrets.token_hex(8)}.part"
        with _fresh(aside, target, private) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _put(aside, target)
    except OSError as error:
        raise not_written(path, error) from error


@contextmanager
def _fresh(aside: Path, target: Path, private: bool) -> Iterator[BinaryIO]:
    """A new file, private or with the rights of the one it will replace; gone again when the block fails."""
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600 if private else 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            if os.name == "posix" and target.is_file() and not private:
                os.fchmod(stream.fileno(), stat.S_IMODE(target.stat().st_mode))
            yield stream
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


def _put(aside: Path, target: Path) -> None:
    try:
        aside.replace(target)
    except OSError:
        with suppress(OSError):
            aside.unlink()
        raise


def write_whole(path: Path, content: bytes, own: OwnPlaces, *, private: bool = False) -> None:
    """Make `path` hold `content`, as `written` does it."""
    with written(path, own, private=private) as stream:
        stream.write(content)


def not_written(path: Path, error: OSError) -> KnownError:
    """Why a named file could not be written."""
    if error.errno == errno.ENOSPC:
        return KnownError("disk-full", {"path": str(path)})
    return KnownError("file-not-writable", {"path": str(path), "detail": why(error)})


_BINARY = int(getattr(os, "O_BINARY", 0))
