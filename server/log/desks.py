"""Enrolled desks and the one-time codes by which they join."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from server.log.keep import Library
from server.log.sql import Sql
from server.ports import DeskState
from sync.protocol.messages import Joined
from sync.protocol.signing import fingerprint

_DESK = (
    "SELECT d.desk, l.id, d.name, d.code, d.public, d.joined_at, d.seen_at, d.revoked_at FROM desk d"
    " JOIN library l ON l.lib = d.lib WHERE "
)


class Code(Struct, frozen=True):
    """A one-time code that may be used: by whom it was used already ("" = nobody yet)."""

    secret: str
    name: str
    library: str
    used_by: str


def lock(sql: Sql) -> None:
    """Wait for whoever else makes libraries or enrols desks in this database."""
    sql.run("UPDATE meta SET value = value WHERE key = ?", "identity")


def keep_code(sql: Sql, secret: str, name: str, library: str, until: int, now: int) -> None:
    """Keep a code; those that are long past go."""
    sql.run("DELETE FROM code WHERE until < ? AND used_by = ?", now, "")
    sql.put("code", [(secret, name, library, until, "")])


def find_code(sql: Sql, secret: str, public: str, now: int) -> Code | str:
    """A code that this key may use, or a code of refusal."""
    row = sql.one("SELECT name, library, until, used_by FROM code WHERE secret = ?", secret)
    if row is None:
        return "code-unknown"
    name, library, until, used_by = row
    if used_by:
        return Code(secret, name, library, used_by) if used_by == public else "code-used"
    return "code-expired" if until < now else Code(secret, name, library, "")


def expected(sql: Sql, now: int) -> set[str]:
    """The libraries that codes may still be used for; "" = the only one, or one that a desk brings."""
    return {row[0] for row in sql.all("SELECT library FROM code WHERE used_by = ? AND until >= ?", "", now)}


def join(sql: Sql, library: Library, code: Code, public: str, name: str, now: int) -> Joined | str:
    """Enrol a desk, or tell it again that it is."""
    desk = fingerprint(bytes.fromhex(public))
    known = one(sql, desk)
    if known is not None:
        if known.revoked:
            return "desk-revoked"
        if known.library != library.id:
            return "other-library"
    else:
        taken = {row[0] for row in sql.all("SELECT code FROM desk WHERE lib = ?", library.lib)}
        number = next(n for n in range(1, len(taken) + 2) if f"M{n}" not in taken)
        name = "".join(sign for sign in name or code.name if sign.isprintable())
        row = (library.lib, desk, name, f"M{number}", public, now, now, 0)
        sql.add("desk", [row])
        known = DeskState(desk, library.id, *row[2:])
    sql.run("UPDATE code SET used_by = ? WHERE secret = ?", public, code.secret)
    return Joined(library.id, library.zone, desk, known.name, known.code)


def one(sql: Sql, desk: str) -> DeskState | None:
    """A desk by its fingerprint."""
    row: Any = sql.one(_DESK + "d.desk = ?", desk)
    return DeskState(*row) if row else None


def of(sql: Sql, library: Library) -> list[DeskState]:
    """A library's desks in the order of joining."""
    rows: Any = sql.all(_DESK + "d.lib = ? ORDER BY d.joined_at, d.desk", library.lib)
    return [DeskState(*row) for row in rows]
