"""One act in progress: what a block of `DeskStore.act` may write, and the events that say so.

What the chain vouches for (see `app.domain.vouch`) can be put here only: the block's next event lists it, and a block
that ends without such an event is refused.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.domain.canonical import canonical_text
from app.domain.clock import Reading, local_date
from app.domain.event import Body, Event, OrderKey, check_body
from app.domain.ids import act_id
from app.domain.policy import Policy
from app.domain.records import Item, Member, MemberType, Staff, Title
from app.domain.vouch import ALL_VOUCHED, VOUCHES, fields_of
from app.ports import KnownError
from db import journal
from db.facts import NUMBERED_BY, Facts
from db.identity import set_meta
from db.records import Records
from db.replica_fields import read_fields
from db.replica_state import edited_at
from db.settings import write_setting
from db.vouched import Vouching

if TYPE_CHECKING:
    from db.store import DeskStore


class DeskAct(Facts):
    """One act in progress. Made by `DeskStore.act`, dead after its block."""

    def __init__(
        self, store: DeskStore, reading: Reading, at: int, staff: str, tx: str, *, stated_at: int | None
    ) -> None:
        super().__init__(store.connection, store.identity.library, store.policies, store.zone, seen=store.seen)
        self._store = store
        self._reading = reading
        self._now = at
        self._at = at if stated_at is None else stated_at
        self._staff = staff
        self._tx = tx
        self._late = stated_at is not None
        self._records = Records(store.connection)
        self._vouching = Vouching(self._db)
        self._not_before = 0
        self.recorded: list[Event] = []

    @property
    def at(self) -> int:
        """The effective time of this act in milliseconds; of one with a stated earlier time, that time."""
        return self._at

    @property
    def now(self) -> int:
        """The present effective time in milliseconds, whatever time the act states."""
        return self._now

    @property
    def late(self) -> bool:
        """True for an act with a stated earlier time."""
        return self._late

    @property
    def tx(self) -> str:
        """The desk transaction this act belongs to ("" = none)."""
        return self._tx

    def new_id(self) -> str:
        """A fresh time-ordered id."""
        return act_id(self._reading.wall, secrets.token_bytes(10))

    def record(
        self, kind: str, body: Body, *, event_id: str = "", present: bool = False, at: int | None = None
    ) -> Event:
        """Append one event and move the projections with it.

        `present`: a part that happens now, though the act itself states an earlier time. `at`: the time in milliseconds
        of a part of such an act that happened later than the act itself, yet before now.
        """
        full = {**body, "tx": self._tx} if self._tx else dict(body)
        if self._vouching.waiting:
            full[VOUCHES] = self._vouching.take()
        reason = check_body(kind, full)
        if reason:
            raise ValueError(f"{kind}: {reason}")
        author = self._store.author
        late = self._late and not present
        own = self._now if not late else self._at if at is None else min(at, self._now)
        place = own if late else max(own, self._after_known(full), self._not_before)
        if place > own:
            full["day"] = local_date(own, self._store.zone).isoformat()
        event = Event(
            id=event_id or self.new_id(),
            library=self._store.identity.library,
            desk=author.desk,
            inc=author.inc,
            seq=author.seq + 1,
            at=place,
            wall=self._reading.wall,
            mono=self._reading.mono,
            boot=self._reading.boot,
            kind=kind,
            staff=self._staff,
            body=full,
            late=late,
        )
        # An act moved past a wrong clock's acts must not drag this desk's time along.
        journal.append(self._store.connection, author, event, moves_time=place == own)
        self._store.projection.apply(event)
        self.recorded.append(event)
        return event

    def ends_vouched(self) -> None:
        """RuntimeError when the block put what no event of it vouches for: a fault of the program."""
        if self._vouching.waiting:
            raise RuntimeError("an act put records that no event of it vouches for")

    def _after_known(self, body: Body) -> int:
        """The earliest time that comes after everything known of the copy or queue an act is about.

        Acts made under a clock that ran ahead stand in the future. What happens to that book now happens after them,
        whatever the PC says; `day` then carries the true date.
        """
        item, queue = body.get("item"), body.get("queue")
        author, known = self._store.author, self._now
        if item:
            row = self._db.execute("SELECT state FROM item_state WHERE item = ?", (item,)).fetchone()
            key = json.loads(row[0])["key"] if row else [0]
            # At one and the same moment the incarnations' random names would decide.
            if key >= [known, author.desk, author.inc, author.seq + 1]:
                known = int(key[0]) + 1
        if queue:
            row = self._db.execute("SELECT max(at) FROM event WHERE queue = ?", (queue,)).fetchone()
            known = max(known, (row[0] or 0) + 1 if (row[0] or 0) > self._now else 0)
        return known

    def _after_revision(self, kind: str, record_id: str) -> int:
        """The time of an edit: after the revision that it changes, also where another desk's clock ran ahead. The
        event of it comes no earlier, so that every desk finds the same one to be the last."""
        at = max(self._at, edited_at(self._db, kind, record_id) + 1)
        if fields_of(kind, record_id):
            self._not_before = max(self._not_before, at)
        return at

    def _place_in_order(self, at: int) -> OrderKey:
        """The place of this act's next event: at one moment it follows this incarnation's own acts."""
        author = self._store.author
        return (at, author.desk, author.inc, author.seq + 1)

    def new_party(self, member_id: str) -> str:
        """A fresh party token linked to a reader; it is newer than the reader's others, also while time stands still
        or an earlier time is stated."""
        token = secrets.token_hex(16)
        row = self._db.execute("SELECT max(made_at) FROM party WHERE member = ?", (member_id,)).fetchone()
        newest = row[0] if row[0] is not None else self._at - 1
        self._records.put_party(token, member_id, max(self._at, newest + 1))
        self._vouching.put("party", token, {"member": member_id})
        return token

    def next_number(self, counter: str) -> int:
        """The next number of a counter of this incarnation (receipts, slips, holds); starts at 1, has no gaps."""
        key = f"count.{counter}.{self._store.identity.inc}"
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        number = int(row[0]) + 1 if row else 1
        set_meta(self._store.connection, key, number)
        return number

    def next_receipt(self) -> int:
        """The next receipt number."""
        return self.next_number("receipt")

    def put_title(self, title: Title) -> None:
        self._records.put_title(title, self._at)

    def put_item(self, item: Item) -> None:
        self._records.put_item(item, self._at)

    def put_member(self, member: Member) -> None:
        self._records.put_member(member, self._at)

    def drop_member(self, member_id: str) -> None:
        self._records.drop_member(member_id, self._at)

    def drop_copy(self, item_id: str) -> None:
        self._records.drop_copy(item_id, self._at)

    def put_member_type(self, kind: MemberType, source_key: str = "") -> None:
        self._records.put_member_type(kind, self._at, source_key)

    def put_staff(self, staff: Staff) -> None:
        before = read_fields(self._db, "staff", staff.id) or {}
        self._records.put_staff(staff, self._after_revision("staff", staff.id))
        now = read_fields(self._db, "staff", staff.id) or {}
        # Only what this act changes: nobody who gives a person another name says anything about the rights.
        self._vouching.put("staff", staff.id, {name: one for name, one in now.items() if before.get(name, ...) != one})

    def put_note(self, note_id: str, body: str) -> None:
        kept = self._records.put_note(note_id, body, self._at)
        self._vouching.put("note", note_id, {"body": kept})

    def vouch_for_all(self) -> None:
        """Accept the people and the guarding settings as they stand, and vouch for them from now on."""
        for kind, names in (("staff", "SELECT id FROM staff"), ("setting", "SELECT key FROM setting")):
            for (record,) in self._db.execute(names).fetchall():
                self._vouching.put(kind, record, read_fields(self._db, kind, record) or {})
                self._records.changed(kind, record, self._at)
        self.record("record.edited", {"record": "vouched", "id": self.new_id(), ALL_VOUCHED: True})

    def publish_policy(self, policy: Policy) -> None:
        """Keep a new rule version and log it; it holds from its own date on."""
        if policy.time_zone != self._store.zone:
            raise KnownError("policy-other-zone", {"found": policy.time_zone, "needed": self._store.zone})
        found = self._store.policies.hash_of(policy)
        event = self.record("policy.published", {"version": policy.version, "hash": found})
        self._store.policies.add(policy, event.key)

    def open_tx(self, tx: str, kind: str, member_id: str | None) -> int:
        """Begin a desk transaction and return its running number.

        One whose acts an earlier incarnation recorded keeps the mark of the one that numbers it now.
        """
        number = self.next_number("act")
        others = "SELECT 1 FROM event e JOIN author a ON a.a = e.author WHERE e.tx = ? AND a.letter <> ? LIMIT 1"
        if self._db.execute(others, (tx, self._store.letter)).fetchone():
            set_meta(self._store.connection, NUMBERED_BY + tx, self._store.letter)
        self._db.execute(
            "INSERT INTO desk_tx (id, no, kind, member, staff, opened_at) VALUES (?, ?, ?, ?, ?, ?)",
            (tx, number, kind, member_id, self._staff, self._at),
        )
        return number

    def finish_tx(self, tx: str) -> None:
        """Mark a desk transaction as finished."""
        self._db.execute("UPDATE desk_tx SET finished_at = ? WHERE id = ?", (self._at, tx))

    def queue_print(self, kind: str, body: Mapping[str, Any], tx: str) -> int:
        """Put a slip into the spool; the printer thread takes it from there."""
        self._db.execute(
            "INSERT INTO print_job (made_at, kind, tx, body, state) VALUES (?, ?, ?, ?, 'waiting')",
            (self._at, kind, tx or None, canonical_text(dict(body))),
        )
        return int(self._store.connection.last_insert_rowid())

    def withdraw_prints(self, tx: str) -> list[dict[str, Any]]:
        """Take a transaction's waiting slips out of the spool and return what they said."""
        rows = self._db.execute(
            "UPDATE print_job SET state = 'dropped', problem = 'taken-back' WHERE state = 'waiting' AND tx = ?"
            " RETURNING body",
            (tx,),
        ).fetchall()
        return [json.loads(body) for (body,) in rows]

    def set_setting(self, key: str, value: Any) -> None:
        """Keep a setting; ValueError with the reason's code when it does not fit."""
        write_setting(self._store.connection, key, value)
        self._records.changed("setting", key, self._after_revision("setting", key))
        self._vouching.put("setting", key, {"value": value})
