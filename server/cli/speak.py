"""What the server's commands say: one JSON object, or sentences in Indonesian and English."""

from __future__ import annotations

import argparse
import json
from functools import cache
from typing import Any

from app.cli.words import LANGUAGES
from resources.called import as_called, called
from resources.loader import load_json


def say(options: argparse.Namespace, code: str, /, **facts: Any) -> None:
    """One result: with --json the facts, otherwise the sentence of the code in both languages. Said at once."""
    if options.json:
        print(json.dumps({"ok": True, **facts}, ensure_ascii=False), flush=True)
        return
    # What both say alike, such as a line of a list, is said once.
    for words in dict.fromkeys(str(_words(language)[code]) for language in LANGUAGES):
        print(as_called(words).format_map(_Facts(facts, called=called())), flush=True)


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


@cache
def _words(language: str) -> dict[str, str]:
    words: dict[str, str] = load_json(f"words/server_{language}.json")
    return words
