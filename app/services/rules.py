"""Publishing rule versions: the one door for the command line, by right, and only what passes its check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from app.domain import right
from app.domain.loan_rule import plain
from app.domain.policy import Policy
from app.domain.policy_check import check_policy, may_be_saved
from app.domain.records import MemberType, Staff
from app.domain.strict_json import MAX_LIST
from app.ports import KnownError, Store


def may_publish(staff: Staff) -> None:
    """KnownError("no-right-to-rules") when this person may not change the rules."""
    if right.SETTINGS not in staff.rights:
        raise KnownError("no-right-to-rules")


def publish(store: Store, staff: Staff, policies: Sequence[Policy]) -> None:
    """Publish rule versions in one act: by right, and only what passes its check."""
    may_publish(staff)
    if not all(may_be_saved(check_policy(policy)) for policy in policies):
        raise KnownError("policy-not-good")
    with store.act(staff=staff.id) as act:
        for policy in policies:
            act.publish_policy(policy)


def in_codes(policy: Policy, types: Sequence[MemberType]) -> Policy:
    """The policy with the library's codes where its rules say a member type by its name ("Siswa Kelas X")."""
    codes = {plain(kind.code) for kind in types}
    by_name = {plain(kind.name): kind.code for kind in types}

    def code_of(said: str) -> str:
        return said if plain(said) in codes else by_name.get(plain(said), said)

    rules = tuple(
        rule if rule.member_type is None else replace(rule, member_type=code_of(rule.member_type))
        for rule in policy.rules
    )
    limits = tuple((code_of(kind), limit) for kind, limit in policy.thresholds.total_limits)
    return replace(policy, rules=rules, thresholds=replace(policy.thresholds, total_limits=limits))


def close_on(store: Store, staff: Staff, days: Iterable[date], label: str, today: date) -> Sequence[str]:
    """Publish the rules in force, and those that begin later, with these closed days; the new versions' names.

    `label` becomes part of the names. KnownError("no-new-closed-days") when every day is closed already.
    """
    may_publish(staff)
    closed = frozenset(days)
    with store.read() as facts:
        versions = facts.policies()
        now = facts.policy_on(today)
    later = {policy.effective_from: policy for policy in versions if policy.effective_from > today and policy != now}
    taken = {policy.version for policy in versions}
    fresh: list[Policy] = []
    for policy in (now, *(later[day] for day in sorted(later))):
        missing = frozenset(day for day in closed if policy.calendar.is_open(day))
        if not missing:
            continue
        dated = policy.calendar.dated | missing
        if len(dated) > MAX_LIST:
            raise KnownError("too-many-closed-days", {"most": MAX_LIST})
        name = _free_name(policy.version, label, taken)
        taken.add(name)
        fresh.append(
            replace(
                policy,
                version=name,
                effective_from=max(policy.effective_from, today),
                calendar=replace(policy.calendar, dated=dated),
            )
        )
    if not fresh:
        raise KnownError("no-new-closed-days")
    publish(store, staff, fresh)
    return [policy.version for policy in fresh]


def _free_name(version: str, label: str, taken: Iterable[str]) -> str:
    """A version's name with the label once, and a number where that is taken."""
    stem = version.partition(f"+{label}")[0][:100] + f"+{label}"
    number = 1
    while (name := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return name
