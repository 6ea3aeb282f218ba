"""Taking linked titles, copies and readers into the store, set-wise, inside the caller's transaction.

New records go in as they are. A record that the source still describes as it did last time is left alone, so that what
staff changed here stays; one that it describes otherwise takes the source's words, and what staff had changed is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import apsw

from app.domain.canonical import canonical_text
from app.domain.text import code_key
from app.ports import Finding, ImportPlan, ImportTotals, Tick
from db.import_digest import item_words_digest, member_words_digest, title_digest
from db.records import ITEM_COLUMNS, MEMBER_COLUMNS, TITLE_COLUMNS
from db.sql import Reading

_COLUMNS = {"title": TITLE_COLUMNS, "item": ITEM_COLUMNS, "member": MEMBER_COLUMNS}
_FTS = {"title": "title_fts", "member": "member_fts"}
_LABEL = {"title": "title", "item": "barcode", "member": "member_no"}
# What no source says: it stays as it is here.
_OWN = {"title": {"id", "cover"}, "item": {"id"}, "member": {"id", "photo", "card_lost", "block_reason"}}
_SAID = 40


class RecordTaker:
    """Writes staged records; `at` is the act's time."""

    def __init__(self, connection: apsw.Connection, at: int, totals: ImportTotals) -> None:
        self._db: Reading = connection
        self._at = at
        self._totals = totals

    def take(self, plan: ImportPlan, tick: Tick) -> None:
        """Take all three kinds."""
        for number, kind in enumerate(("title", "item", "member")):
            tick("records", number, 3)
            newest = self._db.execute(f"SELECT coalesce(max(n), 0) FROM main.{kind}").fetchone()[0]
            if newest:
                self._missing(kind)
            self._new(kind, newest)
            self._changed(kind)
            self._count(kind)
        self._cards()
        self._pictures()

    def _new(self, kind: str, newest: int) -> None:
        columns = ", ".join(_COLUMNS[kind])
        self._db.execute(
            f"INSERT INTO main.{kind} (n, {columns}, seen) SELECT {newest} + n, {columns}, digest FROM stage.{kind}"
            " WHERE fresh = 1 ORDER BY n"
        )
        if kind in _FTS:
            self._db.execute(
                f"INSERT INTO main.{_FTS[kind]} (rowid, words) SELECT {newest} + n, words FROM stage.{kind}"
                " WHERE fresh = 1 ORDER BY n"
            )
        self._db.execute(
            f"INSERT INTO main.change (kind, id, at) SELECT ?, id, ? FROM stage.{kind} WHERE fresh = 1 ORDER BY n",
            (kind, self._at),
        )

    def _count(self, kind: str) -> None:
        staged = self._db.execute(f"SELECT count(*) FROM stage.{kind}").fetchone()[0]
        known = self._db.execute(f"SELECT count(*) FROM stage.{kind} WHERE fresh <> 1").fetchone()[0]
        updated = self._totals.updated.get(kind, 0)
        self._totals.accepted[kind] = staged - known
        self._totals.updated[kind] = updated
        self._totals.unchanged[kind] = known - updated

    def _changed(self, kind: str) -> None:
        columns = _COLUMNS[kind]
        theirs = ", ".join(f"s.{column}" for column in columns)
        ours = ", ".join(f"t.{column}" for column in columns)
        words = "s.words" if kind in _FTS else "''"
        rows = self._db.execute(
            f"SELECT s.digest, s.file, s.line, {words}, t.n, t.seen, t.gone, {theirs}, {ours} FROM stage.{kind} s"
            f" JOIN main.{kind} t ON t.id = s.id WHERE s.fresh <> 1 AND s.fresh = 2 ORDER BY s.n"
        ).fetchall()
        for digest, file, line, said, n, seen, gone, *values in rows:
            new, old = values[: len(columns)], values[len(columns) :]
            edited = self._edited(kind, seen, new, old)
            self._update(kind, n, digest, said, new, old, edited, bool(gone), file, line)

    def _edited(self, kind: str, seen: bytes | None, new: Sequence[Any], old: Sequence[Any]) -> bool:
        """Whether staff changed the record since the same source last spoke of it."""
        place = _COLUMNS[kind].index("source_key")
        if seen is None or new[place] != old[place]:
            return False
        if kind == "title":
            return title_digest(old) != seen
        return (item_words_digest if kind == "item" else member_words_digest)(old) != seen[:12]

    def _update(
        self, kind: str, n: int, digest: bytes, words: str, new: Sequence[Any], old: Sequence[Any], edited: bool,
        gone: bool, file: str, line: int,
    ) -> None:  # fmt: skip
        columns = _COLUMNS[kind]
        own = _OWN[kind] | ({"status"} if kind == "item" and edited else set())
        differing = {
            column: (was, now)
            for column, was, now in zip(columns, old, new, strict=True)
            if was != now and column not in own
        }
        sets = "".join(f", {column} = ?" for column in differing)
        self._db.execute(
            f"UPDATE main.{kind} SET seen = ?, gone = 0{sets} WHERE n = ?",
            (digest, *(now for _, now in differing.values()), n),
        )
        if not differing and not gone:
            return
        self._totals.updated[kind] = self._totals.updated.get(kind, 0) + 1
        if kind in _FTS:
            self._db.execute(f"INSERT OR REPLACE INTO main.{_FTS[kind]} (rowid, words) VALUES (?, ?)", (n, words))
        self._db.execute("INSERT INTO main.change (kind, id, at) VALUES (?, ?, ?)", (kind, old[0], self._at))
        if edited:
            told = {
                column: f"{str(was)[:_SAID]} → {str(now)[:_SAID]}"
                for column, (was, now) in differing.items()
                if kind == "title" or not (column.endswith("_key") or column == "title")
            }
            label = str(old[columns.index(_LABEL[kind])])
            params = {_LABEL[kind]: label[:80], "fields": "; ".join(f"{key}: {said}" for key, said in told.items())}
            self._find(kind, "edited-here-too", file, line, params)

    def _missing(self, kind: str) -> None:
        """What this source gave an earlier time and does not give any more: kept, and told."""
        rows = self._db.execute(
            f"SELECT t.{_LABEL[kind]} FROM main.{kind} t WHERE t.gone = 0 AND t.source_key <> ''"
            " AND substr(t.source_key, 1, instr(t.source_key, ':')) IN"
            f" (SELECT DISTINCT substr(source_key, 1, instr(source_key, ':')) FROM stage.{kind})"
            # What another kind of file names by another key is here all the same.
            f" AND t.source_key NOT IN (SELECT source_key FROM stage.{kind})"
            f" AND t.id NOT IN (SELECT id FROM stage.{kind}) ORDER BY t.n"
        ).fetchall()
        self._totals.missing[kind] = len(rows)
        for (label,) in rows:
            self._find(kind, "missing-in-source", "", 0, {_LABEL[kind]: str(label)[:80]})

    def _cards(self) -> None:
        rows = self._db.execute(
            "SELECT id, card_nos FROM stage.member WHERE fresh <> 0 AND card_nos <> '[]'"
        ).fetchall()
        for member, cards in rows:
            self._db.execute("DELETE FROM main.member_card WHERE member = ?", (member,))
            for code in json.loads(cards):
                self._db.execute(
                    "INSERT OR IGNORE INTO main.member_card (card_key, member) VALUES (?, ?)", (code_key(code), member)
                )

    def _pictures(self) -> None:
        taken = 0
        same = 0
        for owner, table, column, found in self._db.execute(
            "SELECT p.owner, CASE p.kind WHEN 'cover' THEN 'title' ELSE 'member' END,"
            " CASE p.kind WHEN 'cover' THEN 'cover' ELSE 'photo' END, p.hash FROM stage.picture p"
        ).fetchall():
            source = self._db.execute(
                f"SELECT t.id, t.{column} FROM main.{table} t WHERE t.id = coalesce((SELECT s.id FROM stage.{table} s"
                " WHERE s.source_key = ?), '')",
                (owner,),
            ).fetchone()
            if source is None:
                continue
            if source[1] == found:
                same += 1
                continue
            self._db.execute(
                "INSERT OR IGNORE INTO main.picture (hash, kind, bytes) SELECT hash, kind, data FROM stage.picture"
                " WHERE hash = ? LIMIT 1",
                (found,),
            )
            self._db.execute(f"UPDATE main.{table} SET {column} = ? WHERE id = ?", (found, source[0]))
            self._mark([("picture", found), (table, source[0])])
            taken += 1
        if taken or same:
            self._totals.accepted["picture"] = taken
            self._totals.unchanged["picture"] = same

    def _mark(self, changed: Iterable[tuple[str, str]]) -> None:
        for kind, record in changed:
            self._db.execute("INSERT INTO main.change (kind, id, at) VALUES (?, ?, ?)", (kind, record, self._at))

    def _find(self, kind: str, reason: str, file: str, line: int, params: dict[str, str]) -> None:
        self._totals.findings.append(Finding(kind, True, reason, file, line, "", canonical_text(params), ""))
