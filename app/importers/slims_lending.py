"""What happened in a SLiMS library: loans, the fine ledger, the waiting list, the visitor book.

SLiMS lets these tables contradict themselves: no key forbids two open loans of one copy, codes are stored as they were
scanned, and copies and readers can be deleted under them. What contradicts itself is refused with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.domain.text import clean_code
from app.importers.rows import FineRow, HoldRow, LoanRow, Place, Refused, Row, VisitRow
from app.importers.slims_records import Library, Table, Values
from app.importers.slims_tables import EXCERPT, Numbers, day_from, moment_of, number_from, short_text

LOAN = Table(
    "loan",
    "loan",
    tuple("loan_id item_code member_id loan_date due_date renewed loan_rules_id is_lent is_return return_date".split()),
    (1, "barcode"),
)
"""Also the columns wanted of loan_history, which has no loan_rules_id."""

FINE = Table(
    "fines", "fine", ("fines_id", "member_id", "fines_date", "debet", "credit", "description"), (1, "member_no")
)
HOLD = Table("reserve", "hold", ("reserve_id", "member_id", "biblio_id", "item_code", "reserve_date"), (1, "member_no"))
VISIT = Table(
    "visitor_count",
    "visit",
    ("visitor_id", "member_id", "member_name", "institution", "room_code", "checkin_date"),
)


class Circulation:
    """Makes rows of what happened. Open loans are kept until all loans are known, see `open_loans`."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._seen = Numbers()
        self._unnumbered: set[str] = set()
        self._open: dict[str, LoanRow] = {}
        self._doubles: list[Refused] = []

    def loan(self, values: Values, place: Place, notes: set[str]) -> Row | None:
        """A loan of the table `loan`; None for an open one that is usable."""
        number = number_from(values[0])
        if number is not None and number in self._seen:
            return Refused("loan", "id-repeated", place, _facts(values))
        return self._loan(number, values, place, notes)

    def old_loan(self, values: Values, place: Place, notes: set[str]) -> Row | None:
        """A row of loan_history: only what the table `loan` does not have, for that one is the truth."""
        number = number_from(values[0])
        if number is None:
            return Refused("loan", "id-missing", place, _facts(values))
        if number in self._seen:
            notes.clear()
            return None
        notes.add("from-loan-history")
        return self._loan(number, values, place, notes)

    def _loan(self, number: int | None, values: Values, place: Place, notes: set[str]) -> Row | None:
        _, code, member_id, lent_text, due_text, renewed, rule_id, is_lent, is_return, return_text = values
        if number is not None:
            self._seen.add(number)
        barcode = self._library.items.find(code)
        member_no = self._library.members.find(member_id)
        lent_on, lent_note = day_from(lent_text)
        due_on, due_note = day_from(due_text)
        back_on, back_note = day_from(return_text)
        is_open = is_return in (None, "", "0")
        reason = self._fault(barcode, member_no, is_lent, is_open, lent_on, back_on)
        if reason:
            return Refused("loan", reason, place, _facts(values))
        if lent_note or due_note:
            notes.update(note for note in (lent_note, due_note) if note)
        if barcode != clean_code(code or ""):
            notes.add("code-written-otherwise")
        if lent_on and due_on and due_on < lent_on:
            notes.add("due-before-lent")
        if not is_open and back_on is None:
            notes.add(back_note or "return-date-unknown")
        renewals = number_from(renewed) or 0
        # Rows that a SLiMS has yet to number (our own way back) are known by what they say.
        own = str(number) if number is not None else f"{barcode}~{member_no}~{lent_on}"
        if number is None:
            if own in self._unnumbered:
                return Refused("loan", "loan-repeated", place, _facts(values))
            self._unnumbered.add(own)
        row = LoanRow(
            source_key=self._library.key("loan", own),
            place=place,
            barcode=barcode,
            member_no=member_no,
            lent_on=lent_on,
            due_on=due_on,
            # SLiMS leaves a return date on a loan that was renewed and is still open.
            returned_on=None if is_open else back_on,
            open=is_open,
            renewals=max(renewals, 0),
            rule_key=self._library.key("rule", rule_id) if rule_id not in (None, "", "0") else "",
        )
        if not is_open:
            return row
        self._keep_open(row)
        return None

    def _fault(
        self, barcode: str, member_no: str, is_lent: str | None, is_open: bool, lent: date | None, back: date | None
    ) -> str:
        if not barcode:
            return "item-unknown"
        if not member_no:
            return "member-unknown"
        if is_lent in (None, "", "0"):
            return "never-lent"
        if lent is None:
            return "loan-date-unknown"
        return "returned-before-lent" if not is_open and back is not None and back < lent else ""

    def _keep_open(self, row: LoanRow) -> None:
        before = self._open.get(row.barcode)
        older = row
        if before is None or (row.lent_on or date.min, row.place.line) >= (
            before.lent_on or date.min,
            before.place.line,
        ):
            self._open[row.barcode] = row
            if before is None:
                return
            older = before
        kept = self._open[row.barcode]
        params = {
            "barcode": older.barcode,
            "member_no": older.member_no,
            "lent_on": older.lent_on.isoformat() if older.lent_on else "",
            "kept": kept.source_key,
            "kept_member_no": kept.member_no,
        }
        self._doubles.append(Refused("loan", "copy-open-twice", older.place, params))

    def open_loans(self) -> Iterator[Row]:
        """The open loans, one a copy, and the refused older ones. To be asked once, after all loans were read."""
        yield from self._open.values()
        yield from self._doubles
        self._open.clear()
        self._doubles.clear()

    def fine(self, values: Values, place: Place, notes: set[str]) -> Row:
        """A line of the fine ledger: `debet` is what was charged, `credit` what was paid."""
        fine_id, member_id, written, debet, credit, description = values
        member_no = self._library.members.find(member_id)
        charged, paid = _amount(debet), _amount(credit)
        facts = {"member_no": clean_code(member_id or ""), "charged": debet or "0", "paid": credit or "0"}
        facts = {name: value[:EXCERPT] for name, value in facts.items()}
        if not member_no:
            return Refused("fine", "member-unknown", place, facts)
        if charged is None or paid is None:
            return Refused("fine", "amount-unreadable", place, facts)
        on, note = day_from(written)
        if on is None:
            notes.add(note or "date-unknown")
        key = self._library.key("fine", (fine_id or "").strip() or f"{member_no}~{on}~{charged}~{paid}~{place.line}")
        return FineRow(key, place, member_no, on, charged, paid, short_text(description, notes).strip())

    def hold(self, values: Values, place: Place, notes: set[str]) -> Row:
        """A place in the waiting list. SLiMS reserves one copy; the title is given too where it is known."""
        hold_id, member_id, title_id, code, written = values
        member_no = self._library.members.find(member_id)
        barcode = self._library.items.find(code)
        title = number_from(title_id)
        facts = {"member_no": clean_code(member_id or ""), "barcode": clean_code(code or "")}
        if not member_no:
            return Refused("hold", "member-unknown", place, facts)
        if not barcode and title not in self._library.titles:
            return Refused("hold", "item-unknown", place, facts)
        placed_at = moment_of(written)
        if placed_at is None:
            notes.add("date-unknown")
        return HoldRow(
            source_key=self._library.key("reserve", (hold_id or "").strip() or f"{member_no}~{barcode}~{title}"),
            place=place,
            member_no=member_no,
            title_key=self._library.key("biblio", str(title)) if title in self._library.titles else "",
            barcode=barcode,
            placed_at=placed_at,
        )

    def visit(self, values: Values, place: Place, notes: set[str]) -> Row:
        """A line of the visitor book. Somebody who is no member (any more) stays as a guest with their name."""
        visit_id, member_id, name, institution, room, written = values
        at = moment_of(written)
        if at is None:
            return Refused("visit", "date-unreadable", place, {"id": (visit_id or "")[:EXCERPT]})
        code = (room or "").strip()
        return VisitRow(
            source_key=self._library.key("visit", (visit_id or "").strip()),
            place=place,
            at=at,
            member_no=self._library.members.find(member_id),
            name=short_text(name, notes).strip(),
            institution=short_text(institution, notes).strip(),
            room=self._library.masters.rooms.get(code, code),
        )


def _facts(values: Values) -> dict[str, str]:
    facts = {"id": values[0], "barcode": values[1], "member_no": values[2], "lent_on": values[3]}
    return {name: clean_code(value or "") for name, value in facts.items()}


def _amount(value: str | None) -> int | None:
    if value is None or not value.strip():
        return 0
    amount = number_from(value)
    return amount if amount is not None and amount >= 0 else None
