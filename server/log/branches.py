"""The chains of a library as far as a push needs them: where each ends, and the link after any of its events."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from app.domain.event import genesis
from server.log.keep import Library
from server.log.sql import Row, Sql


class Branch(Struct):
    """One chain of a desk's incarnation. A second branch (`fork` not "") left its parent after number `base`."""

    a: int
    desk: str
    inc: str
    fork: str
    parent: int
    base: int
    seq: int
    head: bytes


class Branches:
    """The branches of the chains that one transaction touches. New links are remembered until it ends."""

    def __init__(self, sql: Sql, library: Library) -> None:
        self._sql = sql
        self._library = library
        self._of: dict[tuple[str, str], list[Branch]] = {}
        self._links: dict[tuple[int, int], tuple[bytes, int]] = {}
        self._last: int | None = None
        self.moved: dict[int, Branch] = {}

    def of(self, desk: str, inc: str) -> list[Branch]:
        """All branches of an incarnation, the first one first."""
        key = (desk, inc)
        if key not in self._of:
            rows = self._sql.all(
                "SELECT a, desk, inc, fork, parent, base, seq, head FROM author WHERE lib = ? AND desk = ? AND inc = ?"
                " ORDER BY fork, a",
                self._library.lib,
                desk,
                inc,
            )
            self._of[key] = [_branch(row) for row in rows]
        return self._of[key]

    def genesis(self, desk: str, inc: str) -> bytes:
        """The link before an incarnation's first event."""
        return genesis(self._library.id, desk, inc, self._library.zone)

    def begin(self, desk: str, inc: str, fork: str, parent: Branch | None, base: int, head: bytes) -> Branch:
        """A new branch, of which nothing is stored yet."""
        if self._last is None:
            row = self._sql.one("SELECT coalesce(max(a), 0) FROM author WHERE lib = ?", self._library.lib)
            self._last = row[0] if row else 0
        self._last += 1
        branch = Branch(self._last, desk, inc, fork, parent.a if parent else 0, base, base, head)
        found = self.of(desk, inc)
        found.append(branch)
        found.sort(key=lambda one: (one.fork, one.a))
        return branch

    def note(self, branch: Branch, seq: int, link: bytes, gsn: int) -> None:
        """One more event of a branch."""
        branch.seq, branch.head = seq, link
        self._links[branch.a, seq] = (link, gsn)
        self.moved[branch.a] = branch

    def place(self, branch: Branch, seq: int) -> tuple[bytes, int] | None:
        """The link after an event of a branch and the event's log number; None beyond the end. Number 0 is the
        genesis."""
        if seq > branch.seq:
            return None
        if seq == 0:
            return self.genesis(branch.desk, branch.inc), 0
        if seq <= branch.base:
            parent = next(one for one in self.of(branch.desk, branch.inc) if one.a == branch.parent)
            return self.place(parent, seq)
        fresh = self._links.get((branch.a, seq))
        if fresh is not None:
            return fresh
        row = self._sql.one(
            "SELECT e.link, e.gsn FROM run r JOIN event e ON e.lib = r.lib AND e.gsn = r.gsn + ? - r.first"
            " WHERE r.lib = ? AND r.a = ? AND r.first <= ? ORDER BY r.first DESC LIMIT 1",
            seq,
            self._library.lib,
            branch.a,
            seq,
        )
        return (bytes(row[0]), row[1]) if row else None

    def link(self, branch: Branch, seq: int) -> bytes | None:
        """The link after an event, without asking where the chain's end is known."""
        if seq == branch.seq:
            return branch.head
        found = self.place(branch, seq)
        return found[0] if found else None

    def common(self, branch: Branch, first: int, links: list[bytes]) -> int:
        """How many of these links (the first is of number `first`) a branch has: chains that part never meet again."""
        low, high = 0, min(len(links), max(branch.seq - first + 1, 0))
        while low < high:
            middle = (low + high + 1) // 2
            if self.link(branch, first + middle - 1) == links[middle - 1]:
                low = middle
            else:
                high = middle - 1
        return low

    def save(self) -> None:
        """Keep the ends of the chains that went on."""
        self._sql.put("author", list(self._rows()))

    def _rows(self) -> Iterator[tuple[object, ...]]:
        for one in self.moved.values():
            yield (
                self._library.lib, one.a, one.desk, one.inc, one.fork, one.parent, one.base, one.seq, one.head,
            )  # fmt: skip


def _branch(row: Row) -> Branch:
    a, desk, inc, fork, parent, base, seq, head = row
    return Branch(a, desk, inc, fork, parent, base, seq, bytes(head))
