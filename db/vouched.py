"""The salts of what the chain vouches for, and what an act in progress has still to vouch for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.vouch import SALT_BYTES, commitment, fields_of, salt_from, salt_name
from db.sql import Reading

_PUT = "INSERT OR REPLACE INTO vouched (kind, id, field, salt) VALUES (?, ?, ?, ?)"


class Vouching:
    """What the block of one act puts, until its next event lists it."""

    def __init__(self, db: Reading) -> None:
        self._db = db
        self._waiting: list[list[str]] = []

    @property
    def waiting(self) -> bool:
        """True while something was put that no event vouches for yet."""
        return bool(self._waiting)

    def put(self, kind: str, record_id: str, fields: Mapping[str, Any]) -> None:
        """Give these fields of a record, as they stand in it now, fresh salts, and commit to them in the next event."""
        for field in fields_of(kind, record_id):
            if field in fields:
                salt = secrets.token_bytes(SALT_BYTES)
                self._db.execute(_PUT, (kind, record_id, field, salt))
                said = commitment(salt, kind, record_id, field, fields[field])
                self._waiting.append([kind, record_id, field, said])

    def take(self) -> Sequence[Sequence[str]]:
        """What the next event lists."""
        waiting, self._waiting = self._waiting, []
        return waiting


def salts_of(db: Reading, kind: str, record_id: str) -> dict[str, bytes]:
    """The salts of a record's fields."""
    rows = db.execute("SELECT field, salt FROM vouched WHERE kind = ? AND id = ?", (kind, record_id))
    return {str(field): bytes(salt) for field, salt in rows}


def travelling_salts(db: Reading, kind: str, record_id: str) -> dict[str, str]:
    """The salts of a record as they travel with its fields."""
    if not fields_of(kind, record_id):
        return {}
    return {salt_name(field): salt.hex() for field, salt in salts_of(db, kind, record_id).items()}


def keep_salts(db: Reading, kind: str, record_id: str, fields: Mapping[str, Any]) -> None:
    """Keep the salts that came with a record's fields instead of those that were here. What is no salt is none: then
    the check names the record."""
    drop_salts(db, kind, record_id)
    for field in fields_of(kind, record_id):
        salt = salt_from(fields.get(salt_name(field)))
        if salt is not None:
            db.execute(_PUT, (kind, record_id, field, salt))


def drop_salts(db: Reading, kind: str, record_id: str) -> None:
    """Forget the salts of a record that goes: nothing can be tried on its commitments any more."""
    if fields_of(kind, record_id):
        db.execute("DELETE FROM vouched WHERE kind = ? AND id = ?", (kind, record_id))
