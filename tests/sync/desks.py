"""Desks on one central log, each with a real store of its own."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.domain.replica import Server
from db.home import Home
from db.joining import fresh_key, join_as_is, key_of, make_joined
from db.replica import Replica
from db.replica_hash import hash_at_cursor
from db.replica_state import read_server
from sync.client import Client, first_contact
from sync.protocol.enrolment import read_code
from sync.protocol.signing import Signer
from sync.runner import Runner
from tests.builders import HandClock, Library, founded, surroundings
from tests.sync.central import NOW, Central, Wire


@dataclass
class Station:
    """A desk, its wire to the central log, and its side of the sync."""

    library: Library
    wire: Wire
    replica: Replica
    runner: Runner
    copied: list[bool]

    def round(self) -> str:
        """One round; what went wrong, or ""."""
        self.runner.round()
        return self.runner.status.fault

    def hash(self) -> bytes:
        """The state hash as the desk has it."""
        with self.library.store.read():
            pass
        row = self.library.store.connection.execute("SELECT value FROM meta WHERE key = 'state_hash'").fetchone()
        assert row is not None
        return bytes(row[0])

    def log_hash(self) -> tuple[int, str]:
        """The state hash as the log has it, at the number this desk has read to."""
        store = self.library.store
        return hash_at_cursor(store.connection, store.identity.library, store.policies)

    def close(self) -> None:
        self.replica.close()
        self.library.close()


def station(library: Library, wire: Wire) -> Station:
    """The sync of an open, joined home."""
    replica = Replica(library.home, library.store.key)
    server = read_server(library.store.connection)
    assert server is not None
    signer = Signer(replica.private)
    chance = random.Random(1)
    client = Client(wire, signer, server, wall=lambda: library.clock.wall, chance=os.urandom,
                    desk=replica.identity.desk)  # fmt: skip
    copied: list[bool] = []

    def mint() -> None:
        copied.append(True)
        library.store.copied.set()

    mono = iter(range(0, 10**9, 1))
    runner = Runner(client, replica, signer, mono=lambda: next(mono) / 1000, wall=lambda: library.clock.wall,
                    chance=chance.random, copied=mint)  # fmt: skip
    return Station(library, wire, replica, runner, copied)


def reach(central: Central, wall: Callable[[], int] = lambda: NOW) -> tuple[Wire, Server]:
    """A wire, and the server behind it as a fresh code names it."""
    wire = Wire(central)
    return wire, first_contact(wire, read_code(central.code()), "https://pusat", os.urandom, wall)


def first_desk(folder: Path, central: Central) -> Station:
    """A library that was alone until now."""
    library = founded(folder)
    library.hurry()
    wire, server = reach(central)
    private = key_of(library.store)
    signer = Signer(private)
    client = Client(wire, signer, server, wall=lambda: library.clock.wall, chance=os.urandom)
    code = read_code(central.code())
    client.join(code, "Meja 1", library.store.identity.library, library.store.zone)
    join_as_is(library.store, client.server)
    return station(library, wire)


def next_desk(folder: Path, central: Central, name: str = "Meja 2") -> Station:
    """A fresh home that takes the library over."""
    clock = HandClock()
    around = surroundings(folder, clock)
    desk, private = fresh_key()
    wire, server = reach(central)
    client = Client(wire, Signer(private), server, wall=lambda: clock.wall, chance=os.urandom)
    joined = client.join(read_code(central.code()), name, "", "")
    home = Home(folder / "home")
    store, recovery = make_joined(home, joined.library, joined.zone, desk, private, client.server, around)
    library = Library(folder / "home", clock, around, store, recovery)
    library.hurry()
    made = station(library, wire)
    assert made.round() == ""
    return made


def knows(station: Station, other: Library) -> None:
    """Let the builders of one desk name what the other put in."""
    station.library.titles.update(other.titles)
    station.library.items.update(other.items)
    station.library.members.update(other.members)
