"""Part of the composition root: how a home joins a server, leaves it, and runs its sync."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from app import wiring
from app.domain.replica import Server
from app.filling import Tell, fill_home, untold
from app.ports import KnownError
from db import joining as homes
from db.home import Home
from db.replica import Replica
from db.store import DeskStore
from sync.client import Client, first_contact
from sync.ports import SyncFault
from sync.protocol.enrolment import Code, read_code
from sync.protocol.messages import Joined
from sync.protocol.signing import Signer
from sync.runner import Runner
from sync.status import Status
from sync.thread import make_runner, wall
from sync.transport import Http, check_url


class Join(Struct, frozen=True):
    """What came of joining. `recovery` is the new home's recovery key, "" where the home stood already; `status` how
    far the first exchange got."""

    library: str
    desk: str
    name: str
    recovery: str
    status: Status


def spoken(fault: SyncFault) -> KnownError:
    """A fault of the exchange as a sentence's code."""
    return KnownError(f"central-{fault.code}", {"detail": fault.detail})


def join(
    root: Path,
    url: str,
    typed: str,
    name: str,
    may: Callable[[DeskStore], None],
    recovery: str = "",
    tell: Tell = untold,
) -> Join:
    """Join the server at an address with the code it gave. An empty home takes the server's library; a library that is
    here goes along if the server has none yet. `may` refuses whoever may not decide this for a library with content;
    `tell` hears how far a new desk's library has come.

    Raises KnownError.
    """
    code, base = _typed(url, typed)
    with closing(Http(base)) as http:
        try:
            server = first_contact(http, code, base, os.urandom, wall)
            fresh = _enter(root, http, code, server, name, may, recovery)
        except SyncFault as fault:
            raise spoken(fault) from fault
    unfilled = fill_home(root, fresh.recovery or recovery, tell)
    if unfilled:
        return replace(fresh, status=Status(fault=unfilled, name=fresh.name))
    with wiring.opened(root, recovery=fresh.recovery or recovery, filling=True) as store:
        status = _first_exchange(store)
    return replace(fresh, status=status)


def _typed(url: str, typed: str) -> tuple[Code, str]:
    try:
        code = read_code(typed)
    except ValueError as error:
        raise KnownError("join-code-misread") from error
    try:
        return code, check_url(url)
    except ValueError as error:
        near = "join-not-secret" if str(error) == "not-secret" else "join-address"
        raise KnownError(near, {"url": url}) from error


def _enter(
    root: Path, http: Http, code: Code, server: Server, name: str, may: Callable[[DeskStore], None], recovery: str
) -> Join:
    if not Home(root).exists():
        desk, private = homes.fresh_key()
        joined, server = _ask(http, code, server, private, name)
        return _begin(root, joined, desk, private, server)
    with wiring.opened(root, recovery=recovery, filling=True) as store:
        private, identity = homes.key_of(store), store.identity
        bare = homes.is_bare(store) and not homes.is_filling(store.connection)
        if not bare:
            may(store)
        try:
            joined, server = _ask(http, code, server, private, name, identity.library, identity.zone)
        except SyncFault as fault:
            if fault.code != "other-library":
                raise
            if not bare:
                raise KnownError("join-home-not-empty", {"path": str(root)}) from fault
        else:
            homes.join_as_is(store, server)
            return Join(joined.library, joined.desk, joined.name, "", Status())
    # Nothing was put into this library yet: the home begins anew with the server's, under the desk's own key.
    joined, server = _ask(http, code, server, private, name)
    homes.set_aside(Home(root))
    return _begin(root, joined, identity.desk, private, server)


def _ask(
    http: Http, code: Code, server: Server, private: bytes, name: str, library: str = "", zone: str = ""
) -> tuple[Joined, Server]:
    client = Client(http, Signer(private), server, wall=wall, chance=os.urandom)
    joined = client.join(code, name, library, zone)
    return joined, replace(client.server, name=joined.name, code=joined.code)


def _begin(root: Path, joined: Joined, desk: str, private: bytes, server: Server) -> Join:
    store, recovery = homes.make_joined(
        Home(root), joined.library, joined.zone, desk, private, server, wiring.surroundings()
    )
    store.close()
    return Join(joined.library, joined.desk, joined.name, recovery, Status())


def _first_exchange(store: DeskStore) -> Status:
    """Read what there is. A fresh desk then says in the journal that it is there, and what it is called."""
    began = homes.is_filling(store.connection)
    status = once(store)
    if status.fault or not began or homes.is_filling(store.connection):
        return status
    with store.act() as act:
        act.record("incarnation.started", {"reason": "joined"})
        if status.name:
            act.set_setting("desk.name", status.name)
    return once(store)


def leave(store: DeskStore, *, forced: bool) -> Server:
    """Be a desk on its own again; the library stays here as it is. KnownError when acts would never be sent."""
    server = homes.joined_to(store.connection)
    if server is None:
        raise KnownError("not-joined")
    with closing(Replica(store.home, store.key)) as replica:
        unsent = replica.unsent()
    if unsent and not forced:
        raise KnownError("leave-unsent", {"n": unsent})
    homes.leave(store)
    return server


def once(store: DeskStore) -> Status:
    """One round of the sync over an open home without its thread; what came of it."""
    with _runner(store) as runner:
        runner.round()
        if store.copied.is_set():
            # What was made elsewhere under this incarnation is taken in once this desk is another one.
            with store.act():
                pass
            runner.round()
        return runner.status


@contextmanager
def _runner(store: DeskStore) -> Iterator[Runner]:
    server = homes.joined_to(store.connection)
    if server is None:
        raise KnownError("not-joined")
    with closing(Http(server.url)) as http, closing(Replica(store.home, store.key)) as replica:
        runner, _client = make_runner(replica, server, http, store.copied.set)
        yield runner
