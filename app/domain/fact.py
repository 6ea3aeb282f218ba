"""What a decision may know: facts gathered in one read, before the rules judge them.

The store fills these values inside the act's own transaction; the rules read nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct

from app.domain.records import ItemStatus


class LoanFacts(Struct, frozen=True):
    """One open loan. `terms` are the lending terms it was made under; `rule_id` names the rule ("" = type's
    own).

    `due_at` is the local moment of a loan by the hour; `unseen_renewals` counts renewals without the book in
    hand.
    """

    loan_id: str
    item_id: str
    title_id: str
    party: str
    member_id: str | None
    lent_on: date
    due_on: date
    renewals: int = 0
    renewed_on: date | None = None
    rule_id: str = ""
    collection: str = ""
    material: str = ""
    terms: Mapping[str, object] | None = None
    price: int | None = None
    due_at: datetime | None = None
    unseen_renewals: int = 0


class HoldFacts(Struct, frozen=True):
    """One live hold: who waits, since when, whether for one copy, and whether a copy stands aside for them.

    `item_id`: the only copy wanted (None = any copy of the title); `aside_item_id`: the copy that stands
    aside.
    """

    hold_id: str
    title_id: str
    item_id: str | None
    member_id: str | None
    position: int
    aside: bool = False
    aside_item_id: str | None = None


class ItemFacts(Struct, frozen=True):
    """A copy at the desk: its record, its open loan and who waits for it or for its title."""

    item_id: str
    title_id: str
    barcode: str
    collection: str
    material: str
    status: ItemStatus
    price: int | None = None
    parts: str = ""
    provisional: bool = False
    loan: LoanFacts | None = None
    holds: tuple[HoldFacts, ...] = ()
    other_copies_free: int = 0


class MemberFacts(Struct, frozen=True):
    """A reader at the desk: membership, open loans, money owed, suspension."""

    member_id: str
    member_type: str
    registered_on: date | None
    expires_on: date | None
    blocked: bool = False
    card_lost: bool = False
    suspended_until: date | None = None
    owed: int = 0
    loans: tuple[LoanFacts, ...] = ()
    profile: str = ""
