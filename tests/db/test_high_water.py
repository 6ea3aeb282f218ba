"""An older store that is put back is noticed at the next start, and what it lacks is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from db import second_copy
from db.high_water import Reached, reached
from db.home import Home
from db.restore import restore
from db.second_copy import SecondCopy
from db.store import open_store
from tests.builders import CARD, Library, rows_of


@pytest.fixture
def library(library: Library) -> Library:
    """Followed by a second copy's thread only where a test says so."""
    library.reopen()
    return library


def taken(library: Library) -> Path:
    """A copy of the store as it lies there now, by hand, while the desk runs."""
    library.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = library.root.with_name("kept.db")
    shutil.copyfile(library.home.store, kept)
    return kept


def put_back(library: Library, kept: Path) -> None:
    """What somebody does after a crash: the desk is gone without a word, the older file stands in its place."""
    library.store.marked = False
    library.close()
    for path in library.root.glob("meja.db*"):
        path.unlink()
    shutil.copyfile(kept, library.home.store)
    library.store = open_store(library.home, library.around)


def followed(library: Library, monkeypatch: pytest.MonkeyPatch) -> SecondCopy:
    """The thread that keeps the second copy and the mark."""
    monkeypatch.setattr(second_copy, "EVERY", 0.01)
    copy = SecondCopy(library.store, library.root.with_name("second"))
    library.store.after_commit.append(copy.nudge)
    copy.start()
    return copy


def numbered(library: Library) -> None:
    """A transaction and a receipt get their numbers."""
    with library.store.act() as act:
        act.open_tx(act.new_id(), "desk", None)
        act.next_receipt()


def test_an_older_store_put_back_while_nobody_closed_goes_on_as_another(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered(library)
    before = library.store.identity
    kept, seq = taken(library), library.store.author.seq
    copy = followed(library, monkeypatch)
    library.lend(CARD, "B001")
    numbered(library)
    numbered(library)
    library.bring("B001")
    copy.stop()
    put_back(library, kept)
    assert library.store.minted
    assert library.store.identity.inc != before.inc
    lacking = library.store.lacking
    assert lacking is not None
    assert (lacking.letter, lacking.events, lacking.acts, lacking.receipts) == ("A", (seq + 1, seq + 2), (2, 3), (2, 3))
    body = json.loads(rows_of(library.store, "SELECT body FROM event ORDER BY n DESC LIMIT 1")[0][0])
    assert body["lacks"] == {"events": [seq + 1, seq + 2], "acts": [2, 3], "receipts": [2, 3]}
    library.reopen()
    assert not library.store.minted, "it is said once"


def test_a_number_that_no_event_tells_of_is_known_too(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = taken(library)
    copy = followed(library, monkeypatch)
    with library.store.act() as act:
        assert act.open_tx(act.new_id(), "desk", None) == 1
    copy.stop()
    put_back(library, kept)
    assert library.store.minted
    assert library.store.lacking is not None
    assert (library.store.lacking.events, library.store.lacking.acts) == (None, (1, 1))


def test_the_same_store_after_a_crash_is_the_same(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = followed(library, monkeypatch)
    library.lend(CARD, "B001")
    copy.stop()
    put_back(library, taken(library))
    assert not library.store.minted
    assert library.store.lacking is None


def test_a_store_that_went_on_otherwise_is_another(library: Library) -> None:
    kept = taken(library)
    library.lend(CARD, "B001")
    library.store.high_water.keep(library.store.connection, library.store.identity)
    marks = library.around.config / "reached"
    marks.rename(marks.with_name("aside"))
    # Without its mark the older one goes on under the same name, and writes something else.
    put_back(library, kept)
    assert not library.store.minted
    library.lend(CARD, "C001")
    library.lend(CARD, "B002")
    marks.with_name("aside").rename(marks)
    put_back(library, taken(library))
    assert library.store.minted
    assert library.store.lacking is None


@pytest.mark.parametrize("spoilt", [None, b"", b"{}", b'{"seq": "x"}', b'{"seq": -1, "counts": {}}', b"[]"])
def test_without_a_mark_nothing_is_known(library: Library, spoilt: bytes | None) -> None:
    kept = taken(library)
    library.lend(CARD, "B001")
    library.store.high_water.keep(library.store.connection, library.store.identity)
    for path in (library.around.config / "reached").iterdir():
        path.unlink()
        if spoilt is not None:
            path.write_bytes(spoilt)
    put_back(library, kept)
    assert not library.store.minted


def test_a_mark_never_goes_back_and_holds_numbers_only(library: Library) -> None:
    library.lend(CARD, "B001")
    water, store = library.store.high_water, library.store
    water.keep(store.connection, store.identity)
    mark = water.read(store.identity)
    assert mark == reached(store.connection, store.identity)
    assert mark is not None
    (path,) = (library.around.config / "reached").iterdir()
    path.write_text(json.dumps({"seq": mark.seq + 5, "head": "ff", "counts": {"act": 9}}), encoding="utf-8")
    water.keep(store.connection, store.identity)
    assert water.read(store.identity) == Reached(mark.seq + 5, "ff", {"act": 9})
    path.unlink()
    library.close()
    assert set(json.loads(path.read_text(encoding="utf-8"))) == {"seq", "head", "counts"}
    library.store = open_store(library.home, library.around)


def test_a_restored_backup_says_what_it_lacks(library: Library) -> None:
    kept = taken(library)
    library.lend(CARD, "B001")
    library.close()
    folder = library.root.with_name("backup")
    folder.mkdir()
    shutil.copyfile(kept, folder / "meja.db")
    shutil.copyfile(library.home.keys, folder / "meja.keys")
    target = library.root.with_name("restored")
    restore(target, folder, library.recovery, library.around)
    library.store = open_store(Home(target), library.around)
    (body,) = rows_of(library.store, "SELECT body FROM event WHERE kind = 'incarnation.started'")
    assert json.loads(body[0])["lacks"]["events"]
