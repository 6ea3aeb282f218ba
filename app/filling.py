"""Part of the composition root: a home that has just joined is filled from the server's snapshot."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from app import wiring
from app.domain.replica import LogFault, Place, Server
from app.ports import KnownError
from db.filling import Portion, fill
from db.home import Home, only_desk
from db.joining import is_filling, joined_to, key_of
from db.replica import Replica
from db.replica_state import read_place
from sync.client import Client
from sync.ports import SyncFault
from sync.protocol.signing import Signer
from sync.snapshot import SPOILT, content, fetch
from sync.thread import wall
from sync.transport import Http

Tell = Callable[[str, int, int], None]


def untold(_what: str, _done: int, _all: int) -> None:
    """Nobody watches."""


class _Wanting(Struct, frozen=True):
    """What is needed of a home without its library."""

    server: Server
    library: str
    desk: str
    private: bytes
    key: bytes


class _Part:
    """The file as far as it came, in the home; it is sealed. The key to it is asked for anew each time."""

    def __init__(self, home: Home) -> None:
        self._root = home.root
        self._path = home.root / "none.snapshot"

    def begin(self, name: str) -> int:
        self._path = self._root / f"{name}.snapshot"
        for other in self._root.glob("*.snapshot"):
            if other != self._path:
                other.unlink()
        return self._path.stat().st_size if self._path.exists() else 0

    def append(self, data: bytes) -> None:
        with open(self._path, "ab") as file:
            file.write(data)

    def drop(self) -> None:
        for path in self._root.glob("*.snapshot"):
            path.unlink()

    def open(self) -> BinaryIO:
        return open(self._path, "rb")


def fill_home(root: Path, recovery: str = "", tell: Tell = untold) -> str:
    """Take the server's snapshot into a home that has joined and read nothing yet; any other home stays as it is. What
    went wrong as a code, "" when the library is here or its log is to be read: then nothing was changed.

    Raises KnownError when the home cannot be opened or written.
    """
    wanting = _wanting(root, recovery)
    if wanting is None:
        return ""
    home = Home(root)
    part = _Part(home)
    try:
        with only_desk(home), closing(Http(wanting.server.url)) as http:
            client = Client(
                http, Signer(wanting.private), wanting.server, wall=wall, chance=os.urandom, desk=wanting.desk
            )
            client.hello()
            fetched = fetch(client, wanting.library, part, rest=time.sleep, tell=tell)
            if fetched is None:
                return ""
            facts = fetched.facts

            def portions(replica: Replica) -> Iterable[Portion]:
                return content(fetched, file, replica, tell)

            with part.open() as file:
                fill(home, wanting.key, Place(facts.at, facts.hash, facts.epoch), facts.state, portions)
    except (SyncFault, LogFault) as fault:
        if isinstance(fault, LogFault) or fault.code in (SPOILT, "not-proved", "not-understood"):
            part.drop()
            return SPOILT
        return fault.code
    except OSError as error:
        raise KnownError("home-not-writable", {"path": str(root), "detail": str(error)}) from error
    with suppress(OSError):
        part.drop()
    return ""


def _wanting(root: Path, recovery: str) -> _Wanting | None:
    with wiring.opened(root, recovery=recovery, filling=True) as store:
        server = joined_to(store.connection)
        if server is None or not is_filling(store.connection) or read_place(store.connection).cursor:
            return None
        return _Wanting(server, store.identity.library, store.identity.desk, key_of(store), store.key)
