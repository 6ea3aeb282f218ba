"""A setting's value as it is typed on the command line; a refusal says what would fit."""

from __future__ import annotations

from typing import Any

from app.cli.documents import parse, tell_fault
from app.domain.scan_rules import from_json
from app.domain.setting import BY_KEY, MOST_TEXT
from app.ports import KnownError
from app.services.typed_setting import value_of


def setting_value(key: str, text: str) -> Any:
    """The value that a text means. KnownError with the choices, bounds or form that the setting has."""
    setting = BY_KEY[key]
    value, reason = value_of(key, text)
    if not reason:
        return value
    match setting.kind:
        case "address" | "folder":
            raise KnownError(f"setting-{setting.kind}", {"key": key})
        case "choice":
            raise KnownError("setting-choice", {"key": key, "choices": ", ".join(setting.choices)})
        case "int":
            raise KnownError("setting-number", {"key": key, "low": setting.low, "high": setting.high})
        case "bool":
            raise KnownError("setting-flag", {"key": key})
        case "json":
            tell_fault(from_json, parse(text, key))
            raise KnownError("setting-document", {"key": key})
    raise KnownError("setting-text", {"key": key, "most": MOST_TEXT})
