"""A real desk's journal, pushed as signed runs, folds on the server to the hash that the desk itself keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.json import decode

from app.domain.canonical import canonical_text
from app.domain.record_form import POLICY, policy_id
from db.identity import desk_key
from server.log.store import SqlLogStore
from sync.protocol.messages import Push, RecordRow
from sync.protocol.runs import Row, Run, sign_run
from sync.protocol.signing import Signer
from tests.builders import CARD, OTHER_CARD, Library, founded, rows_of
from tests.server.log.lives import DAY, NOW


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    lib = founded(tmp_path)
    lib.hurry()
    lib.member(CARD, "Ahmad Fauzi")
    lib.member(OTHER_CARD, "Dewi Lestari")
    for number in range(1, 6):
        lib.item(f"B{number:03d}", f"Judul {number // 2}", price=80_000)
    yield lib
    lib.close()


def runs_of(library: Library, longest: int = 7) -> list[Run]:
    """The desk's whole journal as signed runs, with its own key."""
    store = library.store
    signer = Signer(desk_key(store.connection))
    runs: list[Run] = []
    for author, inc in rows_of(store, "SELECT a, inc FROM author ORDER BY a"):
        rows = rows_of(
            store,
            "SELECT id, at, wall, mono, boot, kind, staff, body, late, v, head FROM event WHERE author = ?"
            " ORDER BY seq",
            (author,),
        )
        for start in range(0, len(rows), longest):
            part = rows[start : start + longest]
            sent = [Row(*row[:8], bool(row[8]), row[9]) for row in part]
            runs.append(sign_run(store.identity.library, signer, inc, start + 1, sent, bytes(part[-1][10])))
    return runs


def policies_of(library: Library) -> tuple[RecordRow, ...]:
    """The desk's rule versions as records."""
    found = []
    for (body,) in rows_of(library.store, "SELECT body FROM policy"):
        document = decode(body)
        fields = canonical_text({"version": document["version"], "document": document})
        found.append(RecordRow(POLICY, policy_id(document), fields, (1, "d", "i", 1)))
    return tuple(found)


def joined(store: SqlLogStore, library: Library) -> str:
    """The desk brings its library; its name there."""
    identity = library.store.identity
    public = Signer(desk_key(library.store.connection)).public.hex()
    store.enrol("c" * 64, "Meja 1", "", NOW + DAY, NOW)
    answer = store.join("c" * 64, public, "", identity.library, identity.zone, NOW)
    assert not isinstance(answer, str), answer
    return answer.desk


def live(library: Library) -> None:
    """Some weeks at a desk: loans, lateness, money, holds, losses, undone acts, late entries."""
    member, other = library.members[CARD], library.members[OTHER_CARD]
    for barcode in ("B001", "B002", "B003"):
        library.lend(CARD, barcode)
        library.clock.go(minutes=3)
    library.circulation.undo(library.desk)
    library.holds.place(library.desk, other.id, library.items["B001"].title_id)
    library.clock.go(days=30)
    library.bring("B001")
    library.money.pay(library.desk, member.id, 2_000)
    library.lend(OTHER_CARD, "B001")
    library.clock.go(days=2)
    library.circulation.lose(library.desk, library.items["B002"].id)
    library.lend(CARD, "B004", stated_at=library.clock.wall - DAY)
    library.bring("B005")
    library.clock.go(days=40)
    library.bring("B001")
    library.bring("B002")


def test_the_server_folds_a_desk_s_journal_to_the_desk_s_own_hash(store: SqlLogStore, library: Library) -> None:
    live(library)
    desk = joined(store, library)
    name = library.store.identity.library
    for run in runs_of(library):
        done = store.push(name, desk, Push("", (run,), policies_of(library)), NOW)
        assert done.runs[0].status == "stored", done.runs
        assert not done.runs[0].parked
    head, state = store.state_hash(name)
    assert head == store.totals(name)["events"] + store.totals(name)["records"]
    assert state == library.store.projection.state_hash.hex()
    # The desk's journal alone is pushed here, without the records that it vouches for.
    assert [one for one in store.check(name) if one.what != "record"] == []
    kept = {row[0] for row in rows_of(library.store, "SELECT id FROM event")}
    assert {decode(text)["id"] for text in store.events(name)} == kept


def test_rules_that_come_last_give_the_same_hash(store: SqlLogStore, library: Library) -> None:
    live(library)
    desk = joined(store, library)
    name = library.store.identity.library
    for run in runs_of(library, 1000):
        store.push(name, desk, Push("", (run,)), NOW)
    assert store.state_hash(name)[1] != library.store.projection.state_hash.hex()
    store.push(name, desk, Push("", (), policies_of(library)), NOW)
    assert store.state_hash(name)[1] == library.store.projection.state_hash.hex()
    # The desk's journal alone is pushed here, without the records that it vouches for.
    assert [one for one in store.check(name) if one.what != "record"] == []
