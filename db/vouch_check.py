"""Records against what the chain vouches for: which are not what an act said, and which no act said anything of."""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec import Struct, field

from app.domain.event import OrderKey
from app.domain.vouch import KINDS, fields_of
from app.domain.vouch_ledger import Doubt, Ledger, Values, act_to_come
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
_NOW = 1 << 62
_EVENTS = (
    f"SELECT e.at, a.desk, {journal.INCARNATION}, e.seq, e.kind, e.body {journal.FROM}"
    " WHERE instr(e.body, '\"vouch') OR e.kind = 'party.forgotten' ORDER BY e.n"
)


class Found(Struct):
    """What the comparison came to. `awaited`: what is in doubt only until other desks' records or acts have come.
    `before`: by kind, records of which no act says anything."""

    faults: list[dict[str, str]] = field(default_factory=list)
    awaited: list[dict[str, str]] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)


def compare_records(db: Reading) -> Found:
    """Compare every record that the chain vouches for with the last act that set it. The chain is proved before."""
    own = str(db.execute("SELECT value FROM meta WHERE key = 'desk'").fetchone()[0])
    ledger, found = Ledger(own), Found()
    for at, desk, inc, seq, kind, body in db.execute(_EVENTS):
        ledger.hear((at, desk, inc, seq), kind, json.loads(body))
    for kind in KINDS:
        for record, values in _records(db, kind):
            judged = ledger.judge(kind, record, values)
            if isinstance(judged, Doubt):
                _tell(db, own, found, judged, str(values["short_name"][0]) if kind == "staff" else "")
            elif not judged:
                found.before[kind] = found.before.get(kind, 0) + 1
    for doubt in ledger.gone():
        _tell(db, own, found, doubt)
    return found


def _records(db: Reading, kind: str) -> Iterator[tuple[str, Values]]:
    """Every record of a kind that the chain may vouch for, with the values and salts of those fields."""
    if kind in _MANY:
        (name,) = fields_of(kind, "")
        for record, value, salt in db.execute(_MANY[kind]):
            yield record, {name: (value, salt)}
        return
    for (record,) in db.execute(_FEW[kind]).fetchall():
        names = fields_of(kind, record)
        if names:
            salts, values = salts_of(db, kind, record), read_fields(db, kind, record) or {}
            yield record, {name: (values.get(name), salts.get(name)) for name in names}


def _tell(db: Reading, own: str, found: Found, doubt: Doubt, name: str = "") -> None:
    """Name a record: as a fault, or as one whose other half is still on its way from another desk."""
    told = {"kind": doubt.kind, "id": doubt.id, "field": doubt.fields, "detail": doubt.detail, "name": name}
    (found.awaited if _on_its_way(db, own, doubt) else found.faults).append(told)


def _on_its_way(db: Reading, own: str, doubt: Doubt) -> bool:
    """Records and events come in shares of one log: either may be here before the other."""
    row = db.execute("SELECT stamp, edited FROM revision WHERE kind = ? AND id = ?", (doubt.kind, doubt.id)).fetchone()
    whole = json.loads(row[0]) if row else None
    edited = json.loads(row[1] or "{}") if row else {}

    def stamp_of(name: str) -> OrderKey | None:
        stamp = edited.get(name, whole)
        return (stamp[0], stamp[1], stamp[2], stamp[3]) if stamp else None

    def heard_to(desk: str, inc: str) -> int:
        # What this desk says it did itself is here, or was never done.
        return _NOW if desk == own else _heard_to(db, desk, inc)

    if act_to_come(doubt, stamp_of, heard_to):
        return True
    # Else the revision is older than another desk's act that set it: a newer one stands further on in the log.
    return all(_is_older(stamp_of(name), doubt.set_by[name], own) for name in doubt.wrong)


def _is_older(stamp: OrderKey | None, key: OrderKey | None, own: str) -> bool:
    return key is not None and key[1] != own and (stamp is None or stamp[:3] < key[:3])


def _heard_to(db: Reading, desk: str, inc: str) -> int:
    row = db.execute(
        "SELECT max(e.at) FROM event e JOIN author a ON a.a = e.author WHERE a.desk = ? AND a.inc = ?", (desk, inc)
    ).fetchone()
    return -1 if row[0] is None else int(row[0])
