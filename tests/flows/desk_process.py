"""A real `meja scan` process over pipes, driven line by line, and the library folder it works on.

Nothing here knows what an answer means. Every wait ends with a deadline; a kill is SIGKILL, or what the system has.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.event import Event
from db import journal
from db.check import Report, check_home
from db.clock import PcClock
from db.home import Home
from db.secret_store import FileSecrets
from db.store import DeskStore, Surroundings, open_store

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0
Answer = dict[str, Any]


class DeskGone(AssertionError):
    """The process ended although an answer was awaited."""


@dataclass(slots=True)
class Place:
    """A library folder, the account it belongs to, and how processes are started for it.

    `launcher` replaces `python -m app` (a tracer before it, a clock beside it); `more` is added to the environment.
    """

    home: Path
    config: Path
    launcher: Sequence[str] = (sys.executable, "-m", "app")
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a child: an account of its own, no vault of this machine."""
        account = str(self.config.parent)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MEJA_", "COV_", "COVERAGE_"))}
        return {
            **kept,
            "MEJA_CONFIG_DIR": str(self.config),
            "HOME": account,
            "USERPROFILE": account,
            "XDG_DATA_HOME": account,
            "XDG_CONFIG_HOME": account,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.more,
        }

    @property
    def around(self) -> Surroundings:
        """The same account, for looking into the store from here."""
        return Surroundings(PcClock(), FileSecrets(self.config), self.config)

    def run(self, *arguments: str, given: bytes = b"", home: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; output and errors as text."""
        done = subprocess.run(
            [*self.launcher, *arguments, "--home", str(home or self.home)],
            input=given,
            capture_output=True,
            cwd=self.config,
            env=self.environment,
            timeout=PATIENCE,
            check=False,
        )
        texts = (done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
        return subprocess.CompletedProcess(done.args, done.returncode, *texts)

    @contextlib.contextmanager
    def desk(self, *arguments: str) -> Iterator[DeskProcess]:
        """A running `meja scan`; ended, if need be by force, when the block is left."""
        desk = DeskProcess(self, arguments)
        try:
            yield desk
        finally:
            desk.kill()

    @contextlib.contextmanager
    def store(self) -> Iterator[DeskStore]:
        """The store opened here, read-only beside whatever runs."""
        store = open_store(Home(self.home), self.around, read_only=True)
        try:
            yield store
        finally:
            store.close()

    @contextlib.contextmanager
    def desk_store(self) -> Iterator[DeskStore]:
        """The store opened here as its one desk."""
        store = open_store(Home(self.home), self.around)
        try:
            yield store
        finally:
            store.close()

    def events(self) -> list[Event]:
        """The whole journal in the order in which it was written."""
        with self.store() as store:
            return list(journal.all_events(store.connection, store.identity.library))

    def check(self) -> Report:
        """The proof that `meja check` runs, run here."""
        with self.store() as store:
            return check_home(store, None)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of one statement on the store."""
        with self.store() as store:
            return [tuple(row) for row in store.connection.execute(statement)]


class DeskProcess:
    """One `meja scan` process. `heard` are all answers so far, also those that came after it was killed."""

    def __init__(self, place: Place, arguments: Sequence[str] = ()) -> None:
        self.process = subprocess.Popen(
            [*place.launcher, "scan", "--home", str(place.home), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=place.config,
            env=place.environment,
            start_new_session=True,
        )
        self.heard: list[Answer] = []
        self.errors = ""
        self._lines: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
        self._threads = [self._follow(self._read_answers), self._follow(self._read_errors)]

    def _follow(self, work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def _read_answers(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            # A line without its end was cut by the kill: it was never said.
            if line.endswith(b"\n"):
                answer = json.loads(line)
                self.heard.append(answer)
                self._lines.put(answer)
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors = self.process.stderr.read().decode("utf-8")

    def write(self, given: str | bytes) -> None:
        """Type something, without waiting; a desk that is gone hears nothing."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(given.encode() if isinstance(given, str) else given)
            self.process.stdin.flush()

    def answer(self, patience: float = PATIENCE) -> Answer:
        """The next answer."""
        try:
            answer = self._lines.get(timeout=patience)
        except queue.Empty:
            raise AssertionError(f"no answer within {patience} s") from None
        if answer is None:
            self.process.wait(PATIENCE)
            self._threads[1].join(PATIENCE)
            raise DeskGone(f"the desk ended with {self.process.returncode}: {self.errors[-2000:]}")
        return answer

    def scan(self, code: str | bytes) -> Answer:
        """Scan one line and hear its answer."""
        self.write((code.encode() if isinstance(code, str) else code) + b"\n")
        return self.answer()

    def scans(self, *codes: str) -> list[Answer]:
        """Scan several lines, each after the answer to the one before."""
        return [self.scan(code) for code in codes]

    def end(self) -> int:
        """Close the input, wait for the end, and give the exit code."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(PATIENCE)
        self._finish()
        return self.process.returncode

    def kill(self) -> None:
        """End it at once, as a power cut would end it; hear what it had still said."""
        if self.process.poll() is None:
            if os.name == "posix":
                # A tracer in front would let go of the desk instead of ending it.
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self._finish()

    def _finish(self) -> None:
        self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def recorded(answers: Sequence[Answer]) -> list[str]:
    """The ids of the events that these answers said are in the store."""
    return [answer["event_id"] for answer in answers if answer.get("event_id")]
