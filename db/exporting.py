"""Reading a whole library out, row by row in constant memory, beside a running desk.

One read transaction, so that everything written is of one moment. Knows the store's tables, not the files' formats.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from app.domain.clock import local_datetime
from app.domain.event import FOLD_VERSION, Event
from app.domain.ids import derived_id
from app.domain.records import Item, ItemStatus, Member, Title
from db import journal
from db.errors import spoken
from db.replica_hash import hash_at_cursor
from db.replica_state import read_server
from db.rows import ITEM, MEMBER, TITLE, item_from, member_from, title_from
from db.sql import Reading
from db.store import DeskStore

_LOANS = (
    "SELECT l.id, i.barcode, t.title, m.member_no, l.lent_on, l.due_on, l.due_at, l.renewals, l.closed_on, l.how,"
    " l.closed_at IS NULL, l.policy, l.charges, l.terms, e.kind, json_extract(e.body, '$.source'), l.opened_at"
    " FROM loan l LEFT JOIN item i ON i.id = l.item LEFT JOIN title t ON t.id = l.title"
    " LEFT JOIN party p ON p.token = l.party LEFT JOIN member m ON m.id = p.member LEFT JOIN event e ON e.id = l.id"
)
_CHARGES = (
    "SELECT c.id, m.member_no, c.reason, c.at, c.amount, c.paid, c.waived, i.barcode, c.loan,"
    " json_extract(e.body, '$.note')"
    " FROM charge c LEFT JOIN party p ON p.token = c.party LEFT JOIN member m ON m.id = p.member"
    " LEFT JOIN item i ON i.id = c.item LEFT JOIN event e ON e.party = c.party AND e.kind = 'charge.made'"
    " AND json_extract(e.body, '$.charge') = c.id ORDER BY c.party, c.at, c.id"
)
_HOLDS = (
    "SELECT h.id, m.member_no, t.title, t.source_key, i.barcode, h.placed_at, h.state, c.barcode, h.until, h.number,"
    " json_extract(e.body, '$.source') FROM hold h LEFT JOIN title t ON t.id = h.queue"
    " LEFT JOIN item i ON i.id = h.only_item LEFT JOIN item c ON c.id = h.copy LEFT JOIN party p ON p.token = h.party"
    " LEFT JOIN member m ON m.id = p.member LEFT JOIN event e ON e.queue = h.queue AND e.kind = 'hold.placed'"
    " AND json_extract(e.body, '$.hold') = h.id ORDER BY h.queue, h.place"
)


class StoreExport:
    """Reads an open store out. Use as a context: everything inside is of one moment."""

    def __init__(self, store: DeskStore) -> None:
        self._store = store
        self._db: Reading = store.connection

    def __enter__(self) -> StoreExport:
        with spoken():
            self._db.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        if not self._store.connection.get_autocommit():
            self._db.execute("COMMIT")

    def events(self) -> Iterator[Event]:
        """The journal in the order in which it arrived here."""
        with spoken():
            yield from journal.all_events(self._db, self._store.identity.library)

    def loans(self) -> Iterator[dict[str, Any]]:
        """All loans, open and past. `source`: its key in the system it came from; `rule` the rule of its terms."""
        for row in self._rows(_LOANS):
            charges = json.loads(row[12]) if row[12] else []
            yield {
                "loan": row[0],
                "barcode": row[1] or "",
                "title": row[2] or "",
                "member_no": row[3] or "",
                "lent_on": row[4],
                "due_on": row[5],
                "due_at": self._moment(row[6]),
                "renewals": row[7],
                "returned_on": row[8] or "",
                "how": row[9],
                "open": bool(row[10]),
                "policy": row[11],
                "fine": sum(charge["amount"] for charge in charges),
                "source": row[15] or "",
                "rule": json.loads(row[13]).get("rule_id", "") if row[13] else "",
            }

    def titles(self) -> Iterator[tuple[Title, list[str]]]:
        """All titles with the barcodes of their copies."""
        for row in self._rows(
            f"SELECT {TITLE}, (SELECT json_group_array(i.barcode) FROM item i WHERE i.title = t.id AND i.gone = 0"
            " AND i.barcode <> '') FROM title t WHERE t.gone = 0 ORDER BY t.n"
        ):
            yield title_from(row), json.loads(row[-1])

    def items(self) -> Iterator[tuple[Item, Title, str]]:
        """All copies with their title and, while out, the due date; one that the journal lost is lost."""
        for row in self._rows(
            f"SELECT {ITEM}, {TITLE}, (SELECT l.due_on FROM loan l WHERE l.item = i.id AND l.closed_at IS NULL),"
            " (SELECT json_extract(s.state, '$.lost') FROM item_state s WHERE s.item = i.id)"
            " FROM item i JOIN title t ON t.id = i.title WHERE i.gone = 0 ORDER BY i.n"
        ):
            item = item_from(row[:15])
            if row[37] and item.status is ItemStatus.AVAILABLE:
                item = replace(item, status=ItemStatus.LOST)
            yield item, title_from(row[15:36]), row[36] or ""

    def members(self) -> Iterator[tuple[Member, int, int]]:
        """All readers with what they owe and what is kept for them, in rupiah."""
        for row in self._rows(
            f"SELECT {MEMBER}, (SELECT coalesce(sum(a.owed), 0) FROM party p JOIN account a ON a.party = p.token"
            " WHERE p.member = m.id), (SELECT coalesce(sum(a.credit), 0) FROM party p JOIN account a"
            " ON a.party = p.token WHERE p.member = m.id) FROM member m WHERE m.gone = 0 ORDER BY m.n"
        ):
            yield member_from(row), row[19], row[20]

    def charges(self) -> Iterator[dict[str, Any]]:
        """All charges. `source`: the key of the ledger line it came from; `note` what that line said."""
        sources = self._charge_sources()
        for row in self._rows(_CHARGES):
            yield {
                "charge": row[0],
                "member_no": row[1] or "",
                "reason": row[2],
                "at": self._moment(row[3]),
                "amount": row[4],
                "paid": row[5],
                "waived": row[6],
                "left": max(row[4] - row[5] - row[6], 0),
                "barcode": row[7] or "",
                "loan": row[8] or "",
                "source": sources.get(row[0], ""),
                "note": self._note(row[9]),
            }

    def credits(self) -> Iterator[tuple[str, int]]:
        """Readers with money to their credit: number and rupiah."""
        yield from self._rows(
            "SELECT m.member_no, a.credit FROM account a JOIN party p ON p.token = a.party"
            " JOIN member m ON m.id = p.member"
            " WHERE a.credit > 0 ORDER BY m.n"
        )

    def holds(self) -> Iterator[dict[str, Any]]:
        """All holds, live and ended."""
        for row in self._rows(_HOLDS):
            yield {
                "hold": row[0],
                "member_no": row[1] or "",
                "title": row[2] or "",
                "title_source": row[3] or "",
                "barcode": row[4] or "",
                "placed_at": self._moment(row[5]),
                "state": row[6],
                "copy": row[7] or "",
                "until": row[8] or "",
                "number": row[9],
                "source": row[10] or "",
            }

    def type_names(self) -> Mapping[str, str]:
        """Member types: code → name."""
        return dict(self._rows("SELECT code, name FROM member_type"))

    def state(self) -> dict[str, Any]:
        """The state hash, over how many events and by which fold; where a server is joined, also the log's own at the
        number that was read to."""
        count = self._db.execute("SELECT count(*) FROM event").fetchone()[0]
        kept = self._db.execute("SELECT value FROM meta WHERE key = 'state_hash'").fetchone()[0]
        said: dict[str, Any] = {"state_hash": bytes(kept).hex(), "events": count, "fold": FOLD_VERSION}
        if read_server(self._db) is not None:
            at, hash_ = hash_at_cursor(self._db, self._store.identity.library, self._store.policies)
            said |= {"at": at, "hash": hash_}
        return said

    def _charge_sources(self) -> dict[str, str]:
        rows = self._rows("SELECT key FROM imported_fine")
        return {derived_id("charge", key): key for (key,) in rows}

    def _note(self, note: str | None) -> str:
        if not note:
            return ""
        row = self._db.execute("SELECT body FROM note WHERE id = ?", (note,)).fetchone()
        return str(row[0]) if row else ""

    def _moment(self, at: int | None) -> str:
        return local_datetime(at, self._store.zone).isoformat() if at is not None else ""

    def _rows(self, statement: str) -> Iterator[Any]:
        with spoken():
            yield from self._db.execute(statement)
