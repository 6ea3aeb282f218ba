"""Publishing rules: by right, checked, and with closed days in every version that is still to come."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from app.domain import right
from app.domain.calendar import Calendar
from app.ports import KnownError
from app.services.rules import close_on, publish
from tests.builders import CARD, Library, campus, head, rows_of

TODAY = date(2026, 3, 2)
FEAST = (date(2026, 3, 20), date(2026, 3, 21), date(2026, 3, 22))
"""Friday to Sunday: the library is closed on Sundays anyway."""
CLERK = replace(head(), rights=right.DESK)


def versions(library: Library) -> list[tuple[str, str]]:
    with library.store.read() as facts:
        return [(policy.version, policy.effective_from.isoformat()) for policy in facts.policies()]


def test_closed_days_are_a_new_version_from_today(library: Library) -> None:
    before = versions(library)
    assert close_on(library.store, head(), FEAST, "libur-2026", TODAY) == ["campus-1+libur-2026"]
    assert versions(library) == [*before, ("campus-1+libur-2026", "2026-03-02")]
    with library.store.read() as facts:
        new, old = facts.policy_on(TODAY), facts.policy("campus-1")
    assert new.calendar.dated - old.calendar.dated == set(FEAST[:2])
    assert replace(new, version="", effective_from=TODAY, calendar=Calendar()) == replace(
        old, version="", effective_from=TODAY, calendar=Calendar()
    )
    library.clock.go(days=4)
    library.lend(CARD, "B001")
    assert rows_of(library.store, "SELECT due_on FROM loan") == [("2026-03-23",)], "two weeks end on the feast's Friday"


def test_what_begins_later_gets_the_days_too(library: Library) -> None:
    later = campus(version="semester", effective_from="2026-03-15")
    publish(library.store, head(), [later])
    assert close_on(library.store, head(), FEAST, "libur-2026", TODAY) == ["campus-1+libur-2026", "semester+libur-2026"]
    with library.store.read() as facts:
        on_the_day = facts.policy_on(FEAST[0])
    assert on_the_day.version == "semester+libur-2026"
    assert on_the_day.effective_from == later.effective_from
    assert not on_the_day.calendar.is_open(FEAST[0])


def test_nothing_new_is_refused_and_more_gets_a_name_of_its_own(library: Library) -> None:
    close_on(library.store, head(), FEAST[:1], "libur-2026", TODAY)
    before = versions(library)
    with pytest.raises(KnownError, match="no-new-closed-days"):
        close_on(library.store, head(), (FEAST[0], FEAST[2]), "libur-2026", TODAY)
    assert versions(library) == before
    assert close_on(library.store, head(), FEAST, "libur-2026", TODAY) == ["campus-1+libur-2026-2"]


def test_only_who_may_publishes(library: Library) -> None:
    before = versions(library)
    for act in (
        lambda: close_on(library.store, CLERK, FEAST, "libur-2026", TODAY),
        lambda: publish(library.store, CLERK, [campus(version="mine")]),
    ):
        with pytest.raises(KnownError, match="no-right-to-rules"):
            act()
    assert versions(library) == before


def test_rules_that_fail_their_check_are_not_published(library: Library) -> None:
    before = versions(library)
    with pytest.raises(KnownError, match="policy-not-good"):
        publish(library.store, head(), [campus(version="good"), replace(campus(version="bad"), rules=())])
    assert versions(library) == before, "all or none"


def test_who_published_is_kept(library: Library) -> None:
    close_on(library.store, head(), FEAST, "libur-2026", TODAY)
    assert rows_of(library.store, "SELECT kind, staff FROM event ORDER BY n DESC LIMIT 1") == [
        ("policy.published", head().id)
    ]
