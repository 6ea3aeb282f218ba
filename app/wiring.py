"""The composition root: opens a home, puts the rooms together. Only this and `app.__main__` know every room."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from msgspec import Struct

from app.domain import right
from app.domain.clock import LATEST_MS, believable
from app.domain.policy import Policy
from app.domain.scan_rules import ScanRules
from app.domain.scan_rules import from_json as rules_from_json
from app.domain.verdict import Param
from app.ports import KnownError, SyncState
from app.services.out_file import OwnPlaces
from app.services.printer import PrinterThread, Printing
from app.services.session import Session
from app.services.slips import RECEIPT, Slips
from app.services.staff import People, add_staff
from db.case_count import CaseCount
from db.clock import PcClock
from db.connection import connect
from db.home import Home
from db.import_place import sweep
from db.joining import is_filling, joined_to
from db.replica import Replica
from db.second_copy import SecondCopy
from db.secret_store import AccountSecrets
from db.settings import read_setting
from db.spool import Spool
from db.store import DeskStore, Surroundings, found, open_store
from resources.loader import load_json
from ui.settings import UiSettings

if TYPE_CHECKING:
    from sync.thread import SyncThread

CONFIG_VARIABLE = "MEJA_CONFIG_DIR"
WINDOW_FIRST = 1.5
"""Seconds that the threads beside the desk leave to the window while it opens."""
GIVE_WAY = 0.0005
"""Seconds after which a thread lets another one in. With Python's own five milliseconds a scan waited for the second
copy several times over."""


def default_home() -> Path:
    """The platform's data folder for this account."""
    return Path(platformdirs.user_data_dir("meja", appauthor=False)) / "library"


def demo_home() -> Path:
    """The demo library has a home of its own, apart from any real one."""
    return Path(platformdirs.user_data_dir("meja", appauthor=False)) / "demo"


def config_folder() -> Path:
    """Where this account's markers and (without a keyring) secrets stand, outside every home."""
    said = os.environ.get(CONFIG_VARIABLE)
    return Path(said) if said else Path(platformdirs.user_config_dir("meja", appauthor=False))


def surroundings() -> Surroundings:
    """Clock, secrets and folders of this account on this machine."""
    folder = config_folder()
    return Surroundings(PcClock(), AccountSecrets(folder), folder)


def beginning() -> Surroundings:
    """The surroundings for a library that begins; KnownError("clock-broken") when nothing may begin at that time."""
    around = surroundings()
    if not believable(around.clock.read().wall):
        raise KnownError("clock-broken")
    return around


def default_policy(name: str = "campus") -> Policy:
    """A policy shipped with the program: campus (corrected rules) or campus-slims."""
    return Policy.from_json(load_json(f"policy/{name}.json"))


def scan_rules(store: DeskStore) -> ScanRules:
    """The library's own scan rules, or the shipped ones."""
    with store.read() as facts:
        kept = facts.setting("scan.rules")
    return rules_from_json(kept if kept else load_json("scan_rules/default.json"))


def found_library(root: Path, policy: Policy, settings: dict[str, object] | None = None) -> tuple[DeskStore, str]:
    """Found an empty library; returns its open store and the recovery key to print, once."""
    return found(Home(root), policy.time_zone, policy, beginning(), settings)


def first_head(store: DeskStore) -> None:
    """A founded library has one person with every right and no PIN yet, so that somebody can begin."""
    with store.act() as act:
        add_staff(act, secrets.token_hex(16), "Kepala Perpustakaan", "Kepala", right.ALL)


@contextmanager
def opened(
    root: Path, *, read_only: bool = False, recovery: str = "", filling: bool = False
) -> Iterator[DeskStore]:  # fmt: skip
    """An open home, closed at the end. Looking at it needs no clock; to act there must be one that can be believed, or
    at least one that is behind: then time follows the last act.

    `filling`: also one that has joined a server and does not have the library yet.
    """
    if not read_only and PcClock().read().wall >= LATEST_MS:
        raise KnownError("clock-broken")
    store = open_store(Home(root), surroundings(), read_only=read_only, recovery=recovery)
    try:
        if not read_only:
            if not filling and is_filling(store.connection):
                raise KnownError("join-unfinished")
            sweep(store.home)
        yield store
    finally:
        store.close()


def second_folder(store: DeskStore) -> Path:
    """Where the second copy goes: the chosen folder, else one beside the home's store."""
    with store.read() as facts:
        return store.home.second_at(str(facts.setting("copy.folder")), store.identity.desk)


def own_places(store: DeskStore) -> OwnPlaces:
    """What no command may write over: the home, the second copy, this account's secrets."""
    return _own_places(store, second_folder(store))


def _own_places(store: DeskStore, second: Path) -> OwnPlaces:
    return OwnPlaces((store.home.root, second, config_folder()), store.home.keys.name)


class Followers(Struct):
    """The threads that follow a running desk."""

    copy: SecondCopy
    printer: PrinterThread
    cases: CaseCount
    sync: SyncThread | None = None


def what_is_lacking(store: DeskStore) -> KnownError | None:
    """What a state that was put back lacks, as it is told: how many events, the numbers on paper, and where a copy has
    them. None when nothing is known to be missing but a number."""
    lacking = store.lacking
    if lacking is None or lacking.events is None:
        return None
    slips = Slips(store)

    def numbers(span: tuple[int, int] | None, series: str = "") -> str:
        ends = dict.fromkeys(slips.receipt_no(number, series, lacking.letter) for number in span or ())
        return " – ".join(ends) or "–"

    first, last = lacking.events
    said: dict[str, Param] = {
        "n": last - first + 1,
        "acts": numbers(lacking.acts),
        "receipts": numbers(lacking.receipts, RECEIPT),
    }
    return (
        KnownError("older-copy", {**said, "folder": lacking.copy}) if lacking.copy else KnownError("older-state", said)
    )


@contextmanager
def followers(store: DeskStore, rest: float = 0.0) -> Iterator[Followers]:
    """Second copy, printer and sync, running until the desk closes. They leave `rest` seconds to a window that opens; a
    desk without one may be done by then."""
    clock = PcClock()
    printer = PrinterThread(
        lambda: Spool(connect(store.home.store, store.key)),
        lambda: printing(store),
        lambda: clock.read().wall,
        rest=rest,
    )
    cases = CaseCount(store.another_reader, store.identity.library, rest=WINDOW_FIRST)
    running = Followers(SecondCopy(store, second_folder(store), rest=WINDOW_FIRST), printer, cases)

    def changed() -> None:
        running.copy.nudge()
        running.cases.nudge()

    store.after_commit.append(changed)
    store.after_commit.append(running.printer.nudge)
    running.sync = sync_thread(store, changed, WINDOW_FIRST if rest else 0.0)
    if running.sync is not None:
        store.after_commit.append(running.sync.nudge)
    before = sys.getswitchinterval()
    sys.setswitchinterval(GIVE_WAY)
    running.copy.start()
    running.printer.start()
    if rest:
        # Only a window shows how many wait.
        running.cases.start()
    if running.sync is not None:
        running.sync.start()
    try:
        yield running
    finally:
        sys.setswitchinterval(before)
        store.after_commit.clear()
        if running.sync is not None:
            running.sync.stop()
        if rest:
            running.cases.stop()
        running.printer.stop()
        running.copy.stop()


def sync_thread(store: DeskStore, changed: Callable[[], None], rest: float = 0.0) -> SyncThread | None:
    """The sync beside a running desk, not yet begun; None for a desk on its own, which loads nothing of the network."""
    server = joined_to(store.connection)
    if server is None:
        return None
    from sync.thread import SyncThread

    home, key = store.home, store.key
    return SyncThread(server, lambda: Replica(home, key), changed=changed, copied=store.copied.set, rest=rest)


def sync_state(following: Followers) -> SyncState | None:
    """How the sync stands now, for the screen; None for a desk on its own."""
    if following.sync is None:
        return None
    now = following.sync.status
    return SyncState(now.online, now.since, now.contact, now.unsent, now.fault)


def printing(store: DeskStore) -> Printing:
    """The printer as the settings say now; read by the printer's own thread."""
    reader = store.another_reader()
    try:
        kind, target, width, second = (
            str(read_setting(reader, key)) for key in ("printer.kind", "printer.target", "slip.width", "copy.folder")
        )
        own = _own_places(store, store.home.second_at(second, store.identity.desk))
        return Printing(kind, target, int(width), store.home.slips, own)
    finally:
        reader.close()


_THEMES = {"system": "auto", "light": "light", "dark": "dark"}


def ui_settings(store: DeskStore) -> UiSettings:
    """How the window looks and sounds here."""
    with store.read() as facts:
        return UiSettings(
            language=str(facts.setting("look.language")),
            theme=_THEMES[str(facts.setting("look.theme"))],
            scale=int(facts.setting("look.scale")) / 100,
            sounds=bool(facts.setting("sound.on")),
        )


def keep_ui_settings(store: DeskStore, said: UiSettings) -> None:
    """Keep what a person changed in the window."""
    themes = {window: kept for kept, window in _THEMES.items()}
    with store.act() as act:
        act.set_setting("look.language", said.language)
        act.set_setting("look.theme", themes.get(said.theme, "system"))
        act.set_setting("look.scale", round(said.scale * 100))
        act.set_setting("sound.on", said.sounds)


def session(store: DeskStore, staff_name: str = "", pin: str = "") -> Session:
    """A desk in service; KnownError when the named person does not exist or the PIN does not fit."""
    desk = Session(store, PcClock(), scan_rules(store))
    if staff_name:
        staff = People(store).named(staff_name)
        if staff is None:
            raise KnownError("staff-unknown", {"name": staff_name})
        outcome = desk.sign_in(staff, pin)
        if outcome.code == "pin-waits":
            waits = next((reason.params["seconds"] for reason in outcome.verdict.reasons), 0)
            raise KnownError("pin-waits", {"name": staff_name, "seconds": waits})
        if outcome.kind != "signed-in":
            raise KnownError("pin-wrong" if pin else "pin-needed", {"name": staff_name})
    return desk
