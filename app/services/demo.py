"""The demo library: generated readers, books and two months of circulation, ending in every state a loan can have.

Everything is made here from word lists of our own; no real reader or library is in it. The circulation runs through
the same verbs as at the desk, on a clock that is moved forward day by day, so the demo's journal is a true one.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from app.domain import right
from app.domain.calendar import Calendar
from app.domain.clock import Reading, to_ms, zone
from app.domain.ids import derived_id
from app.domain.policy import Policy
from app.domain.records import Item, ItemStatus, Member, MemberType, Title
from app.ports import Store
from app.services.circulation import Circulation, Desk
from app.services.holds import Holds
from app.services.money import Money
from app.services.outcome import Kind
from app.services.staff import add_staff

HEAD, HEAD_PIN = "Hasan Basri", "1234"
DAYS = 60
LIBRARY = {
    "library.name": "Perpustakaan INSTIDLA",
    "library.address": "Bandar Lampung",
    "desk.name": "Meja 1",
    # A PDF after each transaction: the first slip is seen without a printer.
    "slip.print": "always",
}
TYPES = (
    MemberType("mahasiswa", "Mahasiswa", 365),
    MemberType("pascasarjana", "Mahasiswa pascasarjana", 730),
    MemberType("dosen", "Dosen", 1825),
    MemberType("tendik", "Tenaga kependidikan", 1825),
    MemberType("luar", "Anggota luar", 180),
)


class DemoClock:
    """A clock that stands where it was put."""

    def __init__(self, now: int) -> None:
        self.now = now

    def read(self) -> Reading:
        """The present reading."""
        return Reading(self.now, self.now, "demo")


class DemoPlan(Struct, frozen=True):
    """The generated records."""

    titles: tuple[Title, ...]
    items: tuple[Item, ...]
    members: tuple[Member, ...]


HOURS = {
    **{str(weekday): [["08:00", "16:00"]] for weekday in range(4)},
    "4": [["08:00", "11:30"], ["13:30", "16:00"]],
    "5": [["08:00", "12:00"]],
}
"""Monday to Saturday; closed for the Friday prayer."""


def demo_policy(campus: Policy, closed: Iterable[date] = ()) -> Policy:
    """The campus rules with opening hours, more closed days and a limit of five for students, as their own version."""
    document: dict[str, Any] = campus.to_json()
    document["version"] = "demo-1"
    document["calendar"]["dated"] = sorted({*document["calendar"]["dated"], *(day.isoformat() for day in closed)})
    document["calendar"]["hours"] = HOURS
    document["rules"] = [{**rule, "limit": 5} if rule["id"] == "student" else rule for rule in document["rules"]]
    thresholds = document["thresholds"]
    thresholds["debt_limit"] = 25000
    thresholds["total_limits"] = [
        [kind, 5] if kind == "mahasiswa" else [kind, limit] for kind, limit in thresholds["total_limits"]
    ]
    return Policy.from_json(document)


def plan(words: Mapping[str, Any], today: date, seed: int = 2026) -> DemoPlan:
    """Readers, titles and copies, the same for the same seed and day."""
    luck = random.Random(seed)
    titles = _titles(words, luck)
    return DemoPlan(titles, _items(titles, luck), _members(words, luck, today))


def _titles(words: Mapping[str, Any], luck: random.Random) -> tuple[Title, ...]:
    titles: list[Title] = []

    def add(name: str, author: str, call: str, language: str, other: str = "") -> None:
        publisher, place = luck.choice(words["publishers"])
        mark = "".join(letter for letter in author if letter.isalpha())[:3].upper() or "ANO"
        number = len(titles) + 1
        titles.append(
            Title(
                id=derived_id("demo-title", str(number)),
                title=name,
                authors=(author,),
                other_title=other,
                publisher=publisher,
                place=place,
                year=str(luck.randint(1998, 2026)),
                call_number=f"{call} {mark} {name[0].lower()}",
                classification=call,
                language=language,
                material="buku",
            )
        )

    for name, author, call in words["chosen"]:
        add(name, author, call, "id")
    for name, author, call, latin in words["arabic"]:
        add(name, author, call, "ar", latin)
    for name, call in words["english"]:
        add(name, luck.choice(words["authors"]), call, "en")
    for call, subject in words["subjects"]:
        for form in words["forms"]:
            add(form.format(subject), luck.choice(words["authors"]), call, "id")
    return tuple(titles)


def _items(titles: Sequence[Title], luck: random.Random) -> tuple[Item, ...]:
    items: list[Item] = []
    for number, title in enumerate(titles, 1):
        for copy in range(1, luck.choice((1, 2, 2, 3, 4)) + 1 if number > 10 else 4):
            reference = number > 10 and luck.random() < 0.03
            status = ItemStatus.REFERENCE if reference else ItemStatus.AVAILABLE
            if number > 10 and not reference and luck.random() < 0.02:
                status = luck.choice((ItemStatus.LOST, ItemStatus.REPAIR, ItemStatus.DAMAGED))
            items.append(
                Item(
                    id=derived_id("demo-item", str(number), str(copy)),
                    title_id=title.id,
                    barcode=f"B{number:04d}-{copy}",
                    call_number=title.call_number,
                    inventory_no=f"{len(items) + 1:05d}/INST/{title.year}",
                    collection="referensi" if reference else "umum",
                    location="Gedung A",
                    shelf=title.classification,
                    status=status,
                    price=luck.randrange(35, 250) * 1000,
                    parts="CD" if luck.random() < 0.02 else "",
                    received_on=date(int(title.year), luck.randint(1, 12), luck.randint(1, 28)),
                )
            )
    return tuple(items)


def _members(words: Mapping[str, Any], luck: random.Random, today: date) -> tuple[Member, ...]:
    members: list[Member] = []

    def add(number: str, name: str, kind: str, programme: str, **more: Any) -> None:
        expires = more.pop("expires_on", today + timedelta(days=luck.randint(60, 900)))
        members.append(
            Member(
                id=derived_id("demo-member", number),
                member_no=number,
                name=name,
                member_type=kind,
                institution=programme,
                registered_on=today - timedelta(days=luck.randint(100, 900)),
                expires_on=expires,
                **more,
            )
        )

    add("21.01.0042", "Ahmad Fauzi", "mahasiswa", "Teknik Informatika")
    add("21.02.0107", "Dewi Lestari", "mahasiswa", "Ilmu Komunikasi")
    add("20.01.0033", "Rizky Pratama", "mahasiswa", "Ekonomi Syariah")
    add("21.01.0090", "Hendra Saputra", "mahasiswa", "Teknik Informatika")
    add("22.03.0011", "Maya Kurniawati", "mahasiswa", "Pendidikan Agama Islam")
    add("19.02.0005", "Lukman Hakim", "mahasiswa", "Hukum Keluarga Islam", expires_on=today - timedelta(days=40))
    add(
        "22.01.0077", "Nabila Zahrani", "mahasiswa", "Manajemen Dakwah", blocked=True, block_reason="data belum lengkap"
    )
    add("23.04.0019", "Umar Abdullah", "mahasiswa", "Perbankan Syariah", card_lost=True)
    add("23.04.0020", "Zahra Ramadhan", "mahasiswa", "Perbankan Syariah", expires_on=today + timedelta(days=5))
    for number in range(1, 231):
        name = f"{luck.choice(words['first_names'])} {luck.choice(words['last_names'])}"
        year = luck.randint(20, 26)
        programme = luck.randrange(len(words["programmes"]))
        add(f"{year}.{programme + 1:02d}.{1000 + number:04d}", name, "mahasiswa", words["programmes"][programme])
    for number in range(1, 26):
        name = f"{luck.choice(words['first_names'])} {luck.choice(words['last_names'])}"
        kind = "dosen" if number <= 18 else "tendik"
        add(f"D{number:04d}", name, kind, luck.choice(words["programmes"]))
    return tuple(members)


def fill(store: Store, clock: DemoClock, demo: DemoPlan, now: int, seed: int = 2026) -> None:
    """Put the records in and let two months of circulation happen, ending now."""
    luck = random.Random(seed)
    today = datetime.fromtimestamp(now / 1000, zone(store.zone)).date()
    first = today - timedelta(days=DAYS)
    clock.now = _at(first, 8, 0, store.zone)
    with store.act() as act:
        for kind in TYPES:
            act.put_member_type(kind)
        for title in demo.titles:
            act.put_title(title)
        for item in demo.items:
            act.put_item(item)
        for member in demo.members:
            act.put_member(member)
        siti = add_staff(act, secrets.token_hex(16), "Siti Rahma", "Siti R.", right.DESK)
        add_staff(act, secrets.token_hex(16), HEAD, "Pak Hasan", right.ALL, HEAD_PIN)
    desk = Desk(siti)
    with store.read() as facts:
        calendar = facts.policy_on(today).calendar
    _Circulation(store, clock, demo, desk, luck).run(first, today, calendar)
    _scenes(store, clock, demo, desk, today, calendar)


class _Circulation:
    """Readers come and go, day by day."""

    def __init__(self, store: Store, clock: DemoClock, demo: DemoPlan, desk: Desk, luck: random.Random) -> None:
        self._store, self._clock, self._demo, self._desk, self._luck = store, clock, demo, desk, luck
        self._circulation = Circulation(store)
        self._out: list[tuple[date, str]] = []

    def run(self, first: date, today: date, calendar: Calendar) -> None:
        crowd = self._demo.members[9:]
        free = [item for item in self._demo.items[40:] if item.status is ItemStatus.AVAILABLE and not item.parts]
        self._luck.shuffle(free)
        day = first
        while day < today:
            if calendar.is_open(day):
                self._clock.now = max(self._clock.now, _at(day, 8, 30, self._store.zone))
                self._returns(day, free)
                for _ in range(self._luck.randint(3, 7)):
                    self._loan(day, free, self._luck.choice(crowd))
            day += timedelta(days=1)

    def _returns(self, day: date, free: list[Item]) -> None:
        due = [(when, item) for when, item in self._out if when <= day]
        for when, item in due:
            self._out.remove((when, item))
            self._pass_minutes()
            if self._luck.random() < 0.15:
                self._circulation.renew(self._desk, item)
                self._out.append((day + timedelta(days=self._luck.randint(5, 16)), item))
                continue
            self._circulation.return_item(self._desk, item)
            free.append(next(one for one in self._demo.items if one.id == item))

    def _loan(self, day: date, free: list[Item], member: Member) -> None:
        item = free.pop(0)
        self._pass_minutes()
        outcome = self._circulation.lend(self._desk, member.id, item.id)
        if outcome.kind is Kind.LENT:
            self._out.append((day + timedelta(days=self._luck.choice((3, 6, 9, 12, 13, 14, 16, 20, 40, 90))), item.id))
        else:
            free.append(item)

    def _pass_minutes(self) -> None:
        self._clock.now += self._luck.randint(1, 6) * 60_000


def _scenes(store: Store, clock: DemoClock, demo: DemoPlan, desk: Desk, today: date, calendar: Calendar) -> None:
    """The readers named on the demo sheet, each in a state worth trying."""
    circulation, money, holds = Circulation(store), Money(store), Holds(store)
    ahmad, dewi, rizky, hendra, maya = demo.members[:5]
    copy = {item.barcode: item for item in demo.items}

    def lend(member: Member, barcode: str, days_ago: int) -> None:
        stated = _at(calendar.previous_open(today - timedelta(days=days_ago)), 10, 0, store.zone)
        clock.now = max(clock.now, stated)
        circulation.lend(Desk(desk.staff, stated_at=stated), member.id, copy[barcode].id)

    lend(ahmad, "B0003-1", 13)
    lend(dewi, "B0006-2", 19)
    lend(rizky, "B0005-1", 25)
    lend(hendra, "B0008-1", 4)
    lend(maya, "B0010-2", 6)
    lend(demo.members[8], "B0007-1", 9)
    holds.place(desk, maya.id, copy["B0007-1"].title_id)
    holds.place(desk, ahmad.id, copy["B0004-1"].title_id)
    _ready(store, holds, desk, ahmad, copy["B0004-1"])
    with store.act(staff=desk.staff.id) as act:
        hit = act.member_by_id(ahmad.id)
        assert hit is not None
        act.record(
            "charge.made",
            {"charge": act.new_id(), "party": hit.parties[0], "amount": 9000, "reason": "condition.cover-torn"},
        )
    money.pay(desk, ahmad.id, 5000)


def _ready(store: Store, holds: Holds, desk: Desk, member: Member, item: Item) -> None:
    with store.read() as facts:
        hold = next((one for one in facts.queue(item.title_id) if one.member_id == member.id), None)
    if hold is not None:
        holds.put_aside(desk, item.title_id, hold.hold_id, item.id)


def _at(day: date, hour: int, minute: int, zone_name: str) -> int:
    return to_ms(datetime.combine(day, time(hour, minute), zone(zone_name)))
