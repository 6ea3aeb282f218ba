"""A founded library in a folder of the test's own, on a clock that stands still until it is moved.

Everything goes through the real store and the real services; nothing here knows a window.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app.domain import right
from app.domain.canonical import ZERO
from app.domain.clock import Reading, to_ms, zone
from app.domain.ids import derived_id
from app.domain.policy import Policy
from app.domain.records import Item, Member, MemberType, Staff, Title
from app.domain.scan_rules import from_json as rules_from_json
from app.services.circulation import Circulation, Desk
from app.services.desk import DeskScreen
from app.services.holds import Holds
from app.services.money import Money
from app.services.outcome import Outcome
from app.services.session import Session
from app.services.staff import add_staff
from db.home import Home
from db.secret_store import FileSecrets
from db.store import DeskStore, Surroundings, found, open_store
from resources.loader import load_json

ZONE = "Asia/Jakarta"
MONDAY = datetime.fromisoformat("2026-03-02T09:00")
MINUTE, DAY = 60_000, 86_400_000
CARD, OTHER_CARD = "21.01.0042", "21.02.0107"


def local(moment: datetime) -> int:
    """Milliseconds of a local time of the library."""
    return to_ms(moment.replace(tzinfo=zone(ZONE)))


@dataclass(slots=True)
class HandClock:
    """A clock that goes only by hand; wall and monotonic time can part, as on a PC whose date is put right."""

    wall: int = local(MONDAY)
    mono: int = 1_000_000
    boot: str = "boot-1"

    def read(self) -> Reading:
        """The present reading."""
        return Reading(self.wall, self.mono, self.boot)

    def go(self, *, days: int = 0, minutes: int = 0, ms: int = 0) -> None:
        """Let time pass."""
        step = days * DAY + minutes * MINUTE + ms
        self.wall += step
        self.mono += step

    def put(self, moment: str) -> None:
        """Set the wall clock to a local time; monotonic time goes on by a minute."""
        self.wall = local(datetime.fromisoformat(moment))
        self.mono += MINUTE


def campus(profile: str = "meja", **changes: Any) -> Policy:
    """The shipped rules; `thresholds` replaces some of them, other names replace parts of the document."""
    name = "campus" if profile == "meja" else "campus-slims"
    document: dict[str, Any] = dict(load_json(f"policy/{name}.json"))
    document["thresholds"] = {**document["thresholds"], **changes.pop("thresholds", {})}
    return Policy.from_json({**document, **changes})


def head() -> Staff:
    """Somebody with every right, for verbs called without a session."""
    return Staff("f" * 32, "Kepala", "Kepala", right.ALL)


@dataclass(slots=True)
class Library:
    """An open library with its clock and makers of records."""

    root: Path
    clock: HandClock
    around: Surroundings
    store: DeskStore
    recovery: str
    titles: dict[str, Title] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        """The home's folder."""
        return self.store.home

    @property
    def desk(self) -> Desk:
        """Somebody with every right, in one long transaction."""
        return Desk(head(), tx="d" * 32)

    @property
    def circulation(self) -> Circulation:
        """The verbs of lending."""
        return Circulation(self.store)

    @property
    def money(self) -> Money:
        """The verbs of the cash box."""
        return Money(self.store)

    @property
    def holds(self) -> Holds:
        """The verbs of the queue."""
        return Holds(self.store)

    def title(self, name: str, **more: Any) -> Title:
        """A title, put in once."""
        if name not in self.titles:
            self.titles[name] = Title(derived_id("test-title", name), name, **{"material": "buku", **more})
            with self.store.act() as act:
                act.put_title(self.titles[name])
        return self.titles[name]

    def item(self, barcode: str, title: str = "", **more: Any) -> Item:
        """A copy; without a title it has one of its own."""
        record = self.title(title or f"Judul {barcode}")
        item = Item(derived_id("test-item", barcode), record.id, barcode, **{"collection": "umum", **more})
        with self.store.act() as act:
            act.put_item(item)
        self.items[barcode] = item
        return item

    def member(self, number: str = CARD, name: str = "Ahmad Fauzi", **more: Any) -> Member:
        """A reader; a student in good standing unless said otherwise."""
        usual = {"member_type": "mahasiswa", "registered_on": date(2025, 9, 1), "expires_on": date(2027, 8, 31)}
        member = Member(derived_id("test-member", number), number, name, **{**usual, **more})
        with self.store.act() as act:
            act.put_member_type(MemberType(member.member_type, member.member_type.title()))
            act.put_member(member)
        self.members[number] = member
        return member

    def staff(self, name: str = "Siti Rahma", rights: frozenset[str] = right.ALL, pin: str = "") -> Staff:
        """A person at the desk."""
        with self.store.act() as act:
            return add_staff(act, secrets.token_hex(16), name, name.split()[0], rights, pin)

    def set(self, key: str, value: Any) -> None:
        """Keep a setting."""
        with self.store.act() as act:
            act.set_setting(key, value)
            act.record("record.edited", {"record": "setting", "id": act.new_id()})

    def session(self, staff: Staff | None = None) -> Session:
        """A desk in service; without anybody named, somebody with every right serves."""
        with self.store.read() as facts:
            kept = facts.setting("scan.rules")
        rules = rules_from_json(kept or load_json("scan_rules/default.json"))
        return Session(self.store, self.clock, rules, staff or head())

    def screen(self, session: Session | None = None) -> DeskScreen:
        """The screen half over a session."""
        return DeskScreen(self.store, session or self.session(), self.clock)

    def lend(self, card: str, barcode: str, **stated: Any) -> Outcome:
        """Lend without a session."""
        desk = replace(self.desk, **stated)
        return self.circulation.lend(desk, self.members[card].id, self.items[barcode].id)

    def bring(self, barcode: str, **stated: Any) -> Outcome:
        """Return without a session."""
        return self.circulation.return_item(replace(self.desk, **stated), self.items[barcode].id)

    def owed(self, card: str = CARD) -> int:
        """What a reader owes."""
        with self.store.read() as facts:
            hit = facts.member_by_id(self.members[card].id)
        assert hit is not None
        return hit.facts.owed

    def has(self, card: str = CARD) -> list[str]:
        """The barcodes a reader has, in the order of lending."""
        with self.store.read() as facts:
            lines = facts.loans_of_member(self.members[card].id, closed=False, limit=200)
        return sorted(line.barcode for line in lines)

    def kinds(self, last: int = 0) -> list[str]:
        """The kinds of the journal's events, oldest first; only the `last` ones when given."""
        rows = [row[0] for row in rows_of(self.store, "SELECT kind FROM event ORDER BY n")]
        return rows[-last:] if last else rows

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def hurry(self) -> None:
        """Let go of waiting for the disk, for tests of many acts that never look at the disk."""
        self.store.connection.execute("PRAGMA synchronous = off")

    def reopen(self, **how: Any) -> DeskStore:
        """Close and open again."""
        self.store.close()
        self.store = open_store(Home(self.root), self.around, **how)
        return self.store


def surroundings(folder: Path, clock: HandClock | None = None) -> Surroundings:
    """An account of its own under `folder`."""
    config = folder / "config"
    return Surroundings(clock or HandClock(), FileSecrets(config), config)


def founded(
    folder: Path, policy: Policy | None = None, settings: Mapping[str, Any] | None = None, at: datetime = MONDAY
) -> Library:
    """Found a library under `folder`."""
    clock = HandClock(local(at))
    around = surroundings(folder, clock)
    rules = policy or campus()
    store, recovery = found(Home(folder / "home"), rules.time_zone, rules, around, settings)
    return Library(folder / "home", clock, around, store, recovery)


def scan(session: Session, *codes: str) -> Outcome:
    """Scan codes one after the other, two seconds apart; the last one's answer."""
    outcome = None
    for code in codes:
        clock = session.clock
        assert isinstance(clock, HandClock)
        clock.go(ms=2000)
        outcome = session.scan(code)
    assert outcome is not None
    return outcome


def rows_of(store: DeskStore, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Rows of the store, for looking behind the services."""
    return list(store.connection.execute(statement, values))


DERIVED = (
    "item_state", "loan", "finding", "queue_state", "hold", "account", "charge", "payment", "undone",
)  # fmt: skip


def derived(store: DeskStore) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that is derived from the journal, and the state hash."""
    tables = {table: sorted(map(repr, rows_of(store, f"SELECT * FROM {table}"))) for table in DERIVED}
    return {**tables, "state_hash": [(store.projection.state_hash,)]}  # type: ignore[dict-item]


def rebuilt(store: DeskStore) -> dict[str, list[tuple[Any, ...]]]:
    """The same after folding the whole journal again; the store stays as it was."""
    from db.policies import Policies
    from db.rebuild import rebuild

    connection = store.connection
    before = store.projection.state_hash
    connection.execute("BEGIN IMMEDIATE")
    try:
        state = rebuild(connection, store.identity.library, Policies(connection, store.zone))
        tables = {table: sorted(map(repr, rows_of(store, f"SELECT * FROM {table}"))) for table in DERIVED}
        return {**tables, "state_hash": [(state,)]}  # type: ignore[dict-item]
    finally:
        connection.execute("ROLLBACK")
        store.projection.state_hash = before


def arrived_otherwise(store: DeskStore, order: Callable[[list[Any]], None]) -> dict[str, list[tuple[Any, ...]]]:
    """The derived rows after every event came in one by one in another order (`order` mixes the rows in place); the
    store stays as it was."""
    from db.journal import SELECT, from_row

    connection = store.connection
    before = store.projection.state_hash
    rows = rows_of(store, SELECT)
    kept = rows_of(store, "SELECT * FROM event")
    pairs = list(zip(kept, [from_row(store.identity.library, row) for row in rows], strict=True))
    order(pairs)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for table in ("event", *DERIVED):
            connection.execute(f"DELETE FROM {table}")
        store.projection.state_hash = ZERO
        for number, (values, event) in enumerate(pairs, 1):
            marks = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO event VALUES ({marks})", (number, *values[1:]))
            store.projection.take([event])
        tables = {table: sorted(map(repr, rows_of(store, f"SELECT * FROM {table}"))) for table in DERIVED}
        return {**tables, "state_hash": [(store.projection.state_hash,)]}  # type: ignore[dict-item]
    finally:
        connection.execute("ROLLBACK")
        store.projection.state_hash = before


def days(count: int) -> timedelta:
    """A number of days."""
    return timedelta(days=count)
