"""Titles and copies at the desk: provisional copies now, full cataloguing later."""

from __future__ import annotations

from app.domain.records import Item, Title
from app.domain.text import clean_code
from app.ports import ItemHit, Store
from app.services.circulation import Desk


class Catalogue:
    """The verbs of the catalogue a desk needs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_provisional(self, desk: Desk, code: str, title: str) -> ItemHit | None:
        """Add a copy nobody catalogued yet, under its code or a fresh one (P-000001); None without a title."""
        words = " ".join(title.split())
        if not words:
            return None
        with self._store.act(staff=desk.staff.id, tx=desk.tx) as act:
            barcode = clean_code(code)
            if not barcode or act.item_by_code(barcode):
                barcode = f"P-{act.next_number('provisional'):06d}"
                while act.item_by_code(barcode):
                    barcode = f"P-{act.next_number('provisional'):06d}"
            record = Title(act.new_id(), words[:1000])
            item = Item(act.new_id(), record.id, barcode, provisional=True)
            act.put_title(record)
            act.put_item(item)
            act.record("record.edited", {"record": "title", "id": record.id, "with": "provisional"})
            act.record("record.edited", {"record": "item", "id": item.id, "with": "provisional"})
            return act.item_by_id(item.id)

    def withdraw(self, desk: Desk, item_id: str) -> Title | None:
        """Take a provisional copy back that was just taken up, and its title with it; None when something hangs on it
        already."""
        with self._store.act(staff=desk.staff.id) as act:
            hit = act.item_by_id(item_id)
            if (
                hit is None
                or not hit.item.provisional
                or hit.facts.loan
                or hit.facts.holds
                or act.loans_of_copy(item_id)
            ):
                return None
            act.drop_copy(item_id)
            act.record("record.edited", {"record": "item", "id": item_id, "with": "withdrawn"})
            if not act.items_of_title(hit.item.title_id):
                act.record("record.edited", {"record": "title", "id": hit.item.title_id, "with": "withdrawn"})
        return hit.title
