"""Records of the log against what its events vouch for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.json import decode

from app.domain.event import OrderKey
from app.domain.vouch import KINDS, fields_of, salt_from, salt_name
from app.domain.vouch_ledger import Doubt, Ledger, Values, act_to_come
from server.log.keep import FROM_EVENT, Library
from server.log.records import records_of
from server.log.sql import Sql
from server.ports import Fault
from sync.protocol.runs import branch_name

_EVENTS = (
    "SELECT e.at, a.desk, a.inc, a.fork, e.seq, e.kind, e.body"
    f" {FROM_EVENT} AND (e.body LIKE ? OR e.kind = 'party.forgotten') ORDER BY e.gsn"
)
_ENDS = f"SELECT a.desk, a.inc, max(e.at) {FROM_EVENT} GROUP BY a.desk, a.inc"
_AT_ONCE = 2000
Stamps = tuple[OrderKey, dict[str, OrderKey]]


def record_faults(sql: Sql, library: Library) -> Iterator[Fault]:
    """Every record that is not as the act says that set it. The chains are proved before. One whose act its desk has
    still to push is none: records come first."""
    ledger = Ledger()
    for at, desk, inc, fork, seq, kind, body in sql.all(_EVENTS, library.lib, '%"vouch%'):
        ledger.hear((at, desk, branch_name(inc, fork), seq), kind, decode(body))
    ends = {(desk, inc): int(at) for desk, inc, at in sql.all(_ENDS, library.lib)}
    gone: dict[tuple[str, str], Stamps] = {}
    for kind in KINDS:
        for _, record, text, stamp, edited, erased, _ in records_of(sql, library, kind, _AT_ONCE):
            stamps = (_stamp(decode(stamp)), {name: _stamp(one) for name, one in decode(edited).items()})
            if erased:
                gone[kind, record] = stamps
                continue
            judged = ledger.judge(kind, record, _values(kind, record, decode(text)))
            if isinstance(judged, Doubt):
                yield from _named(judged, stamps, ends)
    for doubt in ledger.gone():
        yield from _named(doubt, gone.get((doubt.kind, doubt.id)), ends)


def _named(doubt: Doubt, stamps: Stamps | None, ends: dict[tuple[str, str], int]) -> Iterator[Fault]:
    def stamp_of(name: str) -> OrderKey | None:
        return stamps[1].get(name, stamps[0]) if stamps else None

    if not act_to_come(doubt, stamp_of, lambda desk, inc: ends.get((desk, inc), -1)):
        yield Fault("record", f"{doubt.kind} {doubt.id}", f"{doubt.fields}: {doubt.detail}")


def _values(kind: str, record: str, fields: dict[str, Any]) -> Values:
    return {name: (fields.get(name), salt_from(fields.get(salt_name(name)))) for name in fields_of(kind, record)}


def _stamp(stamp: list[Any]) -> OrderKey:
    at, desk, inc, n = stamp
    return (at, desk, inc, n)
