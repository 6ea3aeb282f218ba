"""What a scanned code means in this library: which copies, which readers, or why it is nothing."""

from __future__ import annotations

from msgspec import Struct

from app.domain.barcode import Scan, ScanKind, ScanRules
from app.domain.records import Title
from app.domain.scan_repair import repair
from app.ports import ItemHit, MemberHit, Store

SHORTEST_HALF = 4
"""Shorter codes are not looked for inside an unknown one: they would be found by chance."""


MOST_COPIES = 12
"""Copies that are offered for a code that names none of them."""


class Found(Struct, frozen=True):
    """Everything that carries a code. `scan` is the code as it was understood, repaired where that was certain."""

    scan: Scan
    items: tuple[ItemHit, ...] = ()
    members: tuple[MemberHit, ...] = ()

    @property
    def nothing(self) -> bool:
        """True when no copy and no reader carries the code."""
        return not self.items and not self.members


class Lookup:
    """Looks codes up in one store by one library's rules."""

    def __init__(self, store: Store, rules: ScanRules) -> None:
        self._store = store
        self._rules = rules

    def find(self, scan: Scan) -> Found:
        """What carries this code. Where its shape leaves open whether it is a copy or a reader, both are looked for:
        a code that is both is a person's question, never a guess."""
        items: dict[str, ItemHit] = {}
        members: dict[str, MemberHit] = {}
        with self._store.read() as facts:
            for kind, code in scan.candidates:
                if kind is ScanKind.ITEM:
                    items.update((hit.item.id, hit) for hit in facts.item_by_code(code))
                elif kind is ScanKind.MEMBER_CARD:
                    members.update((hit.member.id, hit) for hit in facts.member_by_card(code))
        return Found(scan, tuple(items.values()), tuple(members.values()))

    def mended(self, scan: Scan) -> Found:
        """The code as it must have been before a wrong keyboard layout or caps lock, where that is certain."""
        mended = repair(scan.raw, self._rules, self.known)
        return self.find(mended) if mended.repair else Found(scan)

    def copies_of_isbn(self, isbn: str) -> tuple[Title | None, list[ItemHit]]:
        """The first title with this ISBN and the copies of all of them."""
        with self._store.read() as facts:
            titles = facts.titles_by_isbn(isbn)
            return titles[0] if titles else None, [hit for title in titles for hit in facts.items_of_title(title.id)]

    def copies_of_half(self, code: str) -> tuple[ItemHit, ...]:
        """The copies whose number begins with this code and a hyphen: it was typed as far as the title's part."""
        if len(code) < SHORTEST_HALF:
            return ()
        with self._store.read() as facts:
            return tuple(facts.items_of_half(code, MOST_COPIES))

    def is_two_codes(self, code: str) -> bool:
        """True when an unknown code is two known ones run together, whatever their shapes."""
        places = range(SHORTEST_HALF, len(code) - SHORTEST_HALF + 1)
        return any(self.known(code[:place].strip()) and self.known(code[place:].strip()) for place in places)

    def known(self, code: str) -> bool:
        """True when a copy or a reader carries exactly this code."""
        with self._store.read() as facts:
            return bool(facts.item_by_code(code) or facts.member_by_card(code))
