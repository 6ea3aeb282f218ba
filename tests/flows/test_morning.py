"""A clerk's morning through the desk without a window: what is scanned, and what the desk must say to it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain.clock import zone
from tests.flows.desk_process import Answer, Place
from tests.flows.library import CARDS, COPIES, EXPIRED_CARD, HEAD_PIN, LATE_CARD, REFERENCE_COPY, TWIN_COPIES

AHMAD, DEWI, RIZKY, MAYA = CARDS[:4]
FINE_A_DAY = 500
Story = list[tuple[str, dict[str, Any]]]


def today() -> date:
    """The library's day."""
    return datetime.now(UTC).astimezone(zone("Asia/Jakarta")).date()


def yesterday_of(days: int) -> tuple[str, str]:
    """A stated time that many days ago, and the due date of a loan made then."""
    day = today() - timedelta(days=days)
    return f"@{day}T09:30", (day + timedelta(days=14)).isoformat()


def morning() -> Story:
    """The scans of a morning and what matters of each answer. `why` is the code of the first reason."""
    due = (today() + timedelta(days=14)).isoformat()
    stated, then_due = yesterday_of(20)
    return [
        # Yesterday's paper log is entered first.
        (LATE_CARD, {"outcome": "member", "member": LATE_CARD}),
        (f"{stated} {COPIES[0]}", {"outcome": "lent", "due_at": then_due, "late_entry": True}),
        (f"{stated} {COPIES[1]}", {"outcome": "lent", "due_at": then_due, "late_entry": True}),
        ("=finish", {"outcome": "finished", "receipt": "M1-A-000001"}),
        # Ahmad borrows three books, one of them by mistake.
        (AHMAD, {"outcome": "member", "member": AHMAD, "event_id": None}),
        (COPIES[2], {"outcome": "lent", "member": AHMAD, "due_at": due, "loans": 1}),
        (COPIES[3], {"outcome": "lent", "loans": 2}),
        ("=undo", {"outcome": "undone", "item": COPIES[3], "undone": "loan.opened"}),
        (COPIES[4], {"outcome": "lent", "loans": 2}),
        (COPIES[2], {"outcome": "needs-confirmation", "why": "on-loan-to-this-member"}),
        ("=finish", {"outcome": "finished", "member": AHMAD, "receipt": "M1-A-000002"}),
        # A book comes back late; part of the fine is paid, the wrong amount is not taken.
        (COPIES[0], {"outcome": "returned", "member": LATE_CARD, "fine": 6 * FINE_A_DAY, "left": 6 * FINE_A_DAY}),
        ("=pay lima ribu", {"outcome": "refused", "why": "amount-unreadable"}),
        ("=pay 1.000", {"outcome": "paid", "amount": 1000, "left": 6 * FINE_A_DAY - 1000, "receipt": "M1K-A-000001"}),
        ("=finish", {"outcome": "finished", "receipt": "M1-A-000003"}),
        # The late reader wants more and still has a book that is late: a supervisor signs.
        (LATE_CARD, {"outcome": "member", "why": "has-overdue", "loans": 1}),
        (COPIES[5], {"outcome": "needs-confirmation", "why": "has-overdue"}),
        (COPIES[1], {"outcome": "needs-confirmation", "why": "on-loan-to-this-member"}),
        ("=renew", {"outcome": "mode", "code": "renew"}),
        (COPIES[1], {"outcome": "needs-confirmation"}),
        ("=cancel", {"outcome": "mode"}),
        ("=lend", {"outcome": "mode", "code": "lend"}),
        (COPIES[5], {"outcome": "needs-confirmation", "event_id": None}),
        ("=override buku acuan skripsi", {"outcome": "lent", "item": COPIES[5], "due_at": due}),
        ("=finish", {"outcome": "finished", "receipt": "M1-A-000004"}),
        # An expired card, a reference copy, two copies of one title, an empty override.
        (EXPIRED_CARD, {"outcome": "member", "why": "member-expired"}),
        (COPIES[6], {"outcome": "needs-confirmation", "why": "member-expired"}),
        ("=finish", {"outcome": "finished"}),
        (DEWI, {"outcome": "member"}),
        (REFERENCE_COPY, {"outcome": "needs-confirmation", "why": "item-reference"}),
        (TWIN_COPIES[0], {"outcome": "lent", "loans": 1}),
        (TWIN_COPIES[1], {"outcome": "needs-confirmation", "why": "same-title-out"}),
        # Rizky pushes in; a book without a record is lent to him all the same.
        (RIZKY, {"outcome": "member", "switched_from": DEWI}),
        ("Z-0815", {"outcome": "unknown", "why": "unknown-code"}),
        ("=provisional Kumpulan khotbah", {"outcome": "lent", "item": "Z-0815", "member": RIZKY}),
        ("=finish", {"outcome": "finished", "member": RIZKY}),
        # A pile from the book drop: one of the books was never out.
        ("=return", {"outcome": "mode", "code": "return"}),
        (COPIES[4], {"outcome": "returned", "member": AHMAD, "fine": 0}),
        (COPIES[30], {"outcome": "shown", "why": "not-on-loan"}),
        ("Z-0815", {"outcome": "returned", "member": RIZKY}),
        ("=auto", {"outcome": "mode", "code": "auto"}),
        ("=finish", {"outcome": "finished"}),
        # The catalogue's copy is free again: Maya takes it, and the book that came back.
        (MAYA, {"outcome": "member", "why": None}),
        (COPIES[4], {"outcome": "lent", "member": MAYA}),
        (COPIES[3], {"outcome": "lent", "member": MAYA}),
        ("=finish", {"outcome": "finished", "member": MAYA}),
    ]


def differs(answer: Answer, wanted: dict[str, Any]) -> dict[str, Any]:
    """What an answer says otherwise than wanted."""
    reasons = answer["reasons"]
    said = {**answer, "why": reasons[0]["code"] if reasons else None}
    return {name: said.get(name) for name, value in wanted.items() if said.get(name) != value}


def test_a_morning_at_the_desk(place: Place) -> None:
    head = Place(place.home, place.config, more={"MEJA_PIN": HEAD_PIN})
    wrong: list[tuple[str, dict[str, Any], Answer]] = []
    with head.desk("--staff", "Hasan") as desk:
        for line, wanted in morning():
            answer = desk.scan(line)
            if found := differs(answer, wanted):
                wrong.append((line, found, answer))
        assert desk.end() == 0
    assert not wrong, "\n".join(f"{line}: {found}\n   {answer}" for line, found, answer in wrong)
    out = place.rows("SELECT i.barcode FROM loan l JOIN item i ON i.id = l.item WHERE l.closed_at IS NULL ORDER BY 1")
    assert [code for (code,) in out] == sorted(
        [COPIES[1], COPIES[2], COPIES[3], COPIES[4], COPIES[5], TWIN_COPIES[0]]
    ), "the books that are out at noon"
    assert place.rows("SELECT sum(owed) FROM account") == [(6 * FINE_A_DAY - 1000,)]
    checked = place.run("check", "--json")
    assert json.loads(checked.stdout)["ok"], checked.stdout


def test_a_morning_can_be_replayed_from_a_file(place: Place) -> None:
    lines = "\r\n".join([CARDS[0], COPIES[0], COPIES[1], "=finish", COPIES[0], ""]).encode()
    done = place.run("scan", given=lines)
    assert done.returncode == 0, done.stderr
    outcomes = [json.loads(line)["outcome"] for line in done.stdout.splitlines()]
    assert outcomes == ["member", "lent", "lent", "finished", "returned"]
