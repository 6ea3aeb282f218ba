"""What becomes of a pushed run, over both databases."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.json import decode
from msgspec.structs import replace

from app.domain.canonical import ZERO
from app.domain.loan_rule import resolve
from server.log.store import SqlLogStore, open_sqlite
from server.ports import StoreFault
from sync.protocol.messages import RunAnswer
from sync.protocol.runs import Run, sign_run
from sync.protocol.signing import Signer, new_private
from tests.builders import campus
from tests.server.log.lives import (
    DAY,
    ITEMS,
    LIBRARY,
    NOW,
    PARTIES,
    TITLE,
    Writer,
    policy,
    pull_all,
    push,
    record,
    with_desks,
)


def statuses(answers: tuple[RunAnswer, ...]) -> list[tuple[str, int, int]]:
    """Status, last number held, log number of each answer."""
    return [(one.status, one.have, one.gsn) for one in answers]


def sound(store: SqlLogStore) -> None:
    """The log proves itself."""
    assert list(store.check(LIBRARY)) == []


@contextmanager
def elsewhere(*writers: Writer) -> Iterator[SqlLogStore]:
    """Another server, that knows these desks and nothing else."""
    with tempfile.TemporaryDirectory(prefix="meja-log-") as folder:
        store = open_sqlite(Path(folder) / "log.db")
        try:
            yield with_desks(store, *writers)
        finally:
            store.close()


@pytest.fixture
def one() -> Writer:
    writer = Writer("one")
    for number in range(3):
        writer.lend(number, number)
        writer.bring(number)
    return writer


def test_a_run_is_stored_numbered_and_folded(store: SqlLogStore, one: Writer) -> None:
    with_desks(store, one)
    done = push(store, one.run(1, 3), one.run(4))
    assert statuses(done.runs) == [("stored", 3, 3), ("stored", 6, 6)]
    assert done.head == 6
    head, state = store.state_hash(LIBRARY)
    assert (head, state != ZERO.hex()) == (6, True)
    sound(store)
    numbers = [entry.gsn for page in pull_all(store) for entry in page.entries]
    assert numbers == [1, 4]
    assert [decode(text)["seq"] for text in store.events(LIBRARY)] == [1, 2, 3, 4, 5, 6]


def test_what_is_known_is_answered_and_stored_once(store: SqlLogStore, one: Writer) -> None:
    with_desks(store, one)
    push(store, one.run(1, 4))
    before = store.state_hash(LIBRARY)
    again = push(store, one.run(1, 4), one.run(1, 2), one.run(2, 3))
    assert statuses(again.runs) == [("duplicate", 4, 4), ("duplicate", 4, 2), ("duplicate", 4, 3)]
    assert store.state_hash(LIBRARY) == before
    longer = push(store, one.run(2, 6))
    assert statuses(longer.runs) == [("stored", 6, 6)]
    assert [entry.run.first for page in pull_all(store) for entry in page.entries if entry.run] == [1, 5]
    sound(store)


def test_a_gap_is_answered_with_what_is_there(store: SqlLogStore, one: Writer) -> None:
    with_desks(store, one)
    push(store, one.run(1, 2))
    done = push(store, one.run(5))
    assert statuses(done.runs) == [("gap", 2, 0)]
    assert done.head == 2
    assert statuses(push(store, one.run(3)).runs) == [("stored", 6, 6)]


def test_a_copied_home_s_acts_are_kept_as_a_branch_of_their_own(store: SqlLogStore, one: Writer) -> None:
    with_desks(store, one)
    twin = one.copy("twin")
    one.lend(3, 0)
    twin.lend(4, 1)
    twin.bring(4)
    push(store, one.run())
    forked = push(store, twin.run()).runs[0]
    assert (forked.status, forked.have, forked.gsn) == ("forked", 8, 9)
    assert forked.fork == twin.links[7].hex()[: len(forked.fork)] != ""
    # Both go on, each on its own branch, without knowing of the other.
    one.bring(3)
    twin.lend(2, 2)
    assert statuses(push(store, one.run(8)).runs) == [("stored", 8, 10)]
    more = push(store, twin.run(9)).runs[0]
    assert (more.status, more.fork, more.have) == ("forked", forked.fork, 9)
    # Told again, though it stands there already: the answer may have been lost.
    again = push(store, twin.run(), one.run())
    assert [(answer.status, answer.fork) for answer in again.runs] == [("forked", forked.fork), ("duplicate", "")]
    assert again.head == 11
    sound(store)
    runs = [entry.run for page in pull_all(store) for entry in page.entries if entry.run]
    assert [(run.first, run.last, run.fork) for run in runs] == [
        (1, 7, ""), (7, 8, forked.fork), (8, 8, ""), (9, 9, forked.fork),
    ]  # fmt: skip


def test_a_branch_offered_by_another_desk_keeps_its_name(opener: Callable[[], SqlLogStore], one: Writer) -> None:
    store = with_desks(opener(), one)
    twin = one.copy("twin")
    one.lend(3, 0)
    twin.lend(4, 1)
    push(store, one.run())
    name = push(store, twin.run()).runs[0].fork
    runs = [entry.run for page in pull_all(store) for entry in page.entries if entry.run]
    with elsewhere(one) as other:
        # A server that lost everything gets the branches back in whatever order.
        assert push(other, runs[1]).runs[0].status == "gap"
        assert push(other, runs[0], runs[1]).runs[1].fork == name
        assert other.state_hash(LIBRARY) == store.state_hash(LIBRARY)


def test_strangers_the_revoked_and_forgers_are_kept_aside(store: SqlLogStore, one: Writer) -> None:
    with_desks(store, one)
    stranger = Writer("stranger")
    stranger.lend(4)
    forged = replace(one.run(1, 2), signature="00" * 64)
    done = push(store, stranger.run(), forged, by=one.desk)
    assert [(a.status, a.reason) for a in done.runs] == [
        ("quarantined", "unknown-desk"),
        ("quarantined", "bad-signature"),
    ]
    push(store, one.run(1, 2))
    assert store.revoke(LIBRARY, one.desk, NOW)
    done = push(store, one.run(1, 2), one.run(3))
    assert [(a.status, a.reason) for a in done.runs] == [("duplicate", ""), ("quarantined", "revoked")]
    assert done.head == 2
    # Asked again it is answered again, and kept once.
    push(store, one.run(3))
    kept = [(aside.run.desk, aside.reason) for aside in store.quarantined(LIBRARY)]
    assert kept == [(stranger.desk, "unknown-desk"), (one.desk, "bad-signature"), (one.desk, "revoked")]
    # A person lets it in.
    assert [a.status for a in store.let_in(LIBRARY, one.desk, NOW).runs] == ["duplicate", "stored"]
    assert [aside.reason for aside in store.quarantined(LIBRARY)] == ["unknown-desk"]
    # And whoever joins later brings what was there before.
    with_desks(store, stranger)
    assert store.quarantined(LIBRARY) == []
    assert store.head(LIBRARY, NOW).head == 7
    sound(store)


def test_what_follows_a_run_kept_aside_is_kept_there_too(store: SqlLogStore, one: Writer) -> None:
    with_desks(store, one)
    bad = Writer("bad")
    bad.lend(0)
    push(store, bad.run(), by=one.desk)
    with_desks(store)
    store.revoke(LIBRARY, one.desk, NOW)
    push(store, one.run(1, 2))
    store.revoke(LIBRARY, one.desk, 0)
    answer = push(store, one.run(3)).runs[0]
    assert (answer.status, answer.reason) == ("quarantined", "after-aside")
    store.let_in(LIBRARY, one.desk, NOW)
    assert store.head(LIBRARY, NOW).head == 6


def test_a_chain_that_fits_nowhere_is_kept_aside(store: SqlLogStore, one: Writer) -> None:
    with_desks(store, one)
    foreign = Writer("one", library="b" * 32)
    foreign.lend(0)
    wrong = sign_run(LIBRARY, one.signer, one.inc, 1, foreign.rows, foreign.links[1])
    assert [(a.status, a.reason) for a in push(store, wrong).runs] == [("quarantined", "other-chain")]
    nonsense = replace(one.run(1, 1), rows=(replace(one.rows[0], body="[1]"),))
    assert push(store, nonsense).runs[0].reason == "bad-body"


def test_an_event_that_is_not_understood_is_logged_and_not_folded(store: SqlLogStore, one: Writer) -> None:
    with_desks(store, one)
    push(store, one.run())
    before = store.state_hash(LIBRARY)[1]
    one.act("loan.eaten", {"item": ITEMS[0]})
    one.act("item.returned", {"item": "no id"})
    one.act("item.returned", {"item": ITEMS[0], "day": "tomorrow"})
    one.act("item.returned", {"item": ITEMS[0]}, v=9)
    one.act("item.returned", {"item": ITEMS[0]}, at=-(1 << 61))
    done = push(store, one.run(7)).runs[0]
    assert (done.status, done.parked) == ("stored", (7, 8, 9, 10, 11))
    assert store.state_hash(LIBRARY) == (11, before)
    assert store.totals(LIBRARY)["parked"] == 5
    assert len(list(store.events(LIBRARY))) == 11
    sound(store)


def test_an_id_counts_once_whoever_says_it_again(store: SqlLogStore, one: Writer) -> None:
    other = Writer("other")
    with_desks(store, one, other)
    said = one.lend(4, 1)
    push(store, one.run())
    before = store.state_hash(LIBRARY)[1]
    other.lend(4, 2, id=said.id)
    other.bring(3)
    done = push(store, other.run()).runs[0]
    assert (done.status, done.parked) == ("stored", (1,))
    sound(store)
    with elsewhere(one, other) as only:
        push(only, one.run())
        assert only.state_hash(LIBRARY)[1] == before


def test_a_rule_version_that_comes_later_is_counted_in(store: SqlLogStore) -> None:
    document = campus().to_json()
    found = resolve(campus(), "mahasiswa", "umum", "buku")
    assert found is not None
    one = Writer("one")
    body = {
        "item": ITEMS[0], "title": ITEMS[1], "party": ITEMS[2], "due": "2026-03-05", "policy": document["version"],
        "terms": found.to_json(), "price": 90_000,
    }  # fmt: skip
    one.act("loan.opened", body)
    one.act("item.returned", {"item": ITEMS[0], "policy": document["version"]}, after=30 * DAY)
    with_desks(store, one)
    push(store, one.run())
    early = store.state_hash(LIBRARY)[1]
    done = push(store, records=[policy(document)], by=one.desk)
    assert [a.status for a in done.records] == ["stored"]
    late = store.state_hash(LIBRARY)[1]
    assert late != early
    sound(store)
    with elsewhere(one) as other:
        push(other, one.run(), records=[policy(document)])
        assert other.state_hash(LIBRARY)[1] == late
        # A version is what its hash says, for ever.
        changed = replace(policy(document), fields=policy({**document, "version": "x"}).fields)
        assert push(other, records=[changed], by="x").records[0].reason == "policy-changed"


def test_records_merge_field_by_field_and_stand_once(store: SqlLogStore) -> None:
    with_desks(store)
    first = record("member", "1" * 32, 1, name="Ahmad", phone="081")
    done = push(store, records=[first, record("title", "t", 1, title="Fikih")])
    assert [(a.status, a.gsn) for a in done.records] == [("stored", 1), ("stored", 2)]
    assert [a.status for a in push(store, records=[first]).records] == ["same"]
    later = replace(
        record("member", "1" * 32, 1, name="Ahmad Fauzi", phone="081"), edited={"name": (5, "desk-2", "inc", 1)}
    )
    assert [(a.status, a.gsn) for a in push(store, records=[later]).records] == [("stored", 3)]
    older = replace(record("member", "1" * 32, 1, name="A.", phone="082"), edited={"phone": (3, "desk-3", "inc", 1)})
    push(store, records=[older])
    entries = [entry for page in pull_all(store, limit=1) for entry in page.entries]
    assert [(entry.gsn, entry.record.kind) for entry in entries if entry.record] == [(2, "title"), (4, "member")]
    merged = entries[-1].record
    assert merged is not None
    assert decode(merged.fields) == {"name": "Ahmad Fauzi", "phone": "082"}
    assert merged.edited == {"name": (5, "desk-2", "inc", 1), "phone": (3, "desk-3", "inc", 1)}
    gone = record("member", "1" * 32, 9, gone=True)
    push(store, records=[gone])
    assert [a.status for a in push(store, records=[later]).records] == ["same"]
    assert push(store, records=[replace(first, fields='{"b":1, "a":2}')]).records[0].reason == "bad-fields"


@pytest.mark.parametrize(
    "change",
    [
        {"desk": "\x00"}, {"desk": "x" * 5000}, {"inc": "a\x00b"}, {"inc": ""}, {"inc": "a~b"}, {"fork": "\x00"},
        {"first": 1 << 80}, {"first": -5}, {"rows": ()}, {"head": "zz"}, {"signature": "\x00"}, {"head": "0" * 63},
    ],
)  # fmt: skip
def test_what_no_program_writes_is_answered_and_stops_nothing(
    store: SqlLogStore, one: Writer, change: dict[str, object]
) -> None:
    with_desks(store, one)
    done = push(store, replace(one.run(), **change), one.run(), by=one.desk)
    assert [(answer.status, answer.reason) for answer in done.runs] == [("quarantined", "malformed"), ("stored", "")]
    sound(store)


def test_ids_that_no_database_keeps_are_refused(store: SqlLogStore, one: Writer) -> None:
    with_desks(store, one)
    rows = tuple(replace(row, id="\x00") for row in one.rows)
    done = push(store, replace(one.run(), rows=rows), records=[record("title", "a\x00", 1), record("title", "b", 1)])
    assert [answer.reason for answer in done.runs] == ["bad-name"]
    assert [(answer.status, answer.reason) for answer in done.records] == [("refused", "bad-id"), ("stored", "")]


def test_an_unknown_library_is_said(store: SqlLogStore) -> None:
    with pytest.raises(StoreFault, match="unknown-library"):
        push(store, records=[record("title", "t", 1)])


@st.composite
def histories(draw: st.DrawFn) -> list[Writer]:
    """Up to three desks with lives of their own, acting on the same copies; one of them may be a copied home."""
    writers = [Writer(f"desk {number}") for number in range(draw(st.integers(1, 3)))]
    acts = st.sampled_from(["lend", "bring", "undo", "charge", "pay", "hold"])
    said: list[str] = []
    for writer in list(writers):
        for number in range(draw(st.integers(1, 6))):
            if number == 3 and draw(st.booleans()):
                writers.append(writer.copy(f"{writer.name} copied"))
            _live(writer, draw(acts), draw(st.integers(0, 1)), draw(st.integers(0, 2)), said)
    for writer in writers:
        if "copied" in writer.name:
            for _ in range(draw(st.integers(1, 4))):
                _live(writer, draw(acts), draw(st.integers(0, 1)), draw(st.integers(0, 2)), said)
    return writers


def _live(writer: Writer, what: str, item: int, party: int, said: list[str]) -> None:
    whom = {"party": PARTIES[party]}
    number = len(said)
    match what:
        case "lend":
            event = writer.lend(item, party, after=random.Random(number).choice([0, 60_000, 30 * DAY]))
        case "bring":
            event = writer.bring(item)
        case "undo" if said:
            event = writer.act("act.undone", {"event": said[-1], "item": ITEMS[item], "queue": TITLE, **whom})
        case "charge":
            event = writer.act("charge.made", {**whom, "charge": f"{number:032x}", "amount": 900, "reason": "lost"})
        case "pay":
            body = {**whom, "payment": f"{number:032x}", "amount": 500, "receipt": 1, "lines": [[f"{number:032x}", 5]]}
            event = writer.act("payment.made", body)
        case _:
            event = writer.act("hold.placed", {**whom, "hold": f"{number:032x}", "queue": TITLE})
    said.append(event.id)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writers=histories(), luck=st.randoms(use_true_random=False))
def test_any_order_cut_and_repeated_gives_one_state(writers: list[Writer], luck: random.Random) -> None:
    desks = {writer.desk: writer for writer in writers}.values()
    with elsewhere(*desks) as whole, elsewhere(*desks) as store:
        for writer in writers:
            push(whole, writer.run())
        arrive_otherwise(store, writers, luck)
        assert store.state_hash(LIBRARY)[1] == whole.state_hash(LIBRARY)[1]
        assert store.totals(LIBRARY)["events"] == whole.totals(LIBRARY)["events"]
        sound(store)


def arrive_otherwise(store: SqlLogStore, writers: list[Writer], luck: random.Random) -> None:
    """Push the same chains in pieces that overlap. A copied home comes after its original, as it did at the other log:
    the first to come keeps the plain name."""
    at = [0] * len(writers)
    while any(done < len(writer.rows) for done, writer in zip(at, writers, strict=True)):
        place = luck.randrange(len(writers))
        writer = writers[place]
        original = next(n for n, one in enumerate(writers) if one.desk == writer.desk)
        if "copied" in writer.name and at[original] < len(writers[original].rows):
            continue
        first = luck.randint(1, min(at[place] + 1, len(writer.rows)))
        last = luck.randint(first, len(writer.rows))
        assert push(store, writer.run(first, last)).runs[0].status in ("stored", "duplicate", "forked")
        at[place] = max(at[place], last)


def signed_by_another(run: Run) -> Run:
    """The same run, signed with a key that is not the desk's."""
    stranger = Signer(new_private())
    other = sign_run(LIBRARY, stranger, run.inc, run.first, run.rows, bytes.fromhex(run.head), desk=run.desk)
    return other


def test_another_s_signature_under_a_desk_s_name_proves_nothing(store: SqlLogStore, one: Writer) -> None:
    with_desks(store, one)
    assert push(store, signed_by_another(one.run())).runs[0].reason == "bad-signature"
    assert store.head(LIBRARY, NOW).head == 0
