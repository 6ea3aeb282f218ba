"""Rule versions: dated, immutable, found by day."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.calendar import Calendar
from app.ports import KnownError
from tests.builders import Library, campus


def publish(library: Library, version: str, day: str, **changes: object) -> None:
    """Publish a version."""
    with library.store.act() as act:
        act.publish_policy(campus(version=version, effective_from=day, **changes))


def test_the_version_of_a_day(library: Library) -> None:
    publish(library, "b", "2026-06-01")
    publish(library, "c", "2026-04-01")
    on = library.store.policies.on
    assert [on(date(2026, month, 1)).version for month in (3, 4, 5, 6)] == ["campus-1", "c", "c", "b"]
    assert on(date(1999, 1, 1)).version == "campus-1"
    library.reopen()
    assert library.store.policies.on(date(2026, 7, 1)).version == "b"


def test_a_version_is_never_changed(library: Library) -> None:
    publish(library, "b", "2026-06-01")
    publish(library, "b", "2026-06-01")
    with pytest.raises(KnownError) as error:
        publish(library, "b", "2026-06-02")
    assert error.value.code == "policy-version-taken"
    assert library.store.policies.version("b").effective_from == date(2026, 6, 1)


def test_an_unknown_version_is_said_and_has_no_closed_days(library: Library) -> None:
    with pytest.raises(KnownError) as error:
        library.store.policies.version("none")
    assert error.value.code == "policy-unknown"
    assert library.store.policies.calendar("") == Calendar()
    assert library.store.policies.calendar("campus-1").weekly == {6}


def test_a_publication_that_was_rolled_back_is_forgotten(library: Library) -> None:
    with pytest.raises(ZeroDivisionError), library.store.act() as act:  # noqa: PT012 - the failure comes at the end
        act.publish_policy(campus(version="b", effective_from="2026-01-02"))
        assert act.policy_on(date(2026, 3, 1)).version == "b"
        raise ZeroDivisionError
    assert library.store.policies.on(date(2026, 3, 1)).version == "campus-1"
