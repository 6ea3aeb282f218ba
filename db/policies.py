"""Rule versions: immutable once published, kept in memory because every act and the fold ask for them."""

from __future__ import annotations

import json
from datetime import date

import apsw

from app.domain.calendar import Calendar
from app.domain.canonical import canonical_text
from app.domain.event import OrderKey
from app.domain.policy import Policy
from app.domain.record_form import policy_id
from app.ports import KnownError
from db.sql import Reading


class Policies:
    """The library's rule versions over one connection; also what the fold may know of them."""

    def __init__(self, connection: apsw.Connection, zone: str) -> None:
        self._db = connection
        self._zone = zone
        self._known: dict[str, Policy] = {}
        self._day: tuple[date, Policy] | None = None
        self.reload()

    def reload(self) -> None:
        """Read all versions again (after publishing, or after a rolled-back transaction)."""
        self._day = None
        reading: Reading = self._db
        rows = reading.execute("SELECT version, body, stamp, n FROM policy").fetchall()
        rows.sort(key=lambda row: (json.loads(row[2]) if row[2] else [], row[3]))
        self._known = {version: Policy.from_json(json.loads(body)) for version, body, _stamp, _n in rows}

    @property
    def zone(self) -> str:
        """The library's time zone, fixed at its founding."""
        return self._zone

    def every(self) -> list[Policy]:
        """All versions in the order of publishing, which is the same at every desk."""
        return list(self._known.values())

    def version(self, version: str) -> Policy:
        """The rules of a version; an unknown one is a damaged store."""
        if version not in self._known:
            raise KnownError("policy-unknown", {"version": version})
        return self._known[version]

    def calendar(self, policy: str) -> Calendar:
        """The closed days of a version; imported loans without one have an empty calendar."""
        found = self._known.get(policy)
        return found.calendar if found else Calendar()

    def on(self, day: date) -> Policy:
        """The version in force on a day; before the first version, the first."""
        if self._day is not None and self._day[0] == day:
            return self._day[1]
        found: Policy | None = None
        for policy in self._known.values():
            # Kept in the order of publishing: of two that begin on one day the later published one holds.
            if policy.effective_from <= day and (found is None or policy.effective_from >= found.effective_from):
                found = policy
        if found is None:
            if not self._known:
                raise KnownError("policy-missing")
            found = min(self._known.values(), key=lambda policy: (policy.effective_from, policy.version))
        self._day = (day, found)
        return found

    def hash_of(self, policy: Policy) -> str:
        """The hash of a version that may be published; another one of the same name with other rules is refused."""
        found = policy_id(policy.to_json())
        row = self._db.execute("SELECT hash FROM policy WHERE version = ?", (policy.version,)).fetchone()
        if row is not None and row[0] != found:
            raise KnownError("policy-version-taken", {"version": policy.version})
        return found

    def add(self, policy: Policy, published: OrderKey) -> None:
        """Keep a version that was just published."""
        keep_policy(self._db, policy, published)
        self._known.pop(policy.version, None)
        self._known[policy.version] = policy
        self._day = None


def keep_policy(connection: Reading, policy: Policy, published: OrderKey) -> bool:
    """Keep a version by the act that published it; False when what is here under its name was published later.

    Two desks may have given one name to different rules: the later act in effective order is meant.
    """
    row = connection.execute("SELECT stamp FROM policy WHERE version = ?", (policy.version,)).fetchone()
    if row is not None and row[0] and json.loads(row[0]) >= list(published):
        return False
    document = policy.to_json()
    connection.execute(
        "INSERT INTO policy (version, effective_from, body, hash, n, stamp)"
        " VALUES (?, ?, ?, ?, (SELECT coalesce(max(n), 0) + 1 FROM policy), ?)"
        " ON CONFLICT (version) DO UPDATE SET effective_from = excluded.effective_from, body = excluded.body,"
        " hash = excluded.hash, stamp = excluded.stamp",
        (
            policy.version,
            policy.effective_from.isoformat(),
            canonical_text(document),
            policy_id(document),
            canonical_text(list(published)),
        ),
    )
    connection.execute(
        "INSERT INTO meta (key, value) VALUES ('policies', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1"
    )
    return True


def rules_version(connection: Reading) -> int:
    """A number that is another one after every change of the rules, by whichever connection."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'policies'").fetchone()
    return int(row[0]) if row else 0
