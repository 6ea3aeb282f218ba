"""What the services need from the world, as protocols, and the one error staff may see.

Stores, clocks, printers and sync implement these; services know nothing else of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from msgspec import Struct, field

from app.domain.case import Case
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


class ItemHit(Struct, frozen=True):
    """A copy found by its code, with what the rules and the screen need."""

    item: Item
    title: Title
    facts: ItemFacts


class MemberHit(Struct, frozen=True):
    """A reader found by a card, with standing and the live party tokens (newest first)."""

    member: Member
    facts: MemberFacts
    parties: tuple[str, ...]
    credit: int = 0


class LoanLine(Struct, frozen=True):
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
    due_at: datetime | None = None


class CopyLoan(Struct, frozen=True):
    """One loan of a copy as the fold keeps it: what it cost in rupiah and charged days, when and by which event it
    ended (`closed_at` None = it is open)."""

    loan_id: str
    party: str
    due_on: date
    due_at: datetime | None
    closed_at: int | None
    closing: str
    fine: int
    days: int


class Lateness(Struct, frozen=True):
    """The days of one lateness: of a loan, after `base` up to `on`."""

    loan_id: str
    base: date
    on: date


class Earlier(Struct, frozen=True):
    """A copy as it stood at a moment of the past, and what is known of it since.

    `hit` has the loan of then. `known_at` is the time of the first thing known after that moment; `ends` the first
    event after it that tells of another hand (a loan, a return, a loss), `into_loan` that this was a loan to somebody;
    `renewed`: the loan of then was renewed after that moment.
    """

    hit: ItemHit
    known_at: int
    ends: Event | None
    into_loan: bool
    renewed: bool


class ChargeLine(Struct, frozen=True):
    """One open charge for a list and for payment."""

    charge_id: str
    party: str
    reason: str
    on: date
    amount: int
    left: int
    barcode: str = ""
    title: str = ""


class ActLine(Struct, frozen=True):
    """One act of a transaction or of the last ones, for lists, slips and undo. `letter` is the mark of the incarnation
    that recorded it: a copied or restored home goes on under another, and what was printed keeps its number."""

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
    letter: str


class FinishedTx(Struct, frozen=True):
    """A transaction that was ended: its number, and the mark of the incarnation that gave it. The reader is the one who
    stood at the desk ("" = nobody in particular)."""

    id: str
    number: int
    mark: str
    member_id: str


class TitleHit(Struct, frozen=True):
    """A title found by words, with its copies counted."""

    title: Title
    copies: int
    free: int


Hit = TypeVar("Hit")


class Hits(Struct, Generic[Hit], frozen=True):
    """What a search found: the best `rows` first, of `total` that fit; `uncounted`: there may be still more."""

    rows: tuple[Hit, ...] = ()
    total: int = 0
    uncounted: bool = False


class Reader(Protocol):
    """Facts, read in one consistent view."""

    def item_by_code(self, code: str) -> Sequence[ItemHit]: ...
    def items_of_half(self, code: str, limit: int) -> Sequence[ItemHit]: ...
    def item_by_inventory(self, number: str) -> Sequence[ItemHit]: ...
    def item_by_id(self, item_id: str) -> ItemHit | None: ...
    def items_of_title(self, title_id: str) -> Sequence[ItemHit]: ...
    def member_by_card(self, code: str) -> Sequence[MemberHit]: ...
    def member_by_id(self, member_id: str) -> MemberHit | None: ...
    def member_of_party(self, party: str) -> Member | None: ...
    def owed(self, member_id: str) -> int: ...
    def purses(self, member_id: str) -> Sequence[tuple[str, int]]: ...
    def member_type_name(self, code: str) -> str: ...
    def member_types(self) -> Sequence[MemberType]: ...
    def is_bare(self) -> bool: ...
    def party_is_idle(self, party: str, today: str) -> bool: ...
    def title(self, title_id: str) -> Title | None: ...
    def titles_by_isbn(self, isbn: str) -> Sequence[Title]: ...
    def find_titles(self, words: str, limit: int) -> Hits[TitleHit]: ...
    def find_members(self, words: str, limit: int) -> Hits[Member]: ...
    def loans_of_member(self, member_id: str, *, closed: bool, limit: int) -> Sequence[LoanLine]: ...
    def charges_of_member(self, member_id: str) -> Sequence[ChargeLine]: ...
    def charges(self, ids: Sequence[str]) -> Sequence[ChargeLine]: ...
    def lateness(self, charge_id: str) -> Lateness | None: ...
    def condition_charges(self, item_id: str) -> Sequence[tuple[ChargeLine, int]]: ...
    def lost_charges(self, item_id: str) -> Sequence[tuple[str, str, int]]: ...
    def account(self, party: str) -> AccountState: ...
    def suspended_until(self, party: str) -> str | None:
        """Until when a party may borrow nothing, as it is kept: an ISO date, None when it may."""
        ...

    def queue(self, title_id: str) -> Sequence[HoldFacts]: ...
    def holds_of_member(self, member_id: str) -> Sequence[tuple[str, str, str, str | None, str | None, int]]: ...
    def aside(self, hold_id: str) -> tuple[int, date] | None: ...
    def earlier(self, item_id: str, at: int) -> Earlier | None:
        """A copy at a moment of the past; None when nothing is known of it after that moment."""
        ...

    def loans_of_copy(self, item_id: str) -> Sequence[CopyLoan]: ...
    def acts(self, *, tx: str = "", limit: int = 20) -> Sequence[ActLine]: ...
    def event(self, event_id: str) -> Event | None: ...

    def cases(self, *, closed: bool = False) -> Sequence[Case]:
        """What the rules settled and a person should look at, newest first; `closed`: also what was settled."""
        ...

    def loan_of_event(self, event_id: str) -> tuple[str, str, int] | None: ...
    def charge_of_event(self, event_id: str) -> tuple[int, int] | None: ...
    def terms_of_closed(self, event_id: str) -> Terms | None: ...
    def finished_tx(self, tx: str) -> FinishedTx | None: ...
    def tx_is_finished(self, tx: str) -> bool: ...

    def was_printed(self, tx: str) -> bool:
        """Whether slips of a transaction went into the spool before; one too old to tell counts as printed."""
        ...

    def later_touching(self, event: Event) -> Sequence[Event]: ...
    def policy_on(self, day: date) -> Policy: ...
    def policy(self, version: str) -> Policy: ...
    def policies(self) -> Sequence[Policy]: ...
    def staff_list(self) -> Sequence[Staff]: ...
    def setting(self, key: str) -> Any: ...
    def note(self, note_id: str) -> str: ...
    def picture(self, name: str) -> bytes: ...
    def today(self, start: int, end: int) -> tuple[int, int, int]: ...


class Act(Reader, Protocol):
    """One transaction at the desk: facts and what is recorded stand or fall together."""

    @property
    def at(self) -> int:
        """The effective time of this act in milliseconds; of one with a stated earlier time, that time."""
        ...

    @property
    def now(self) -> int:
        """The present effective time in milliseconds, whatever time the act states."""
        ...

    @property
    def late(self) -> bool:
        """True for an act with a stated earlier time."""
        ...

    @property
    def tx(self) -> str:
        """The desk transaction of this act ("" = none)."""
        ...

    def record(
        self, kind: str, body: Body, *, event_id: str = "", present: bool = False, at: int | None = None
    ) -> Event:
        """Append one event; `present` marks a part that happens now though the act states an earlier time, `at` the
        time in milliseconds of a part of such an act that happened later than the act itself."""
        ...

    def new_id(self) -> str: ...
    def new_party(self, member_id: str) -> str: ...
    def next_receipt(self) -> int: ...
    def next_number(self, counter: str) -> int: ...
    def put_title(self, title: Title) -> None: ...
    def put_item(self, item: Item) -> None: ...
    def put_member(self, member: Member) -> None: ...

    def drop_member(self, member_id: str) -> None:
        """Take a reader's record away, with all that it says of the person."""
        ...

    def drop_copy(self, item_id: str) -> None:
        """Take the record of a copy that nothing hangs on away, and its title's where it was the only copy."""
        ...

    def put_member_type(self, kind: MemberType, source_key: str = "") -> None: ...
    def put_staff(self, staff: Staff) -> None: ...
    def put_note(self, note_id: str, body: str) -> None: ...
    def publish_policy(self, policy: Policy) -> None: ...
    def open_tx(self, tx: str, kind: str, member_id: str | None) -> int: ...
    def finish_tx(self, tx: str) -> None: ...
    def queue_print(self, kind: str, body: Mapping[str, Any], tx: str) -> int: ...
    def withdraw_prints(self, tx: str) -> list[dict[str, Any]]:
        """Take a transaction's waiting slips out of the spool and return what they said; what is printed stays."""
        ...

    def set_setting(self, key: str, value: Any) -> None: ...


class WrongPins(Struct, frozen=True):
    """How many wrong PINs there were since a right one, and the clocks at the last of them."""

    count: int
    last: Reading


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

    def wrong_pins(self, whose: str) -> WrongPins:
        """The wrong PINs that were typed one after the other for a person's id, or for signatures."""
        ...

    def note_wrong_pins(self, whose: str, wrong: WrongPins) -> None:
        """Keep them over a restart; no act of the library."""
        ...


class StagedLoan(NamedTuple):
    """One loan of another system as it waits to be taken: dates as ISO text ("" unknown), `at` its effective time.

    `loan_id` is derived from `key`; codes are compared by their keys; `rule` is the source's rule ("" = none).
    """

    key: str
    loan_id: str
    barcode: str
    barcode_key: str
    member_no: str
    no_key: str
    lent: str
    due: str
    returned: str
    open: bool
    renewals: int
    rule: str
    at: int
    file: str
    line: int


class StagedFine(NamedTuple):
    """One line of another system's fine ledger, in rupiah; `copy_key` the barcode its words end with, if any."""

    key: str
    no_key: str
    member_no: str
    charged: int
    paid: int
    words: str
    copy_key: str
    at: int
    file: str
    line: int


class StagedHold(NamedTuple):
    """One waiting reader of another system; `title_key` or `barcode_key` says for what."""

    key: str
    hold_id: str
    no_key: str
    member_no: str
    title_key: str
    barcode_key: str
    at: int
    file: str
    line: int


class StagedVisit(NamedTuple):
    """One entry of another system's visitor book."""

    visit_id: str
    at: int
    no_key: str
    name: str
    institution: str
    room: str


class Finding(NamedTuple):
    """A row of a source that was not taken (`taken` False), or taken with something a person should know.

    `params` is a JSON object of texts, `line` 0 where the source has no lines.
    """

    kind: str
    taken: bool
    reason: str
    file: str
    line: int
    part: str
    params: str
    excerpt: str


class ImportPlan(Struct, frozen=True):
    """What an import does beside its rows: how loans get their terms, which rules are published.

    `type_codes` gives a staged reader's type, as the source names it, its code here; `default_type` is for readers of
    whom the source says no type ("" = they stay without).
    `terms(member type, collection, material, rule)` gives the canonical terms ("{}" when no rule speaks) and their
    rule version; it is asked once per combination.
    """

    run_id: str
    source: str
    terms: Callable[[str, str, str, str], tuple[str, str]]
    policy: Policy | None = None
    member_types: Sequence[tuple[MemberType, str]] = ()
    type_codes: Mapping[str, str] = field(default_factory=dict)
    default_type: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    staff: str = ""
    dry_run: bool = False


class ImportTotals(Struct):
    """What an import did, by kind, and how source and store compare afterwards.

    `reconcile`: line of the sheet → (count or rupiah in the source's usable rows, in the store). `types`: the source's
    readers by the type they have here, `typed` of them were given the plan's default type. `kinds`: the source's copies
    by collection and material. `library`: all titles, copies and members that the library has afterwards.
    """

    accepted: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    reconcile: dict[str, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    types: dict[str, int] = field(default_factory=dict)
    typed: int = 0
    kinds: list[tuple[str, str, int]] = field(default_factory=list)
    library: dict[str, int] = field(default_factory=dict)
    policy: str = ""


Tick = Callable[[str, int, int], None]
"""Told which step a long work is at, and how many of how many; may raise to stop it."""


class ImportDoor(Protocol):
    """Where rows of another system wait aside, encrypted, until one transaction takes them all or none."""

    def begin(self) -> None: ...
    def title(self, title: Title, file: str, line: int, unsaid: str = "") -> None: ...
    def item(self, item: Item, title_key: str, title_text: str, file: str, line: int, unsaid: str = "") -> None: ...
    def member(self, member: Member, file: str, line: int, unsaid: str = "") -> None: ...
    def loan(self, loan: StagedLoan) -> None: ...
    def fine(self, fine: StagedFine) -> None: ...
    def hold(self, hold: StagedHold) -> None: ...
    def visit(self, visit: StagedVisit) -> None: ...
    def finding(self, finding: Finding) -> None: ...
    def picture(self, member_or_title: str, name: str, kind: str, data: bytes) -> None: ...
    def member_types(self) -> Sequence[tuple[MemberType, str]]: ...
    def policies(self) -> Sequence[Policy]: ...
    def commit(self, plan: ImportPlan, tick: Tick) -> ImportTotals: ...
    def findings(self) -> Iterable[Finding]: ...
    def close(self) -> None: ...


class SyncState(Struct, frozen=True):
    """How the desk stands to the server; a library with one desk has none. `since`: when the link became what it is, by
    the PC's clock (0 = not known yet); `contact`: when the server last answered; `unsent`: acts that it does not hold;
    `fault`: why not, as a code."""

    online: bool
    since: int = 0
    contact: int = 0
    unsent: int = 0
    fault: str = ""


Events = Iterable[Event]
