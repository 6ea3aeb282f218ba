"""What the fold may know beside events: the library's zone and the calendars of its rule versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.json import decode

from app.domain.calendar import Calendar
from app.domain.policy import Policy
from app.domain.record_form import POLICY
from app.domain.strict_json import BadFormat
from server.log.sql import Sql


class LogRules:
    """The rules of one library during one transaction. `missed` are versions that were asked for and are not here: what
    was folded without them must be folded again when they come."""

    def __init__(self, sql: Sql, lib: int, zone: str) -> None:
        self._sql = sql
        self._lib = lib
        self._zone = zone
        self._known: dict[str, Calendar] = {}
        self.missed: set[str] = set()

    @property
    def zone(self) -> str:
        """The library's time zone."""
        return self._zone

    def calendar(self, policy: str) -> Calendar:
        """The closed days of a version; imported loans without one have an empty calendar."""
        if policy not in self._known:
            self._known[policy] = self._read(policy)
        return self._known[policy]

    def _read(self, version: str) -> Calendar:
        if not version:
            return Calendar()
        documents = self._sql.all("SELECT stamp, id FROM policy WHERE lib = ? AND version = ?", self._lib, version)
        if documents:
            _, meant = max((decode(stamp), id_) for stamp, id_ in documents)
            row = self._sql.one(
                "SELECT fields FROM record WHERE lib = ? AND kind = ? AND id = ?", self._lib, POLICY, meant
            )
            found = calendar_of(decode(row[0])["document"]) if row else None
            if found is not None:
                return found
        self.missed.add(version)
        return Calendar()


def calendar_of(document: Mapping[str, Any]) -> Calendar | None:
    """The calendar of a version's document, or None when it is none that this program reads."""
    try:
        return Policy.from_json(dict(document)).calendar
    except BadFormat:
        return None
