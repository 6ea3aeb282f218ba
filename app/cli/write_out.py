"""`meja export`: lists and the journal as JSON lines or CSV, or all of it for SLiMS; beside a running desk."""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from app import wiring
from app.cli.arguments import EXPORTS
from app.cli.paths import path_of
from app.domain.clock import local_datetime
from app.importers.rows import Noted
from app.ports import KnownError
from app.services.exports import SLIMS_FILES, write_list, write_slims
from app.services.out_file import not_written, refuse_own, written
from app.services.table import safe_cell
from db.exporting import StoreExport
from db.store import DeskStore

OK = 0


def run(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """Write what was asked for; the library is only read."""
    what = "slims" if options.as_ == "slims" else options.what
    if what is None:
        raise KnownError("export-what", {"words": ", ".join(EXPORTS)})
    if what == "slims" and options.out in ("", "-"):
        raise KnownError("export-slims-out")
    with wiring.opened(home, read_only=True, recovery=recovery) as store, StoreExport(store) as library:
        if what == "slims":
            print(json.dumps(_slims(store, library, path_of(options.out)), ensure_ascii=False))
        elif what == "state-hash":
            with _target(options.out, store) as out:
                out.write(json.dumps(library.state()) + "\n")
        else:
            with _target(options.out, store) as out:
                write_list(library, what, options.format, out)
    return OK


def _slims(store: DeskStore, library: StoreExport, folder: Path) -> dict[str, Any]:
    """SLiMS's files, put into the folder together when all are whole."""
    refuse_own(folder, wiring.own_places(store))
    now = local_datetime(store.now(), store.zone)
    policy = store.policies.on(now.date())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*SLIMS_FILES, _TOLD):
            if os.path.lexists(folder / name):
                raise KnownError("file-not-writable", {"path": str(folder / name), "detail": "already-there"})
        with tempfile.TemporaryDirectory(prefix=".meja-", dir=folder) as aside:
            counts, told = write_slims(library, policy, Path(aside), now)
            _write_told(Path(aside) / _TOLD, told)
            for name in (*SLIMS_FILES, _TOLD):
                (Path(aside) / name).rename(folder / name)
    except OSError as error:
        raise not_written(folder, error) from error
    return {"ok": True, "folder": str(folder), "written": counts, "notes": len(told), "at": _minute(now)}


_TOLD = "notes.csv"


def _write_told(path: Path, told: list[Noted]) -> None:
    """What SLiMS cannot carry as it is, row by row."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(("kind", "note", "facts"))
        for note in told:
            facts = "; ".join(f"{key}: {value}" for key, value in note.params.items())
            out.writerow([safe_cell(cell) for cell in (note.kind, note.note, facts)])


def _minute(now: datetime) -> str:
    return now.isoformat(timespec="minutes")


@contextlib.contextmanager
def _target(out: str, store: DeskStore) -> Iterator[TextIO]:
    """Standard output in UTF-8 whatever the console says, or a file that stands only when it is whole."""
    if out in ("", "-"):
        reconfigure = getattr(sys.stdout, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace", newline="")
        yield sys.stdout
        sys.stdout.flush()
        return
    with written(path_of(out), wiring.own_places(store)) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
        try:
            yield text
        finally:
            # The bytes' owner closes them; what is left in the text goes there first.
            text.detach()
