"""The badge's count: by a thread of its own, after what was committed, and never for long."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.domain.case import ACCEPT
from app.services.cases import Cases
from db.case_count import CaseCount
from tests.builders import Library
from tests.services.test_cases import lent_over


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so; a test that waits in vain fails."""
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_what_waits_is_counted_at_the_start_and_after_each_commit(library: Library) -> None:
    store = library.store
    counted = CaseCount(store.another_reader, store.identity.library, least=0.0)
    store.after_commit.append(counted.nudge)
    counted.start()
    try:
        until(lambda: counted.counted > 0)
        assert counted.count == 0
        lent_over(library)
        until(lambda: counted.count == 1)
        verbs = Cases(store)
        [case] = verbs.every()
        assert verbs.answer(library.desk, case, ACCEPT).event_id
        until(lambda: counted.count == 0)
    finally:
        counted.stop()


def test_it_ends_at_once_though_it_rests(library: Library) -> None:
    store = library.store
    counted = CaseCount(store.another_reader, store.identity.library, rest=600.0)
    counted.start()
    began = time.monotonic()
    counted.stop()
    assert time.monotonic() - began < 10
    assert counted.counted == 0
