"""`meja desk` and `meja demo`: the window over an opened home."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from app import wiring
from app.ports import KnownError
from app.services import demo
from app.services.desk import DeskScreen
from app.services.view import Phrase
from db.clock import PcClock
from db.home import Home
from db.store import DeskStore, Surroundings
from resources.loader import load_json


def run(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """Open the desk; an empty home first asks how to begin."""
    if options.selftest_scan:
        return _selftest(options, home, recovery)
    if not Home(home).exists():
        from app.cli.first_start import begin

        chosen = begin(home)
        if chosen is None:
            return 0
        home = chosen
    with wiring.opened(home, recovery=recovery) as store:
        return show(store)


def show(store: DeskStore) -> int:
    """The window over an open store, until it is closed."""
    from ui import app as window

    with wiring.followers(store) as following:
        screen = desk_screen(store, following)
        return window.run(
            screen, wiring.ui_settings(store), on_settings=lambda said: wiring.keep_ui_settings(store, said)
        )


def desk_screen(store: DeskStore, following: wiring.Followers) -> DeskScreen:
    """The session and its screen half."""

    def printer_problem() -> Phrase | None:
        if not following.printer.problem:
            return None
        return Phrase("printer-off", {"n": following.printer.waiting})

    def copy_lag() -> int | None:
        lag = following.copy.lag
        return lag if lag is not None and lag > 5 else None

    return DeskScreen(store, wiring.session(store), PcClock(), printer_problem=printer_problem, copy_lag=copy_lag)


def _selftest(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """Open the window, feed it the scans of a file as keys would, print what came of each, close."""
    from ui.selftest import drive

    scans = Path(options.selftest_scan).read_text(encoding="utf-8").splitlines()
    with wiring.opened(home, recovery=recovery) as store, wiring.followers(store) as following:
        for line in drive(desk_screen(store, following), wiring.ui_settings(store), scans):
            print(json.dumps(line, ensure_ascii=False))
    return 0


def run_demo(options: argparse.Namespace, home: Path) -> int:
    """Make the demo library when its home is empty, then open it."""
    if not Home(home).exists():
        print(f"Menyiapkan perpustakaan contoh di {home} …", file=sys.stderr)
        make_demo(home)
    sheet = home / "lembar-contoh.pdf"
    print(f"Lembar kode untuk dipindai / codes to scan: {sheet}", file=sys.stderr)
    if options.no_window:
        print(json.dumps({"ok": True, "home": str(home), "sheet": str(sheet)}, ensure_ascii=False))
        return 0
    with wiring.opened(home) as store:
        return show(store)


def make_demo(home: Path) -> None:
    """Found and fill the demo library; a failure leaves an empty home."""
    around = wiring.surroundings()
    now = around.clock.read().wall
    clock = demo.DemoClock(now - demo.DAYS * 86_400_000 - 86_400_000)
    past = Surroundings(clock, around.secrets, around.config)
    policy = demo.demo_policy(wiring.default_policy())
    from db.store import found

    try:
        store, _recovery = found(Home(home), policy.time_zone, policy, past, dict(demo.LIBRARY))
        try:
            from datetime import datetime

            from app.domain.clock import zone

            today = datetime.fromtimestamp(now / 1000, zone(store.zone)).date()
            plan = demo.plan(load_json("demo/words.json"), today)
            demo.fill(store, clock, plan, now)
            (home / "lembar-contoh.pdf").write_bytes(_sheet(plan))
        finally:
            store.close()
    except (KnownError, OSError):
        shutil.rmtree(home, ignore_errors=True)
        raise


def _sheet(plan: demo.DemoPlan) -> bytes:
    from app.domain.slip import ItemLabel, MemberCard
    from app.printing.sheets import demo_sheet

    kinds = {kind.code: kind.name for kind in demo.TYPES}
    titles = {title.id: title for title in plan.titles}
    members = [MemberCard(m.member_no, m.name, kinds[m.member_type]) for m in plan.members[:12]]
    items = [ItemLabel(item.barcode, item.call_number, title=titles[item.title_id].title) for item in plan.items[:60]]
    return demo_sheet(members, items, str(demo.LIBRARY["library.name"]))
