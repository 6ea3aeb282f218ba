"""Sentences for what went wrong on the command line: Indonesian first, then English, from the resources."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from string import Formatter
from typing import Any

from app.domain.system_fault import why
from app.domain.verdict import Param
from app.ports import KnownError
from resources.called import as_called
from resources.loader import load_json

LANGUAGES = ("id", "en")


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def sentence(error: KnownError) -> str:
    """A known error in both languages on two lines; a code nobody wrote words for is said by itself."""
    return "\n      ".join(_said(error, language) for language in LANGUAGES)


def refused_by_system(error: OSError) -> KnownError:
    """What the operating system refused, as a known error: which path, and why."""
    return KnownError(
        "system-refused", {"path": str(error.filename or ""), "detail": why(error) or type(error).__name__}
    )


def _said(error: KnownError, language: str) -> str:
    words = _words(language)
    template = as_called(str(words.get(error.code, words["unexpected"])))
    facts = _Facts(error.params, code=error.code)
    # The system's refusal comes as a word of its own, and belongs into each language.
    facts["detail"] = words.get(f"why.{facts['detail']}", facts["detail"])
    return Formatter().vformat(template, (), facts)


@cache
def _words(language: str) -> dict[str, str]:
    words: dict[str, str] = load_json(f"words/problems_{language}.json")
    return words


def tell(code: str, **facts: Param) -> None:
    """Say something on standard error that is no problem, or none that stops the command."""
    print(f"meja: {sentence(KnownError(code, facts))}", file=sys.stderr)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known word that a misspelt one most likely means; "" when none is near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(known), 1, 0.6)), "")
