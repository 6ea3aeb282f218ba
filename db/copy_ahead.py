"""A second copy that knows more than the store: proof that acts are missing here.

After the image of a whole PC was put back, nothing on it tells: the account's marks are as old as the store. The second
copy on a stick is not. It is this store's own chain gone on, so its numbers stand on paper already; it is looked at
when the desk opens, before a number is given, and put aside so that nothing writes over what only it has.
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path

import apsw
from msgspec.structs import replace

from app.ports import KnownError
from db.backup import stamp
from db.connection import connect
from db.high_water import NOWHERE, Lacking, between, reached
from db.home import Home
from db.identity import Identity, get_meta
from db.sql import Reading


def lacking_beside(connection: Reading, home: Home, folder: Path, key: bytes, identity: Identity) -> Lacking | None:
    """What the second copy in `folder` has of this store's own chains beyond the store; None when nothing.

    The incarnation that writes here is looked at first, then the one that wrote the copy last. A copy that cannot be
    read, or of which the store is no earlier state, says nothing here.
    """
    path = folder / home.store.name
    if not os.path.exists(path):
        return None
    with suppress(KnownError, apsw.Error), closing(connect(path, key, read_only=True)) as copy:
        there: Reading = copy
        if not _goes_on(connection, there):
            return None
        for inc in dict.fromkeys((identity.inc, get_meta(there, "inc"))):
            one = replace(identity, inc=inc)
            have, known = reached(connection, one) or NOWHERE, reached(there, one)
            if known is not None and known.beyond(have):
                return between(_letter(there, one), have, known, str(folder))
    return None


def _goes_on(here: Reading, there: Reading) -> bool:
    """True when the store's last event stands in the copy too, at its place and with its link."""
    newest = here.execute("SELECT n, head FROM event ORDER BY n DESC LIMIT 1").fetchone()
    return bool(newest and there.execute("SELECT 1 FROM event WHERE n = ? AND head = ?", newest).fetchone())


def _letter(connection: Reading, identity: Identity) -> str:
    row = connection.execute(
        "SELECT letter FROM author WHERE desk = ? AND inc = ? AND letter <> ''", (identity.desk, identity.inc)
    ).fetchone()
    return str(row[0])


def set_aside(home: Home, folder: Path) -> Path | None:
    """Keep a copy that does not go on into this store under a name of its own: it may hold acts of a lost disk, or
    another library. Returns where it lies now; None when there was none. OSError when the folder does not let it."""
    name = home.store.name
    if not (folder / name).exists():
        return None
    kept = folder / f"other-{stamp()}"
    kept.mkdir(parents=True)
    for path in (folder / home.keys.name, *folder.glob(name + "*")):
        if path.exists():
            path.replace(kept / path.name)
    return kept
