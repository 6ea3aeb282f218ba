"""The kept state: the same rows as a fold from nothing, and no trace of what was undone.

tests/services/test_circulation_histories.py drives any history through it; these are its corners by name.
"""

from __future__ import annotations

from app.domain.canonical import ZERO
from app.domain.clock import local_date
from app.services.outcome import Kind
from tests.builders import CARD, DAY, DERIVED, OTHER_CARD, Library, derived, rebuilt, rows_of


def without_undone(library: Library) -> dict[str, object]:
    """The derived rows but the list of what was undone."""
    return {table: rows for table, rows in derived(library.store).items() if table != "undone"}


def test_an_untouched_library_has_an_empty_state(library: Library) -> None:
    assert library.store.projection.state_hash == ZERO
    assert all(not rows_of(library.store, f"SELECT * FROM {table}") for table in DERIVED)


def test_undoing_the_only_loan_leaves_no_trace(library: Library) -> None:
    before = without_undone(library)
    library.lend(CARD, "B001")
    assert without_undone(library) != before
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE
    assert without_undone(library) == before
    assert derived(library.store) == rebuilt(library.store)


def test_undoing_a_late_return_takes_its_fine_and_its_account_along(library: Library) -> None:
    library.lend(CARD, "B001")
    before = without_undone(library)
    library.clock.go(days=40)
    assert library.bring("B001").fine > 0
    assert library.owed() > 0
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE
    assert library.owed() == 0
    assert without_undone(library) == before
    assert derived(library.store) == rebuilt(library.store)


def test_undoing_a_hold_leaves_no_queue(library: Library) -> None:
    before = without_undone(library)
    library.holds.place(library.desk, library.members[CARD].id, library.items["B001"].title_id)
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE
    assert without_undone(library) == before
    assert derived(library.store) == rebuilt(library.store)


def test_a_late_entry_folds_the_copy_and_both_accounts_again(library: Library) -> None:
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=40)
    assert library.bring("B001").fine == 11_500
    # A desk asked for it wants a signature. Another desk's late upload is folded in all the same.
    asked = library.lend(OTHER_CARD, "B001", stated_at=start + 20 * DAY)
    assert (asked.kind, asked.event_id) == (Kind.NEEDS_CONFIRMATION, "")
    with library.store.act(stated_at=start + 20 * DAY) as act:
        first = next(line for line in act.acts(limit=50) if line.kind == "loan.opened")
        due = local_date(start + 35 * DAY, library.store.zone).isoformat()
        body = {name: first.body[name] for name in ("item", "title", "policy", "terms")}
        act.record("loan.opened", {**body, "party": act.new_party(library.members[OTHER_CARD].id), "due": due})
    assert library.owed(CARD) == 2500
    # The return of day 40 closes the second loan, due on day 35: five open days late.
    assert library.owed(OTHER_CARD) == 2500
    assert [row[0] for row in rows_of(library.store, "SELECT kind FROM finding")] == ["lent-while-out"]
    assert derived(library.store) == rebuilt(library.store)


def test_the_state_hash_is_kept_with_the_act(library: Library) -> None:
    library.lend(CARD, "B001")
    kept = library.store.projection.state_hash
    assert kept != ZERO
    library.reopen()
    assert library.store.projection.state_hash == kept


def test_at_most_one_loan_of_a_copy_is_open_by_the_schema_itself(library: Library) -> None:
    indexes = rows_of(library.store, "SELECT sql FROM sqlite_master WHERE name = 'loan_item_open'")
    assert "UNIQUE" in indexes[0][0]
    assert "closed_at IS NULL" in indexes[0][0]
