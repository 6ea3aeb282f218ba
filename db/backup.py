"""Whole copies of the store: made through SQLite's own backup, opened and checked before they count."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct

from app.domain.system_fault import why
from app.ports import KnownError
from app.small_file import put_file, sync_folder
from db.connection import connect, raw_key_pragma
from db.errors import known
from db.home import Home
from db.keys import read_wraps, write_wraps


def copy_store(source: apsw.Connection, target: Path, key: bytes) -> None:
    """Copy an open store to a new file with the same key, and prove that the copy opens and is whole.

    Written aside and put in place in one step; a failed copy leaves no file.
    """
    aside = target.with_name(target.name + ".part")
    try:
        aside.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = apsw.Connection(str(aside))
        try:
            copy.execute(f"PRAGMA key = {raw_key_pragma(key)}")
            with copy.backup("main", source, "main") as backup:
                while not backup.done:
                    backup.step(2000)
            copy.execute("PRAGMA journal_mode = delete")
        finally:
            copy.close()
        verify_copy(aside, key)
        _sync_file(aside)
        drop_wal(target)
        aside.replace(target)
        sync_folder(target.parent)
    except apsw.Error as error:
        _drop(aside)
        raise known(error) from error
    except OSError as error:
        _drop(aside)
        raise KnownError("backup-failed", {"path": str(target), "detail": why(error)}) from error
    except KnownError:
        _drop(aside)
        raise


def _drop(aside: Path) -> None:
    """Take an unfinished copy away, as far as its disk still lets us."""
    with suppress(OSError):
        aside.unlink(missing_ok=True)
        drop_wal(aside)


def drop_wal(path: Path) -> None:
    """Take away what an earlier store of this name left behind: SQLite would play its log into the new file."""
    for end in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def verify_copy(path: Path, key: bytes) -> None:
    """Open a copy and check every page and index; `KnownError("backup-not-good")` when anything is wrong."""
    connection = connect(path, key, read_only=True)
    try:
        answer = connection.execute("PRAGMA quick_check").fetchone()
    except apsw.Error as error:
        raise KnownError("backup-not-good", {"detail": type(error).__name__}) from error
    finally:
        connection.close()
    if not answer or answer[0] != "ok":
        raise KnownError("backup-not-good", {"detail": str(answer[0] if answer else "")})


def backup_home(home: Home, source: apsw.Connection, key: bytes, target: Path) -> Path:
    """Back a home up into a folder: the store and its wraps. Returns the folder's store file."""
    store = target / home.store.name
    copy_store(source, store, key)
    try:
        put_file(target / home.keys.name, home.keys.read_bytes())
    except OSError as error:
        raise KnownError("backup-failed", {"path": str(target), "detail": why(error)}) from error
    return store


def backup_before_migration(home: Home, key: bytes, version: int) -> None:
    """A verified copy of a store that is about to get a newer schema."""
    source = connect(home.store, key)
    try:
        backup_home(home, source, key, home.backups / f"before-schema-{version + 1}-{stamp()}")
    finally:
        source.close()


class OldKeys(Struct, frozen=True):
    """Copies whose key file an older recovery key still opens, by their folders' names.

    `renewed` were given the present one; `left` were not: theirs is another library's data, or cannot be written.
    """

    renewed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def behind_the_paper(home: Home, folders: Iterable[Path]) -> list[Path]:
    """The key files in `folders`, or one folder below, that another recovery key opens than the home's own."""
    now = read_wraps(home.keys)["recovery"]
    found: list[Path] = []
    # A folder whose name no disk takes holds none.
    for folder in filter(os.path.isdir, folders):
        for path in sorted({*folder.glob(home.keys.name), *folder.glob("*/" + home.keys.name)}):
            wraps = _wraps_or_none(path)
            if wraps is None or wraps["recovery"] != now:
                found.append(path)
    return found


def renew_keys(home: Home, key: bytes, folders: Iterable[Path]) -> OldKeys:
    """Give copies of this store the home's present recovery key. Only a copy that `key` opens is touched."""
    now = read_wraps(home.keys)["recovery"]
    renewed: list[str] = []
    left: list[str] = []
    for path in behind_the_paper(home, folders):
        wraps = _wraps_or_none(path)
        try:
            connect(path.with_name(home.store.name), key, read_only=True).close()
            write_wraps(path, {**(wraps or read_wraps(home.keys)), "recovery": now})
        except KnownError:
            left.append(path.parent.name)
        else:
            renewed.append(path.parent.name)
    return OldKeys(tuple(renewed), tuple(left))


def _wraps_or_none(path: Path) -> dict[str, Any] | None:
    try:
        return read_wraps(path)
    except KnownError:
        return None


def stamp() -> str:
    """The present moment as part of a file name."""
    return datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")


def _sync_file(path: Path) -> None:
    with open(path, "rb+") as handle:
        os.fsync(handle.fileno())
