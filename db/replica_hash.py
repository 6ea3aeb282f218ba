"""The state hash as the log has it: without what this desk did and the log does not hold yet.

Worked out when it is asked for, from the few copies, queues and accounts that unsent acts touch; no scan pays for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.canonical import shift_hash
from app.domain.event import Event
from app.domain.fold import FoldRules
from app.domain.fold.account import AccountState, fold_account
from app.domain.fold.item import ItemState, LoanState, fold_item
from app.domain.fold.queue import fold_queue
from db import journal
from db.aggregates import charged_loans
from db.replica_state import read_place
from db.sql import Reading

_BEYOND = (
    "SELECT e.item, e.queue, e.party FROM author a JOIN event e ON e.author = a.a AND e.seq > a.logged"
    " UNION ALL SELECT item, queue, party FROM event WHERE gsn > ?"
)


def hash_at_cursor(connection: Reading, library: str, rules: FoldRules) -> tuple[int, str]:
    """The log number that was read to, and the hash (hex) of the state that the log folds to there. In the caller's
    transaction."""
    cursor = read_place(connection).cursor
    kept = bytes(connection.execute("SELECT value FROM meta WHERE key = 'state_hash'").fetchone()[0])
    items: set[str] = set()
    queues: set[str] = set()
    parties: set[str] = set()
    for item, queue, party in connection.execute(_BEYOND, (cursor,)):
        for name, names in ((item, items), (queue, queues), (party, parties)):
            if name is not None:
                names.add(name)
    shift = 0
    loans: dict[str, LoanState] = {}
    for item in items:
        step = fold_item(item, _events(connection, library, "item", item, cursor), rules)
        loans |= {loan.id: loan for loan in step.loans}
        shift += _swap(
            connection, "item_state", "item", item, step.state.hash() if step.state != ItemState(item) else None
        )
        parties |= _charged_parties(connection, item)
    parties |= {loan.party for loan in loans.values() if loan.charges}
    for queue in queues:
        state = fold_queue(queue, _events(connection, library, "queue", queue, cursor))
        shift += _swap(connection, "queue_state", "queue", queue, None if state.empty else state.hash())
    others = charged_loans(connection, sorted(parties))
    for party in parties:
        charged = _charged(party, others, loans.values(), items)
        account = fold_account(party, charged, _events(connection, library, "party", party, cursor))
        new = None if account == AccountState(party) else account.hash()
        shift += _swap(connection, "account", "party", party, new)
    return cursor, shift_hash(kept, shift).hex()


def _events(connection: Reading, library: str, column: str, name: str, cursor: int) -> list[Event]:
    rows = connection.execute(journal.SELECT + f"WHERE e.{column} = ? AND e.gsn <= ?", (name, cursor))
    return [journal.from_row(library, row) for row in rows]


def _charged_parties(connection: Reading, item: str) -> set[str]:
    rows = connection.execute("SELECT party FROM loan WHERE item = ? AND charges IS NOT NULL", (item,))
    return {party for (party,) in rows}


def _charged(
    party: str, others: Mapping[str, Iterable[LoanState]], folded: Iterable[LoanState], items: set[str]
) -> list[LoanState]:
    """A party's charged loans: of the copies folded here from the fold, of all others as they are kept."""
    kept = [loan for loan in others.get(party, ()) if loan.item not in items]
    return kept + [loan for loan in folded if loan.party == party and loan.charges]


def _swap(connection: Reading, table: str, key: str, name: str, new: bytes | None) -> int:
    row = connection.execute(f"SELECT hash FROM {table} WHERE {key} = ?", (name,)).fetchone()
    return int.from_bytes(new or b"") - int.from_bytes(bytes(row[0]) if row else b"")
