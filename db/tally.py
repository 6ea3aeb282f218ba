"""What a day has brought so far: counted once, afterwards only what came after: no scan pays for the day's length."""

from __future__ import annotations

from db.sql import Reading

# A desk that starts at noon counts its morning again from at most this many events back.
FARTHEST = 5000

TAKEN_BACK = (
    "(EXISTS (SELECT 1 FROM undone u WHERE u.event = e.id)"
    " OR e.kind = 'payment.made' AND EXISTS (SELECT 1 FROM payment p WHERE p.id = e.id AND p.voided = 1))"
)
"""An act that was undone, or a payment that was voided (its event carries the payment's own id)."""


class Tally:
    """Returns, loans and the till between two instants. Ask it between acts only: it believes what it reads."""

    def __init__(self) -> None:
        self._span = (0, 0)
        self._newest = 0
        self._returned = self._lent = self._taken = 0

    def count(self, connection: Reading, start: int, end: int) -> tuple[int, int, int]:
        """(loans ended by a return, loans made, rupiah taken less rupiah given back) from this store's events, without
        what was undone."""
        newest = int(connection.execute("SELECT coalesce(max(n), 0) FROM event").fetchone()[0])
        if self._span != (start, end) or newest < self._newest or self._something_taken_back(connection):
            self._span, self._newest = (start, end), _far_back(connection)
            self._returned = self._lent = self._taken = 0
        if newest > self._newest:
            self._add(connection)
            self._newest = newest
        return self._returned, self._lent, self._taken

    def _something_taken_back(self, connection: Reading) -> bool:
        found = connection.execute(
            # Taken back at an empty desk, it stands in no transaction.
            "SELECT EXISTS (SELECT 1 FROM event WHERE n > ? AND kind IN ('act.undone', 'payment.voided'))",
            (self._newest,),
        ).fetchone()
        return bool(found[0])

    def _add(self, connection: Reading) -> None:
        rows = connection.execute(
            # What was settled from credit went through no till.
            "SELECT kind, count(*), sum(CASE WHEN json_extract(body, '$.of_credit') IS NOT NULL THEN 0"
            " WHEN kind = 'payment.made' THEN json_extract(body, '$.amount')"
            " WHEN kind = 'refund.made' THEN -json_extract(body, '$.amount') ELSE 0 END)"
            # What other desks and other systems did is in no transaction of this one; their money lies in another box.
            " FROM event e WHERE n > ? AND tx IS NOT NULL AND at >= ? AND at < ?"
            " AND (kind IN ('payment.made', 'refund.made', 'loan.opened')"
            # A copy that was not on loan was only shelved.
            " OR kind = 'item.returned'"
            " AND EXISTS (SELECT 1 FROM loan l WHERE l.item = e.item AND l.closing = e.id))"
            f" AND NOT {TAKEN_BACK} GROUP BY kind",
            (self._newest, *self._span),
        )
        for kind, count, taken in rows:
            self._returned += count if kind == "item.returned" else 0
            self._lent += count if kind == "loan.opened" else 0
            self._taken += taken


def _far_back(connection: Reading) -> int:
    """The event after which a day is counted: this desk's last `FARTHEST` acts, however many of others came between."""
    row = connection.execute(
        "SELECT n FROM event WHERE tx IS NOT NULL ORDER BY n DESC LIMIT 1 OFFSET ?", (FARTHEST,)
    ).fetchone()
    return int(row[0]) if row else 0
