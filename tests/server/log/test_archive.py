"""A backup of a log is proven before it counts, and makes a log again on either database."""

from __future__ import annotations

import gzip
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from server.log import archive, open_sqlite
from server.log.store import SqlLogStore
from server.ports import StoreFault
from tests.server.log.lives import LIBRARY, NOW, ZONE, Writer, pull_all, push, record, with_desks


@pytest.fixture
def full(opener: Callable[[], SqlLogStore]) -> SqlLogStore:
    """A log with two desks, a branch, records of which one was superseded, and a run kept aside."""
    store, one, other = opener(), Writer("one"), Writer("other")
    with_desks(store, one, other)
    twin = one.copy("twin")
    for number in range(4):
        one.lend(number, number % 3)
        twin.bring(number)
        other.bring(number)
    push(store, one.run(), records=[record("title", "t", 1, title="Fikih"), record("note", "n", 1, body="x")])
    push(store, twin.run(), other.run(), records=[record("title", "t", 2, title="Fiqih")])
    stranger = Writer("stranger")
    stranger.lend()
    push(store, stranger.run(), by=one.desk)
    return store


def empty(folder: Path) -> SqlLogStore:
    """A log without a library."""
    return open_sqlite(folder / "fresh.db", None, NOW)


def test_a_backup_makes_the_same_log_again(full: SqlLogStore, tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    head = archive.backup(full, LIBRARY, path, NOW)
    assert head == full.head(LIBRARY, NOW).head == full.head(LIBRARY, NOW).safe
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = empty(tmp_path)
    made = archive.restore(again, path)
    assert again.state_hash(LIBRARY) == full.state_hash(LIBRARY)
    assert [page.entries for page in pull_all(again)] == [page.entries for page in pull_all(full)]
    assert again.totals(LIBRARY) == full.totals(LIBRARY)
    assert again.identity() == full.identity()
    assert again.desks(LIBRARY) == full.desks(LIBRARY)
    assert list(again.check(LIBRARY)) == []
    # Another history: nothing of it is in a backup yet.
    assert made.epoch != full.head(LIBRARY, NOW).epoch
    assert made.safe == 0
    again.close()
    opened = open_sqlite(tmp_path / "fresh.db", None, NOW)
    assert opened.identity() == full.identity()
    opened.close()


def test_a_restored_log_goes_on(full: SqlLogStore, tmp_path: Path) -> None:
    one = Writer("one")
    for number in range(4):
        one.lend(number, number % 3)
    path = tmp_path / "log.gz"
    archive.backup(full, LIBRARY, path, NOW)
    again = empty(tmp_path)
    archive.restore(again, path)
    one.bring(0)
    assert push(again, one.run()).runs[0].status == "stored"
    assert list(again.check(LIBRARY)) == []
    again.close()


def test_a_library_is_not_restored_over_itself(full: SqlLogStore, tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    archive.backup(full, LIBRARY, path, NOW)
    before = full.identity()
    with pytest.raises(StoreFault, match="library-known"):
        archive.restore(full, path)
    assert full.identity() == before
    assert list(full.check(LIBRARY)) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda text: text[: len(text) // 2], "cut"),
        (lambda text: text.replace(b"item.returned", b"item.condition", 1), "changed"),
        (lambda text: text.replace(b'["record"', b'["recipe"', 1), "table"),
        (lambda text: b"", "empty"),
        (lambda text: text.replace(b'"version":1', b'"version":9', 1), "newer"),
    ],
)
def test_a_backup_that_was_meddled_with_is_not_good(
    full: SqlLogStore, tmp_path: Path, change: Callable[[bytes], bytes], what: str
) -> None:
    path = tmp_path / "log.gz"
    archive.backup(full, LIBRARY, path, NOW)
    path.write_bytes(gzip.compress(change(gzip.decompress(path.read_bytes()))))
    again = empty(tmp_path)
    with pytest.raises(StoreFault, match="backup-too-new" if what == "newer" else "backup-not-good"):
        archive.restore(again, path)
    assert again.libraries() == []
    again.close()


def test_a_backup_of_a_broken_log_does_not_count(full: SqlLogStore, tmp_path: Path) -> None:
    with full.database.write() as sql:
        sql.run("UPDATE event SET body = ? WHERE gsn = 3", '{"item":"' + "0" * 32 + '"}')
    with pytest.raises(StoreFault, match="backup-not-good"):
        archive.backup(full, LIBRARY, tmp_path / "log.gz", NOW)
    assert full.head(LIBRARY, NOW).safe == 0
    assert list(tmp_path.glob("log.gz*")) == []


def test_a_library_s_zone_comes_along(full: SqlLogStore, tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    archive.backup(full, LIBRARY, path, NOW)
    again = empty(tmp_path)
    again.found("b" * 32, "Asia/Makassar", NOW)
    own = again.identity()
    assert archive.restore(again, path).zone == ZONE
    # A server that has libraries already keeps its own key.
    assert again.identity() == own
    again.close()
