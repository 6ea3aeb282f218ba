"""The snapshots of a running server: one is being made before anybody asks, and a store that is busy ends nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.log.store import SqlLogStore, open_sqlite
from server.ports import StoreFault
from server.snapshots import Snapshots
from sync.protocol.messages import AskSnapshot
from tests.server.log.lives import DAY, LIBRARY, NOW, Writer, push, with_desks


def until(true: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def store(tmp_path: Path) -> SqlLogStore:
    made = open_sqlite(tmp_path / "log.db", b"k" * 32, NOW)
    writer = Writer("one")
    with_desks(made, writer)
    writer.lend()
    push(made, writer.run())
    return made


def test_one_is_made_as_soon_as_a_desk_is_expected(store: SqlLogStore, tmp_path: Path) -> None:
    folder, looks = tmp_path / "files", list[list[str]]()

    def expecting() -> list[str]:
        looks.append(store.expecting(NOW))
        return looks[-1]

    with closing(store), closing(Snapshots(store, folder, worth=1)) as snapshots:
        snapshots.watch(expecting, 0.005)
        until(lambda: len(looks) > 2)
        assert not list(folder.iterdir())
        store.enrol("ab" * 32, "Meja 2", LIBRARY, NOW + DAY, NOW)
        until(lambda: bool(list(folder.iterdir())))
        until(lambda: snapshots.answer(LIBRARY, AskSnapshot()).facts is not None)
        seen = len(looks)
        until(lambda: len(looks) > seen + 2)
        # What is here serves; no second one is made.
        assert len(list(folder.iterdir())) == 1


def test_a_store_that_cannot_be_asked_is_asked_again(store: SqlLogStore, tmp_path: Path) -> None:
    faults, answers = list[Exception](), iter([StoreFault("busy"), LIBRARY])

    def expecting() -> list[str]:
        found = next(answers, LIBRARY)
        if isinstance(found, StoreFault):
            raise found
        return [found]

    with closing(store), closing(Snapshots(store, tmp_path / "files", failed=faults.append, worth=1)) as snapshots:
        snapshots.watch(expecting, 0.005)
        until(lambda: bool(list((tmp_path / "files").iterdir())))
        assert [str(fault) for fault in faults] == ["busy"]
