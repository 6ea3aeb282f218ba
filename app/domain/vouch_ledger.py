"""What all events together vouch for, and what a record is against it. Desk and server compare alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from app.domain.event import OrderKey
from app.domain.vouch import ALL_VOUCHED, GONE, STRICT, fits, vouches_of

Values = Mapping[str, tuple[Any, bytes | None]]
"""A record's vouched fields, each with its salt (None = there is none)."""


class Doubt(Struct, frozen=True):
    """A record that is not as the acts say: by field what is wrong (changed, salt-gone, gone, came-back, unvouched),
    and the place in effective order of the act that set it (None = no act did)."""

    kind: str
    id: str
    wrong: Mapping[str, str]
    set_by: Mapping[str, OrderKey | None]

    @property
    def fields(self) -> str:
        """The fields in doubt."""
        return ", ".join(self.wrong)

    @property
    def detail(self) -> str:
        """What is wrong with them."""
        return ", ".join(sorted({*self.wrong.values()}))


class _Said(Struct):
    """The last commitment to a field; `also` one that the own desk made later, after its clock was put back."""

    key: OrderKey
    commitment: str
    also: str = ""


class Ledger:
    """The last commitment to each field. It hears every event, then judges every record, then says what is gone.

    `own`: the desk whose store this is, if it is one's.
    """

    def __init__(self, own: str = "") -> None:
        self._own = own
        self._said: dict[tuple[str, str, str], _Said] = {}
        self._all_vouched = False

    def hear(self, key: OrderKey, kind: str, body: object) -> None:
        """Take an event in; own ones in the order in which they were recorded."""
        for one in vouches_of(kind, body):
            place = (one.kind, one.id, one.field)
            known = self._said.get(place)
            if known is None or key > known.key:
                self._said[place] = _Said(key, one.commitment)
            elif key[1] == known.key[1] == self._own:
                known.also = one.commitment
        self._all_vouched |= isinstance(body, Mapping) and body.get(ALL_VOUCHED) is True

    def judge(self, kind: str, record: str, values: Values) -> Doubt | bool:
        """A doubt about this record, else whether every such field of it is vouched for."""
        wrong: dict[str, str] = {}
        set_by: dict[str, OrderKey | None] = {}
        whole = True
        for name, (value, salt) in values.items():
            said = self._said.pop((kind, record, name), None)
            set_by[name] = said.key if said else None
            whole = whole and said is not None
            reason = self._reason(said, kind, record, name, value, salt)
            if reason:
                wrong[name] = reason
        return Doubt(kind, record, wrong, set_by) if wrong else whole

    def _reason(self, said: _Said | None, kind: str, record: str, name: str, value: object, salt: bytes | None) -> str:
        if said is None:
            return "unvouched" if salt is not None or (kind in STRICT and self._all_vouched) else ""
        if said.commitment == GONE:
            return "came-back"
        if salt is None:
            return "salt-gone"
        commitments = (said.commitment, said.also) if said.also else (said.commitment,)
        return "" if any(fits(one, salt, kind, record, name, value) for one in commitments) else "changed"

    def gone(self) -> Iterator[Doubt]:
        """Records that were judged nowhere, though no act took them away."""
        left: dict[tuple[str, str], dict[str, OrderKey | None]] = {}
        for (kind, record, name), said in sorted(self._said.items()):
            if said.commitment != GONE:
                left.setdefault((kind, record), {})[name] = said.key
        for (kind, record), keys in left.items():
            yield Doubt(kind, record, dict.fromkeys(keys, "gone"), keys)


def act_to_come(doubt: Doubt, stamp_of: Callable[[str], OrderKey | None], heard_to: Callable[[str, str], int]) -> bool:
    """Whether every field in doubt was set by an act that is not here yet: records come before their events.

    `stamp_of` gives a field's stamp, None where there is none; `heard_to` the time in milliseconds of the last event
    that is here of a desk's incarnation, below 0 when none is.
    """
    stamps = [stamp_of(name) for name in doubt.wrong]
    return all(stamp is not None and heard_to(stamp[1], stamp[2]) < stamp[0] for stamp in stamps)
