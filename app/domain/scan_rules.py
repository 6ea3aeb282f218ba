"""The library's ordered, editable rules that say what a scanned code is, and their form in a file.

A rule recognises a code by its shape; it never looks anything up. Rules come from people and from files: a rule
that could hang the desk or cannot mean anything is refused when saved and left out when met all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import force_setattr

from app.domain.check_digit import CHECKS, isbn13
from app.domain.rfid import UidFormat
from app.domain.scan_pattern import BadPattern, compiled, study
from app.domain.strict_json import BadFormat, Fields, parse_word
from app.domain.text import CODE_LIMIT

RULE_COUNT = 50
CARD_URL_COUNT = 10
_VERSION = 1


class ScanKind(StrEnum):
    """What a code may be."""

    MEMBER_CARD = "member-card"
    ITEM = "item"
    ISBN = "isbn"
    STAFF_BADGE = "staff-badge"
    COMMAND = "command"
    UNKNOWN = "unknown"


TRANSFORMS: Mapping[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "digits": lambda text: "".join(char for char in text if "0" <= char <= "9"),
    "no-blanks": lambda text: "".join(text.split()),
    "drop-check": lambda text: text[:-1],
    "isbn13": isbn13,
}
"""What a rule may do with the code it recognised. None of them touches leading zeros."""


class ScanRule(Struct, frozen=True):
    """One rule. All its conditions must hold, tested in this order, without regard to case.

    `strip_prefix` and `strip_suffix` are literal text the code must begin and end with; both are cut off. What is
    left has between `min_length` and `max_length` characters, matches `pattern` from end to end ("" takes anything)
    and passes `check_digit` (a name in CHECKS, or None). `transform` (a name in TRANSFORMS, or None) then makes the
    code that is looked up. A rule of kind `command` gives the command's name and argument.
    """

    kind: ScanKind
    pattern: str = ""
    strip_prefix: str = ""
    strip_suffix: str = ""
    min_length: int = 1
    max_length: int = CODE_LIMIT
    check_digit: str | None = None
    transform: str | None = None


class Reader(Struct, frozen=True):
    """A rule made ready: built once, used at every scan. `width` is the code's length if it can have only one."""

    kind: ScanKind
    rule: ScanRule
    prefix: str
    suffix: str
    match: re.Pattern[str] | None
    check: Callable[[str], bool] | None
    transform: Callable[[str], str] | None
    width: int | None

    def rest(self, code: str) -> str:
        """What the rule leaves of `code` when shape and length fit; "" when they do not."""
        if self.prefix:
            if code[: len(self.prefix)].lower() != self.prefix:
                return ""
            code = code[len(self.prefix) :]
        if self.suffix:
            if code[-len(self.suffix) :].lower() != self.suffix:
                return ""
            code = code[: -len(self.suffix)]
        if not self.rule.min_length <= len(code) <= self.rule.max_length:
            return ""
        return code if self.match is None or self.match.fullmatch(code) else ""


class ScanRules(Struct, frozen=True):
    """Everything a library sets about its codes.

    `card_urls` are templates such as "https://kampus.example/ktm/{code}": a QR code on a card that fits one names a
    member; no other address is taken, and none is ever opened. `uid_format` says what the RFID reader types.
    `readers` are made from `rules`, whatever is given for them.
    """

    rules: tuple[ScanRule, ...] = ()
    card_urls: tuple[str, ...] = ()
    uid_format: UidFormat | None = None
    readers: tuple[Reader, ...] = ()

    def __post_init__(self) -> None:
        sound = (rule for rule in self.rules[:RULE_COUNT] if not check_rule(rule))
        force_setattr(self, "readers", tuple(_reader(rule) for rule in sound))


def _reader(rule: ScanRule) -> Reader:
    affixes = len(rule.strip_prefix) + len(rule.strip_suffix)
    width = None
    if rule.pattern:
        shape = study(rule.pattern)
        width = shape.low + affixes if shape.low == shape.high else None
    return Reader(
        kind=rule.kind,
        rule=rule,
        prefix=rule.strip_prefix.lower(),
        suffix=rule.strip_suffix.lower(),
        match=compiled(rule.pattern) if rule.pattern else None,
        check=CHECKS[rule.check_digit] if rule.check_digit else None,
        transform=TRANSFORMS[rule.transform] if rule.transform else None,
        width=width,
    )


def check_rule(rule: ScanRule) -> tuple[str, ...]:
    """What stands against saving this rule, as codes; nothing means it may be saved.

    pattern-too-long, pattern-not-supported, pattern-broken, pattern-too-slow, pattern-too-wide: see scan_pattern.
    bad-length: no code can have it. bad-affix: a prefix or suffix too long or not plain ASCII. bad-kind,
    unknown-check, unknown-transform. needs-shape: a badge, command or ISBN rule that would take every code.
    """
    found: list[str] = []
    if rule.kind is ScanKind.UNKNOWN or not isinstance(rule.kind, ScanKind):
        found.append("bad-kind")
    if not 1 <= rule.min_length <= rule.max_length <= CODE_LIMIT:
        found.append("bad-length")
    affixes = rule.strip_prefix + rule.strip_suffix
    if len(affixes) > 20 or not (affixes.isascii() and affixes.isprintable()) or affixes != affixes.strip():
        found.append("bad-affix")
    if rule.check_digit is not None and rule.check_digit not in CHECKS:
        found.append("unknown-check")
    if rule.transform is not None and rule.transform not in TRANSFORMS:
        found.append("unknown-transform")
    open_kind = rule.kind in (ScanKind.MEMBER_CARD, ScanKind.ITEM)
    if not (open_kind or rule.pattern or affixes or rule.check_digit):
        found.append("needs-shape")
    found.extend(_pattern_findings(rule))
    return tuple(found)


def _pattern_findings(rule: ScanRule) -> tuple[str, ...]:
    if not rule.pattern:
        return ()
    try:
        shape = study(rule.pattern)
    except BadPattern as bad:
        return (bad.code,)
    fits = shape.low <= rule.max_length and shape.high >= rule.min_length
    return () if fits else ("bad-length",)


def check_card_url(template: str) -> tuple[str, ...]:
    """What stands against a card address: bad-card-url unless it is http(s), a host and {code} once, as its end."""
    good = _CARD_URL.fullmatch(template) is not None and len(template) <= 200
    return () if good else ("bad-card-url",)


_CARD_URL = re.compile(r"https?://[A-Za-z0-9.\-]+(?::\d{1,5})?/[^\s{}]*\{code\}[^\s{}/]*")


def to_json(rules: ScanRules) -> dict[str, object]:
    """The rules as plain JSON values; `from_json` gives them back equal."""
    return {
        "version": _VERSION,
        "rules": [_rule_to_json(rule) for rule in rules.rules],
        "card_urls": list(rules.card_urls),
        "uid_format": rules.uid_format.value if rules.uid_format else None,
    }


def _rule_to_json(rule: ScanRule) -> dict[str, object]:
    plain = ScanRule(rule.kind)
    out: dict[str, object] = {"kind": rule.kind.value}
    for name in ScanRule.__struct_fields__:
        value = getattr(rule, name)
        if name != "kind" and value != getattr(plain, name):
            out[name] = value
    return out


def from_json(data: object) -> ScanRules:
    """Rules from JSON values that may come from anywhere. Raises BadFormat with the place and a code of check_rule."""
    fields = Fields(data)
    if fields.integer("version", low=1) != _VERSION:
        raise fields.fail("version", "not-known")
    rules = fields.many("rules", _rule_from_json, RULE_COUNT)
    urls = fields.many("card_urls", _card_url_from_json, CARD_URL_COUNT)
    uid = fields.opt_text("uid_format", among=[one.value for one in UidFormat])
    fields.done()
    return ScanRules(rules, urls, UidFormat(uid) if uid else None)


def _rule_from_json(value: object, path: str) -> ScanRule:
    fields = Fields(value, path)
    rule = ScanRule(
        kind=ScanKind(fields.text("kind", among=[kind.value for kind in ScanKind])),
        pattern=fields.text("pattern", default=""),
        strip_prefix=fields.text("strip_prefix", default=""),
        strip_suffix=fields.text("strip_suffix", default=""),
        min_length=fields.integer("min_length", high=CODE_LIMIT, default=1),
        max_length=fields.integer("max_length", high=CODE_LIMIT, default=CODE_LIMIT),
        check_digit=fields.opt_text("check_digit"),
        transform=fields.opt_text("transform"),
    )
    fields.done()
    for code in check_rule(rule):
        raise BadFormat(path, code)
    return rule


def _card_url_from_json(value: object, path: str) -> str:
    template = parse_word(value, path)
    for code in check_card_url(template):
        raise BadFormat(path, code)
    return template
