"""Bringing a store up: a checked backup first, or nothing; a store of every released schema still opens."""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw
import pytest

from app.ports import KnownError
from db import migrate
from db.backup import verify_copy
from db.connection import SCHEMA_VERSION, connect
from db.home import Home
from db.keys import open_with_recovery, read_wraps
from db.migrate import DIRECTORY, StoreDatabase, bring_up
from db.restore import restore
from db.store import open_store
from tests.builders import CARD, Library, derived, rebuilt, rows_of, surroundings

SECOND = '''"""The next schema."""


def up(migrator, db):
    """Add a table."""
    db.execute_sql("CREATE TABLE fresh (a)")
    db.execute_sql("INSERT INTO fresh VALUES (1)")
    {more}
'''


@pytest.fixture
def next_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program whose schema is one further."""
    folder = tmp_path / "migrations"
    shutil.copytree(DIRECTORY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    number = f"{SCHEMA_VERSION + 1:04d}"
    (folder / f"{number}_next.py").write_text(SECOND.format(more=""), encoding="utf-8")
    for place in ("db.connection", "db.migrate", "db.store"):
        if hasattr(__import__(place, fromlist=["x"]), "SCHEMA_VERSION"):
            monkeypatch.setattr(f"{place}.SCHEMA_VERSION", SCHEMA_VERSION + 1)
    monkeypatch.setattr(migrate, "DIRECTORY", folder)
    monkeypatch.setattr(migrate.bring_up, "__defaults__", (folder,))
    return folder


def schema(path: Path, key: bytes) -> int:
    """The schema of a store's file."""
    connection = connect(path, key, read_only=True)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def test_the_first_schema_is_made_without_a_backup(tmp_path: Path) -> None:
    database = StoreDatabase(tmp_path / "a.db", bytes(32))
    database.connect()
    asked: list[int] = []
    applied = bring_up(database, asked.append)
    assert len(applied) == SCHEMA_VERSION
    assert asked == []
    assert bring_up(database, asked.append) == []
    database.close()


def test_a_checked_backup_is_made_before_the_store_is_brought_up(library: Library, next_schema: Path) -> None:
    library.lend(CARD, "B001")
    before = derived(library.store)
    library.reopen()
    assert rows_of(library.store, "SELECT a FROM fresh") == [(1,)]
    assert derived(library.store) == before
    made = list(library.home.backups.iterdir())
    assert len(made) == 1
    assert made[0].name.startswith(f"before-schema-{SCHEMA_VERSION + 1}-")
    backup = made[0] / "meja.db"
    verify_copy(backup, library.store.key)
    assert schema(backup, library.store.key) == SCHEMA_VERSION
    assert open_with_recovery(library.recovery, read_wraps(made[0] / "meja.keys")) == library.store.key
    library.reopen()
    assert len(list(library.home.backups.iterdir())) == 1


def test_a_failing_backup_stops_everything(
    library: Library, next_schema: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.close()
    shutil.rmtree(library.home.backups)
    library.home.backups.write_text("a file in the way", encoding="ascii")
    before = library.home.store.read_bytes()
    with pytest.raises(KnownError) as error:
        open_store(library.home, library.around)
    assert error.value.code == "backup-failed"
    assert library.home.store.read_bytes() == before
    assert schema(library.home.store, library.store.key) == SCHEMA_VERSION


def test_a_backup_that_does_not_open_stops_everything(
    library: Library, next_schema: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.close()

    def not_good(*_: object) -> None:
        raise KnownError("backup-not-good", {"detail": "x"})

    monkeypatch.setattr("db.backup.verify_copy", not_good)
    with pytest.raises(KnownError) as error:
        open_store(library.home, library.around)
    assert error.value.code == "backup-not-good"
    assert schema(library.home.store, library.store.key) == SCHEMA_VERSION
    assert not [path for path in library.home.backups.rglob("*") if path.is_file()]


def test_a_migration_that_fails_leaves_the_store_as_it_was(library: Library, next_schema: Path) -> None:
    library.lend(CARD, "B001")
    before = derived(library.store)
    file = next(next_schema.glob("*_next.py"))
    file.write_text(SECOND.format(more="db.execute_sql('SELECT * FROM nothing')"), encoding="utf-8")
    library.close()
    with pytest.raises(Exception, match="nothing"):
        open_store(library.home, library.around)
    assert schema(library.home.store, library.store.key) == SCHEMA_VERSION
    file.write_text(SECOND.format(more=""), encoding="utf-8")
    library.store = open_store(library.home, library.around)
    assert derived(library.store) == before
    assert rows_of(library.store, "SELECT a FROM fresh") == [(1,)]


def test_an_older_store_is_not_read_beside_but_brought_up_by_a_restore(
    library: Library, next_schema: Path, tmp_path: Path
) -> None:
    library.lend(CARD, "B001")
    state = library.store.projection.state_hash
    library.close()
    with pytest.raises(KnownError) as error:
        open_store(library.home, library.around, read_only=True)
    assert error.value.code == "store-too-old"
    around = surroundings(tmp_path / "new-account")
    report = restore(tmp_path / "restored", library.root, library.recovery, around)
    assert report["state_hash"] == state.hex()
    assert schema(library.home.store, library.store.key) == SCHEMA_VERSION
    store = open_store(Home(tmp_path / "restored"), around)
    assert rows_of(store, "SELECT a FROM fresh") == [(1,)]
    store.close()


SAVED = Path(__file__).parent / "saved"


@pytest.mark.parametrize("number", range(1, SCHEMA_VERSION + 1))
def test_a_saved_store_of_every_released_schema_still_opens(tmp_path: Path, number: int) -> None:
    """Made by tools/save_schema.py when the schema was released; the recovery key stands beside it."""
    saved = SAVED / f"schema_{number}"
    shutil.copytree(saved, tmp_path / "home")
    recovery = (saved / "recovery-key.txt").read_text(encoding="ascii").strip()
    store = open_store(Home(tmp_path / "home"), surroundings(tmp_path), recovery=recovery)
    with store.read() as facts:
        assert [hit.facts.loan is not None for hit in facts.item_by_code("B001")] == [True]
        assert [hit.member.name for hit in facts.member_by_card("21.01.0042")] == ["Ahmad Fauzi"]
        assert len(facts.find_titles("sejarah", 5).rows) == 1
        assert facts.find_titles("تفسير", 5).rows
        charges = facts.charges_of_member(facts.member_by_card("21.01.0042")[0].member.id)
        assert sum(line.left for line in charges) == 7000
    assert derived(store) == rebuilt(store)
    assert rows_of(store, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    store.close()


def test_the_schema_is_the_one_that_was_saved(library: Library) -> None:
    """A released schema does not change; before its release, save it anew: python -m tools.save_schema --again."""
    saved = SAVED / f"schema_{SCHEMA_VERSION}"
    recovery = (saved / "recovery-key.txt").read_text(encoding="ascii").strip()
    key = open_with_recovery(recovery, read_wraps(saved / "meja.keys"))
    kept = connect(saved / "meja.db", key, read_only=True)
    schema = "SELECT name, sql FROM sqlite_master ORDER BY name"
    assert list(kept.execute(schema)) == rows_of(library.store, schema)
    kept.close()


def test_the_saved_stores_are_small_and_encrypted() -> None:
    for saved in SAVED.iterdir():
        store = saved / "meja.db"
        assert store.stat().st_size < 400_000
        plain = apsw.Connection(str(store))
        with pytest.raises(apsw.NotADBError):
            plain.execute("SELECT 1 FROM sqlite_master").fetchall()
        plain.close()


def test_a_store_from_before_the_common_log_knows_who_published_its_rules(tmp_path: Path) -> None:
    saved = SAVED / "schema_1"
    shutil.copytree(saved, tmp_path / "home")
    recovery = (saved / "recovery-key.txt").read_text(encoding="ascii").strip()
    store = open_store(Home(tmp_path / "home"), surroundings(tmp_path), recovery=recovery)
    published = rows_of(
        store,
        "SELECT json_array(e.at, a.desk, a.inc, e.seq) FROM event e JOIN author a ON a.a = e.author"
        " WHERE e.kind = 'policy.published'",
    )
    assert rows_of(store, "SELECT stamp FROM policy") == published
    assert rows_of(store, "SELECT DISTINCT fork, first, acked, logged FROM author") == [("", 1, 0, 0)]
    store.close()
