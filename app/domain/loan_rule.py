"""Loan rules and the terms they resolve to: who may borrow what, how many, how long, at what price of
lateness.

A rule says only what it means to say; each value is resolved for itself, the most specific rule wins. The
resolved `Terms` are complete and travel in the event of the loan, so a later change of rules never reaches
back to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from app.domain.strict_json import Fields

if TYPE_CHECKING:
    from app.domain.policy import Policy

PROFILES: Final = ("meja", "slims")
UNITS: Final = ("days", "hours")
CLOSED_DAYS: Final = ("skip", "push", "count")
CLOSED_HOURS: Final = ("cut", "push", "skip")
FIXED_DUE_MODES: Final = ("exactly", "latest")
GRACE_WORDS: Final = ("free", "all")
FINE_DAY_WORDS: Final = ("all", "open")

MAX_LIMIT: Final = 10_000
MAX_PERIOD: Final = 3_660
MAX_MONEY: Final = 1_000_000_000
MAX_DAYS: Final = 36_600
MAX_GRACE_MINUTES: Final = 1_440

VALUE_NAMES: Final = (
    "limit",
    "period",
    "unit",
    "closed_hours",
    "opening_grace",
    "fixed_due",
    "fixed_due_mode",
    "cut_at_expiry",
    "grace_days",
    "grace_counts",
    "fine_per_day",
    "no_fine",
    "fine_days",
    "cap",
    "cap_at_price",
    "suspend_per_day",
    "max_suspend",
    "renewals",
    "unseen_renewals",
    "renew_period",
    "not_before_days",
    "needs_no_other_loans",
)


def plain(code: str) -> str:
    """A code as rules compare it: "Siswa" in a rule is the library's "siswa", blanks around it count for nothing."""
    return code.strip().casefold()


def _is_for(scope: str | None, code: str) -> bool:
    return scope is None or scope == code or plain(scope) == plain(code)


class LoanRule(Struct, frozen=True):
    """One line of the rule table. Scope fields None = any; value fields None = "not said here".

    `profile_name` limits the rule to a special profile (thesis defence). `type_default` marks the values of
    the member type itself, which SLiMS keeps apart from its rule rows. Units: period in `unit`, money in
    rupiah, `opening_grace` in minutes. `cap` 0 says "no cap"; a fine of 0 must be said with `no_fine`.
    """

    id: str
    member_type: str | None = None
    collection: str | None = None
    material: str | None = None
    profile_name: str | None = None
    type_default: bool = False
    limit: int | None = None
    period: int | None = None
    unit: str | None = None
    closed_hours: str | None = None
    opening_grace: int | None = None
    fixed_due: date | None = None
    fixed_due_mode: str | None = None
    cut_at_expiry: bool | None = None
    grace_days: int | None = None
    grace_counts: str | None = None
    fine_per_day: int | None = None
    no_fine: bool | None = None
    fine_days: str | None = None
    cap: int | None = None
    cap_at_price: bool | None = None
    suspend_per_day: int | None = None
    max_suspend: int | None = None
    renewals: int | None = None
    unseen_renewals: int | None = None
    renew_period: int | None = None
    not_before_days: int | None = None
    needs_no_other_loans: bool | None = None

    def applies(self, member_type: str, collection: str, material: str) -> bool:
        """True when the scope covers this member type, collection and material ("" matches only "any"); small and
        capital letters are alike."""
        return (
            _is_for(self.member_type, member_type)
            and _is_for(self.collection, collection)
            and _is_for(self.material, material)
        )

    def to_json(self) -> dict[str, object]:
        """What the rule says and nothing else, as plain JSON values."""
        out = {name: _plain(getattr(self, name)) for name in self.__struct_fields__}
        if not self.type_default:
            del out["type_default"]
        return {name: value for name, value in out.items() if value is not None}

    @staticmethod
    def from_json(data: object, path: str = "$") -> LoanRule:
        """Read one rule from outside; raises BadFormat with the place of the fault."""
        read = Fields(data, path)
        rule = LoanRule(
            id=read.text("id"),
            member_type=read.opt_text("member_type"),
            collection=read.opt_text("collection"),
            material=read.opt_text("material"),
            profile_name=read.opt_text("profile_name"),
            type_default=read.flag("type_default", False),
            limit=read.opt_integer("limit", 0, MAX_LIMIT),
            period=read.opt_integer("period", 0, MAX_PERIOD),
            unit=read.opt_text("unit", UNITS),
            closed_hours=read.opt_text("closed_hours", CLOSED_HOURS),
            opening_grace=read.opt_integer("opening_grace", 0, MAX_GRACE_MINUTES),
            fixed_due=read.opt_day("fixed_due"),
            fixed_due_mode=read.opt_text("fixed_due_mode", FIXED_DUE_MODES),
            cut_at_expiry=read.opt_flag("cut_at_expiry"),
            grace_days=read.opt_integer("grace_days", 0, MAX_DAYS),
            grace_counts=read.opt_text("grace_counts", GRACE_WORDS),
            fine_per_day=read.opt_integer("fine_per_day", 0, MAX_MONEY),
            no_fine=read.opt_flag("no_fine"),
            fine_days=read.opt_text("fine_days", FINE_DAY_WORDS),
            cap=read.opt_integer("cap", 0, MAX_MONEY),
            cap_at_price=read.opt_flag("cap_at_price"),
            suspend_per_day=read.opt_integer("suspend_per_day", 0, MAX_DAYS),
            max_suspend=read.opt_integer("max_suspend", 0, MAX_DAYS),
            renewals=read.opt_integer("renewals", 0, MAX_LIMIT),
            unseen_renewals=read.opt_integer("unseen_renewals", 0, MAX_LIMIT),
            renew_period=read.opt_integer("renew_period", 0, MAX_PERIOD),
            not_before_days=read.opt_integer("not_before_days", 0, MAX_DAYS),
            needs_no_other_loans=read.opt_flag("needs_no_other_loans"),
        )
        read.done()
        return rule


_ALWAYS: Final = object()
_LATER: Final[Mapping[str, object]] = {"closed_hours": "cut", "opening_grace": 0}


class Terms(Struct, frozen=True):
    """The complete terms of one loan, carried by its event.

    `rule_id`: the rule that gave the period ("" = the member type's own values in the slims profile);
    `limit_rule_id`: the rule that gave the limit, under which open loans are counted. `grace_counts`: "free"
    (grace days are never charged), "all" (once over, every day is charged), "edge" (SLiMS: over from the
    grace day itself). `fine_days`: "all", "open", "open-edges" (SLiMS: closed days taken off from due to
    return, both included). `cap` 0 = none, `max_suspend` 0 = none. `closed_hours`: what becomes of a loan by the
    hour that would be due while the library is closed: due at closing ("cut"), at the next opening and so many
    minutes more, `opening_grace` ("push"), or only open time counts ("skip").
    """

    profile: str
    policy_version: str
    rule_id: str
    limit_rule_id: str
    limit: int
    period: int
    unit: str = "days"
    fixed_due: date | None = None
    fixed_due_mode: str = "latest"
    cut_at_expiry: bool = True
    closed_days: str = "push"
    grace_days: int = 0
    grace_counts: str = "free"
    fine_per_day: int = 0
    fine_days: str = "all"
    cap: int = 0
    cap_at_price: bool = False
    suspend_per_day: int = 0
    max_suspend: int = 0
    renewals: int = 0
    unseen_renewals: int = 0
    renew_period: int = 0
    not_before_days: int = 0
    needs_no_other_loans: bool = False
    profile_name: str = ""
    closed_hours: str = "cut"
    opening_grace: int = 0

    def to_json(self) -> dict[str, object]:
        """All terms as plain JSON values (integers, texts, booleans, null).

        What came after the first release is left out where it says nothing, so that terms made before stay the same.
        """
        out = {name: _plain(getattr(self, name)) for name in self.__struct_fields__}
        return {name: value for name, value in out.items() if _LATER.get(name, _ALWAYS) != value}

    @staticmethod
    def from_json(data: Mapping[str, object], path: str = "$") -> Terms:
        """Read terms from an event; raises BadFormat. Unknown fields are refused."""
        read = Fields(data, path)
        terms = Terms(
            profile=read.text("profile", PROFILES),
            policy_version=read.text("policy_version"),
            rule_id=read.text("rule_id"),
            limit_rule_id=read.text("limit_rule_id"),
            limit=read.integer("limit", 0, MAX_LIMIT),
            period=read.integer("period", 0, MAX_PERIOD),
            unit=read.text("unit", UNITS),
            fixed_due=read.opt_day("fixed_due"),
            fixed_due_mode=read.text("fixed_due_mode", FIXED_DUE_MODES),
            cut_at_expiry=read.flag("cut_at_expiry"),
            closed_days=read.text("closed_days", CLOSED_DAYS),
            grace_days=read.integer("grace_days", 0, MAX_DAYS),
            grace_counts=read.text("grace_counts", (*GRACE_WORDS, "edge")),
            fine_per_day=read.integer("fine_per_day", 0, MAX_MONEY),
            fine_days=read.text("fine_days", (*FINE_DAY_WORDS, "open-edges")),
            cap=read.integer("cap", 0, MAX_MONEY),
            cap_at_price=read.flag("cap_at_price"),
            suspend_per_day=read.integer("suspend_per_day", 0, MAX_DAYS),
            max_suspend=read.integer("max_suspend", 0, MAX_DAYS),
            renewals=read.integer("renewals", 0, MAX_LIMIT),
            unseen_renewals=read.integer("unseen_renewals", 0, MAX_LIMIT),
            renew_period=read.integer("renew_period", 0, MAX_PERIOD),
            not_before_days=read.integer("not_before_days", 0, MAX_DAYS),
            needs_no_other_loans=read.flag("needs_no_other_loans"),
            profile_name=read.text("profile_name"),
            closed_hours=read.text("closed_hours", CLOSED_HOURS, "cut"),
            opening_grace=read.integer("opening_grace", 0, MAX_GRACE_MINUTES, 0),
        )
        read.done()
        return terms


class Resolution(Struct, frozen=True):
    """How terms came about. `sources`: value name → id of the rule that said it; `missing`: needed but
    unsaid.
    """

    terms: Terms | None
    sources: Mapping[str, str]
    missing: tuple[str, ...] = ()


def resolve(policy: Policy, member_type: str, collection: str, material: str, profile_name: str = "") -> Terms | None:
    """The terms for this member type, collection and material, or None when no rule lends (see `explain`)."""
    return explain(policy, member_type, collection, material, profile_name).terms


def explain(policy: Policy, member_type: str, collection: str, material: str, profile_name: str = "") -> Resolution:
    """Resolve and say which rule gave each value, or which needed values no rule says.

    meja: per value, the most specific applying rule wins, in the order special profile > member type >
    collection > material (after Koha's CirculationRules, which resolves per rule name); equal scopes: the
    smaller id. slims: one row is looked up as SLiMS 9 does it.
    """
    if policy.profile == "slims" and not profile_name:
        return _explain_slims(policy, member_type, collection, material)
    rules = [r for r in policy.rules if r.applies(member_type, collection, material)]
    rules = [r for r in rules if r.profile_name in (None, profile_name or None)]
    if profile_name and not any(r.profile_name == profile_name for r in rules):
        return Resolution(None, {}, ("profile",))
    ordered = sorted(rules, key=_weight)
    return _complete(policy, ordered, profile_name)


def _weight(rule: LoanRule) -> tuple[bool, bool, bool, bool, str]:
    """Sort key: most specific first (False sorts before True), then by id."""
    return (
        rule.profile_name is None,
        rule.member_type is None,
        rule.collection is None,
        rule.material is None,
        rule.id,
    )


_COMPANIONS: Final = {
    "unit": "period",
    "opening_grace": "closed_hours",
    "renew_period": "period",
    "fixed_due_mode": "fixed_due",
    "max_suspend": "suspend_per_day",
}
"""Values that mean something only beside another: they are taken from the rule that said the other."""


def _complete(policy: Policy, ordered: Sequence[LoanRule], profile_name: str) -> Resolution:
    said: dict[str, object] = {}
    sources: dict[str, str] = {}
    for name in VALUE_NAMES:
        lead = _COMPANIONS.get(name)
        among = ordered if lead is None else [rule for rule in ordered if rule.id == sources.get(lead)]
        speaker = next((rule for rule in among if getattr(rule, name) is not None), None)
        if speaker is not None:
            said[name] = getattr(speaker, name)
            sources[name] = speaker.id
    _settle_fine(ordered, said, sources)
    missing = tuple(name for name in ("limit", "period", "fine_per_day") if name not in said)
    if missing:
        return Resolution(None, sources, missing)
    return Resolution(_terms(policy, said, sources, profile_name), sources)


def _settle_fine(ordered: Sequence[LoanRule], said: dict[str, object], sources: dict[str, str]) -> None:
    """A fine and "no fine" are one question: the most specific rule that answers it either way is heard."""
    said.pop("no_fine", None)
    sources.pop("no_fine", None)
    speaker = next((rule for rule in ordered if rule.no_fine or rule.fine_per_day is not None), None)
    if speaker is not None:
        said["fine_per_day"] = 0 if speaker.no_fine else speaker.fine_per_day
        sources["fine_per_day"] = speaker.id


def _terms(policy: Policy, said: dict[str, object], sources: Mapping[str, str], profile_name: str) -> Terms:
    said.setdefault("not_before_days", policy.thresholds.not_before_days)
    said.setdefault("renew_period", said["period"])
    said.setdefault("unseen_renewals", said.get("renewals", 0))
    return Terms(
        profile=policy.profile,
        policy_version=policy.version,
        rule_id=sources["period"],
        limit_rule_id=sources["limit"],
        closed_days=policy.thresholds.closed_days,
        profile_name=profile_name,
        **said,  # type: ignore[arg-type]
    )


def _explain_slims(policy: Policy, member_type: str, collection: str, material: str) -> Resolution:
    """SLiMS 9: the row `slims_row` picks, whole; without one, the member type's own values."""
    own, rows = slims_rules(policy, member_type)
    return slims_terms(policy, slims_row(rows, collection, material), own)


def slims_row(rows: Sequence[LoanRule], collection: str, material: str) -> LoanRule | None:
    """The row SLiMS 9 picks among a member type's rule rows, in table order.

    What the item does not have is left out of the question, so an item with a collection but no material (or the
    reverse) ends at the first row there is; with neither, no row is looked for at all. Observed on SLiMS 9.7.0.
    """
    if not collection and not material:
        return None
    for wanted_collection, wanted_material in ((collection, material), (collection, ""), ("", material)):
        for row in rows:
            if _is_wanted(wanted_collection, row.collection) and _is_wanted(wanted_material, row.material):
                return row
    return None


def _is_wanted(code: str, scope: str | None) -> bool:
    return not code or (scope is not None and _is_for(scope, code))


def slims_rules(policy: Policy, member_type: str) -> tuple[LoanRule | None, list[LoanRule]]:
    """A member type's own values and its rule rows in table order, as SLiMS keeps them."""
    rules = (r for r in policy.rules if r.member_type is not None and r.profile_name is None)
    mine = [r for r in rules if _is_for(r.member_type, member_type)]
    return next((r for r in mine if r.type_default), None), [r for r in mine if not r.type_default]


def slims_terms(policy: Policy, row: LoanRule | None, own: LoanRule | None) -> Resolution:
    """The terms of one of SLiMS's rows, or of the member type's own values when there is no row."""
    used = row or own
    if used is None or used.period is None or used.limit is None:
        return Resolution(None, {}, ("limit", "period"))
    source = "" if row is None else row.id
    grace = max(used.grace_days or 0, (own.grace_days or 0) if own else 0)
    terms = Terms(
        profile="slims",
        policy_version=policy.version,
        rule_id=source,
        limit_rule_id=source,
        limit=used.limit,
        period=used.period,
        cut_at_expiry=True,
        closed_days="push",
        grace_days=grace,
        grace_counts="edge",
        fine_per_day=used.fine_per_day or 0,
        fine_days="open-edges" if used.fine_days == "open" else "all",
        renewals=used.renewals or 0,
        unseen_renewals=used.renewals or 0,
        renew_period=used.period,
    )
    return Resolution(terms, dict.fromkeys(("limit", "period", "fine_per_day", "renewals"), used.id))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
