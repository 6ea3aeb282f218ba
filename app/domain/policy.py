"""The library's policy: one immutable, dated version of everything the rules of lending depend on.

An act carries the version it used. A policy knows no member, no item and no clock; it is read from outside
only through `Policy.from_json`, which trusts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Final

from msgspec import Struct, field

from app.domain.calendar import Calendar, Span
from app.domain.loan_rule import CLOSED_DAYS, MAX_DAYS, MAX_LIMIT, MAX_MONEY, PROFILES, LoanRule, plain
from app.domain.strict_json import BadFormat, Fields, parse_day, parse_int, parse_word

# Indonesia's three zones have had fixed offsets since 1988, so no zone database is needed on a Windows desk.
ZONE_HOURS: Final = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
LEVEL_WORDS: Final = ("off", "message", "alert", "block")
RENEW_BASES: Final = ("today", "due")
LOST_CHARGES: Final = ("price", "fixed")
MAX_RULES: Final = 2_000
MAX_SPANS: Final = 10
_CLOCK: Final = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])")


class Thresholds(Struct, frozen=True):
    """Library-wide settings of the rules. A level word says how much a finding weighs: off, message, alert,
    block.

    "block" stops the act, unless the finding's code stands in `overridable` (lending) or
    `overridable_renewal`: then a person with the right may sign for it. Nothing else may be overridden. Money
    in rupiah, periods in days. `total_limits`: member type → loans in all, whatever the rules;
    `condition_charges`: condition code → amount. `hold_other_copies`: a free other copy of the title lifts
    the block of a waiting hold. `lost_fee` is added to the charge for a lost copy; `lost_fixed` is that
    charge when the price is unknown or `lost_charge` is "fixed".
    """

    debt_limit: int = 0
    debt_level: str = "block"
    owes_level: str = "alert"
    overdue_level: str = "block"
    same_title_level: str = "block"
    reference_level: str = "block"
    damaged_level: str = "block"
    repair_level: str = "block"
    missing_level: str = "block"
    lost_level: str = "block"
    not_for_loan_level: str = "block"
    expired_level: str = "block"
    expiring_level: str = "message"
    expiring_days: int = 30
    parts_level: str = "block"
    total_limits: tuple[tuple[str, int], ...] = ()
    closed_days: str = "push"
    renew_base: str = "today"
    not_before_days: int = 0
    renew_overdue_item_level: str = "block"
    renew_overdue_member_level: str = "alert"
    renew_once_a_day: bool = True
    renew_debt_level: str = "block"
    hold_other_copies: bool = True
    hold_shelf_days: int = 3
    lost_charge: str = "price"
    lost_fixed: int = 0
    lost_fee: int = 0
    condition_charges: tuple[tuple[str, int], ...] = ()
    overridable: frozenset[str] = frozenset()
    overridable_renewal: frozenset[str] = frozenset()

    def total_limit(self, member_type: str) -> int | None:
        """How many loans a member of this type may have in all, or None when not limited."""
        return next((limit for name, limit in self.total_limits if plain(name) == plain(member_type)), None)

    def condition_charge(self, condition: str) -> int:
        """The charge for a condition found at return; 0 when none is set."""
        return dict(self.condition_charges).get(condition, 0)

    def to_json(self) -> dict[str, object]:
        """All settings as plain JSON values, sets and maps sorted."""
        out: dict[str, object] = {}
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, frozenset):
                value = sorted(value)
            elif isinstance(value, tuple):
                value = [list(pair) for pair in sorted(value)]
            out[name] = value
        return out

    @staticmethod
    def from_json(data: object, path: str = "$.thresholds") -> Thresholds:
        """Read settings from outside; what is absent keeps its default; raises BadFormat."""
        read = Fields(data, path)
        base = Thresholds()
        said: dict[str, object] = {}
        for name in Thresholds.__struct_fields__:
            if read.has(name):
                said[name] = _read_threshold(read, name, getattr(base, name))
        read.done()
        return Thresholds(**said)  # type: ignore[arg-type]


_WORDS: Final = {"closed_days": CLOSED_DAYS, "renew_base": RENEW_BASES, "lost_charge": LOST_CHARGES}
_MONEY: Final = frozenset({"debt_limit", "lost_fixed", "lost_fee"})


def _read_threshold(read: Fields, name: str, default: object) -> object:
    if isinstance(default, bool):
        return read.flag(name)
    if isinstance(default, int):
        return read.integer(name, 0, MAX_MONEY if name in _MONEY else MAX_DAYS)
    if isinstance(default, str):
        return read.text(name, _WORDS.get(name, LEVEL_WORDS))
    if isinstance(default, frozenset):
        return frozenset(read.many(name, parse_word, 200))
    high = MAX_LIMIT if name == "total_limits" else MAX_MONEY
    pairs = read.many(name, lambda value, at: _parse_pair(value, at, high), 200)
    if len({key for key, _ in pairs}) != len(pairs):
        raise read.fail(name, "said-twice")
    return tuple(sorted(pairs))


def _parse_pair(value: object, path: str, high: int) -> tuple[str, int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise BadFormat(path, "not-a-pair")
    number = parse_int(value[1], path)
    if number > high:
        raise BadFormat(path, "out-of-range", low=0, high=high)
    return parse_word(value[0], path), number


class Policy(Struct, frozen=True):
    """One version of the library's rules, calendar, thresholds and time zone, in force from `effective_from`.

    `profile` chooses the semantics: "meja" (corrected) or "slims" (SLiMS 9 with its quirks). In the slims
    profile the order of `rules` is the order of SLiMS's table; in the meja profile the order means nothing.
    """

    version: str
    effective_from: date
    profile: str = "meja"
    time_zone: str = "Asia/Jakarta"
    calendar: Calendar = field(default_factory=Calendar)
    rules: tuple[LoanRule, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    currency: str = "IDR"

    def __hash__(self) -> int:
        """By version: cheap, since every decision looks its resolved terms up by policy."""
        return hash(self.version)

    @property
    def zone(self) -> timezone:
        """The library's zone as a fixed offset."""
        return zone_of(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        """An aware moment as the library's wall clock; a naive one is taken to be local already."""
        return moment.replace(tzinfo=self.zone) if moment.tzinfo is None else moment.astimezone(self.zone)

    def to_json(self) -> dict[str, object]:
        """The canonical document: integers, texts, booleans, lists and objects only."""
        return {
            "version": self.version,
            "effective_from": self.effective_from.isoformat(),
            "profile": self.profile,
            "time_zone": self.time_zone,
            "currency": self.currency,
            "calendar": _calendar_json(self.calendar),
            "rules": [rule.to_json() for rule in self.rules],
            "thresholds": self.thresholds.to_json(),
        }

    @staticmethod
    def from_json(data: object) -> Policy:
        """Read a policy from outside; raises BadFormat naming the place. `check_policy` judges its sense."""
        read = Fields(data)
        policy = Policy(
            version=read.text("version"),
            effective_from=read.day("effective_from"),
            profile=read.text("profile", PROFILES),
            time_zone=read.text("time_zone", tuple(ZONE_HOURS)),
            currency=read.text("currency", ("IDR",), "IDR"),
            calendar=_calendar(read.raw("calendar")),
            rules=read.many("rules", LoanRule.from_json, MAX_RULES),
            thresholds=Thresholds.from_json(read.raw("thresholds") or {}),
        )
        read.done()
        return policy


def zone_of(name: str) -> timezone:
    """The fixed offset of one of Indonesia's zones (WIB, WITA, WIT); Jakarta's for an unknown name."""
    return timezone(timedelta(hours=ZONE_HOURS.get(name, 7)), name)


def policy_on(versions: Iterable[Policy], day: date) -> Policy | None:
    """The version in force on `day`: the one that took effect last; of two on one day the greater version id."""
    valid = [p for p in versions if p.effective_from <= day]
    return max(valid, key=lambda p: (p.effective_from, p.version), default=None)


def _calendar(data: object) -> Calendar:
    read = Fields(data or {}, "$.calendar")
    weekly = read.many("weekly", parse_int, 7)
    if any(day > 6 for day in weekly):
        raise BadFormat("$.calendar.weekly", "out-of-range", low=0, high=6)
    dated = read.many("dated", parse_day)
    hours = _hours(read.raw("hours"))
    read.done()
    return Calendar(frozenset(weekly), frozenset(dated), hours)


def _calendar_json(calendar: Calendar) -> dict[str, object]:
    """The calendar's document. Hours that nobody said leave no trace, as in versions from before there were any."""
    said: dict[str, object] = {
        "weekly": sorted(calendar.weekly),
        "dated": [day.isoformat() for day in sorted(calendar.dated)],
    }
    if calendar.hours:
        hours: dict[str, list[list[str]]] = {}
        for span in sorted(calendar.hours):
            hours.setdefault(str(span.weekday), []).append([_clock(span.opens), _clock(span.closes)])
        said["hours"] = hours
    return said


def _hours(data: object) -> tuple[Span, ...]:
    """Opening hours by weekday number: {"4": [["08:00", "11:30"], ["13:30", "16:00"]]}."""
    read = Fields({} if data is None else data, "$.calendar.hours")
    spans: list[Span] = []
    for weekday in range(7):
        for opens, closes in read.many(str(weekday), _span, MAX_SPANS):
            spans.append(Span(weekday, opens, closes))
    read.done()
    return tuple(sorted(spans))


def _span(value: object, path: str) -> tuple[int, int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise BadFormat(path, "not-a-pair")
    return _minutes(value[0], path), _minutes(value[1], path)


def _minutes(value: object, path: str) -> int:
    """A time of day written HH:MM, in minutes after midnight."""
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise BadFormat(path, "not-a-time")
    return int(match[1]) * 60 + int(match[2])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
