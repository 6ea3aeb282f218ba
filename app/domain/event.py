"""Events: immutable acts of a desk, their kinds, bodies and order.

An event holds no name and no free text: a reader is a random `party` token, a note its id. Its body is canonical
JSON. Order is (effective time, desk, incarnation, sequence); arrival order means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from app.domain.canonical import canonical_text, check_json, digest
from app.domain.clock import reckonable
from app.domain.ids import is_id

FOLD_VERSION = 1
EVENT_VERSION = 1

Body = Mapping[str, Any]
OrderKey = tuple[int, str, str, int]


class Event(Struct, frozen=True):
    """One act. `at`, `wall` and `mono` are milliseconds; `late` marks an act entered with a stated earlier time."""

    id: str
    library: str
    desk: str
    inc: str
    seq: int
    at: int
    wall: int
    mono: int
    boot: str
    kind: str
    staff: str
    body: Body = field(default_factory=dict)
    late: bool = False
    v: int = EVENT_VERSION

    @property
    def key(self) -> OrderKey:
        """The event's place in effective order."""
        return (self.at, self.desk, self.inc, self.seq)

    def canonical(self) -> str:
        """The text that is hashed, stored and sent."""
        return canonical_text(
            {
                "at": self.at,
                "body": self.body,
                "boot": self.boot,
                "desk": self.desk,
                "id": self.id,
                "inc": self.inc,
                "kind": self.kind,
                "late": self.late,
                "library": self.library,
                "mono": self.mono,
                "seq": self.seq,
                "staff": self.staff,
                "v": self.v,
                "wall": self.wall,
            }
        )


class Touch(Struct, frozen=True):
    """The aggregates an event bears on: a copy, a line (a title's waiting queue, or the answers to a case), a party's
    account ("" = none)."""

    item: str = ""
    queue: str = ""
    party: str = ""


# kind -> (fields that must be there, whether it moves the item, the queue, the account)
_ID, _INT, _STR, _DATE, _AT, _MAP, _LINES, _FLAG = "id", "int", "str", "date", "at", "map", "lines", "flag"
KINDS: dict[str, tuple[dict[str, str], str]] = {
    # identity and rules
    "library.founded": ({"zone": _STR}, ""),
    "incarnation.started": ({"reason": _STR}, ""),
    "policy.published": ({"version": _STR, "hash": _STR}, ""),
    "clock.behind": ({"by": _INT}, ""),
    # copies
    "loan.opened": ({"item": _ID, "title": _ID, "party": _ID, "due": _DATE, "policy": _STR}, "item"),
    "loan.renewed": ({"item": _ID, "loan": _ID, "due": _DATE, "policy": _STR}, "item"),
    "loan.imported": ({"item": _ID, "title": _ID, "party": _ID, "lent": _DATE, "due": _DATE}, "item"),
    "loan.corrected": ({"item": _ID, "loan": _ID, "due": _DATE, "renewals": _INT}, "item"),
    "item.returned": ({"item": _ID}, "item"),
    "item.lost": ({"item": _ID}, "item"),
    "item.found": ({"item": _ID}, "item"),
    "item.condition_noted": ({"item": _ID, "condition": _STR}, "item"),
    "act.undone": ({"event": _ID}, "item queue party"),
    # holds
    "hold.placed": ({"hold": _ID, "queue": _ID, "party": _ID}, "queue"),
    "hold.cancelled": ({"hold": _ID, "queue": _ID}, "queue"),
    "hold.fulfilled": ({"hold": _ID, "queue": _ID, "copy": _ID}, "queue"),
    "hold.released": ({"hold": _ID, "queue": _ID, "copy": _ID}, "queue"),
    "hold.put_aside": ({"hold": _ID, "queue": _ID, "copy": _ID, "until": _DATE}, "queue"),
    # accounts
    "charge.made": ({"charge": _ID, "party": _ID, "amount": _INT, "reason": _STR}, "party"),
    "charge.waived": ({"charge": _ID, "party": _ID, "amount": _INT}, "party"),
    "payment.made": ({"payment": _ID, "party": _ID, "amount": _INT, "receipt": _INT}, "party"),
    "payment.voided": ({"payment": _ID, "party": _ID}, "party"),
    "refund.made": ({"party": _ID, "amount": _INT, "receipt": _INT}, "party"),
    "suspension.imposed": ({"party": _ID, "until": _DATE}, "party"),
    "suspension.lifted": ({"party": _ID}, "party"),
    # people and records
    "party.forgotten": ({"party": _ID}, ""),
    "record.edited": ({"record": _STR, "id": _ID}, ""),
    "records.imported": ({"source": _STR}, ""),
    "override.signed": ({"codes": _STR}, ""),
    # what people said about disagreements
    "case.resolved": ({"case": _ID, "decision": _STR, "facts": _STR}, "queue"),
}


def genesis(library: str, desk: str, inc: str, zone: str) -> bytes:
    """The link before an incarnation's first event: it covers identity and time zone."""
    return digest({"library": library, "desk": desk, "inc": inc, "zone": zone})


# What the fold reads where it is said; None is as good as unsaid.
MAY_SAY: dict[str, str] = {
    "item": _ID, "queue": _ID, "party": _ID, "hold": _ID, "bumps": _ID, "loan": _ID, "copy": _ID, "only": _ID,
    "due_at": _AT, "day": _DATE, "on": _DATE, "base": _DATE, "returned": _DATE,
    "price": _INT, "renewals": _INT, "number": _INT, "policy": _STR, "terms": _MAP, "judged": _MAP, "lines": _LINES,
    "from_open": _FLAG,
}  # fmt: skip
# What every replica can keep in a column and add up.
_MOST = 1 << 53
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@lru_cache(maxsize=256)
def _moves(kind: str) -> tuple[bool, str, bool]:
    """Whether a kind moves a copy, the field that names its line, and whether it moves an account."""
    moves = KINDS[kind][1] if kind in KINDS else ""
    return "item" in moves, "case" if kind == "case.resolved" else "queue", "party" in moves


def touch(kind: str, body: Body) -> Touch:
    """Which aggregates must be folded again after this event."""
    item, queue, party = _moves(kind)
    return Touch(
        body.get("item", "") if item else "",
        body.get(queue, ""),
        body.get("party", "") if party else "",
    )


def check_body(kind: str, body: object) -> str:
    """Why a body cannot be taken for its kind, or "" when it can; used at every door an event comes in by."""
    if kind not in KINDS:
        return "unknown-kind"
    if not isinstance(body, Mapping) or not check_json(dict(body)):
        return "not-canonical"
    return check_fields(kind, body)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_MOST < value < _MOST


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 256


def _is_date(value: object) -> bool:
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and reckonable(value)


def _are_lines(value: object) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(line, list | tuple) and len(line) == 2 and _is_text(line[0]) and _is_int(line[1]) for line in value
    )


_Fits = Callable[[object], bool]
_FITS: dict[str, _Fits] = {
    _ID: is_id,
    _INT: _is_int,
    _STR: _is_text,
    _DATE: _is_date,
    _AT: _is_time,
    _MAP: lambda value: isinstance(value, Mapping),
    _LINES: _are_lines,
    _FLAG: lambda value: isinstance(value, bool),
}


@lru_cache(maxsize=256)
def _checks(kind: str) -> tuple[tuple[tuple[str, _Fits], ...], dict[str, _Fits]]:
    """What must fit where it stands, and what where it is said."""
    must = KINDS[kind][0]
    return (
        tuple((name, _FITS[shape]) for name, shape in must.items()),
        {name: _FITS[shape] for name, shape in MAY_SAY.items() if name not in must},
    )


def check_fields(kind: str, body: Body) -> str:
    """Why a canonical body does not say what its kind must, or says it in a way the fold cannot read, or ""."""
    must, may = _checks(kind)
    for name, fits in must:
        if not fits(body.get(name)):
            return f"bad-{name}"
    for name, value in body.items():
        if name in may and value is not None and not may[name](value):
            return f"bad-{name}"
    return ""
