"""Write docs/settings.md from the declared settings and their words: python -m tools.settings_page."""

from __future__ import annotations

from pathlib import Path

from app.domain.setting import SETTINGS, Setting
from resources.loader import load_json

PATH = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
HEAD = """\
# Settings

Every setting is declared once, in `app/domain/setting.py`; the desk's dialog (Ctrl+S), the command line, this page and
the tests are made from that declaration. This page is written by `python -m tools.settings_page`.

On the command line `meja set` shows all of them, `meja set KEY` one, and `meja set KEY VALUE` changes one. A value
that does not fit is refused with a sentence and changes nothing. Settings lie encrypted in the library's store; they
come along in every backup and in the second copy. Where several desks share a library, a setting holds for all of them
unless it is said to be this desk's own. The rules of lending are not settings: they are dated versions (`meja policy`),
described in [rules.md](rules.md).
"""


def render() -> str:
    """The page."""
    words = load_json("words/en.json")
    parts = [HEAD]
    for group in dict.fromkeys(setting.group for setting in SETTINGS):
        parts += [f"\n## {words[f'setting-group.{group}']}\n", "| Key | Values | Default | Holds for | Meaning |"]
        parts.append("| --- | --- | --- | --- | --- |")
        parts += [
            f"| `{one.key}` | {_values(one)} | {_default(one)} | {_whose(one)} | {words[f'setting.{one.key}']} |"
            for one in SETTINGS
            if one.group == group
        ]
    return "\n".join(parts) + "\n"


def _values(one: Setting) -> str:
    match one.kind:
        case "choice":
            return ", ".join(f"`{choice}`" for choice in one.choices)
        case "int":
            return f"{one.low} to {one.high}"
        case "bool":
            return "`true`, `false`"
        case "address":
            return "`https://…`, up to 100 characters"
        case "folder":
            return "a full path, up to 500 characters"
        case "json":
            return "JSON"
    return "text, up to 500 characters"


def _whose(one: Setting) -> str:
    return "this desk" if one.own else "all desks"


def _default(one: Setting) -> str:
    if one.default in ("", None):
        return "empty"
    return f"`{str(one.default).lower() if isinstance(one.default, bool) else one.default}`"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8", newline="\n")
