"""What came in through the scan box, told apart by shape: member card, item, ISBN, badge, command.

`parse` takes any text and never fails, looks nothing up and decides nothing: where a shape leaves several meanings
it lists them in the library's order, and the caller looks them up one after the other. Nothing is guessed: what
looks like two codes run together, or is not ours, is said in a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from app.domain.check_digit import luhn_ok, mod43_ok
from app.domain.rfid import UidFormat, normalise_uid
from app.domain.scan_command import Command, printed_command, read_command
from app.domain.scan_rules import (
    Reader,
    ScanKind,
    ScanRule,
    ScanRules,
    check_card_url,
    check_rule,
    from_json,
    to_json,
)
from app.domain.text import CODE_LIMIT, clean_code

__all__ = [
    "RAW_LIMIT",
    "Candidate",
    "Command",
    "Repair",
    "Scan",
    "ScanKind",
    "ScanRule",
    "ScanRules",
    "UidFormat",
    "card_text",
    "check_card_url",
    "check_rule",
    "from_json",
    "normalise_uid",
    "parse",
    "printed_command",
    "to_json",
]

RAW_LIMIT = 512
"""Longest input that is looked at (a QR code on a card may hold an address); codes inside are at most CODE_LIMIT."""

CLEANED = "cleaned"
TOO_LONG = "too-long"
EMPTY = "empty"
SHORT = "short"
GLUED = "glued"
FOREIGN_TEXT = "foreign-text"
CHECK_DIGIT_FAILED = "check-digit-failed"
CHECK_DIGIT_DROPPED = "check-digit-dropped"
CODABAR = "codabar"
BAD_DATE = "bad-date"
NO_CODE = "no-code"
UNKNOWN_COMMAND = "unknown-command"
NO_ARGUMENT = "no-argument"


class Candidate(NamedTuple):
    """One thing a code may be, and the code under which to look it up."""

    kind: ScanKind
    code: str


class Repair(Struct, frozen=True):
    """A text as it was meant, and the keyboard state that spoiled it: "azerty", "caps", "arabic+caps" and so on."""

    text: str
    how: str


class Scan(Struct, frozen=True):
    """One scan, understood as far as its shape tells.

    `kind` and `code` are those of the first candidate; `candidates` lists all, in the order to look them up, and is
    empty when there is nothing to look up. `raw` is what came in (cut at RAW_LIMIT). `at` is a stated earlier local
    time. `parts` holds the two codes that seem to be run together. `symbology` is the kind of barcode when the
    scanner tells it. `repair` says how the text was mended, if it was.

    Notes: cleaned, too-long, empty, short, glued, foreign-text, check-digit-failed (it looks like a code with a check
    digit and that digit is wrong), check-digit-dropped, codabar, bad-date, no-code, unknown-command, no-argument;
    from scan_repair: layout-repaired, caps-repaired, repair-uncertain, repair-ambiguous.
    """

    kind: ScanKind
    code: str
    raw: str
    notes: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    command: Command | None = None
    at: datetime | None = None
    parts: tuple[str, ...] = ()
    symbology: str = ""
    repair: Repair | None = None

    @property
    def ambiguous(self) -> bool:
        """True when the shape leaves more than one kind open."""
        return len({candidate.kind for candidate in self.candidates}) > 1


_OPEN_KINDS = (ScanKind.ITEM, ScanKind.MEMBER_CARD)
_STATED = re.compile(r"@(\S*)\s*(.*)", re.DOTALL)
_STATED_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)", re.ASCII)
_LINES = re.compile(r"[\r\n\t\v\f\x85\u2028\u2029]+")
_AIM = re.compile(r"\]([ACEFGIQLdez])([0-9A-Za-z])", re.ASCII)
_SYMBOLOGIES = {
    "A": "code39", "C": "code128", "E": "ean", "F": "codabar", "G": "code93", "I": "itf", "L": "pdf417", "Q": "qr",
    "d": "datamatrix", "e": "databar", "z": "aztec",
}  # fmt: skip
_CODABAR = re.compile(r"[A-D]([0-9][0-9\-$:/.+ ]{1,60}[0-9])[A-D]", re.ASCII | re.IGNORECASE)
_CLSI = re.compile(r"(\d) (\d{4}) (\d{5}) (\d{4})", re.ASCII)
_CARD = re.compile(r"meja:([mis]):(.+)", re.ASCII | re.IGNORECASE)
_CARD_KINDS = {"m": ScanKind.MEMBER_CARD, "i": ScanKind.ITEM, "s": ScanKind.STAFF_BADGE}
_LAST_PART = re.compile(r"[^\s/?#&%\\]{1,64}")


def card_text(kind: ScanKind, code: str) -> str:
    """The text of a QR code of our own for a member card, an item or a badge: "meja:m:CODE", "meja:i:CODE"..."""
    letter = next(letter for letter, one in _CARD_KINDS.items() if one is kind)
    return f"meja:{letter}:{code}"


def parse(raw: str, rules: ScanRules) -> Scan:
    """Understand one line from a scanner, a keyboard or a file by the library's rules. Takes any text, never raises.

    In turn: stated time (`@2026-11-20T09:30 CODE`), command (`=name`, `%NAME`), AIM symbology prefix (ISO/IEC
    15424), card texts of ours, Codabar letters, the rules in order. A code no rule takes may be an item or a member.
    """
    tidy = raw.strip("\r\n\t ")
    if len(tidy) > RAW_LIMIT:
        return Scan(ScanKind.UNKNOWN, clean_code(tidy[:RAW_LIMIT]), tidy[:RAW_LIMIT], (TOO_LONG,))
    kept = raw if len(raw) <= RAW_LIMIT else tidy
    if tidy.isascii() and tidy.isprintable():
        return _stated(tidy, kept, (), rules)
    notes: tuple[str, ...] = ()
    text = clean_code(tidy, RAW_LIMIT)
    if text != tidy:
        notes = (CLEANED,)
        lines = [line for part in _LINES.split(tidy) if (line := clean_code(part, RAW_LIMIT))]
        if len(lines) > 1:
            return _run_together(lines, text, kept)
    return _stated(text, kept, notes, rules)


def _run_together(lines: Sequence[str], text: str, raw: str) -> Scan:
    two_codes = len(lines) == 2 and max(map(len, lines)) <= CODE_LIMIT
    parts = tuple(lines) if two_codes else ()
    return Scan(ScanKind.UNKNOWN, text[:CODE_LIMIT], raw, (GLUED if two_codes else FOREIGN_TEXT,), parts=parts)


def _stated(text: str, raw: str, notes: tuple[str, ...], rules: ScanRules) -> Scan:
    if not text:
        return Scan(ScanKind.UNKNOWN, "", raw, (*notes, EMPTY))
    if text[0] != "@":
        return _command_or_code(text, raw, notes, rules)
    found = _STATED.fullmatch(text)
    at = _stated_time(found[1]) if found else None
    code = found[2] if found else ""
    if at is None or code.startswith("@"):
        return Scan(ScanKind.UNKNOWN, text[:CODE_LIMIT], raw, (*notes, BAD_DATE))
    if not code:
        return Scan(ScanKind.UNKNOWN, "", raw, (*notes, NO_CODE), at=at)
    return replace(_command_or_code(code, raw, notes, rules), at=at)


def _stated_time(text: str) -> datetime | None:
    """A local date and time to the minute or second; a date alone is not enough: no hour is invented."""
    found = _STATED_TIME.fullmatch(text)
    if not found:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}")
    except ValueError:
        return None


def _command_or_code(text: str, raw: str, notes: tuple[str, ...], rules: ScanRules) -> Scan:
    if text[0] == "=" or text[0] == "%":
        command = read_command(text[1:])
        if command:
            return _command(command, text, raw, notes)
        if text[0] == "=":
            return Scan(ScanKind.UNKNOWN, text[:CODE_LIMIT], raw, (*notes, UNKNOWN_COMMAND))
    symbology, mark = "", ""
    if text[0] == "]" and (aim := _AIM.match(text)) and len(text) > 3:
        symbology, mark, text = _SYMBOLOGIES[aim[1]], aim[2], text[3:].strip()
        if another := _AIM.search(text):
            halves = (text[: another.start()].strip(), text[another.end() :].strip())
            return Scan(ScanKind.UNKNOWN, text[:CODE_LIMIT], raw, (*notes, GLUED), parts=tuple(filter(None, halves)))
        if text.startswith(("=", "%")) and (command := read_command(text[1:])):
            return _command(command, text, raw, notes)
    scan = _card(text, raw, notes, rules) or _by_rules(_variants(text, symbology, mark), raw, notes, rules)
    return replace(scan, symbology=symbology) if symbology else scan


def _command(command: Command, text: str, raw: str, notes: tuple[str, ...]) -> Scan:
    notes = notes if command.complete else (*notes, NO_ARGUMENT)
    candidate = Candidate(ScanKind.COMMAND, command.name)
    return Scan(ScanKind.COMMAND, text[:CODE_LIMIT].rstrip(), raw, notes, (candidate,), command)


def _card(text: str, raw: str, notes: tuple[str, ...], rules: ScanRules) -> Scan | None:
    """Our own QR texts and the library's card addresses; other addresses and long texts are not looked into."""
    if found := _CARD.fullmatch(text):
        code = found[2].strip()
        if code and len(code) <= CODE_LIMIT:
            return _certain(Candidate(_CARD_KINDS[found[1].lower()], code), raw, notes)
    elif len(text) <= CODE_LIMIT and "://" not in text and text[:5].lower() != "meja:":
        return None
    else:
        for template in rules.card_urls:
            if code := _url_code(text, template):
                return _certain(Candidate(ScanKind.MEMBER_CARD, code), raw, notes)
    note = FOREIGN_TEXT if ":" in text or " " in text else TOO_LONG
    return Scan(ScanKind.UNKNOWN, text[:CODE_LIMIT].rstrip(), raw, (*notes, note))


def _certain(candidate: Candidate, raw: str, notes: tuple[str, ...]) -> Scan:
    return Scan(candidate.kind, candidate.code, raw, notes, (candidate,))


def _url_code(text: str, template: str) -> str:
    before, mark, after = template.partition("{code}")
    if not mark or len(text) <= len(before) + len(after) or not text.endswith(after):
        return ""
    if text[: len(before)].lower() != before.lower():
        return ""
    code = text[len(before) : len(text) - len(after)]
    return code if _LAST_PART.fullmatch(code) else ""


def _variants(text: str, symbology: str, mark: str) -> tuple[list[str], str]:
    """The forms of a code to try, most certain first, and a note on what was taken off."""
    if symbology == "code39" and mark in "15" and mod43_ok(text):
        return [text[:-1], text], CHECK_DIGIT_DROPPED
    if " " in text or text[0] in "ABCDabcd":
        body = found[1] if (found := _CODABAR.fullmatch(text)) else text
        if spaced := _CLSI.fullmatch(body):
            body = "".join(spaced.groups())
        if body != text:
            sure = symbology == "codabar" or (len(body) == 14 and luhn_ok(body))
            return ([body], CODABAR) if sure else ([text, body], "")
    return [text], ""


def _by_rules(forms: tuple[list[str], str], raw: str, notes: tuple[str, ...], rules: ScanRules) -> Scan:
    texts, note = forms
    notes = (*notes, note) if note else notes
    found: dict[Candidate, None] = {}
    extra: list[str] = []
    shaped = False
    for text in texts:
        before = len(found)
        for reader in rules.readers:
            if reader.width is not None and reader.width != len(text):
                continue
            rest = reader.rest(text)
            if not rest:
                continue
            if reader.check and not reader.check(rest):
                if not found:
                    extra.append(CHECK_DIGIT_FAILED)
                continue
            code = reader.transform(rest) if reader.transform else rest
            if reader.kind is ScanKind.COMMAND:
                if command := read_command(code):
                    return _command(command, text, raw, notes)
            elif code:
                found[Candidate(reader.kind, code)] = None
                shaped = shaped or reader.match is not None
        if len(found) == before:
            found.update(dict.fromkeys(Candidate(kind, text) for kind in _OPEN_KINDS))
    if rules.uid_format and (uid := normalise_uid(texts[0], rules.uid_format)):
        found[Candidate(ScanKind.MEMBER_CARD, uid)] = None
    parts = () if shaped else _glued(texts[0], rules.readers)
    if parts:
        extra.append(GLUED)
    if len(texts[0]) < 3:
        extra.append(SHORT)
    first = next(iter(found))
    return Scan(first.kind, first.code, raw, (*notes, *dict.fromkeys(extra)), tuple(found), parts=parts)


def _glued(text: str, readers: Sequence[Reader]) -> tuple[str, ...]:
    """The two codes `text` is made of, if it can be cut into two codes of fixed shape in exactly one way."""
    fixed = [reader for reader in readers if reader.width is not None]
    widths = {reader.width for reader in fixed if reader.width is not None}
    cuts = {width for width in widths if len(text) - width in widths}
    good = [cut for cut in cuts if _fits(text[:cut], fixed) and _fits(text[cut:], fixed)]
    return (text[: good[0]], text[good[0] :]) if len(good) == 1 else ()


def _fits(text: str, readers: Iterable[Reader]) -> bool:
    for reader in readers:
        rest = reader.rest(text)
        if rest and (reader.check is None or reader.check(rest)):
            return True
    return False
