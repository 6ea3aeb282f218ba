"""What the first start's choices do: the demo library, an import, an empty library, a backup; and the recovery key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import wiring
from app.cli.bring_in import Progress, bring_in
from app.cli.recovery import new_paper, put_paper
from app.cli.words import refused_by_system, sentence
from app.domain.policy import Policy
from app.domain.verdict import Param
from app.ports import KnownError
from app.services.import_columns import UnknownList, unknown_lists
from app.services.import_sources import Reading
from app.services.imports import ImportRequest
from app.services.out_file import OwnPlaces, write_whole
from db.home import Home, as_it_was
from db.restore import newest_copy, restore
from resources.loader import load_json
from ui.first_start.port import Begun, SeveralLibraries, Sources, Tell
from ui.first_start.window import ask_about_key
from ui.first_start.window import run as run_window

STEPS = 6
WHOLE = 1000
"""The whole of a bar."""
MOST_NOTICES = 8
COPY_IN_HOME: tuple[tuple[str, Mapping[str, Param]], ...] = (("copy-home", {}),)
"""A library that begins has its second copy in its own folder until somebody chooses another place."""


class Beginnings:
    """The beginnings for one home. `chosen` is the home to open afterwards."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.chosen = home

    def demo(self, tell: Tell) -> Begun:
        """The demo library stands in a home of its own, so that the real one stays free."""
        from app.cli.window import make_demo

        self.chosen = wiring.demo_home()
        if not Home(self.chosen).exists():
            make_demo(self.chosen, tell)
        return Begun()

    def empty(self, name: str, zone: str, tell: Tell) -> Begun:
        """An empty library with the campus rules."""
        return Begun(self._found(name, zone), COPY_IN_HOME)

    def columns(self, files: Sequence[Path], tell: Tell) -> tuple[UnknownList, ...]:
        """The lists among the files whose columns somebody has to explain."""
        return unknown_lists(files)

    def bring_in(self, name: str, zone: str, sources: Sources, tell: Tell) -> Begun:
        """A library filled from files; when it does not work, the home is empty again."""
        told = {path: assigned.told() for path, assigned in sources.told.items()}
        reading = Reading(sheets=told, database=sources.library)
        request = ImportRequest(list(sources.files), None, reading, "keep", False)
        try:
            with as_it_was(self._home):
                recovery = self._found(name, zone)
                answer = bring_in(self._home, "", request, ImportBar(tell))
        except KnownError as error:
            if error.code == "import-databases-several":
                raise SeveralLibraries(tuple(str(error.params["databases"]).split(", "))) from error
            raise
        return Begun(recovery, (*_lines(answer), *COPY_IN_HOME))

    def key_sheet(self, target: Path, name: str, recovery: str) -> None:
        """A sheet with the recovery key to print and lock away."""
        from app.printing.report import Column, render_table_report

        rows = [(part,) for part in recovery.split("-")]
        say = load_json("words/key_sheet.json")
        data = render_table_report(
            say["title"], [Column(say["groups"])], rows, library=name, facts=[("", recovery)], closing=say["closing"]
        )
        write_whole(
            target, data, OwnPlaces((self._home, wiring.config_folder()), Home(self._home).keys.name), private=True
        )

    def newest(self, folder: Path) -> Path | None:
        """What would be restored from a chosen folder."""
        return newest_copy(folder)

    def restore(self, source: Path, recovery: str, tell: Tell) -> Begun:
        """A backup or second copy in this home, as `meja restore` does it; when it fails, the home is empty again."""
        with as_it_was(self._home):
            report = restore(self._home, source, recovery, wiring.beginning())
        until = datetime.fromtimestamp(report["newest_at"] / 1000, UTC).astimezone()
        return Begun(lines=(("restored", {"n": report["events"], "until": until}),))

    def new_key(self, tell: Tell) -> Begun:
        """Another recovery key for the library that is here; the one nobody kept opens it no more."""
        with wiring.opened(self._home) as store:
            wraps, recovery = new_paper(store)
            put_paper(store, wraps)
            with store.read() as facts:
                name = str(facts.setting("library.name"))
        return Begun(recovery, name=name)

    def kept(self) -> None:
        """Somebody says that the recovery key is kept: it is not asked about again."""
        Home(self._home).unkept_key.unlink(missing_ok=True)

    def sentence(self, fault: Exception) -> str:
        """What went wrong, for staff; "" for what is no known trouble."""
        known = refused_by_system(fault) if isinstance(fault, OSError) else fault
        return sentence(known).splitlines()[0] if isinstance(known, KnownError) else ""

    def _found(self, name: str, zone: str) -> str:
        policy = Policy.from_json({**wiring.default_policy().to_json(), "time_zone": zone})
        store, recovery = wiring.found_library(self._home, policy, {"library.name": name})
        try:
            wiring.first_head(store)
            store.home.unkept_key.touch()
        finally:
            store.close()
        return recovery


class ImportBar(Progress):
    """An import's steps as one bar: each step counts alike. More steps than were reckoned with make the rest of the bar
    narrower; it never goes back."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(shown=False)
        self._tell = tell
        self._steps: list[str] = []
        self._furthest = 0

    def __call__(self, step: str, done: int, total: int) -> None:
        if step not in self._steps:
            self._steps.append(step)
        part = 100 * done // max(total, 1)
        every = max(len(self._steps) + 1, STEPS)
        self._furthest = max(self._furthest, WHOLE * (100 * (len(self._steps) - 1) + part) // (100 * every))
        self._tell(self._furthest, WHOLE)


def _lines(answer: Mapping[str, Any]) -> tuple[tuple[str, Mapping[str, Param]], ...]:
    """What came in, for the last page."""
    lines: list[tuple[str, Mapping[str, Param]]] = [
        (f"came-in-{kind}", {"n": count})
        for kind, count in answer["accepted"].items()
        if kind in ("title", "item", "member", "open-loan", "past-loan")
    ]
    refused = sum(answer["refused"].values())
    if refused:
        lines.append(("refused", {"n": refused, "file": str(answer["report"])}))
    notices = answer["notices"]
    lines += [("notice", {"text": one["kalimat"]}) for one in notices[:MOST_NOTICES]]
    if len(notices) > MOST_NOTICES:
        lines.append(("more-notices", {"n": len(notices) - MOST_NOTICES, "file": str(answer["report"])}))
    return tuple(lines)


def begin(home: Path) -> Path | None:
    """Ask how to begin; the home to open, or None when the window was closed."""
    beginnings = Beginnings(home)
    return beginnings.chosen if run_window(beginnings) else None


def settle_key(home: Path) -> bool:
    """Ask about a recovery key that nobody kept yet; False when the window was closed and the desk shall not open."""
    return not Home(home).unkept_key.exists() or ask_about_key(Beginnings(home))
