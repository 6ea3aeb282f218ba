"""A setting's value as a person types it, in the window or on the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from app.domain.setting import BY_KEY, check_setting
from app.domain.strict_json import BadFormat, parse_json


def value_of(key: str, text: str) -> tuple[Any, str]:
    """The value to keep, and why it cannot be kept ("" when it can): as `check_setting`, or not-here for a folder that
    is none on this computer."""
    kind = BY_KEY[key].kind
    value: Any = text.strip() if kind in ("address", "folder") else text
    match kind:
        case "bool":
            value = {"true": True, "false": False}.get(text.lower())
        case "int":
            value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        case "json":
            try:
                value = parse_json(text)
            except BadFormat:
                return None, "wrong-kind"
        case "folder":
            # Kept as it is meant now: later it may be read by another account or from another place.
            value = os.path.expanduser(value)
    reason = check_setting(key, value)
    if kind == "folder" and value and not reason and not Path(value).is_absolute():
        reason = "not-here"
    return value, reason
