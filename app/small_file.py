"""Small files that must survive a power cut (keys, secrets): written aside, synced, put in place in one step."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def put_file(path: Path, content: bytes, *, private: bool = False) -> None:
    """Make `path` hold `content`: afterwards it has all of it, or (on OSError) what it had before.

    `private` files are never readable by other accounts, not even while they are written.
    """
    aside = path.with_name(path.name + ".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600 if private else 0o666)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink()
        raise
    sync_folder(path.parent)


_BINARY = int(getattr(os, "O_BINARY", 0))


def sync_folder(folder: Path) -> None:
    """Make names that were put into a folder last; Windows keeps them without being asked."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
