"""The server's real log in a folder, and a network in the same process that can be cut and spoilt."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from server.log import open_sqlite
from server.snapshots import Snapshots
from server.web.refusal import Refusal
from server.web.service import Service
from sync.ports import Reply, SyncFault
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.codec import from_json, pack, to_json, unpack
from sync.protocol.enrolment import kept_secret, write_code
from sync.protocol.limits import SNAPSHOT_WORTH
from sync.protocol.signing import ANSWER, Signer, answer_text

NOW = 1_772_420_400_000
DAY = 86_400_000


class Central:
    """One server with one library."""

    def __init__(self, folder: Path, worth: int = SNAPSHOT_WORTH) -> None:
        self.now = NOW
        self.worth = worth
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._open()

    def _open(self) -> None:
        self.store = open_sqlite(self._folder / "central.db", now=self.now)
        self.snapshots = Snapshots(self.store, self._folder / "snapshots", worth=self.worth)
        self.service = Service(self.store, lambda: self.now, snapshots=self.snapshots)

    def close(self) -> None:
        """Let the database go."""
        self.snapshots.close()
        self.store.close()

    @property
    def signer(self) -> Signer:
        """The server's key."""
        return self.service.signer

    @property
    def library(self) -> str:
        """The library's id, "" before there is one."""
        found = self.store.libraries()
        return found[0].library if found else ""

    @property
    def head(self) -> int:
        """The last number of the log."""
        found = self.store.libraries()
        return found[0].head if found else 0

    @property
    def desks(self) -> list[str]:
        """The enrolled desks."""
        return [desk.desk for desk in self.store.desks(self.library)] if self.library else []

    def state(self) -> str:
        """The state hash at the head."""
        return self.store.state_hash(self.library)[1]

    def code(self) -> str:
        """A fresh one-time code."""
        secret = secrets.token_bytes(10)
        self.store.enrol(kept_secret(secret.hex()), "Meja", "", self.now + DAY, self.now)
        return write_code(secret, self.signer.fingerprint)

    def keep(self) -> Path:
        """A copy of the whole database, as a backup would be."""
        self.close()
        kept = self._folder.with_name(self._folder.name + "-kept")
        shutil.copytree(self._folder, kept)
        self._open()
        return kept

    def put_back(self, kept: Path, *, said: bool = True) -> None:
        """An older copy takes the place of the database; `said`: the administrator restored it as one should."""
        self.close()
        shutil.rmtree(self._folder)
        shutil.copytree(kept, self._folder)
        self._open()
        if said:
            self.store.new_epoch(self.library)

    def answer(self, path: str, desk: str, body: bytes) -> Any:
        """What one exchange answers."""
        exchange = next(one for one in routes.EXCHANGES if one.path == path)
        asked: Any = from_json(body, exchange.asks)
        try:
            if isinstance(asked, m.Hello):
                return self.service.hello(asked)
            if isinstance(asked, m.Join):
                return self.service.join(asked)
            known = self.service.known(desk)
            if known is None:
                raise Refusal("unknown-desk")
            return self.service.serve(exchange, known, asked)
        except Refusal as refusal:
            return m.Refused(refusal.code, refusal.detail, self.now)


class Wire:
    """A network in this process. `cut` says for each request whether it is lost before ("before") or after ("after")
    the server did it, or "" when it comes through; `spoil` may change what comes back."""

    def __init__(self, central: Central) -> None:
        self.central = central
        self.cut: Callable[[str], str] = lambda path: ""
        self.spoil: Callable[[Reply], Reply] = lambda reply: reply
        self.asked: list[str] = []

    def expect(self, certificates: tuple[str, ...]) -> None:
        """There is no certificate here."""

    def post(self, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Reply:
        """One request."""
        self.asked.append(path)
        fate = self.cut(path)
        if fate == "before":
            raise SyncFault("no-link")
        nonce = headers[routes.NONCE]
        asked = unpack(body, headers.get("Content-Encoding", ""))
        found = self.central.answer(path, headers.get(routes.DESK, ""), asked)
        if fate == "after":
            raise SyncFault("timeout")
        status = 403 if isinstance(found, m.Refused) else 200
        plain = to_json(found)
        signature = self.central.signer.sign(ANSWER, answer_text(nonce, status, plain)).hex()
        packed, encoding = pack(plain)
        said = {routes.SIGNATURE.lower(): signature, "content-encoding": encoding, "content-type": "application/json"}
        return self.spoil(Reply(status, said, packed))
