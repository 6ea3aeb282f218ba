"""The one door to the store: founding, opening, acting, reading.

One act is one `BEGIN IMMEDIATE` transaction: facts are read, the events appended, the projections moved, and only the
commit (synchronous=FULL) makes any of it true. Whatever goes wrong before that leaves the store as it was.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct
from msgspec.structs import replace

from app.domain.canonical import ZERO
from app.domain.clock import BEHIND_MS, LATEST_MS, ClockCheck, Reading, believable, effective
from app.domain.event import genesis
from app.domain.policy import Policy
from app.domain.receipt_no import FIRST_MARK, later_mark
from app.domain.vouch import ALL_VOUCHED
from app.ports import Clock, KnownError, WrongPins
from app.small_file import sync_folder
from db import journal
from db.backup import backup_before_migration, drop_wal
from db.connection import SCHEMA_VERSION, check_schema, check_sqlite, connect, schema_of
from db.copy_ahead import lacking_beside, set_aside
from db.desk_act import DeskAct
from db.errors import OF_THE_STORE, spoken
from db.facts import Facts
from db.high_water import HighWater, Lacking
from db.home import Home, only_desk
from db.identity import (
    Identity,
    Marker,
    get_meta,
    new_identity,
    new_incarnation,
    read_identity,
    set_meta,
)
from db.in_place import InPlace
from db.journal import Author
from db.keys import (
    Secrets,
    make_keys,
    open_with_keyring,
    open_with_recovery,
    read_wraps,
    rewrap_for_account,
    write_wraps,
)
from db.policies import Policies, rules_version
from db.projection import Projection
from db.replica_state import read_server
from db.seen import Seen
from db.settings import read_setting
from db.sql import Reading as Sql
from db.tally import Tally

_WRONG_PINS = "pins.tried."
VOUCH_DUE = "vouch_due"
UNOPENED = "0"
"""Stands for the token of a store that was founded and not opened yet."""


class Surroundings(Struct, frozen=True):
    """What a store needs from the account and the machine."""

    clock: Clock
    secrets: Secrets
    config: Path


class DeskStore:
    """An open home. Used by one thread; other threads open connections of their own."""

    def __init__(
        self,
        home: Home,
        connection: apsw.Connection,
        key: bytes,
        around: Surroundings,
        *,
        read_only: bool,
        holds: ExitStack,
    ) -> None:
        self.home = home
        self.connection = connection
        self.key = key
        self.read_only = read_only
        self._around = around
        self._holds = holds
        self.identity = read_identity(connection)
        self.policies = Policies(connection, self.identity.zone)
        self.projection = Projection(connection, self.identity.library, self.policies)
        self.author = journal.load_author(connection, self.identity.desk, self.identity.inc) or Author(
            0, self.identity.desk, self.identity.inc, 0, ZERO, 0, "?"
        )
        self.after_commit: list[Callable[[], None]] = []
        self._tally = Tally()
        self.seen = Seen(connection)
        # Taken after the first reading, which makes the log's files.
        self.in_place = InPlace(connection.filename)
        self.minted = False
        self.lacking: Lacking | None = None
        self.high_water = HighWater(around.config)
        self.stopped_by = ""
        """Why the last act could not be recorded, as a KnownError's code; "" since one was."""
        self.marked = False
        """True once this place knows the store as its own."""
        self.copied = threading.Event()
        """Set by the sync when it meets acts of this incarnation that were made elsewhere."""
        self._version = -1
        self._rules_read = -1

    @property
    def zone(self) -> str:
        """The library's time zone."""
        return self.identity.zone

    @property
    def last_at(self) -> int:
        """The effective time of this incarnation's last act."""
        return self.author.last_at

    @property
    def letter(self) -> str:
        """The mark of this incarnation on receipts and slips."""
        return self.author.letter

    def now(self) -> int:
        """The effective time an act would have now."""
        return effective(self._read_clock().wall, self.author.last_at).at

    def behind_ms(self) -> int:
        """How far the PC's clock stands behind the last act; 0 when it does not."""
        return effective(self._read_clock().wall, self.author.last_at).behind_ms

    def _read_clock(self) -> Reading:
        """The PC's clocks, within the times that can be reckoned with; no act is made at their ends."""
        reading = self._around.clock.read()
        return replace(reading, wall=min(max(reading.wall, 0), LATEST_MS))

    def _clock_for_act(self, last_at: int) -> tuple[Reading, ClockCheck]:
        """The clocks and the time of an act after `last_at`; KnownError("clock-broken") when no act can have it."""
        reading = self._read_clock()
        check = effective(reading.wall, last_at)
        if not believable(check.at):
            raise KnownError("clock-broken")
        return reading, check

    def need_clock(self, last_at: int) -> None:
        """KnownError("clock-broken") unless an act could be made now after `last_at`."""
        self._clock_for_act(last_at)

    @contextmanager
    def act(self, *, staff: str = "", tx: str = "", stated_at: int | None = None) -> Iterator[DeskAct]:
        """One transaction. Leaving the block commits; an exception inside leaves nothing behind.

        KnownError: "clock-broken" when the PC's clock says a time that no act can have; "store-moved" when the
        store's file was replaced or removed under the desk, so nothing counts that is recorded in it.
        """
        if self.read_only:
            raise KnownError("store-read-only")
        self.in_place.check()
        before = replace(self.author)
        written = self.connection.total_changes()
        try:
            with spoken():
                self._begin()
                before = replace(self.author)
                reading, check = self._clock_for_act(self.author.last_at)
                late = stated_at is not None and stated_at < check.at
                act = DeskAct(self, reading, check.at, staff, tx, stated_at=stated_at if late else None)
                if check.behind_ms > BEHIND_MS and not late:
                    self._note_clock(act, check.behind_ms, reading.boot)
                yield act
                act.ends_vouched()
                if act.recorded:
                    journal.save_author(self.connection, self.author)
                    self.projection.save()
                self.connection.execute("COMMIT")
        except BaseException as fault:
            if isinstance(fault, KnownError) and fault.code in OF_THE_STORE:
                self.stopped_by = fault.code
            self._roll_back(before)
            raise
        # Once more before anything is said: what went into a file that nobody finds again did not happen.
        self.in_place.check()
        # A slip in the spool or a changed setting is news as well, though no event tells of it.
        if self.connection.total_changes() != written:
            self.stopped_by = ""
            for listener in self.after_commit:
                listener()

    def _begin(self) -> None:
        """Begin writing, with what the sync wrote since the last act taken into account."""
        self.connection.execute("BEGIN IMMEDIATE")
        self._take_notice()
        if self.author.fork or self.copied.is_set():
            # This home was copied: whoever has the other one writes the same chain. Here it is gone on with anew.
            self.connection.execute("ROLLBACK")
            self.copied.clear()
            mint_incarnation(self, "copied-or-restored")
            self.connection.execute("BEGIN IMMEDIATE")

    def _take_notice(self) -> None:
        """Read again what is kept in memory, when another connection has written; inside a transaction."""
        reading: Sql = self.connection
        version = int(reading.execute("PRAGMA data_version").fetchone()[0])
        if version == self._version:
            return
        self._version = version
        self.projection.reload()
        self.author = journal.load_author(reading, self.identity.desk, self.identity.inc) or self.author
        rules = rules_version(reading)
        if rules != self._rules_read:
            self._rules_read = rules
            self.policies.reload()

    def wrong_pins(self, whose: str) -> WrongPins:
        """The wrong PINs that were typed one after the other for a person's id, or for signatures."""
        with spoken():
            row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (_WRONG_PINS + whose,)).fetchone()
        count, wall, mono, boot = json.loads(row[0]) if row else (0, 0, 0, "")
        return WrongPins(count, Reading(wall, mono, boot))

    def note_wrong_pins(self, whose: str, wrong: WrongPins) -> None:
        """Keep them over a restart; they are this desk's own and no act of the library."""
        last = wrong.last
        with spoken():
            kept = json.dumps([wrong.count, last.wall, last.mono, last.boot])
            set_meta(self.connection, _WRONG_PINS + whose, kept)

    def _note_clock(self, act: DeskAct, behind: int, boot: str) -> None:
        key = f"clock.behind.{self.identity.inc}"
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        if row is None or row[0] != boot:
            set_meta(self.connection, key, boot)
            act.record("clock.behind", {"by": behind})

    def _roll_back(self, before: Author) -> None:
        if not self.connection.get_autocommit():
            # SQLite may have rolled back by itself (full disk, I/O error); the store is as before the act.
            with suppress(apsw.Error):
                self.connection.execute("ROLLBACK")
        self.author = before
        self.seen.forget()
        # On a failing disk the next act will say so; what is in memory is what was last read.
        with suppress(apsw.Error):
            self.projection.reload()
            self.policies.reload()

    @contextmanager
    def read(self) -> Iterator[Facts]:
        """One consistent view for reading."""
        alone = self.connection.get_autocommit()
        tally = self._tally if alone else None
        facts = Facts(self.connection, self.identity.library, self.policies, self.zone, tally, self.seen)
        if not alone:
            yield facts
            return
        with spoken():
            self.connection.execute("BEGIN")
            try:
                self._take_notice()
                yield facts
            finally:
                if not self.connection.get_autocommit():
                    self.connection.execute("COMMIT")

    @property
    def secrets_place(self) -> str:
        """Where the opener of the key stands: "keyring" or "file"."""
        return self._around.secrets.place

    def another_reader(self) -> apsw.Connection:
        """A read-only connection for another thread."""
        return connect(self.home.store, self.key, read_only=True)

    def close(self) -> None:
        """Close the connection and let the home go. Outside it is kept how far the journal went; a copy that was made
        while the desk was open is none of this store any more."""
        if self.marked:
            # On a failing disk there may be nothing to learn, and the next start needs nothing of it.
            with suppress(KnownError, apsw.Error):
                self.high_water.keep(self.connection, self.identity)
                mark_place(self, self._around, ours=True)
        self.connection.close()
        self._holds.close()


def found(
    home: Home, zone: str, policy: Policy, around: Surroundings, settings: Mapping[str, Any] | None = None
) -> tuple[DeskStore, str]:
    """Found a library in an empty home. Returns the open store and the recovery key to print, once."""
    identity, private = new_identity(zone)

    def begin(store: DeskStore) -> None:
        with store.act() as act:
            act.record("library.founded", {"zone": zone, ALL_VOUCHED: True})
            act.publish_policy(policy)
            for key, value in (settings or {}).items():
                act.set_setting(key, value)

    return make_home(home, identity, private, around, begin)


def make_home(
    home: Home, identity: Identity, private: bytes, around: Surroundings, begin: Callable[[DeskStore], None]
) -> tuple[DeskStore, str]:
    """Make a store in an empty home; `begin` gives it its first content. Returns it open, and its recovery key.

    The store is built aside and put in place when it is whole, so that an interrupted making leaves an empty home.
    """
    check_sqlite()
    if home.exists():
        raise KnownError("home-not-empty", {"path": str(home.root)})
    home.make()
    holds = ExitStack()
    holds.enter_context(only_desk(home))
    try:
        keys = make_keys(around.secrets, identity.desk)
        aside = home.store.with_name("founding.db")
        aside.unlink(missing_ok=True)
        drop_wal(aside)
        bring_store_up(aside, keys.raw, lambda _version: None)
        with spoken(), closing(connect(aside, keys.raw)) as connection:
            _write_identity(connection, identity, private, around.clock.read().wall)
            fresh = DeskStore(home, connection, keys.raw, around, read_only=False, holds=ExitStack())
            begin(fresh)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        write_wraps(home.keys, keys.wraps)
        drop_wal(home.store)
        aside.replace(home.store)
        sync_folder(home.root)
        drop_wal(aside)
        store = _open(home, keys.raw, around, holds)
    except BaseException:
        holds.close()
        raise
    return store, keys.recovery


def _write_identity(connection: apsw.Connection, identity: Identity, private: bytes, now: int) -> None:
    with connection:
        for key in ("library", "desk", "inc", "zone"):
            set_meta(connection, key, getattr(identity, key))
        set_meta(connection, "desk_private_key", private)
        set_meta(connection, "opened", UNOPENED)
        set_meta(connection, "state_hash", ZERO)
        head = genesis(identity.library, identity.desk, identity.inc, identity.zone)
        journal.start_author(connection, identity.desk, identity.inc, head, 0, FIRST_MARK)


def open_store(home: Home, around: Surroundings, *, read_only: bool = False, recovery: str = "") -> DeskStore:
    """Open a home as its one desk, or read-only beside the desk.

    Raises KnownError: home-empty, second-desk, keys-missing, keyring-lost (the recovery key opens it),
    recovery-key-wrong, sqlite-too-old, store-too-new, store-damaged.
    """
    check_sqlite()
    if not home.exists():
        raise KnownError("home-empty", {"path": str(home.root)})
    holds = ExitStack()
    if not read_only:
        holds.enter_context(only_desk(home))
    try:
        key = _unlock(home, around, recovery, keep=not read_only)
        if read_only:
            return _open_beside(home, key, around, holds)
        return _open(home, key, around, holds)
    except BaseException:
        holds.close()
        raise


def _open_beside(home: Home, key: bytes, around: Surroundings, holds: ExitStack) -> DeskStore:
    """Open for reading only, beside the desk; nothing is brought up, counted or minted."""
    connection = connect(home.store, key, read_only=True)
    try:
        with spoken():
            check_schema(connection)
            return DeskStore(home, connection, key, around, read_only=True, holds=holds)
    except BaseException:
        connection.close()
        raise


def _unlock(home: Home, around: Surroundings, recovery: str, *, keep: bool) -> bytes:
    """The raw key; with the recovery key the account learns it again, unless the home is only looked at."""
    wraps = _wraps_of(home, keep=keep)
    key = open_with_keyring(around.secrets, wraps)
    if key is None and not recovery:
        raise KnownError("keyring-lost", {"path": str(home.root)})
    if recovery:
        key = open_with_recovery(recovery, wraps)
        if keep:
            write_wraps(home.keys, rewrap_for_account(around.secrets, "meja", key, wraps))
    assert key is not None
    return key


def _wraps_of(home: Home, *, keep: bool) -> dict[str, Any]:
    """The wraps beside the store. When they are lost or spoilt: those of the second copy or of the newest backup, all
    of which wrap the same key; `keep` puts them back."""
    try:
        return read_wraps(home.keys)
    except KnownError:
        for path in (home.second / home.keys.name, *sorted(home.backups.glob(f"*/{home.keys.name}"), reverse=True)):
            with suppress(KnownError):
                wraps = read_wraps(path)
                if keep:
                    write_wraps(home.keys, wraps)
                return wraps
        raise


def _open(home: Home, key: bytes, around: Surroundings, holds: ExitStack) -> DeskStore:
    connection = _connect_brought_up(home, key)
    try:
        with spoken():
            store = DeskStore(home, connection, key, around, read_only=False, holds=holds)
            _recognise(store, around)
            _vouch_for_before(store)
    except BaseException:
        connection.close()
        raise
    return store


def _connect_brought_up(home: Home, key: bytes) -> apsw.Connection:
    """A connection to a store of this program's schema; an older one is brought up first."""
    connection = connect(home.store, key)
    with spoken(), ExitStack() as on_failure:
        on_failure.callback(connection.close)
        if schema_of(connection) == SCHEMA_VERSION:
            on_failure.pop_all()
            return connection
    bring_store_up(home.store, key, lambda version: backup_before_migration(home, key, version))
    return connect(home.store, key)


def bring_store_up(path: Path, key: bytes, backup: Callable[[int], None]) -> None:
    """Apply the migrations a store lacks. What does it is fetched only now: it costs a tenth of a start."""
    from db.migrate import StoreDatabase, bring_up

    database = StoreDatabase(path, key)
    with spoken():
        try:
            database.connect()
            bring_up(database, backup)
        finally:
            database.close()


def _vouch_for_before(store: DeskStore) -> None:
    """A store from before the chain vouched for records does so for its people and settings, once. Among several desks
    it would set what another one has changed meanwhile; there each record is vouched for when it is next edited."""
    reading: Sql = store.connection
    due = reading.execute("SELECT 1 FROM meta WHERE key = ? AND value = '1'", (VOUCH_DUE,)).fetchone()
    if due is None or read_server(reading) is not None:
        return
    done = reading.execute("SELECT 1 FROM event WHERE instr(body, ?)", (f'"{ALL_VOUCHED}":true',)).fetchone()
    # Where the PC's clock is broken it has time until that is mended.
    with suppress(KnownError), store.act() as act:
        if done is None:
            act.vouch_for_all()
        set_meta(store.connection, VOUCH_DUE, "0")


def _recognise(store: DeskStore, around: Surroundings) -> None:
    """Compare with what is kept outside the home; a copy or an older state that was put back goes on as a new
    incarnation."""
    connection, known = store.connection, store.high_water
    token = get_meta(connection, "opened")
    elsewhere = token != UNOPENED and not Marker(around.config, store.identity.desk, store.home.root).agrees(token)
    lacking = _lacking_beside(store) or known.lacking(connection, store.identity)
    if elsewhere or lacking or known.forked(connection, store.identity):
        mint_incarnation(store, "copied-or-restored", lacking=lacking)
    mark_place(store, around, ours=not store.minted)


def _lacking_beside(store: DeskStore) -> Lacking | None:
    """What the second copy knows beyond this store. Such a copy is put aside at once, so that it can be named."""
    folder = store.home.second_at(str(read_setting(store.connection, "copy.folder")), store.identity.desk)
    found = lacking_beside(store.connection, store.home, folder, store.key, store.identity)
    with suppress(OSError):
        # Where the folder does not let it, the copy is named where it lies; its thread says that it cannot write there.
        kept = set_aside(store.home, folder) if found else None
        return replace(found, copy=str(kept)) if found and kept else found
    return found


def mark_place(store: DeskStore, around: Surroundings, *, ours: bool) -> None:
    """Give the store and its place a fresh token, which every copy made before lacks.

    `ours`: the store bears this place's token now. Then the place knows both while the store changes over, and a kill
    in between leaves the store known; no act is made in that time. The token of a store from elsewhere is never the
    place's: its other copies bear it too.
    """
    marker = Marker(around.config, store.identity.desk, store.home.root)
    fresh = secrets.token_hex(16)
    if ours:
        marker.write(get_meta(store.connection, "opened"), fresh)
    with store.connection:
        set_meta(store.connection, "opened", fresh)
    marker.write(fresh)
    store.marked = True


def _unheard_of(connection: Sql, identity: Identity) -> tuple[Identity, str]:
    """The same desk under a fresh name, and its mark on paper: one that no incarnation known here has."""
    known = {str(row[0]) for row in connection.execute("SELECT letter FROM author WHERE desk = ?", (identity.desk,))}
    while True:
        fresh = replace(identity, inc=new_incarnation())
        mark = later_mark(fresh.inc)
        if mark not in known:
            return fresh, mark


def mint_incarnation(store: DeskStore, reason: str, staff: str = "", lacking: Lacking | None = None) -> None:
    """Go on as a new incarnation of the same desk: a fresh chain, fresh receipt numbers; logged and said, with the
    numbers of what is known to have been and is not here (`lacking`, else what the account's marks tell)."""
    connection = store.connection
    store.lacking = lacking or store.high_water.lacking(connection, store.identity)
    reading: Sql = connection
    identity, mark = _unheard_of(reading, store.identity)
    newest = reading.execute(
        "SELECT max(last_at) FROM author WHERE desk = ? AND inc = ? AND letter <> ''",
        (identity.desk, store.identity.inc),
    ).fetchone()[0]
    # A person said that the PC is right now: only then may this desk's time go back.
    started = newest or 0 if reason != "clock" else 0
    store.need_clock(started)
    with connection:
        set_meta(connection, "inc", identity.inc)
        head = genesis(identity.library, identity.desk, identity.inc, identity.zone)
        store.author = journal.start_author(connection, identity.desk, identity.inc, head, started, mark)
    store.identity = identity
    store.minted = True
    with store.act(staff=staff) as act:
        lacks = {"lacks": store.lacking.to_json()} if store.lacking else {}
        act.record("incarnation.started", {"reason": reason, **lacks})
