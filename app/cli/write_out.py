"""`meja export`: lists and the journal as JSON lines or CSV, or all of it for SLiMS; beside a running desk."""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from app import wiring
from app.domain.clock import local_datetime
from app.importers.rows import Noted
from app.ports import KnownError
from app.services.exports import SLIMS_FILES, write_list, write_slims
from app.services.table import safe_cell
from db.exporting import StoreExport

OK = 0


def run(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """Write what was asked for; the library is only read."""
    what = "slims" if options.as_ == "slims" else options.what
    if what is None:
        raise KnownError("usage", {"detail": "export journal|loans|items|members|charges|holds|state-hash, --as slims"})
    if what == "slims" and not options.out:
        raise KnownError("usage", {"detail": "export --as slims --out DIR"})
    with wiring.opened(home, read_only=True, recovery=recovery) as store, StoreExport(store) as library:
        if what == "slims":
            print(json.dumps(_slims(store, library, Path(options.out).expanduser()), ensure_ascii=False))
        elif what == "state-hash":
            with _target(options.out) as out:
                out.write(json.dumps(library.state()) + "\n")
        else:
            with _target(options.out) as out:
                write_list(library, what, options.format, out)
    return OK


def _slims(store: Any, library: StoreExport, folder: Path) -> dict[str, Any]:
    now = local_datetime(store.now(), store.zone)
    policy = store.policies.on(now.date())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = [name for name in (*SLIMS_FILES, _TOLD) if (folder / name).exists()]
        if taken:
            raise KnownError("file-not-writable", {"path": str(folder / taken[0]), "detail": "exists"})
        counts, told = write_slims(library, policy, folder, now)
        _write_told(folder / _TOLD, told)
    except OSError as error:
        raise _not_written(folder, error) from error
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
def _target(out: str) -> Iterator[TextIO]:
    """Standard output in UTF-8 whatever the console says, or a file that stands only when it is whole."""
    if not out:
        reconfigure = getattr(sys.stdout, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace", newline="")
        yield sys.stdout
        sys.stdout.flush()
        return
    path = Path(out).expanduser()
    aside = path.with_name(path.name + ".part")
    try:
        with aside.open("w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise _not_written(path, error) from error
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _not_written(path: Path, error: OSError) -> KnownError:
    if error.errno == 28:
        return KnownError("disk-full", {"path": str(path)})
    return KnownError("file-not-writable", {"path": str(path), "detail": error.strerror or ""})
