"""Holds: place, cancel, put aside. The queue itself is folded from these events."""

from __future__ import annotations

from typing import Any

from app.domain import right
from app.domain.clock import local_date
from app.ports import Store
from app.services.circulation import Desk, live_party, no_right
from app.services.circulation.acting import shelf_end
from app.services.outcome import Kind, Outcome, refused


class Holds:
    """The verbs of the waiting queue over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def place(self, desk: Desk, member_id: str, title_id: str, *, only_item: str = "") -> Outcome:
        """Put a reader at the end of a title's queue (or of one copy's, with `only_item`)."""
        if not desk.may(right.HOLDS):
            return no_right(right.HOLDS)
        with self._store.act(staff=desk.staff.id, tx=desk.tx, stated_at=desk.stated_at) as act:
            member, title = act.member_by_id(member_id), act.title(title_id)
            if member is None or title is None:
                return refused("title-unknown" if title is None else "member-unknown")
            if any(hold.member_id == member_id for hold in act.queue(title_id)):
                return refused("already-waiting")
            party = live_party(act, member, local_date(act.at, self._store.zone)) or act.new_party(member_id)
            hold = act.new_id()
            number = act.next_number("hold")
            body: dict[str, Any] = {"hold": hold, "queue": title_id, "party": party, "number": number}
            if only_item:
                body["only"] = only_item
            event = act.record("hold.placed", body)
            return Outcome(
                Kind.HELD,
                code="placed",
                member=member.member,
                title=title,
                number=number,
                event_id=event.id,
                at=act.at,
            )

    def cancel(self, desk: Desk, title_id: str, hold_id: str) -> Outcome:
        """Take a hold out of its queue."""
        if not desk.may(right.HOLDS):
            return no_right(right.HOLDS)
        with self._store.act(staff=desk.staff.id, tx=desk.tx) as act:
            if not any(hold.hold_id == hold_id for hold in act.queue(title_id)):
                return refused("hold-unknown")
            event = act.record("hold.cancelled", {"hold": hold_id, "queue": title_id})
            return Outcome(Kind.HELD, code="cancelled", title=act.title(title_id), event_id=event.id, at=act.at)

    def put_aside(self, desk: Desk, title_id: str, hold_id: str, item_id: str) -> Outcome:
        """Set a copy that is in aside for a hold."""
        if not desk.may(right.HOLDS):
            return no_right(right.HOLDS)
        with self._store.act(staff=desk.staff.id, tx=desk.tx) as act:
            item = act.item_by_id(item_id)
            hold = next((one for one in act.queue(title_id) if one.hold_id == hold_id), None)
            if item is None or hold is None:
                return refused("hold-unknown" if hold is None else "item-unknown")
            if item.facts.loan is not None:
                return refused("item-is-out")
            if any(h.aside and h.item_id == item_id and h.hold_id != hold_id for h in item.facts.holds):
                return refused("aside-for-another")
            until = shelf_end(act, self._store.zone)
            event = act.record(
                "hold.put_aside",
                {"hold": hold_id, "queue": title_id, "copy": item_id, "until": until.isoformat()},
            )
            return Outcome(
                Kind.HELD,
                code="aside",
                item=item.item,
                title=item.title,
                aside=True,
                aside_until=until,
                event_id=event.id,
                at=act.at,
            )
