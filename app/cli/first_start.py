"""What the first start's choices do: the demo library, an import, an empty library."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from app import wiring
from app.domain.policy import Policy
from db.home import Home
from resources.loader import load_json
from ui.first_start import Begun, Tell
from ui.first_start import run as run_window


class Beginnings:
    """The three beginnings for one home. `chosen` is the home to open afterwards."""

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
        return Begun(self._found(name, zone))

    def bring_in(self, name: str, zone: str, files: Sequence[Path], tell: Tell) -> Begun:
        """A library filled from files; when it does not work, the home is empty again."""
        from app.cli.bring_in import bring_files

        recovery = self._found(name, zone)
        try:
            with wiring.opened(self._home) as store:
                summary = bring_files(store, files, tell)
        except BaseException:
            shutil.rmtree(self._home, ignore_errors=True)
            raise
        return Begun(recovery, summary)

    def key_sheet(self, target: Path, name: str, recovery: str) -> None:
        """A sheet with the recovery key to print and lock away."""
        from app.printing.report import Column, render_table_report

        rows = [(part,) for part in recovery.split("-")]
        say = load_json("words/key_sheet.json")
        data = render_table_report(
            say["title"], [Column(say["groups"])], rows, library=name, facts=[("", recovery)], closing=say["closing"]
        )
        target.write_bytes(data)

    def _found(self, name: str, zone: str) -> str:
        policy = Policy.from_json({**wiring.default_policy().to_json(), "time_zone": zone})
        store, recovery = wiring.found_library(self._home, policy, {"library.name": name})
        try:
            wiring.first_head(store)
        finally:
            store.close()
        return recovery


def begin(home: Path) -> Path | None:
    """Ask how to begin; the home to open, or None when the window was closed."""
    beginnings = Beginnings(home)
    return beginnings.chosen if run_window(beginnings) else None
