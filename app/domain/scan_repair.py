"""Codes that a keyboard layout or caps lock spoiled on the way, given back where that is certain.

A scanner in keyboard mode sends key positions of a US keyboard; the computer turns them into letters by its own
layout, so `B0012` may arrive as `Bàà&é`. Every text that could have been meant is worked out here; whether one is
meant is decided by asking what codes the library has. A repair is always said, and never made where the spoiled text
might as well be an honest code: `Z0012` stays `Z0012`, even if only `Y0012` is known.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from itertools import islice, product

from msgspec.structs import replace

from app.domain.barcode import GLUED, Candidate, Repair, Scan, parse
from app.domain.scan_rules import ScanRules
from app.domain.text import CODE_LIMIT, clean_code, code_key, typed_text

LAYOUT_REPAIRED = "layout-repaired"
CAPS_REPAIRED = "caps-repaired"
REPAIR_UNCERTAIN = "repair-uncertain"
REPAIR_AMBIGUOUS = "repair-ambiguous"

_US = ("`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./", '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?')
_OTHERS = {
    "azerty": (
        "²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!",
        "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§",
    ),
    "qwertz": (
        "^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-",
        "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",
    ),
    "uk": (
        "`1234567890-=qwertyuiop[]#asdfghjkl;'zxcvbnm,./",
        '¬!"£$%^&*()_+QWERTYUIOP{}~ASDFGHJKL:@ZXCVBNM<>?',
    ),
}
# Blanks part the keys: a lam-alif key types two letters, and the marks cannot be told apart side by side.
_ARABIC = (
    "ذ 1 2 3 4 5 6 7 8 9 0 - = ض ص ث ق ف غ ع ه خ ح ج د \\ ش س ي ب ل ا ت ن م ك ط ئ ء ؤ ر لا ى ة و ز ظ",
    "\u0651 ! @ # $ % ^ & * ) ( _ + \u064e \u064b \u064f \u064c لإ إ ‘ ÷ × ؛ < > | \u0650 \u064d ] [ لأ أ ـ ،"
    ' / : " ~ \u0652 } { لآ آ ’ , . ؟',
)
_ARABIC_ALSO = {"`": "U", "'": "M", "ﻻ": "b", "ﻷ": "G", "ﻹ": "T", "ﻵ": "B"}
_SHIFT_LOCKED = ("azerty", "qwertz")
_SHIFTED = str.maketrans(_US[0] + _US[1], _US[1] + _US[0])
_ORDINARY = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .-/_:+")
_READINGS = 16


def _keys() -> dict[str, dict[str, str]]:
    """Per layout: the character of a US key -> what this layout types for it."""
    us = "".join(_US)
    keys = {name: dict(zip(us, "".join(rows), strict=True)) for name, rows in _OTHERS.items()}
    keys["arabic"] = dict(zip(us, " ".join(_ARABIC).split(), strict=True))
    for table in keys.values():
        table[" "] = " "
    return keys


LAYOUTS: Mapping[str, Mapping[str, str]] = _keys()
"""French AZERTY, German QWERTZ, UK and Arabic (101) as key tables: US character -> typed text."""


def _reverse(name: str) -> dict[str, str]:
    table = {typed: meant for meant, typed in LAYOUTS[name].items()}
    return {**_ARABIC_ALSO, **table} if name == "arabic" else table


_MEANT: Mapping[str, Mapping[str, str]] = {name: _reverse(name) for name in LAYOUTS}


def typed_under(text: str, layout: str, caps: bool = False) -> str:
    """What arrives when a US scanner sends `text` to a computer with this layout. KeyError for an unknown layout."""
    keys = LAYOUTS[layout]
    return "".join(keys.get(char, char) for char in (text.swapcase() if caps else text))


def _readings(typed: str, layout: str) -> Iterator[str]:
    """The texts whose keys give `typed` under this layout: one, or several where lam-alif may be one key or two."""
    meant = _MEANT[layout]
    choices: list[tuple[str, ...]] = []
    at = 0
    while at < len(typed):
        first = meant.get(typed[at], "")
        pair = meant.get(typed[at : at + 2], "") if at + 1 < len(typed) else ""
        if pair:
            second = meant.get(typed[at + 1], "")
            choices.append((pair, first + second) if first and second else (pair,))
            at += 2
        elif first:
            choices.append((first,))
            at += 1
        else:
            return
    for reading in islice(product(*choices), _READINGS):
        yield "".join(reading)


def repairs(raw: str) -> tuple[Repair, ...]:
    """Every other text that the same key presses could have meant, the plainest cause first; nothing is looked up.

    `how` is caps, one of LAYOUTS, or a layout with +caps (letters inverted) or +shift-lock (the whole keyboard
    inverted, as French and German computers do). Over-long input gives none.
    """
    typed = typed_text(raw[: 4 * CODE_LIMIT])
    if not typed or len(raw) > 4 * CODE_LIMIT or len(typed) > 2 * CODE_LIMIT:
        return ()
    found: dict[str, str] = {}
    for text, how in _all_readings(typed):
        if text != typed and len(text) <= CODE_LIMIT + 3:
            found.setdefault(text, how)
    return tuple(Repair(text, how) for text, how in found.items())


def _all_readings(typed: str) -> Iterator[tuple[str, str]]:
    if typed.isascii():
        yield typed.swapcase(), "caps"
    for layout in LAYOUTS:
        plain = typed if layout == "arabic" else unicodedata.normalize("NFC", typed)
        for text in _readings(plain, layout):
            yield text, layout
            yield text.swapcase(), f"{layout}+caps"
            if layout in _SHIFT_LOCKED:
                yield text.translate(_SHIFTED), f"{layout}+shift-lock"


def repair(raw: str, rules: ScanRules, known: Callable[[str], bool], layout: str = "") -> Scan:
    """`parse`, and where the library does not know the code, the one code it knows that the same keys could mean.

    `known(code)` says, without regard to case, whether the library has an item, member, title or badge under this
    code. It is asked about the text as it came first, and about repairs only when that is unknown.

    A repair is made when exactly one repaired code is known and the raw text carries a character that codes do not
    have (or differs by case alone, or `layout` names the desk's keyboard): the scan is then the repaired one, with
    the known candidates only, a note layout-repaired or caps-repaired, and `repair`. Without such a sign the scan
    stays as it came, with the note repair-uncertain and the repair to offer; with several known codes it gets the
    note repair-ambiguous. An unknown text that is two known codes in exactly one way gets the note glued and `parts`.
    """
    scan = parse(raw, rules)
    if scan.command or not scan.candidates or any(known(candidate.code) for candidate in scan.candidates):
        return scan
    hits: dict[str, tuple[Scan, Repair]] = {}
    for one in repairs(raw):
        meant = _if_known(parse(one.text, rules), known)
        if meant:
            hits.setdefault(code_key(meant.code), (meant, one))
    if len(hits) > 1:
        return replace(scan, notes=(*scan.notes, REPAIR_AMBIGUOUS))
    for meant, one in hits.values():
        if not _certain(raw, meant, one, layout):
            return replace(scan, notes=(*scan.notes, REPAIR_UNCERTAIN), repair=one)
        note = CAPS_REPAIRED if one.how == "caps" else LAYOUT_REPAIRED
        return replace(meant, raw=scan.raw, notes=(*meant.notes, note), repair=one)
    return scan if scan.parts else _unglued(scan, rules, known)


def _if_known(scan: Scan, known: Callable[[str], bool]) -> Scan | None:
    """The scan with the candidates the library knows; a printed command is known by itself."""
    if scan.command:
        return scan if scan.code.startswith("%") and scan.command.complete else None
    good = tuple(candidate for candidate in scan.candidates if known(candidate.code))
    return replace(scan, kind=good[0].kind, code=good[0].code, candidates=good) if good else None


def _certain(raw: str, meant: Scan, one: Repair, layout: str) -> bool:
    if meant.command or one.how == "caps" or (layout and one.how.partition("+")[0] == layout):
        return True
    return not _ORDINARY.issuperset(typed_text(raw))


def _unglued(scan: Scan, rules: ScanRules, known: Callable[[str], bool]) -> Scan:
    text = clean_code(scan.raw)
    cuts: list[tuple[str, str]] = []
    if len(text) < CODE_LIMIT:
        for at in range(2, len(text) - 1):
            left, right = text[:at].rstrip(), text[at:].lstrip()
            if _has_known(left, rules, known) and _has_known(right, rules, known) and (left, right) not in cuts:
                cuts.append((left, right))
    if len(cuts) != 1:
        return scan
    return replace(scan, notes=(*scan.notes, GLUED), parts=cuts[0])


def _has_known(text: str, rules: ScanRules, known: Callable[[str], bool]) -> bool:
    candidates: tuple[Candidate, ...] = parse(text, rules).candidates
    return any(known(code) for code in dict.fromkeys(candidate.code for candidate in candidates))
