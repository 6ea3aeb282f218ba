"""Lost keys and damaged files: a clear sentence, an exit code, and the way back with the printed recovery key."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from db.second_copy import second_copy_state
from tests.flows.desk_process import Place, recorded
from tests.flows.library import CARDS, COPIES, Founded, small_library

WRONG_KEY = "0000-1111-2222-3333-4444-5555-6666-7777"


def worked(place: Place) -> list[str]:
    """Let a desk work and end; the ids of what it recorded, all of them in the second copy."""
    with place.desk() as desk:
        desk.scans(CARDS[0], COPIES[0], COPIES[1], "=finish", COPIES[0], CARDS[1], COPIES[2], "=finish")
        assert desk.end() == 0
        return recorded(desk.heard)


def refused(place: Place, *arguments: str, given: bytes = b"") -> str:
    """Run a command that must not work: exit 1, nothing on standard output, one sentence in two languages."""
    done = place.run(*arguments, given=given)
    assert (done.returncode, done.stdout) == (1, ""), (arguments, done.stdout, done.stderr)
    assert done.stderr.startswith("meja: "), done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2
    return done.stderr


def test_a_lost_secret_is_replaced_by_the_printed_key(founded: Founded) -> None:
    place = founded.place
    ids = worked(place)
    (place.config / "secrets.json").unlink()
    assert "--recovery-key" in refused(place, "scan", given=b"x\n")
    assert refused(place, "scan", "--recovery-key") != ""
    wrong = Place(place.home, place.config, more={"MEJA_RECOVERY_KEY": WRONG_KEY})
    refused(wrong, "scan", "--recovery-key")
    right = Place(place.home, place.config, more={"MEJA_RECOVERY_KEY": founded.recovery.lower().replace("-", " ")})
    opened = right.run("scan", "--recovery-key", given=COPIES[3].encode() + b"\n")
    assert (opened.returncode, opened.stdout.count("\n")) == (0, 1), opened.stderr
    with place.desk() as desk:
        assert desk.scan(COPIES[2])["outcome"] == "returned", "this account has the key again"
    assert set(ids) <= {event.id for event in place.events()}


@pytest.mark.parametrize("left", [None, b"", b'{"keyring": 3}', b"\x00" * 400])
def test_a_lost_key_file_is_taken_from_the_second_copy(founded: Founded, left: bytes | None) -> None:
    place = founded.place
    ids = worked(place)
    kept = place.home / "meja.keys"
    kept.unlink()
    if left is not None:
        kept.write_bytes(left)
    with place.desk() as desk:
        assert desk.scan(COPIES[2])["outcome"] == "returned"
        assert desk.end() == 0
    assert kept.read_bytes() == (place.home / "second" / "meja.keys").read_bytes()
    assert set(ids) <= {event.id for event in place.events()}


def test_without_any_key_file_nothing_opens_and_that_is_said(founded: Founded) -> None:
    place = founded.place
    worked(place)
    for keys in place.home.rglob("meja.keys"):
        keys.unlink()
    before = (place.home / "meja.db").read_bytes()
    for command in (("scan",), ("check",), ("backup",)):
        refused(place, *command)
    assert (place.home / "meja.db").read_bytes() == before


def _flip(*places: float) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        data = bytearray(file.read_bytes())
        for share in places:
            start = min(int(len(data) * share), len(data) - 16)
            data[start : start + 16] = bytes(byte ^ 0x5A for byte in data[start : start + 16])
        file.write_bytes(data)

    return damage


DAMAGES: dict[str, Callable[[Path], None]] = {
    "the header": _flip(0.0),
    "the first page": _flip(0.01),
    "the middle": _flip(0.3, 0.5, 0.7),
    "everywhere": _flip(*(part / 50 for part in range(50))),
    "the end": _flip(1.0),
    "cut to half": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]) and None,
    "cut in a page": lambda file: file.write_bytes(file.read_bytes()[:-1000]) and None,
    "emptied": lambda file: file.write_bytes(b"") and None,
    "replaced by a text": lambda file: file.write_text("Perpustakaan\n" * 2000) and None,
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Founded, list[str]]:
    """A library at which a desk has worked, to be copied."""
    founded = small_library(tmp_path_factory.mktemp("worked"))
    return founded, worked(founded.place)


@pytest.fixture
def copied(template: tuple[Founded, list[str]], tmp_path: Path) -> tuple[Founded, list[str]]:
    """A copy of it, with its account, to be broken."""
    founded, ids = template
    place = Place(tmp_path / "library", tmp_path / "account" / "config")
    shutil.copytree(founded.place.home, place.home)
    shutil.copytree(founded.place.config, place.config)
    return Founded(place, founded.recovery), ids


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_store_is_never_trusted(copied: tuple[Founded, list[str]], what: str) -> None:
    place = copied[0].place
    DAMAGES[what](place.home / "meja.db")
    checked = place.run("check", "--json")
    assert checked.returncode == 1, checked.stdout
    assert json.loads(checked.stdout)["ok"] is False
    assert "Traceback" not in checked.stderr
    lines = "\n".join([CARDS[3], COPIES[5], "=finish", *COPIES[4:20]]).encode()
    scanned = place.run("scan", given=lines)
    assert "Traceback" not in scanned.stderr, scanned.stderr
    answers = [json.loads(line) for line in scanned.stdout.splitlines()]
    assert {answer["problem"] for answer in answers if answer["outcome"] == "stopped"} <= {"store-damaged"}
    assert scanned.returncode == 1 or recorded(answers), "it works on what is whole, or says that it cannot"


@pytest.mark.parametrize("what", ["the middle", "emptied"])
def test_the_second_copy_alone_and_the_printed_key_bring_all_back(copied: tuple[Founded, list[str]], what: str) -> None:
    (founded, ids), place = copied, copied[0].place
    DAMAGES[what](place.home / "meja.db")
    paper = place.home.parent / "paper.txt"
    paper.write_text(founded.recovery + "\n", encoding="ascii")
    stick = place.home.with_name("stick")
    shutil.move(place.home / "second", stick)
    shutil.rmtree(place.home)
    (place.config / "secrets.json").unlink()
    restored = place.run("restore", str(stick), "--recovery-key-file", str(paper))
    assert restored.returncode == 0, restored.stderr
    assert set(ids) <= {event.id for event in place.events()}
    assert place.check().ok
    with place.desk() as desk:
        assert desk.scans("=finish", COPIES[2])[-1]["outcome"] == "returned", "the loans are where they were"
        finished = desk.scan("=finish")
        assert not finished["receipt"].startswith("M1-A-"), "numbers of a new incarnation"


def test_acts_torn_out_of_the_log_are_seen_and_kept_in_the_second_copy(founded: Founded) -> None:
    place = founded.place
    with place.desk() as desk:
        desk.scans(CARDS[0], COPIES[0], COPIES[1], "=finish", COPIES[0])
        said = recorded(desk.heard)
        _until_copied(place, len(place.events()))
        desk.kill()
    log = place.home / "meja.db-wal"
    assert log.stat().st_size > 0
    _flip(0.02)(log)
    (place.home / "meja.db-shm").unlink(missing_ok=True)
    lost = set(said) - {event.id for event in place.events()}
    assert lost, "SQLite drops what follows a torn frame without a word"
    checked = place.run("check", "--json")
    assert checked.returncode == 1, "the second copy knows better"
    with place.desk() as desk:
        assert desk.scan(CARDS[1])["outcome"] == "member"
        assert desk.end() == 0
    kept = [path for path in (place.home / "second").rglob("meja.db") if path.parent.name.startswith("other-")]
    assert len(kept) == 1, "the copy with the lost acts is set aside, not written over"
    shutil.move(place.home, place.home.with_name("torn"))
    source = place.home.with_name("torn") / kept[0].parent.relative_to(place.home)
    assert place.run("restore", str(source)).returncode == 0
    assert set(said) <= {event.id for event in place.events()}


def _until_copied(place: Place, events: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        with place.store() as store:
            state = second_copy_state(store, place.home / "second")
        if state is not None and state.events >= events:
            return
        assert time.monotonic() < deadline, state
        time.sleep(0.05)
