"""Suspensions that an act brought, lengthened or took away, for whomever: said as a fine is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from app.domain.clock import local_date
from app.domain.text import shorten_name
from app.domain.verdict import Level, Reason
from app.ports import Act, ItemHit
from app.services.circulation.inserting import Insertion


def suspensions(
    act: Act, item: ItemHit, found: Insertion | None, parties: Iterable[str] = ()
) -> Mapping[str, str | None]:
    """Until when each party is suspended whom an act on a copy can concern: an ISO date, None when it is not.

    Now that is whoever has the copy, and nobody while it is in; in the past whoever ever had it, and `parties`, who may
    have it then.
    """
    if found is None:
        return _until(act, {item.facts.loan.party} if item.facts.loan else ())
    return _until(act, {*(loan.party for loan in found.loans), *parties})


def suspended(
    act: Act, item: ItemHit, found: Insertion | None, before: Mapping[str, str | None], zone: str
) -> tuple[Reason, ...]:
    """What became of suspensions by an act, `before` being those before it. What is past either way is no news."""
    since = {loan.party for loan in act.loans_of_copy(item.item.id)} if found is not None else set()
    today = local_date(act.now, zone).isoformat()
    told: list[Reason] = []
    for party, until in _until(act, since.union(before)).items():
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


def _until(act: Act, parties: Iterable[str]) -> dict[str, str | None]:
    return {party: act.suspended_until(party) for party in sorted(parties)}
