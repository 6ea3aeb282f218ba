"""What the services need from the world, as protocols, and the one error staff may see.

Stores, clocks, printers and sync implement these; services know nothing else of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from app.domain.clock import Reading
from app.domain.event import Body, Event
from app.domain.fact import HoldFacts, ItemFacts, MemberFacts
from app.domain.fold.account import AccountState
from app.domain.loan_rule import Terms
from app.domain.policy import Policy
from app.domain.records import Item, Member, MemberType, Staff, Title
from app.domain.verdict import Param


class KnownError(Exception):
    """Something outside the program is wrong (disk, file, printer, clock): a code and facts for a plain sentence."""

    def __init__(self, code: str, params: Mapping[str, Param] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, Param] = dict(params or {})


class Clock(Protocol):
    """The PC's clocks."""

    def read(self) -> Reading: ...


@dataclass(frozen=True, slots=True)
class ItemHit:
    """A copy found by its code, with what the rules and the screen need."""

    item: Item
    title: Title
    facts: ItemFacts


@dataclass(frozen=True, slots=True)
class MemberHit:
    """A reader found by a card, with standing and the live party tokens (newest first)."""

    member: Member
    facts: MemberFacts
    parties: tuple[str, ...]
    credit: int = 0


@dataclass(frozen=True, slots=True)
class LoanLine:
    """One loan for a list: joined with its copy and title."""

    loan_id: str
    item_id: str
    barcode: str
    title: str
    author: str
    lent_on: date
    due_on: date
    renewals: int
    closed_on: date | None = None
    how: str = ""
    member_no: str = ""
    member_name: str = ""


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One open charge for a list and for payment."""

    charge_id: str
    party: str
    reason: str
    on: date
    amount: int
    left: int
    barcode: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act of a transaction or of the last ones, for lists, slips and undo."""

    event_id: str
    at: int
    kind: str
    body: Body
    staff: str
    tx: str
    item_id: str
    barcode: str
    title: str
    author: str
    member_id: str
    member_no: str
    member_name: str
    undone: bool
    late: bool


@dataclass(frozen=True, slots=True)
class TitleHit:
    """A title found by words, with its copies counted."""

    title: Title
    copies: int
    free: int


class Reader(Protocol):
    """Facts, read in one consistent view."""

    def item_by_code(self, code: str) -> Sequence[ItemHit]: ...
    def item_by_inventory(self, number: str) -> Sequence[ItemHit]: ...
    def item_by_id(self, item_id: str) -> ItemHit | None: ...
    def items_of_title(self, title_id: str) -> Sequence[ItemHit]: ...
    def member_by_card(self, code: str) -> Sequence[MemberHit]: ...
    def member_by_id(self, member_id: str) -> MemberHit | None: ...
    def member_of_party(self, party: str) -> Member | None: ...
    def member_type_name(self, code: str) -> str: ...
    def party_is_idle(self, party: str, today: str) -> bool: ...
    def title(self, title_id: str) -> Title | None: ...
    def titles_by_isbn(self, isbn: str) -> Sequence[Title]: ...
    def find_titles(self, words: str, limit: int) -> Sequence[TitleHit]: ...
    def find_members(self, words: str, limit: int) -> Sequence[Member]: ...
    def loans_of_member(self, member_id: str, *, closed: bool, limit: int) -> Sequence[LoanLine]: ...
    def charges_of_member(self, member_id: str) -> Sequence[ChargeLine]: ...
    def lost_charges(self, item_id: str) -> Sequence[tuple[str, str, int]]: ...
    def account(self, party: str) -> AccountState: ...
    def queue(self, title_id: str) -> Sequence[HoldFacts]: ...
    def holds_of_member(self, member_id: str) -> Sequence[tuple[str, str, str, str | None, str | None, int]]: ...
    def hold_number(self, hold_id: str) -> int: ...
    def acts(self, *, tx: str = "", limit: int = 20) -> Sequence[ActLine]: ...
    def event(self, event_id: str) -> Event | None: ...
    def loan_of_event(self, event_id: str) -> tuple[str, str, int] | None: ...
    def charged_days(self, event_id: str) -> int | None: ...
    def terms_of_closed(self, event_id: str) -> Terms | None: ...
    def finished_tx(self, tx: str) -> tuple[str, int] | None: ...
    def tx_is_finished(self, tx: str) -> bool: ...
    def later_touching(self, event: Event) -> Sequence[Event]: ...
    def policy_on(self, day: date) -> Policy: ...
    def policy(self, version: str) -> Policy: ...
    def staff_list(self) -> Sequence[Staff]: ...
    def setting(self, key: str) -> Any: ...
    def note(self, note_id: str) -> str: ...
    def today(self, start: int, end: int) -> tuple[int, int, int]: ...


class Act(Reader, Protocol):
    """One transaction at the desk: facts and what is recorded stand or fall together."""

    @property
    def at(self) -> int:
        """The effective time of this act in milliseconds."""
        ...

    @property
    def tx(self) -> str:
        """The desk transaction of this act ("" = none)."""
        ...

    def record(self, kind: str, body: Body, *, event_id: str = "") -> Event: ...
    def new_id(self) -> str: ...
    def new_party(self, member_id: str) -> str: ...
    def next_receipt(self) -> int: ...
    def next_number(self, counter: str) -> int: ...
    def put_title(self, title: Title) -> None: ...
    def put_item(self, item: Item) -> None: ...
    def put_member(self, member: Member) -> None: ...
    def put_member_type(self, kind: MemberType, source_key: str = "") -> None: ...
    def put_staff(self, staff: Staff) -> None: ...
    def put_note(self, note_id: str, body: str) -> None: ...
    def publish_policy(self, policy: Policy) -> None: ...
    def open_tx(self, tx: str, kind: str, member_id: str | None) -> int: ...
    def finish_tx(self, tx: str) -> None: ...
    def queue_print(self, kind: str, body: Mapping[str, Any], tx: str) -> int: ...
    def set_setting(self, key: str, value: Any) -> None: ...


class Store(Protocol):
    """The desk's store: one door for writes, one for reads."""

    def act(self, *, staff: str = "", tx: str = "", stated_at: int | None = None) -> AbstractContextManager[Act]: ...

    def read(self) -> AbstractContextManager[Reader]: ...

    @property
    def zone(self) -> str: ...

    @property
    def last_at(self) -> int: ...

    @property
    def letter(self) -> str:
        """The mark of this incarnation on receipts and slips."""
        ...

    def now(self) -> int: ...
    def behind_ms(self) -> int: ...


class SyncStatus(Protocol):
    """How the desk stands to the campus server; a library with one desk has none."""

    def unsent(self) -> int: ...


Events = Iterable[Event]
