"""Desks for the log's tests: they write chains of acts and sign them as runs, without a store of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from app.domain.canonical import canonical_text, chain
from app.domain.event import Event, genesis
from app.domain.ids import derived_id
from app.domain.record_form import POLICY, policy_id
from server.log.store import SqlLogStore
from sync.protocol.messages import Page, Push, Pushed, RecordRow
from sync.protocol.runs import Row, Run, row_of, sign_run
from sync.protocol.signing import Signer

LIBRARY, ZONE = "a" * 32, "Asia/Jakarta"
NOW = 1_772_409_600_000
DAY = 86_400_000
TITLE = derived_id("t", "title")
PARTIES = tuple(derived_id("t", name) for name in ("ahmad", "dewi", "rizky"))
ITEMS = tuple(derived_id("t", f"item {number}") for number in range(5))


class Writer:
    """One incarnation of a desk, with its chain from the beginning. `copy` goes on apart from it."""

    def __init__(self, name: str, inc: str = "", library: str = LIBRARY) -> None:
        self.signer = Signer(bytes.fromhex(derived_id("key", name) * 2))
        self.desk = self.signer.fingerprint
        self.inc = inc or derived_id("inc", name)[:16]
        self.library = library
        self.name = name
        self.links = [genesis(library, self.desk, self.inc, ZONE)]
        self.rows: list[Row] = []
        self.at = NOW

    def copy(self, name: str) -> Writer:
        """A copied home: the same desk, the same chain so far."""
        made = Writer.__new__(Writer)
        made.__dict__.update(self.__dict__)
        made.name = name
        made.links, made.rows = list(self.links), list(self.rows)
        return made

    def act(self, kind: str, body: Mapping[str, Any], *, after: int = 60_000, **changes: Any) -> Event:
        """One more act."""
        self.at += after
        seq = len(self.rows) + 1
        event = Event(
            derived_id("e", self.name, self.inc, str(seq)), self.library, self.desk, self.inc, seq, self.at, self.at,
            seq, "boot", kind, "", dict(body),
        )  # fmt: skip
        event = replace(event, **changes)
        return self.write(event)

    def write(self, event: Event) -> Event:
        """Chain an event that stands already."""
        self.rows.append(row_of(event, canonical_text(event.body)))
        self.links.append(chain(self.links[-1], event.canonical().encode()))
        return event

    def lend(self, item: int = 0, party: int = 0, **more: Any) -> Event:
        """A loan."""
        body = {"item": ITEMS[item], "title": TITLE, "party": PARTIES[party], "due": "2026-03-20", "policy": "v1"}
        return self.act("loan.opened", body, **more)

    def bring(self, item: int = 0, **more: Any) -> Event:
        """A return."""
        return self.act("item.returned", {"item": ITEMS[item], "policy": "v1"}, **more)

    def run(self, first: int = 1, last: int = 0) -> Run:
        """The acts of these numbers as a signed run."""
        last = last or len(self.rows)
        return sign_run(LIBRARY, self.signer, self.inc, first, self.rows[first - 1 : last], self.links[last])


def with_desks(store: SqlLogStore, *writers: Writer) -> SqlLogStore:
    """Found the library where it is not there yet, and enrol the desks."""
    if all(one.library != LIBRARY for one in store.libraries()):
        store.found(LIBRARY, ZONE, NOW)
    for number, writer in enumerate(writers):
        secret = derived_id("code", writer.name, str(number)) * 2
        store.enrol(secret, writer.name, LIBRARY, NOW + DAY, NOW)
        joined = store.join(secret, writer.signer.public.hex(), "", "", "", NOW)
        assert not isinstance(joined, str), joined
    return store


def push(store: SqlLogStore, *runs: Run, records: Sequence[RecordRow] = (), by: str = "") -> Pushed:
    """Push; by the desk of the first run where nobody is named."""
    return store.push(LIBRARY, by or (runs[0].desk if runs else "x"), Push("", tuple(runs), tuple(records)), NOW)


def pull_all(store: SqlLogStore, desk: str = "", limit: int = 100, *, own_whole: bool = True) -> list[Page]:
    """Every page from the beginning."""
    pages: list[Page] = []
    cursor, hash_ = 0, ""
    while True:
        page = store.pull(LIBRARY, desk, cursor, hash_, limit, own_whole=own_whole, now=NOW)
        assert not page.moved
        if page.next == cursor:
            return pages
        pages.append(page)
        cursor, hash_ = page.next, page.hash


def record(kind: str, id_: str, at: int = 1, gone: bool = False, **fields: Any) -> RecordRow:
    """A revision of a record set whole by one act."""
    return RecordRow(kind, id_, canonical_text(fields), (at, "desk", "inc", at), {}, gone)


def policy(document: Mapping[str, Any], at: int = 1) -> RecordRow:
    """A rule version's record."""
    return record(POLICY, policy_id(document), at, version=document["version"], document=dict(document))
