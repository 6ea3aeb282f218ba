"""The fold over a store: whatever arrives in whatever pieces, the kept state is the fold of everything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.canonical import ZERO, shift_hash
from app.domain.event import Event, touch
from app.domain.fold.account import AccountState, fold_account
from app.domain.fold.batch import AccountKeep, Folded, ItemKeep, QueueKeep, fold_new, fold_whole
from app.domain.fold.item import Finding, LoanState, fold_item
from app.domain.fold.queue import fold_queue
from tests.domain.fold.history import DAY, ITEM, READERS, RULES, START, event, histories, opened, returned, undone

QUEUE = "9" * 32


class Memory:
    """A journal and the kept aggregates, in dictionaries."""

    def __init__(self) -> None:
        self.journal: list[Event] = []
        self.undoes: set[str] = set()
        self.item: dict[str, tuple[bytes, bytes]] = {}
        self.loan: dict[str, LoanState] = {}
        self.finding: dict[str, str] = {}
        self.queue: dict[str, bytes] = {}
        self.account: dict[str, AccountKeep] = {}
        self.hash = ZERO

    def take(self, events: Sequence[Event]) -> Folded:
        """Store and fold."""
        self.journal += events
        done = fold_new(self, events, RULES)
        self.hash = shift_hash(self.hash, done.shift)
        return done

    def undone(self, events: Sequence[Event]) -> Collection[str]:
        return self.undoes & {event.id for event in events}

    def note_undone(self, undoing: Sequence[Event]) -> None:
        self.undoes |= {str(event.body["event"]) for event in undoing}

    def items(self, items: Sequence[str]) -> Mapping[str, tuple[str | bytes, bytes]]:
        return {item: self.item[item] for item in items if item in self.item}

    def _moved(self, part: str, names: Sequence[str]) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for one in self.journal:
            name = getattr(touch(one.kind, one.body), part)
            if name in names:
                found.setdefault(name, []).append(one)
        return found

    def item_events(self, items: Sequence[str]) -> Mapping[str, list[Event]]:
        return self._moved("item", items)

    def queue_events(self, queues: Sequence[str]) -> Mapping[str, list[Event]]:
        return self._moved("queue", queues)

    def party_events(self, parties: Sequence[str]) -> Mapping[str, list[Event]]:
        return self._moved("party", parties)

    def forget_items(self, items: Sequence[str]) -> Collection[str]:
        gone = [loan for loan in self.loan.values() if loan.item in items]
        for loan in gone:
            del self.loan[loan.id]
        for item in items:
            self.item.pop(item, None)
        self.finding = {case: item for case, item in self.finding.items() if item not in items}
        return {loan.party for loan in gone if loan.charges}

    def keep_items(self, items: Sequence[ItemKeep]) -> None:
        self.item.update((keep.item, (keep.text, keep.hash)) for keep in items)

    def keep_loans(self, loans: Sequence[LoanState]) -> None:
        self.loan.update((loan.id, loan) for loan in loans)

    def keep_findings(self, findings: Sequence[tuple[str, Finding]]) -> None:
        self.finding.update((finding.case_id, item) for item, finding in findings)

    def queue_hashes(self, queues: Sequence[str]) -> Mapping[str, bytes]:
        return {queue: self.queue[queue] for queue in queues if queue in self.queue}

    def keep_queues(self, queues: Sequence[str], states: Sequence[QueueKeep]) -> None:
        for queue in queues:
            self.queue.pop(queue, None)
        self.queue.update((keep.state.queue, keep.hash) for keep in states)

    def charged(self, parties: Sequence[str]) -> Mapping[str, Sequence[LoanState]]:
        return {
            party: [loan for loan in self.loan.values() if loan.party == party and loan.charges] for party in parties
        }

    def account_hashes(self, parties: Sequence[str]) -> Mapping[str, bytes]:
        return {party: self.account[party].hash for party in parties if party in self.account}

    def keep_accounts(self, parties: Sequence[str], states: Sequence[AccountKeep]) -> None:
        for party in parties:
            self.account.pop(party, None)
        self.account.update((keep.state.party, keep) for keep in states)


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """Acts on one copy by two desks, holds on its title, and money of its readers."""
    mine = draw(histories())
    theirs = [replace(one, desk="desk-2", id=one.id[::-1]) for one in draw(histories(most=6))]
    others: list[Event] = []
    for seq in range(draw(st.integers(0, 5))):
        at = START + draw(st.integers(0, 40)) * DAY
        party = draw(st.sampled_from(READERS))
        charge = f"{seq:032x}"
        others += draw(
            st.sampled_from(
                [
                    [event(100 + seq, "hold.placed", at, {"hold": charge, "queue": QUEUE, "party": party})],
                    [
                        event(
                            100 + seq,
                            "charge.made",
                            at,
                            {"charge": charge, "party": party, "amount": 5000, "reason": "lost"},
                        )
                    ],
                    [
                        event(
                            100 + seq,
                            "payment.made",
                            at,
                            {"payment": charge, "party": party, "amount": 700, "receipt": 1},
                        )
                    ],
                ]
            )
        )
    if others and draw(st.booleans()):
        target = draw(st.sampled_from(others))
        named = {name: target.body[name] for name in ("queue", "party") if name in target.body}
        others.append(event(200, "act.undone", START + 50 * DAY, {"event": target.id, **named}))
    return [*mine, *theirs, *others]


@given(lives(), st.randoms(use_true_random=False), st.lists(st.integers(1, 6), max_size=12))
def test_any_order_in_any_pieces_gives_one_state(events: list[Event], luck, sizes: list[int]) -> None:  # type: ignore[no-untyped-def]
    whole = Memory()
    whole.take(events)
    luck.shuffle(events)
    pieces = Memory()
    rest = events
    for size in sizes:
        pieces.take(rest[:size])
        rest = rest[size:]
    pieces.take(rest)
    assert pieces.hash == whole.hash
    assert (pieces.item, pieces.queue, pieces.account) == (whole.item, whole.queue, whole.account)
    assert pieces.finding == whole.finding
    assert pieces.loan == whole.loan
    step = fold_item(ITEM, events, RULES)
    assert pieces.loan == {loan.id: loan for loan in step.loans}
    for party in READERS:
        loans = [loan for loan in step.loans if loan.party == party and loan.charges]
        mine = [one for one in events if touch(one.kind, one.body).party == party]
        account = fold_account(party, loans, mine)
        kept = pieces.account.get(party)
        assert (kept.state if kept else AccountState(party)) == account
    waiting = fold_queue(QUEUE, [one for one in events if touch(one.kind, one.body).queue == QUEUE])
    assert pieces.queue.get(QUEUE) == (waiting.hash() if waiting.holds else None)


@given(lives())
def test_folding_everything_again_changes_nothing(events: list[Event]) -> None:
    memory = Memory()
    memory.take(events)
    before = (dict(memory.item), dict(memory.loan), dict(memory.queue), dict(memory.account), memory.hash)
    done = fold_whole(memory, [ITEM], [QUEUE], READERS, RULES)
    assert done.shift == 0
    assert (memory.item, memory.loan, memory.queue, memory.account, memory.hash) == before


def test_an_act_that_was_undone_before_it_came_never_counts() -> None:
    memory = Memory()
    lent, back = opened(1, START, READERS[0]), returned(2, START + DAY)
    memory.take([lent])
    kept = memory.hash
    memory.take([undone(3, START + 2 * DAY, back)])
    memory.take([back])
    assert memory.hash == kept


def test_what_a_fold_touched_is_told() -> None:
    memory = Memory()
    done = memory.take([opened(1, START, READERS[0]), returned(2, START + 40 * DAY)])
    assert (done.items, done.queues, done.parties) == ({ITEM}, set(), {READERS[0]})
