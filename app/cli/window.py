"""`meja desk` and `meja demo`: the window over an opened home."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from app.cli.answer import answer
from app.domain.clock import zone
from app.ports import KnownError
from app.services.case_desk import CaseDesk
from app.services.desk import PROBLEM_LINES, DeskScreen
from app.services.view import Banner, Phrase, Tone
from db.backup import stamp
from db.clock import PcClock
from db.home import Home, as_it_was, doubtful_place
from db.store import DeskStore, Surroundings, found
from resources.loader import load_json

if TYPE_CHECKING:
    from app.services.demo import DemoPlan

SHEET = "lembar-contoh.pdf"
_KEY_HELPS = ("keyring-lost", "recovery-key-wrong", "keyring-failed")
LAG_SAID_SECONDS = 5


def demo_greeting(home: Path) -> Banner:
    """What to try in the demo library: codes to type, who the head is, where the sheet lies."""
    from app.services.demo import HEAD, HEAD_PIN

    head = Phrase("demo-head", {"name": HEAD, "pin": HEAD_PIN})
    sheet = Phrase("demo-sheet", {"file": SHEET, "folder": str(home)})
    return Banner(Tone.TOLD, "demo", {}, (Phrase("demo-try"), head, sheet), icon="circulation")


def run(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """Open the desk; an empty home first asks how to begin."""
    _need_display()
    if options.selftest_scan:
        return _selftest(options, home, recovery)
    if not Home(home).exists():
        from app.cli.first_start import begin

        chosen = begin(home)
        if chosen is None:
            return 0
        home = chosen
    elif Home(home).unkept_key.exists():
        from app.cli.first_start import settle_key

        if not settle_key(home):
            return 0
    return _open(home, recovery, demo_greeting(home) if home == wiring.demo_home() else None)


def _need_display() -> None:
    """Qt ends the process without a word to staff when there is nothing to draw on."""
    offscreen = os.environ.get("QT_QPA_PLATFORM", "")
    seen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not offscreen and not seen:
        raise KnownError("no-display")


def _open(home: Path, recovery: str, greeting: Banner | None = None) -> int:
    """Open and show; what stands in the way is said in a window, since nobody may see the terminal."""
    from app.cli.words import sentence
    from ui import stop_notice

    while True:
        try:
            with wiring.opened(home, recovery=recovery) as store:
                return show(store, greeting)
        except KnownError as error:
            # At once: whoever typed the line looks at the terminal, and the notice may stand behind another window.
            print(f"meja: {sentence(error)}", file=sys.stderr, flush=True)
            recovery = stop_notice.tell(sentence(error), asks=error.code in _KEY_HELPS)
            if not recovery:
                return 1


def show(store: DeskStore, greeting: Banner | None = None) -> int:
    """The window over an open store, until it is closed."""
    from ui import app as window

    with wiring.followers(store, wiring.WINDOW_FIRST) as following:
        screen = desk_screen(store, following, greeting)
        return window.run(
            screen,
            wiring.ui_settings(store),
            on_settings=lambda said: wiring.keep_ui_settings(store, said),
            on_bug=lambda fault: keep_report(store.home.reports, fault),
            cases=CaseDesk(store, store.identity.desk, screen.serving, following.cases),
        )


def keep_report(folder: Path, fault: Exception) -> Path | None:
    """Write what a fault of the program was into the reports; places in the code only, no data."""
    import traceback

    path = folder / f"bug-{stamp()}.txt"
    frames = traceback.extract_tb(fault.__traceback__)
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([type(fault).__name__, *lines]) + "\n", encoding="utf-8")
    except OSError:
        return None
    return path


def _what_is_new(store: DeskStore) -> list[Phrase]:
    """What a desk that goes on as another one says: its mark, what is missing, where that is and what to do."""
    lacking = wiring.what_is_lacking(store)
    if lacking is not None and "folder" in lacking.params:
        about = {**lacking.params, "letter": store.letter}
        return [Phrase("older-copy", about), Phrase("older-copy-place", about), Phrase("older-copy-todo")]
    minted = Phrase("minted", {"letter": store.letter})
    return [minted, Phrase("older-state", lacking.params)] if lacking is not None else [minted]


def desk_screen(store: DeskStore, following: wiring.Followers, greeting: Banner | None = None) -> DeskScreen:
    """The session and its screen half."""
    place = doubtful_place(store.home.root)
    if store.minted:
        told = _what_is_new(store)
        greeting = Banner(Tone.NEEDS, "minted", {}, tuple(told))

    def printer_problem() -> Phrase | None:
        printer = following.printer
        if not printer.problem:
            return None
        unset = printer.problem == "printer-no-address"
        return Phrase("printer-no-address" if unset else "printer-off", {"n": printer.waiting})

    def warning() -> Phrase | None:
        try:
            store.in_place.check()
        except KnownError as error:
            return Phrase(error.code)
        if store.stopped_by:
            return Phrase(PROBLEM_LINES.get(store.stopped_by, "disk-failed"))
        if following.copy.problem:
            return Phrase("second-copy")
        return Phrase(f"place-{place}") if place else None

    def copy_lag() -> int | None:
        lag = following.copy.lag
        return lag if lag is not None and lag > LAG_SAID_SECONDS else None

    return DeskScreen(
        store,
        wiring.session(store),
        PcClock(),
        printer_problem=printer_problem,
        copy_lag=copy_lag,
        warning=warning,
        greeting=greeting,
        slip_folder=str(store.home.slips),
        sync=lambda: wiring.sync_state(following),
    )


def _selftest(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """Open the window, feed it the scans of a file as keys would, print what came of each, close."""
    from ui.selftest import drive

    rest = wiring.WINDOW_FIRST
    scans = Path(options.selftest_scan).read_text(encoding="utf-8").splitlines()
    with wiring.opened(home, recovery=recovery) as store, wiring.followers(store, rest) as following:
        for line in drive(desk_screen(store, following), wiring.ui_settings(store), scans):
            print(json.dumps(line, ensure_ascii=False))
    return 0


def run_demo(options: argparse.Namespace, home: Path) -> int:
    """Make the demo library when its home is empty, then open it."""
    if not options.no_window:
        _need_display()
    if not Home(home).exists():
        print(f"Menyiapkan perpustakaan contoh di / making the demo library in {home} …", file=sys.stderr)
        make_demo(home)
    sheet = home / SHEET
    print(f"Lembar kode untuk dipindai / codes to scan: {sheet}", file=sys.stderr)
    if options.no_window:
        answer(options, "demo", {"home": str(home), "sheet": str(sheet)})
        return 0
    return _open(home, "", demo_greeting(home))


def make_demo(home: Path, tell: Callable[[int, int], None] = lambda _done, _total: None) -> None:
    """Found and fill the demo library; a failure leaves no home behind."""
    from app.services import demo
    from app.services.national_days import national_days

    around = wiring.beginning()
    now = around.clock.read().wall
    clock = demo.DemoClock(now - (demo.DAYS + 1) * 86_400_000)
    past = Surroundings(clock, around.secrets, around.config)
    policy = wiring.default_policy()
    year = datetime.fromtimestamp(now / 1000, zone(policy.time_zone)).year
    feasts = [day.on for n in (year, year + 1) for day in national_days(n).days if not day.joint]
    policy = demo.demo_policy(policy, feasts)
    with as_it_was(home):
        store, _recovery = found(Home(home), policy.time_zone, policy, past, dict(demo.LIBRARY))
        try:
            today = datetime.fromtimestamp(now / 1000, zone(store.zone)).date()
            plan = demo.plan(load_json("demo/words.json"), today)
            tell(1, 10)
            demo.fill(store, clock, plan, now)
            tell(9, 10)
            (home / SHEET).write_bytes(_sheet(plan))
        finally:
            store.close()


def _sheet(plan: DemoPlan) -> bytes:
    from app.domain.slip import ItemLabel, MemberCard
    from app.printing.sheets import practice_sheet
    from app.services import demo

    kinds = {kind.code: kind.name for kind in demo.TYPES}
    titles = {title.id: title for title in plan.titles}
    members = [MemberCard(m.member_no, m.name, kinds[m.member_type]) for m in plan.members[:12]]
    items = [ItemLabel(item.barcode, item.call_number, title=titles[item.title_id].title) for item in plan.items[:60]]
    return practice_sheet(members, items, str(demo.LIBRARY["library.name"]))
