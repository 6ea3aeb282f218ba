"""Histories of one copy for the tests of the fold: events in any order of arrival, some of them undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from app.domain.calendar import Calendar
from app.domain.event import Event
from app.domain.ids import derived_id
from app.domain.loan_rule import Terms

ITEM, TITLE = derived_id("t", "item"), derived_id("t", "title")
READERS = tuple(derived_id("t", name) for name in ("ahmad", "dewi", "rizky"))
DAY = 86_400_000
START = 1_772_409_600_000  # 2026-03-02 07:00 in Jakarta, a Monday
FIRST = date(2026, 3, 2)
SUNDAYS = Calendar(weekly=frozenset({6}))
TERMS = Terms("meja", "v1", "r", "r", 3, 14, fine_per_day=500, fine_days="open", renewals=2, renew_period=14)
SUSPENDING = Terms("meja", "v1", "r", "r", 3, 14, suspend_per_day=2, renewals=2, renew_period=14)


class Rules:
    """What the fold may know."""

    zone = "Asia/Jakarta"

    def calendar(self, policy: str) -> Calendar:
        """One calendar, whatever the version."""
        return SUNDAYS


RULES = Rules()


def event(seq: int, kind: str, at: int, body: Mapping[str, Any], desk: str = "desk-1") -> Event:
    """One event of one incarnation."""
    return Event(derived_id("e", desk, str(seq)), "lib", desk, "inc", seq, at, at, at, "boot", kind, "", dict(body))


def opened(seq: int, at: int, party: str, days: int = 14, terms: Terms = TERMS, **more: Any) -> Event:
    """A loan made `at`, due some days later."""
    due = (FIRST + timedelta(days=(at - START) // DAY + days)).isoformat()
    body = {"item": ITEM, "title": TITLE, "party": party, "due": due, "policy": "v1", "terms": terms.to_json(), **more}
    return event(seq, "loan.opened", at, body)


def returned(seq: int, at: int, **more: Any) -> Event:
    """The copy is here."""
    return event(seq, "item.returned", at, {"item": ITEM, "policy": "v1", **more})


def renewed(seq: int, at: int, loan: Event, base: str, due: str, **more: Any) -> Event:
    """A loan goes on."""
    body = {"item": ITEM, "loan": loan.id, "base": base, "due": due, "policy": "v1", **more}
    return event(seq, "loan.renewed", at, body)


def undone(seq: int, at: int, what: Event) -> Event:
    """An act taken back."""
    return event(seq, "act.undone", at, {"event": what.id, "item": ITEM})


@st.composite
def histories(draw: st.DrawFn, most: int = 12) -> list[Event]:
    """Anything that can happen to a copy, at times that need not rise, in order of arrival."""
    events: list[Event] = []
    loans: list[Event] = []
    for seq in range(1, draw(st.integers(1, most)) + 1):
        at = START + draw(st.integers(0, 40)) * DAY + draw(st.integers(0, 3)) * 3_600_000
        kinds = ["open", "open", "return", "return", "lost", "found", "condition"]
        kinds += ["renew", "renew"] if loans else []
        kinds += ["undo"] if events else []
        match draw(st.sampled_from(kinds)):
            case "open":
                terms = draw(st.sampled_from([TERMS, SUSPENDING]))
                made = opened(seq, at, draw(st.sampled_from(READERS)), draw(st.integers(1, 14)), terms)
                loans.append(made)
            case "return":
                made = returned(seq, at)
            case "renew":
                loan = draw(st.sampled_from(loans))
                base = date.fromisoformat(loan.body["due"]) + timedelta(days=draw(st.sampled_from([0, 0, 0, 7])))
                later = base + timedelta(days=draw(st.integers(0, 14)))
                made = renewed(seq, at, loan, base.isoformat(), later.isoformat())
            case "undo":
                made = undone(seq, at, draw(st.sampled_from(events)))
            case "condition":
                made = event(seq, "item.condition_noted", at, {"item": ITEM, "condition": f"c{seq}"})
            case kind:
                made = event(seq, f"item.{kind}", at, {"item": ITEM})
        events.append(made)
    return events
