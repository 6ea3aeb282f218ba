"""Events: immutable acts of a desk, their kinds, bodies and order.

An event holds no name and no free text: a reader is a random `party` token, a note its id. Its body is canonical
JSON. Order is (effective time, desk, incarnation, sequence); arrival order means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from app.domain.canonical import canonical_text, check_json
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
    """The aggregates an event bears on: a copy, a title's waiting queue, a party's account ("" = none)."""

    item: str = ""
    queue: str = ""
    party: str = ""


# kind -> (fields that must be there, whether it moves the item, the queue, the account)
_ID, _INT, _STR, _DATE = "id", "int", "str", "date"
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
}


def touch(kind: str, body: Body) -> Touch:
    """Which aggregates must be folded again after this event."""
    moves = KINDS[kind][1] if kind in KINDS else ""
    return Touch(
        item=body.get("item", "") if "item" in moves else "",
        queue=body.get("queue", ""),
        party=body.get("party", "") if "party" in moves else "",
    )


def check_body(kind: str, body: object) -> str:
    """Why a body cannot be taken for its kind, or "" when it can; used at every door an event comes in by."""
    if kind not in KINDS:
        return "unknown-kind"
    if not isinstance(body, Mapping) or not check_json(dict(body)):
        return "not-canonical"
    for name, shape in KINDS[kind][0].items():
        value = body.get(name)
        if shape == _ID and not is_id(value):
            return f"bad-{name}"
        if shape == _INT and (not isinstance(value, int) or isinstance(value, bool)):
            return f"bad-{name}"
        if shape == _STR and (not isinstance(value, str) or len(value) > 256):
            return f"bad-{name}"
        if shape == _DATE and not (isinstance(value, str) and len(value) == 10):
            return f"bad-{name}"
    return ""
