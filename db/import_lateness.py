"""One lateness in two systems: whether this desk itself judged the loan that a line of the source's ledger is about.

A library that runs beside its old system for some weeks records a return in both, and both charge it. The desk's own
judgement stands, it is on a slip; so the source's line must be known for the same lateness. Works on the loans as they
stand after the import's own were taken.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import apsw
from msgspec import Struct

from app.domain.clock import local_date
from app.domain.ledger_words import speaks_of_lateness, speaks_of_loss
from app.ports import StagedFine
from db.sql import Reading

_LOANS = (
    "SELECT l.id, l.lent_on, l.due_on, l.closed_on, l.renewed_on, l.party, l.charges, o.kind, c.kind,"
    " json_extract(c.body, '$.source') IS NOT NULL, p.member FROM loan l LEFT JOIN party p ON p.token = l.party"
    " LEFT JOIN event o ON o.id = l.id LEFT JOIN event c ON c.id = l.closing WHERE l.item = ? ORDER BY l.lent_on, l.id"
)
# Copies with a loan that this desk opened, renewed or ended: the only ones whose loans have to be looked at.
_TOUCHED = (
    "SELECT DISTINCT item FROM loan l WHERE renewed_on IS NOT NULL OR (closed_at IS NOT NULL AND how <> 'imported')"
    " OR (closed_at IS NULL AND EXISTS (SELECT 1 FROM event e WHERE e.id = l.id AND e.kind = 'loan.opened'))"
)
_NEVER = date.max.isoformat()
_OWN_END = frozenset({"item.returned", "item.lost", "loan.opened"})


class Judged(Struct, frozen=True):
    """What this desk made of a lateness: under which party, its charges (oldest first) and their sum in rupiah.

    `whole`: the source's line adds nothing at all; else only what it asks beyond `amount`.
    """

    party: str
    charges: tuple[str, ...]
    amount: int
    whole: bool


class Elsewhere(Struct, frozen=True):
    """A loan as the source has it: ISO dates, "" for what is not known or has not happened."""

    lent: str
    due: str
    returned: str
    id: str = ""


class _Loan(Struct, frozen=True):
    """A loan of the copy and who acted on it."""

    id: str
    lent: str
    due: str
    closed: str
    renewed_here: bool
    party: str
    charges: tuple[tuple[str, int], ...]
    opened_here: bool
    ended_here: bool
    member: str | None

    @property
    def judged(self) -> Judged | None:
        """What the desk made of it; None when every act on it was the source's."""
        amount = sum(charge for _, charge in self.charges)
        names = tuple(name for name, _ in self.charges)
        if self.opened_here or self.ended_here or (self.charges and not self.renewed_here):
            return Judged(self.party, names, amount, True)
        if self.renewed_here:
            # Until the day on the slip the reader was promised to owe nothing more.
            return Judged(self.party, names, amount, bool(self.closed) and self.closed <= self.due)
        return None

    def is_also(self, other: Elsewhere) -> bool:
        """Whether this loan, made at this desk, is the one that the source recorded, too: roughly the same days.

        A loan that began when the other was due is another one, even where the return was noted a day late.
        """
        if not self.opened_here or self.lent > (other.due or _NEVER) or other.lent > self.due:
            return False
        return self.lent == other.lent or (
            self.lent < (other.returned or _NEVER) and other.lent < (self.closed or _NEVER)
        )


def recorded_here(connection: Reading, item: str, member: str, other: Elsewhere) -> bool:
    """Whether the source's loan to this reader was recorded at this desk, too, and the copy came back here since."""
    loans = (loan for loan in _loans(connection, item) if loan.member == member and loan.closed)
    return any(loan.is_also(other) for loan in loans)


def _loans(connection: Reading, item: str) -> list[_Loan]:
    rows: list[tuple[Any, ...]] = connection.execute(_LOANS, (item,)).fetchall()
    return [
        _Loan(
            loan, lent, due, closed or "", renewed is not None, party,
            tuple((one["id"], one["amount"]) for one in json.loads(charges or "[]") if one["amount"]),
            opened == "loan.opened", ending in _OWN_END and not of_source, member,
        )
        for loan, lent, due, closed, renewed, party, charges, opened, ending, of_source, member in rows
    ]  # fmt: skip


class Lateness:
    """Asked for each line of the ledger that names a copy."""

    def __init__(self, connection: apsw.Connection, zone: str) -> None:
        self._db: Reading = connection
        self._zone = zone
        self._touched = {item for (item,) in self._db.execute(_TOUCHED)}

    def judged(self, fine: StagedFine, item: str | None, member: str) -> Judged | None:
        """What this desk made of the lateness that the line charges; None when it is the source's alone.

        SLiMS writes the line on the day of the return: that day tells which loan is meant. A line of another day must
        say by its words that it is about lateness, and means the last loan that had begun then.
        """
        if item is None or item not in self._touched or not fine.charged or speaks_of_loss(fine.words):
            return None
        loans = _loans(self._db, item)
        meant = self._meant(fine)
        if meant is not None:
            for loan in loans:
                if loan.id == meant.id and loan.judged is not None:
                    return loan.judged
            theirs = (loan for loan in loans if loan.member == member and loan.is_also(meant))
            return next((loan.judged for loan in theirs), None)
        if not speaks_of_lateness(fine.words):
            return None
        day = local_date(fine.at, self._zone).isoformat()
        begun = [loan for loan in loans if loan.member == member and loan.lent <= day]
        return begun[-1].judged if begun else None

    def _meant(self, fine: StagedFine) -> Elsewhere | None:
        """The source's loan that came back on the line's day, the most overdue one if there are several."""
        row = self._db.execute(
            "SELECT lent, due, returned, loan_id FROM stage.loan WHERE barcode_key = ? AND no_key = ? AND at = ?"
            " AND NOT open AND returned <> '' ORDER BY due LIMIT 1",
            (fine.copy_key, fine.no_key, fine.at),
        ).fetchone()
        return Elsewhere(*row) if row else None
