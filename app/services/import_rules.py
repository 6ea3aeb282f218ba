"""The lending rules of another system as a policy of this library, and the terms under which its open loans stand.

SLiMS's member types, rule rows, closed days and settings become one policy of the slims profile: the same dates and
fines from the first day. It knows rows and rules, not stores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from app.domain.calendar import Calendar
from app.domain.canonical import canonical_text
from app.domain.loan_rule import (
    MAX_DAYS,
    MAX_LIMIT,
    MAX_MONEY,
    MAX_PERIOD,
    LoanRule,
    resolve,
    slims_rules,
    slims_terms,
)
from app.domain.member_kinds import known_type
from app.domain.policy import MAX_RULES, Policy, Thresholds
from app.domain.policy_check import ERROR, check_policy
from app.domain.records import MemberType
from app.domain.strict_json import MAX_LIST, MAX_TEXT
from app.domain.text import fold
from app.importers.rows import ClosedDayRow, LoanRuleRow, MemberTypeRow, Noted, Place, SettingRow

IMPORTED = "import-"
"""How the names of imported rule versions begin."""

# What SLiMS does not know is off: a library that moves sees no new refusals on its first day.
_THRESHOLDS = Thresholds(
    debt_level="off",
    owes_level="alert",
    overdue_level="off",
    same_title_level="off",
    parts_level="message",
    expiring_level="message",
    renew_overdue_item_level="off",
    renew_overdue_member_level="off",
    renew_debt_level="off",
    hold_other_copies=False,
    lost_charge="price",
    lost_fixed=100_000,
    overridable=frozenset({"held-for-another"}),
)


class SourceRules(Struct):
    """What a source said of its rules while it was read."""

    types: list[MemberTypeRow] = field(default_factory=list)
    rules: list[LoanRuleRow] = field(default_factory=list)
    weekly: set[int] = field(default_factory=set)
    dated: set[date] = field(default_factory=set)
    settings: dict[str, str] = field(default_factory=dict)
    said_types: dict[str, Place] = field(default_factory=dict)
    said_times: Counter[str] = field(default_factory=Counter)

    def add(self, row: MemberTypeRow | LoanRuleRow | ClosedDayRow | SettingRow) -> None:
        """Remember one row; beyond what a policy can hold they are dropped, which `policy_of` tells."""
        if isinstance(row, MemberTypeRow):
            if len(self.types) <= MAX_RULES:
                self.types.append(row)
        elif isinstance(row, LoanRuleRow):
            if len(self.rules) <= MAX_RULES:
                self.rules.append(row)
        elif isinstance(row, ClosedDayRow):
            if row.weekday is not None and row.on is None:
                self.weekly.add(row.weekday)
            elif row.on is not None and len(self.dated) <= MAX_LIST:
                self.dated.add(row.on)
        else:
            self.settings[row.key] = row.value


class Types(Struct):
    """Member types of the source as this library has them. `codes`: what the source calls a type → its code here;
    `matched`: those of them that are called otherwise here.
    """

    codes: dict[str, str] = field(default_factory=dict)
    matched: dict[str, str] = field(default_factory=dict)
    put: list[tuple[MemberType, str]] = field(default_factory=list)


def types_of(
    said: SourceRules, known: Sequence[tuple[MemberType, str]], policy: Policy | None = None, default: str = ""
) -> Types:
    """Give every type a code: the one it had at the last run, that of a type of the same name, that of the type of
    the rules in force (`policy`) which the name certainly means, or a new one. `default` is a code that readers of no
    type will have.
    """
    types = Types()
    by_source = {key: kind for kind, key in known if key}
    by_code = {kind.code: kind for kind, _ in known}
    by_name = {fold(kind.name): kind.code for kind, _ in known}
    for row in said.types:
        before = by_source.get(row.source_key)
        code = before.code if before else by_name.get(fold(row.name)) or _free(slug(row.name), by_code)
        days = row.membership_days if row.membership_days is not None else (before.membership_days if before else 365)
        kind = MemberType(code, row.name[:MAX_TEXT], min(days, MAX_DAYS))
        by_code[code], by_name[fold(row.name)] = kind, code
        types.codes[row.source_key] = code
        if (kind, row.source_key) not in known:
            types.put.append((kind, row.source_key))
    for name in said.said_types:
        if name in types.codes or not name:
            continue
        stored = by_source.get(name)
        found = stored.code if stored else by_name.get(fold(name), "") or (slug(name) if slug(name) in by_code else "")
        if not found and policy is not None:
            found = known_type(name, policy)
            if found and found != slug(name):
                types.matched[name] = found
        if not found:
            found = _free(slug(name), by_code)
            by_name[fold(name)] = found
        types.codes[name] = found
        if found not in by_code:
            shown = type_name(found) if name in types.matched else name[:MAX_TEXT]
            _put(types, by_code, MemberType(found, shown))
    if default and default not in by_code:
        _put(types, by_code, MemberType(default, type_name(default)))
    return types


def _put(types: Types, by_code: dict[str, MemberType], kind: MemberType) -> None:
    by_code[kind.code] = kind
    types.put.append((kind, ""))


def type_name(code: str) -> str:
    """A name for a type of which the rules give only the code: "tenaga-ahli" is "Tenaga ahli"."""
    return code.replace("-", " ").capitalize()[:MAX_TEXT]


def slug(name: str) -> str:
    """A member type's code out of its name: "Mahasiswa S-1" gives "mahasiswa-s-1"."""
    return "-".join(fold(name).split())[:60].strip("-") or "anggota"


def _free(code: str, taken: Mapping[str, object]) -> str:
    number = 2
    free = code
    while free in taken:
        free = f"{code}-{number}"
        number += 1
    return free


def policy_of(said: SourceRules, codes: Mapping[str, str], zone: str) -> tuple[Policy | None, list[Noted]]:
    """The source's rules as a policy without name and date; None when it has none that can be used."""
    notes: list[Noted] = []
    if all(row.loan_limit is None and row.loan_days is None for row in said.types):
        # Not a source that keeps lending rules on its types (Evergreen, sheets).
        return None, notes
    fine_days = "open" if said.settings.get("ignore_holidays_fine_calc", "") in ("1", "true") else "all"
    rules: list[LoanRule] = []
    for row in said.types:
        rule = _rule(row, f"type-{codes[row.source_key]}", codes[row.source_key], fine_days)
        if rule is None:
            notes.append(Noted("member-type", "type-cannot-borrow", row.place, {"name": row.name[:80]}))
        else:
            rules.append(replace(rule, type_default=True))
    usable = {rule.member_type for rule in rules}
    for line in said.rules:
        code = codes.get(line.member_type_key, "")
        found = _rule(line, line.source_key, code, fine_days)
        if found is None or code not in usable or len(rules) >= MAX_RULES:
            notes.append(Noted("rule", "rule-not-usable", line.place, {"id": line.source_key}))
        else:
            rules.append(replace(found, collection=line.collection or None, material=line.material or None))
    if not rules:
        return None, notes
    overridable = set(_THRESHOLDS.overridable)
    if said.settings.get("loan_limit_override", "") in ("1", "true"):
        overridable |= {"limit-reached", "limit-zero"}
    policy = Policy(
        version="import",
        effective_from=date(2000, 1, 1),
        profile="slims",
        time_zone=zone,
        calendar=Calendar(frozenset(said.weekly), frozenset(sorted(said.dated)[-MAX_LIST:])),
        rules=tuple(rules),
        thresholds=replace(_THRESHOLDS, overridable=frozenset(overridable)),
    )
    wrong = sorted({finding.code for finding in check_policy(policy) if finding.level == ERROR})
    if wrong:
        place = said.types[0].place
        notes.append(Noted("rule", "rules-not-good", place, {"codes": ", ".join(wrong)}))
        return None, notes
    return policy, notes


def _rule(row: MemberTypeRow | LoanRuleRow, rule_id: str, code: str, fine_days: str) -> LoanRule | None:
    """A row's values; None when nothing can be lent under it (no limit or no period said)."""
    if row.loan_limit is None or not row.loan_days or not code:
        return None
    fine = min(row.fine_per_day or 0, MAX_MONEY)
    return LoanRule(
        id=rule_id[:MAX_TEXT],
        member_type=code,
        limit=min(row.loan_limit, MAX_LIMIT),
        period=min(row.loan_days, MAX_PERIOD),
        renewals=min(row.renewals or 0, MAX_LIMIT),
        fine_per_day=fine or None,
        no_fine=True if not fine else None,
        grace_days=min(row.grace_days or 0, MAX_DAYS),
        fine_days=fine_days,
    )


def dated(policy: Policy, today: date, versions: Iterable[Policy]) -> Policy:
    """Name and date a policy so that it is the one in force from today (or from the newest version's day)."""
    known = list(versions)
    start = max([today, *(one.effective_from for one in known)])
    same_day = max((one.version for one in known if one.effective_from == start), default="")
    version = f"{IMPORTED}{start.isoformat()}-01"
    if version <= same_day:
        version = (
            f"{same_day}.1" if len(same_day) > MAX_TEXT - 20 or not same_day.startswith(IMPORTED) else _next(same_day)
        )
    return replace(policy, version=version, effective_from=start)


def _next(version: str) -> str:
    head, _, number = version.rpartition("-")
    return f"{head}-{int(number) + 1:02d}" if number.isdecimal() and int(number) < 99 else f"{version}.1"


def same_rules(one: Policy, other: Policy) -> bool:
    """Whether two versions say the same, whatever they are called."""
    plain = replace(one, version="", effective_from=other.effective_from, time_zone=other.time_zone)
    return plain.to_json() == replace(other, version="").to_json()


def is_own(policy: Policy, shipped: Iterable[Policy]) -> bool:
    """Whether staff made this version: neither shipped with the program nor brought by an import."""
    return not policy.version.startswith(IMPORTED) and not any(same_rules(policy, one) for one in shipped)


class LoanTerms:
    """The terms of imported open loans: as SLiMS would find them, or by the library's own rules."""

    def __init__(self, policy: Policy | None) -> None:
        self._policy = policy

    def __call__(self, member_type: str, collection: str, material: str, rule: str) -> tuple[str, str]:
        """Canonical terms ("{}" when no rule lends) and the version they come from."""
        policy = self._policy
        if policy is None:
            return "{}", ""
        if policy.profile == "slims":
            own, rows = slims_rules(policy, member_type)
            row = next((one for one in rows if one.id == rule), None)
            terms = slims_terms(policy, row, own).terms
        else:
            terms = resolve(policy, member_type, collection, material)
        return (canonical_text(terms.to_json()), policy.version) if terms else ("{}", policy.version)
