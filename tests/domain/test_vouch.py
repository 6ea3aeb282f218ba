"""What an event says about a record tells nothing of it, and fits that record alone."""

from __future__ import annotations

import pytest

from app.domain.record_form import FIELDS
from app.domain.setting import SETTINGS
from app.domain.vouch import GONE, KINDS, Vouch, commitment, fields_of, fits, salt_name, salted, vouches_of

SALT = bytes(range(16))


def test_a_commitment_fits_one_value_of_one_field_of_one_record() -> None:
    said = commitment(SALT, "party", "a" * 32, "member", "m1")
    assert len(said) == 32
    assert fits(said, SALT, "party", "a" * 32, "member", "m1")
    assert not fits(said, SALT, "party", "a" * 32, "member", "m2")
    assert not fits(said, SALT, "party", "b" * 32, "member", "m1")
    assert not fits(said, SALT, "note", "a" * 32, "member", "m1")
    assert not fits(said, SALT, "party", "a" * 32, "imported", "m1")
    assert not fits(said, bytes(16), "party", "a" * 32, "member", "m1")
    assert not fits(said, b"", "party", "a" * 32, "member", "m1")


def test_the_form_never_changes() -> None:
    """Chains are kept for ever: another form would make every record of the past look changed."""
    assert commitment(SALT, "setting", "desk.needs_sign_in", "value", True) == "da5e5c3dc2889b78822908491d36b1ec"


def test_every_such_field_travels_with_its_salt_and_only_settings_that_guard_the_desk_have_one() -> None:
    for kind in KINDS:
        record = "desk.needs_sign_in" if kind == "setting" else "x"
        assert fields_of(kind, record)
        for name in fields_of(kind, record):
            assert {name, salt_name(name)} <= set(FIELDS[kind])
            assert salted(salt_name(name)) == name
    assert fields_of("title", "x") == fields_of("setting", "slip.footer") == fields_of("setting", "nothing") == ()
    guards = {one.key for one in SETTINGS if one.guards}
    assert guards == {"desk.needs_sign_in", "desk.stated_days", "desk.quiet_end_seconds"}


@pytest.mark.parametrize(
    "said", [None, "x", 5, {}, [5], [["staff"]], [["staff", "a", "name", 5]], [["a", "b", "c", "d", "e"]], [None]]
)
def test_what_is_not_of_the_form_says_nothing(said: object) -> None:
    assert list(vouches_of("record.edited", {"vouches": said})) == []
    assert list(vouches_of("record.edited", said)) == []


def test_forgetting_a_reader_says_that_the_link_is_gone() -> None:
    assert list(vouches_of("party.forgotten", {"party": "p"})) == [Vouch("party", "p", "member", GONE)]
    assert list(vouches_of("party.forgotten", {})) == []
    body = {"vouches": [["note", "n", "body", "c"], "x"]}
    assert list(vouches_of("charge.waived", body)) == [Vouch("note", "n", "body", "c")]
