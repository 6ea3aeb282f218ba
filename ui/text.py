"""Codes and facts into the words of one language.

Words live in `resources/words/<language>.json`, one flat table of whole sentences with named places:
`{title}` a fact, `{due_on:long}` a fact written in a given way, `{term.fine}` a word that the library may rename,
`<b>…</b>` weight. An entry may be a table of plural forms chosen by the fact named under `by`. No sentence is put
together from pieces. What is inserted is cleaned of control characters and set apart by direction isolates where its
direction could disturb the sentence.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from app.domain.verdict import Param
from resources.called import as_called
from ui.assets import asset
from ui.format import Format

Entry = str | Mapping[str, str]

FALLBACK = "id"
RIGHT_TO_LEFT = frozenset({"ar"})
LANGUAGES = ("id", "en", "ar")

_PLACE = re.compile(r"\{([a-zA-Z_.]+)(?::([a-z]+))?\}")
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})  # `html` brings 2,000 entities along
_TAG = re.compile(r"</?b>")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]+")
_FSI, _PDI = "\u2068", "\u2069"


def clean(data: str) -> str:
    """Data from outside made safe to show: control characters and direction overrides become one blank."""
    return _UNSAFE.sub(" ", data).strip()


def is_right_to_left(text: str) -> bool:
    """True when the first letter with a direction is an Arabic or Hebrew one."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return False


def _plural_ar(n: int) -> str:
    if n in (0, 1, 2):
        return ("zero", "one", "two")[n]
    if 3 <= n % 100 <= 10:
        return "few"
    return "many" if n % 100 >= 11 else "other"


_PLURALS: Mapping[str, Callable[[int], str]] = {
    "id": lambda _n: "other",
    "en": lambda n: "one" if n == 1 else "other",
    "ar": _plural_ar,
}


@cache
def load_words(language: str) -> Mapping[str, Entry]:
    """The word table of one language; empty if the program has none."""
    path = asset("words", f"{language}.json")
    if not path.is_file():
        return {}
    table: Mapping[str, Entry] = json.loads(path.read_text(encoding="utf-8"))
    return table


class Text:
    """The words of one language, falling back to Indonesian where a translation is absent."""

    def __init__(self, language: str = FALLBACK, terms: Mapping[str, str] | None = None) -> None:
        self.language = language if language in LANGUAGES else FALLBACK
        self.right_to_left = self.language in RIGHT_TO_LEFT
        self.format = Format(self.language)
        self._words = load_words(self.language)
        self._base = self._words if self.language == FALLBACK else load_words(FALLBACK)
        self._terms = dict(terms or {})

    def has(self, key: str) -> bool:
        """True when the words know this key."""
        return key in self._words or key in self._base

    def say(self, key: str, params: Mapping[str, Param] | None = None) -> str:
        """The sentence as plain text."""
        return self._fill(_TAG.sub("", self._template(key, params or {})), params or {}, self._plain)

    def rich(self, key: str, params: Mapping[str, Param] | None = None) -> str:
        """The sentence as rich text: its own `<b>` kept, everything inserted escaped."""
        return self._fill(self._template(key, params or {}), params or {}, lambda v: self._plain(v).translate(_MARKUP))

    def data(self, value: str) -> str:
        """The library's own data alone on a line, cleaned."""
        return clean(value)

    def _template(self, key: str, params: Mapping[str, Param]) -> str:
        entry, language = self._entry(key)
        if entry is None:
            return self._unknown(key)
        if isinstance(entry, str):
            return as_called(entry, marked=False)
        number = params.get(entry.get("by", "n"), 0)
        form = _PLURALS[language](abs(number) if isinstance(number, int) else 0)
        return entry.get(form, entry["other"])

    def _entry(self, key: str) -> tuple[Entry | None, str]:
        if key in self._words:
            return self._words[key], self.language
        return self._base.get(key), FALLBACK

    def _unknown(self, key: str) -> str:
        """A code without words must still say something true: its class of message and the code to report."""
        code = key.partition(".")[2] or key
        sentence = str(self._entry("unknown.code")[0] or "{code}")
        return sentence.replace("{code}", code.replace("{", "").replace("}", ""))

    def _fill(self, template: str, params: Mapping[str, Param], shown: Callable[[str], str]) -> str:
        def place(match: re.Match[str]) -> str:
            name, how = match.group(1), match.group(2)
            if name.startswith("term."):
                return shown(self._term(name))
            return shown(self._write(params.get(name), how))

        return _PLACE.sub(place, template)

    def _term(self, name: str) -> str:
        """A word that a library may rename; asked for with a capital it comes with one."""
        key = name.removeprefix("term.")
        low = key[0].lower() + key[1:]
        word = self._terms.get(low) or str(self._entry(f"term.{low}")[0] or low)
        return word[0].upper() + word[1:] if key != low else word

    def _write(self, value: Param, how: str | None) -> str:
        if value is None or value == "":
            return "–"
        write: dict[str, Callable[[Any], str]] = {
            "long": self.format.long,
            "short": self.format.short,
            "year": self.format.year,
            "time": self.format.time,
            "stamp": self.format.stamp,
            "money": self.format.money,
            "word": self._coded,
        }
        try:
            if how in write:
                return write[how](value)
            if isinstance(value, bool):
                return self.say("word.yes" if value else "word.no")
            if isinstance(value, datetime):
                return self.format.stamp(value)
            if isinstance(value, date):
                return self.format.short(value)
            return self.format.count(value) if isinstance(value, int) else clean(value)
        except (AttributeError, TypeError, ValueError):
            return clean(str(value))

    def _coded(self, code: str) -> str:
        """A fact that is itself a code (a condition), or several with commas, in its words, or as it stands."""
        return ", ".join(map(self._one_coded, code.split(",")))

    def _one_coded(self, code: str) -> str:
        known = next((one for one in (code, f"condition-{code}") if self.has(f"choice.{one}")), "")
        return self.say(f"choice.{known}") if known else clean(code)

    def _plain(self, value: str) -> str:
        """Isolate inserted text where its direction differs from the sentence's or may do so."""
        foreign = self.right_to_left or any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in value)
        return f"{_FSI}{value}{_PDI}" if foreign else value
