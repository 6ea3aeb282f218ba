"""Writes docs/openapi.json: the HTTP API as the server publishes it. Run: .venv/bin/python -m tools.openapi"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from server.web.openapi import document

PATH = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def render() -> str:
    """The file's text."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8", newline="\n")
    sys.exit(0)
