"""Whatever happens during an import, the library is as it was or has all of it: a kill, a stop, a full disk."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import apsw
import pytest

from app.cli.bring_in import bring_in
from app.importers.rows import Cancelled
from app.ports import KnownError
from app.services.imports import ImportRequest
from tests.db.faulty import faulty_disk
from tests.flows.desk_process import ROOT, Place
from tests.flows.moving_in import SlimsLibrary, empty_home, take
from tests.importers.slims_dump_text import write_library

ITEMS = 1500


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty library of this account's."""
    place = empty_home(tmp_path)
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(place.config))
    return place


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library large enough to be caught in the middle."""
    return write_library(tmp_path_factory.mktemp("dump") / "library.sql", ITEMS, ITEMS, 300)


def counts(place: Place) -> tuple[int, ...]:
    """Titles, copies, readers, loans, events."""
    with place.store() as store:
        return tuple(
            store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("title", "item", "member", "loan", "event")
        )


# Ends itself the hard way when the import comes to a step (or to a share of the reading).
KILLED = """
import os, signal, sys
import app.cli.bring_in as bring_in
step, share = sys.argv[1], int(sys.argv[2])
def call(self, at, done, total):
    if at == step and 100 * done >= share * max(total, 1):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
bring_in.Progress.__call__ = call
from app.__main__ import main
main(["import", *sys.argv[3:]])
"""


@pytest.mark.parametrize(
    ("step", "share"), [("reading", 60), ("linking", 0), ("records", 0), ("loans", 50), ("fines", 0), ("writing", 0)]
)
def test_killed_anywhere_the_library_is_as_before_and_the_next_run_takes_all(
    home: Place, dump: Path, step: str, share: int
) -> None:
    before = counts(home)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, step, str(share), str(dump), "--home", str(home.home)],
        cwd=ROOT,
        env=home.environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (-signal.SIGKILL, signal.SIGTERM), done.stderr.decode()
    assert list(home.home.glob("importing.db*")), "the kill came too early or too late"
    assert counts(home) == before
    report = home.check()
    assert report.ok, report.faults
    with home.desk_store():
        pass
    answer = take(home, [dump])
    assert answer["accepted"]["item"] == ITEMS
    assert home.check().ok
    assert not list(home.home.glob("importing.db*"))


def test_the_next_start_of_the_desk_sweeps_up(home: Place) -> None:
    left = home.home / "importing.db"
    left.write_bytes(b"left over")
    assert home.run("scan").returncode == 0
    assert not left.exists()


@pytest.mark.parametrize("step", ["reading", "linking", "records", "loans", "checking", "writing"])
def test_stopped_by_a_person_anywhere(home: Place, dump: Path, step: str) -> None:
    before = counts(home)

    class Stopping:
        def __call__(self, at: str, done: int, total: int) -> None:
            if at == step and 2 * done >= total * (step in ("reading", "loans")):
                raise Cancelled

        def end(self) -> None: ...

    with pytest.raises(Cancelled):
        bring_in(home.home, "", ImportRequest([dump]), Stopping())  # type: ignore[arg-type]
    assert counts(home) == before
    assert home.check().ok
    assert not list(home.home.glob("importing.db*"))


@pytest.mark.parametrize("writes", [40, 200, 440, 470, 500, 800])
def test_a_full_disk_is_said_and_nothing_is_kept(
    home: Place, dump: Path, writes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts(home)
    with faulty_disk(monkeypatch) as disk, disk.fails(apsw.FullError, after=writes):
        check = disk.check

        def once(what: str) -> None:
            try:
                check(what)
            except apsw.FullError:
                # What was in the way is freed at once: closing the store is not what is tried here.
                disk.failing = None
                raise

        monkeypatch.setattr(disk, "check", once)
        with pytest.raises(KnownError) as stopped:
            take(home, [dump])
    assert stopped.value.code == "disk-full"
    assert counts(home) == before
    assert home.check().ok
    assert not list(home.home.glob("importing.db*"))


def test_a_disk_that_is_really_full(tmp_path: Path, dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(small)], capture_output=True, check=False
    ) if sys.platform == "linux" and os.geteuid() == 0 else None  # fmt: skip
    if mounted is None or mounted.returncode != 0:
        pytest.skip("only root can make a small disk")
    try:
        place = empty_home(small)
        monkeypatch.setenv("MEJA_CONFIG_DIR", str(place.config))
        before = counts(place)
        done = place.run("import", str(dump), "--json")
        assert done.returncode == 1
        assert '"problem": "disk-full"' in done.stdout
        assert counts(place) == before
        assert not list(place.home.glob("importing.db*"))
        assert not list((place.home / "reports").iterdir())
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_report_that_cannot_be_written_is_said(home: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.services.import_report.Reporter._sheet", full)
    with pytest.raises(KnownError) as stopped:
        take(home, [SlimsLibrary().write(tmp_path / "a.sql")])
    assert stopped.value.code == "disk-full"


def test_files_that_are_nothing_are_refused_with_a_sentence(home: Place, tmp_path: Path) -> None:
    empty, noise = tmp_path / "empty.sql", tmp_path / "noise.bin"
    empty.write_bytes(b"")
    noise.write_bytes(bytes(range(256)) * 40)
    for file in (empty, noise, tmp_path / "absent.sql"):
        done = home.run("import", str(file), "--json")
        assert done.returncode == 1
        assert '"ok": false' in done.stdout
        assert file.name in done.stderr
    assert home.run("import").returncode == 2


def test_an_import_beside_a_running_desk_is_refused_at_once(home: Place, tmp_path: Path) -> None:
    dump = SlimsLibrary().write(tmp_path / "a.sql")
    with home.desk() as desk:
        desk.scan("?")
        began = time.monotonic()
        done = home.run("import", str(dump), "--json")
        assert done.returncode == 1
        assert '"problem": "second-desk"' in done.stdout
        assert time.monotonic() - began < 30
