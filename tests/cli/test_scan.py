"""`meja scan`: one line in, one JSON line out, after its commit. Kills and bad days stand in tests/flows."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.scan import LINE_LIMIT, as_json, lines, run
from app.ports import KnownError
from app.services.session import Session
from tests.builders import CARD, OTHER_CARD, Library, founded, rows_of, scan

ISSUE_FIELDS = ("scan", "outcome", "reasons", "member", "item", "title", "due_at", "fine", "event_id")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Two readers, two books."""
    lib = founded(tmp_path)
    lib.member(CARD, "Ahmad Fauzi")
    lib.member(OTHER_CARD, "Dewi Lestari")
    lib.item("B001", "Sejarah Lampung")
    lib.item("T001", "Tandon", collection="tandon")
    yield lib
    lib.close()


class Pieces:
    """Bytes as they arrive: piece by piece."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def read1(self, size: int, /) -> bytes:
        """The next piece."""
        return self.pieces.pop(0) if self.pieces else b""


class Ticking:
    """A clock that goes on a second at every look."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def told(session: Session, *pieces: bytes, clock: Callable[[], float] | None = None) -> list[dict[str, Any]]:
    """What is answered to some input."""
    target = io.StringIO()
    run(session, Pieces(*pieces), target, clock=clock or Ticking())
    return [json.loads(line) for line in target.getvalue().splitlines()]


# --- what an answer looks like ------------------------------------------------------------------------------------


def test_the_fields_of_every_answer(library: Library) -> None:
    answers = told(library.session(), f"{CARD}\nB001\nB001\n\n=terbang\n".encode())
    for answer in answers:
        assert tuple(answer)[: len(ISSUE_FIELDS)] == ISSUE_FIELDS
    assert [answer["outcome"] for answer in answers] == ["member", "lent", "repeated", "finished", "unknown"]


def test_renewing_everything_answers_for_every_copy_in_one_line(library: Library) -> None:
    for barcode in ("B001", "B002", "B003"):
        if barcode != "B001":
            library.item(barcode, f"Buku {barcode}")
        library.lend(CARD, barcode)
    library.clock.go(days=12)
    lines_in = f"=renew-phone B002\n\n{CARD}\n=renew-all\n=renew-all\n".encode()
    *_, early, all_of_them = told(library.session(), lines_in)
    assert (early["outcome"], early["code"], early["event_id"]) == ("renewed", "renewed-some", None)
    assert {item["item"]: item["outcome"] for item in early["items"]} == {
        "B001": "renewed", "B002": "refused", "B003": "renewed",
    }  # fmt: skip
    assert all(item["due_at"] == "2026-03-28" and item["event_id"] for item in early["items"] if item["item"] != "B002")
    assert (all_of_them["outcome"], all_of_them["code"]) == ("refused", "renewed-none")
    assert [tuple(item)[: len(ISSUE_FIELDS) - 1] for item in all_of_them["items"]] == [ISSUE_FIELDS[1:]] * 3


def test_a_loan_in_json(library: Library) -> None:
    lent = told(library.session(), f"{CARD}\nB001\n".encode())[1]
    event = rows_of(library.store, "SELECT id FROM event WHERE kind = 'loan.opened'")[0][0]
    assert lent["scan"] == "B001"
    assert (lent["member"], lent["item"], lent["title"]) == (CARD, "B001", "Sejarah Lampung")
    assert (lent["due_at"], lent["fine"], lent["event_id"], lent["reasons"]) == ("2026-03-16", 0, event, [])


def test_a_loan_by_the_hour_says_its_hour(library: Library) -> None:
    assert told(library.session(), f"{CARD}\nT001\n".encode())[1]["due_at"] == "2026-03-02T12:00:00+07:00"


def test_reasons_carry_level_and_facts(library: Library) -> None:
    session = library.session()
    library.lend(CARD, "B001")
    reasons = as_json(scan(session, CARD, "B001"))["reasons"]
    assert reasons == [{"code": "on-loan-to-this-member", "level": "confirm", "due": "2026-03-16"}]


def test_a_fine_a_payment_and_what_is_left(library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=20)
    back, paid = told(library.session(), b"B001\n=pay 1000\n")
    assert (back["outcome"], back["fine"], back["member"]) == ("returned", 2500, CARD)
    assert (paid["outcome"], paid["amount"], paid["left"]) == ("paid", 1000, 1500)
    assert paid["receipt"]


def test_several_copies_are_choices(library: Library) -> None:
    library.item("B001 ", "Lain")
    assert told(library.session(), b"B001\n")[0]["choices"] == ["B001", "B001 "]


def test_a_late_entry_is_marked(library: Library) -> None:
    library.clock.go(days=1)
    answer = told(library.session(), f"{CARD}\n@2026-03-02T09:30 B001\n".encode())[1]
    assert answer["late_entry"] is True


# --- lines --------------------------------------------------------------------------------------------------------


@given(st.lists(st.text("ab ", max_size=5), max_size=6), st.sampled_from([b"\n", b"\r\n", b"\r"]), st.randoms())
def test_lines_are_the_same_however_they_arrive(texts: list[str], end: bytes, luck: Any) -> None:
    data = b"".join(text.encode() + end for text in texts)
    pieces, at = [], 0
    while at < len(data):
        step = luck.randint(1, 4)
        pieces.append(data[at : at + step])
        at += step
    assert list(lines(Pieces(*pieces))) == texts


def test_a_last_line_without_an_end_counts() -> None:
    assert list(lines(Pieces(b"B001"))) == ["B001"]
    assert list(lines(Pieces())) == []


def test_bytes_that_are_no_text_are_no_code(library: Library) -> None:
    answers = told(library.session(), b"\xff\xfeB001\x80\n", b"\xc3\x28\n")
    assert [answer["outcome"] for answer in answers] == ["unknown", "unknown"]


def test_an_endless_line_is_cut_and_said(library: Library) -> None:
    answers = told(library.session(), *[b"9" * 65_536] * 40, b"\nB001\n")
    assert [(answer["outcome"], answer.get("code")) for answer in answers] == [("unknown", "too-long"), ("shown", "in")]
    assert len(answers[0]["scan"]) <= 512
    assert max(len(line) for line in lines(Pieces(*[b"9" * 65_536] * 40))) == LINE_LIMIT


def test_a_second_line_end_is_no_finish_but_a_later_one_is(library: Library) -> None:
    def at_once() -> float:
        return 0.0

    answers = told(library.session(), f"{CARD}\n\nB001\n\n".encode(), clock=at_once)
    assert [answer["outcome"] for answer in answers] == ["member", "repeated", "lent", "repeated"]
    answers = told(library.session(), b"\nB001\n\n")
    assert [answer["outcome"] for answer in answers] == ["finished", "returned", "finished"]


def test_the_end_of_the_input_finishes_the_transaction(library: Library) -> None:
    told(library.session(), f"{CARD}\nB001\n".encode())
    assert rows_of(library.store, "SELECT no, finished_at IS NOT NULL FROM desk_tx") == [(1, 1)]


def test_a_store_that_stops_is_said_and_the_rest_goes_on(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    session = library.session()
    real, sick = session.scan, ["B001"]

    def scanned(raw: str) -> Any:
        if raw in sick:
            raise KnownError("disk-full", {"detail": "FullError"})
        return real(raw)

    monkeypatch.setattr(session, "scan", scanned)
    target = io.StringIO()
    code = run(session, Pieces(f"{CARD}\nB001\nT001\n".encode()), target, clock=Ticking())
    answers = [json.loads(line) for line in target.getvalue().splitlines()]
    assert code == 1
    assert [answer["outcome"] for answer in answers] == ["member", "stopped", "lent"]
    assert answers[1] == {"scan": "B001", "outcome": "stopped", "problem": "disk-full", "detail": "FullError"}


# --- a real process -----------------------------------------------------------------------------------------------


def process(library: Library, root: Path, *more: str) -> subprocess.Popen[bytes]:
    """`meja scan` on the library's home."""
    environment = {**os.environ, "MEJA_CONFIG_DIR": str(library.around.config)}
    return subprocess.Popen(
        [sys.executable, "-m", "app", "scan", "--home", str(library.root), *more],
        cwd=root,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_each_answer_comes_after_its_commit(library: Library, root: Path) -> None:
    library.close()
    with process(library, root) as desk:
        assert desk.stdin is not None
        assert desk.stdout is not None
        for code, outcome in ((CARD, "member"), ("B001", "lent")):
            desk.stdin.write(code.encode() + b"\r\n")
            desk.stdin.flush()
            answer = json.loads(desk.stdout.readline())
            assert answer["outcome"] == outcome
        from db.store import open_store

        beside = open_store(library.home, library.around, read_only=True)
        assert rows_of(beside, "SELECT id FROM event WHERE kind = 'loan.opened'") == [(answer["event_id"],)]
        beside.close()
        desk.stdin.close()
        assert desk.wait(30) == 0
        assert desk.stderr is not None
        assert desk.stderr.read() == b""
    library.store = open_store(library.home, library.around)
    assert library.has() == ["B001"]


def test_when_nobody_reads_any_more_it_ends_in_order(library: Library, root: Path) -> None:
    library.close()
    with process(library, root) as desk:
        assert desk.stdin is not None
        assert desk.stdout is not None
        desk.stdin.write(f"{CARD}\n".encode())
        desk.stdin.flush()
        desk.stdout.readline()
        desk.stdout.close()
        try:
            desk.stdin.write(b"B001\nT001\n")
            desk.stdin.flush()
            desk.stdin.close()
        except BrokenPipeError:
            pass
        assert desk.wait(30) == 0
        assert desk.stderr is not None
        assert b"Traceback" not in desk.stderr.read()
    from db.store import open_store

    library.store = open_store(library.home, library.around)
    assert rows_of(library.store, "PRAGMA quick_check") == [("ok",)]


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [(("--staff", "Nobody"), 1, b"Nobody"), (("--unknown",), 2, b"usage"), (("extra",), 2, b"usage")],
)
def test_a_wrong_start_is_a_sentence_and_a_code(
    library: Library, root: Path, more: tuple[str, ...], code: int, words: bytes
) -> None:
    library.close()
    with process(library, root, *more) as desk:
        out, err = desk.communicate(b"B001\n", timeout=30)
    assert (desk.returncode, out) == (code, b"")
    assert words in err
    assert b"Traceback" not in err
    from db.store import open_store

    library.store = open_store(library.home, library.around)
