"""What a person has to look at, found in the journal, the folded state and the records; nothing of it is stored.

Each finder yields the cases of one kind whose cause stands now. Cases whose cause is gone are known only by the answers
they were given, which name their kind and causes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec.structs import replace

from app.domain.case import (
    CLOCK_BEHIND,
    COPIED_HOME,
    LACKING,
    LENT_AGAIN,
    LENT_ASIDE,
    LENT_WHILE_OUT,
    NOT_UNDERSTOOD,
    PAID_TWICE,
    RENEWED_LATE,
    TWO_COPIES,
    TWO_READERS,
    Answer,
    Case,
    Line,
    Side,
    case_id,
    facts_hash,
)
from app.domain.event import EVENT_VERSION, KINDS, Event, check_body
from app.domain.fold.queue import fold_queue
from app.domain.verdict import Param
from db import journal
from db.replica_state import read_server
from db.sql import Reading

LONG_BEHIND_MS = 86_400_000
"""How far a clock must have been behind before a person has to look at what was dated by it."""


class Cases:
    """The cases of one view."""

    def __init__(self, connection: Reading, library: str) -> None:
        self._db = connection
        self._library = library
        self._desk = str(connection.execute("SELECT value FROM meta WHERE key = 'desk'").fetchone()[0])

    def every(self, *, closed: bool) -> list[Case]:
        """The open cases, newest first; with `closed` those that were answered or whose cause is gone, too."""
        answers = self._answers()
        found = [replace(one, answers=answers.pop(one.id, ())) for one in self._standing()]
        if closed:
            found += (self._gone(key, given) for key, given in answers.items())
        return sorted((one for one in found if closed or one.open), key=lambda one: (-one.at, one.id))

    def _answers(self) -> dict[str, tuple[Answer, ...]]:
        """The answers by case: lines of the second stage in which nobody waits."""
        lines: dict[str, list[Event]] = {}
        rows = self._db.execute(
            f"SELECT e.queue, {journal.COLUMNS} {journal.FROM} WHERE e.queue IN"
            " (SELECT queue FROM queue_state s WHERE NOT EXISTS (SELECT 1 FROM hold h WHERE h.queue = s.queue))"
        )
        for row in rows:
            lines.setdefault(row[0], []).append(journal.from_row(self._library, row[1:]))
        return {key: state for key, events in lines.items() if (state := fold_queue(key, events).answers)}

    def _gone(self, key: str, answers: tuple[Answer, ...]) -> Case:
        """A case of which only answers are left."""
        kind: str = ""
        causes: tuple[str, ...] = ()
        for given in answers:
            event = self._event(given.event)
            said, named = event.body.get("kind"), event.body.get("causes")
            if not isinstance(said, str) or not isinstance(named, list):
                continue
            if all(isinstance(one, str) for one in named) and case_id(said, named) == key:
                kind, causes = said, tuple(named)
        bare = _case(kind, causes, [], answers[-1].at)
        case = self._two_acts(kind, causes) if kind in (LENT_WHILE_OUT, LENT_AGAIN, RENEWED_LATE) else bare
        return replace(case, id=key, facts=answers[-1].facts, done=(), answers=answers, gone=True)

    def _standing(self) -> Iterator[Case]:
        yield from self._found_by_fold()
        yield from self._paid_twice()
        yield from self._lent_aside()
        yield from self._two_of_one("member", "no_key", "member_no", TWO_READERS)
        yield from self._two_of_one("item", "barcode_key", "barcode", TWO_COPIES)
        yield from self._copied_homes()
        yield from self._lacking()
        if read_server(self._db) is not None:
            yield from self._unread()

    # --- what the fold found ---------------------------------------------------------------------------------------

    def _found_by_fold(self) -> Iterator[Case]:
        for kind, causes in self._db.execute("SELECT kind, causes FROM finding").fetchall():
            yield self._two_acts(kind, tuple(json.loads(causes)))

    def _two_acts(self, kind: str, causes: tuple[str, ...]) -> Case:
        """A case of a loan and an act that came over it."""
        first, second = (self._known(one) for one in causes)
        if first is None or second is None:
            return _case(kind, causes, [])
        earlier = self._db.execute(
            "SELECT closed_at, closed_on, how, charges FROM loan WHERE id = ?", (first.id,)
        ).fetchone()
        closed_at, closed_on, how, charges = earlier or (None, None, "", None)
        fine = sum(int(charge["amount"]) for charge in json.loads(charges or "[]"))
        who, other = self._who(first), self._who(second) or self._who(first)
        dues = [str(one.body.get("due", "")) for one in (first, second)]
        about: dict[str, Param] = {**self._copy(first.body.get("item", "")), "earlier": who, "later": other}
        side = [
            Line(first.at, "lent", {"who": who, **_day("due", dues[0])}),
            *([Line(0, "not-returned")] if kind == LENT_WHILE_OUT else ()),
            *([Line(closed_at, "returned")] if kind == RENEWED_LATE and closed_at else ()),
        ]
        what = "renewed" if kind == RENEWED_LATE else "lent"
        sides = (
            self._side(first, *side),
            self._side(second, Line(second.at, what, {"who": other, **_day("due", dues[1])})),
        )
        if kind == LENT_AGAIN:
            due = max(dues)
            return _case(kind, causes, [due], second.at, about, sides, Line(0, "merged", {**about, **_day("due", due)}))
        if kind == RENEWED_LATE:
            return _case(kind, causes, [how, closed_on], second.at, about, sides, Line(0, "renewal-void", about))
        done = {**about, "amount": fine, **_day("due", dues[1])}
        line = Line(closed_at or 0, "closed-with-fine" if fine else "closed-free", done)
        return _case(kind, causes, [how, closed_on, fine, dues[1]], second.at, about, sides, line)

    # --- money -----------------------------------------------------------------------------------------------------

    def _paid_twice(self) -> Iterator[Case]:
        """Charges that more than one payment meant to settle, of readers with money over."""
        for (party,) in self._db.execute("SELECT party FROM account WHERE credit > 0").fetchall():
            paid: dict[str, list[tuple[Event, int]]] = {}
            for event in journal.of_party(self._db, self._library, party):
                if event.kind == "payment.made" and not self._voided(str(event.body["payment"])):
                    for charge, amount in event.body.get("lines", ()):
                        paid.setdefault(charge, []).append((event, amount))
            for charge, parts in paid.items():
                row = self._db.execute("SELECT amount, waived FROM charge WHERE id = ?", (charge,)).fetchone()
                over = sum(amount for _, amount in parts) - (row[0] - row[1] if row else 0)
                if row is None or over <= 0 or len({event.desk for event, _ in parts}) < 2:
                    continue
                parts.sort(key=lambda part: part[0].key)
                who = self._name(party)
                about: dict[str, Param] = {"who": who, "amount": row[0] - row[1], "over": over}
                facts = [row[0], row[1], *([event.id, amount] for event, amount in parts)]
                sides = tuple(
                    self._side(event, Line(event.at, "paid", {"who": who, "amount": amount})) for event, amount in parts
                )
                causes = (charge, *(event.id for event, _ in parts))
                yield _case(PAID_TWICE, causes, facts, parts[-1][0].at, about, sides, Line(0, "credit", about))

    def _voided(self, payment: str) -> bool:
        row = self._db.execute("SELECT voided FROM payment WHERE id = ?", (payment,)).fetchone()
        return row is None or bool(row[0])

    # --- holds -----------------------------------------------------------------------------------------------------

    def _lent_aside(self) -> Iterator[Case]:
        rows = self._db.execute(
            "SELECT h.id, h.party, h.until, l.id FROM hold h JOIN loan l ON l.item = h.copy AND l.closed_at IS NULL"
            " WHERE h.state = 'aside' AND l.party <> h.party"
        ).fetchall()
        for hold, party, until, loan in rows:
            lent = self._known(loan)
            if lent is None:
                continue
            kept = self._placed_aside(hold)
            waiting, reader = self._name(party), self._who(lent)
            about = {**self._copy(lent.body.get("item", "")), "earlier": waiting, "later": reader}
            due = _day("due", str(lent.body.get("due", "")))
            sides = [self._side(lent, Line(lent.at, "lent", {"who": reader, **due}))]
            if kept is not None:
                sides.insert(0, self._side(kept, Line(kept.at, "put-aside", {"who": waiting, **_day("due", until)})))
            done = Line(0, "still-waits", about)
            yield _case(LENT_ASIDE, (hold, loan), [], lent.at, about, tuple(sides), done)

    def _placed_aside(self, hold: str) -> Event | None:
        (queue,) = self._db.execute("SELECT queue FROM hold WHERE id = ?", (hold,)).fetchone()
        events = journal.of_queue(self._db, self._library, queue)
        found = [one for one in events if one.kind == "hold.put_aside" and one.body["hold"] == hold]
        return max(found, key=lambda one: one.key, default=None)

    # --- records ---------------------------------------------------------------------------------------------------

    def _two_of_one(self, table: str, key: str, shown: str, kind: str) -> Iterator[Case]:
        """Records that carry one number."""
        rows = self._db.execute(
            f"SELECT {key}, group_concat(id, ' ') FROM {table} WHERE {key} <> '' AND gone = 0"
            f" GROUP BY {key} HAVING count(*) > 1"
        ).fetchall()
        for number, names in rows:
            ids = tuple(sorted(names.split()))
            lines: list[Line] = []
            numbers = ""
            for one in ids:
                facts, numbers = self._record(table, shown, one)
                lines.append(Line(0, f"is-{table}", facts))
            about: dict[str, Param] = {"number": numbers, "n": len(ids)}
            sides = tuple(Side("", False, "", (line,)) for line in lines)
            yield _case(kind, ids, number, 0, about, sides, Line(0, "both-kept", about))

    def _record(self, table: str, shown: str, record: str) -> tuple[dict[str, Param], str]:
        if table == "member":
            name, number, institution = self._db.execute(
                f"SELECT name, {shown}, institution FROM member WHERE id = ?", (record,)
            ).fetchone()
            return {"who": name, "institution": institution}, str(number)
        copy = self._copy(record)
        return copy, str(copy["barcode"])

    # --- the journal itself ----------------------------------------------------------------------------------------

    def _copied_homes(self) -> Iterator[Case]:
        rows = self._db.execute(
            "SELECT a.desk, a.inc, a.fork, a.seq - a.first + 1, (SELECT min(e.at) FROM event e WHERE e.author = a.a)"
            " FROM author a WHERE a.fork <> ''"
        ).fetchall()
        for desk, inc, fork, count, at in rows:
            about: dict[str, Param] = {"n": count}
            side = Side(desk, desk == self._desk, "", (Line(at or 0, "went-on", about),))
            yield _case(COPIED_HOME, (desk, inc, fork), [], at or 0, about, (side,), Line(0, "both-branches", about))

    def _lacking(self) -> Iterator[Case]:
        rows = self._db.execute(
            journal.SELECT + "WHERE e.kind = 'incarnation.started' AND e.n IN"
            " (SELECT n FROM author b JOIN event f ON f.author = b.a AND f.seq IN (b.first, b.first + 1))"
        ).fetchall()
        for row in rows:
            event = journal.from_row(self._library, row)
            lacks = event.body.get("lacks") if isinstance(event.body, Mapping) else None
            if not isinstance(lacks, Mapping):
                continue
            about: dict[str, Param] = {}
            for name in ("events", "acts", "receipts"):
                span = lacks.get(name)
                about[name] = f"{span[0]}–{span[-1]}" if isinstance(span, list) and span else "–"
            side = self._side(event, Line(event.at, "restored", about))
            yield _case(LACKING, (event.id,), [], event.at, about, (side,), Line(0, "numbers-left-out", about))

    def _unread(self) -> Iterator[Case]:
        """What this program does not understand, by desk and kind, and clocks that were days behind."""
        known = ", ".join("?" * len(KINDS))
        rows = self._db.execute(
            f"SELECT a.desk, e.kind, count(*), max(e.at) {journal.FROM}"
            f" WHERE e.kind NOT IN ({known}) OR e.v <> ? GROUP BY a.desk, e.kind",
            (*KINDS, EVENT_VERSION),
        ).fetchall()
        for desk, kind, count, at in rows:
            about: dict[str, Param] = {"n": count, "event": kind}
            side = Side(desk, desk == self._desk, "", (Line(at, "not-read", about),))
            yield _case(NOT_UNDERSTOOD, (desk, kind), count, at, about, (side,), Line(0, "kept-as-is", about))
        for row in self._db.execute(journal.SELECT + "WHERE e.kind = 'clock.behind'").fetchall():
            event = journal.from_row(self._library, row)
            if not check_body(event.kind, event.body) and event.body["by"] >= LONG_BEHIND_MS:
                about = {"n": event.body["by"] // LONG_BEHIND_MS}
                side = self._side(event, Line(event.at, "clock-was-behind", about))
                yield _case(CLOCK_BEHIND, (event.id,), [], event.at, about, (side,), Line(0, "time-went-on", about))

    # --- names -----------------------------------------------------------------------------------------------------

    def _known(self, event_id: str) -> Event | None:
        return journal.one(self._db, self._library, event_id)

    def _event(self, event_id: str) -> Event:
        event = self._known(event_id)
        assert event is not None
        return event

    def _side(self, event: Event, *lines: Line) -> Side:
        row = self._db.execute("SELECT short_name FROM staff WHERE id = ?", (event.staff,)).fetchone()
        return Side(event.desk, event.desk == self._desk, str(row[0]) if row else "", lines)

    def _who(self, event: Event) -> str:
        return self._name(str(event.body.get("party", "")))

    def _name(self, party: str) -> str:
        """A reader's name, "" when nobody may know any more."""
        row = self._db.execute(
            "SELECT m.name FROM party p JOIN member m ON m.id = p.member WHERE p.token = ?", (party,)
        ).fetchone()
        return str(row[0]) if row else ""

    def _copy(self, item: str) -> dict[str, Param]:
        row = self._db.execute(
            "SELECT i.barcode, t.title FROM item i JOIN title t ON t.id = i.title WHERE i.id = ?",
            (item,),
        ).fetchone()
        return {"barcode": str(row[0]), "title": str(row[1])} if row else {"barcode": "", "title": ""}


def _case(
    kind: str,
    causes: Iterable[str],
    facts: Any,
    at: int = 0,
    about: Mapping[str, Param] | None = None,
    sides: tuple[Side, ...] = (),
    *done: Line,
) -> Case:
    named = tuple(causes)
    return Case(case_id(kind, named), kind, named, facts_hash(kind, facts), at, about or {}, sides, done)


def _day(name: str, text: str) -> dict[str, Param]:
    """A date for a sentence; nothing where none was said."""
    return {name: date.fromisoformat(text)} if text else {}
