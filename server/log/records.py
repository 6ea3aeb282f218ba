"""Records in the log: each stands there once, as its present revision, at the number of its last change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.json import decode

from app.domain.canonical import canonical_text, check_json
from app.domain.record_form import POLICY, policy_is_whole
from app.domain.revision import Revision, merge
from server.log.keep import Library
from server.log.sql import Row, Sql
from sync.protocol.messages import RecordAnswer, RecordRow

RECORD = "kind, id, fields, stamp, edited, gone, gsn"


class Kept(Struct, frozen=True):
    """A revision with its number in the log and the text of its fields."""

    revision: Revision
    gsn: int


class Records:
    """The records that one transaction touches. `fresh_policies`: a rule version came that the fold had missed or
    that takes another's place, so that what was folded must be folded again."""

    def __init__(self, sql: Sql, library: Library) -> None:
        self._sql = sql
        self._library = library
        self.fresh_policies = False

    def take(self, rows: Sequence[RecordRow]) -> tuple[RecordAnswer, ...]:
        """Merge revisions in; the answers in the same order."""
        known = self._known(rows)
        changed: dict[tuple[str, str], Kept] = {}
        answers: list[RecordAnswer] = []
        for row in rows:
            key = (row.kind, row.id)
            found = known.get(key)
            theirs = _revision(row)
            reason = "bad-fields" if theirs is None else _fault(theirs)
            reason = reason if _is_name(row.id) else "bad-id"
            if theirs is None or reason:
                answers.append(RecordAnswer(row.kind, row.id, "refused", found.gsn if found else 0, reason))
                continue
            merged = merge(found.revision, theirs) if found else theirs
            if found is not None and merged == found.revision:
                answers.append(RecordAnswer(row.kind, row.id, "same", found.gsn))
                continue
            self._library.head += 1
            known[key] = changed[key] = Kept(merged, self._library.head)
            answers.append(RecordAnswer(row.kind, row.id, "stored", self._library.head))
        self._sql.put("record", [_row(self._library.lib, kept) for kept in changed.values()])
        self._note_policies([kept.revision for (kind, _), kept in changed.items() if kind == POLICY])
        return tuple(answers)

    def _known(self, rows: Sequence[RecordRow]) -> dict[tuple[str, str], Kept]:
        by_kind: dict[str, list[str]] = {}
        for row in filter(lambda one: _is_name(one.id), rows):
            by_kind.setdefault(row.kind, []).append(row.id)
        found: dict[tuple[str, str], Kept] = {}
        for kind, ids in by_kind.items():
            for columns in self._sql.all(
                f"SELECT {RECORD} FROM record WHERE lib = ? AND kind = ? AND id IN (??)", self._library.lib, kind, ids
            ):
                kept = kept_from(columns)
                found[kept.revision.kind, kept.revision.id] = kept
        return found

    def _note_policies(self, policies: Sequence[Revision]) -> None:
        lib = self._library.lib
        for policy in policies:
            version = str(policy.fields["version"])
            missed = self._sql.one("SELECT 1 FROM awaited WHERE lib = ? AND version = ?", lib, version)
            other = self._sql.one(
                "SELECT 1 FROM policy WHERE lib = ? AND version = ? AND id <> ?", lib, version, policy.id
            )
            self.fresh_policies |= missed is not None or other is not None
            self._sql.put("policy", [(lib, version, policy.id, canonical_text(list(policy.stamp)))])


def _revision(row: RecordRow) -> Revision | None:
    """The record as a value, or None when its fields are no canonical object."""
    try:
        fields: Any = decode(row.fields)
    except ValueError:
        return None
    if not isinstance(fields, dict) or not check_json(fields) or canonical_text(fields) != row.fields:
        return None
    if row.gone and (fields or row.edited):
        return None
    # A stamp of a field that is not there would be lost at the next merging and come again with every push.
    edited = {name: stamp for name, stamp in row.edited.items() if name in fields and stamp != row.stamp}
    return Revision(row.kind, row.id, fields, row.stamp, edited, row.gone)


def _is_name(record_id: str) -> bool:
    """Whether every database can keep it as a key."""
    return record_id.isprintable()


def _fault(theirs: Revision) -> str:
    """Why a revision cannot stand in the log, or ""."""
    if theirs.kind != POLICY:
        return ""
    if theirs.gone or theirs.edited or not policy_is_whole(theirs.id, theirs.fields):
        return "policy-changed"
    return ""


def kept_from(row: Row) -> Kept:
    """A record from the columns `RECORD`."""
    kind, id_, fields, stamp, edited, gone, gsn = row
    stamps = {name: tuple(value) for name, value in decode(edited).items()}
    return Kept(Revision(kind, id_, decode(fields), tuple(decode(stamp)), stamps, bool(gone)), gsn)


def records_of(sql: Sql, library: Library, kind: str, at_once: int) -> Iterator[Row]:
    """All records of a kind by id, so that a desk's trees grow at their end."""
    after = ""
    while True:
        found = sql.all(
            f"SELECT {RECORD} FROM record WHERE lib = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?",
            library.lib,
            kind,
            after,
            at_once,
        )
        yield from found
        if len(found) < at_once:
            return
        after = found[-1][1]


def _row(lib: int, kept: Kept) -> tuple[Any, ...]:
    one = kept.revision
    stamps = {name: list(stamp) for name, stamp in one.edited.items()}
    return (
        lib,
        one.kind,
        one.id,
        canonical_text(dict(one.fields)),
        canonical_text(list(one.stamp)),
        canonical_text(stamps),
        int(one.gone),
        kept.gsn,
    )
