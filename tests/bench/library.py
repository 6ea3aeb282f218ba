"""A generated library of any size for measuring: titles, copies, readers, open and past loans with a true journal.

`python -m tests.bench.library FOLDER ITEMS` makes one; the bench keeps it between runs. Readers = items / 5, open loans
= items / 10, past loans = 2 × items, titles = items / 2, a twentieth of them Arabic. Events are chained and states are
folded as everywhere else, so `meja check` proves it like any other library.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw

from app.domain.canonical import add_hash, canonical_text, chain
from app.domain.event import Event
from app.domain.fold.item import LoanState, fold_item
from app.domain.ids import derived_id
from app.domain.loan_rule import resolve
from app.domain.policy import Policy
from app.domain.records import Item, Member, MemberType, Title
from app.wiring import default_policy
from db import records, search
from db.aggregates import loan_row
from db.clock import PcClock
from db.home import Home
from db.secret_store import FileSecrets
from db.store import DeskStore, Surroundings, found, open_store

DAY = 86_400_000
WORDS = (
    "fiqih ekonomi dakwah sejarah pengantar metode statistika jaringan komputer basis data tafsir hadis akhlak"
    " tasawuf hukum keluarga pendidikan anak bahasa arab indonesia manajemen perpustakaan psikologi komunikasi"
    " perbankan syariah akuntansi penelitian masyarakat budaya nusantara filsafat ilmu logika teori praktik"
    " dasar lanjut studi kasus"
).split()
ARABIC = "الفقه الإسلامي أصول التفسير علوم الحديث تاريخ الأدب اللغة العربية مقدمة في النحو كتاب".split()
NAMES = "Ahmad Siti Budi Dewi Rizky Hendra Maya Nurul Umar Zahra Fatimah Hasan Laila Yusuf Rahma Putri".split()
BATCH = 20_000


def around(root: Path) -> Surroundings:
    """Secrets and markers of a measured library stand beside it."""
    return Surroundings(PcClock(), FileSecrets(root / "config"), root / "config")


def open_library(root: Path) -> DeskStore:
    """Open a generated library."""
    return open_store(Home(root / "home"), around(root))


def barcode(number: int) -> str:
    """The barcode of a copy."""
    return f"B{number:07d}"


def member_no(number: int) -> str:
    """The number of a reader."""
    return f"21.{number // 10000:02d}.{number % 10000:04d}"


def make(root: Path, items: int) -> None:
    """Generate a library of this many copies into an empty folder."""
    policy = default_policy()
    document: dict[str, Any] = policy.to_json()
    document["rules"] = [{**r, "limit": 500} if r["id"] == "student" else r for r in document["rules"]]
    document["thresholds"]["total_limits"] = []
    document["thresholds"]["same_title_level"] = "off"
    policy = Policy.from_json({**document, "version": "bench-1"})
    store, _key = found(Home(root / "home"), policy.time_zone, policy, around(root))
    try:
        _Maker(store, items, policy).run()
    finally:
        store.close()


class _Maker:
    """Writes the generated rows in large transactions, without waiting for the disk."""

    def __init__(self, store: DeskStore, items: int, policy: Policy) -> None:
        self._store, self._db, self._n, self._policy = store, store.connection, items, policy
        self._now = int(time.time() * 1000)
        terms = resolve(policy, "mahasiswa", "umum", "buku")
        assert terms is not None
        self._terms = terms.to_json()

    def run(self) -> None:
        self._db.execute("PRAGMA synchronous = off")
        self._db.execute("PRAGMA cache_size = -200000")
        for table, columns, rows in (
            ("title", records.TITLE_COLUMNS, self._titles()),
            ("item", records.ITEM_COLUMNS, self._items()),
            ("member", records.MEMBER_COLUMNS, self._members()),
        ):
            marks = ", ".join("?" * len(columns))
            self._many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
        with self._db:
            records.Records(self._db).put_member_type(MemberType("mahasiswa", "Mahasiswa"), self._now)
        self._many("INSERT INTO title_fts (rowid, words) VALUES (?, ?)", self._title_words())
        self._many("INSERT INTO member_fts (rowid, words) VALUES (?, ?)", self._member_words())
        self._many("INSERT INTO party (token, member, made_at) VALUES (?, ?, ?)", self._parties())
        self._circulation()
        for index in ("title_fts", "member_fts"):
            self._db.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _many(self, statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
        block: list[tuple[Any, ...]] = []
        for row in rows:
            block.append(row)
            if len(block) == BATCH:
                _write(self._db, statement, block)
                block = []
        _write(self._db, statement, block)

    def _title(self, number: int) -> Title:
        words = ARABIC if number % 20 == 7 else WORDS
        first, second, third = (words[place % len(words)] for place in (number % 41, number // 7, number // 97))
        return Title(
            derived_id("bench-title", str(number)),
            f"{first} {second} {third} {number}".capitalize(),
            (f"{NAMES[number % 16]} {NAMES[number // 16 % 16]}",),
            call_number=f"{number % 1000:03d}.{number % 97}",
            material="buku",
        )

    def _titles(self) -> Iterator[tuple[Any, ...]]:
        return (records.title_values(self._title(number)) for number in range(self._n // 2))

    def _title_words(self) -> Iterator[tuple[Any, ...]]:
        return ((number + 1, search.title_words(self._title(number))) for number in range(self._n // 2))

    def _items(self) -> Iterator[tuple[Any, ...]]:
        for number in range(self._n):
            yield records.item_values(
                Item(
                    derived_id("bench-item", str(number)),
                    derived_id("bench-title", str(number // 2)),
                    barcode(number),
                    collection="umum",
                    inventory_no=f"{number:07d}/2026",
                    price=75_000,
                )
            )

    def _member(self, number: int) -> Member:
        name = f"{NAMES[number % 16]} {NAMES[number // 16 % 16]} {number}"
        return Member(derived_id("bench-member", str(number)), member_no(number), name, "mahasiswa")

    def _members(self) -> Iterator[tuple[Any, ...]]:
        return (records.member_values(self._member(number)) for number in range(self._n // 5))

    def _member_words(self) -> Iterator[tuple[Any, ...]]:
        return ((number + 1, search.member_words(self._member(number))) for number in range(self._n // 5))

    def _parties(self) -> Iterator[tuple[Any, ...]]:
        for number in range(self._n // 5):
            member = derived_id("bench-member", str(number))
            yield derived_id("past", str(number)), member, 1
            yield derived_id("live", str(number)), member, 2

    def _circulation(self) -> None:
        author, state = self._store.author, self._store.projection.state_hash
        events: list[tuple[Any, ...]] = []
        states: list[tuple[Any, ...]] = []
        loans: list[tuple[Any, ...]] = []
        for number in range(self._n):
            item = derived_id("bench-item", str(number))
            made = [self._event(author.seq + place, number, place, item) for place in range(1, self._count(number) + 1)]
            for event in made:
                author.head = chain(author.head, event.canonical().encode())
                author.seq = event.seq
                events.append(_event_row(event, author.a, author.head, item))
            step = fold_item(item, made, self._store.policies)
            digest = step.state.hash()
            state = add_hash(state, digest)
            states.append((item, step.state.text().decode(), digest))
            loans.extend(_loan(loan) for loan in step.loans)
            if len(events) >= BATCH or number == self._n - 1:
                self._flush(events, states, loans)
        self._store.projection.state_hash = state
        with self._db:
            from db.journal import save_author

            save_author(self._db, author)
            self._store.projection.save()

    def _count(self, number: int) -> int:
        return 3 if number < self._n // 10 else 2

    def _flush(self, events: list[Any], states: list[Any], loans: list[Any]) -> None:
        marks = ", ".join("?" * 17)
        _write(
            self._db,
            "INSERT INTO event (id, author, seq, at, wall, mono, boot, kind, staff, late, v, body, head, item, queue,"
            f" party, tx) VALUES ({marks})",
            events,
        )
        _write(self._db, "INSERT INTO item_state (item, state, hash) VALUES (?, ?, ?)", states)
        if loans:
            _write(self._db, f"INSERT INTO loan VALUES ({', '.join('?' * len(loans[0]))})", loans)
        for block in (events, states, loans):
            block.clear()

    def _event(self, seq: int, number: int, place: int, item: str) -> Event:
        open_now = place == 3
        reader = number if open_now else (number * 2 + place) % (self._n // 5)
        days_ago = 10 if open_now else 400 * place
        at = self._now - days_ago * DAY - number % 1000 * 60_000
        lent = time.strftime("%Y-%m-%d", time.gmtime(at // 1000))
        due = time.strftime("%Y-%m-%d", time.gmtime((at + 14 * DAY) // 1000))
        body: dict[str, Any] = {
            "item": item,
            "title": derived_id("bench-title", str(number // 2)),
            "party": derived_id("live" if open_now else "past", str(reader)),
            "lent": lent,
            "due": due,
            "open": open_now,
            "policy": self._policy.version,
        }
        body.update({"terms": self._terms, "price": 75_000} if open_now else {"returned": due})
        store = self._store.identity
        name = derived_id("bench-event", str(number), str(place))
        return Event(
            name, store.library, store.desk, store.inc, seq, at, self._now, 0, "bench", "loan.imported", "", body, True
        )


def _event_row(event: Event, author: int, head: bytes, item: str) -> tuple[Any, ...]:
    return (
        event.id, author, event.seq, event.at, event.wall, event.mono, event.boot, event.kind, event.staff, event.late,
        event.v, canonical_text(event.body), head, item, None, None, None,
    )  # fmt: skip


def _loan(loan: LoanState) -> tuple[Any, ...]:
    return loan_row(loan)


def _write(connection: apsw.Connection, statement: str, rows: list[Any]) -> None:
    with connection:
        connection.executemany(statement, rows)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
