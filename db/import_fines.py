"""Taking the ledger: each line is a charge and what was paid of it; a later run brings only the difference.

What both systems charged or took for one thing counts once, and the report says so.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from itertools import groupby
from typing import Any, NamedTuple

from msgspec import Struct, field

from app.domain.canonical import canonical_text
from app.domain.ids import derived_id
from app.ports import Finding, StagedFine, Tick
from db.import_lateness import Judged, Lateness
from db.import_loans import LIVE, LoanTaker, Taker

_FINES = ", ".join(f"f.{name}" for name in StagedFine._fields)
_WIDTH = len(StagedFine._fields)
_NEW, _UPDATED, _UNCHANGED = range(3)


class _Line(NamedTuple):
    """A staged line with reader, copy, and what the same line charged and paid last time (None: it is new)."""

    fine: StagedFine
    member: str | None
    item: str | None
    charged: int | None
    paid: int | None


class _Ledger(Struct):
    """One party's ledger while it is added up: what is left of each charge, in order."""

    party: str
    left: dict[str, int] = field(default_factory=dict)
    moved: bool = False

    def lines(self, amount: int, first: Sequence[str]) -> list[list[str | int]]:
        """Put an amount on its own charges first, then on the oldest; what is over stays credit."""
        lines: list[list[str | int]] = []
        for charge in [*first, *(one for one in self.left if one not in first)]:
            part = min(amount, self.left.get(charge, 0))
            if part > 0:
                lines.append([charge, part])
                self.left[charge] -= part
                amount -= part
        return lines


class FineTaker(Taker):
    """Writes the staged ledger of one import, after its loans were taken."""

    def __init__(self, loans: LoanTaker) -> None:
        super().__init__(loans)
        self._lateness = Lateness(self._store.connection, self._store.zone)
        self._counts = [0, 0, 0]

    def take(self, tick: Tick) -> None:
        """Take all lines."""
        tick("fines", 0, 1)
        with closing(self._lines()) as lines:
            for number, (_, group) in enumerate(groupby(lines, key=lambda line: line.fine.no_key)):
                if number % 500 == 0:
                    tick("fines", number, number)
                self._reader(group)
        for kind, counts in ((_NEW, "accepted"), (_UPDATED, "updated"), (_UNCHANGED, "unchanged")):
            getattr(self._totals, counts)["fine"] = self._counts[kind]

    def _lines(self) -> Generator[_Line]:
        """Staged lines by reader and day."""
        last = ""
        rows: Any = self._db.execute(
            f"SELECT {_FINES}, m.id, i.id, k.charged, k.paid FROM stage.fine f"
            " LEFT JOIN main.member m ON m.no_key = f.no_key AND m.gone = 0"
            " LEFT JOIN main.item i ON f.copy_key <> '' AND i.barcode_key = f.copy_key AND i.gone = 0"
            " LEFT JOIN main.imported_fine k ON k.key = f.key ORDER BY f.no_key, f.at, f.n"
        )
        try:
            for row in rows:
                fine = StagedFine._make(row[:_WIDTH])
                if fine.key != last:
                    last = fine.key
                    yield _Line(fine, *row[_WIDTH:])
        finally:
            rows.close()

    def _reader(self, lines: Iterable[_Line]) -> None:
        """One reader's lines."""
        ledgers: dict[str, _Ledger] = {}
        for line in lines:
            if line.member is None:
                self._find(line.fine, False, "member-unknown")
            else:
                self._counts[self._line(ledgers, line, line.member)] += 1
        if any(ledger.moved for ledger in ledgers.values()):
            self._parties.flush()
            self._journal.flush()
        for ledger in ledgers.values():
            if ledger.moved:
                self._store.projection.fold(parties=[ledger.party])

    def _line(self, ledgers: dict[str, _Ledger], line: _Line, member: str) -> int:
        """Take one line; how it is to be counted."""
        fine, known = line.fine, line.charged is not None
        own = derived_id("charge", fine.key)
        judged = self._lateness.judged(fine, line.item, member)
        was_charged = line.charged is not None and line.charged > 0 and self._is_charged(own, line)
        if judged is not None and judged.whole and was_charged:
            # Charged before this desk had anything to judge.
            judged = None
        if judged is not None:
            self._find(fine, True, "charged-in-both", here=str(judged.amount))
        elif line.charged and not was_charged:
            # The desk's judgement was taken back since: the source's line stands alone again.
            line = line._replace(charged=0)
        if fine.paid < (line.paid or 0):
            self._find(fine, True, "payment-lowered-in-source")
        if line.charged == fine.charged and line.paid is not None and line.paid >= fine.paid:
            return _UNCHANGED
        ledger = self._ledger(ledgers, self._parties.token(member, LIVE))
        self._charge(ledger, line, own, judged)
        self._pay(self._ledger(ledgers, judged.party) if judged is not None else ledger, line, own, judged)
        self._db.execute(
            "INSERT OR REPLACE INTO imported_fine (key, party, charged, paid) VALUES (?, ?, ?, ?)",
            # A payment that the source lowered stays here, and is not taken again when it is raised again.
            (fine.key, ledger.party, fine.charged, max(fine.paid, line.paid or 0)),
        )
        return _UPDATED if known else _NEW

    def _is_charged(self, own: str, line: _Line) -> bool:
        """Whether an earlier run made the line's charge; only a copy's lateness can be without one."""
        if line.item is None:
            return True
        return self._db.execute("SELECT 1 FROM charge WHERE id = ?", (own,)).fetchone() is not None

    def _ledger(self, ledgers: dict[str, _Ledger], party: str) -> _Ledger:
        ledger = ledgers.get(party)
        if ledger is None:
            rows = self._db.execute(
                "SELECT id, amount - paid - waived FROM charge WHERE party = ? AND amount > paid + waived"
                " ORDER BY at, id",
                (party,),
            )
            ledger = ledgers[party] = _Ledger(party, dict(rows.fetchall()))
        return ledger

    # --- what is charged ----------------------------------------------------------------------------------------

    def _charge(self, ledger: _Ledger, line: _Line, own: str, judged: Judged | None) -> None:
        """What the line asks more (or less) than the last time: a charge or a waiver."""
        fine, charged = line.fine, line.charged or 0
        asked = fine.charged
        if judged is not None:
            asked, charged = (0, 0) if judged.whole else (max(one - judged.amount, 0) for one in (asked, charged))
        if asked > charged:
            again = derived_id("charge", fine.key, str(asked), str(self._act.at))
            self._make_charge(ledger, line, again if charged else own, asked - charged)
        elif asked < charged:
            left = min(charged - asked, ledger.left.get(own, 0))
            if left:
                self._journal.append(
                    "charge.waived",
                    derived_id("waiver", fine.key, str(fine.charged), str(self._act.at)),
                    self._act.at,
                    {"charge": own, "party": ledger.party, "amount": left, "why": "corrected-in-source"},
                )
                ledger.left[own] -= left
                ledger.moved = True

    def _make_charge(self, ledger: _Ledger, line: _Line, charge: str, amount: int) -> None:
        fine = line.fine
        body: dict[str, Any] = {
            "charge": charge,
            "party": ledger.party,
            "amount": amount,
            "reason": "overdue" if line.item else "imported",
        }
        if line.item:
            body["copy"] = line.item
        if fine.words:
            body["note"] = derived_id("note", fine.key)
            self._db.execute("INSERT OR REPLACE INTO note (id, body) VALUES (?, ?)", (body["note"], fine.words[:2000]))
            self._db.execute("INSERT INTO change (kind, id, at) VALUES ('note', ?, ?)", (body["note"], self._act.at))
        self._journal.append("charge.made", derived_id("event", charge), self._journal.at(fine.at), body)
        ledger.left[charge] = amount
        ledger.moved = True

    # --- what was paid ------------------------------------------------------------------------------------------

    def _pay(self, ledger: _Ledger, line: _Line, own: str, judged: Judged | None) -> None:
        """Money that the source took is never lost, and what both took for one thing counts once.

        What of theirs fits into what is left of the charge is taken. Beyond that the reader paid at both desks, or one
        payment was noted at both: then the larger of the two sums counts.
        """
        fine, paid = line.fine, line.paid or 0
        more = fine.paid - paid
        if more <= 0:
            return
        charges = (*judged.charges, own) if judged is not None else (own,)
        if line.charged is not None or judged is not None:
            here = self._paid_here(ledger.party, charges)
            if here:
                left = sum(ledger.left.get(charge, 0) for charge in charges)
                beyond = fine.paid - here - self._credited(ledger.party, fine, paid)
                counts = max(min(more, left), beyond, 0)
                self._find(fine, True, "paid-in-both", here=str(here), counted=str(counts))
                more = counts
        if more:
            self._make_payment(ledger, fine, charges, more)

    def _make_payment(self, ledger: _Ledger, fine: StagedFine, charges: Sequence[str], amount: int) -> None:
        payment = derived_id("payment", fine.key, str(fine.paid))
        self._journal.append(
            "payment.made",
            payment,
            self._journal.at(fine.at),
            {
                "payment": payment,
                "party": ledger.party,
                "amount": amount,
                "receipt": 0,
                "lines": ledger.lines(amount, charges),
                "imported": True,
                "source": fine.key,
            },
        )
        ledger.moved = True

    def _paid_here(self, party: str, charges: Sequence[str]) -> int:
        """Rupiah that this desk itself took for charges."""
        marks = ", ".join("?" * len(charges))
        rows = self._db.execute(
            "SELECT coalesce(sum(json_extract(l.value, '$[1]')), 0) FROM event e, json_each(e.body, '$.lines') l"
            " WHERE e.party = ? AND e.kind = 'payment.made' AND json_extract(e.body, '$.imported') IS NULL"
            f" AND json_extract(l.value, '$[0]') IN ({marks})"
            " AND json_extract(e.body, '$.payment') NOT IN (SELECT id FROM payment WHERE party = ? AND voided)",
            (party, *charges, party),
        )
        return int(rows.fetchone()[0])

    def _credited(self, party: str, fine: StagedFine, paid: int) -> int:
        """Rupiah of this line's payments that earlier runs took; events of the first releases do not name the line."""
        row = self._db.execute(
            "SELECT coalesce(sum(json_extract(body, '$.amount')), 0),"
            " EXISTS (SELECT 1 FROM event WHERE id = ? AND json_extract(body, '$.source') IS NULL)"
            " FROM event WHERE party = ? AND kind = 'payment.made' AND json_extract(body, '$.source') = ?",
            (derived_id("payment", fine.key, str(paid)), party, fine.key),
        ).fetchone()
        return int(row[0]) + (paid if row[1] else 0)

    def _find(self, fine: StagedFine, taken: bool, reason: str, **facts: str) -> None:
        params = {
            "member_no": fine.member_no, "key": fine.key, **facts, "charged": str(fine.charged), "paid": str(fine.paid),
        }  # fmt: skip
        self._totals.findings.append(
            Finding("fine", taken, reason, fine.file, fine.line, "", canonical_text(params), "")
        )
