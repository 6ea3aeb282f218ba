"""Make a policy of what SLiMS 9 keeps in its tables: member types, rule rows, holidays and two settings.

It knows SLiMS's terms, but no file, no dump and no database; who reads those hands plain values in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from app.domain.calendar import Calendar
from app.domain.loan_rule import LoanRule
from app.domain.policy import Policy, Thresholds

SLIMS_THRESHOLDS: Final = Thresholds(
    debt_level="off",
    owes_level="alert",
    overdue_level="off",
    same_title_level="off",
    parts_level="message",
    renew_overdue_item_level="off",
    renew_overdue_member_level="off",
    renew_debt_level="off",
    hold_other_copies=False,
    overridable=frozenset({"held-for-another"}),
    overridable_renewal=frozenset({"renewal-limit", "renewed-today", "member-expired"}),
)
"""What SLiMS 9.7.0 was seen to stop and to let pass: debt, overdue loans and other copies of a title stop nothing."""


class SlimsValues(Struct, frozen=True):
    """One row of SLiMS's terms: of a member type (no collection, no material) or of its rule table.

    `id` is the row's own, unique over both tables; "" as collection or material is SLiMS's 0 or NULL.
    """

    id: str
    member_type: str
    collection: str = ""
    material: str = ""
    loan_limit: int | None = None
    loan_days: int | None = None
    renewals: int | None = None
    fine_per_day: int | None = None
    grace_days: int | None = None


def slims_policy(
    version: str,
    effective_from: date,
    time_zone: str,
    types: Sequence[SlimsValues],
    rows: Sequence[SlimsValues],
    calendar: Calendar,
    *,
    ignore_holidays: bool = False,
    limit_override: bool = False,
) -> Policy:
    """The policy under which a library that moves sees SLiMS's own dates and fines.

    `rows` in the order of SLiMS's table, which decides there. `ignore_holidays` is its ignore_holidays_fine_calc,
    `limit_override` its loan_limit_override. A fine of 0 is SLiMS's usual "no fine" and is said as such.
    """
    fine_days = "open" if ignore_holidays else "all"
    own = tuple(replace(_rule(one, fine_days), type_default=True) for one in types)
    limits = frozenset({"limit-reached", "limit-zero"}) if limit_override else frozenset()
    thresholds = replace(SLIMS_THRESHOLDS, overridable=SLIMS_THRESHOLDS.overridable | limits)
    return Policy(
        version=version,
        effective_from=effective_from,
        profile="slims",
        time_zone=time_zone,
        calendar=calendar,
        rules=own + tuple(_rule(row, fine_days) for row in rows),
        thresholds=thresholds,
    )


def corrected(policy: Policy, version: str, effective_from: date) -> Policy:
    """The same library under the corrected rules from a chosen day: equal values, thresholds as they were."""
    return replace(policy, profile="meja", version=version, effective_from=effective_from)


def _rule(values: SlimsValues, fine_days: str) -> LoanRule:
    return LoanRule(
        id=values.id,
        member_type=values.member_type,
        collection=values.collection or None,
        material=values.material or None,
        limit=values.loan_limit,
        period=values.loan_days,
        renewals=values.renewals,
        fine_per_day=values.fine_per_day or None,
        no_fine=True if values.fine_per_day == 0 else None,
        grace_days=values.grace_days,
        fine_days=fine_days,
    )
