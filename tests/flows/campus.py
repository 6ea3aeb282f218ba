"""A campus of processes: one server, desks in homes of their own, each behind a link that can be made bad.

Everything is started here and ended by its process id, also when a test fails. Nothing here knows a rule.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db import journal
from db.replica_state import read_place
from tests.flows.desk_process import PATIENCE, ROOT, DeskProcess, Place
from tests.flows.fault_proxy import FaultProxy, Plan, calm
from tests.flows.library import HEAD_PIN, indebted_library

Report = dict[str, Any]


class ServerProcess:
    """`meja server serve` on one home; it can be killed and started again, on another port then."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home = home
        self._options = options
        self._log = home.with_name(home.name + ".log")
        self.process: subprocess.Popen[bytes] | None = None
        self.said: Report = {}

    @property
    def port(self) -> int:
        """Where it listens now."""
        return int(self.said["port"])

    def start(self) -> None:
        """Start it and wait until it serves."""
        self.home.parent.mkdir(parents=True, exist_ok=True)
        line = [sys.executable, "-m", "server", "serve", "--home", str(self.home), "--port", "0", "--json"]
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen(
                [*line, *self._options], stdout=subprocess.PIPE, stderr=log, cwd=ROOT, env=_environment()
            )
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        assert first, self._log.read_text(encoding="utf-8")[-2000:]
        self.said = json.loads(first)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def errors(self) -> list[Report]:
        """What it logged as an error."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [line for line in map(json.loads, lines) if line.get("level") in ("error", "critical")]

    def command(self, *line: str) -> Report:
        """Run a command of the server's to its end; the object that it printed."""
        done = self.run(*line, "--json")
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        found: Report = json.loads(done.stdout)
        return found

    def run(self, *line: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the server's, whatever comes of it."""
        return subprocess.run(
            [sys.executable, "-m", "server", *line, "--home", str(self.home)],
            capture_output=True, text=True, cwd=ROOT, env=_environment(), timeout=PATIENCE, check=False,
        )  # fmt: skip


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MEJA_", "COV_", "COVERAGE_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass
class Desk:
    """One desk: its home, its link, and the `meja scan` that runs on it, if one does."""

    name: str
    place: Place
    link: FaultProxy
    process: DeskProcess | None = None

    def open(self) -> DeskProcess:
        """The running desk, started if need be. Who serves may do everything, so that nothing waits for a right."""
        if self.process is None:
            self.process = DeskProcess(self.place, ("--staff", "Hasan"))
        return self.process

    def scans(self, *codes: str) -> list[Report]:
        """Scan, each line after the answer to the one before."""
        return self.open().scans(*codes)

    def scan(self, code: str) -> Report:
        """Scan one line."""
        return self.open().scan(code)

    def shut(self) -> None:
        """Close the desk in order, as at the end of a day."""
        if self.process is not None:
            process, self.process = self.process, None
            try:
                assert process.end() == 0, process.errors
            finally:
                process.kill()

    def kill(self) -> None:
        """End the desk as a power cut would."""
        if self.process is not None:
            process, self.process = self.process, None
            process.kill()

    def sync(self) -> Report:
        """`meja sync --once` on the closed desk; what it printed."""
        done = self.place.run("sync", "--once", "--json")
        found: Report = json.loads(done.stdout)
        return found

    def cases(self, *, closed: bool = False) -> list[Report]:
        """`meja cases`, beside the open desk."""
        done = self.place.run("cases", "--json", *(("--all",) if closed else ()))
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def state(self) -> Report:
        """`meja export state-hash`."""
        done = self.place.run("export", "state-hash")
        assert done.returncode == 0, done.stderr
        found: Report = json.loads(done.stdout)
        return found

    def owner(self, barcode: str) -> str | None:
        """The member number of whoever has a copy."""
        rows = self.place.rows(
            "SELECT m.member_no FROM loan l JOIN item i ON i.id = l.item JOIN party p ON p.token = l.party"
            f" JOIN member m ON m.id = p.member WHERE l.closed_at IS NULL AND i.barcode = '{barcode}'"
        )
        assert len(rows) <= 1, rows
        return str(rows[0][0]) if rows else None


@dataclass
class Campus:
    """The server and its desks."""

    folder: Path
    server: ServerProcess
    desks: list[Desk] = field(default_factory=list)

    def join(self, name: str, place: Place, *staff: str) -> Desk:
        """A desk joins over a link of its own."""
        code = self.server.command("enrol", "--name", name)["code"]
        link = FaultProxy(self.server.port)
        # The one server's pinned key is in the code; its address here is the link's.
        scheme = self.server.said["url"].partition(":")[0]
        desk = Desk(name, place, link)
        self.desks.append(desk)
        url = f"{scheme}://127.0.0.1:{link.port}"
        done = place.run("join", url, code, "--name", name, "--json", *staff)
        assert done.returncode == 0, (done.stdout, done.stderr)
        return desk

    def add(self, name: str) -> Desk:
        """A new desk with an empty home takes the library over."""
        folder = self.folder / name.replace(" ", "-")
        place = Place(folder / "library", folder / "account" / "config", more={"MEJA_PIN": HEAD_PIN})
        place.config.mkdir(parents=True)
        return self.join(name, place)

    def cut(self, *, silent: bool = False) -> None:
        """All links are gone."""
        for desk in self.desks:
            desk.link.cut(silent=silent)

    def heal(self, plan: Plan = calm) -> None:
        """All links are there."""
        for desk in self.desks:
            desk.link.plan = plan
            desk.link.heal()

    def restart(self) -> None:
        """The server's power goes and comes."""
        self.server.kill()
        self.server.start()
        for desk in self.desks:
            desk.link.upstream = self.server.port

    def close_desks(self) -> None:
        """The end of the day."""
        for desk in self.desks:
            desk.shut()

    def settle(self, rounds: int = 6) -> None:
        """Closed desks exchange over good links until all have read the whole log and nothing waits."""
        told: list[Report] = []
        for _ in range(rounds):
            told = [desk.sync() for desk in self.desks]
            assert not any(one["fault"] for one in told), told
            if len({one["cursor"] for one in told}) == 1 and not any(one["unsent"] for one in told):
                return
        raise AssertionError(f"not settled after {rounds} rounds: {told}")

    def wait_settled(self, patience: float = PATIENCE) -> None:
        """Open desks exchange by themselves until every one has what the server has."""
        until = time.monotonic() + patience
        while True:
            ends = [_end(desk.place) for desk in self.desks]
            head = self.server.command("status")["head"]
            if all(end == (head, 0) for end in ends):
                return
            assert time.monotonic() < until, (head, ends)
            time.sleep(0.05)

    def agree(self) -> None:
        """Closed desks and the server have one state at one place of the log, and every one proves itself."""
        states = {(state["at"], state["hash"]) for state in (desk.state() for desk in self.desks)}
        said = self.server.command("export", "state-hash")
        assert states == {(said["at"], said["hash"])}, (states, said)
        for desk in self.desks:
            full = desk.state()
            assert full["state_hash"] == full["hash"], "nothing unsent, and yet another state"
            done = desk.place.run("check", "--json")
            assert done.returncode == 0, (desk.name, done.stdout)
        assert self.server.command("check") == {"ok": True, "faults": []}
        assert not self.server.errors()

    def journals(self) -> dict[str, list[str]]:
        """The ids of all events in every journal, by desk and for the server; a second one of an id would show."""
        found = {}
        for desk in self.desks:
            with desk.place.store() as store:
                rows = store.connection.execute("SELECT id FROM event").fetchall()
            found[desk.name] = [str(row[0]).partition(journal.TWICE)[0] for row in rows]
        out = self.folder / "journal.jsonl"
        self.server.command("export", "journal", "--out", str(out))
        found["server"] = [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()]
        out.unlink()
        return found


def _end(place: Place) -> tuple[int, int]:
    """How far a desk has read the log, and how many of its own events it has not sent."""
    with place.store() as store:
        cursor = read_place(store.connection).cursor
        unsent = store.connection.execute(
            "SELECT coalesce(sum(seq - max(acked, first - 1)), 0) FROM author WHERE desk = ?", (store.identity.desk,)
        ).fetchone()
    return cursor, int(unsent[0])


@contextmanager
def campus(folder: Path, names: Sequence[str] = ("Meja 1", "Meja 2"), *options: str) -> Iterator[Campus]:
    """A server and its desks; the first brings the indebted library along. All is ended when the block is left."""
    with ExitStack() as ending:
        server = ServerProcess(folder / "server", *options)
        ending.callback(server.kill)
        server.start()
        made = Campus(folder, server)
        ending.callback(_end_desks, made)
        first = indebted_library(folder / "first").place
        first.more = {"MEJA_PIN": HEAD_PIN}
        made.join(names[0], first, "--staff", "Hasan")
        for name in names[1:]:
            made.add(name)
        yield made


def _end_desks(made: Campus) -> None:
    for desk in made.desks:
        desk.kill()
        desk.link.close()
