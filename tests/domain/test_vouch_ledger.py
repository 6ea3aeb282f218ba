"""The last act that set a field decides, whatever the order in which events are heard."""

from __future__ import annotations

from itertools import permutations

import pytest

from app.domain.event import OrderKey
from app.domain.vouch import commitment
from app.domain.vouch_ledger import Doubt, Ledger, act_to_come

SALT = bytes(range(16))
NOTE = "n" * 32


def said(value: object, kind: str = "note", record: str = NOTE, field: str = "body") -> dict[str, object]:
    """The body of an event that vouches for a value."""
    return {"vouches": [[kind, record, field, commitment(SALT, kind, record, field, value)]]}


def judged(ledger: Ledger, value: object, salt: bytes | None = SALT) -> str | bool:
    """What is wrong with the note, or whether it is vouched for."""
    found = ledger.judge("note", NOTE, {"body": (value, salt)})
    return found.detail if isinstance(found, Doubt) else found


def key(at: int, desk: str = "a", seq: int = 1) -> OrderKey:
    return (at, desk, "i", seq)


ACTS: list[tuple[OrderKey, object]] = [(key(1), "old"), (key(2, "b"), "newer"), (key(2, "c"), "newest")]


@pytest.mark.parametrize("order", list(permutations(ACTS)))
def test_the_last_in_effective_order_counts(order: tuple[tuple[OrderKey, object], ...]) -> None:
    for value, wanted in (("newest", True), ("newer", "changed"), ("old", "changed")):
        ledger = Ledger()
        for place, set_to in order:
            ledger.hear(place, "charge.waived", said(set_to))
        assert judged(ledger, value) == wanted


def test_what_this_desk_did_later_counts_though_its_clock_was_put_back() -> None:
    for own, wanted in (("a", True), ("b", "changed"), ("", "changed")):
        ledger = Ledger(own)
        ledger.hear(key(9), "charge.waived", said("in the wrong year"))
        ledger.hear(key(5, seq=2), "charge.waived", said("put right"))
        assert judged(ledger, "put right") == wanted


def test_what_is_not_there_is_named_unless_an_act_took_it_away() -> None:
    ledger = Ledger()
    ledger.hear(key(1), "charge.waived", said("x"))
    ledger.hear(key(2), "loan.opened", said("m1", "party", "p" * 32, "member"))
    ledger.hear(key(3), "party.forgotten", {"party": "p" * 32})
    (doubt,) = ledger.gone()
    assert (doubt.kind, doubt.id, doubt.fields, doubt.detail) == ("note", NOTE, "body", "gone")
    back = ledger.judge("party", "p" * 32, {"member": ("m1", SALT)})
    assert isinstance(back, Doubt)
    assert back.detail == "came-back"


def test_without_its_salt_nothing_is_proven_and_a_salt_without_an_act_neither() -> None:
    ledger = Ledger()
    ledger.hear(key(1), "charge.waived", said("x"))
    assert judged(ledger, "x", None) == "salt-gone"
    assert judged(Ledger(), "x", SALT) == "unvouched"
    assert judged(Ledger(), "x", None) is False


def test_people_and_settings_without_an_act_are_named_once_all_are_vouched_for() -> None:
    values = {"rights": (["staff"], None)}
    ledger = Ledger()
    assert ledger.judge("staff", "s", values) is False
    ledger.hear(key(1), "library.founded", {"vouching": True})
    found = ledger.judge("staff", "s", values)
    assert isinstance(found, Doubt)
    assert (found.detail, found.set_by) == ("unvouched", {"rights": None})
    assert judged(ledger, "x", None) is False, "a text that no act names bears on nothing"


def test_an_act_is_to_come_while_its_desk_was_not_heard_so_far() -> None:
    doubt = Doubt("note", NOTE, {"body": "changed"}, {"body": key(1)})
    for heard, wanted in ((-1, True), (6, True), (7, False), (8, False)):
        assert act_to_come(doubt, lambda name: key(7, "b"), lambda desk, inc, heard=heard: heard) is wanted  # type: ignore[misc]
    assert not act_to_come(doubt, lambda name: None, lambda desk, inc: -1)
