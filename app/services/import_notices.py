"""What a person must hear at the end of an import, beyond counts: who cannot borrow, what was left out, what was made.

Everything is said by findings, so the report lists it too; here the loud ones become a few sentences.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from app.domain.canonical import canonical_text
from app.domain.member_kinds import Coverage
from app.domain.policy import Policy
from app.ports import Finding
from resources.called import as_called

MOST_NAMED = 20
"""Combinations of collection and material without a rule that are named one by one."""

_COUNTED = {
    "code-generated": "codes-generated",
    "expiry-unreadable": "expiry-unreadable",
    "copies-count-not-used": "copies-count-not-used",
    "copies-count-unreadable": "copies-count-unreadable",
    "title-without-copies": "titles-without-copies",
}
_WHOLE = frozenset(
    "type-by-default type-matched type-without-rule item-without-rule no-copies-column pending-not-in-file".split()
)
# Kind of record each speaks of, the gravest first: of the first five the desk would be wrong.
_KINDS = {
    "type-without-rule": "member",
    "item-without-rule": "item",
    "expiry-unreadable": "member",
    "pending-not-in-file": "member",
    "no-copies-column": "item",
    "columns-not-used": "column",
    "titles-without-copies": "title",
    "copies-count-not-used": "item",
    "copies-count-unreadable": "item",
    "codes-generated": "item",
    "type-by-default": "member",
    "type-matched": "member",
    "charged-in-both": "fine",
}
_ORDER = tuple(_KINDS)
_GRAVE = _ORDER[:5]


class Notice(Struct, frozen=True):
    """One thing to be told: its code (words: `notice.<code>`) and the facts of its sentence."""

    code: str
    params: Mapping[str, str]

    @property
    def kind(self) -> str:
        """The kind of record it speaks of."""
        return _KINDS[self.code]

    @property
    def is_grave(self) -> bool:
        """Whether somebody who should borrow cannot, or somebody who should not can."""
        return self.code in _GRAVE

    def said(self, words: Mapping[str, Any]) -> str:
        """The sentence, out of an import's words of one language."""
        text = as_called(str(words[f"notice.{self.code}"]), marked=False)
        for name, value in self.params.items():
            text = text.replace("{" + name + "}", value)
        return text


class Notices(Struct):
    """Gathers the loud findings of one import."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    whole: list[Notice] = field(default_factory=list)
    charged_twice: list[tuple[int, int]] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Hear one finding."""
        reason = finding.reason
        if reason in _WHOLE:
            facts = {name: str(value) for name, value in json.loads(finding.params).items()}
            self.whole.append(Notice(reason, {**facts, "file": finding.file}))
        elif reason == "column-not-used":
            self.columns.setdefault(finding.file, []).append(str(json.loads(finding.params).get("column", "")))
        elif reason == "charged-in-both":
            facts = json.loads(finding.params)
            self.charged_twice.append((int(facts["charged"]), int(facts["here"])))
        elif reason in _COUNTED:
            self.counts[_COUNTED[reason]] += 1
            self.first.setdefault(_COUNTED[reason], finding.params)

    def every(self) -> list[Notice]:
        """All notices, the gravest first."""
        found = list(self.whole)
        for file, names in self.columns.items():
            found.append(Notice("columns-not-used", {"file": file, "columns": ", ".join(names)}))
        for code, count in self.counts.items():
            facts = json.loads(self.first[code])
            label = str(facts.get("barcode") or facts.get("member_no") or facts.get("title") or "")
            found.append(Notice(code, {"n": str(count), "example": label}))
        if self.charged_twice:
            theirs, ours = (f"{sum(sums):,}".replace(",", ".") for sums in zip(*self.charged_twice, strict=True))
            found.append(
                Notice("charged-in-both", {"n": str(len(self.charged_twice)), "charged": theirs, "here": ours})
            )
        return sorted(found, key=lambda one: _ORDER.index(one.code))


def without_rules(
    policy: Policy | None,
    members: Mapping[str, int],
    items: Iterable[tuple[str, str, int]],
    names: Mapping[str, str],
) -> list[Finding]:
    """Findings for readers and copies that no rule lets lend: `members` counts them by type, `items` by collection and
    material; `names` are the types' names.
    """
    coverage = Coverage(policy) if policy is not None else None
    found = [
        _found("member", "type-without-rule", n=count, type=names.get(code, code) or "-")
        for code, count in members.items()
        if coverage is None or not coverage.may_borrow(code)
    ]
    bare = [one for one in items if coverage is None or not coverage.may_be_lent(one[0], one[1])]
    for collection, material, count in bare[:MOST_NAMED]:
        found.append(
            _found("item", "item-without-rule", n=count, collection=collection or "-", material=material or "-")
        )
    rest = sum(count for _, _, count in bare[MOST_NAMED:])
    if rest:
        found.append(_found("item", "item-without-rule", n=rest, collection="…", material="…"))
    return found


def types_given(default: str, count: int) -> list[Finding]:
    """A finding for readers of whom the source said no type, where there were any."""
    return [_found("member", "type-by-default", n=count, type=default)] if count else []


def _found(kind: str, reason: str, **facts: object) -> Finding:
    return Finding(kind, True, reason, "", 0, "", canonical_text({name: str(one) for name, one in facts.items()}), "")
