"""Judge a policy before it is saved: no silent zero fine, no rule that can never speak, no nonsense.

It reads a policy and the codes the library knows, and returns findings; it changes nothing and knows no words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Final

from msgspec import Struct, field

from app.domain import decide_loan, decide_renewal
from app.domain.calendar import Calendar
from app.domain.loan_rule import VALUE_NAMES, LoanRule, explain, plain, slims_rules
from app.domain.policy import Policy
from app.domain.strict_json import BadFormat
from app.domain.verdict import Param

ERROR: Final = "error"
WARNING: Final = "warning"

ALL_CODES: Final = (
    "bad-value",
    "no-rules",
    "rule-id-missing",
    "rule-id-twice",
    "rule-says-nothing",
    "same-scope-twice",
    "unreachable",
    "value-unreachable",
    "terms-incomplete",
    "type-without-rule",
    "type-values-missing",
    "period-zero",
    "limit-zero",
    "zero-fine-unsaid",
    "fine-and-no-fine",
    "fine-over-cap",
    "suspension-without-end",
    "grace-longer-than-period",
    "fixed-date-passed",
    "fixed-date-closed",
    "special-without-name",
    "member-type-unknown",
    "collection-unknown",
    "material-unknown",
    "never-open",
    "hours-inverted",
    "hours-overlap",
    "hours-missing",
    "hours-on-closed-day",
    "hours-unheard",
    "override-unknown",
    "override-forbidden",
    "lost-charge-zero",
    "shelf-days-zero",
    "slims-ignores",
)

_SLIMS_VALUES: Final = frozenset({"limit", "period", "renewals", "fine_per_day", "no_fine", "grace_days", "fine_days"})


class Finding(Struct, frozen=True):
    """One finding. `level`: "error" (must not be saved) or "warning" (should be looked at)."""

    code: str
    level: str
    params: Mapping[str, Param] = field(default_factory=dict)


def check_policy(
    policy: Policy,
    *,
    today: date | None = None,
    member_types: Collection[str] | None = None,
    collections: Collection[str] | None = None,
    materials: Collection[str] | None = None,
) -> list[Finding]:
    """All findings, errors first. `today` and the library's known codes sharpen the check when given."""
    try:
        Policy.from_json(policy.to_json())
    except BadFormat as fault:
        return [Finding("bad-value", ERROR, {"path": fault.path, "fault": fault.code})]
    found = [
        *_whole(policy),
        *_thresholds(policy),
        *_each_rule(policy, today),
        *_scopes(policy),
        *_known(policy.rules, member_types, collections, materials),
        *_terms(policy, member_types or ()),
        *_overshadowed(policy, member_types or ()),
    ]
    unique = {(f.code, tuple(sorted(f.params.items(), key=str))): f for f in found}
    return sorted(unique.values(), key=lambda f: f.level != ERROR)


def may_be_saved(findings: Collection[Finding]) -> bool:
    """True when no finding is an error."""
    return all(finding.level != ERROR for finding in findings)


def _whole(policy: Policy) -> Iterator[Finding]:
    if not policy.rules:
        yield Finding("no-rules", ERROR)
    if policy.calendar.never_open:
        yield Finding("never-open", ERROR)
    yield from _hours(policy.calendar)
    seen: set[str] = set()
    for rule in policy.rules:
        if not rule.id.strip():
            yield Finding("rule-id-missing", ERROR)
        elif rule.id in seen:
            yield Finding("rule-id-twice", ERROR, {"rule": rule.id})
        seen.add(rule.id)


def _hours(calendar: Calendar) -> Iterator[Finding]:
    """Hours that end before they begin, run into each other, or leave an open weekday out."""
    days = {span.weekday for span in calendar.hours}
    for weekday in range(7):
        spans = sorted(span for span in calendar.hours if span.weekday == weekday)
        where: dict[str, Param] = {"weekday": weekday}
        if any(span.opens >= span.closes for span in spans):
            yield Finding("hours-inverted", ERROR, where)
        elif any(later.opens <= earlier.closes for earlier, later in pairwise(spans)):
            yield Finding("hours-overlap", ERROR, where)
        if spans and weekday in calendar.weekly:
            yield Finding("hours-on-closed-day", WARNING, where)
        if days and not spans and weekday not in calendar.weekly:
            yield Finding("hours-missing", WARNING, where)


def _thresholds(policy: Policy) -> Iterator[Finding]:
    rules = policy.thresholds
    for codes, known, never in (
        (rules.overridable, decide_loan.ALL_CODES, decide_loan.NEVER_OVERRIDABLE),
        (rules.overridable_renewal, decide_renewal.ALL_CODES, decide_renewal.NEVER_OVERRIDABLE),
    ):
        for code in sorted(codes):
            if code not in known:
                yield Finding("override-unknown", ERROR, {"code": code})
            elif code in never:
                yield Finding("override-forbidden", ERROR, {"code": code})
    if rules.lost_fixed + rules.lost_fee == 0:
        yield Finding("lost-charge-zero", WARNING)
    if rules.hold_shelf_days == 0:
        yield Finding("shelf-days-zero", WARNING)


def _each_rule(policy: Policy, today: date | None) -> Iterator[Finding]:
    for rule in policy.rules:
        where: dict[str, Param] = {"rule": rule.id}
        yield from _numbers(rule, where)
        if rule.fine_per_day == 0 and not rule.no_fine:
            yield Finding("zero-fine-unsaid", ERROR, where)
        if rule.fine_per_day and rule.no_fine:
            yield Finding("fine-and-no-fine", ERROR, where)
        if rule.closed_hours and not policy.calendar.hours:
            yield Finding("hours-unheard", WARNING, where)
        if rule.needs_no_other_loans and not rule.profile_name:
            yield Finding("special-without-name", WARNING, where)
        if rule.fixed_due is not None:
            fixed: dict[str, Param] = {"rule": rule.id, "fixed": rule.fixed_due}
            if today is not None and rule.fixed_due < today:
                yield Finding("fixed-date-passed", ERROR, fixed)
            if not policy.calendar.is_open(rule.fixed_due):
                yield Finding("fixed-date-closed", WARNING, fixed)
        if not _said(rule):
            yield Finding("rule-says-nothing", WARNING, where)
        ignored = sorted(set(_said(rule)) - _SLIMS_VALUES)
        if ignored and policy.profile == "slims" and not rule.profile_name:
            yield Finding("slims-ignores", WARNING, {"rule": rule.id, "values": " ".join(ignored)})


def _numbers(rule: LoanRule, where: Mapping[str, Param]) -> Iterator[Finding]:
    if rule.period == 0 or rule.renew_period == 0:
        yield Finding("period-zero", ERROR, where)
    if rule.limit == 0:
        yield Finding("limit-zero", WARNING, where)
    if rule.cap and rule.fine_per_day and rule.cap < rule.fine_per_day:
        yield Finding("fine-over-cap", WARNING, where)
    if rule.suspend_per_day and not rule.max_suspend:
        yield Finding("suspension-without-end", WARNING, where)
    if rule.grace_days and rule.period and rule.unit != "hours" and rule.grace_days > rule.period:
        yield Finding("grace-longer-than-period", WARNING, where)


def _scopes(policy: Policy) -> Iterator[Finding]:
    """Two rules of one scope: an error in meja (which speaks?), a dead row in slims (the first one speaks)."""
    first: dict[tuple[object, ...], LoanRule] = {}
    for rule in policy.rules:
        own_values = rule.type_default and policy.profile == "slims"
        said = (rule.member_type, rule.collection, rule.material)
        scope = (rule.profile_name, *(None if one is None else plain(one) for one in said), own_values)
        other = first.setdefault(scope, rule)
        if other is rule:
            continue
        pair: dict[str, Param] = {"rule": rule.id, "other": other.id}
        if policy.profile == "slims":
            yield Finding("unreachable", WARNING, pair)
        elif _overlap(rule, other):
            yield Finding("same-scope-twice", ERROR, pair)


def _overlap(rule: LoanRule, other: LoanRule) -> bool:
    return any(getattr(rule, name) is not None and getattr(other, name) is not None for name in VALUE_NAMES)


def _known(
    rules: Collection[LoanRule],
    member_types: Collection[str] | None,
    collections: Collection[str] | None,
    materials: Collection[str] | None,
) -> Iterator[Finding]:
    """Rules for codes the library does not have can never speak."""
    for rule in rules:
        for code, value, known in (
            ("member-type-unknown", rule.member_type, member_types),
            ("collection-unknown", rule.collection, collections),
            ("material-unknown", rule.material, materials),
        ):
            if value is not None and known is not None and plain(value) not in map(plain, known):
                yield Finding(code, WARNING, {"rule": rule.id, "value": value})


def _terms(policy: Policy, member_types: Collection[str]) -> Iterator[Finding]:
    """Every scope a rule names must come to complete terms; a known member type no rule names cannot borrow."""
    for rule in policy.rules:
        if policy.profile == "slims" and rule.profile_name is None:
            yield from _slims_terms(policy, rule)
            continue
        scope = (rule.member_type or "", rule.collection or "", rule.material or "", rule.profile_name or "")
        resolved = explain(policy, *scope)
        if resolved.terms is None and (rule.member_type is not None or not member_types):
            missing = " ".join(resolved.missing)
            yield Finding("terms-incomplete", _weight_of(rule), {"rule": rule.id, "missing": missing})
    named = {plain(rule.member_type) for rule in policy.rules if rule.member_type is not None}
    for member_type in sorted(member_types):
        if plain(member_type) not in named and explain(policy, member_type, "", "").terms is None:
            yield Finding("type-without-rule", WARNING, {"member_type": member_type})


def _slims_terms(policy: Policy, rule: LoanRule) -> Iterator[Finding]:
    """In SLiMS a row is taken whole, belongs to one member type, and that type has values of its own."""
    if rule.member_type is None:
        yield Finding("unreachable", WARNING, {"rule": rule.id, "other": ""})
    elif slims_rules(policy, rule.member_type)[0] is None:
        yield Finding("type-values-missing", ERROR, {"member_type": rule.member_type})
    unsaid = [name for name in ("limit", "period") if getattr(rule, name) is None]
    if rule.fine_per_day is None and not rule.no_fine:
        unsaid.append("fine_per_day")
    if unsaid:
        yield Finding("terms-incomplete", ERROR, {"rule": rule.id, "missing": " ".join(unsaid)})


def _overshadowed(policy: Policy, member_types: Collection[str]) -> Iterator[Finding]:
    """Values of a rule for everybody that a more specific rule says for every known member type."""
    if policy.profile == "slims":
        return
    for rule in policy.rules:
        if rule.member_type is not None:
            continue
        scope = (rule.collection or "", rule.material or "", rule.profile_name or "")
        unheard = _said(rule)
        for member_type in member_types:
            sources = explain(policy, member_type, *scope).sources
            unheard = [name for name in unheard if sources.get(name) != rule.id]
        if unheard and member_types:
            yield Finding("value-unreachable", WARNING, {"rule": rule.id, "values": " ".join(unheard)})


def _said(rule: LoanRule) -> list[str]:
    """The names of the values a rule says; "no fine" is said through the fine."""
    names = {name for name in VALUE_NAMES if getattr(rule, name) is not None}
    if "no_fine" in names:
        names = names - {"no_fine"} | {"fine_per_day"}
    return sorted(names)


def _weight_of(rule: LoanRule) -> str:
    """A rule for everybody may be a mere addition (a material's fine); one for a member type must be complete."""
    return ERROR if rule.member_type is not None else WARNING
