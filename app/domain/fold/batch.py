"""The fold over a store: many events at once, the same way on a desk and on the server.

What comes after everything known of its copy is applied to the kept state; anything else (an earlier time, an undo, an
act that was undone before it came) folds that copy, queue or account again from its events. Both give the same state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from app.domain.event import Event, touch
from app.domain.fold import FoldRules
from app.domain.fold.account import AccountState, fold_account
from app.domain.fold.item import Finding, ItemState, LoanState, fold_item, hash_of_item, step_item
from app.domain.fold.queue import QueueState, fold_queue


class ItemKeep(Struct, frozen=True):
    """A copy's state as it is kept: its text and its part of the state hash."""

    item: str
    text: bytes
    hash: bytes


class QueueKeep(Struct, frozen=True):
    """A waiting queue as it is kept."""

    state: QueueState
    hash: bytes


class AccountKeep(Struct, frozen=True):
    """An account as it is kept."""

    state: AccountState
    hash: bytes


class Kept(Protocol):
    """Where the folded aggregates live. Asked and written in batches; the new events already stand in its journal."""

    def undone(self, events: Sequence[Event]) -> Collection[str]:
        """Those of these events that an act already known undoes."""

    def note_undone(self, undoing: Sequence[Event]) -> None:
        """Remember what these acts undo."""

    def items(self, items: Sequence[str]) -> Mapping[str, tuple[str | bytes, bytes]]:
        """Text and hash of each copy that holds a state."""

    def item_events(self, items: Sequence[str]) -> Mapping[str, list[Event]]:
        """All events that move each copy."""

    def queue_events(self, queues: Sequence[str]) -> Mapping[str, list[Event]]:
        """All events that move each waiting queue."""

    def party_events(self, parties: Sequence[str]) -> Mapping[str, list[Event]]:
        """All events that move each account."""

    def forget_items(self, items: Sequence[str]) -> Collection[str]:
        """Drop state, loans and findings of copies that are folded anew; the parties whose charged loans went."""

    def keep_items(self, items: Sequence[ItemKeep]) -> None:
        """Keep states."""

    def keep_loans(self, loans: Sequence[LoanState]) -> None:
        """Keep loans that are new or changed; of one copy an earlier loan comes before a later one."""

    def keep_findings(self, findings: Sequence[tuple[str, Finding]]) -> None:
        """Keep findings, each with its copy."""

    def queue_hashes(self, queues: Sequence[str]) -> Mapping[str, bytes]:
        """The hash of each queue that holds a state."""

    def keep_queues(self, queues: Sequence[str], states: Sequence[QueueKeep]) -> None:
        """Replace the states of `queues`; those not in `states` hold nothing any more."""

    def charged(self, parties: Sequence[str]) -> Mapping[str, Sequence[LoanState]]:
        """Each party's loans that cost something, as far as the account needs them."""

    def account_hashes(self, parties: Sequence[str]) -> Mapping[str, bytes]:
        """The hash of each account that holds a state."""

    def keep_accounts(self, parties: Sequence[str], states: Sequence[AccountKeep]) -> None:
        """Replace the states of `parties`; those not in `states` hold nothing any more."""


class Folded(Struct):
    """What a fold did: the sum of hashes that came minus those that went, and the aggregates it touched."""

    shift: int = 0
    items: set[str] = set()
    queues: set[str] = set()
    parties: set[str] = set()

    def swap(self, old: bytes | None, new: bytes | None) -> None:
        """Count one aggregate's hash instead of another; None = it holds nothing, as if it had never been touched."""
        if old is not None:
            self.shift -= int.from_bytes(old)
        if new is not None:
            self.shift += int.from_bytes(new)


def fold_new(kept: Kept, events: Iterable[Event], rules: FoldRules) -> Folded:
    """Bring the kept state up to events that were just stored."""
    done = Folded(0, set(), set(), set())
    by_item: dict[str, list[Event]] = {}
    arrived: list[Event] = []
    undoing: list[Event] = []
    for event in events:
        moves = touch(event.kind, event.body)
        if moves.item:
            by_item.setdefault(moves.item, []).append(event)
            arrived.append(event)
        if moves.queue:
            done.queues.add(moves.queue)
        if moves.party:
            done.parties.add(moves.party)
        if event.kind == "act.undone":
            undoing.append(event)
    if undoing:
        kept.note_undone(undoing)
    if by_item:
        _step_items(kept, by_item, kept.undone(arrived), rules, done)
    _fold_rest(kept, done)
    return done


def fold_whole(
    kept: Kept, items: Iterable[str], queues: Iterable[str], parties: Iterable[str], rules: FoldRules
) -> Folded:
    """Fold these copies, queues and accounts again from all their events."""
    done = Folded(0, set(), set(queues), set(parties))
    wanted = list(items)
    known = kept.items(wanted) if wanted else {}
    _fold_items(kept, wanted, {item: found[1] for item, found in known.items()}, rules, done)
    _fold_rest(kept, done)
    return done


def _step_items(
    kept: Kept, by_item: Mapping[str, list[Event]], undone: Collection[str], rules: FoldRules, done: Folded
) -> None:
    known = kept.items(list(by_item))
    again: list[str] = []
    keeps: list[ItemKeep] = []
    loans: list[LoanState] = []
    findings: list[tuple[str, Finding]] = []
    for item, events in by_item.items():
        found = known.get(item)
        state = ItemState.from_text(found[0]) if found else ItemState(item)
        if len(events) > 1:
            events.sort(key=_key)
        if events[0].key <= state.key or any(e.kind == "act.undone" or e.id in undone for e in events):
            again.append(item)
            continue
        changed: dict[str, LoanState] = {}
        for event in events:
            step = step_item(state, event, rules)
            state = step.state
            for loan in step.loans:
                changed[loan.id] = loan
            findings += ((item, finding) for finding in step.findings)
        text = state.text()
        new = hash_of_item(text)
        done.swap(found[1] if found else None, new)
        keeps.append(ItemKeep(item, text, new))
        loans += changed.values()
    done.items.update(by_item)
    done.parties.update(loan.party for loan in loans if loan.charges)
    _keep(kept, keeps, loans, findings)
    if again:
        _fold_items(kept, again, {item: known[item][1] for item in again if item in known}, rules, done)


def _fold_items(kept: Kept, items: Sequence[str], old: Mapping[str, bytes], rules: FoldRules, done: Folded) -> None:
    if not items:
        return
    events = kept.item_events(items)
    done.items.update(items)
    done.parties.update(kept.forget_items(items))
    keeps: list[ItemKeep] = []
    loans: list[LoanState] = []
    findings: list[tuple[str, Finding]] = []
    for item in items:
        step = fold_item(item, events.get(item, ()), rules)
        new = None
        if step.state != ItemState(item):
            text = step.state.text()
            new = hash_of_item(text)
            keeps.append(ItemKeep(item, text, new))
        done.swap(old.get(item), new)
        loans += step.loans
        findings += ((item, finding) for finding in step.findings)
    done.parties.update(loan.party for loan in loans if loan.charges)
    _keep(kept, keeps, loans, findings)


def _keep(
    kept: Kept, keeps: Sequence[ItemKeep], loans: Sequence[LoanState], findings: Sequence[tuple[str, Finding]]
) -> None:
    if keeps:
        kept.keep_items(keeps)
    if loans:
        kept.keep_loans(loans)
    if findings:
        kept.keep_findings(findings)


def _fold_rest(kept: Kept, done: Folded) -> None:
    """The later stages: queues, and accounts once all loans stand."""
    if done.queues:
        _fold_queues(kept, sorted(done.queues), done)
    if done.parties:
        _fold_accounts(kept, sorted(done.parties), done)


def _fold_queues(kept: Kept, queues: Sequence[str], done: Folded) -> None:
    events, old = kept.queue_events(queues), kept.queue_hashes(queues)
    keeps: list[QueueKeep] = []
    for queue in queues:
        state = fold_queue(queue, events.get(queue, ()))
        new = None if state.empty else state.hash()
        done.swap(old.get(queue), new)
        if new is not None:
            keeps.append(QueueKeep(state, new))
    kept.keep_queues(queues, keeps)


def _fold_accounts(kept: Kept, parties: Sequence[str], done: Folded) -> None:
    loans, events, old = kept.charged(parties), kept.party_events(parties), kept.account_hashes(parties)
    keeps: list[AccountKeep] = []
    for party in parties:
        state = fold_account(party, loans.get(party, ()), events.get(party, ()))
        new = None if state == AccountState(party) else state.hash()
        done.swap(old.get(party), new)
        if new is not None:
            keeps.append(AccountKeep(state, new))
    kept.keep_accounts(parties, keeps)


def _key(event: Event) -> tuple[int, str, str, int]:
    return event.key
