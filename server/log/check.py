"""Proving a log: chains, signatures, running hash, and that the kept state is the fold of the events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from app.domain.canonical import ZERO, add_hash, chain
from app.domain.event import genesis
from app.domain.fold.account import AccountState, fold_account
from app.domain.fold.item import ItemState, LoanState, fold_item
from app.domain.fold.queue import fold_queue
from server.log.keep import EVENT, FROM_EVENT, Library, event_from
from server.log.pull import RUN, LoggedRun, event_row, run_from
from server.log.rules import LogRules
from server.log.sql import Sql
from server.log.vouched import record_faults
from server.ports import Fault
from sync.protocol.runs import Row, Run, canonical_row, run_is_signed
from sync.protocol.signing import fingerprint

_RUNS = f"SELECT {RUN}, r.a FROM run r JOIN author a ON a.lib = r.lib AND a.a = r.a WHERE r.lib = ? ORDER BY r.gsn"
_ROWS = (
    "SELECT id, at, wall, mono, boot, kind, staff, body, late, v, link FROM event"
    " WHERE lib = ? AND gsn >= ? AND gsn <= ? ORDER BY gsn"
)
_AT_ONCE = 1000


def _runs(sql: Sql, library: Library) -> Iterator[tuple[LoggedRun, int, list[Row], list[bytes]]]:
    """Every run with its author's number, its events and their kept links, in log order."""
    for row in sql.all(_RUNS, library.lib):
        run = run_from(row[:-1])
        rows = sql.all(_ROWS, library.lib, run.gsn, run.gsn + run.count - 1)
        events = [event_row(found[:-1]) for found in rows]
        yield run, row[-1], events, [bytes(found[-1]) for found in rows]


def canonical_events(sql: Sql, library: Library) -> Iterator[bytes]:
    """Every event's canonical bytes in log order."""
    for logged, _, rows, _ in _runs(sql, library):
        run = logged.whole(())
        for seq, row in enumerate(rows, logged.first):
            yield canonical_row(library.id, run, seq, row)


def faults(sql: Sql, library: Library) -> Iterator[Fault]:
    """Everything that is not as it must be; nothing when the log is proven."""
    broken = False
    for fault in log_faults(sql, library):
        broken = True
        yield fault
    if not broken:
        # Neither the fold of a log that was meddled with proves anything, nor what it vouches for.
        yield from _fold_faults(sql, library)
        yield from record_faults(sql, library)


def log_faults(sql: Sql, library: Library) -> Iterator[Fault]:
    """What is wrong with chains, signatures, order and running hash."""
    authors: dict[int, tuple[Any, ...]] = {
        row[0]: row
        for row in sql.all("SELECT a, desk, inc, parent, base, seq, head FROM author WHERE lib = ?", library.lib)
    }
    links: dict[tuple[int, int], bytes] = {}
    needed = {(parent, base) for _, _, _, parent, base, _, _ in authors.values() if parent}
    ends: dict[int, tuple[int, bytes]] = {}
    running, gsn = ZERO, 0
    for logged, a, rows, kept in _runs(sql, library):
        where = str(logged.gsn)
        if logged.gsn <= gsn:
            yield Fault("order", where)
        gsn = logged.gsn + logged.count - 1
        _, desk, inc, parent, base, _, _ = authors[a]
        start = links.get((parent, base)) if parent else genesis(library.id, desk, inc, library.zone)
        seq, link = ends.get(a, (base, start or ZERO))
        if logged.first != seq + 1 or len(rows) != logged.count:
            yield Fault("chain", where, "missing")
            continue
        run = logged.whole(rows)
        for number, (row, stands) in enumerate(zip(rows, kept, strict=True), logged.first):
            link = chain(link, canonical_row(library.id, run, number, row))
            if link != stands:
                yield Fault("chain", str(logged.gsn + number - logged.first), "changed")
                break
            running = sha256(running + link).digest()
            if (a, number) in needed:
                links[a, number] = link
        ends[a] = (logged.last, link)
        yield from _run_faults(library, logged, run, link, running)
    for a, (_, desk, inc, _, base, seq, head) in authors.items():
        if ends.get(a, (base, bytes(head))) != (seq, bytes(head)):
            yield Fault("chain", f"{desk}/{inc}", "cut-off")
    if running != library.hash:
        yield Fault("running-hash", str(library.head))


def _run_faults(library: Library, logged: LoggedRun, run: Run, link: bytes, running: bytes) -> Iterator[Fault]:
    where = str(logged.gsn)
    if link != logged.head or running != logged.hash:
        yield Fault("running-hash", where)
    if fingerprint(logged.public) != logged.desk or not run_is_signed(library.id, run, logged.public):
        yield Fault("signature", where)


def _fold_faults(sql: Sql, library: Library) -> Iterator[Fault]:
    """Fold every aggregate again, beside what is kept."""
    rules = LogRules(sql, library.lib, library.zone)
    total = ZERO
    charged: dict[str, list[LoanState]] = {}
    kept_items = _kept(sql, library, "item")
    for item, events in _aggregates(sql, library, "item"):
        step = fold_item(item, events, rules)
        for loan in step.loans:
            if loan.charges:
                charged.setdefault(loan.party, []).append(loan)
        found = step.state.hash() if step.state != ItemState(item) else None
        total = add_hash(total, found) if found else total
        if kept_items.pop(item, None) != found:
            yield Fault("fold", f"item {item}")
    kept_queues = _kept(sql, library, "queue")
    for queue, events in _aggregates(sql, library, "queue"):
        state = fold_queue(queue, events)
        found = None if state.empty else state.hash()
        total = add_hash(total, found) if found else total
        if kept_queues.pop(queue, None) != found:
            yield Fault("fold", f"queue {queue}")
    kept_accounts = _kept(sql, library, "account")
    money = dict(_aggregates(sql, library, "party"))
    for party in sorted(set(money) | set(charged)):
        account = fold_account(party, charged.get(party, ()), money.get(party, ()))
        found = account.hash() if account != AccountState(party) else None
        total = add_hash(total, found) if found else total
        if kept_accounts.pop(party, None) != found:
            yield Fault("fold", f"account {party}")
    for left in (kept_items, kept_queues, kept_accounts):
        yield from (Fault("fold", name, "left over") for name in left)
    if total != library.state:
        yield Fault("state-hash", str(library.head))


def _kept(sql: Sql, library: Library, table: str) -> dict[str, bytes]:
    column = "party" if table == "account" else table
    return {
        name: bytes(found) for name, found in sql.all(f"SELECT {column}, hash FROM {table} WHERE lib = ?", library.lib)
    }


def _aggregates(sql: Sql, library: Library, column: str) -> Iterator[tuple[str, Sequence[Any]]]:
    rows = sql.all(
        f"SELECT DISTINCT {column} FROM event WHERE lib = ? AND {column} IS NOT NULL ORDER BY {column}", library.lib
    )
    names = [row[0] for row in rows]
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        found: Mapping[str, list[Any]] = {name: [] for name in some}
        for row in sql.all(f"SELECT e.{column}, {EVENT} {FROM_EVENT} AND e.{column} IN (??)", library.lib, some):
            found[row[0]].append(event_from(library.id, row[1:]))
        yield from found.items()
