"""A small library made through the store: enough readers and copies for a story, quick enough for every test."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.domain import right
from app.domain.ids import derived_id
from app.domain.policy import Policy
from app.domain.records import Item, ItemStatus, Member, MemberType, Title
from app.ports import Clock
from app.services.staff import add_staff
from db.clock import PcClock
from db.home import Home
from db.secret_store import FileSecrets
from db.store import DeskStore, Surroundings, found
from resources.loader import load_json
from tests.flows.desk_process import Place

CARDS = tuple(f"21.01.{number:04d}" for number in range(1, 9))
COPIES = tuple(f"B{number:04d}" for number in range(1, 41))
LATE_CARD = "20.09.0001"
EXPIRED_CARD = "19.02.0005"
REFERENCE_COPY = "R0001"
TWIN_COPIES = ("T0001-1", "T0001-2")
HEAD_PIN = "4711"
DEBT = 10_000_000
"""Rupiah that the reader of `LATE_CARD` owes in the indebted library."""


@dataclass(frozen=True, slots=True)
class Founded:
    """A founded library and the key that was printed for it."""

    place: Place
    recovery: str


def campus(**thresholds: Any) -> Policy:
    """The shipped rules, open on every day so that no story depends on the weekday it runs on."""
    document: dict[str, Any] = dict(load_json("policy/campus.json"))
    document["calendar"] = {"weekly": [], "dated": []}
    document["thresholds"] = {**document["thresholds"], **thresholds}
    return Policy.from_json(document)


def small_library(
    folder: Path,
    *,
    home: Path | None = None,
    clock: Clock | None = None,
    settings: dict[str, Any] | None = None,
    policy: Policy | None = None,
) -> Founded:
    """Eight students, a late one, an expired one, forty titles with a copy each, a title with two, a reference copy.

    Nobody but the desk's own clerk (without PIN, with the right to enter late) and a head with a PIN.
    """
    config = folder / "account" / "config"
    config.mkdir(parents=True)
    around = Surroundings(clock or PcClock(), FileSecrets(config), config)
    rules = policy or campus()
    place = Place(home or folder / "library", config)
    store, recovery = found(Home(place.home), rules.time_zone, rules, around, settings)
    try:
        _fill(store)
    finally:
        store.close()
    return Founded(place, recovery)


def _fill(store: DeskStore) -> None:
    with store.act() as act:
        act.put_member_type(MemberType("mahasiswa", "Mahasiswa"))
        for number, card in enumerate((*CARDS, LATE_CARD), 1):
            act.put_member(
                Member(derived_id("m", card), card, f"Pembaca {number}", "mahasiswa", expires_on=date(2099, 12, 31))
            )
        act.put_member(
            Member(derived_id("m", EXPIRED_CARD), EXPIRED_CARD, "Lama", "mahasiswa", expires_on=date(2020, 1, 1))
        )
        for barcode in (*COPIES, REFERENCE_COPY):
            status = ItemStatus.REFERENCE if barcode == REFERENCE_COPY else ItemStatus.AVAILABLE
            title = Title(derived_id("t", barcode), f"Judul {barcode}", material="buku")
            act.put_title(title)
            act.put_item(Item(derived_id("i", barcode), title.id, barcode, status=status, collection="umum"))
        twin = Title(derived_id("t", "twin"), "Judul kembar", material="buku")
        act.put_title(twin)
        for barcode in TWIN_COPIES:
            act.put_item(Item(derived_id("i", barcode), twin.id, barcode, collection="umum"))
        add_staff(act, secrets.token_hex(16), "Siti Rahma", "Siti", right.DESK | {right.LATE_ENTRY})
        add_staff(act, secrets.token_hex(16), "Hasan Basri", "Hasan", right.ALL, HEAD_PIN)


def generous() -> Policy:
    """Rules under which a reader may have a hundred books, also twice the same title, and late ones stop nothing."""
    document = campus(same_title_level="off", total_limits=[], overdue_level="off").to_json()
    rules = document["rules"]
    assert isinstance(rules, list)
    document["rules"] = [{**rule, "limit": 100} if rule["id"] == "student" else rule for rule in rules]
    return Policy.from_json(document)


def indebted_library(folder: Path) -> Founded:
    """The small library, generous with loans, and with a reader who owes a great deal: there is always work to do."""
    founded = small_library(folder, policy=generous())
    with founded.place.desk_store() as store, store.act() as act:
        body = {"charge": act.new_id(), "party": act.new_party(derived_id("m", LATE_CARD)), "amount": DEBT}
        act.record("charge.made", {**body, "reason": "condition.wet"})
    return founded
