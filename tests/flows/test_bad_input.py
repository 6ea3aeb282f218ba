"""Whatever comes through the scan box of the real process: one answer a line, and nothing wrong in the journal."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from app.cli.scan import SUFFIX_SECONDS
from tests.flows.desk_process import Place
from tests.flows.library import CARDS, COPIES, EXPIRED_CARD, HEAD_PIN, REFERENCE_COPY, TWIN_COPIES

ONE, TWO = COPIES[:2]

# What comes in while a reader is open, the outcome, and the code of the answer or of its first reason.
UNKNOWN: list[tuple[str, bytes, str]] = [
    ("half a barcode", ONE[:3].encode(), "unknown-code"),
    ("a barcode without its leading letter and zeros", b"1", "unknown-code"),
    ("ten thousand characters", b"7" * 10_000, "too-long"),
    ("only control characters", b"\x00\x01\x02\x7f", "empty"),
    ("a code with an escape sequence inside", b"B0\x1b[A001", "unknown-code"),
    ("an emoji", "📚".encode(), "unknown-code"),
    ("letters of another script", "كتاب".encode(), "unknown-code"),
    ("bytes that are no text", b"B\xff\xfe\x80001", "unknown-code"),
    ("a file in UTF-16", b"\xff\xfe" + ONE.encode("utf-16-le"), "unknown-code"),
    ("two barcodes glued", (ONE + TWO).encode(), "glued"),
    ("two barcodes with a blank between", f"{ONE} {TWO}".encode(), "glued"),
    ("two barcodes with a separator between", f"{ONE}\x1d{TWO}".encode(), "glued"),
    ("a card and a barcode glued", (CARDS[0] + ONE).encode(), "glued"),
    ("a database's words", b"'; DELETE FROM event; --", "unknown-code"),
    ("an address", b"https://example.org/?q=1", "unknown-code"),
    ("an ISBN nobody has", b"9780306406157", "isbn-unknown"),
    ("a time in no calendar", b"@2026-13-45T09:00 " + ONE.encode(), "bad-date"),
    ("a date without an hour", b"@2026-01-05 " + ONE.encode(), "bad-date"),
    ("a time without a code", b"@2026-01-05T09:00", "no-code"),
    ("an unknown command", b"=lent", "unknown-command"),
    ("an equals sign", b"=", "unknown-command"),
    ("a payment of nothing", b"=pay", "no-argument"),
]
REFUSED: list[tuple[str, bytes, str]] = [
    ("a time in the future", b"@2099-01-01T09:00 " + ONE.encode(), "time-in-future"),
    ("a negative payment", b"=pay -5000", "amount-unreadable"),
    ("a payment in powers of ten", b"=pay 1e9", "amount-unreadable"),
    ("a payment beyond all money", b"=pay 99999999999999999999", "amount-unreadable"),
    ("a signature for nothing", b"=override because", "no-question"),
    ("an undo when nothing was done", b"=undo", "nothing-to-undo"),
    ("a condition without a return", b"=condition wet", "nothing-returned"),
    ("a reference copy", REFERENCE_COPY.encode(), "item-reference"),
]


def test_nothing_wrong_that_is_scanned_is_recorded(place: Place) -> None:
    before = len(place.events())
    with place.desk() as desk:
        assert desk.scan(CARDS[0])["outcome"] == "member"
        for outcomes, cases in ((("unknown",), UNKNOWN), (("refused", "needs-confirmation"), REFUSED)):
            for what, line, code in cases:
                answer = desk.scan(line)
                said = answer.get("code") or answer["reasons"][0]["code"]
                assert (answer["outcome"] in outcomes, said) == (True, code), (what, answer)
                assert answer["event_id"] is None, what
        assert len(place.events()) == before
        lent = desk.scan(ONE)
        assert (lent["outcome"], lent["member"], lent["item"]) == ("lent", CARDS[0], ONE)
        assert desk.end() == 0
    assert desk.errors == ""
    assert len(desk.heard) == 2 + len(UNKNOWN) + len(REFUSED)


DRESSED = [
    b"B\xd9\xa0\xd9\xa0\xd9\xa0\xd9\xa1",  # Arabic-Indic digits
    b"B\xdb\xb0\xdb\xb0\xdb\xb0\xdb\xb1",  # their eastern forms
    b"b0001",
    b"  B0001\t",
    b"\xef\xbb\xbfB0001",
    b"B0001\r",
    b"]C1B0001",
    b"meja:i:B0001",
]


def test_a_code_that_came_in_other_clothes_is_the_same_copy(place: Place) -> None:
    with place.desk() as desk:
        for line in DRESSED:
            answer = desk.scan(line)
            assert (answer["outcome"], answer["item"]) == ("shown", ONE), line
            assert desk.scan(TWO)["item"] == TWO, "another copy in between, so that none is a double scan"


def test_line_ends_of_every_scanner_answer_at_once(place: Place) -> None:
    with place.desk() as desk:
        desk.write(CARDS[0] + "\r")
        assert desk.answer()["outcome"] == "member", "a scanner that ends with CR alone is answered without waiting"
        desk.write(ONE + "\r")
        assert desk.answer()["outcome"] == "lent"
        desk.write("\n" + TWO + "\r\n")
        assert desk.answer()["outcome"] == "lent", "the LF that came late belongs to the CR before it"
        desk.write(COPIES[2] + "\n\n")
        assert [desk.answer()["outcome"] for _ in range(2)] == ["lent", "repeated"], "two ends do not finish"
        until = time.monotonic() + 2 * SUFFIX_SECONDS
        while time.monotonic() < until:
            time.sleep(0.01)
        assert desk.scan("")["outcome"] == "finished", "an Enter of its own does"
        desk.write(ONE)
        assert desk.end() == 0
    assert desk.heard[-1]["outcome"] == "returned", "the last line needs no end"


def test_card_as_book_and_book_as_card(place: Place) -> None:
    with place.desk() as desk:
        shown = desk.scan(ONE)
        assert (shown["outcome"], shown["event_id"]) == ("shown", None), "a book first lends nothing"
        desk.scan("=lend")
        refused = desk.scan(ONE)
        assert (refused["outcome"], refused["code"]) == ("refused", "card-first")
        desk.scans("=auto", CARDS[0])
        switched = desk.scan(CARDS[1])
        assert (switched["outcome"], switched["switched_from"]) == ("member", CARDS[0]), "a card is never lent"
        assert desk.scan(EXPIRED_CARD)["reasons"][0]["code"] == "member-expired"
        assert desk.end() == 0
    assert [event.kind for event in place.events() if event.kind.startswith("loan")] == []


def test_a_double_scan_is_said_once_and_lends_once(place: Place) -> None:
    with place.desk() as desk:
        desk.scan(CARDS[0])
        desk.write(f"{ONE}\n{ONE}\n{ONE}\n")
        assert [desk.answer()["outcome"] for _ in range(3)] == ["lent", "repeated", "repeated"]
        both = desk.scans(*TWIN_COPIES)
        assert both[0]["outcome"] == "lent"
        assert both[1]["outcome"] != "lent", "another copy of the same title is not the same scan"
        assert both[1]["reasons"][0]["code"] == "same-title-out"
        assert desk.end() == 0
    assert [event.kind for event in place.events()].count("loan.opened") == 2


def test_a_late_entry_needs_the_right(place: Place) -> None:
    added = Place(place.home, place.config, more={"MEJA_PIN": HEAD_PIN, "MEJA_NEW_PIN": "8642"})
    assert added.run("staff", "--staff", "Hasan Basri", "--add", "Ani", "--rights", "desk").returncode == 0
    with Place(place.home, place.config, more={"MEJA_PIN": "8642"}).desk("--staff", "Ani") as desk:
        desk.scan(CARDS[0])
        refused = desk.scan(f"@2026-01-05T09:00 {ONE}")
        assert (refused["outcome"], refused["reasons"][0]["code"]) == ("refused", "no-right")
        assert desk.scan(ONE)["outcome"] == "lent"
    head = Place(place.home, place.config, more={"MEJA_PIN": HEAD_PIN})
    with head.desk("--staff", "Hasan") as desk:
        desk.scan(CARDS[1])
        entered = desk.scan(f"@2026-01-05T09:00 {TWO}")
        assert (entered["outcome"], entered["late_entry"], entered["due_at"]) == ("lent", True, "2026-01-19")


@pytest.mark.skipif(sys.platform != "linux", reason="reads the process's peak memory where Linux keeps it")
def test_an_endless_line_fills_no_memory(place: Place) -> None:
    with place.desk() as desk:
        desk.scan(CARDS[0])
        before = peak_kib(desk.process.pid)
        for _ in range(50):
            desk.write(b"9" * 1_000_000)
        assert desk.scan(b"")["code"] == "too-long"
        assert peak_kib(desk.process.pid) - before < 4096
        assert desk.scan(ONE)["outcome"] == "lent"
        assert desk.end() == 0


def peak_kib(pid: int) -> int:
    """The most memory a process ever had, in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
