"""The one way to reach what lies in the resources, in a checkout and in the frozen program alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """The file of a resource, such as "fonts/NotoSansArabic-Regular.ttf"."""
    return ROOT / name


def load_text(name: str) -> str:
    """A text resource."""
    return path(name).read_text(encoding="utf-8")


def load_json(name: str) -> Any:
    """A JSON resource."""
    return json.loads(load_text(name))
