"""What was scanned and what it means now: a command, a reader's card, a copy, a title, a badge, or nothing known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from app.domain import right
from app.domain.barcode import Command, Scan, ScanKind, ScanRules, parse
from app.domain.clock import to_ms, zone
from app.domain.text import code_key
from app.ports import MemberHit, Store
from app.services.circulation import Desk, no_right
from app.services.lookup import Found, Lookup
from app.services.outcome import Kind, Outcome, impossible, refused
from app.services.session.copies import Copies
from app.services.session.readers import Readers
from app.services.session.serving import Serving
from app.services.session.state import RENEW, RETURN, State

SHOWN = 512
"""How much of what was scanned an answer repeats."""

EARLIEST_YEAR = 1800
"""No lending log that anybody types in is older; earlier years are slips of the finger."""

DAY_MS = 86_400_000
_OF_THE_SCAN = frozenset({"provisional", "register", "override"})
"""Commands that go on with what was scanned before them."""
_PROBLEMS = frozenset({"too-long", "empty", "no-code", "unknown-command", "no-argument", "bad-date"})


class Scanning:
    """Classifies every scan and hands it to whose duty it is."""

    def __init__(
        self,
        store: Store,
        state: State,
        rules: ScanRules,
        serving: Serving,
        readers: Readers,
        copies: Copies,
        carry_out: Callable[[Command], Outcome],
    ) -> None:
        self._store = store
        self._state = state
        self._rules = rules
        self._lookup = Lookup(store, rules)
        self._serving = serving
        self._readers = readers
        self._copies = copies
        self._carry_out = carry_out

    def scan(self, raw: str) -> Outcome:
        """Classify what was scanned and do what it means now."""
        scan = parse(raw, self._rules)
        outcome = self._handle(scan)
        self._state.moved()
        return replace(outcome, scan=raw[:SHOWN], notes=(*scan.notes, *outcome.notes))

    def reader_of(self, raw: str) -> MemberHit | None:
        """Whose card was scanned, without doing anything; None when it is nobody's alone."""
        members = self._lookup.find(parse(raw, self._rules)).members
        return members[0] if len(members) == 1 else None

    def _handle(self, scan: Scan) -> Outcome:
        problem = next((note for note in scan.notes if note in _PROBLEMS), "")
        if problem:
            return Outcome(Kind.UNKNOWN, code=problem, verdict=impossible(problem))
        stated = None
        if scan.at is not None:
            stated, refusal = self._stated(scan.at)
            if refusal is not None:
                return refusal
        if scan.command is not None and stated is not None:
            return refused("time-for-scans-only")
        if scan.command is not None:
            if scan.command.name not in _OF_THE_SCAN:
                self._state.forget_stated()
            return self._carry_out(scan.command)
        if stated is None and self._is_double(scan.code):
            return Outcome(Kind.REPEATED, code="double-scan")
        self._state.pending = self._state.last_broken = None
        self._state.stated = stated
        self._state.looked_away = True
        return self._act_on(scan, self._state.desk(stated))

    def _stated(self, local: datetime) -> tuple[int | None, Outcome | None]:
        """The stated time of an act from a paper log; it must lie in the past and needs a right."""
        if right.LATE_ENTRY not in self._state.staff.rights:
            return None, no_right(right.LATE_ENTRY)
        if local.year < EARLIEST_YEAR:
            return None, refused("time-too-early")
        stated = to_ms(local.replace(tzinfo=zone(self._store.zone)))
        if stated > self._store.now():
            return None, refused("time-in-future")
        with self._store.read() as facts:
            days = int(facts.setting("desk.stated_days"))
        if days and stated < self._store.now() - days * DAY_MS:
            return None, refused("time-too-old", days=days)
        return stated, None

    def _is_double(self, code: str) -> bool:
        """A trembling hand: the same code again within a moment of the scan before it."""
        now = self._state.clock.read().mono
        with self._store.read() as facts:
            window = int(facts.setting("desk.duplicate_ms"))
        before, self._state.last_code = self._state.last_code, (code_key(code), now)
        return before[0] == code_key(code) and now - before[1] < window

    def _act_on(self, scan: Scan, desk: Desk) -> Outcome:
        if scan.kind is ScanKind.STAFF_BADGE:
            return self._serving.sign_in_badge(scan.code)
        found = self._lookup.find(scan)
        if found.nothing:
            isbn = next((code for kind, code in scan.candidates if kind is ScanKind.ISBN), "")
            title = self._isbn(isbn, desk) if isbn else None
            if title is not None and (title.kind is not Kind.UNKNOWN or scan.kind is ScanKind.ISBN):
                return title
            found = self._lookup.mended(scan)
        outcome = self._found(found, desk)
        return replace(outcome, notes=(*found.scan.notes, *outcome.notes)) if found.scan.repair else outcome

    def _found(self, found: Found, desk: Desk) -> Outcome:
        scan, items, members = found.scan, found.items, found.members
        if len(items) + len(members) > 1:
            return Outcome(Kind.AMBIGUOUS, code="several", hits=items, members=tuple(hit.member for hit in members))
        if members or items:
            self._state.last_unknown = self._state.unknown_card = ""
        if members:
            return self._readers.open_member(members[0].member.id)
        if items:
            return self._copies.take_item(items[0], desk)
        glued = bool(scan.parts) or self._lookup.is_two_codes(scan.code)
        code = "glued" if glued else "unknown-code"
        self._state.last_unknown = "" if glued else scan.code
        card = next((text for kind, text in scan.candidates if kind is ScanKind.MEMBER_CARD), "")
        self._state.unknown_card = "" if glued else card
        halves = () if glued else self._lookup.copies_of_half(scan.code)
        if halves:
            return Outcome(Kind.AMBIGUOUS, code="half", hits=halves)
        return Outcome(Kind.UNKNOWN, code=code, verdict=impossible(code, found=scan.code[:64]))

    def _isbn(self, isbn: str, desk: Desk) -> Outcome:
        """The ISBN on the back names a title, not a copy: the only copy that can be meant is taken, else ask."""
        title, hits = self._lookup.copies_of_isbn(isbn)
        if not hits:
            self._state.last_unknown = self._state.unknown_card = ""
            return Outcome(Kind.UNKNOWN, code="isbn-without-copies" if title else "isbn-unknown", title=title)
        returning = self._state.mode in (RETURN, RENEW) or not self._state.member_id
        meant = [hit for hit in hits if (hit.facts.loan is not None) == returning]
        if len(meant) == 1:
            return self._copies.take_item(meant[0], desk)
        return Outcome(Kind.AMBIGUOUS, code="isbn", title=title, hits=tuple(meant or hits))
