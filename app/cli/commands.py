"""What each command does: opens the home, calls the services, prints."""

from __future__ import annotations

import argparse
import json
import os
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app import wiring
from app.cli.allowed import allowed
from app.cli.answer import answer, wants_object
from app.cli.documents import read_document, tell_fault
from app.cli.paths import path_of
from app.cli.setting_value import setting_value
from app.cli.words import nearest, tell
from app.domain import right
from app.domain.clock import BEHIND_MS, local_date
from app.domain.policy import Policy
from app.domain.policy_check import ERROR, check_policy, may_be_saved
from app.domain.records import Staff
from app.domain.setting import BY_KEY, SETTINGS, lacks_address
from app.domain.strict_json import BadFormat
from app.domain.system_fault import why
from app.ports import KnownError
from app.services.out_file import not_written, refuse_own
from app.services.rules import in_codes, publish
from app.services.staff import People, add_staff, deactivate, may_give, rename, set_pin
from db.store import DeskStore

OK, FAILED = 0, 1
RIGHTS = {
    "desk": right.DESK,
    "librarian": right.DESK | {right.OVERRIDE, right.WAIVE, right.VOID, right.LATE_ENTRY},
    "head": right.ALL,
}


def home_of(options: argparse.Namespace) -> Path:
    """The home a command is about."""
    return path_of(options.home) if options.home else wiring.default_home()


def recovery_of(options: argparse.Namespace) -> str:
    """The recovery key, when the command was told to open with it."""
    if not options.recovery_key:
        return ""
    key = os.environ.get("MEJA_RECOVERY_KEY", "")
    if not key:
        raise KnownError("recovery-key-missing")
    return key


def run_init(options: argparse.Namespace) -> int:
    """Found an empty library and print its recovery key, once."""
    own_rules = options.policy_file
    policy = _policy_from(path_of(own_rules)) if own_rules else wiring.default_policy(options.policy)
    if options.zone:
        policy = Policy.from_json({**policy.to_json(), "time_zone": options.zone})
    store, recovery = wiring.found_library(home_of(options), policy, {"library.name": options.name})
    try:
        wiring.first_head(store)
    finally:
        store.close()
    answer(options, "founded", {"home": str(home_of(options)), "recovery_key": recovery})
    return OK


def run_scan(options: argparse.Namespace) -> int:
    """The desk without a window."""
    from app.cli import scan

    with wiring.opened(home_of(options), recovery=recovery_of(options)) as store:
        session = wiring.session(store, options.staff, os.environ.get("MEJA_PIN", ""))
        _say_at_opening(store)
        with wiring.followers(store):
            return scan.main(session, store.behind_ms)


def _say_at_opening(store: DeskStore) -> None:
    """What somebody who opens a desk should know: it goes on as another one, or the PC's clock is behind."""
    said = []
    if store.minted:
        said.append(KnownError("new-incarnation", {"letter": store.letter}))
    lacking = wiring.what_is_lacking(store)
    if lacking:
        said.append(lacking)
    if store.behind_ms() > BEHIND_MS:
        said.append(_clock_behind(store.behind_ms()))
    for notice in said:
        tell(notice.code, **notice.params)


def _clock_behind(behind_ms: int) -> KnownError:
    """How far the clock is behind, in the unit in which a person would say it."""
    minutes = behind_ms // 60_000
    for unit, length in (("years", 365 * 1440), ("days", 1440), ("hours", 60)):
        if minutes >= 2 * length:
            return KnownError(f"clock-behind-{unit}", {"n": round(minutes / length)})
    return KnownError("clock-behind-minutes", {"n": minutes})


def run_check(options: argparse.Namespace) -> int:
    """Prove the store; 1 when anything is wrong."""
    from db.check import check_home

    with wiring.opened(home_of(options), read_only=True, recovery=recovery_of(options)) as store:
        report = check_home(store, wiring.second_folder(store))
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        from app.cli.check_words import lines

        for line in lines(report):
            print(line)
    return OK if report.ok else FAILED


def run_backup(options: argparse.Namespace) -> int:
    """Make a verified backup beside a running desk, or give older ones the present recovery key."""
    from db.backup import backup_home, stamp

    with wiring.opened(home_of(options), read_only=True, recovery=recovery_of(options)) as store:
        if options.renew_keys:
            named = [path_of(options.folder)] if options.folder else _kept_copies(store)
            return _renew_keys(store, named, as_object=wants_object(options))
        target = path_of(options.folder) if options.folder else store.home.backups
        if Path(os.path.realpath(target)) != Path(os.path.realpath(store.home.backups)):
            refuse_own(target, wiring.own_places(store))
            if not os.path.isdir(target.parent):
                # A stick that is not plugged in would become a folder of the PC, on the same disk as the library.
                raise KnownError("backup-no-place", {"path": str(target), "above": str(target.absolute().parent)})
        made = backup_home(store.home, store.connection, store.key, target / f"meja-{stamp()}")
    answer(options, "backup", {"backup": str(made.parent)})
    return OK


def run_restore(options: argparse.Namespace) -> int:
    """Restore into an empty home; goes on as a new incarnation."""
    from db.restore import restore

    key = ""
    if options.recovery_key_file:
        try:
            key = path_of(options.recovery_key_file).read_text(encoding="utf-8", errors="replace").strip()
        except OSError as error:
            raise KnownError("file-not-readable", {"path": options.recovery_key_file, "detail": why(error)}) from error
    key = key or recovery_of(options)
    try:
        report = restore(home_of(options), _copy_in(path_of(options.source)), key, wiring.beginning())
    except KnownError as error:
        if error.code != "keyring-lost":
            raise
        raise KnownError("restore-key-needed", error.params) from error
    until = datetime.fromtimestamp(report["newest_at"] / 1000, UTC).astimezone()
    answer(options, "restored", report, until=f"{until:%Y-%m-%d %H:%M}")
    return OK


def _copy_in(source: Path) -> Path:
    """What is restored: the named copy, or the newest of a folder that holds several, and it is said which."""
    from db.restore import newest_copy

    if not os.path.isdir(source):
        return source
    found = newest_copy(source)
    if found is None:
        raise KnownError("restore-nothing-there", {"path": str(source)})
    if found != source:
        tell("restore-newest", path=str(found))
    return found


def run_recovery_key(options: argparse.Namespace) -> int:
    """Make a new recovery key."""
    from app.cli.recovery import new_paper, put_paper
    from db.backup import behind_the_paper

    with wiring.opened(home_of(options), recovery=recovery_of(options)) as store:
        who = allowed(store, options.staff, right.SETTINGS, "recovery-key")
        wraps, key = new_paper(store)
        # Said before it holds: a key that nobody could read must not replace the printed one.
        if options.out:
            refuse_own(path_of(options.out), wiring.own_places(store))
            _write_secret(path_of(options.out), key + "\n")
        else:
            print(key, flush=True)
        with store.act(staff=who.id) as act:
            # In one transaction: neither a key that the journal does not know, nor one it knows and that opens nothing.
            act.record("record.edited", {"record": "recovery-key", "id": act.new_id()})
            put_paper(store, wraps)
        store.home.unkept_key.unlink(missing_ok=True)
        if options.renew_backups:
            return _renew_keys(store, _kept_copies(store))
        older = behind_the_paper(store.home, _kept_copies(store))
    if older:
        tell("old-paper", count=len(older))
    return OK


def _kept_copies(store: DeskStore) -> list[Path]:
    """Where this home keeps copies of itself: its backups, and the second copy with what was set aside there."""
    return [store.home.backups, wiring.second_folder(store)]


def _renew_keys(store: DeskStore, folders: list[Path], *, as_object: bool = False) -> int:
    """Give older copies the present recovery key; 1 when some could not be given it, and which."""
    from db.backup import renew_keys

    missing = next((folder for folder in folders if len(folders) == 1 and not os.path.isdir(folder)), None)
    if missing is not None:
        raise KnownError("file-not-found", {"path": str(missing)})
    done = renew_keys(store.home, store.key, folders)
    if as_object:
        print(json.dumps({"ok": not done.left, "renewed": done.renewed, "left": done.left}, ensure_ascii=False))
    if done.renewed:
        tell("new-paper", count=len(done.renewed))
    if done.left:
        tell("old-paper-left", names=", ".join(done.left))
    return FAILED if done.left else OK


def _write_secret(path: Path, text: str) -> None:
    """Write a new file that only this account may read; one that is there already is not touched."""
    try:
        # In bytes: Windows would end the line twice.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(text.encode("ascii"))
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        raise not_written(path, error) from error


def run_clock(options: argparse.Namespace) -> int:
    """A new incarnation with the PC's present time."""
    from db.store import mint_incarnation

    with wiring.opened(home_of(options), recovery=recovery_of(options)) as store:
        who = allowed(store, options.staff, right.SETTINGS, "clock")
        mint_incarnation(store, "clock", staff=who.id)
    print(json.dumps({"ok": True}))
    return OK


def run_set(options: argparse.Namespace) -> int:
    """Show all settings, show one, or change one."""
    if options.key and options.key not in BY_KEY:
        near = nearest(options.key, BY_KEY)
        raise KnownError("setting-unknown-near" if near else "setting-unknown", {"key": options.key, "near": near})
    changing = options.value is not None
    # What is wrong with the line is said first, even while a desk is open.
    value = setting_value(options.key, options.value) if changing else None
    with wiring.opened(home_of(options), read_only=not changing, recovery=recovery_of(options)) as store:
        if changing:
            who = allowed(store, options.staff, right.SETTINGS)
            with store.act(staff=who.id) as act:
                act.set_setting(options.key, value)
                act.record("record.edited", {"record": "setting", "id": secrets.token_hex(16)})
        with store.read() as facts:
            kind = str(facts.setting("printer.kind"))
            if options.key == "printer.kind" and lacks_address(kind, str(facts.setting("printer.target"))):
                tell("setting-printer-address", kind=kind)
            names = [options.key] if options.key else [setting.key for setting in SETTINGS]
            print(json.dumps({name: facts.setting(name) for name in names}, ensure_ascii=False, indent=1))
    return OK


def run_staff(options: argparse.Namespace) -> int:
    """List people, or by right: add one, rename one, say that one works here no more, give one another PIN."""
    changing = bool(options.add or options.pin or options.rename or options.remove)
    with wiring.opened(home_of(options), read_only=not changing, recovery=recovery_of(options)) as store:
        if changing:
            who = allowed(store, options.staff, right.STAFF)
            try:
                _change_people(store, who, options)
            except ValueError as error:
                raise KnownError("staff-incomplete") from error
        with store.read() as facts:
            for staff in facts.staff_list():
                line = {
                    "id": staff.id,
                    "name": staff.name,
                    "rights": sorted(staff.rights),
                    "pin": bool(staff.pin_hash),
                    "active": staff.active,
                }
                print(json.dumps(line, ensure_ascii=False))
    return OK


def _change_people(store: DeskStore, who: Staff, options: argparse.Namespace) -> None:
    named = options.pin or options.remove or (options.rename or [""])[0]
    person = People(store).named(named) if named else None
    if named and person is None:
        raise KnownError("staff-unknown", {"name": named})
    # Without --staff nobody's own PIN is asked for, so the variable may hold the new one.
    pin = os.environ.get("MEJA_NEW_PIN", "") or ("" if options.staff else os.environ.get("MEJA_PIN", ""))
    if options.add or options.pin:
        # With another's PIN one acts as that person.
        may_give(who, RIGHTS[options.rights] if person is None else person.rights)
    with store.act(staff=who.id) as act:
        if person is None:
            add_staff(act, secrets.token_hex(16), options.add, options.add, RIGHTS[options.rights], pin)
            if not pin:
                tell("staff-without-pin", name=options.add)
        elif options.pin:
            set_pin(act, person, pin)
        elif options.remove:
            deactivate(act, person)
        else:
            rename(act, person, options.rename[1])


def run_policy(options: argparse.Namespace) -> int:
    """Show the rules in force, or publish a new version after checking it."""
    publishing = bool(options.publish)
    with wiring.opened(home_of(options), read_only=not publishing, recovery=recovery_of(options)) as store:
        if publishing:
            with store.read() as facts:
                types = facts.member_types()
            policy = in_codes(_policy_from(path_of(options.publish)), types)
            publish(store, wiring.session(store, options.staff, os.environ.get("MEJA_PIN", "")).staff, [policy])
            _tell_about_types(policy, [kind.code for kind in types])
        with store.read() as facts:
            today = local_date(store.now(), store.zone)
            if publishing and not wants_object(options):
                answer(options, "published", {}, version=policy.version, starts=policy.effective_from.isoformat())
                return OK
            print(json.dumps(facts.policy_on(today).to_json(), ensure_ascii=False, indent=1))
    return OK


def _tell_about_types(policy: Policy, types: Sequence[str]) -> None:
    """Warn of the library's types that no rule has, and of rules for types that it does not have."""
    if not types:
        return  # Before the first readers every rule is for nobody yet.
    strange: dict[str, list[str]] = {}
    for finding in check_policy(policy, member_types=types):
        if finding.code == "type-without-rule":
            tell("policy.type-without-rule", **finding.params)
        elif finding.code == "member-type-unknown":
            strange.setdefault(str(finding.params["value"]), []).append(str(finding.params["rule"]))
    if strange:
        rules = ", ".join(rule for named in strange.values() for rule in named)
        tell("policy.member-type-unknown", rule=rules, value=", ".join(strange))


def _policy_from(path: Path) -> Policy:
    document = read_document(path)
    try:
        policy = Policy.from_json(document)
    except BadFormat as error:
        tell_fault(Policy.from_json, document)
        raise KnownError("policy-not-good") from error
    findings = check_policy(policy)
    for finding in findings:
        # Without the library's own codes the other warnings see faults where a rule is a mere addition.
        if finding.level == ERROR or finding.code.startswith("hours-"):
            tell(f"policy.{finding.code}", **finding.params)
    if not may_be_saved(findings):
        raise KnownError("policy-not-good")
    return policy


def run_holidays(options: argparse.Namespace) -> int:
    """List public holidays, or close on them."""
    from app.cli.closed_days import run

    return run(options, home_of(options), recovery_of(options))


def run_import(options: argparse.Namespace) -> int:
    """Bring another system's data in."""
    from app.cli.bring_in import run

    return run(options, home_of(options), recovery_of(options))


def run_export(options: argparse.Namespace) -> int:
    """Write data out."""
    from app.cli.write_out import run

    return run(options, home_of(options), recovery_of(options))


def run_print(options: argparse.Namespace) -> int:
    """Labels, cards, the sheet of command codes."""
    from app.cli.paper import run

    return run(options, home_of(options), recovery_of(options))


def run_desk(options: argparse.Namespace) -> int:
    """Open the window."""
    from app.cli.window import run

    return run(options, home_of(options), recovery_of(options))


def run_demo(options: argparse.Namespace) -> int:
    """Open the window on the demo library."""
    from app.cli.window import run_demo as run

    return run(options, path_of(options.home) if options.home else wiring.demo_home())


def run_join(options: argparse.Namespace) -> int:
    """Join the library's server."""
    from app.cli.central import run_join as run

    return run(options, home_of(options), recovery_of(options), _may_connect(options))


def run_leave(options: argparse.Namespace) -> int:
    """Leave it."""
    from app.cli.central import run_leave as run

    return run(options, home_of(options), recovery_of(options), _may_connect(options))


def _may_connect(options: argparse.Namespace) -> Callable[[DeskStore], None]:
    def may_connect(store: DeskStore) -> None:
        allowed(store, options.staff, right.SETTINGS)

    return may_connect


def run_sync(options: argparse.Namespace) -> int:
    """Exchange with the server."""
    from app.cli.central import run_sync as run

    return run(options, home_of(options), recovery_of(options))


def run_cases(options: argparse.Namespace) -> int:
    """What has to be checked."""
    from app.cli.cases import run

    return run(options, home_of(options), recovery_of(options))


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "desk": run_desk,
    "demo": run_demo,
    "scan": run_scan,
    "init": run_init,
    "check": run_check,
    "backup": run_backup,
    "restore": run_restore,
    "import": run_import,
    "export": run_export,
    "print": run_print,
    "recovery-key": run_recovery_key,
    "clock": run_clock,
    "set": run_set,
    "staff": run_staff,
    "policy": run_policy,
    "holidays": run_holidays,
    "join": run_join,
    "leave": run_leave,
    "sync": run_sync,
    "cases": run_cases,
}
