"""Who acts at the command line, and whether the person may."""

from __future__ import annotations

import os

from app import wiring
from app.domain.records import Staff
from app.services.staff import may
from db.store import DeskStore


def allowed(store: DeskStore, name: str, needed: str, deed: str = "") -> Staff:
    """Who acts: the named person by the PIN in MEJA_PIN, or the only one without.

    KnownError: "no-right-to-…" without the right (`deed` names what was to be done, if not as the right is called),
    "staff-unknown", "pin-needed", "pin-wrong", "pin-waits".
    """
    staff = wiring.session(store, name, os.environ.get("MEJA_PIN", "")).staff
    may(store, staff, needed, named=bool(name), deed=deed)
    return staff
