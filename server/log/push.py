"""A push: what is new of runs and records is logged and folded, what is known is answered, the rest kept aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from msgspec.json import encode
from msgspec.structs import replace

from app.domain.canonical import ZERO, shift_hash
from app.domain.event import Event, Touch, touch
from app.domain.fold.batch import fold_new, fold_whole
from app.domain.ids import is_id
from server.log.branches import Branch, Branches
from server.log.keep import Library, LogKept
from server.log.records import Records
from server.log.rules import LogRules
from server.log.schema import FOLDED
from server.log.sql import Sql
from server.ports import DeskState
from sync.protocol.limits import MAX_RUN
from sync.protocol.messages import RecordRow, RunAnswer
from sync.protocol.runs import BadRun, ReadRun, Row, Run, read_run, run_is_signed

NOTHING = Touch()
_WORD = re.compile("[0-9A-Za-z._-]{1,64}").fullmatch
_HEX = re.compile("[0-9a-f]+").fullmatch
_MOST = 1 << 53
_FORK_NAME = 16
_AT_ONCE = 1000


class Taking:
    """One push in one transaction, which holds the library's row. `library` is changed in place."""

    def __init__(self, sql: Sql, library: Library, desks: Sequence[DeskState], by: str, now: int) -> None:
        self._sql = sql
        self._library = library
        self._desks = {desk.desk: desk for desk in desks}
        self._by = by
        self._now = now
        self._branches = Branches(sql, library)
        self._known_ids: set[str] = set()
        self._events: list[Event] = []
        self._event_rows: list[tuple[Any, ...]] = []
        self._run_rows: list[tuple[Any, ...]] = []
        self._aside: list[tuple[Any, ...]] = []
        self._next_aside = 0

    def take(self, runs: Sequence[Run], records: Sequence[RecordRow]) -> tuple[tuple[RunAnswer, ...], tuple[Any, ...]]:
        """Log and fold everything; the answers in the same order."""
        ids = [row.id for run in runs for row in run.rows if is_id(row.id)]
        if ids:
            self._known_ids = {
                row[0]
                for row in self._sql.all("SELECT id FROM event WHERE lib = ? AND id IN (??)", self._library.lib, ids)
            }
        # Records first: a rule version stands in the log before the events that name it.
        kept = Records(self._sql, self._library)
        record_answers = kept.take(records)
        run_answers = tuple(self._run(run) for run in runs)
        self._sql.add("event", self._event_rows)
        self._sql.add("run", self._run_rows)
        self._sql.put("aside", self._aside)
        self._branches.save()
        self._fold(kept.fresh_policies)
        return run_answers, record_answers

    # --- runs -----------------------------------------------------------------------------------------------------

    def _run(self, run: Run) -> RunAnswer:
        if not _is_formed(run):
            # No program of ours writes this, and no column could hold it.
            return RunAnswer(
                run.desk[:64], run.inc[:64], run.first, run.last, "quarantined", fork=run.fork[:64], reason="malformed"
            )
        branches = self._branches.of(run.desk, run.inc)
        preferred = sorted(branches, key=lambda one: one.fork != run.fork)
        for branch in preferred:
            place = self._branches.place(branch, run.last) if 1 <= run.first <= run.last <= branch.seq else None
            if place is not None and place[0].hex() == run.head:
                return _answer(run, "duplicate", branch, place[1])
        desk = self._desks.get(run.desk)
        if desk is None or desk.revoked:
            return self._put_aside(run, "revoked" if desk else "unknown-desk")
        if not run_is_signed(self._library.id, run, bytes.fromhex(desk.public)):
            return self._put_aside(run, "bad-signature")
        return self._fit(replace(run, public=desk.public), preferred)

    def _fit(self, run: Run, branches: Sequence[Branch]) -> RunAnswer:
        """Find the branch that a signed run goes on with, or where it leaves one."""
        befores: dict[bytes, list[Branch]] = {}
        for branch in branches:
            before = self._branches.link(branch, run.first - 1)
            if before is not None:
                befores.setdefault(before, []).append(branch)
        if run.first == 1:
            befores.setdefault(self._branches.genesis(run.desk, run.inc), [])
        if befores:
            try:
                read = read_run(self._library.id, run)
            except BadRun as error:
                return self._put_aside(run, error.code)
            for before, candidates in befores.items():
                try:
                    found = read.links(before)
                except BadRun:
                    continue
                return self._place(read, found, candidates)
        if befores and not (run.fork and all(branch.fork != run.fork for branch in branches)):
            return self._put_aside(run, "other-chain")
        if self._follows_aside(run):
            return self._put_aside(run, "after-aside")
        have = max((branch.seq for branch in branches if branch.fork == run.fork), default=0)
        return RunAnswer(run.desk, run.inc, run.first, run.last, "gap", have, fork=run.fork)

    def _place(self, read: ReadRun, found: list[bytes], candidates: Sequence[Branch]) -> RunAnswer:
        run = read.run
        start, nearest = 0, None
        for one in candidates:
            shared = self._branches.common(one, run.first, found)
            if nearest is None or shared > start or (shared == start and one.seq == run.first - 1 + shared):
                start, nearest = shared, one
        base = run.first - 1 + start
        if nearest is not None and nearest.seq == base:
            branch = nearest
        else:
            branch = self._leave(run, found[start], base, nearest if base else None)
        parked = self._store(read, found, start, branch)
        return _answer(run, "stored", branch, self._library.head, tuple(parked))

    def _leave(self, run: Run, link: bytes, base: int, parent: Branch | None) -> Branch:
        """A branch that begins after number `base`: the first of its incarnation, or one of a copied home."""
        others = self._branches.of(run.desk, run.inc)
        named = run.fork if run.fork == link.hex()[:_FORK_NAME] else ""
        first = base == 0 and not named and all(one.fork for one in others)
        fork = "" if first else link.hex()[:_FORK_NAME]
        before = self._branches.link(parent, base) if parent else self._branches.genesis(run.desk, run.inc)
        assert before is not None
        return self._branches.begin(run.desk, run.inc, fork, parent, base, before)

    def _store(self, read: ReadRun, found: list[bytes], start: int, branch: Branch) -> list[int]:
        """Log the events of a run from place `start` on; the numbers of those that are not folded."""
        run, library, lib, a = read.run, self._library, self._library.lib, branch.a
        first = run.first + start
        gsn, running = library.head, library.hash
        parked: list[int] = []
        size = 0
        for event, row, link in zip(read.events(branch.fork, start), run.rows[start:], found[start:], strict=True):
            gsn += 1
            running = sha256(running + link).digest()
            size += len(row.body)
            folded = bool(event.kind) and row.id not in self._known_ids
            self._event_rows.append(
                _event_row(lib, gsn, a, event.seq, row, link, event, 0 if folded else 2 if event.kind else 1)
            )
            if folded:
                self._events.append(event)
                self._known_ids.add(row.id)
            else:
                parked.append(event.seq)
            self._branches.note(branch, event.seq, link, gsn)
        self._run_rows.append(
            (
                lib, library.head + 1, a, first, run.last, bytes.fromhex(run.head), bytes.fromhex(run.signature),
                bytes.fromhex(run.public), size, running,
            )
        )  # fmt: skip
        library.head, library.hash = gsn, running
        return parked

    # --- aside ----------------------------------------------------------------------------------------------------

    def _put_aside(self, run: Run, reason: str) -> RunAnswer:
        """Keep a run beside the log, once."""
        lib = self._library.lib
        branches = self._branches.of(run.desk, run.inc)
        have = max((branch.seq for branch in branches), default=0)
        if not self._next_aside:
            row = self._sql.one("SELECT coalesce(max(n), 0) FROM aside WHERE lib = ?", lib)
            self._next_aside = (row[0] if row else 0) + 1
        known = self._sql.one(
            "SELECT 1 FROM aside WHERE lib = ? AND desk = ? AND inc = ? AND head = ?", lib, run.desk, run.inc, run.head
        )
        fresh = not any(row[2] == run.desk and row[3] == run.inc and row[6] == run.head for row in self._aside)
        if known is None and fresh:
            self._aside.append(
                (
                    lib, self._next_aside, run.desk, run.inc, run.first, run.last, run.head, self._by, reason,
                    self._now, encode(run).decode(),
                )
            )  # fmt: skip
            self._next_aside += 1
        return RunAnswer(run.desk, run.inc, run.first, run.last, "quarantined", have, fork=run.fork, reason=reason)

    def _follows_aside(self, run: Run) -> bool:
        """Whether what comes before a run is kept aside, so that it can only be kept there too."""
        before = run.first - 1
        if any(row[2] == run.desk and row[3] == run.inc and row[4] <= before <= row[5] for row in self._aside):
            return True
        return (
            self._sql.one(
                "SELECT 1 FROM aside WHERE lib = ? AND desk = ? AND inc = ? AND first <= ? AND last >= ?",
                self._library.lib,
                run.desk,
                run.inc,
                before,
                before,
            )
            is not None
        )

    # --- fold -----------------------------------------------------------------------------------------------------

    def _fold(self, fresh_policies: bool) -> None:
        library = self._library
        if fresh_policies:
            fold_all(self._sql, library)
        elif self._events:
            rules = LogRules(self._sql, library.lib, library.zone)
            done = fold_new(LogKept(self._sql, library.lib, library.id), self._events, rules)
            library.state = shift_hash(library.state, done.shift)
            _await(self._sql, library.lib, rules)


def _is_formed(run: Run) -> bool:
    """Whether what a run says of itself can be looked for."""
    return (
        is_id(run.desk)
        and _WORD(run.inc) is not None
        and (not run.fork or _WORD(run.fork) is not None)
        and 1 <= run.first < _MOST
        and 1 <= len(run.rows) <= MAX_RUN
        and _HEX(run.head) is not None
        and len(run.head) == 64
        and _HEX(run.signature) is not None
        and len(run.signature) == 128
    )


def fold_all(sql: Sql, library: Library) -> None:
    """Throw the folded state away and fold the whole log again."""
    for table in (*FOLDED, "awaited"):
        sql.run(f"DELETE FROM {table} WHERE lib = ?", library.lib)
    rules = LogRules(sql, library.lib, library.zone)
    kept = LogKept(sql, library.lib, library.id)
    library.state = ZERO
    undoing = sql.all(
        "SELECT e.body, e.id FROM event e WHERE e.lib = ? AND e.kind = ? AND e.parked = 0", library.lib, "act.undone"
    )
    _note_undone(sql, library.lib, undoing)
    for column in ("item", "queue", "party"):
        rows = sql.all(
            f"SELECT DISTINCT {column} FROM event WHERE lib = ? AND {column} IS NOT NULL ORDER BY {column}", library.lib
        )
        names = [row[0] for row in rows]
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            parts = [some if column == part else [] for part in ("item", "queue", "party")]
            done = fold_whole(kept, parts[0], parts[1], parts[2], rules)
            library.state = shift_hash(library.state, done.shift)
    _await(sql, library.lib, rules)


def _note_undone(sql: Sql, lib: int, rows: Sequence[tuple[Any, ...]]) -> None:
    from msgspec.json import decode

    undone = {str(decode(body)["event"]): id_ for body, id_ in rows}
    sql.put("undone", [(lib, event, by) for event, by in undone.items()])


def _await(sql: Sql, lib: int, rules: LogRules) -> None:
    """Remember the rule versions that the fold missed."""
    for version in sorted(rules.missed):
        if sql.one("SELECT 1 FROM awaited WHERE lib = ? AND version = ?", lib, version) is None:
            sql.add("awaited", [(lib, version)])


def _answer(run: Run, status: str, branch: Branch, gsn: int, parked: tuple[int, ...] = ()) -> RunAnswer:
    # Said also of what stands there already: the first answer may have been lost.
    said = status if branch.fork == run.fork else "forked"
    return RunAnswer(run.desk, run.inc, run.first, run.last, said, branch.seq, gsn, fork=branch.fork, parked=parked)


def _event_row(
    lib: int, gsn: int, a: int, seq: int, row: Row, link: bytes, event: Event, parked: int
) -> tuple[Any, ...]:
    """A logged event; one that is parked bears on nothing."""
    moves = NOTHING if parked else touch(event.kind, event.body)
    return (
        lib,
        gsn,
        a,
        seq,
        row.id,
        row.at,
        row.wall,
        row.mono,
        row.boot,
        row.kind,
        row.staff,
        int(row.late),
        row.v,
        row.body,
        link,
        moves.item or None,
        moves.queue or None,
        moves.party or None,
        parked,
    )
