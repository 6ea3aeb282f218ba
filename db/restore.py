"""Restoring a backup or a second copy into an empty home, with the account's secret or only the printed key."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from app.domain.system_fault import why
from app.ports import KnownError
from db.backup import copy_store, stamp
from db.connection import check_sqlite, connect
from db.errors import known
from db.home import Home, only_desk
from db.identity import read_identity
from db.keys import open_with_keyring, open_with_recovery, read_wraps, rewrap_for_account, write_wraps
from db.migrate import StoreDatabase, bring_up
from db.policies import Policies
from db.rebuild import rebuild, reindex
from db.replica_state import forget_place
from db.sql import Reading
from db.store import DeskStore, Surroundings, mark_place, mint_incarnation


def newest_copy(folder: Path) -> Path | None:
    """The folder to restore from: this one when it holds a store, else the newest of those in it; None when none does.

    A backup tells its moment in its name (`meja-20261124-…`), since copying a folder gives its files a new date.
    """
    name = Home(folder).store.name
    try:
        if (folder / name).is_file():
            return folder
        found = [(_moment(one, one / name), one) for one in folder.iterdir() if (one / name).is_file()]
    except OSError:
        return None
    return max(found)[1] if found else None


def _moment(copy: Path, store: Path) -> str:
    prefix, _, said = copy.name.partition("-")
    if prefix == "meja" and said[:8].isdigit():
        return said
    return datetime.fromtimestamp(store.stat().st_mtime).astimezone().strftime("%Y%m%d-%H%M%S-%f")


def restore(root: Path, source: Path, recovery: str, around: Surroundings) -> dict[str, Any]:
    """Restore the store found in `source` (a folder or its store file) into the empty home `root`.

    The projections are folded anew from the journal, the search index is made new, and the desk goes on as a new
    incarnation, so that nothing it writes can clash with what the lost disk may still have written.
    """
    check_sqlite()
    home = Home(root)
    if home.exists():
        raise KnownError("home-not-empty", {"path": str(root)})
    if not os.path.exists(source):
        # Not the store that happens to lie in the folder above it.
        raise KnownError("file-not-found", {"path": str(source)})
    folder = source if source.is_dir() else source.parent
    file = source if source.is_file() else folder / home.store.name
    if not file.exists():
        raise KnownError("file-not-found", {"path": str(file)})
    wraps = read_wraps(folder / home.keys.name)
    key = open_with_recovery(recovery, wraps) if recovery else open_with_keyring(around.secrets, wraps)
    if key is None:
        raise KnownError("keyring-lost", {"path": str(source)})
    home.make()
    with ExitStack() as holds:
        holds.enter_context(only_desk(home))
        return _place(home, file, key, wraps, around)


def _place(home: Home, file: Path, key: bytes, wraps: dict[str, Any], around: Surroundings) -> dict[str, Any]:
    aside = home.store.with_name("restoring.db")
    try:
        _fetch(file, aside)
        if home.keys.exists():
            # Of a store that is gone from here, which may still be found: nothing else would open it.
            home.keys.replace(home.keys.with_name(f"{home.keys.name}-{stamp()}"))
        write_wraps(home.keys, rewrap_for_account(around.secrets, "meja", key, wraps))
        report = _fold_anew(home, aside, key)
    finally:
        for end in ("", "-wal", "-shm"):
            aside.with_name(aside.name + end).unlink(missing_ok=True)
    _begin_anew(home, key, around)
    return report


def _fetch(file: Path, aside: Path) -> None:
    """Bring the copy here. It may be the only one left: it is read, never written, and never opened in place."""
    try:
        for end in ("", "-wal"):
            beside = file.with_name(file.name + end)
            if not end or beside.exists():
                shutil.copyfile(beside, aside.with_name(aside.name + end))
    except OSError as error:
        raise KnownError("file-not-readable", {"path": str(file), "detail": why(error)}) from error


def _fold_anew(home: Home, aside: Path, key: bytes) -> dict[str, Any]:
    database = StoreDatabase(aside, key)
    try:
        database.connect()
        # A copy of an older schema is brought up here; the original stays as it is, so no backup is needed.
        bring_up(database, lambda _version: None)
        connection = database.connection()
        identity = read_identity(connection)
        policies = Policies(connection, identity.zone)
        with connection:
            state = rebuild(connection, identity.library, policies)
            reindex(connection)
            forget_place(connection)
        reading: Reading = connection
        events = reading.execute("SELECT count(*) FROM event").fetchone()[0]
        newest = reading.execute("SELECT coalesce(max(at), 0) FROM event").fetchone()[0]
        copy_store(connection, home.store, key)
    except apsw.Error as error:
        raise known(error) from error
    finally:
        database.close()
    return {"home": str(home.root), "events": events, "state_hash": state.hex(), "newest_at": newest}


def _begin_anew(home: Home, key: bytes, around: Surroundings) -> None:
    connection = connect(home.store, key)
    store = DeskStore(home, connection, key, around, read_only=False, holds=ExitStack())
    try:
        mint_incarnation(store, "restored")
        mark_place(store, around, ours=False)
    finally:
        store.close()
