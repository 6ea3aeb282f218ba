"""Taking staged loans: each becomes an event, and the state of its copy follows.

A loan of the first run is one `loan.imported`. A later run adds what is new, closes what the source closed, corrects
dates that changed there; what this desk itself did with a copy stands, and the difference is told.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Generator
from contextlib import closing
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import apsw
from msgspec import Struct

from app.domain.canonical import add_hash, canonical_text
from app.domain.ids import derived_id
from app.ports import Finding, ImportPlan, ImportTotals, StagedLoan, Tick
from db.aggregates import LOAN_COLUMNS
from db.desk_act import DeskAct
from db.import_fold import FreshCopy, Taken, loan_body, loan_values
from db.import_journal import BulkJournal
from db.import_lateness import Elsewhere, recorded_here
from db.sql import Reading
from db.store import DeskStore

_WIDTH = len(StagedLoan._fields)
_LOANS = ", ".join(f"l.{name}" for name in StagedLoan._fields)
_KNOWN = "s.item IS NOT NULL, k.due_on, k.renewals, k.closed_at, k.how, k.id"
_KNOWN_FROM = " LEFT JOIN main.item_state s ON s.item = i.id LEFT JOIN main.loan k ON k.id = l.loan_id"
_SELECT = (
    f"SELECT {_LOANS}, i.id, i.title, i.price, i.collection,"
    # Only an open loan needs its terms looked up.
    " CASE WHEN l.open THEN (SELECT t.material FROM main.title t WHERE t.id = i.title) END, m.id, m.member_type,"
    " {known} FROM stage.loan l LEFT JOIN main.item i ON i.barcode_key = l.barcode_key AND i.gone = 0"
    " LEFT JOIN main.member m ON m.no_key = l.no_key AND m.gone = 0{known_from}"
    # An index of the waiting file gives this order, so that nothing is sorted in memory.
    " ORDER BY l.barcode_key, l.at, l.open, l.n"
)
_PUT_LOAN = f"INSERT INTO loan ({', '.join(LOAN_COLUMNS)}) VALUES ({', '.join('?' * len(LOAN_COLUMNS))})"
_BATCH = 1000
PAST, LIVE = "past", "live"


class Parties:
    """The tokens under which readers stand in imported events: one for what is over, one for what is open."""

    def __init__(self, connection: apsw.Connection, at: int) -> None:
        self._db = connection
        self._at = at
        self._made: list[tuple[str, str, int, str]] = []
        reading: Reading = connection
        self._tokens: dict[tuple[str, str], str] = {
            (member, use): token
            for token, member, use in reading.execute("SELECT token, member, imported FROM party WHERE imported <> ''")
        }

    def token(self, member: str, use: str) -> str:
        """The reader's token for this use, made when there is none yet."""
        token = self._tokens.get((member, use))
        if token is None:
            token = self._tokens[member, use] = secrets.token_hex(16)
            # The live token counts as the newer one: the desk goes on with it while something is open under it.
            self._made.append((token, member, self._at if use == LIVE else self._at - 1, use))
        return token

    def flush(self) -> None:
        """Write the tokens that were made; before anything reads who stands behind them."""
        self._db.executemany("INSERT INTO party (token, member, made_at, imported) VALUES (?, ?, ?, ?)", self._made)
        self._db.executemany(
            "INSERT INTO change (kind, id, at) VALUES ('party', ?, ?)", [(made[0], self._at) for made in self._made]
        )
        self._made.clear()


class _Known(Struct, frozen=True):
    """The same loan as the store has it."""

    due: str
    renewals: int
    closed: bool
    how: str


class _Joined(Struct, frozen=True):
    """A staged loan with the copy, the reader and the loan the store has for it."""

    loan: StagedLoan
    item: str | None
    title: str
    price: int | None
    collection: str
    material: str
    member: str | None
    member_type: str
    touched: bool
    known: _Known | None


class LoanTaker:
    """Writes the staged loans of one import. What is public serves the ledger and the holds after it."""

    def __init__(self, store: DeskStore, act: DeskAct, totals: ImportTotals, plan: ImportPlan) -> None:
        self.store = store
        self.act = act
        self.totals = totals
        self._db: Reading = store.connection
        self._plan = plan
        self.journal = BulkJournal(store, act)
        self.parties = Parties(store.connection, act.at)
        self._terms: dict[tuple[str, str, str, str], tuple[str, str]] = {}
        self._loans: list[tuple[object, ...]] = []
        self._states: list[tuple[str, str, bytes]] = []
        self._refold: list[str] = []
        self._hash = 0
        self._counts = {"open": [0, 0, 0], "past": [0, 0, 0]}

    def take(self, tick: Tick) -> None:
        """Take all loans."""
        total = self._db.execute("SELECT count(*) FROM stage.loan").fetchone()[0]
        done = 0
        with closing(self._joined()) as joined:
            for _, rows in groupby(joined, key=lambda row: row.item):
                group = list(rows)
                self._copy(group)
                if (done + len(group)) // 500 != done // 500:
                    tick("loans", done, total)
                done += len(group)
        self._flush()
        self.parties.flush()
        self.journal.flush()
        projection = self.store.projection
        projection.state_hash = add_hash(projection.state_hash, (self._hash % (1 << 256)).to_bytes(32))
        for start in range(0, len(self._refold), 500):
            tick("loans", total, total)
            projection.fold(items=self._refold[start : start + 500])
        for use, kind in (("open", "open-loan"), ("past", "past-loan")):
            taken, updated, same = self._counts[use]
            self.totals.accepted[kind], self.totals.updated[kind], self.totals.unchanged[kind] = taken, updated, same

    def _joined(self) -> Generator[_Joined]:
        last = ""
        has_history = self._db.execute("SELECT EXISTS (SELECT 1 FROM main.item_state)").fetchone()[0]
        known_columns, known_from = (_KNOWN, _KNOWN_FROM) if has_history else ("0, NULL, NULL, NULL, NULL, NULL", "")
        rows: Any = self._db.execute(_SELECT.format(known=known_columns, known_from=known_from))
        try:
            for row in rows:
                loan = StagedLoan._make(row[:_WIDTH])
                if loan.key == last:
                    # A code that the library itself has on two copies: the loan is of the first.
                    continue
                last = loan.key
                item, title, price, collection, material, member, kind, touched, due, renewals, closed, how, known = (
                    row[_WIDTH:]
                )
                yield _Joined(
                    loan, item, title or "", price, collection or "", material or "", member, kind or "", bool(touched),
                    _Known(due, renewals, closed is not None, how) if known else None,
                )  # fmt: skip
        finally:
            # A statement left open keeps the waiting file from being let go, and other references to it may live on.
            rows.close()

    def _copy(self, rows: list[_Joined]) -> None:
        rows = [row for row in rows if not self._unknown(row)]
        if not rows:
            return
        if rows[0].touched:
            self._touched_copy(rows)
            return
        state = FreshCopy(str(rows[0].item))
        for row in self._one_open(rows):
            taken = self._taken(row)
            if taken is None:
                continue
            self._record(taken)
            self._loans.append(loan_values(taken))
            state.add(taken, self.journal.key(taken.loan.at))
        if state.is_empty:
            return
        text, digest = state.state()
        self._hash += int.from_bytes(digest)
        self._states.append((state.item, text, digest))
        if len(self._states) >= _BATCH:
            self._flush()

    def _unknown(self, row: _Joined) -> bool:
        reason = "item-unknown" if row.item is None else "member-unknown" if row.member is None else ""
        if reason:
            self._refuse(row.loan, reason)
        return bool(reason)

    def _one_open(self, rows: list[_Joined]) -> list[_Joined]:
        """A copy can be out once: of several open loans the latest is taken, it is the later evidence."""
        still_out = [row for row in rows if row.loan.open]
        for row in still_out[:-1]:
            self._refuse(row.loan, "copy-open-twice", kept=still_out[-1].loan.member_no)
        refused = {id(row) for row in still_out[:-1]}
        return [row for row in rows if id(row) not in refused] if refused else rows

    def _touched_copy(self, rows: list[_Joined]) -> None:
        """A copy that has a history here: what is new goes in, then the whole copy is folded again."""
        moved = False
        closing = sorted(rows, key=lambda row: row.known is None)
        for row in self._one_open(closing):
            if row.known is not None:
                moved |= self._compare(row, row.known)
                continue
            if row.loan.open and (self._is_out(row) or self._came_back(row)):
                continue
            taken = self._taken(row)
            if taken is not None:
                self._record(taken)
                moved = True
        if moved:
            self._refold.append(str(rows[0].item))
            # What is asked of this copy later in the same import must see these events.
            self.journal.flush()

    def _is_out(self, row: _Joined) -> bool:
        """Whether the copy is out by this desk's own act, which the source cannot know; then its loan is not taken."""
        own = self._db.execute(
            "SELECT l.opened_at FROM loan l JOIN event e ON e.id = l.id WHERE l.item = ? AND l.closed_at IS NULL"
            " AND e.kind = 'loan.opened'",
            (row.item,),
        ).fetchone()
        if own is not None:
            self._refuse(row.loan, "lent-here")
        return own is not None

    def _came_back(self, row: _Joined) -> bool:
        """Whether both systems recorded the loan and this desk its end: taken, it would end the desk's own loan."""
        loan = row.loan
        was_here = recorded_here(self._db, str(row.item), str(row.member), Elsewhere(loan.lent, loan.due, ""))
        if was_here:
            self._refuse(loan, "returned-here")
        return was_here

    def _compare(self, row: _Joined, known: _Known) -> bool:
        """A loan of an earlier run: True when the source moved it on and an event says so."""
        loan = row.loan
        counts = self._counts["open" if loan.open else "past"]
        if known.closed:
            if loan.open:
                reason = "reopened-in-source" if known.how == "imported" else "returned-here"
                self._tell(loan, reason)
            counts[2] += 1
            return False
        if not loan.open:
            counts[1] += 1
            self._return(row)
            return True
        if (loan.due or known.due, loan.renewals) == (known.due, known.renewals):
            counts[2] += 1
            return False
        if self._renewed_here(row):
            self._tell(loan, "renewed-here", due_here=known.due)
            counts[2] += 1
            return False
        counts[1] += 1
        body = {"item": row.item, "loan": loan.loan_id, "due": loan.due or known.due, "renewals": loan.renewals}
        event_id = derived_id("correction", loan.key, str(body["due"]), str(loan.renewals), str(self.act.at))
        self.journal.append("loan.corrected", event_id, self.act.at, body)
        return True

    def _return(self, row: _Joined) -> None:
        """Returned in the source. Its ledger brings the fine, if there was one: nothing is charged twice."""
        loan = row.loan
        body: dict[str, Any] = {"item": row.item, "judged": {}, "source": loan.key}
        if loan.returned:
            body["on"] = loan.returned
        self.journal.append("item.returned", derived_id("return", loan.key), self.journal.at(loan.at), body)

    def _renewed_here(self, row: _Joined) -> bool:
        # A date that a person at this desk gave the loan has the note of its reason.
        events = self._db.execute(
            "SELECT body FROM event WHERE item = ? AND (kind = 'loan.renewed'"
            " OR kind = 'loan.corrected' AND json_extract(body, '$.note') IS NOT NULL)",
            (row.item,),
        ).fetchall()
        return any(json.loads(body).get("loan") == row.loan.loan_id for (body,) in events)

    def _taken(self, row: _Joined) -> Taken | None:
        """The loan as its event tells it; None (and a refusal) when its dates say nothing."""
        loan = row.loan
        if not loan.lent:
            self._refuse(loan, "loan-date-unknown")
            return None
        terms, policy = ("{}", "")
        if loan.open:
            terms, policy = self._terms_of(row)
        due = loan.due
        if not due:
            due = _due_by_terms(loan.lent, terms) if loan.open else loan.returned or loan.lent
            self._tell(loan, "due-by-rules" if loan.open else "due-unknown", due=due)
        self._counts["open" if loan.open else "past"][0] += 1
        at = self.journal.at(loan.at)
        if at != loan.at:
            loan = loan._replace(at=at)
        party = self.parties.token(str(row.member), LIVE if loan.open else PAST)
        return Taken(loan, str(row.item), row.title, party, due, terms, policy, row.price)

    def _terms_of(self, row: _Joined) -> tuple[str, str]:
        key = (row.member_type, row.collection, row.material, row.loan.rule)
        if key not in self._terms:
            self._terms[key] = self._plan.terms(*key)
        return self._terms[key]

    def _record(self, taken: Taken) -> None:
        self.journal.append_text("loan.imported", taken.loan.loan_id, taken.loan.at, loan_body(taken), taken.item)

    def _flush(self) -> None:
        connection = self.store.connection
        connection.executemany(_PUT_LOAN, self._loans)
        connection.executemany("INSERT INTO item_state (item, state, hash) VALUES (?, ?, ?)", self._states)
        self._loans.clear()
        self._states.clear()

    def _refuse(self, loan: StagedLoan, reason: str, **facts: str) -> None:
        self._find(loan, False, reason, facts)

    def _tell(self, loan: StagedLoan, note: str, **facts: str) -> None:
        self._find(loan, True, note, facts)

    def _find(self, loan: StagedLoan, taken: bool, reason: str, facts: dict[str, str]) -> None:
        params = {"barcode": loan.barcode, "member_no": loan.member_no, "lent_on": loan.lent, "key": loan.key, **facts}
        params["state"] = "open" if loan.open else "past"
        self.totals.findings.append(
            Finding("loan", taken, reason, loan.file, loan.line, "", canonical_text(params), "")
        )


def _due_by_terms(lent: str, terms: str) -> str:
    """Lent day and period: only where a source gives no due date; told as such."""
    period = json.loads(terms).get("period", 0)
    return (date.fromisoformat(lent) + timedelta(days=int(period))).isoformat()


class Taker:
    """What comes after the loans of one import: it writes in their act and journal, under their tokens."""

    def __init__(self, loans: LoanTaker) -> None:
        self._store, self._act, self._totals = loans.store, loans.act, loans.totals
        self._journal, self._parties = loans.journal, loans.parties
        self._db: Reading = loans.store.connection
