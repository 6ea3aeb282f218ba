"""The file a new desk begins with, over both databases: what stands in it is what the log has."""

from __future__ import annotations

import io
import os
from typing import Any

import pytest
from msgspec.json import decode

from app.domain.record_form import FIELDS, field_digests
from app.domain.replica import RecordRows
from server.log.store import SqlLogStore
from sync.protocol.messages import RecordRow
from sync.snapshot_format.content import portions
from sync.snapshot_format.facts import Facts
from sync.snapshot_format.frames import BadSnapshot, frames
from tests.server.log.lives import LIBRARY, Writer, pull_all, push, record, with_desks

KEY = os.urandom(32)
PARTY: dict[str, Any] = {"member": "m1", "made_at": 7, "imported": ""}


def snapshot(store: SqlLogStore) -> tuple[Facts, bytes, list[int]]:
    file, told = io.BytesIO(), list[int]()
    facts = store.snapshot(LIBRARY, file, KEY, told.append)
    return facts, file.getvalue(), told


@pytest.fixture
def full(store: SqlLogStore) -> SqlLogStore:
    """Runs of two desks, records of every make between them."""
    one, other = Writer("one"), Writer("other")
    with_desks(store, one, other)
    for number in range(4):
        one.lend(number % 5, 0)
        other.bring(number % 5)
        made = [
            record("title", f"t{number}", number, title="x"),
            record("party", f"p{number}", number, **PARTY, **({"member_salt": "5a" * 16} if number == 1 else {})),
            record("shelf", f"s{number}", number, name="later programs know it"),
        ]
        push(store, one.run(number + 1), records=made)
        push(store, other.run(number + 1))
    push(store, records=[record("party", "p2", 50, gone=True), record("party", "p3", 50, **{**PARTY, "made_at": "x"})])
    return store


def test_it_holds_what_the_log_holds(full: SqlLogStore) -> None:
    facts, file, told = snapshot(full)
    found = list(portions(frames(KEY, io.BytesIO(file))))
    entries = [entry for page in pull_all(full) for entry in page.entries]
    runs = [one for part in found if isinstance(part, list) for one in part if not isinstance(one, RecordRow)]
    assert runs == [(entry.gsn, entry.run) for entry in entries if entry.run]
    single = [one for part in found if isinstance(part, list) for one in part if isinstance(one, RecordRow)]
    many = {row[7]: row for part in found if isinstance(part, RecordRows) for row in part.rows}
    records = {(entry.record.kind, entry.record.id): entry.record for entry in entries if entry.record}
    assert {(one.kind, one.id): one for one in single} | {
        ("party", name): records["party", name] for name in many
    } == records
    # Only what every program reads alike comes as a row; the erased and the odd ones come as they travel.
    assert sorted(many) == ["p0", "p1"]
    for name, (gsn, at, desk, inc, n, edited, seen, _, *values) in many.items():
        kept = records["party", name]
        assert (gsn, (at, desk, inc, n), edited) == (kept.gsn, kept.stamp, "")
        fields = dict(zip(FIELDS["party"], values, strict=True))
        # A row has all fields: "" stands for the salt of a link that nobody vouched for.
        assert fields == {**PARTY, "member_salt": "5a" * 16 if name == "p1" else ""}
        assert decode(kept.fields) == {one: value for one, value in fields.items() if value or one != "member_salt"}
        assert seen == field_digests("party", decode(kept.fields))
    assert (facts.at, facts.state) == full.state_hash(LIBRARY)
    assert (facts.hash, facts.size) == (pull_all(full)[-1].hash, len(file))
    assert told[-1] == len(records) + sum(len(run.rows) for _, run in runs)


def test_it_is_of_one_moment(full: SqlLogStore) -> None:
    before, _, _ = snapshot(full)
    moved = [False]

    def meanwhile(_done: int) -> None:
        if not moved[0]:
            moved[0] = True
            push(full, records=[record("party", "p9", 60, **PARTY)])

    file = io.BytesIO()
    facts = full.snapshot(LIBRARY, file, KEY, meanwhile)
    file.seek(0)
    names = {row[7] for part in portions(frames(KEY, file)) if isinstance(part, RecordRows) for row in part.rows}
    assert (facts.at, names) == (before.at, {"p0", "p1"})
    assert full.state_hash(LIBRARY)[0] == before.at + 1


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-9], lambda b: b[:60] + b"x" + b[61:], lambda b: b + b"\0" * 9, lambda b: b""]
)
def test_a_file_that_was_touched_is_noticed(full: SqlLogStore, spoil: Any) -> None:
    _, file, _ = snapshot(full)
    with pytest.raises(BadSnapshot):
        list(portions(frames(KEY, io.BytesIO(spoil(file)))))


def test_another_key_opens_nothing(full: SqlLogStore) -> None:
    _, file, _ = snapshot(full)
    with pytest.raises(BadSnapshot):
        list(frames(os.urandom(32), io.BytesIO(file)))
    assert b"later programs" not in file
