"""What the server's commands do, but for `serve`: open the store, ask or change it, say what became of it."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from msgspec.structs import asdict

from app.cli.paths import path_of
from app.domain.clock import local_datetime
from app.domain.ids import act_id
from app.domain.system_fault import why
from app.ports import KnownError
from server.cli.opening import desk_of, home_of, library_of, now_ms, opened, out_of
from server.cli.serve import run_serve
from server.cli.speak import say
from server.log.archive import backup, restore
from server.web.certificate import digest_of, own_certificate
from sync.protocol.enrolment import SECRET_BYTES, kept_secret, read_code, write_code
from sync.protocol.signing import Signer

OK, FAILED = 0, 1


def run_found(options: argparse.Namespace) -> int:
    """Make an empty library, for a server that does not begin with a desk's."""
    with opened(options, home_of(options)) as store:
        if store.libraries():
            raise KnownError("server-has-library")
        made = store.found(act_id(now_ms(), secrets.token_bytes(10)), options.zone, now_ms())
    say(options, "founded", library=made.library, zone=made.zone)
    return OK


def run_enrol(options: argparse.Namespace) -> int:
    """Make a one-time code for a desk. It is said once and kept only as its digest."""
    home = home_of(options)
    url = options.url or home.url()
    if not url:
        raise KnownError("server-url-unknown")
    with opened(options, home) as store:
        libraries = store.libraries()
        library = library_of(store, options).library if libraries else ""
        code = write_code(secrets.token_bytes(SECRET_BYTES), Signer(store.identity().private).fingerprint)
        now = now_ms()
        until = now + options.minutes * 60_000
        store.enrol(kept_secret(read_code(code).secret), options.name, library, until, now)
    say(options, "enrolled", url=url, code=code, name=options.name, minutes=options.minutes, until=until)
    return OK


def run_desks(options: argparse.Namespace) -> int:
    """List the desks."""
    with opened(options, home_of(options)) as store:
        library = library_of(store, options)
        desks = store.desks(library.library)
    if options.json:
        print(json.dumps([asdict(desk) for desk in desks], ensure_ascii=False))
        return OK
    say(options, "desks" if desks else "no-desks")
    for desk in desks:
        seen = f"{local_datetime(desk.seen_at, library.zone):%d-%m-%Y %H:%M}" if desk.seen_at else "-"
        code = "desk-revoked" if desk.revoked else "desk"
        say(options, code, name=desk.name, short=desk.code, desk=desk.desk[:8], seen=seen)
    return OK


def run_revoke(options: argparse.Namespace) -> int:
    """Believe a desk no longer, or again."""
    with opened(options, home_of(options)) as store:
        library = library_of(store, options)
        desk = desk_of(store, library, options.desk)
        store.revoke(library.library, desk.desk, 0 if options.undo else now_ms())
    say(options, "believed-again" if options.undo else "revoked", name=desk.name, desk=desk.desk)
    return OK


def run_aside(options: argparse.Namespace) -> int:
    """List what is kept aside, or let in what is kept aside of one desk."""
    with opened(options, home_of(options)) as store:
        library = library_of(store, options)
        if options.let_in:
            desk = desk_of(store, library, options.let_in)
            taken = [one for one in store.let_in(library.library, desk.desk, now_ms()).runs if one.status == "stored"]
            say(options, "let-in", name=desk.name, runs=len(taken))
            return OK
        kept = store.quarantined(library.library)
    for one in kept:
        facts = {"n": one.n, "desk": one.run.desk, "by": one.by, "reason": one.reason, "at": one.at}
        say(options, "aside", **facts, events=len(one.run.rows))
    if not kept and not options.json:
        say(options, "nothing-aside")
    return OK


def run_status(options: argparse.Namespace) -> int:
    """How the log stands."""
    with opened(options, home_of(options)) as store:
        library = library_of(store, options)
        totals = dict(store.totals(library.library))
    say(options, "status", **{**asdict(library), **totals})
    return OK


def run_check(options: argparse.Namespace) -> int:
    """Prove the log; 1 when anything is wrong."""
    with opened(options, home_of(options)) as store:
        library = library_of(store, options)
        faults = list(store.check(library.library))
    if options.json:
        print(json.dumps({"ok": not faults, "faults": [asdict(one) for one in faults]}, ensure_ascii=False))
    else:
        for one in faults:
            say(options, "fault", what=one.what, where=one.where, detail=one.detail)
        say(options, "check-failed" if faults else "check-well", faults=len(faults), head=library.head)
    return FAILED if faults else OK


def run_export(options: argparse.Namespace) -> int:
    """Write the journal, one canonical event a line, or the state hash that desks print as well."""
    with opened(options, home_of(options)) as store:
        library = library_of(store, options)
        if options.what == "state-hash":
            at, found = store.state_hash(library.library)
            print(json.dumps({"at": at, "hash": found}))
            return OK
        with _written(options) as file:
            for event in store.events(library.library):
                file.write(event + b"\n")
    return OK


@contextmanager
def _written(options: argparse.Namespace) -> Iterator[BinaryIO]:
    path = out_of(options.out)
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        file = path.open("xb")
    except OSError as error:
        raise KnownError("system-refused", {"path": str(path), "detail": why(error)}) from error
    with file:
        yield file


def run_backup(options: argparse.Namespace) -> int:
    """Copy the log into a file that is proven by making a log of it; desks learn how far they are safe."""
    home = home_of(options)
    folder = path_of(options.folder) if options.folder else home.backups
    try:
        if not options.folder:
            folder.mkdir(mode=0o700, exist_ok=True)
        elif not folder.is_dir():
            # A disk that is not there would become a folder of this one.
            raise NotADirectoryError(20, "", str(folder))
    except OSError as error:
        raise KnownError("system-refused", {"path": str(folder), "detail": why(error)}) from error
    now = now_ms()
    with opened(options, home) as store:
        library = library_of(store, options)
        moment = local_datetime(now, library.zone)
        target = folder / f"meja-{library.library[:8]}-{moment:%Y%m%d-%H%M%S}.jsonl.gz"
        head = backup(store, library.library, target, now)
    say(options, "backed-up", path=str(target), head=head)
    return OK


def run_restore(options: argparse.Namespace) -> int:
    """Make a library from a backup; desks offer again by themselves what the backup lacks."""
    home, path = home_of(options), path_of(options.file)
    with home.serving(), opened(options, home) as store:
        made = restore(store, path)
    say(options, "restored", library=made.library, head=made.head, epoch=made.epoch)
    return OK


def run_certificate(options: argparse.Namespace) -> int:
    """Say what desks hold the server to; with --renew make another certificate, used from the next start."""
    home = home_of(options)
    with opened(options, home) as store:
        fingerprint = Signer(store.identity().private).fingerprint
    file, _ = own_certificate(home, fingerprint, renew=options.renew)
    code = "certificate-renewed" if options.renew else "certificate"
    say(options, code, server=fingerprint, digest=digest_of(file), path=str(file))
    return OK


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "serve": run_serve,
    "found": run_found,
    "enrol": run_enrol,
    "desks": run_desks,
    "revoke": run_revoke,
    "aside": run_aside,
    "status": run_status,
    "check": run_check,
    "export": run_export,
    "backup": run_backup,
    "restore": run_restore,
    "certificate": run_certificate,
}
