"""A small log in memory that answers as the server does, and a network in the same process that can be cut.

It keeps the rules that desks rely on and nothing else, so that the sync is tested against what was agreed, not against
one server's way of doing it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from app.domain.canonical import ZERO, canonical_text
from app.domain.event import genesis
from app.domain.revision import Revision, merge
from sync.ports import Reply, SyncFault
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.codec import from_json, pack, to_json, unpack
from sync.protocol.enrolment import kept_secret, write_code
from sync.protocol.runs import Run, branch_name, links
from sync.protocol.signing import ANSWER, Signer, answer_text, fingerprint, new_private

NOW = 1_772_000_000_000


class Central:
    """One library's log. Entries are ("event", desk, branch, seq, row, link, run) or ("record", kind, id)."""

    def __init__(self, signer: Signer | None = None) -> None:
        self.signer = signer or Signer(new_private())
        self.library = self.zone = ""
        self.epoch = secrets.token_hex(4)
        self.log: list[tuple[Any, ...]] = []
        self.hashes = [ZERO]
        self.chains: dict[tuple[str, str], dict[int, bytes]] = {}
        self.runs: dict[int, tuple[Run, int]] = {}
        self.records: dict[tuple[str, str], tuple[Revision, int]] = {}
        self.desks: dict[str, str] = {}
        self.codes: set[str] = set()
        self.now = NOW

    def code(self) -> str:
        """A fresh one-time code."""
        secret = secrets.token_bytes(10)
        self.codes.add(kept_secret(secret.hex()))
        return write_code(secret, self.signer.fingerprint)

    @property
    def head(self) -> int:
        """The last number."""
        return len(self.log)

    def hello(self, asked: m.Hello) -> m.Welcome:
        signer = self.signer
        return m.Welcome(
            signer.fingerprint, signer.public.hex(), self.library, self.zone, 1, self.epoch, self.head, 0, self.now, 1
        )

    def join(self, asked: m.Join) -> m.Joined | m.Refused:
        if kept_secret(asked.code) not in self.codes:
            return m.Refused("code-unknown", time=self.now)
        if not self.library:
            self.library, self.zone = asked.library, asked.zone
        if not self.library or asked.library not in ("", self.library):
            return m.Refused("other-library" if self.library else "no-library", time=self.now)
        self.codes.discard(kept_secret(asked.code))
        desk = fingerprint(bytes.fromhex(asked.public))
        self.desks[desk] = asked.public
        return m.Joined(self.library, self.zone, desk, asked.name, f"M{len(self.desks)}")

    def push(self, push: m.Push) -> m.Pushed:
        records = tuple(self._record(row) for row in push.records)
        runs = tuple(self._run(run) for run in push.runs)
        return m.Pushed(self.epoch, self.head, 0, self.now, runs, records)

    def _record(self, row: m.RecordRow) -> m.RecordAnswer:
        theirs = Revision(row.kind, row.id, msgspec.json.decode(row.fields), row.stamp, row.edited, row.gone)
        known = self.records.get((row.kind, row.id))
        merged = merge(known[0], theirs) if known else theirs
        if known and merged == known[0]:
            return m.RecordAnswer(row.kind, row.id, "same", known[1])
        self._append(("record", row.kind, row.id), None)
        self.records[row.kind, row.id] = (merged, self.head)
        return m.RecordAnswer(row.kind, row.id, "stored", self.head)

    def _append(self, entry: tuple[Any, ...], link: bytes | None) -> None:
        self.log.append(entry)
        before = self.hashes[-1]
        self.hashes.append(sha256(before + link).digest() if link else before)

    def _run(self, run: Run) -> m.RunAnswer:
        name = branch_name(run.inc, run.fork)
        chain = self.chains.setdefault((run.desk, name), {})
        main = self.chains.get((run.desk, run.inc), {})
        at = run.first - 1
        begin = genesis(self.library, run.desk, run.inc, self.zone) if at == 0 else None
        before = begin or chain.get(at) or main.get(at)
        if before is None:
            return m.RunAnswer(run.desk, run.inc, run.first, run.last, "gap", max(chain, default=0))
        heads = links(self.library, run, before)
        for seq, head in enumerate(heads, run.first):
            if chain.get(seq, head) != head:
                fork = head.hex()[:16]
                return self._branch(run, heads, seq, fork)
        fresh = [seq for seq in range(run.first, run.last + 1) if seq not in chain]
        if not fresh:
            return m.RunAnswer(run.desk, run.inc, run.first, run.last, "duplicate", max(chain), fork=run.fork)
        self._store(run, heads, fresh[0], chain)
        return m.RunAnswer(run.desk, run.inc, run.first, run.last, "stored", max(chain), self.head, run.fork)

    def _branch(self, run: Run, heads: list[bytes], first: int, fork: str) -> m.RunAnswer:
        chain = self.chains.setdefault((run.desk, branch_name(run.inc, fork)), {})
        if run.last not in chain:
            rest = run.rows[first - run.first :]
            part = Run(run.desk, run.inc, first, rows=rest, head=run.head, signature=run.signature,
                       public=run.public, fork=fork)  # fmt: skip
            self._store(part, heads[first - run.first :], first, chain)
        return m.RunAnswer(run.desk, run.inc, run.first, run.last, "forked", max(chain), self.head, fork)

    def _store(self, run: Run, heads: list[bytes], first: int, chain: dict[int, bytes]) -> None:
        rows = run.rows[first - run.first :]
        kept = replace(run, first=first, rows=rows)
        number = self.head + 1
        self.runs[number] = (kept, number)
        for seq, (row, head) in enumerate(zip(rows, heads[first - run.first :], strict=True), first):
            chain[seq] = head
            self._append(("event", run.desk, run.inc, seq, row, head, number), head)

    def pull(self, desk: str, asked: m.Pull) -> m.Page:
        if asked.cursor > self.head or (asked.cursor and self.hashes[asked.cursor].hex() != asked.hash):
            return m.Page(self.epoch, self.head, 0, self.now, asked.cursor, asked.hash, moved=True)
        entries: list[m.Entry] = []
        number, taken = asked.cursor, 0
        while number < self.head and taken < asked.limit:
            kind, *rest = self.log[number]
            if kind == "record":
                number, taken = number + 1, taken + 1
                revision, newest = self.records[rest[0], rest[1]]
                if newest == number:
                    entries.append(m.Entry(number, record=_row(revision, number)))
                continue
            first = rest[5]
            run = self.runs[first][0]
            number, taken = first + len(run.rows) - 1, taken + len(run.rows)
            if run.desk == desk and not asked.whole:
                entries.append(m.Entry(first, own=(branch_name(run.inc, run.fork), run.first, run.last)))
            else:
                entries.append(m.Entry(first, run=run))
        hash_ = self.hashes[number].hex() if number else ""
        return m.Page(self.epoch, self.head, 0, self.now, number, hash_, tuple(entries))

    def have(self, asked: m.Have) -> m.Known:
        found = []
        for one in asked.chains:
            chain = self.chains.get((one.desk, one.inc), {})
            last = max(chain, default=0)
            found.append(m.Chain(one.desk, one.inc, last, chain.get(last, ZERO).hex()))
        return m.Known(tuple(found))

    def hashes_at(self, asked: m.Hashes) -> m.HashesAt:
        found = tuple(self.hashes[n].hex() if n <= self.head else "" for n in asked.at)
        return m.HashesAt(self.epoch, self.head, found)

    def state(self) -> Central:
        """A copy, as a backup would be."""
        copy = Central(self.signer)
        for name, value in vars(self).items():
            plain = isinstance(value, dict | list | set)
            setattr(copy, name, type(value)(value) if plain else value)
        copy.chains = {key: dict(chain) for key, chain in self.chains.items()}
        copy.epoch = secrets.token_hex(4)
        return copy

    def answer(self, path: str, desk: str, body: bytes) -> Any:
        """What one exchange answers."""
        exchange = next(one for one in routes.EXCHANGES if one.path == path)
        asked: Any = from_json(body, exchange.asks)
        if exchange is routes.HELLO:
            return self.hello(asked)
        if exchange is routes.JOIN:
            return self.join(asked)
        if desk not in self.desks:
            return m.Refused("unknown-desk", time=self.now)
        if exchange is routes.PUSH:
            return self.push(asked)
        if exchange is routes.PULL:
            return self.pull(desk, asked)
        if exchange is routes.HAVE:
            return self.have(asked)
        if exchange is routes.HASHES:
            return self.hashes_at(asked)
        return m.Head(self.epoch, self.head, 0, self.now)


def _row(revision: Revision, gsn: int) -> m.RecordRow:
    fields = canonical_text(dict(revision.fields))
    return m.RecordRow(revision.kind, revision.id, fields, revision.stamp, dict(revision.edited), revision.gone, gsn)


class Wire:
    """A network in this process. `cut` says for each request whether it is lost before ("before") or after ("after")
    the server did it, or "" when it comes through; `spoil` may change what comes back."""

    def __init__(self, central: Central) -> None:
        self.central = central
        self.cut: Callable[[str], str] = lambda path: ""
        self.spoil: Callable[[Reply], Reply] = lambda reply: reply
        self.asked: list[str] = []

    def expect(self, certificates: tuple[str, ...]) -> None:
        """There is no certificate here."""

    def post(self, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Reply:
        self.asked.append(path)
        fate = self.cut(path)
        if fate == "before":
            raise SyncFault("no-link")
        nonce = headers[routes.NONCE]
        found = self.central.answer(
            path, headers.get(routes.DESK, ""), unpack(body, headers.get("Content-Encoding", ""))
        )
        if fate == "after":
            raise SyncFault("timeout")
        status = 403 if isinstance(found, m.Refused) else 200
        plain = to_json(found)
        signature = self.central.signer.sign(ANSWER, answer_text(nonce, status, plain)).hex()
        packed, encoding = pack(plain)
        said = {routes.SIGNATURE.lower(): signature, "content-encoding": encoding, "content-type": "application/json"}
        return self.spoil(Reply(status, said, packed))
