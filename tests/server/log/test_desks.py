"""Libraries, one-time codes and enrolled desks, over both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.ids import derived_id
from server.log.store import SqlLogStore
from server.ports import StoreFault
from sync.protocol.messages import Joined
from sync.protocol.signing import public_of
from tests.server.log.lives import DAY, LIBRARY, NOW, ZONE, Writer, push, with_desks

OTHER = "b" * 32


def code(store: SqlLogStore, name: str = "Meja", library: str = "") -> str:
    """A kept one-time code."""
    secret = derived_id("code", name, library, str(len(store.libraries()))) * 2
    store.enrol(secret, name, library, NOW + DAY, NOW)
    return secret


def join(store: SqlLogStore, secret: str, who: Writer, library: str = "", zone: str = "", now: int = NOW) -> object:
    """Join with a code."""
    return store.join(secret, who.signer.public.hex(), "", library, zone, now)


def test_the_server_s_key_is_made_once(opener: Callable[[], SqlLogStore]) -> None:
    first = opener().identity()
    assert (len(first.private), len(public_of(first.private)), first.created_at) == (32, 32, NOW)
    assert opener().identity() == first


def test_a_library_is_founded_once_in_a_known_zone(store: SqlLogStore) -> None:
    made = store.found(LIBRARY, ZONE, NOW)
    assert (made.library, made.zone, made.head, made.safe) == (LIBRARY, ZONE, 0, 0)
    assert store.libraries() == [made]
    with pytest.raises(StoreFault, match="library-known"):
        store.found(LIBRARY, ZONE, NOW)
    with pytest.raises(StoreFault, match="bad-zone"):
        store.found(OTHER, "Europe/Paris", NOW)
    with pytest.raises(StoreFault, match="bad-library"):
        store.found("x", ZONE, NOW)


def test_a_desk_is_expected_while_a_code_waits_for_it(store: SqlLogStore) -> None:
    secret = code(store, "Meja 1")
    assert store.expecting(NOW) == []
    store.found(LIBRARY, ZONE, NOW)
    assert store.expecting(NOW) == [LIBRARY]
    assert store.expecting(NOW + DAY + 1) == []
    join(store, secret, Writer("one"))
    assert store.expecting(NOW) == []
    store.found(OTHER, ZONE, NOW)
    code(store, "Meja 2")
    assert store.expecting(NOW) == []
    code(store, "Meja 3", OTHER)
    assert store.expecting(NOW) == [OTHER]


def test_the_first_desk_of_an_empty_server_brings_its_library(store: SqlLogStore) -> None:
    one, other = Writer("one"), Writer("other")
    first = code(store, "Meja 1")
    assert join(store, first, one) == "no-library"
    assert join(store, first, one, LIBRARY, "Mars") == "bad-zone"
    joined = join(store, first, one, LIBRARY, ZONE)
    assert joined == Joined(LIBRARY, ZONE, one.desk, "Meja 1", "M1")
    assert join(store, code(store, "Meja 2"), other) == Joined(LIBRARY, ZONE, other.desk, "Meja 2", "M2")
    assert {(desk.code, desk.name, desk.revoked) for desk in store.desks(LIBRARY)} == {
        ("M1", "Meja 1", False),
        ("M2", "Meja 2", False),
    }
    assert store.desk(one.desk) is not None
    assert store.desk("0" * 32) is None


def test_a_code_serves_one_desk_once_and_not_for_long(store: SqlLogStore) -> None:
    store.found(LIBRARY, ZONE, NOW)
    one, other = Writer("one"), Writer("other")
    secret = code(store)
    assert join(store, "0" * 64, one) == "code-unknown"
    assert join(store, secret, one, now=NOW + 2 * DAY) == "code-expired"
    joined = join(store, secret, one)
    assert isinstance(joined, Joined)
    # The answer was lost and the desk asks again, even when the code has run out meanwhile.
    assert join(store, secret, one, now=NOW + 2 * DAY) == joined
    assert join(store, secret, other) == "code-used"


def test_a_desk_with_another_library_is_refused(store: SqlLogStore) -> None:
    store.found(LIBRARY, ZONE, NOW)
    one = Writer("one")
    assert join(store, code(store), one, OTHER, ZONE) == "other-library"
    assert join(store, code(store), one, LIBRARY, "Asia/Makassar") == "other-library"
    assert join(store, code(store, library=LIBRARY), one, OTHER, ZONE) == "other-library"
    assert [found.library for found in store.libraries()] == [LIBRARY]


def test_with_several_libraries_the_code_names_the_one(store: SqlLogStore) -> None:
    store.found(LIBRARY, ZONE, NOW)
    store.found(OTHER, "Asia/Makassar", NOW)
    one, other = Writer("one"), Writer("other")
    assert join(store, code(store), one) == "no-library"
    assert join(store, code(store, "a", OTHER), one) == Joined(OTHER, "Asia/Makassar", one.desk, "a", "M1")
    assert join(store, code(store, "b", LIBRARY), one) == "other-library"
    assert join(store, code(store, "c", LIBRARY), other) == Joined(LIBRARY, ZONE, other.desk, "c", "M1")
    with pytest.raises(StoreFault, match="unknown-library"):
        store.enrol("1" * 64, "x", "c" * 32, NOW, NOW)


def test_a_revoked_desk_is_known_and_cannot_join_again(store: SqlLogStore) -> None:
    store.found(LIBRARY, ZONE, NOW)
    one = Writer("one")
    join(store, code(store, "a"), one)
    assert not store.revoke(LIBRARY, "0" * 32, NOW)
    assert store.revoke(LIBRARY, one.desk, NOW + 5)
    desk = store.desk(one.desk)
    assert desk is not None
    assert (desk.revoked, desk.revoked_at) == (True, NOW + 5)
    assert join(store, code(store, "b"), one) == "desk-revoked"
    assert store.revoke(LIBRARY, one.desk, 0)
    assert isinstance(join(store, code(store, "b"), one), Joined)


def test_when_a_desk_was_heard_is_noted_now_and_then(store: SqlLogStore) -> None:
    store.found(LIBRARY, ZONE, NOW)
    one = Writer("one")
    join(store, code(store), one)
    for now in (NOW + 1000, NOW + 2000, NOW + DAY):
        store.touch(one.desk, now)
        desk = store.desk(one.desk)
        assert desk is not None
        assert desk.seen_at == (NOW + DAY if now == NOW + DAY else NOW + 1000)
    store.touch("0" * 32, NOW)


def test_safe_rises_and_falls_only_with_another_history(store: SqlLogStore) -> None:
    one = Writer("one")
    one.lend(0)
    one.bring(0)
    with_desks(store, one)
    push(store, one.run())
    store.set_safe(LIBRARY, 1)
    store.set_safe(LIBRARY, 0)
    assert store.head(LIBRARY, NOW).safe == 1
    store.set_safe(LIBRARY, 99)
    before = store.head(LIBRARY, NOW)
    assert before.safe == before.head == 2
    epoch = store.new_epoch(LIBRARY)
    after = store.head(LIBRARY, NOW)
    assert (after.epoch, after.safe, after.head) == (epoch, 0, 2)
    assert epoch != before.epoch
