"""What changes a library at the command line is done by whoever has the right, and the journal says who."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

from app.domain import right
from app.services.staff import People, add_staff
from tests.flows.desk_process import Place
from tests.flows.moving_in import SlimsLibrary, empty_home

HEAD, ASSISTANT = ("Hasan Basri", "8642"), ("Budi Santoso", "9753")


@pytest.fixture
def home(tmp_path: Path) -> Place:
    """A library with a head, an assistant who looks after people and nothing else, and a clerk without a PIN."""
    place = empty_home(tmp_path)
    with place.desk_store() as store, store.act() as act:
        for (name, pin), rights in (
            (HEAD, right.ALL),
            (ASSISTANT, right.DESK | {right.STAFF}),
            (("Ani", ""), right.DESK),
        ):
            add_staff(act, secrets.token_hex(16), name, name, rights, pin)
    return place


@pytest.fixture
def deeds(tmp_path: Path) -> dict[str, tuple[str, ...]]:
    """Commands that need a right, each with the kind of event that tells of it."""
    dump = SlimsLibrary().write(tmp_path / "a.sql")
    return {
        "records.imported": ("import", str(dump), "--json"),
        "record.edited": ("recovery-key",),
        "incarnation.started": ("clock", "--accept"),
    }


@pytest.mark.parametrize("kind", ["records.imported", "record.edited", "incarnation.started"])
def test_who_has_the_right_does_it_and_is_named(home: Place, deeds: dict[str, tuple[str, ...]], kind: str) -> None:
    before, keys = home.events(), (home.home / "meja.keys").read_bytes()
    for who, pin in ((), ""), (("--staff", "Ani"), ""), (("--staff", ASSISTANT[0]), ASSISTANT[1]):
        home.more["MEJA_PIN"] = pin
        refused = home.run(*deeds[kind], *who)
        assert refused.returncode == 1
        assert "--staff" in refused.stderr or "PIN" in refused.stderr
    assert [event.kind for event in home.events()] == [event.kind for event in before]
    assert (home.home / "meja.keys").read_bytes() == keys
    home.more["MEJA_PIN"] = HEAD[1]
    done = home.run(*deeds[kind], "--staff", HEAD[0])
    assert done.returncode == 0, done.stderr
    with home.store() as store:
        head = People(store).named(HEAD[0])
    assert head is not None
    told = [event for event in home.events()[len(before) :] if event.kind == kind]
    assert {event.staff for event in told} == {head.id}
    assert home.check().ok


def test_a_dry_run_asks_nobody(home: Place, deeds: dict[str, tuple[str, ...]]) -> None:
    done = home.run(*deeds["records.imported"], "--dry-run")
    assert json.loads(done.stdout)["dry_run"] is True


def test_a_new_library_is_filled_without_naming_anybody(tmp_path: Path, deeds: dict[str, tuple[str, ...]]) -> None:
    (tmp_path / "new").mkdir()
    assert empty_home(tmp_path / "new").run(*deeds["records.imported"]).returncode == 0


def test_nobody_gives_rights_beyond_their_own(home: Place) -> None:
    def change(*line: str) -> tuple[int, str]:
        done = home.run("staff", *line, "--staff", ASSISTANT[0])
        return done.returncode, done.stderr

    home.more.update(MEJA_PIN=ASSISTANT[1], MEJA_NEW_PIN="5555")
    for line in (("--add", "Sri", "--rights", "head"), ("--add", "Sri", "--rights", "librarian"), ("--pin", HEAD[0])):
        code, said = change(*line)
        assert code == 1
        assert ASSISTANT[0] in said
    assert change("--add", "Sri")[0] == 0
    home.more["MEJA_NEW_PIN"] = "6666"
    assert change("--pin", "Ani")[0] == 0
    with home.store() as store:
        people = {one.name: one.rights for one in People(store).active()}
    assert people["Sri"] == right.DESK
