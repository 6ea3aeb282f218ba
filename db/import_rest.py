"""Taking the waiting list and the visitor book; and the figures a librarian signs afterwards."""

from __future__ import annotations

from typing import Any

import apsw

from app.domain.canonical import canonical_text
from app.domain.ids import derived_id
from app.ports import Finding, ImportPlan, ImportTotals, StagedHold, Tick
from db.import_loans import LIVE, Taker
from db.sql import Reading

_HOLDS = ", ".join(f"h.{name}" for name in StagedHold._fields)
_HOLD_WIDTH = len(StagedHold._fields)


class RestTaker(Taker):
    """Writes staged holds and visits of one import."""

    def take(self, plan: ImportPlan, tick: Tick) -> None:
        """Take both, and note the run."""
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
                self._refuse(hold, "member-unknown" if member is None else "item-unknown")
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
        self._store.projection.fold(queues=sorted(queues))
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

    def _refuse(self, hold: StagedHold, reason: str) -> None:
        params = canonical_text({"member_no": hold.member_no, "key": hold.key})
        self._totals.findings.append(Finding("hold", False, reason, hold.file, hold.line, "", params, ""))


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
