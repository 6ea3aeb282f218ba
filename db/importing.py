"""The bulk door: another system's rows wait in an encrypted file aside, then one transaction takes them all or none.

The waiting file lies in the home, has the store's key, is deleted afterwards and swept away at the next start if the
program was killed. It knows records and staged rows, not the systems they came from.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import apsw

from app.domain.policy import Policy
from app.domain.records import Item, Member, MemberType, Title
from app.ports import (
    Finding,
    ImportPlan,
    ImportTotals,
    StagedFine,
    StagedHold,
    StagedLoan,
    StagedVisit,
    Tick,
)
from db import search
from db.connection import raw_key_pragma
from db.errors import known, spoken
from db.import_digest import item_digest, member_digest, title_digest
from db.import_fines import FineTaker
from db.import_link import link
from db.import_loans import LoanTaker
from db.import_place import stage_path, sweep
from db.import_records import RecordTaker
from db.import_rest import RestTaker, count_kinds, reconcile
from db.records import ITEM_COLUMNS, MEMBER_COLUMNS, TITLE_COLUMNS, item_values, member_values, title_values
from db.sql import Reading
from db.store import DeskStore

BATCH = 1000
# The keys of events, loans and states are random: without room for their trees every page is written many times.
CACHE_KB = 110_000


def _columns(names: Sequence[str]) -> str:
    return ", ".join(names)


_TABLES = {
    "title": (*TITLE_COLUMNS, "words", "digest", "unsaid", "file", "line"),
    "item": (*ITEM_COLUMNS, "title_key", "title_text", "digest", "unsaid", "file", "line"),
    "member": (*MEMBER_COLUMNS, "words", "digest", "unsaid", "file", "line"),
    "loan": StagedLoan._fields,
    "fine": StagedFine._fields,
    "hold": StagedHold._fields,
    "visit": StagedVisit._fields,
    "finding": Finding._fields,
    "picture": ("owner", "name", "kind", "hash", "data"),
}


class StoreImport:
    """One import into an open store. `begin`, then rows, then `commit`; `close` whatever happened."""

    def __init__(self, store: DeskStore) -> None:
        self._store = store
        self._stage: apsw.Connection | None = None
        self._rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _TABLES}
        self._written = dict.fromkeys(_TABLES, 0)
        self._attached = False

    @property
    def path(self) -> Path:
        """The waiting file."""
        return stage_path(self._store.home)

    # --- waiting ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start with an empty waiting file."""
        self.close()
        self._written = dict.fromkeys(_TABLES, 0)
        with spoken(self.close):
            stage = apsw.Connection(str(self.path))
            self._stage = stage
            stage.execute(f"PRAGMA key = {raw_key_pragma(self._store.key)}")
            # Nothing in this file is worth keeping: after a crash it is thrown away.
            # Written once and read from end to end: fewer and larger pages.
            stage.execute("PRAGMA page_size = 16384")
            stage.execute("PRAGMA journal_mode = off")
            stage.execute("PRAGMA synchronous = off")
            stage.execute("PRAGMA cache_size = -16000")
            for table, columns in _TABLES.items():
                stage.execute(f"CREATE TABLE {table} (n INTEGER PRIMARY KEY, {_columns(columns)})")
            for table in ("title", "item", "member"):
                stage.execute(f"ALTER TABLE {table} ADD COLUMN fresh INTEGER NOT NULL DEFAULT 1")
                # The few that are not new are asked for again and again.
                stage.execute(f"CREATE INDEX {table}_fresh ON {table} (fresh, n) WHERE fresh <> 1")
            stage.execute("BEGIN")

    def title(self, title: Title, file: str, line: int, unsaid: str = "") -> None:
        """A title; its `source_key` names it in the source. `unsaid`: columns that the source has no word for."""
        values = title_values(title)
        self._put("title", (*values, search.title_words(title), title_digest(values), unsaid, file, line))

    def item(self, item: Item, title_key: str, title_text: str, file: str, line: int, unsaid: str = "") -> None:
        """A copy of the title with that source key or, where the source links so, with that exact title."""
        values = item_values(item)
        seen = item_digest(values, title_key, title_text)
        self._put("item", (*values, title_key, title_text, seen, unsaid, file, line))

    def member(self, member: Member, file: str, line: int, unsaid: str = "") -> None:
        """A reader."""
        values = member_values(member)
        self._put("member", (*values, search.member_words(member), member_digest(values), unsaid, file, line))

    def loan(self, loan: StagedLoan) -> None:
        """A loan, open or past."""
        self._put("loan", loan)

    def fine(self, fine: StagedFine) -> None:
        """A line of the fine ledger."""
        self._put("fine", fine)

    def hold(self, hold: StagedHold) -> None:
        """A waiting reader."""
        self._put("hold", hold)

    def visit(self, visit: StagedVisit) -> None:
        """A visit."""
        self._put("visit", visit)

    def finding(self, finding: Finding) -> None:
        """A refused or noted row."""
        self._put("finding", finding)

    def picture(self, member_or_title: str, name: str, kind: str, data: bytes) -> None:
        """A photo or cover for the record of this id; `name` is the path the source gave."""
        found = hashlib.sha256(data).hexdigest()
        self._put("picture", (member_or_title, name, kind, found, data))

    def _put(self, table: str, row: tuple[Any, ...]) -> None:
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= BATCH:
            self._flush(table)

    def _flush(self, table: str) -> None:
        rows = self._rows[table]
        if not rows or self._stage is None:
            return
        columns = _TABLES[table]
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({_columns(columns)}) VALUES ({marks})"
        with spoken():
            before = self._written[table]
            try:
                self._stage.executemany(statement, rows)
            except UnicodeEncodeError:
                # Half a letter, from a file that is not what it says: it becomes a question mark.
                self._stage.execute(f"DELETE FROM {table} WHERE n > ?", (before,))
                self._stage.executemany(statement, [_whole_letters(row) for row in rows])
            self._written[table] = before + len(rows)
        rows.clear()

    # --- what is there already ----------------------------------------------------------------------------------

    def member_types(self) -> Sequence[tuple[MemberType, str]]:
        """The library's member types with their source keys."""
        reading: Reading = self._store.connection
        rows = reading.execute("SELECT code, name, membership_days, source_key FROM member_type ORDER BY code")
        return [(MemberType(row[0], row[1], row[2]), row[3]) for row in rows]

    def policies(self) -> Sequence[Policy]:
        """All rule versions of the library."""
        reading: Reading = self._store.connection
        versions = reading.execute("SELECT version FROM policy ORDER BY effective_from, version").fetchall()
        return [self._store.policies.version(row[0]) for row in versions]

    # --- taking -------------------------------------------------------------------------------------------------

    def commit(self, plan: ImportPlan, tick: Tick) -> ImportTotals:
        """Take everything in one transaction; with `plan.dry_run` do all of it and then take it back.

        Raises what `tick` raises (the store is then as it was) and KnownError when the disk cannot do it.
        """
        with spoken():
            self._settle()
            connection = self._store.connection
            for said, code in plan.type_codes.items():
                connection.execute("UPDATE stage.member SET member_type = ? WHERE member_type = ?", (code, said))
            totals = ImportTotals(typed=link(connection, tick, plan.default_type))
        try:
            with self._store.act(staff=plan.staff) as act:
                RecordTaker(connection, act.at, totals).take(plan, tick)
                for kind, source_key in plan.member_types:
                    act.put_member_type(kind, source_key)
                for key, value in plan.settings.items():
                    act.set_setting(key, value)
                if plan.policy is not None:
                    act.publish_policy(plan.policy)
                    totals.policy = plan.policy.version
                act.record("records.imported", {"source": plan.source, "run": plan.run_id})
                loans = LoanTaker(self._store, act, totals, plan)
                loans.take(tick)
                FineTaker(loans).take(tick)
                RestTaker(loans).take(plan, tick)
                tick("checking", 0, 1)
                reconcile(connection, totals)
                count_kinds(connection, totals)
                tick("writing", 0, 1)
                if plan.dry_run:
                    raise _TakeBack
        except _TakeBack:
            pass
        return totals

    def _settle(self) -> None:
        """Close the waiting file as a file of its own and look at it from the store's connection."""
        for table in _TABLES:
            self._flush(table)
        if self._stage is not None:
            self._stage.execute("COMMIT")
            self._stage.close()
            self._stage = None
        connection = self._store.connection
        if not self._attached:
            connection.execute(f"ATTACH DATABASE ? AS stage KEY {raw_key_pragma(self._store.key)}", (str(self.path),))
            self._attached = True
            connection.execute("PRAGMA stage.journal_mode = off")
            connection.execute("PRAGMA stage.synchronous = off")
            connection.execute("PRAGMA stage.cache_size = -16000")
            connection.execute(f"PRAGMA main.cache_size = -{CACHE_KB}")

    def findings(self) -> Iterator[Finding]:
        """Refused and noted rows in the order of the source; after `commit`, whose own findings stand in its totals."""
        reading: Reading = self._store.connection
        with spoken():
            for row in reading.execute(f"SELECT {_columns(Finding._fields)} FROM stage.finding ORDER BY n"):
                yield Finding._make(row)._replace(taken=bool(row[1]))

    def close(self) -> None:
        """Throw the waiting rows away."""
        try:
            if self._stage is not None:
                self._stage.close()
                self._stage = None
            if self._attached:
                self._let_go()
                self._store.connection.execute("PRAGMA main.cache_size = -16000")
                self._attached = False
        except apsw.Error as error:
            raise known(error) from error
        finally:
            for rows in self._rows.values():
                rows.clear()
            sweep(self._store.home)

    def _let_go(self) -> None:
        try:
            self._store.connection.execute("DETACH DATABASE stage")
        except apsw.CorruptError:
            # A write that failed left half a table there, and nothing is let go that cannot be read: it is emptied
            # first. The store itself is sound, and why the import stopped is what the person has to hear.
            os.truncate(self.path, 0)
            self._store.connection.execute("DETACH DATABASE stage")


def _whole_letters(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(one.encode("utf-8", "replace").decode() if isinstance(one, str) else one for one in row)


class _TakeBack(Exception):
    """The end of a dry run."""
