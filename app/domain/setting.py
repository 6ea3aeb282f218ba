"""Settings, each declared once: key, kind, default, group, choices. Dialog, documentation and tests are made from it.

Words for staff stand in the resources under `setting.<key>`. Lending rules are not settings: they are dated policies.
"""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct

from app.domain.reader_page import check_address
from app.domain.scan_rules import check_rule, from_json
from app.domain.strict_json import BadFormat

MOST_TEXT: Final = 500
"""Letters of a text among the settings."""


class Setting(Struct, frozen=True):
    """One setting. `kind` is text, int, bool, choice, address, folder or json; `low`/`high` bound an int.

    `own`: of this desk alone; the others hold for every desk of the library. `guards`: another value lets people do
    more at the desk, so the chain vouches for it (see `app.domain.vouch`)."""

    key: str
    kind: str
    default: Any
    group: str
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 1_000_000
    own: bool = False
    guards: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("library.name", "text", "Perpustakaan", "library"),
    Setting("library.address", "text", "", "library"),
    Setting("desk.name", "text", "Meja 1", "library", own=True),
    Setting("look.language", "choice", "id", "look", ("id", "en"), own=True),
    Setting("look.theme", "choice", "light", "look", ("light", "dark", "system"), own=True),
    Setting("look.scale", "int", 100, "look", low=75, high=300, own=True),
    Setting("sound.on", "bool", True, "look", own=True),
    Setting("desk.quiet_end_seconds", "int", 180, "desk", low=0, high=7200, guards=True),
    Setting("desk.stated_days", "int", 0, "desk", low=0, high=36500, guards=True),
    Setting("desk.needs_sign_in", "bool", False, "desk", guards=True),
    Setting("desk.duplicate_ms", "int", 1000, "desk", low=0, high=10_000),
    Setting("holds.shelf", "text", "R", "desk"),
    Setting("slip.print", "choice", "with-printer", "slip", ("with-printer", "always", "never"), own=True),
    Setting("slip.language", "choice", "id", "slip", ("id", "en", "ar")),
    Setting("slip.width", "choice", "80", "slip", ("58", "80"), own=True),
    Setting("slip.footer", "text", "", "slip"),
    Setting("slip.reader_pages", "address", "", "slip"),
    Setting("printer.kind", "choice", "pdf", "slip", ("pdf", "file", "network", "usb", "windows", "system"), own=True),
    Setting("printer.target", "text", "", "slip", own=True),
    Setting("copy.folder", "folder", "", "safety", own=True),
    Setting("scan.rules", "json", None, "scan"),
)
BY_KEY = {setting.key: setting for setting in SETTINGS}


NEEDS_ADDRESS = frozenset({"file", "network", "usb"})
"""Kinds of printers that print nothing before `printer.target` says where; the others have the system's default."""


def lacks_address(kind: str, target: str) -> bool:
    """Whether a printer of this kind cannot print yet, since nobody said where it is."""
    return kind in NEEDS_ADDRESS and not target.strip()


def check_setting(key: str, value: Any) -> str:
    """Why a value cannot be kept ("" when it can): unknown-setting, wrong-kind, not-a-choice, out-of-range, bad-text;
    for an address not-https, not-plain-address, too-long; for a folder not-absolute."""
    setting = BY_KEY.get(key)
    if setting is None:
        return "unknown-setting"
    match setting.kind:
        case "bool":
            return "" if isinstance(value, bool) else "wrong-kind"
        case "int":
            if isinstance(value, bool) or not isinstance(value, int):
                return "wrong-kind"
            return "" if setting.low <= value <= setting.high else "out-of-range"
        case "choice":
            return "" if value in setting.choices else "not-a-choice"
        case "json":
            return _check_rules(value)
        case "address":
            return check_address(value) if isinstance(value, str) else "wrong-kind"
        case "text":
            return _check_text(value)
        case "folder":
            return _check_text(value) or ("" if not value or _ABSOLUTE.match(value) else "not-absolute")
    return ""


_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\")
"""How a full path begins, here or on another computer: it means the same place from wherever the program starts."""


def _check_text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        return "wrong-kind"
    # Lone surrogates are bytes that were no text; nothing can keep or print them.
    return "bad-text" if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value) else ""


def _check_rules(value: Any) -> str:
    """The scan rules are the only document among the settings; None means the shipped ones."""
    if value is None:
        return ""
    try:
        rules = from_json(value)
    except BadFormat:
        return "wrong-kind"
    return "wrong-kind" if any(check_rule(rule) for rule in rules.rules) else ""
