"""How the desk stands to the server, as the state line tells it."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from app.domain.clock import local_datetime
from app.ports import SyncState
from app.services.view import Link, Phrase, StateLine

# What staff can do something about, or must know. That the server is away says the link itself.
PROBLEMS = {
    "captive-portal": "central-portal",
    "wrong-certificate": "central-other",
    "other-server": "central-other",
    "proxy-asks": "central-proxy",
    "desk-revoked": "central-revoked",
    "revoked": "central-revoked",
    "unknown-desk": "central-unknown",
    "no-common-version": "central-version",
    "not-understood": "central-version",
    "home-copied": "central-copied",
    "not-proved": "central-history",
    "gap": "central-history",
    "other-branch": "central-history",
}


def with_link(line: StateLine, state: SyncState | None, zone: str) -> StateLine:
    """The state line of a desk that has joined a server; a warning of the desk's own comes first."""
    if state is None:
        return line
    problem = PROBLEMS.get(state.fault)
    return replace(
        line,
        link=Link.ONLINE if state.online else Link.OFFLINE,
        since=_moment(state.since, zone),
        unsent=state.unsent,
        sent_at=_moment(state.contact, zone) if state.online else None,
        others_at=_moment(state.contact, zone),
        last_error=line.last_error or (Phrase(problem) if problem else None),
    )


def _moment(at: int, zone: str) -> datetime | None:
    return local_datetime(at, zone).replace(second=0, microsecond=0) if at else None
