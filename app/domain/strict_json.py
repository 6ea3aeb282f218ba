"""Read plain JSON values that came from outside, one typed field at a time, refusing everything unexpected.

Used by values that travel in events and files (policy, terms). It knows no field of theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TypeVar

from app.domain.verdict import Param

T = TypeVar("T")

MAX_INT = 2**53 - 1
MAX_TEXT = 200
MAX_LIST = 5000


class BadFormat(ValueError):
    """A document from outside is not what it should be. `path` names the place, `code` the fault, `facts` what would
    fit (`low` and `high`, `words`, `most`) or what was `found`."""

    def __init__(self, path: str, code: str, **facts: Param) -> None:
        super().__init__(f"{path}: {code}")
        self.path = path
        self.code = code
        self.facts = facts


def parse_json(text: str) -> object:
    """A JSON document from outside; BadFormat when it is none, or is nested deeper than anything of ours."""
    try:
        found: object = json.loads(text)
    except RecursionError:
        raise BadFormat("$", "too-deep") from None
    except json.JSONDecodeError as error:
        raise BadFormat("$", "not-json", line=error.lineno, column=error.colno) from None
    except ValueError:
        # A number of more digits than Python turns into one.
        raise BadFormat("$", "not-json", line=1, column=1) from None
    return found


class Fields:
    """The fields of one JSON object; every field must be asked for, or `done` refuses the rest."""

    __slots__ = ("_data", "_path", "_seen")

    def __init__(self, data: object, path: str = "$") -> None:
        if not isinstance(data, Mapping):
            raise BadFormat(path, "not-an-object")
        if len(data) > MAX_LIST or any(not isinstance(key, str) for key in data):
            raise BadFormat(path, "bad-keys")
        self._data: Mapping[str, object] = data
        self._path = path
        self._seen: set[str] = set()

    def raw(self, name: str) -> object:
        """The value as it stands; None when absent."""
        self._seen.add(name)
        return self._data.get(name)

    def has(self, name: str) -> bool:
        """True when the field is there, even when it is null; it counts as asked for."""
        self._seen.add(name)
        return name in self._data

    def at(self, name: str) -> str:
        """The path of a field, for messages."""
        return f"{self._path}.{name}"

    def fail(self, name: str, code: str, **facts: Param) -> BadFormat:
        """The error to raise for one field."""
        return BadFormat(self.at(name), code, **facts)

    def opt_integer(self, name: str, low: int = 0, high: int = MAX_INT) -> int | None:
        """An integer within bounds, or None; a float or a boolean is refused."""
        value = self.raw(name)
        if value is None:
            return None
        if type(value) is not int:
            raise self.fail(name, "not-an-integer")
        if not low <= value <= high:
            raise self.fail(name, "out-of-range", low=low, high=high)
        return value

    def integer(self, name: str, low: int = 0, high: int = MAX_INT, default: int | None = None) -> int:
        """An integer within bounds; the default when absent, else refused."""
        return self._needed(name, self.opt_integer(name, low, high), default)

    def opt_flag(self, name: str) -> bool | None:
        """True, False or None."""
        value = self.raw(name)
        if value is None or value is True or value is False:
            return value
        raise self.fail(name, "not-a-boolean")

    def flag(self, name: str, default: bool | None = None) -> bool:
        """True or False; the default when absent, else refused."""
        return self._needed(name, self.opt_flag(name), default)

    def opt_text(self, name: str, among: Collection[str] = ()) -> str | None:
        """A short printable text (one of `among`, when given), or None."""
        value = self.raw(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.fail(name, "not-a-text")
        if len(value) > MAX_TEXT or not value.isprintable():
            raise self.fail(name, "bad-text", most=MAX_TEXT)
        if among and value not in among:
            raise self.fail(name, "unknown-word", found=value, words=listed(among))
        return value

    def text(self, name: str, among: Collection[str] = (), default: str | None = None) -> str:
        """A short printable text; the default when absent, else refused."""
        return self._needed(name, self.opt_text(name, among), default)

    def opt_day(self, name: str) -> date | None:
        """A calendar day written YYYY-MM-DD, or None."""
        value = self.opt_text(name)
        return None if value is None else parse_day(value, self.at(name))

    def day(self, name: str) -> date:
        """A calendar day; refused when absent."""
        return self._needed(name, self.opt_day(name), None)

    def many(self, name: str, read: Callable[[object, str], T], most: int = MAX_LIST) -> tuple[T, ...]:
        """A list of at most `most` values, each read by `read(value, path)`; absent counts as empty."""
        value = self.raw(name)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            raise self.fail(name, "not-a-list")
        if len(value) > most:
            raise self.fail(name, "too-long", most=most)
        return tuple(read(one, f"{self.at(name)}[{n}]") for n, one in enumerate(value))

    def done(self) -> None:
        """Refuse fields nobody asked for: a misspelt rule must not be silently without effect."""
        for name in self._data:
            if name not in self._seen:
                raise BadFormat(self._path, "unknown-field", found=name[:MAX_TEXT], words=listed(self._seen))

    def _needed(self, name: str, value: T | None, default: T | None) -> T:
        if value is not None:
            return value
        if default is None or (self.has(name) and self._data[name] is None):
            raise self.fail(name, "missing")
        return default


def listed(words: Collection[str]) -> str:
    """Words that would fit, in one order, as a fact of a fault."""
    return ", ".join(sorted(words))


def parse_day(value: object, path: str) -> date:
    """A day written exactly YYYY-MM-DD."""
    if not isinstance(value, str) or len(value) != 10 or not value.isascii():
        raise BadFormat(path, "not-a-day")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadFormat(path, "not-a-day") from None
    if day.isoformat() != value:
        raise BadFormat(path, "not-a-day")
    return day


def parse_word(value: object, path: str) -> str:
    """A short printable, non-empty text standing alone in a list."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or not value.isprintable():
        raise BadFormat(path, "bad-text", most=MAX_TEXT)
    return value


def parse_int(value: object, path: str) -> int:
    """An integer standing alone in a list."""
    if type(value) is not int or not 0 <= value <= MAX_INT:
        raise BadFormat(path, "not-an-integer")
    return value
