"""Who waits for a copy: reads the holds of an item for the decisions on loan, renewal and return.

A waiting hold is for one copy or for any copy of the title; a hold that was put aside has its copy already.
"""

from __future__ import annotations

from app.domain.fact import HoldFacts, ItemFacts


def aside_copy(hold: HoldFacts) -> str | None:
    """The copy that stands aside for this hold, if any."""
    return (hold.aside_item_id or hold.item_id) if hold.aside else None


def standing_aside(item: ItemFacts) -> HoldFacts | None:
    """The hold for which this very copy stands on the shelf."""
    return next((hold for hold in in_order(item) if aside_copy(hold) == item.item_id), None)


def waiting(item: ItemFacts) -> tuple[HoldFacts, ...]:
    """The holds this copy could serve and that have no copy yet, in order of the queue."""
    return tuple(hold for hold in in_order(item) if not hold.aside and hold.item_id in (None, item.item_id))


def in_order(item: ItemFacts) -> list[HoldFacts]:
    """All holds in order of the queue."""
    return sorted(item.holds, key=lambda hold: (hold.position, hold.hold_id))


def ahead_of(item: ItemFacts, member_id: str) -> tuple[HoldFacts, ...]:
    """The waiting holds of others that come before this reader's own (all of them when there is none)."""
    before: list[HoldFacts] = []
    for hold in waiting(item):
        if hold.member_id == member_id:
            break
        before.append(hold)
    return tuple(before)


def covered_by_free_copies(item: ItemFacts, holds: tuple[HoldFacts, ...]) -> bool:
    """True when every one of these holds can be served by another free copy of the title."""
    return item.other_copies_free >= len(holds) and all(hold.item_id is None for hold in holds)
