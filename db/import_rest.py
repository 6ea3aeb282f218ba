"""Taking the ledger, the waiting list and the visitor book; and the figures a librarian signs afterwards."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from itertools import groupby
from typing import Any

import apsw
from msgspec import Struct, field

from app.domain.canonical import canonical_text
from app.domain.ids import derived_id
from app.ports import Finding, ImportPlan, ImportTotals, StagedFine, StagedHold, Tick
from db.import_journal import BulkJournal
from db.import_loans import LIVE, Parties
from db.sql import Reading
from db.store import DeskAct, DeskStore

_FINES = ", ".join(f"f.{name}" for name in StagedFine._fields)
_HOLDS = ", ".join(f"h.{name}" for name in StagedHold._fields)
_FINE_WIDTH, _HOLD_WIDTH = len(StagedFine._fields), len(StagedHold._fields)


class _Ledger(Struct):
    """One reader's ledger while it is added up: what is left of each charge, in order."""

    party: str
    left: dict[str, int] = field(default_factory=dict)
    moved: bool = False

    def lines(self, amount: int, first: str) -> list[list[str | int]]:
        """Put an amount on its own charge first, then on the oldest; what is over stays credit."""
        lines: list[list[str | int]] = []
        for charge in [first, *(one for one in self.left if one != first)] if first else list(self.left):
            part = min(amount, self.left.get(charge, 0))
            if part > 0:
                lines.append([charge, part])
                self.left[charge] -= part
                amount -= part
        return lines


class RestTaker:
    """Writes staged fines, holds and visits of one import."""

    def __init__(
        self, store: DeskStore, act: DeskAct, totals: ImportTotals, journal: BulkJournal, parties: Parties
    ) -> None:
        self._store = store
        self._db: Reading = store.connection
        self._act = act
        self._totals = totals
        self._journal = journal
        self._parties = parties
        self._fine_counts = [0, 0, 0]

    def take(self, plan: ImportPlan, tick: Tick) -> None:
        """Take all three."""
        tick("fines", 0, 1)
        self._fines(tick)
        tick("holds", 0, 1)
        self._holds()
        tick("visits", 0, 1)
        self._visits()
        self._parties.flush()
        self._journal.flush()
        self._db.execute(
            "INSERT OR REPLACE INTO import_run (id, source, at, totals) VALUES (?, ?, ?, ?)",
            (
                plan.run_id,
                plan.source,
                self._act.at,
                canonical_text(
                    {"accepted": self._totals.accepted, "updated": self._totals.updated, "policy": self._totals.policy}
                ),
            ),
        )

    # --- the ledger ---------------------------------------------------------------------------------------------

    def _fines(self, tick: Tick) -> None:
        with closing(self._fine_rows()) as rows:
            for number, (_, group) in enumerate(groupby(rows, key=lambda row: row[0].no_key)):
                if number % 500 == 0:
                    tick("fines", number, number)
                self._account(group)
        accepted, updated, unchanged = self._fine_counts
        self._totals.accepted["fine"], self._totals.updated["fine"] = accepted, updated
        self._totals.unchanged["fine"] = unchanged

    def _fine_rows(self) -> Generator[tuple[StagedFine, str | None, str | None, int | None, int | None]]:
        """Staged lines by reader and day, with reader, copy, and what the same line charged and paid last time."""
        last = ""
        rows: Any = self._db.execute(
            f"SELECT {_FINES}, m.id, i.id, k.charged, k.paid FROM stage.fine f"
            " LEFT JOIN main.member m ON m.no_key = f.no_key AND m.gone = 0"
            " LEFT JOIN main.item i ON f.copy_key <> '' AND i.barcode_key = f.copy_key AND i.gone = 0"
            " LEFT JOIN main.imported_fine k ON k.key = f.key ORDER BY f.no_key, f.at, f.n"
        )
        try:
            for row in rows:
                fine = StagedFine._make(row[:_FINE_WIDTH])
                if fine.key != last:
                    last = fine.key
                    member, item, charged, paid = row[_FINE_WIDTH:]
                    yield fine, member, item, charged, paid
        finally:
            rows.close()

    def _account(self, rows: Iterable[tuple[StagedFine, str | None, str | None, int | None, int | None]]) -> None:
        """One reader's lines."""
        ledger: _Ledger | None = None
        for fine, member, item, charged, paid in rows:
            if member is None:
                self._find(fine, False, "member-unknown")
            elif (charged, paid) == (fine.charged, fine.paid):
                self._fine_counts[2] += 1
            else:
                ledger = ledger or self._ledger(member)
                self._fine(ledger, fine, item, charged or 0, paid or 0)
                self._fine_counts[0 if charged is None else 1] += 1
        if ledger is not None and ledger.moved:
            self._journal.flush()
            self._store.projection.fold_account(ledger.party)

    def _ledger(self, member: str) -> _Ledger:
        party = self._parties.token(member, LIVE)
        rows = self._db.execute(
            "SELECT id, amount - paid - waived FROM charge WHERE party = ? AND amount > paid + waived ORDER BY at, id",
            (party,),
        )
        return _Ledger(party, dict(rows.fetchall()))

    def _fine(self, ledger: _Ledger, fine: StagedFine, item: str | None, charged: int, paid: int) -> None:
        """What the line says more (or less) than the last time: a charge, a waiver, a payment, each an event."""
        at = self._journal.at(fine.at)
        own = derived_id("charge", fine.key)
        more = fine.charged - charged
        if more > 0:
            charge = own if not charged else derived_id("charge", fine.key, str(fine.charged))
            body: dict[str, Any] = {
                "charge": charge,
                "party": ledger.party,
                "amount": more,
                "reason": "overdue" if item else "imported",
            }
            if item:
                body["copy"] = item
            if fine.words:
                body["note"] = derived_id("note", fine.key)
                self._db.execute(
                    "INSERT OR REPLACE INTO note (id, body) VALUES (?, ?)", (body["note"], fine.words[:2000])
                )
                self._db.execute(
                    "INSERT INTO change (kind, id, at) VALUES ('note', ?, ?)", (body["note"], self._act.at)
                )
            self._journal.append("charge.made", derived_id("event", charge), at, body)
            ledger.left[charge] = more
        elif more < 0:
            left = min(-more, ledger.left.get(own, 0))
            if left:
                self._journal.append(
                    "charge.waived",
                    derived_id("waiver", fine.key, str(fine.charged), str(self._act.at)),
                    self._act.at,
                    {"charge": own, "party": ledger.party, "amount": left, "why": "corrected-in-source"},
                )
                ledger.left[own] -= left
        self._payment(ledger, fine, own, paid, at)
        ledger.moved = True
        self._db.execute(
            "INSERT OR REPLACE INTO imported_fine (key, party, charged, paid) VALUES (?, ?, ?, ?)",
            (fine.key, ledger.party, fine.charged, fine.paid),
        )

    def _payment(self, ledger: _Ledger, fine: StagedFine, own: str, paid: int, at: int) -> None:
        more = fine.paid - paid
        if more < 0:
            self._find(fine, True, "payment-lowered-in-source")
            return
        if more == 0:
            return
        if paid or ledger.left.get(own, 0) < min(more, fine.charged):
            here = self._paid_here(ledger.party, own)
            if here:
                # Paid at this desk as well as there: what was paid here stands, the rest of theirs counts.
                self._find(fine, True, "paid-in-both", here=str(here))
                more = max(more - here, 0)
                if not more:
                    return
        payment = derived_id("payment", fine.key, str(fine.paid))
        lines = ledger.lines(more, own)
        self._journal.append(
            "payment.made",
            payment,
            at,
            {"payment": payment, "party": ledger.party, "amount": more, "receipt": 0, "lines": lines, "imported": True},
        )

    def _paid_here(self, party: str, charge: str) -> int:
        """Rupiah that this desk itself took for a charge."""
        rows = self._db.execute(
            "SELECT coalesce(sum(json_extract(l.value, '$[1]')), 0) FROM event e, json_each(e.body, '$.lines') l"
            " WHERE e.party = ? AND e.kind = 'payment.made' AND json_extract(e.body, '$.imported') IS NULL"
            " AND json_extract(l.value, '$[0]') = ?"
            " AND json_extract(e.body, '$.payment') NOT IN (SELECT id FROM payment WHERE party = ? AND voided)",
            (party, charge, party),
        )
        return int(rows.fetchone()[0])

    # --- holds --------------------------------------------------------------------------------------------------

    def _holds(self) -> None:
        rows = self._db.execute(
            f"SELECT {_HOLDS}, m.id, i.id, coalesce(i.title, t.id), k.id FROM stage.hold h"
            " LEFT JOIN main.member m ON m.no_key = h.no_key AND m.gone = 0"
            " LEFT JOIN main.item i ON h.barcode_key <> '' AND i.barcode_key = h.barcode_key AND i.gone = 0"
            " LEFT JOIN main.title t ON h.title_key <> '' AND t.source_key = h.title_key AND t.source_key <> ''"
            " LEFT JOIN main.hold k ON k.id = h.hold_id ORDER BY h.at, h.n"
        ).fetchall()
        counts = [0, 0]
        queues: set[str] = set()
        seen: set[str] = set()
        for row in rows:
            hold = StagedHold._make(row[:_HOLD_WIDTH])
            member, item, title, known = row[_HOLD_WIDTH:]
            if hold.key in seen:
                continue
            seen.add(hold.key)
            if known is not None:
                counts[1] += 1
                continue
            if member is None or title is None:
                self._find(hold, False, "member-unknown" if member is None else "item-unknown")
                continue
            body: dict[str, Any] = {
                "hold": hold.hold_id,
                "queue": title,
                "party": self._parties.token(str(member), LIVE),
                "number": self._act.next_number("hold"),
                "source": hold.key,
            }
            if item is not None:
                body["only"] = item
            self._journal.append("hold.placed", derived_id("event", hold.hold_id), self._journal.at(hold.at), body)
            queues.add(str(title))
            counts[0] += 1
        self._journal.flush()
        for queue in sorted(queues):
            self._store.projection.fold_queue(queue)
        self._totals.accepted["hold"], self._totals.unchanged["hold"] = counts

    # --- visits -------------------------------------------------------------------------------------------------

    def _visits(self) -> None:
        count = self._db.execute("SELECT count(*) FROM main.visit").fetchone()[0]
        self._db.execute(
            "INSERT OR IGNORE INTO main.visit (id, at, member, name, institution, room)"
            " SELECT v.visit_id, v.at,"
            " (SELECT m.id FROM main.member m WHERE v.no_key <> '' AND m.no_key = v.no_key LIMIT 1),"
            " v.name, v.institution, v.room FROM stage.visit v"
        )
        staged = self._db.execute("SELECT count(*) FROM stage.visit").fetchone()[0]
        taken = self._db.execute("SELECT count(*) FROM main.visit").fetchone()[0] - count
        self._totals.accepted["visit"], self._totals.unchanged["visit"] = taken, staged - taken
        self._db.execute(
            "INSERT INTO main.change (kind, id, at) SELECT 'visit', visit_id, ? FROM stage.visit", (self._act.at,)
        )

    def _find(self, row: StagedFine | StagedHold, taken: bool, reason: str, **facts: str) -> None:
        params = {"member_no": row.member_no, "key": row.key, **facts}
        kind = "fine" if isinstance(row, StagedFine) else "hold"
        if isinstance(row, StagedFine):
            params.update(charged=str(row.charged), paid=str(row.paid))
        self._totals.findings.append(Finding(kind, taken, reason, row.file, row.line, "", canonical_text(params), ""))


_STAGED = "SELECT count(*) FROM stage."
_KEPT = "SELECT count(*) FROM stage.{0} s JOIN main.{0} t ON t.id = s.id AND t.gone = 0"
_LOANS_KEPT = "SELECT count(*) FROM stage.loan s JOIN main.loan l ON l.id = s.loan_id WHERE "
_RECONCILE = {
    "titles": (_STAGED + "title", _KEPT.format("title")),
    "copies": (_STAGED + "item", _KEPT.format("item")),
    "members": (_STAGED + "member", _KEPT.format("member")),
    "open-loans": (_STAGED + "loan WHERE open", _LOANS_KEPT + "s.open AND l.closed_at IS NULL"),
    "past-loans": (_STAGED + "loan WHERE NOT open", _LOANS_KEPT + "NOT s.open AND l.closed_at IS NOT NULL"),
    "fines-owed": (
        "SELECT coalesce(sum(max(owed, 0)), 0) FROM"
        " (SELECT sum(charged - paid) AS owed FROM stage.fine GROUP BY no_key)",
        "SELECT coalesce(sum(max(owed, 0)), 0) FROM (SELECT sum(a.owed) AS owed FROM"
        " (SELECT DISTINCT no_key FROM stage.fine) f JOIN main.member m ON m.no_key = f.no_key AND m.gone = 0"
        " JOIN main.party p ON p.member = m.id JOIN main.account a ON a.party = p.token GROUP BY m.id)",
    ),
    "holds": (
        _STAGED + "hold",
        "SELECT count(*) FROM stage.hold s JOIN main.hold h ON h.id = s.hold_id AND h.state IN ('waiting', 'aside')",
    ),
    "visits": (_STAGED + "visit", "SELECT count(*) FROM stage.visit s JOIN main.visit v ON v.id = s.visit_id"),
}


def reconcile(connection: apsw.Connection, totals: ImportTotals) -> None:
    """Count both sides, each from its own tables: what the source gave that was usable, and what the store now has."""
    reading: Reading = connection
    for line, (theirs, ours) in _RECONCILE.items():
        totals.reconcile[line] = (reading.execute(theirs).fetchone()[0], reading.execute(ours).fetchone()[0])


def count_kinds(connection: apsw.Connection, totals: ImportTotals) -> None:
    """Count what rules speak of, readers by type and copies by collection and material, and the whole library."""
    reading: Reading = connection
    members = reading.execute(
        "SELECT m.member_type, count(*) FROM stage.member s JOIN main.member m ON m.id = s.id"
        " GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    totals.types = dict(members.fetchall())
    items = reading.execute(
        "SELECT i.collection, t.material, count(*) FROM stage.item s JOIN main.item i ON i.id = s.id"
        " JOIN main.title t ON t.id = i.title GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
    )
    totals.kinds = [(row[0], row[1], row[2]) for row in items]
    for kind in ("title", "item", "member"):
        totals.library[kind] = reading.execute(f"SELECT count(*) FROM main.{kind} WHERE gone = 0").fetchone()[0]
