"""Neutral rows put into the waiting place: every row gets the id it will have, its codes' keys, its moment.

Knows importers' rows and the door's staged values; decides nothing that needs the library's own records.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from msgspec import Struct, field

from app.domain.canonical import canonical_text
from app.domain.clock import to_ms, zone
from app.domain.ids import derived_id
from app.domain.records import Item, ItemStatus, Member, Title
from app.domain.text import clean_code, code_key
from app.importers.rows import (
    ClosedDayRow,
    FineRow,
    HoldRow,
    ItemRow,
    LoanRow,
    LoanRuleRow,
    MemberRow,
    MemberTypeRow,
    Noted,
    Refused,
    Row,
    SettingRow,
    TitleRow,
    VisitRow,
)
from app.ports import Finding, ImportDoor, StagedFine, StagedHold, StagedLoan, StagedVisit
from app.services.import_rules import SourceRules

_NOON = time(12)
_LAST_WORD = re.compile(r"(\S+)\s*$")
_STATUSES = {status.value: status for status in ItemStatus}

_OF_PEOPLE = frozenset({"member", "loan", "fine", "hold", "visit"})
"""Kinds of rows that are about readers. The report lies open in the home: place and number find such a row in its file,
and no name, telephone or address of it is kept."""


class Staging(Struct):
    """Puts rows through the door and counts what the source said. `named_pictures`: kind → (key, file name)."""

    door: ImportDoor
    zone_name: str
    now: int
    wants_pictures: bool = False
    rules: SourceRules = field(default_factory=SourceRules)
    seen: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)
    owed_refused: int = 0
    named_pictures: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: {"title": [], "member": []})
    _days: dict[date, tuple[str, int]] = field(default_factory=dict)

    def put(self, row: Row) -> None:
        """Put one row."""
        _PUT[type(row)](self, row)

    def _title(self, row: TitleRow) -> None:
        self.seen["title"] += 1
        if self.wants_pictures and row.cover:
            self.named_pictures["title"].append((row.source_key, row.cover))
        title = Title(
            derived_id("title", row.source_key),
            row.title,
            row.authors,
            row.other_title,
            row.responsibility,
            row.edition,
            row.isbn,
            row.publisher,
            row.publish_place,
            row.year,
            row.collation,
            row.series,
            row.call_number,
            row.classification,
            row.language,
            row.material,
            row.subjects,
            row.notes,
            "",
            row.hidden,
            row.source_key,
        )
        self.door.title(title, row.place.file, row.place.line, " ".join(row.unsaid))

    def _item(self, row: ItemRow) -> None:
        self.seen["item"] += 1
        item = Item(
            derived_id("item", row.source_key),
            "",
            row.barcode,
            row.call_number,
            row.inventory_no,
            row.collection,
            row.location,
            row.shelf,
            _STATUSES.get(row.status, ItemStatus.AVAILABLE),
            row.price,
            row.parts,
            row.source,
            row.received_on,
            False,
            row.source_key,
        )
        self.door.item(item, row.title_key, row.title_text, row.place.file, row.place.line, " ".join(row.unsaid))

    def _member(self, row: MemberRow) -> None:
        self.seen["member"] += 1
        if row.member_type not in self.rules.said_types:
            self.rules.said_types[row.member_type] = row.place
        self.rules.said_times[row.member_type] += 1
        if self.wants_pictures and row.photo:
            self.named_pictures["member"].append((row.source_key, row.photo))
        member = Member(
            id=derived_id("member", row.source_key),
            member_no=row.member_no,
            name=row.name,
            member_type=row.member_type,
            institution=row.institution,
            gender=row.gender,
            born_on=row.born_on,
            address=row.address,
            email=row.email,
            phone=row.phone,
            registered_on=row.registered_on,
            expires_on=row.expires_on,
            blocked=row.blocked,
            notes=row.notes,
            card_nos=row.card_nos,
            source_key=row.source_key,
        )
        self.door.member(member, row.place.file, row.place.line, " ".join(row.unsaid))

    def _loan(self, row: LoanRow) -> None:
        self.seen["open-loan" if row.open else "past-loan"] += 1
        lent, lent_at = self._day(row.lent_on)
        returned, returned_at = self._day(row.returned_on)
        due = row.due_on.isoformat() if row.due_on is not None else ""
        self.door.loan(
            StagedLoan(
                row.source_key,
                derived_id("loan", row.source_key),
                row.barcode,
                code_key(row.barcode),
                row.member_no,
                code_key(row.member_no),
                lent,
                due,
                "" if row.open else returned,
                row.open,
                max(row.renewals, 0),
                row.rule_key,
                # Of a past loan the return is the last that is known of it, so its copy's history stays in order.
                lent_at if row.open or not returned else returned_at,
                row.place.file,
                row.place.line,
            )
        )

    def _fine(self, row: FineRow) -> None:
        self.seen["fine"] += 1
        words = row.description.strip()
        found = _LAST_WORD.search(words)
        self.door.fine(
            StagedFine(
                row.source_key,
                code_key(row.member_no),
                row.member_no,
                row.charged,
                row.paid,
                words,
                code_key(found[1]) if found else "",
                self._day(row.on)[1],
                row.place.file,
                row.place.line,
            )
        )

    def _hold(self, row: HoldRow) -> None:
        self.seen["hold"] += 1
        self.door.hold(
            StagedHold(
                row.source_key,
                derived_id("hold", row.source_key),
                code_key(row.member_no),
                row.member_no,
                row.title_key,
                code_key(row.barcode) if row.barcode else "",
                self._moment(row.placed_at) if row.placed_at is not None else self.now,
                row.place.file,
                row.place.line,
            )
        )

    def _visit(self, row: VisitRow) -> None:
        self.seen["visit"] += 1
        self.door.visit(
            StagedVisit(
                derived_id("visit", row.source_key),
                self._moment(row.at),
                code_key(row.member_no) if row.member_no else "",
                row.name,
                row.institution,
                row.room,
            )
        )

    def _rule(self, row: MemberTypeRow | LoanRuleRow | ClosedDayRow | SettingRow) -> None:
        self.seen[_RULE_KINDS[type(row)]] += 1
        self.rules.add(row)

    def _refused(self, row: Refused) -> None:
        self.refused[row.kind] += 1
        if row.kind == "fine":
            charged, paid = (row.params.get(name, "") for name in ("charged", "paid"))
            if charged.isdecimal() and paid.isdecimal() and len(charged + paid) < 30:
                self.owed_refused += int(charged) - int(paid)
        self._find(row.kind, False, row.reason, row, row.excerpt)

    def _noted(self, row: Noted) -> None:
        self.noted[row.kind] += 1
        self._find(row.kind, True, row.note, row, "")

    def _find(self, kind: str, taken: bool, reason: str, row: Refused | Noted, excerpt: str) -> None:
        place = row.place
        said = excerpt[:200] if kind not in _OF_PEOPLE else ""
        self.door.finding(
            Finding(kind, taken, reason, place.file, place.line, place.part, params_text(row.params), said)
        )

    def _day(self, day: date | None) -> tuple[str, int]:
        """A day as ISO text and its noon, since sources know days and no hours; an unknown day's moment is now."""
        if day is None:
            return "", self.now
        known = self._days.get(day)
        if known is None:
            if len(self._days) > 50_000:
                self._days.clear()
            known = self._days[day] = (day.isoformat(), self._moment(datetime.combine(day, _NOON)))
        return known

    def _moment(self, local: datetime) -> int:
        return to_ms(local.replace(tzinfo=zone(self.zone_name)))


def params_text(params: Mapping[str, str]) -> str:
    """Facts of a finding as canonical JSON."""
    return canonical_text({name: clean_code(str(value), 200) for name, value in params.items()})


_RULE_KINDS = {
    MemberTypeRow: "member-type",
    LoanRuleRow: "rule",
    ClosedDayRow: "closed-day",
    SettingRow: "setting",
}
_PUT: dict[type[Any], Callable[[Staging, Any], None]] = {
    TitleRow: Staging._title,
    ItemRow: Staging._item,
    MemberRow: Staging._member,
    LoanRow: Staging._loan,
    FineRow: Staging._fine,
    HoldRow: Staging._hold,
    VisitRow: Staging._visit,
    MemberTypeRow: Staging._rule,
    LoanRuleRow: Staging._rule,
    ClosedDayRow: Staging._rule,
    SettingRow: Staging._rule,
    Refused: Staging._refused,
    Noted: Staging._noted,
}
