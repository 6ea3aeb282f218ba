"""Rule versions: immutable once published, kept in memory because every act and the fold ask for them."""

from __future__ import annotations

import json
from datetime import date

import apsw

from app.domain.calendar import Calendar
from app.domain.canonical import canonical_text, digest
from app.domain.policy import Policy
from app.ports import KnownError


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
        self._known = {
            version: Policy.from_json(json.loads(body))
            for version, body in self._db.execute("SELECT version, body FROM policy ORDER BY n")
        }

    @property
    def zone(self) -> str:
        """The library's time zone, fixed at its founding."""
        return self._zone

    def every(self) -> list[Policy]:
        """All versions in the order of publishing."""
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

    def add(self, policy: Policy) -> str:
        """Keep a new version; returns its hash. A version of the same name with other rules is refused."""
        body = canonical_text(policy.to_json())
        found = digest(policy.to_json()).hex()
        row = self._db.execute("SELECT hash FROM policy WHERE version = ?", (policy.version,)).fetchone()
        if row is not None and row[0] != found:
            raise KnownError("policy-version-taken", {"version": policy.version})
        self._db.execute(
            "INSERT OR IGNORE INTO policy (version, effective_from, body, hash, n)"
            " VALUES (?, ?, ?, ?, (SELECT coalesce(max(n), 0) + 1 FROM policy))",
            (policy.version, policy.effective_from.isoformat(), body, found),
        )
        self._known[policy.version] = policy
        self._day = None
        return found
