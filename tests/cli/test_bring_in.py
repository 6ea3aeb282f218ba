"""`meja import` as a careful command-line user expects it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from app.cli.bring_in import Progress
from tests.flows.desk_process import Place
from tests.flows.moving_in import SlimsLibrary, empty_home


@pytest.fixture
def home(tmp_path: Path) -> Place:
    """An empty library."""
    return empty_home(tmp_path)


def test_json_is_the_last_line_and_the_only_thing_on_standard_output(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary(fines=[(1, "2026-01-01", "GONE", 500, 0, "x")])
    done = home.run("import", str(slims.write(tmp_path / "a.sql")), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)
    assert answer["ok"] is True
    assert answer["dry_run"] is False
    assert answer["refused"] == {"fine": 1}
    assert answer["reconcile"]["fines-owed"] == {"source": 500, "meja": 0}
    assert {path.name for path in Path(answer["report"]).iterdir()} == {
        "report.csv",
        "summary.json",
        "reconcile.csv",
        "reconcile.pdf",
    }
    with home.store() as store, store.read() as facts:
        assert facts.setting("library.name") == "Perpustakaan Melati"


def test_without_json_people_are_told_in_both_languages(home: Place, tmp_path: Path) -> None:
    done = home.run("import", str(SlimsLibrary().write(tmp_path / "a.sql")), "--dry-run")
    assert done.returncode == 0
    assert "Uji coba" in done.stdout
    assert "Accepted: Judul 3" in done.stdout
    with home.store() as store:
        assert store.connection.execute("SELECT count(*) FROM title").fetchone() == (0,)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--rules", "mine", "a.sql"], 2), (["a.sql", "--pictures", "nowhere"], 1), (["nowhere.sql"], 1), ([], 2)],
)
def test_what_cannot_be_done_says_so(home: Place, arguments: list[str], code: int) -> None:
    done = home.run("import", *arguments)
    assert done.returncode == code
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_preview_needs_no_library(tmp_path: Path, home: Place) -> None:
    done = home.run("import", str(SlimsLibrary().write(tmp_path / "a.sql")), "--preview", home=tmp_path / "none")
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["kind"] == "slims-dump"


def test_progress_is_for_a_terminal_and_says_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, now = io.StringIO(), [100.0]
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr("app.cli.bring_in.time.monotonic", lambda: now[0])
    silent = Progress(False)
    silent("reading", 1, 2)
    silent.end()
    assert screen.getvalue() == ""
    shown = Progress(True)
    for done in (0, 50, 100):
        shown("reading", done, 200)
        now[0] += 5
    shown("linking", 0, 7)
    shown.end()
    assert "Membaca 25 % · sisa waktu 0:15" in screen.getvalue()
    assert "Mencocokkan 0 %" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")
