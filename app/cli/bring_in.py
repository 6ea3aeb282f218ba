"""`meja import`: another system's data in, with progress on a terminal, a report, and one object at the end."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app import wiring
from app.cli import preview_words
from app.cli.allowed import allowed
from app.cli.answer import wants_object
from app.cli.paths import is_there, path_of
from app.domain import right
from app.domain.clock import local_datetime
from app.domain.setting import BY_KEY
from app.importers.sheet_mapping import ToldColumns
from app.ports import KnownError
from app.services.import_preview import preview
from app.services.import_report import Reporter
from app.services.import_sources import Reading
from app.services.imports import ImportRequest, ImportResult, Imports
from db.importing import StoreImport
from resources.loader import load_json

OK, FAILED = 0, 1
_EVERY = 0.2


def run(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """Import the named files. 0 when it was done, with or without refused rows."""
    files = [path_of(name) for name in options.files]
    for path in files:
        if not is_there(path):
            raise KnownError("file-not-found", {"path": str(path)})
    pictures = path_of(options.pictures) if options.pictures else None
    columns = ToldColumns(tuple(options.column), tuple(options.ignore), options.header_rows)
    reading = Reading(options.barcode, getattr(options, "source", ""), columns, options.database)
    if getattr(options, "preview", False):
        found = preview(files, reading)
        if wants_object(options):
            print(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            print("\n".join(preview_words.lines(found, options.files)))
        return OK
    if pictures is not None and not os.path.isdir(pictures):
        raise KnownError("file-not-found", {"path": str(pictures)})
    request = ImportRequest(files, pictures, reading, getattr(options, "rules", "keep"), options.dry_run)
    answer = bring_in(home, recovery, request, Progress(sys.stderr.isatty()), options.staff)
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _say(answer)
    return OK


def bring_in(
    home: Path, recovery: str, request: ImportRequest, progress: Progress, staff_name: str = ""
) -> dict[str, Any]:
    """Open the library as its one desk, import, write the report; returns the object of `--json`.

    What changes the library needs the right to import; KnownError as `allowed` says. A dry run changes nothing.
    """
    began = time.monotonic()
    with wiring.opened(home, recovery=recovery) as store:
        if not request.dry_run:
            request = replace(request, staff=allowed(store, staff_name, right.IMPORT).id)
        door = StoreImport(store)
        with store.read() as facts:
            name, language = str(facts.setting("library.name")), str(facts.setting("look.language"))
        unnamed = name == BY_KEY["library.name"].default
        shipped = [wiring.default_policy(one) for one in ("campus", "campus-slims")]
        imports = Imports(door, store.zone, store.now(), shipped)
        now = local_datetime(store.now(), store.zone)
        try:
            settings: Mapping[str, object] = {"library.name": "" if unnamed else name}
            result = imports.run(request, secrets.token_hex(16), settings, progress)
            with store.read() as facts:
                name = str(facts.setting("library.name"))
            reporter = Reporter(_free(store.home.reports, f"import-{now:%Y%m%d-%H%M%S}"), name, language, load_json)
            names = [path.name for path in request.files]
            report = reporter.write(result, door.findings(), names, f"{now:%Y-%m-%d %H:%M}")
        finally:
            progress.end()
            door.close()
        copied = "" if request.dry_run else _refresh_second_copy(store)
    answer = {**as_json(result), "notices": reporter.notices(result), "report": str(report)}
    answer["seconds"] = round(time.monotonic() - began, 1)
    return {**answer, "second_copy": copied} if copied else answer


def _free(reports: Path, name: str) -> Path:
    """A report folder that is not there yet."""
    folder, number = reports / name, 2
    while folder.exists():
        folder, number = reports / f"{name}-{number}", number + 1
    return folder


def _refresh_second_copy(store: Any) -> str:
    """A second copy that has to follow a whole library row by row would be behind for minutes: it gets a new base.

    Returns why it could not ("" when it could): the import is done all the same, and the desk's own thread follows.
    """
    from db.backup import copy_store

    target = wiring.second_folder(store) / store.home.store.name
    try:
        if is_there(target):
            copy_store(store.connection, target, store.key)
    except KnownError as error:
        return error.code
    return ""


def as_json(result: ImportResult) -> dict[str, Any]:
    """The object that ends `meja import --json`."""
    totals = result.totals
    return {
        "ok": True,
        "source": result.source,
        "dry_run": result.dry_run,
        "accepted": _counted(totals.accepted),
        "updated": _counted(totals.updated),
        "unchanged": _counted(totals.unchanged),
        "refused": result.refused,
        "missing": _counted(totals.missing),
        "notes": result.notes,
        "rules": result.rules,
        "policy": totals.policy,
        "library": totals.library,
        "reconcile": {line: {"source": theirs, "meja": ours} for line, (theirs, ours) in result.reconcile().items()},
    }


def _counted(counts: Mapping[str, int]) -> dict[str, int]:
    return {kind: count for kind, count in counts.items() if count}


def _say(answer: Mapping[str, Any]) -> None:
    words = {language: load_json(f"words/import_{language}.json") for language in ("id", "en")}
    if answer["dry_run"]:
        print(f"{words['id']['said.dry-run']} / {words['en']['said.dry-run']}")
    for name in ("accepted", "updated", "unchanged", "refused"):
        parts = ", ".join(f"{words['id'].get('kind.' + kind, kind)} {count}" for kind, count in answer[name].items())
        print(f"{words['id']['said.' + name]} / {words['en']['said.' + name]}: {parts or '-'}")
    for notice in answer["notices"]:
        print(f"! {notice['kalimat']}\n  {notice['sentence']}")
    print(f"{words['id']['said.report']} / {words['en']['said.report']}: {answer['report']}")


class Progress:
    """One line on the terminal that says the step, how far, and the time left; silent where nobody looks."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._step = ""
        self._began = 0.0
        self._next = 0.0
        self._words: dict[str, Any] = load_json("words/import_id.json") if shown else {}

    def __call__(self, step: str, done: int, total: int) -> None:
        if not self._shown:
            return
        now = time.monotonic()
        if step != self._step:
            self._step, self._began, self._next = step, now, 0.0
        if now < self._next:
            return
        self._next = now + _EVERY
        name = self._words.get(f"step.{step}", step)
        left = self._left(now, done, total)
        sys.stderr.write(f"\r\x1b[K{name} {100 * done // max(total, 1)} %{left}")
        sys.stderr.flush()

    def _left(self, now: float, done: int, total: int) -> str:
        spent = now - self._began
        if done <= 0 or spent < 1 or total <= 1:
            return ""
        seconds = round(spent * (total - done) / done)
        return f" · {self._words.get('said.left', '')} {seconds // 60}:{seconds % 60:02d}"

    def end(self) -> None:
        """Leave a clean line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
