"""`meja holidays YEAR`: public holidays as closed days, listed, and published when that is wanted."""

from __future__ import annotations

import argparse
import json
import os
from datetime import date
from pathlib import Path

from app import wiring
from app.cli.words import tell
from app.domain.calendar import Calendar
from app.domain.clock import local_date
from app.domain.strict_json import BadFormat, parse_day
from app.ports import KnownError
from app.services.national_days import FIRST_YEAR, LAST_YEAR, NationalDay, YearDays, national_days
from app.services.rules import close_on
from resources.loader import load_json

DONE = 0


def run(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """List a year's holidays; with --add publish those that are still to come and not closed yet."""
    if not FIRST_YEAR <= options.year <= LAST_YEAR:
        raise KnownError("holidays-other-year", {"first": FIRST_YEAR, "last": LAST_YEAR})
    found = national_days(options.year)
    without = _days(options.without)
    with wiring.opened(home, read_only=not options.add, recovery=recovery) as store:
        today = local_date(store.now(), store.zone)
        if options.add:
            staff = wiring.session(store, options.staff, os.environ.get("MEJA_PIN", "")).staff
            chosen = [
                day.on
                for day in found.days
                if day.on >= today and day.on not in without and (options.joint or not day.joint)
            ]
            versions = close_on(store, staff, chosen, f"libur-{options.year}", today)
            tell("holidays-added", versions=", ".join(versions))
        with store.read() as facts:
            calendar = facts.policy_on(today).calendar
    lines = [line_of(day, calendar, today, joint=options.joint) for day in found.days]
    print("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) if options.json else _table(lines))
    _notes(found, options.year)
    return DONE


def _days(texts: list[str]) -> frozenset[date]:
    days = set()
    for text in texts:
        try:
            days.add(parse_day(text, "--without"))
        except BadFormat as error:
            raise KnownError("not-a-date", {"found": text, "what": "--without"}) from error
    return frozenset(days)


def line_of(day: NationalDay, calendar: Calendar, today: date, *, joint: bool) -> dict[str, object]:
    """One day, with what is to be known of it: `state` is closed, weekly, past, optional or open."""
    if day.on in calendar.dated:
        state = "closed"
    elif not calendar.is_open(day.on):
        state = "weekly"
    elif day.on < today:
        state = "past"
    else:
        state = "optional" if day.joint and not joint else "open"
    return {
        "date": day.on.isoformat(),
        "name": day.name,
        "estimated": day.estimated,
        "joint": day.joint,
        "state": state,
    }


def _table(lines: list[dict[str, object]]) -> str:
    words = load_json("words/holidays.json")
    rows = []
    for line in lines:
        on = date.fromisoformat(str(line["date"]))
        name = str(line["name"]) + (f" ({words['estimated']})" if line["estimated"] else "")
        rows.append(f"{on.isoformat()}  {words['days'][on.weekday()]:<6}  {words['states'][line['state']]:<22}  {name}")
    return "\n".join(rows)


def _notes(found: YearDays, year: int) -> None:
    tell("holidays-decree" if found.decreed else "holidays-no-decree", year=year)
