"""Revisions of records, and how two of them become one whatever the order they came in.

Each field is a register of its own: the value set by the latest act in effective order stands. A record that was
erased stays erased. Merging is commutative, associative and idempotent, so every replica ends with the same record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from app.domain.canonical import canonical_text, digest
from app.domain.event import OrderKey

NEVER: OrderKey = (-(1 << 62), "", "", 0)
"""The stamp of what nobody edited: it loses against any act."""


class Revision(Struct, frozen=True):
    """A record as it stands: `stamp` is the act that set all fields but those in `edited`. `gone` = erased, without
    fields."""

    kind: str
    id: str
    fields: Mapping[str, Any]
    stamp: OrderKey = NEVER
    edited: Mapping[str, OrderKey] = {}
    gone: bool = False

    def stamp_of(self, field: str) -> OrderKey:
        """The act that set a field."""
        return self.edited.get(field, self.stamp)

    def hash(self) -> bytes:
        """The record's part of the sum by which two replicas compare their records."""
        stamps = {name: list(stamp) for name, stamp in self.edited.items()}
        return digest([self.kind, self.id, dict(self.fields), list(self.stamp), stamps, self.gone])


def merge(mine: Revision, theirs: Revision) -> Revision:
    """The one revision that both replicas end with."""
    if mine.gone or theirs.gone:
        stamp = max(one.stamp for one in (mine, theirs) if one.gone)
        return Revision(mine.kind, mine.id, {}, stamp, {}, True)
    fields: dict[str, Any] = {}
    stamps: dict[str, OrderKey] = {}
    for name in {**mine.fields, **theirs.fields}:
        fields[name], stamps[name] = max(
            ((one.fields[name], one.stamp_of(name)) for one in (mine, theirs) if name in one.fields),
            # Two values under one stamp come from a broken program; the text decides, so that all decide alike.
            key=lambda pair: (pair[1], canonical_text(pair[0])),
        )
    stamp = max(mine.stamp, theirs.stamp)
    edited = {name: found for name, found in stamps.items() if found != stamp}
    return Revision(mine.kind, mine.id, fields, stamp, edited)


def edit(known: Revision, changes: Mapping[str, Any], stamp: OrderKey) -> Revision:
    """The revision after a person's edit of some fields."""
    edited = {**known.edited, **dict.fromkeys(changes, stamp)}
    return Revision(known.kind, known.id, {**known.fields, **changes}, known.stamp, edited, known.gone)


def erase(known: Revision, stamp: OrderKey) -> Revision:
    """The tombstone of a record."""
    return Revision(known.kind, known.id, {}, max(known.stamp, stamp), {}, True)
