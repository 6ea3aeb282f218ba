"""Reads a person's JSON file, and says what does not fit in it: the place, the fault and what would fit."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.cli.words import nearest, tell
from app.domain.strict_json import BadFormat, parse_json
from app.domain.system_fault import why
from app.ports import KnownError

_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def read_document(path: Path) -> object:
    """The JSON value in a file. KnownError when it cannot be read, or at which line it is no JSON."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise KnownError("file-not-readable", {"path": str(path), "detail": why(error)}) from error
    except UnicodeDecodeError as error:
        raise KnownError("file-not-utf8", {"path": str(path)}) from error
    return parse(text, str(path))


def parse(text: str, place: str) -> object:
    """The JSON value of a text; `place` names it in the KnownError."""
    try:
        return parse_json(text)
    except BadFormat as error:
        raise KnownError(error.code, {**error.facts, "path": place}) from error


def tell_fault(read: Callable[[Any], object], document: object) -> None:
    """Say what a document's reader has against it."""
    try:
        read(document)
    except BadFormat as error:
        found = fault(error, document)
        tell(found.code, **found.params)


def fault(error: BadFormat, document: object) -> KnownError:
    """A fault of a document as a sentence's code and facts."""
    facts = {**error.facts, "place": place(error.path, document)}
    code = f"format.{error.code}"
    found = facts.get("found")
    if isinstance(found, str):
        near = nearest(found, str(facts.get("words", "")).split(", "))
        if near:
            return KnownError(f"{code}-near", {**facts, "near": near})
    return KnownError(code, facts)


def place(path: str, document: object) -> str:
    """Where in the document: `$.rules[1].limit` becomes `rules #2 (dosen) > limit`, counted as people count."""
    steps: list[str] = []
    here: object = document
    for name, number in _STEP.findall(path):
        if name:
            steps.append(name)
            here = here.get(name) if isinstance(here, dict) else None
            continue
        here = here[int(number)] if isinstance(here, list | tuple) and int(number) < len(here) else None
        known_as = here.get("id") if isinstance(here, dict) else None
        label = f" ({known_as})" if isinstance(known_as, str) and known_as.isprintable() else ""
        steps[-1:] = [f"{steps[-1] if steps else ''} #{int(number) + 1}{label}".strip()]
    return " > ".join(steps) or "{ }"
