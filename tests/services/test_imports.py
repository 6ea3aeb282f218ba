"""One import from the files to the totals: the order of its steps, what it publishes, what it says of bad files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.importers.problems import ImportProblem
from app.ports import KnownError
from app.services.imports import ImportRequest, Imports, as_known
from db.importing import StoreImport
from tests.builders import Library, campus, founded
from tests.flows.moving_in import SlimsLibrary


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library with nothing in it but the shipped rules."""
    lib = founded(tmp_path)
    yield lib
    lib.close()


def test_steps_come_in_order_and_progress_ends_where_it_should(library: Library, tmp_path: Path) -> None:
    dump = SlimsLibrary().write(tmp_path / "a.sql")
    door = StoreImport(library.store)
    told: list[tuple[str, int, int]] = []
    imports = Imports(door, library.store.zone, library.store.now(), [campus(), campus("slims")])
    try:
        result = imports.run(ImportRequest([dump]), "a" * 32, {"library.name": ""}, lambda *step: told.append(step))
    finally:
        door.close()
    steps = list(dict.fromkeys(step for step, _, _ in told))
    assert steps == ["reading", "linking", "records", "fines", "holds", "visits", "checking", "writing"]
    assert max(done for step, done, _ in told if step == "reading") == told[0][2]
    assert result.rules == "published"
    assert result.reconcile()["titles"] == (3, 3)
    with library.store.read() as facts:
        assert facts.setting("library.name") == "Perpustakaan Melati"


def test_a_named_library_keeps_its_name(library: Library, tmp_path: Path) -> None:
    door = StoreImport(library.store)
    imports = Imports(door, library.store.zone, library.store.now(), [])
    dump = SlimsLibrary().write(tmp_path / "a.sql")
    try:
        imports.run(ImportRequest([dump]), "a" * 32, {"library.name": "Kami"}, lambda *_: None)
    finally:
        door.close()
    with library.store.read() as facts:
        assert facts.setting("library.name") != "Perpustakaan Melati"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("file-missing", "file-not-found"),
        ("format-unknown", "import-unknown-kind"),
        ("archive-damaged", "import-failed"),
    ],
)
def test_a_bad_file_is_a_known_error_with_its_name(reason: str, code: str) -> None:
    error = as_known(ImportProblem(reason, {"file": "a.sql", "line": "3"}), [Path("b.sql")])
    assert isinstance(error, KnownError)
    assert (error.code, error.params["path"]) == (code, "a.sql")
    assert "line: 3" in str(error.params["detail"])
