"""What an import leaves on paper: every refused or noted row with place and reason, and the sheet to sign.

Files in a folder of their own: report.csv (both languages), summary.json, reconcile.csv, reconcile.pdf. Knows results
and words, not stores. Cells that a spreadsheet would take for a formula are made harmless.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from app.domain.system_fault import why
from app.ports import Finding, KnownError
from app.printing.report import Column, Row, RowTone, SignatureLine, render_table_report
from app.services.imports import ImportResult
from app.services.table import safe_cell

Load = Callable[[str], Any]
LANGUAGES = ("id", "en")
MOST_WHYS = 60
_LINES = ("titles", "copies", "members", "open-loans", "past-loans", "loans-refused", "fines-owed", "holds", "visits")


class Reporter:
    """Writes one import's report; `load` reads a resource by its name."""

    def __init__(self, folder: Path, library: str, language: str, load: Load) -> None:
        self._folder = folder
        self._library = library
        self._language = language if language in LANGUAGES else "id"
        self._words = {one: load(f"words/import_{one}.json") for one in LANGUAGES}

    def write(self, result: ImportResult, findings: Iterable[Finding], files: Sequence[str], stamp: str) -> Path:
        """Write all files; returns the folder. KnownError when the disk does not take them."""
        try:
            self._folder.mkdir(parents=True)
            counted = self._rows(result, findings)
            self._summary(result, files, stamp, counted)
            self._sheet(result, files, stamp, counted)
        except OSError as error:
            code = "disk-full" if error.errno == 28 else "home-not-writable"
            raise KnownError(code, {"path": str(self._folder), "detail": why(error)}) from error
        return self._folder

    def sentence(self, language: str, reason: str) -> str:
        """The reason in plain words; a code nobody wrote words for says itself."""
        words = self._words[language]
        return str(words.get(f"reason.{reason}", words["reason.other"].replace("{code}", reason)))

    def notices(self, result: ImportResult) -> list[dict[str, str]]:
        """What a person must hear, with its facts and a sentence in both languages."""
        return [
            {
                "code": one.code,
                **one.params,
                "kalimat": one.said(self._words["id"]),
                "sentence": one.said(self._words["en"]),
            }
            for one in result.notices
        ]

    def _rows(self, result: ImportResult, findings: Iterable[Finding]) -> Counter[tuple[str, bool, str]]:
        counted: Counter[tuple[str, bool, str]] = Counter()
        with (self._folder / "report.csv").open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow(
                ("kind", "outcome", "reason", "file", "line", "part", "facts", "excerpt", "kalimat", "sentence")
            )
            for finding in _both(findings, result.totals.findings):
                counted[finding.kind, finding.taken, finding.reason] += 1
                facts = "; ".join(f"{key}: {value}" for key, value in json.loads(finding.params).items() if value != "")
                cells = (
                    finding.kind,
                    "noted" if finding.taken else "refused",
                    finding.reason,
                    finding.file,
                    str(finding.line or ""),
                    finding.part,
                    facts,
                    finding.excerpt,
                    self.sentence("id", finding.reason),
                    self.sentence("en", finding.reason),
                )
                out.writerow([safe_cell(cell) for cell in cells])
        return counted

    def _summary(
        self, result: ImportResult, files: Sequence[str], stamp: str, counted: Counter[tuple[str, bool, str]]
    ) -> None:
        totals = result.totals
        reasons: dict[str, dict[str, int]] = {"refused": {}, "noted": {}}
        for (kind, taken, reason), count in sorted(counted.items()):
            reasons["noted" if taken else "refused"][f"{kind}: {reason}"] = count
        summary = {
            "files": list(files),
            "made": stamp,
            "run": result.run_id,
            "source": result.source,
            "dry_run": result.dry_run,
            "seen": result.seen,
            "accepted": totals.accepted,
            "updated": totals.updated,
            "unchanged": totals.unchanged,
            "refused": result.refused,
            "missing_in_source": totals.missing,
            "reasons": reasons,
            "notices": self.notices(result),
            "rules": result.rules,
            "policy": totals.policy,
            "library": totals.library,
            "reconcile": {line: {"source": a, "meja": b} for line, (a, b) in result.reconcile().items()},
        }
        text = json.dumps(summary, ensure_ascii=False, indent=1)
        (self._folder / "summary.json").write_text(text + "\n", encoding="utf-8")

    # --- the sheet ----------------------------------------------------------------------------------------------

    def _sheet(
        self, result: ImportResult, files: Sequence[str], stamp: str, counted: Counter[tuple[str, bool, str]]
    ) -> None:
        words = self._words[self._language]
        rows = list(self._sheet_rows(result, counted))
        heads = tuple(words[f"sheet.{name}"] for name in ("what", "source", "meja", "difference", "why"))
        with (self._folder / "reconcile.csv").open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow(heads)
            for row in rows:
                out.writerow([safe_cell(cell) for cell in row.cells])
        columns = (
            Column(heads[0], 2.0),
            Column(heads[1], figures=True),
            Column(heads[2], figures=True),
            Column(heads[3], figures=True),
            Column(heads[4], 3.0),
        )
        facts = [(words["sheet.files"], ", ".join(files)), (words["sheet.made"], stamp)]
        whole = ", ".join(f"{words[f'kind.{kind}']} {_figure(n)}" for kind, n in result.totals.library.items())
        facts.append((words["sheet.library"], whole or "-"))
        if result.dry_run:
            facts.append((words["sheet.note"], words["said.dry-run"]))
        pdf = render_table_report(
            words["sheet.title"],
            columns,
            rows,
            [SignatureLine(words["sheet.imported-by"]), SignatureLine(words["sheet.head"])],
            library=self._library,
            facts=facts,
            closing=words["sheet.closing"],
            printed=stamp,
            language=self._language,
        )
        (self._folder / "reconcile.pdf").write_bytes(pdf)

    def _sheet_rows(self, result: ImportResult, counted: Counter[tuple[str, bool, str]]) -> Iterator[Row]:
        words = self._words[self._language]
        lines = result.reconcile()
        for line in _LINES:
            theirs, ours = lines[line]
            if line == "loans-refused" and not theirs:
                continue
            difference = ours - theirs
            tone = RowTone.DIFFERS if difference else RowTone.PLAIN
            why = words["sheet.equal"] if not difference else words["sheet.differs"]
            figures = (_figure(theirs), _figure(ours), _figure(difference) if difference else "0")
            yield Row((words[f"line.{line}"], *figures, why), tone)
        if result.notices:
            yield Row((words["sheet.notices"],), RowTone.GROUP)
        for notice in result.notices:
            tone = RowTone.DIFFERS if notice.is_grave else RowTone.PLAIN
            said_count = notice.params.get("n", "")
            figure = _figure(int(said_count)) if said_count.isdecimal() else ""
            yield Row((words[f"kind.{notice.kind}"], figure, "", "", notice.said(words)), tone)
        whys = [(key, count) for key, count in sorted(counted.items()) if not key[1] or key[2] in _EXPLAIN]
        if whys:
            yield Row((words["sheet.reasons"],), RowTone.GROUP)
        for (kind, taken, reason), count in whys[:MOST_WHYS]:
            outcome = words["sheet.noted"] if taken else words["sheet.refused"]
            said = self.sentence(self._language, reason)
            yield Row((words.get(f"kind.{kind}", kind), _figure(count), "", "", f"{outcome}: {said}"))


# Noted rows that can make the two sides differ.
_EXPLAIN = frozenset(
    "returned-here renewed-here reopened-in-source charged-in-both paid-in-both payment-lowered-in-source"
    " missing-in-source edited-here-too matched-by-code matched-by-words given-twice due-by-rules own-rules-kept"
    " title-from-copy".split()
)


def _figure(number: int) -> str:
    """A figure with Indonesian thousands dots."""
    return f"{number:,}".replace(",", ".")


def _both(first: Iterable[Finding], second: Iterable[Finding]) -> Iterator[Finding]:
    yield from first
    yield from second
