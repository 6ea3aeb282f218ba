"""A home that joins a server: a fresh one takes the server's library, one with a library keeps it and says where to."""

from __future__ import annotations

import apsw

from app.domain.replica import Server
from db.backup import stamp
from db.errors import spoken
from db.home import Home
from db.identity import Identity, desk_key, new_identity, new_incarnation
from db.replica_state import FILLING, keep_number, keep_server, read_number, read_server
from db.sql import Reading
from db.store import DeskStore, Surroundings, make_home


def fresh_key() -> tuple[str, bytes]:
    """A desk's name and private key for a home that has none."""
    identity, private = new_identity("")
    return identity.desk, private


def key_of(store: DeskStore) -> bytes:
    """The private key of an open home."""
    return desk_key(store.connection)


def make_joined(
    home: Home, library: str, zone: str, desk: str, private: bytes, server: Server, around: Surroundings
) -> tuple[DeskStore, str]:
    """A home for another library's log, still to be read. Returns it open, and its recovery key to print."""
    identity = Identity(library, desk, new_incarnation(), zone)

    def begin(store: DeskStore) -> None:
        with store.connection:
            keep_server(store.connection, server)
            keep_number(store.connection, FILLING, 1)

    return make_home(home, identity, private, around, begin)


def set_aside(home: Home) -> None:
    """Keep what an empty library's home holds in its backups, so that the home can begin anew. It must be closed."""
    kept = home.backups / f"before-joining-{stamp()}"
    kept.mkdir(parents=True)
    for path in (home.keys, *home.root.glob(home.store.name + "*")):
        if path.exists():
            path.replace(kept / path.name)


def join_as_is(store: DeskStore, server: Server) -> None:
    """The open library is the server's now, or becomes it: it is offered to it from the first event on."""
    with spoken(), store.connection:
        keep_server(store.connection, server)


def leave(store: DeskStore) -> Server | None:
    """Be a desk on its own again; what was read stays. The server it had joined, or None."""
    server = read_server(store.connection)
    with spoken(), store.connection:
        keep_server(store.connection, None)
    return server


def joined_to(connection: Reading | apsw.Connection) -> Server | None:
    """The server of an open home."""
    return read_server(connection)


def is_filling(connection: Reading | apsw.Connection) -> bool:
    """True while a joined home has not read the whole log once: it cannot serve yet."""
    return read_number(connection, FILLING) is not None


def is_bare(store: DeskStore) -> bool:
    """True when nothing would be lost with this library: no copies, no readers."""
    with store.read() as facts:
        return facts.is_bare()
