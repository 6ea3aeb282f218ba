"""Runs: what a desk signed is proven, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.canonical import canonical_text, chain
from app.domain.event import Event
from sync.protocol.runs import BadRun, Row, Run, canonical_body, read_run, row_of, run_is_signed, sign_run
from sync.protocol.signing import Signer, new_private

LIBRARY = "a" * 32
BEFORE = b"\x07" * 32
SIGNER = Signer(new_private())


def acts(count: int) -> list[Event]:
    return [
        Event(
            f"{number:032x}",
            LIBRARY,
            SIGNER.fingerprint,
            "inc1",
            number + 5,
            1_000 + number,
            999,
            3,
            "boot",
            "item.returned",
            "",
            {"item": f"{number:032x}", "note": 'buku ‘Ṣaḥīḥ’ "kembali"'},
        )
        for number in range(count)
    ]


def signed(events: list[Event]) -> Run:
    head = BEFORE
    for event in events:
        head = chain(head, event.canonical().encode())
    rows = [row_of(event, canonical_text(event.body)) for event in events]
    return sign_run(LIBRARY, SIGNER, "inc1", events[0].seq, rows, head)


def test_a_run_proves_the_chain_its_desk_wrote() -> None:
    events = acts(7)
    run = signed(events)
    read = read_run(LIBRARY, run)
    found = read.links(BEFORE)
    assert len(found) == 7
    assert found[-1].hex() == run.head
    assert run_is_signed(LIBRARY, run, SIGNER.public)
    assert list(read.events("")) == events
    assert list(read.events("", 4)) == events[4:]


@pytest.mark.parametrize(
    "change",
    [
        {"at": 5},
        {"id": "f" * 32},
        {"body": '{"item":"00000000000000000000000000000001"}'},
        {"late": True},
        {"staff": "x"},
        {"kind": "item.lost"},
        {"wall": 1},
        {"mono": 4},
        {"boot": "other"},
        {"v": 2},
    ],
)
def test_a_changed_event_breaks_the_run(change: dict[str, object]) -> None:
    run = signed(acts(3))
    rows = (run.rows[0], replace(run.rows[1], **change), run.rows[2])
    with pytest.raises(BadRun, match="other-chain"):
        read_run(LIBRARY, replace(run, rows=rows)).links(BEFORE)


def test_events_of_another_library_or_after_another_link_prove_nothing() -> None:
    run = signed(acts(2))
    with pytest.raises(BadRun, match="other-chain"):
        read_run("b" * 32, run).links(BEFORE)
    with pytest.raises(BadRun, match="other-chain"):
        read_run(LIBRARY, run).links(b"\x08" * 32)
    with pytest.raises(BadRun, match="other-chain"):
        read_run(LIBRARY, replace(run, first=run.first + 1)).links(BEFORE)


def test_another_s_signature_is_not_the_desk_s() -> None:
    run = signed(acts(2))
    stranger = Signer(new_private())
    assert not run_is_signed(LIBRARY, run, stranger.public)
    assert not run_is_signed(LIBRARY, replace(run, signature="zz"), SIGNER.public)
    assert not run_is_signed("b" * 32, run, SIGNER.public)
    assert not run_is_signed(LIBRARY, replace(run, signature="00" * 64), SIGNER.public)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "short"}, "bad-name"),
        ({"boot": 'x","desk":"y'}, "bad-name"),
        ({"kind": "a b"}, "bad-name"),
        ({"at": 1 << 62}, "bad-number"),
        ({"body": '{"a":1},"boot":"x"'}, "bad-body"),
        ({"body": "[]"}, "bad-body"),
        ({"body": '{"a":"' + "x" * 20_000 + '"}'}, "too-large"),
    ],
)
def test_rows_that_could_be_read_in_two_ways_are_refused(change: dict[str, object], code: str) -> None:
    run = signed(acts(1))
    with pytest.raises(BadRun, match=code):
        read_run(LIBRARY, replace(run, rows=(replace(run.rows[0], **change),))).links(BEFORE)


def test_what_an_earlier_row_said_well_excuses_no_later_one() -> None:
    run = signed(acts(3))
    for change in ({"boot": "a b"}, {"kind": 'x"'}, {"staff": "ü"}):
        rows = (run.rows[0], replace(run.rows[1], **change), replace(run.rows[2], **change))
        with pytest.raises(BadRun, match="bad-name"):
            read_run(LIBRARY, replace(run, rows=rows))


def test_an_empty_run_and_a_run_before_the_first_act_are_refused() -> None:
    run = signed(acts(1))
    for broken in (replace(run, rows=()), replace(run, first=0), replace(run, inc="")):
        with pytest.raises(BadRun):
            read_run(LIBRARY, broken).links(BEFORE)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=6), _JSON, max_size=4))
def test_what_the_journal_writes_is_canonical_here_too(body: dict[str, object]) -> None:
    text = canonical_text(body)
    assert canonical_body(text) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"a":2}',
        '{"a": 1}',
        '{"a":1.5}',
        '{"a":1e3}',
        '{"a":[{"b":1.0}]}',
        '{"a":-0}',
        '{"a":1,"a":1}',
        "[1]",
        "{",
        '{"a":"\\u0041"}',
        '{"a":' + "[" * 13 + "]" * 13 + "}",
    ],
)
def test_other_writings_of_a_body_are_not(text: str) -> None:
    assert canonical_body(text) is None


def test_an_event_of_a_later_program_is_kept_but_not_folded() -> None:
    run = signed(acts(1))
    for row in (
        replace(run.rows[0], kind="item.teleported"),
        replace(run.rows[0], v=2),
        replace(run.rows[0], body='{"item":"nobody"}'),
        replace(run.rows[0], body='{"b":1,"a":2}'),
        replace(run.rows[0], body=run.rows[0].body[:-1] + ',"price":1.5}'),
        replace(run.rows[0], body='{"day":"2026-02-30",' + run.rows[0].body[1:]),
        replace(run.rows[0], at=1 << 60),
    ):
        (event,) = read_run(LIBRARY, replace(run, rows=(row,))).events("")
        assert (event.kind, event.body) == ("", {})
        assert event.id == row.id


def test_rows_say_on_the_wire_what_they_hold() -> None:
    assert Row("i", 1, 2, 3, "b", "k", "s", "{}") == Row("i", 1, 2, 3, "b", "k", "s", "{}", False, 1)


def test_two_branches_of_a_copied_home_never_share_a_place_in_effective_order() -> None:
    run = signed(acts(1))
    (first,) = read_run(LIBRARY, run).events("")
    (second,) = read_run(LIBRARY, run).events("0badcafe")
    # Another incarnation could be called like the two names in a row; none can hold the sign between them.
    (third,) = read_run(LIBRARY, replace(run, inc=run.inc + "0badcafe")).events("")
    assert len({first.key, second.key, third.key}) == 3
    assert second.inc.startswith(run.inc)
