"""What this desk keeps about the server and its log, beside the events: in `meta`, so that it goes with them."""

from __future__ import annotations

import json

import apsw
import msgspec

from app.domain.replica import Place, Server
from db.sql import Reading

SERVER, PLACE, NOTED, FILLING = "sync.server", "sync.place", "sync.noted", "sync.filling"
RESETTING, OFFERING = "sync.reset", "sync.offer"


def read_server(connection: Reading) -> Server | None:
    """The joined server, or None for a desk on its own."""
    text = _text(connection, SERVER)
    return msgspec.json.decode(text, type=Server) if text else None


def keep_server(connection: apsw.Connection, server: Server | None) -> None:
    """Keep the server, or forget it."""
    _keep(connection, SERVER, msgspec.json.encode(server).decode() if server else None)


def read_place(connection: Reading) -> Place:
    """How far the log was read."""
    text = _text(connection, PLACE)
    return msgspec.json.decode(text, type=Place) if text else Place()


def keep_place(connection: apsw.Connection, place: Place) -> None:
    """Keep how far the log was read; in the transaction that read it."""
    _keep(connection, PLACE, msgspec.json.encode(place).decode())


def read_number(connection: Reading, key: str) -> int | None:
    """A kept number, or None."""
    text = _text(connection, key)
    return int(text) if text else None


def keep_number(connection: apsw.Connection, key: str, number: int | None) -> None:
    """Keep a number, or forget it."""
    _keep(connection, key, None if number is None else str(number))


def forget_place(connection: apsw.Connection) -> None:
    """Read the log again from its beginning, and offer everything again, also what others did: of a restored copy
    nobody knows how far the log had it, as a copy brings events over before they have their numbers."""
    reading: Reading = connection
    if not _text(reading, PLACE):
        return
    reading.execute("UPDATE event SET gsn = NULL WHERE gsn IS NOT NULL")
    reading.execute("UPDATE author SET acked = first - 1, logged = first - 1")
    reading.execute("UPDATE revision SET gsn = 0, dirty = CASE kind WHEN 'policy' THEN 2 ELSE 1 END")
    for key in (PLACE, NOTED, RESETTING):
        _keep(reading, key, None)
    _keep(reading, OFFERING, "0")


def edited_at(connection: Reading, kind: str, record_id: str) -> int:
    """The time of the latest act that set a field of a record, as the log orders them; 0 where no log orders any."""
    row = connection.execute(
        "SELECT stamp, edited FROM revision WHERE kind = ? AND id = ?", (kind, record_id)
    ).fetchone()
    if row is None:
        return 0
    stamps = [json.loads(row[0]), *json.loads(row[1] or "{}").values()]
    return max(0, *(int(stamp[0]) for stamp in stamps))


def _text(connection: Reading, key: str) -> str:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def _keep(connection: Reading, key: str, value: str | None) -> None:
    if value is None:
        connection.execute("DELETE FROM meta WHERE key = ?", (key,))
    else:
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
