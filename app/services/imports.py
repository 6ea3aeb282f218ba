"""Bringing a library in: read aside, join, take all of it or nothing, tell everything.

Knows rows, the door and the report; nothing of files' formats beyond which importer reads them, nothing of SQL.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct, field

from app.domain.clock import local_date
from app.domain.member_kinds import ordinary_type
from app.domain.policy import Policy, policy_on
from app.importers.problems import ImportProblem
from app.importers.rows import LoanRuleRow, MemberTypeRow, Noted
from app.ports import Finding, ImportDoor, ImportPlan, ImportTotals, KnownError
from app.services import import_rules as rules_of
from app.services.import_notices import Notice, Notices, types_given, without_rules
from app.services.import_pictures import take_pictures
from app.services.import_sources import Given, Reading, check_columns, look, rows_of, source_name
from app.services.import_staging import Staging, params_text

Watch = Callable[[str, int, int], None]
"""Told the step ("reading", "linking", …) and how far it is; may raise to stop the import."""


class ImportRequest(Struct, frozen=True):
    """What to bring in and how. `rules`: "keep" the library's own, or "replace" them by the source's."""

    files: Sequence[Path]
    pictures: Path | None = None
    reading: Reading = field(default_factory=Reading)
    rules: str = "keep"
    dry_run: bool = False
    staff: str = ""


class ImportResult(Struct):
    """What came of it, all counts by kind. `source_counts`: what the source had, refused rows included."""

    run_id: str
    source: str
    dry_run: bool
    totals: ImportTotals
    seen: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    refused_by_source: dict[str, int] = field(default_factory=dict)
    notes: int = 0
    rules: str = ""
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    owed_refused: int = 0
    notices: list[Notice] = field(default_factory=list)

    def reconcile(self) -> dict[str, tuple[int, int]]:
        """Line of the sheet → (what the source has, refused rows included; what the library has of it now)."""
        lines: dict[str, tuple[int, int]] = {}
        open_twice = self.reasons["loan", "copy-open-twice"] - self.reasons["loan-in-door", "copy-open-twice"]
        for line, (staged, ours) in self.totals.reconcile.items():
            kind = _KIND_OF_LINE.get(line, "")
            theirs = staged
            if kind:
                # What two files say alike is one record of the source.
                twice = self.reasons[kind, "given-twice"]
                theirs = self.seen.get(kind, 0) + self.refused_by_source.get(kind, 0) - twice
            elif line == "open-loans":
                theirs = self.seen.get("open-loan", 0) + open_twice
            elif line == "past-loans":
                theirs = self.seen.get("past-loan", 0)
            elif line == "fines-owed":
                theirs = staged + self.owed_refused
            lines[line] = (theirs, ours)
            if line == "past-loans":
                # Which of these the source meant, open or past, it does not say in a way that can be believed.
                lines["loans-refused"] = (self.refused_by_source.get("loan", 0) - open_twice, 0)
        return lines


_KIND_OF_LINE = {"titles": "title", "copies": "item", "members": "member", "holds": "hold", "visits": "visit"}


class Imports:
    """Imports into one library. `shipped` are the rule versions that come with the program."""

    def __init__(self, door: ImportDoor, zone: str, now: int, shipped: Sequence[Policy]) -> None:
        self._door = door
        self._zone = zone
        self._now = now
        self._shipped = shipped

    def run(self, request: ImportRequest, run_id: str, settings: Mapping[str, object], watch: Watch) -> ImportResult:
        """Read everything aside, then take it in one transaction; nothing remains of an import that was stopped.

        `settings`: the library's present settings that a source may fill while nobody has ("library.name").
        Raises KnownError ("import-failed" when a file cannot be read, the store's own when the disk is full) and
        whatever `watch` raises. The door stays open for the report; its owner closes it.
        """
        # Rows come and go by the hundred thousand and refer to nothing in circles.
        collecting = gc.isenabled()
        gc.disable()
        try:
            return self._run(request, run_id, settings, watch)
        finally:
            if collecting:
                gc.enable()

    def _run(self, request: ImportRequest, run_id: str, settings: Mapping[str, object], watch: Watch) -> ImportResult:
        try:
            given = look(request.files)
            check_columns(given, request.reading)
            staging = self._read(given, request, watch)
        except ImportProblem as problem:
            raise as_known(problem, request.files) from problem
        if request.pictures is not None:
            watch("pictures", 0, 1)
            take_pictures(request.pictures, staging, watch)
        name = source_name(given, request.reading)
        plan, used, said = self._plan(request, run_id, name, staging, settings)
        totals = self._door.commit(plan, watch)
        if request.dry_run:
            totals.policy = ""
        names = {kind.code: kind.name for kind, _ in (*self._door.member_types(), *plan.member_types)}
        totals.findings += types_given(names.get(plan.default_type, plan.default_type), totals.typed)
        totals.findings += without_rules(used, totals.types, totals.kinds, names)
        return self._result(request, plan, staging, totals, said)

    def _read(self, given: Sequence[Given], request: ImportRequest, watch: Watch) -> Staging:
        staging = Staging(self._door, self._zone, self._now, wants_pictures=request.pictures is not None)
        self._door.begin()
        put = staging.put
        for rows in rows_of(given, request.reading, lambda done, total: watch("reading", done, total)):
            for row in rows:
                put(row)
        return staging

    def _plan(
        self, request: ImportRequest, run_id: str, source: str, staging: Staging, settings: Mapping[str, object]
    ) -> tuple[ImportPlan, Policy | None, str]:
        """What to do, the rules that hold afterwards, and what becomes of the source's."""
        today = local_date(self._now, self._zone)
        in_force = self._in_force(today)
        # A source that keeps member types of its own knows who has none; a list that says no type means ordinary ones.
        default = ordinary_type(in_force) if in_force is not None and not staging.rules.types else ""
        default = default if "" in staging.rules.said_types else ""
        types = rules_of.types_of(staging.rules, self._door.member_types(), in_force, default)
        self._tell_matched(staging, types)
        policy, notes = rules_of.policy_of(staging.rules, types.codes, self._zone)
        for note in notes:
            staging.put(note)
        published, used, said = self._choose(policy, request.rules, today)
        if said == "kept" or (policy is None and (staging.rules.dated or staging.rules.weekly)):
            self._tell_kept(staging, policy is None)
        fill = _fill(settings, staging.rules.settings)
        plan = ImportPlan(
            run_id=run_id,
            source=source,
            terms=rules_of.LoanTerms(used),
            policy=published,
            member_types=types.put,
            type_codes=types.codes,
            default_type=default,
            settings=fill,
            staff=request.staff,
            dry_run=request.dry_run,
        )
        return plan, used, said

    def _in_force(self, today: date) -> Policy | None:
        versions = list(self._door.policies())
        return policy_on(versions, today) or (versions[0] if versions else None)

    def _tell_matched(self, staging: Staging, types: rules_of.Types) -> None:
        for said, code in types.matched.items():
            place = staging.rules.said_types[said]
            facts = {"n": str(staging.rules.said_times[said]), "said": said, "type": code}
            staging.put(Noted("member-type", "type-matched", place, facts))

    def _choose(self, policy: Policy | None, wish: str, today: date) -> tuple[Policy | None, Policy | None, str]:
        """(version to publish, version the open loans stand under, what was done: "" none, published, same, kept)."""
        versions = list(self._door.policies())
        in_force = self._in_force(today)
        if policy is None:
            return None, in_force, ""
        if in_force is not None and rules_of.same_rules(policy, in_force):
            return None, in_force, "same"
        if in_force is not None and rules_of.is_own(in_force, self._shipped) and wish != "replace":
            return None, in_force, "kept"
        new = rules_of.dated(policy, today, versions)
        return new, new, "published"

    def _tell_kept(self, staging: Staging, closed_days_only: bool) -> None:
        said = staging.rules
        rows: list[MemberTypeRow | LoanRuleRow] = [*said.types, *said.rules]
        first = rows[0] if rows else None
        reason = "closed-days-not-taken" if closed_days_only else "own-rules-kept"
        params = {
            "closed_days": str(len(said.dated) + len(said.weekly)),
            "rules": str(len(said.rules) + len(said.types)),
        }
        self._door.finding(
            Finding("rule", True, reason, first.place.file if first else "", 0, "", params_text(params), "")
        )
        staging.noted["rule"] += 1

    def _result(
        self, request: ImportRequest, plan: ImportPlan, staging: Staging, totals: ImportTotals, said: str
    ) -> ImportResult:
        result = ImportResult(plan.run_id, plan.source, request.dry_run, totals, dict(staging.seen), rules=said)
        result.refused_by_source = dict(staging.refused)
        result.owed_refused = staging.owed_refused
        notices = Notices()
        for finding in self._door.findings():
            _count(result, finding)
            notices.add(finding)
        for finding in totals.findings:
            _count(result, finding)
            notices.add(finding)
            if finding.kind == "loan":
                result.reasons["loan-in-door", finding.reason] += 1
        result.notices = notices.every()
        return result


def _count(result: ImportResult, finding: Finding) -> None:
    if finding.taken:
        result.notes += 1
    else:
        result.refused[finding.kind] = result.refused.get(finding.kind, 0) + 1
    result.reasons[finding.kind, finding.reason] += 1


def _fill(settings: Mapping[str, object], source: Mapping[str, str]) -> dict[str, object]:
    """The library's name, where nobody has given one yet."""
    name = source.get("library_name", "").strip()[:200]
    return {"library.name": name} if name and settings.get("library.name") == "" else {}


def as_known(problem: ImportProblem, files: Sequence[Path]) -> KnownError:
    """A file that cannot be read at all, as staff are told it."""
    name = problem.params.get("file", files[0].name if files else "")
    # As it was given, so that a line in a sentence can be typed as it stands.
    name = next((str(path) for path in files if path.name == name), name)
    details = ", ".join(f"{key}: {value}" for key, value in problem.params.items() if key != "file")
    detail = f"{problem.reason} ({details})" if details else problem.reason
    code = _PROBLEMS.get(problem.reason, "import-failed")
    return KnownError(code, {**problem.params, "path": name, "detail": detail, "reason": problem.reason})


_PROBLEMS = {
    "file-missing": "file-not-found",
    "format-unknown": "import-unknown-kind",
    "columns-unknown": "import-columns-unknown",
    "column-not-found": "import-column-not-found",
    "column-meaning-unknown": "import-column-meaning",
    "databases-several": "import-databases-several",
    "database-not-found": "import-database-not-found",
}
