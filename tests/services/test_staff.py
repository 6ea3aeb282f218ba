"""People at the desk: PINs, badges, who signs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.domain import right
from app.domain.records import Staff
from app.ports import KnownError
from app.services.staff import NOBODY, People, add_staff, deactivate, hash_pin, may, pin_fits, rename, set_pin
from tests.builders import Library, rows_of


def test_a_pin_is_kept_as_a_verifier_only(library: Library) -> None:
    library.staff("Siti Rahma", pin="4711")
    kept = rows_of(library.store, "SELECT pin_hash FROM staff")[0][0]
    assert kept.startswith("$argon2id$")
    assert "4711" not in kept
    person = People(library.store).active()[0]
    assert pin_fits(person, "4711")
    for wrong in ("", "4712", "47110", " 4711"):
        assert not pin_fits(person, wrong)


def test_no_pin_fits_who_has_none() -> None:
    assert not pin_fits(Staff("a" * 32, "A", "A", frozenset()), "1234")
    assert not pin_fits(Staff("a" * 32, "A", "A", frozenset(), "spoilt"), "1234")
    assert hash_pin("1234") != hash_pin("1234")
    with pytest.raises(KnownError, match="pin-too-short"):
        hash_pin("123")


def test_people_are_found_by_any_of_their_names_when_it_is_clear(library: Library) -> None:
    siti, sri = library.staff("Siti Rahma"), Staff("c" * 32, "Siti Aminah", "Siti", right.DESK)
    with library.store.act() as act:
        # As older data may hold them.
        act.put_staff(sri)
        act.record("record.edited", {"record": "staff", "id": act.new_id()})
    people = People(library.store)
    for name in ("siti rahma", " SITI RAHMA ", siti.id):
        assert people.named(name) == siti
    assert people.named("Siti") is None, "two are called so"
    assert people.named("nobody") is None
    assert people.named("Siti Aminah") == sri


def test_a_role_that_one_person_has_names_that_person(library: Library) -> None:
    head, clerk = library.staff("Hasan Basri"), library.staff("Siti Rahma", right.DESK)
    people = People(library.store)
    assert (people.named("Kepala"), people.named("petugas"), people.named("pustakawan")) == (head, clerk, None)
    assert list(people.like("kepala")) == [head]
    assert list(people.like("rah")) == [clerk]
    assert list(people.like("")) == list(people.active())
    library.staff("Umi Kalsum", right.DESK)
    assert people.named("petugas") is None


def test_a_badge_signs_in(library: Library) -> None:
    person = Staff("b" * 32, "Siti", "Siti", right.DESK, badge="Petugas-7")
    with library.store.act() as act:
        act.put_staff(person)
        act.record("record.edited", {"record": "staff", "id": act.new_id()})
    found = People(library.store).by_badge("petugas-7")
    assert found is not None
    assert found.name == "Siti"
    assert People(library.store).by_badge("") is None


def test_the_only_one_without_a_pin_serves_when_nobody_signed_in(library: Library) -> None:
    people = People(library.store)
    assert people.default() is NOBODY
    siti = library.staff("Siti Rahma", right.DESK)
    library.staff("Hasan Basri", pin="1234")
    assert people.default() == siti
    library.staff("Sri", right.DESK)
    assert people.default() is NOBODY
    assert NOBODY.rights == right.DESK


def test_a_supervisor_signs_with_the_pin_alone(library: Library) -> None:
    library.staff("Siti Rahma", right.DESK, pin="1111")
    hasan = library.staff("Hasan Basri", pin="2222")
    people = People(library.store)
    assert people.signers("2222", right.OVERRIDE) == [hasan]
    assert people.signers("1111", right.OVERRIDE) == [], "she may not sign"
    assert people.signers("", right.OVERRIDE) == []
    assert people.signers("1111", right.OVERRIDE, "Hasan Basri") == [], "the name alone is no PIN"


def test_nobody_gets_a_pin_that_another_has(library: Library) -> None:
    hasan = library.staff("Hasan Basri", pin="2222")
    siti = library.staff("Siti Rahma", right.DESK)
    for give in (
        lambda act: add_staff(act, "d" * 32, "Sri", "Sri", right.DESK, "2222"),
        lambda act: set_pin(act, siti, "2222"),
    ):
        with pytest.raises(KnownError, match="pin-taken") as refused, library.store.act() as act:
            give(act)
        assert refused.value.params == {}, "it is not said whose"
    assert {staff.name for staff in People(library.store).active() if staff.pin_hash} == {"Hasan Basri"}
    with library.store.act() as act:
        set_pin(act, hasan, "2222")
        act.put_staff(replace(hasan, active=False))
        act.record("record.edited", {"record": "staff", "id": act.new_id()})
    with library.store.act() as act:
        set_pin(act, siti, "2222")
    assert People(library.store).signers("2222", right.CIRCULATE) == [
        next(staff for staff in People(library.store).active() if staff.id == siti.id)
    ], "who left keeps no PIN from others"


@pytest.mark.parametrize(("name", "short"), [("siti  RAHMA", ""), ("Sri", "siti"), ("Siti", ""), ("ＳＩＴＩ", "")])
def test_nobody_gets_a_name_that_another_answers_to(library: Library, name: str, short: str) -> None:
    siti, hasan = library.staff("Siti Rahma"), library.staff("Hasan Basri")
    for give in (
        lambda act: add_staff(act, "d" * 32, name, short, right.DESK),
        lambda act: rename(act, hasan, short or name),
    ):
        with pytest.raises(KnownError, match="name-taken"), library.store.act() as act:
            give(act)
    with library.store.act() as act:
        deactivate(act, siti)
    with library.store.act() as act:
        assert rename(act, hasan, short or name).short_name == (short or name), "who left keeps no name from others"


def test_the_last_one_who_looks_after_people_stays(library: Library) -> None:
    head, clerk = library.staff("Hasan Basri"), library.staff("Ani", right.DESK)
    with pytest.raises(KnownError, match="last-head"), library.store.act() as act:
        deactivate(act, head)
    other = library.staff("Dewi", frozenset({right.STAFF}))
    with library.store.act() as act:
        deactivate(act, head)
        deactivate(act, clerk)
    assert People(library.store).active() == [other]


def test_a_home_where_nobody_is_guarded_can_begin(library: Library) -> None:
    may(library.store, NOBODY, right.STAFF, named=False)
    clerk, head = library.staff("Ani", right.DESK), library.staff("Hasan Basri")
    may(library.store, clerk, right.STAFF, named=False)
    with pytest.raises(KnownError, match="no-right-to-staff"):
        may(library.store, clerk, right.STAFF, named=True)
    with library.store.act() as act:
        head = set_pin(act, head, "8642")
    with pytest.raises(KnownError, match="no-right-to-staff"):
        may(library.store, clerk, right.STAFF, named=False)
    may(library.store, head, right.STAFF, named=True)


def shared_pin(library: Library, other_rights: frozenset[str]) -> tuple[Staff, Staff]:
    """Two people with one PIN, as older data may hold them."""
    hasan = library.staff("Hasan Basri", pin="2222")
    other = Staff("d" * 32, "Dewi Anggraini", "Dewi", other_rights, hash_pin("2222"), "PETUGAS-9")
    with library.store.act() as act:
        act.put_staff(other)
        act.record("record.edited", {"record": "staff", "id": act.new_id()})
    return hasan, other


@pytest.mark.parametrize("other_rights", [right.ALL, right.DESK])
def test_a_shared_pin_names_nobody_by_itself(library: Library, other_rights: frozenset[str]) -> None:
    hasan, other = shared_pin(library, other_rights)
    people = People(library.store)
    assert len(people.signers("2222", right.OVERRIDE)) == 2
    assert people.signers("2222", right.OVERRIDE, "hasan basri") == [hasan]
    assert [who.name for who in people.signers("2222", right.OVERRIDE, "petugas-9")] == (
        [other.name] if right.OVERRIDE in other_rights else []
    )
    assert people.signers("2222", right.OVERRIDE, "nobody") == []


def test_who_left_signs_nothing(library: Library) -> None:
    with library.store.act() as act:
        act.put_staff(Staff("c" * 32, "Dulu", "Dulu", right.ALL, hash_pin("3333"), "B-1", active=False))
        act.record("record.edited", {"record": "staff", "id": act.new_id()})
    people = People(library.store)
    assert people.signers("3333", right.OVERRIDE) == []
    assert people.by_badge("B-1") is None
    assert people.named("Dulu") is None


@pytest.mark.parametrize(("staff_id", "name"), [("x", "Siti"), ("a" * 32, "  ")])
def test_incomplete_people_are_refused(library: Library, staff_id: str, name: str) -> None:
    with pytest.raises(ValueError, match="staff-incomplete"), library.store.act() as act:
        add_staff(act, staff_id, name, "", right.DESK)
