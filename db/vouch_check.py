"""Records against what the chain vouches for: which are not what an act said, and which no act said anything of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from app.domain.event import OrderKey
from app.domain.vouch import ALL_VOUCHED, GONE, KINDS, STRICT, fields_of, fits, vouches_of
from db import journal
from db.replica_fields import read_fields
from db.sql import Reading
from db.vouched import salts_of

# The kinds with one such field, that may be many: the record's name, the value and its salt in one pass.
_MANY = {
    "party": "SELECT r.token, r.member, v.salt FROM party r LEFT JOIN vouched v"
    " ON v.kind = 'party' AND v.id = r.token AND v.field = 'member'",
    "note": "SELECT r.id, r.body, v.salt FROM note r LEFT JOIN vouched v"
    " ON v.kind = 'note' AND v.id = r.id AND v.field = 'body'",
}
_FEW = {"staff": "SELECT id FROM staff", "setting": "SELECT key FROM setting"}
_EVENTS = (
    f"SELECT e.at, a.desk, {journal.INCARNATION}, e.seq, e.kind, e.body {journal.FROM}"
    " WHERE instr(e.body, '\"vouch') OR e.kind = 'party.forgotten' ORDER BY e.n"
)

Place = tuple[str, str, str]
"""Kind, id and field."""


class Found(Struct):
    """What the comparison came to. `awaited`: what is in doubt only until other desks' records or acts have come.
    `before`: by kind, records of which no act says anything."""

    faults: list[dict[str, str]] = field(default_factory=list)
    awaited: list[dict[str, str]] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)


class _Said(Struct):
    """The last commitment to a field; `also` one that this desk made later, after its clock was put back."""

    key: OrderKey
    commitment: str
    also: str = ""


def compare_records(db: Reading) -> Found:
    """Compare every record that the chain vouches for with the last act that set it. The chain is proved before."""
    return _Comparison(db).run()


class _Comparison:
    def __init__(self, db: Reading) -> None:
        self._db = db
        self._desk = str(db.execute("SELECT value FROM meta WHERE key = 'desk'").fetchone()[0])
        self._said: dict[Place, _Said] = {}
        self._all_vouched = False
        self._found = Found()

    def run(self) -> Found:
        for row in self._db.execute(_EVENTS):
            self._hear(*row)
        for kind in KINDS:
            for record, values in self._records(kind):
                self._judge(kind, record, values)
        gone: dict[tuple[str, str], str] = {}
        for (kind, record, name), said in self._said.items():
            if said.commitment != GONE:
                gone.setdefault((kind, record), name)
        for (kind, record), name in sorted(gone.items()):
            self._tell(kind, record, {name: "gone"}, {name: self._said[kind, record, name]})
        return self._found

    def _hear(self, at: int, desk: str, inc: str, seq: int, kind: str, text: str) -> None:
        body = json.loads(text)
        key = (at, desk, inc, seq)
        for one in vouches_of(kind, body):
            place = (one.kind, one.id, one.field)
            known = self._said.get(place)
            if known is None or key > known.key:
                self._said[place] = _Said(key, one.commitment)
            elif desk == self._desk == known.key[1]:
                known.also = one.commitment
        self._all_vouched |= isinstance(body, dict) and body.get(ALL_VOUCHED) is True

    def _records(self, kind: str) -> Iterator[tuple[str, dict[str, tuple[Any, bytes | None]]]]:
        """Every record of a kind that the chain may vouch for, with the values and salts of those fields."""
        if kind in _MANY:
            (name,) = fields_of(kind, "")
            for record, value, salt in self._db.execute(_MANY[kind]):
                yield record, {name: (value, salt)}
            return
        for (record,) in self._db.execute(_FEW[kind]).fetchall():
            names = fields_of(kind, record)
            salts = salts_of(self._db, kind, record) if names else {}
            values = (read_fields(self._db, kind, record) or {}) if names else {}
            yield record, {name: (values.get(name), salts.get(name)) for name in names}

    def _judge(self, kind: str, record: str, values: dict[str, tuple[Any, bytes | None]]) -> None:
        wrong: dict[str, str] = {}
        said: dict[str, _Said | None] = {}
        unsaid = False
        for name, (value, salt) in values.items():
            one = said[name] = self._said.pop((kind, record, name), None)
            if one is None:
                unsaid = True
                if salt is not None or (kind in STRICT and self._all_vouched):
                    wrong[name] = "unvouched"
            elif one.commitment == GONE:
                wrong[name] = "came-back"
            elif salt is None:
                wrong[name] = "salt-gone"
            elif not any(
                fits(each, bytes(salt), kind, record, name, value) for each in (one.commitment, one.also) if each
            ):
                wrong[name] = "changed"
        if wrong:
            self._tell(kind, record, wrong, said)
        elif unsaid:
            self._found.before[kind] = self._found.before.get(kind, 0) + 1

    def _tell(self, kind: str, record: str, wrong: dict[str, str], said: dict[str, Any]) -> None:
        """Name a record: as a fault, or as one whose other half is still on its way from another desk."""
        told = {"kind": kind, "id": record, "field": ", ".join(wrong), "detail": ", ".join(sorted({*wrong.values()}))}
        on_its_way = all(self._on_its_way(kind, record, name, said[name]) for name in wrong)
        (self._found.awaited if on_its_way else self._found.faults).append(told)

    def _on_its_way(self, kind: str, record: str, name: str, said: _Said | None) -> bool:
        """Records and events come in shares of one log: either may be here before the other."""
        row = self._db.execute(
            "SELECT stamp, edited FROM revision WHERE kind = ? AND id = ?", (kind, record)
        ).fetchone()
        stamp = None
        if row is not None:
            at, desk, inc, _ = json.loads(row[1] or "{}").get(name) or json.loads(row[0])
            stamp = (at, desk, inc)
            if desk != self._desk and self._heard_to(desk, inc) < at:
                return True
        return said is not None and said.key[1] != self._desk and (stamp is None or stamp < said.key[:3])

    def _heard_to(self, desk: str, inc: str) -> int:
        row = self._db.execute(
            "SELECT max(e.at) FROM event e JOIN author a ON a.a = e.author WHERE a.desk = ? AND a.inc = ?", (desk, inc)
        ).fetchone()
        return -1 if row[0] is None else int(row[0])
