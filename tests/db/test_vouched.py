"""Whoever has the store's key can write its rows; the check names every row that the acts did not write so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.domain import right
from app.services.staff import rename, set_pin
from db.backup import backup_home
from db.check import Report, check_home
from db.home import Home
from db.restore import restore
from db.second_copy import SecondCopy
from db.store import mint_incarnation, open_store
from tests.builders import CARD, OTHER_CARD, Library, rows_of, surroundings

SAVED = Path(__file__).parent / "saved"


@pytest.fixture
def used(library: Library) -> Library:
    """People, settings that guard the desk, links of readers, and the notes of a waiver and a refund."""
    library.staff("Siti Rahma", rights=right.ALL, pin="1234")
    library.staff("Budi Santoso", rights=right.DESK, pin="5678")
    library.set("desk.needs_sign_in", True)
    library.lend(CARD, "B001")
    library.lend(OTHER_CARD, "C001")
    library.clock.go(days=40)
    library.bring("B001")
    library.lend(CARD, "B002")
    member = library.members[CARD].id
    with library.store.read() as facts:
        charge = facts.charges_of_member(member)[0].charge_id
    library.money.waive(library.desk, member, charge, 1000, "keluarga sakit")
    library.money.pay(library.desk, member, 500, payer="Ibu Aminah")
    return library


def checked(library: Library) -> Report:
    """What the check says, beside the desk."""
    store = open_store(library.home, library.around, read_only=True)
    try:
        return check_home(store, None)
    finally:
        store.close()


def named(library: Library) -> list[str]:
    """The faults as kind, field and what is wrong."""
    return [f"{one.get('kind', one['what'])} {one.get('field')} {one.get('detail')}" for one in checked(library).faults]


def test_what_the_acts_wrote_is_proven(used: Library) -> None:
    report = checked(used)
    assert (report.faults, report.awaited, report.before) == ([], [], {})
    counts = dict(rows_of(used.store, "SELECT kind, count(DISTINCT id) FROM vouched GROUP BY kind"))
    assert counts["staff"] == 2
    assert counts["note"] == 2
    assert counts["party"] == len(rows_of(used.store, "SELECT 1 FROM party"))
    assert counts["setting"] == 1


BUDI = "(SELECT id FROM staff WHERE name LIKE 'Budi%')"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (f"UPDATE staff SET rights = '{json.dumps(sorted(right.ALL))}' WHERE id = {BUDI}", "staff rights changed"),
        ("UPDATE staff SET pin_hash = '' WHERE name LIKE 'Siti%'", "staff pin_hash changed"),
        ("UPDATE staff SET active = 0 WHERE name LIKE 'Siti%'", "staff active changed"),
        ("UPDATE staff SET badge_key = 'x' WHERE name LIKE 'Siti%'", "staff badge changed"),
        (f"UPDATE party SET member = {BUDI} WHERE token = (SELECT max(token) FROM party)", "party member changed"),
        ("UPDATE note SET body = 'lain' WHERE body LIKE 'keluarga%'", "note body changed"),
        ("UPDATE setting SET value = 'false' WHERE key = 'desk.needs_sign_in'", "setting value changed"),
        ("DELETE FROM setting WHERE key = 'desk.needs_sign_in'", "setting value gone"),
        ("DELETE FROM note WHERE body LIKE 'keluarga%'", "note body gone"),
        ("DELETE FROM party WHERE token = (SELECT max(token) FROM party)", "party member gone"),
        ("DELETE FROM vouched WHERE kind = 'setting'", "setting value salt-gone"),
        ("DELETE FROM vouched WHERE id = (SELECT max(token) FROM party)", "party member salt-gone"),
        (f"DELETE FROM vouched WHERE field = 'rights' AND id = {BUDI}", "staff rights salt-gone"),
        ("UPDATE vouched SET salt = zeroblob(16) WHERE kind = 'setting'", "setting value changed"),
        (
            "INSERT INTO staff SELECT 'e' || substr(id, 2), 'Tamu', 'Tamu', rights, pin_hash, '', 1 FROM staff"
            " WHERE name LIKE 'Siti%'",
            "staff name, short_name, rights, pin_hash, badge, active unvouched",
        ),
        ("INSERT INTO setting VALUES ('desk.stated_days', '3650')", "setting value unvouched"),
    ],
)
def test_every_row_that_no_act_wrote_so_is_named(used: Library, statement: str, fault: str) -> None:
    used.store.connection.execute(statement)
    assert named(used) == [fault]


def test_two_rows_that_are_swapped_are_both_named_also_with_their_salts(used: Library) -> None:
    (one, first), (other, second) = rows_of(used.store, "SELECT token, member FROM party ORDER BY token LIMIT 2")
    swap = "UPDATE party SET member = ? WHERE token = ?"
    used.store.connection.execute(swap, (second, one))
    used.store.connection.execute(swap, (first, other))
    assert named(used) == ["party member changed"] * 2
    salts = dict(rows_of(used.store, "SELECT id, salt FROM vouched WHERE kind = 'party'"))
    for record, salt in ((one, salts[other]), (other, salts[one])):
        used.store.connection.execute("UPDATE vouched SET salt = ? WHERE id = ?", (salt, record))
    assert named(used) == ["party member changed"] * 2


def test_an_earlier_revision_put_back_with_its_salt_is_named(used: Library) -> None:
    before = rows_of(used.store, "SELECT * FROM vouched WHERE kind = 'setting'")
    used.set("desk.needs_sign_in", False)
    assert named(used) == []
    used.store.connection.execute("UPDATE setting SET value = 'true' WHERE key = 'desk.needs_sign_in'")
    used.store.connection.executemany("INSERT OR REPLACE INTO vouched VALUES (?, ?, ?, ?)", before)
    assert named(used) == ["setting value changed"]


def test_an_edit_of_one_field_says_nothing_of_another(used: Library) -> None:
    """Who is given another name by somebody in good faith does not get the rights confirmed that were slipped in."""
    gained = f"UPDATE staff SET rights = '{json.dumps(sorted(right.ALL))}' WHERE id = {BUDI}"
    used.store.connection.execute(gained)
    with used.store.act() as act:
        budi = next(one for one in act.staff_list() if one.name.startswith("Budi"))
        renamed = rename(act, budi, "Budi S.")
        set_pin(act, renamed, "9999")
    assert named(used) == ["staff rights changed"]
    with used.store.act() as act:
        act.put_staff(replace(renamed, rights=right.DESK))
        act.record("record.edited", {"record": "staff", "id": budi.id})
    assert named(used) == []


def test_a_block_that_puts_such_a_record_without_an_event_is_refused_and_leaves_nothing(used: Library) -> None:
    def silent() -> None:
        with used.store.act() as act:
            act.set_setting("desk.needs_sign_in", False)

    with pytest.raises(RuntimeError, match="no event"):
        silent()
    with used.store.read() as facts:
        assert facts.setting("desk.needs_sign_in") is True
    with used.store.act() as act:
        act.set_setting("slip.footer", "Terima kasih")
    assert named(used) == []


def test_a_clock_that_was_put_back_makes_no_earlier_act_the_last(used: Library) -> None:
    used.clock.go(days=2000)
    used.set("desk.needs_sign_in", False)
    used.clock.go(days=-2000)
    mint_incarnation(used.store, "clock")
    used.set("desk.needs_sign_in", True)
    assert named(used) == []


def test_a_link_that_was_forgotten_is_not_missed(used: Library) -> None:
    (token,) = rows_of(used.store, "SELECT max(token) FROM party")[0]
    row = rows_of(used.store, "SELECT * FROM party WHERE token = ?", (token,))
    used.store.connection.execute("DELETE FROM party WHERE token = ?", (token,))
    used.store.connection.execute("DELETE FROM vouched WHERE id = ?", (token,))
    with used.store.act() as act:
        act.record("party.forgotten", {"party": token})
    assert named(used) == []
    used.store.connection.execute("INSERT INTO party VALUES (?, ?, ?, ?)", row[0])
    assert named(used) == ["party member came-back"]


def followed(library: Library, folder: Path) -> None:
    """Bring the second copy up to date."""
    copy = SecondCopy(library.store, folder)
    copy.start()
    copy.stop()
    assert copy.problem == ""


def test_the_salts_go_with_every_copy(used: Library, tmp_path: Path) -> None:
    followed(used, tmp_path / "stick")
    used.lend(OTHER_CARD, "B001")
    used.set("desk.stated_days", 3)
    # After the base, what came is carried over record by record.
    followed(used, tmp_path / "stick")
    backup_home(used.home, used.store.connection, used.store.key, tmp_path / "backup")
    kept = sorted(rows_of(used.store, "SELECT * FROM vouched"))
    used.close()
    for place in ("stick", "backup"):
        around = surroundings(tmp_path / f"account-{place}")
        restore(tmp_path / f"from-{place}", tmp_path / place, used.recovery, around)
        store = open_store(Home(tmp_path / f"from-{place}"), around)
        assert sorted(rows_of(store, "SELECT * FROM vouched")) == kept
        assert check_home(store, None).faults == []
        store.close()


@pytest.mark.parametrize("number", [1, 2])
def test_what_came_before_is_accepted_once_and_counted(tmp_path: Path, number: int) -> None:
    saved = SAVED / f"schema_{number}"
    shutil.copytree(saved, tmp_path / "home")
    recovery = (saved / "recovery-key.txt").read_text(encoding="ascii").strip()
    home, around = Home(tmp_path / "home"), surroundings(tmp_path)
    store = open_store(home, around, recovery=recovery)
    report = check_home(store, None)
    links = rows_of(store, "SELECT count(*) FROM party")[0][0]
    assert (report.faults, report.before) == ([], {"party": links})
    started = "SELECT count(*) FROM event WHERE instr(body, '\"vouching\":true')"
    assert rows_of(store, started) == [(1,)]
    store.connection.execute("UPDATE staff SET rights = '[]'")
    # Nor does whoever turns that mark back get it accepted anew.
    store.connection.execute("UPDATE meta SET value = '1' WHERE key = 'vouch_due'")
    store.close()
    store = open_store(home, around)
    assert rows_of(store, started) == [(1,)]
    assert [one["detail"] for one in check_home(store, None).faults] == ["changed"]
    store.close()


@pytest.mark.parametrize("kind", ["party", "note", "staff", "setting"])
def test_no_event_tells_what_the_record_says(used: Library, kind: str) -> None:
    bodies = " ".join(body for (body,) in rows_of(used.store, "SELECT body FROM event"))
    for word in ("Siti", "Budi", "keluarga", "Aminah", used.members[CARD].id):
        assert word not in bodies
    assert f'["{kind}"' in bodies
