"""Sentences for what went wrong on the command line: Indonesian first, then English, from the resources."""

from __future__ import annotations

import sys
from string import Formatter
from typing import Any

from app.domain.verdict import Param
from app.ports import KnownError
from resources.loader import load_json


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def sentence(error: KnownError) -> str:
    """A known error in both languages on two lines; a code nobody wrote words for is said by itself."""
    said = []
    for language in ("id", "en"):
        words = load_json(f"words/problems_{language}.json")
        template = str(words.get(error.code, words["unexpected"]))
        said.append(Formatter().vformat(template, (), _Facts(error.params, code=error.code)))
    return "\n      ".join(said)


def tell(code: str, **facts: Param) -> None:
    """Say something on standard error that is no problem, or none that stops the command."""
    print(f"meja: {sentence(KnownError(code, facts))}", file=sys.stderr)
