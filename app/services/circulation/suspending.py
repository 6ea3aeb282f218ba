"""Suspensions that an act brought, lengthened or took away, for whomever: said as a fine is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from app.domain.clock import local_date
from app.domain.text import shorten_name
from app.domain.verdict import Level, Reason
from app.ports import Act

SUSPENDED = frozenset({"now-suspended", "no-longer-suspended"})


def suspensions(act: Act, item_id: str, parties: Iterable[str] = ()) -> Mapping[str, str | None]:
    """Until when each party is suspended that had a copy, or is named: an ISO date, None when it is not."""
    wanted = {*(loan.party for loan in act.loans_of_copy(item_id)), *parties}
    return {party: act.account(party).suspended_until for party in sorted(wanted)}


def suspended(act: Act, item_id: str, before: Mapping[str, str | None], zone: str) -> tuple[Reason, ...]:
    """What became of suspensions by an act, `before` being those before it. What is past either way is no news."""
    today = local_date(act.now, zone).isoformat()
    told: list[Reason] = []
    for party, until in suspensions(act, item_id, before).items():
        was = before.get(party)
        if until == was or max(until or "", was or "") < today:
            continue
        reader = act.member_of_party(party)
        name = shorten_name(reader.name) if reader else ""
        if until is None or until < today:
            told.append(Reason("no-longer-suspended", Level.ALERT, {"name": name}))
        else:
            told.append(Reason("now-suspended", Level.ALERT, {"name": name, "until": date.fromisoformat(until)}))
    return tuple(told)
