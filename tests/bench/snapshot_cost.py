"""How soon a new desk lends: the server's snapshot over loopback into an empty home, with all of its proofs.

The server is a process of its own over SQLite. Its log has titles = copies / 2, readers, a party for each, and open
loans = copies / 30, as a library has them that moved in and lent for some weeks.
"""

from __future__ import annotations

import os
import random
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from app import joining, wiring
from app.domain.canonical import canonical_text
from app.domain.ids import derived_id
from app.domain.record_form import FIELDS, POLICY, policy_id
from app.domain.records import Item, Member, MemberType, Title
from app.domain.replica import LogFault
from db import search
from db.replica import Replica
from server.home import Home
from server.log.sql import Row
from server.log.store import SqlLogStore, open_sqlite
from sync.protocol.enrolment import kept_secret, write_code
from sync.protocol.signing import Signer
from tests.bench.figure import Figure
from tests.bench.library import NAMES, WORDS, barcode, member_no
from tests.bench.serving import serving
from tests.server.log.lives import LIBRARY, NOW, Writer, push, with_desks

DAY = 86_400_000
LIMITS = {150_000: 5.0, 1_000_000: 30.0}
"""Seconds that are asked for, by copies."""
_AT_ONCE = 5000


def records(copies: int, readers: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Kind, id and fields of every record."""
    policy = wiring.default_policy().to_json()
    yield POLICY, policy_id(policy), {"version": policy["version"], "document": policy}
    for code in ("mahasiswa", "dosen"):
        yield "member_type", code, {**_fields("member_type", MemberType(code, code.title())), "source_key": ""}
    for n in range(copies // 2):
        words = f"{WORDS[n % 41]} {WORDS[n // 7 % len(WORDS)]} {WORDS[n // 97 % len(WORDS)]} {n}"
        title = Title(_id("title", n), words.capitalize(), (NAMES[n % 16],), call_number=f"{n % 1000}", year="2019")
        yield "title", title.id, _fields("title", title)
    for n in range(copies):
        item = Item(_id("item", n), _id("title", n // 2), barcode(n), collection="umum", inventory_no=f"{n:07d}/2026",
                    price=75_000)  # fmt: skip
        yield "item", item.id, _fields("item", item)
    for n in range(readers):
        name = f"{NAMES[n % 16]} {NAMES[n // 16 % 16]} {n}"
        member = Member(_id("member", n), member_no(n), name, "mahasiswa", phone=f"0812{n:08}")
        yield "member", member.id, _fields("member", member)
        yield "party", _id("party", n), {"member": member.id, "made_at": NOW, "imported": ""}


def _id(kind: str, n: int) -> str:
    return derived_id(f"bench-{kind}", str(n))


def _fields(kind: str, record: object) -> dict[str, Any]:
    values = to_builtins(record)
    return {name: values[name] for name in FIELDS[kind] if name in values}


def fill(store: SqlLogStore, copies: int, readers: int) -> None:
    """Give the server its library."""
    writer = Writer("bench")
    with_desks(store, writer)
    with store.taking_over() as sql:
        rows: list[Row] = []
        gsn = 0
        for gsn, (kind, record, fields) in enumerate(records(copies, readers), 1):
            stamp = canonical_text([NOW, writer.desk, writer.inc, gsn])
            rows.append((1, kind, record, canonical_text(fields), stamp, "{}", 0, gsn))
            if kind == POLICY:
                sql.add("policy", [(1, fields["version"], record, stamp)])
            if len(rows) == _AT_ONCE:
                sql.add("record", rows)
                rows = []
        sql.add("record", rows)
        sql.run("UPDATE library SET head = ? WHERE lib = 1", gsn)
    _lend(store, writer, copies, readers)


def _lend(store: SqlLogStore, writer: Writer, copies: int, readers: int) -> None:
    version = wiring.default_policy().version
    chance = random.Random(1)
    for n in range(copies // 30):
        body = {"item": _id("item", n), "title": _id("title", n // 2), "party": _id("party", chance.randrange(readers)),
                "due": "2026-03-20", "policy": version}  # fmt: skip
        writer.act("loan.opened", body, after=1000)
    for first in range(1, len(writer.rows) + 1, 1000):
        push(store, writer.run(first, min(first + 999, len(writer.rows))))


def figures(copies: int, readers: int, tell: Callable[[str], object]) -> list[Figure]:
    """Fill a server, let one desk ask for a snapshot, and time the next one's joining."""
    name = f"{copies:,} copies and {readers:,} readers"
    with tempfile.TemporaryDirectory(prefix="meja-bench-") as folder:
        root = Path(folder)
        os.environ["MEJA_CONFIG_DIR"] = str(root / "config")
        home = Home(root / "server")
        store = open_sqlite(home.store, home.key(), NOW)
        tell(f"filling a server with {name} …")
        fill(store, copies, readers)
        fingerprint = Signer(store.identity().private).fingerprint

        def code() -> str:
            secret = secrets.token_bytes(10)
            store.enrol(kept_secret(secret.hex()), "Meja", LIBRARY, time.time_ns() // 1_000_000 + DAY, NOW)
            return write_code(secret, fingerprint)

        with serving(home.root) as server:
            first = _joined(root / "1", server.url, code())
            steps: list[tuple[str, float]] = []
            began = time.perf_counter()
            ready = _joined(
                root / "2", server.url, code(), lambda what, done, of: steps.append((what, time.perf_counter()))
            )
            fetched = max((at for what, at in steps if what == "fetched"), default=began) - began
            size = sum(path.stat().st_size for path in (root / "server" / "snapshots").iterdir())
            state = store.state_hash(LIBRARY)[1]
        indexed = _index(root / "2", copies)
        _check(root / "2", copies, state)
        store.close()
    return [
        Figure("snapshot", f"ready to lend, {name}", ready, "s", LIMITS.get(copies)),
        Figure("snapshot", f"of it until the file is here, {name}", fetched, "s"),
        Figure("snapshot", f"the file, {name}", size / 1e6, "MB"),
        Figure("snapshot", f"made by the server first, {name}", max(0.0, first - ready), "s"),
        Figure("snapshot", f"words found, behind it, {name}", indexed, "s"),
    ]


def _joined(root: Path, url: str, code: str, tell: Callable[[str, int, int], None] = lambda *_: None) -> float:
    """Seconds until a new desk in an empty home is open with the library in it."""
    began = time.perf_counter()
    joined = joining.join(root, url, code, "", lambda _store: None, tell=tell)
    assert joined.status.fault == "", joined.status
    with wiring.opened(root) as store, store.read() as facts:
        assert facts.item_by_code(barcode(7))
        return time.perf_counter() - began


def _index(root: Path, copies: int) -> float:
    began = time.perf_counter()
    with wiring.opened(root) as store:
        replica = Replica(store.home, store.key)
        while replica.index_more():
            pass
        replica.close()
        assert search.titles(store.connection, str(copies // 2 - 1), 3).ids
    return time.perf_counter() - began


def _check(root: Path, copies: int, state: str) -> None:
    with wiring.opened(root) as store:
        (count,) = store.connection.execute("SELECT count(*) FROM item").fetchone()  # type: ignore[misc]
        (kept,) = store.connection.execute("SELECT value FROM meta WHERE key = 'state_hash'").fetchone()  # type: ignore[misc]
        if (count, bytes(kept).hex()) != (copies, state):
            raise LogFault("other-state")
