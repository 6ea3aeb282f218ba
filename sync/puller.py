"""What the log has to say: pages are proved run by run, then taken in with their place; another history is noticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from app.domain.replica import LOST, ChainEnd, LogEntry, LogFault, LogRecord, OutRun, OwnRun, Place
from sync.client import Client
from sync.ports import Replica
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.limits import MAX_AUTHORS, MAX_EVENTS, MAX_HASHES
from sync.protocol.runs import branch_name
from sync.proving import Prover, revision


class Puller:
    """Reads the log on from the cursor."""

    def __init__(self, client: Client, replica: Replica[Any]) -> None:
        self._client = client
        self._replica = replica
        self._whole = False
        self.head = 0
        """The log's last number as it was last heard."""
        self.moved = False
        """True once the history was found to be another one."""

    def pull_all(self, limit: int = MAX_EVENTS) -> bool:
        """Read until nothing is left; True when anything came. Raises SyncFault and LogFault."""
        did = False
        while self.pull_page(limit):
            did = True
        return did

    def pull_page(self, limit: int = MAX_EVENTS) -> bool:
        """Read one page; True when there may be more."""
        place = self._replica.place()
        page = self._client.ask(routes.PULL, m.Pull(place.cursor, place.hash, limit, self._whole), m.Page)
        self.head = page.head
        if page.moved or (place.epoch and page.epoch != place.epoch):
            self._realign(place, page)
            return True
        entries = self._proved(page.entries)
        after = Place(page.next, page.hash, page.epoch, page.safe)
        if entries or after != place:
            try:
                self._replica.apply(entries, after)
            except LogFault as fault:
                if fault.code != LOST or self._whole:
                    raise
                self._whole = True
                return True
        if page.next >= page.head:
            self._whole = False
            self._replica.filled()
        return page.next < page.head

    # --- proving ---------------------------------------------------------------------------------------------------

    def _proved(self, entries: Iterable[m.Entry]) -> list[LogEntry]:
        found: list[LogEntry] = []
        prover = Prover(self._replica)
        for entry in entries:
            if entry.run is not None:
                found.append(prover.run(entry.gsn, entry.run))
            elif entry.own is not None:
                inc, first, last = entry.own
                name, _, fork = inc.partition("~")
                found.append(OwnRun(entry.gsn, name, fork, first, last))
            elif entry.record is not None:
                found.append(LogRecord(entry.gsn, revision(entry.record)))
        return found

    # --- another history -------------------------------------------------------------------------------------------

    def _realign(self, place: Place, page: m.Page) -> None:
        """The server's history is not the one this desk read, or it was begun anew: go back to what both share. What
        the server lost is offered again in the next round, whoever's it is."""
        common = self._common(min(place.cursor, page.head))
        self._replica.reset(common)
        now = self._replica.place()
        self._replica.keep_place(Place(now.cursor, now.hash, page.epoch, page.safe))
        self.moved = True

    def _common(self, most: int) -> int:
        """The last log number up to which both histories are one."""
        low, high = 0, most
        while low < high:
            step = max(1, (high - low + MAX_HASHES - 2) // (MAX_HASHES - 1))
            numbers = [*range(low + step, high, step), high]
            theirs = self._client.ask(routes.HASHES, m.Hashes(tuple(numbers)), m.HashesAt).hashes
            ours = self._replica.hashes_at(numbers)
            same = [number for number, one, other in zip(numbers, ours, theirs, strict=False) if one == other]
            # Histories that parted once never meet again.
            low, high = max(same, default=low), min((n for n in numbers if n > max(same, default=low)), default=low) - 1
            high = max(high, low)
        return low

    def lost(self) -> Iterator[OutRun]:
        """Other desks' runs that the server does not hold. Raises SyncFault."""
        own = self._replica.identity.desk
        ends = [end for end in self._replica.chains() if end.desk != own]
        for start in range(0, len(ends), MAX_AUTHORS):
            part = ends[start : start + MAX_AUTHORS]
            asked = tuple(m.Chain(one.desk, branch_name(one.inc, one.fork), one.seq, one.head.hex()) for one in part)
            known = {
                (one.desk, one.inc): one.seq
                for one in self._client.ask(routes.HAVE, m.Have(asked), m.Known).chains
            }  # fmt: skip
            for end in part:
                have = known.get((end.desk, branch_name(end.inc, end.fork)), 0)
                if have < end.seq:
                    yield from self._replica.runs_of(end, have)


__all__ = ["ChainEnd", "Puller"]
