"""Slips: what a transaction prints, put into the spool with the act that ends it; reprints; unfinished work.

A slip is built from the journal's own acts, so that what is on paper is what is in the store.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from app.domain.clock import local_datetime
from app.domain.loan_rule import Terms
from app.domain.reader_page import page_of
from app.domain.receipt_no import ReceiptNo
from app.domain.records import Member, Staff
from app.domain.slip import LineAct, Slip, SlipKind, SlipLine
from app.domain.text import shorten_name
from app.ports import Act, ActLine, Reader, Store
from app.services.circulation.inserting import MOVED, PUT_IN, loan_is_over, loan_of_act
from app.services.circulation.returning import FOUND_AGAIN
from app.services.offsetting import OF_CREDIT
from app.services.outcome import FIRST_SLIP, NO_PRINTER, Kind, Outcome, refused

RECEIPT = "K"
"""The mark of receipts (kuitansi), so that no receipt looks like a transaction's number."""

_ACTS = {
    "loan.opened": LineAct.LENT,
    "loan.renewed": LineAct.RENEWED,
    "loan.corrected": LineAct.RENEWED,
    "item.returned": LineAct.RETURNED,
}
_NAMING = frozenset({"loan.opened", "loan.renewed", "loan.corrected", "payment.made", "refund.made"})
"""Acts whose reader's name may stand on paper."""
_OF_THE_READER = _NAMING | {"charge.made", "charge.waived"}
"""Acts that stand on an open reader's paper only when they are that reader's."""
_WITH_RECEIPT = frozenset({"payment.made", "refund.made"})
"""Acts that have a number of their own."""
_MONEY = frozenset({LineAct.CHARGED, LineAct.WAIVED})
"""Lines that follow from others and do not make a slip's kind."""
_SETTLING = frozenset({LineAct.PAID, LineAct.WAIVED, LineAct.REFUNDED})
"""Lines that are no charge."""
_KINDS = {
    frozenset({LineAct.LENT}): SlipKind.LEND,
    frozenset({LineAct.RETURNED}): SlipKind.RETURN,
    frozenset({LineAct.RENEWED}): SlipKind.RENEWAL,
    frozenset({LineAct.PAID}): SlipKind.PAYMENT,
    frozenset({LineAct.REFUNDED}): SlipKind.REFUND,
}


def prints(facts: Reader) -> bool:
    """Whether finishing a transaction prints its slip. Without a printer a slip is made for whoever asks only: a folder
    that fills with a PDF for every reader serves nobody."""
    wanted = str(facts.setting("slip.print"))
    return wanted == "always" or (wanted == "with-printer" and str(facts.setting("printer.kind")) != "pdf")


class Slips:
    """Numbers transactions and fills the spool."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def receipt_no(self, number: int, series: str = "", letter: str = "") -> str:
        """A number as printed: desk code, the incarnation's mark (the present one's if none is given), running number;
        receipts have a series of their own."""
        with self._store.read() as facts:
            code = desk_code(str(facts.setting("desk.name")))
        return str(ReceiptNo(code + series, letter or self._store.letter, number))

    def finish(self, tx: str, member_id: str, staff: Staff, outcome: Outcome) -> Outcome:
        """Mark a transaction as finished, give it its number and queue its slips when slips are wanted.

        The answer's `amount` is what was paid in it, `forgiven` what was waived.
        """
        with self._store.act(staff=staff.id, tx=tx) as act:
            lines = [line for line in act.acts(tx=tx, limit=500) if not line.undone]
            number = act.open_tx(tx, "desk", member_id or None)
            act.finish_tx(tx)
            slips = self._slips(act, lines, self.receipt_no(number), staff, member_id)
            printed = bool(slips) and prints(act)
            wanting = bool(slips) and not printed and act.setting("slip.print") == "with-printer"
            for slip in slips if printed else ():
                act.queue_print("slip", slip_to_json(slip), tx)
            hit = act.member_by_id(member_id) if member_id else None
        return replace(
            outcome,
            number=number,
            receipt=self.receipt_no(number),
            member=hit.member if hit else None,
            amount=sum(slip.paid for slip in slips) - _of_credit(lines),
            forgiven=sum(slip.waived for slip in slips),
            finished=bool(slips),
            counts=_counts(slips),
            notes=("slip-sent",) if printed else (NO_PRINTER,) if wanting else (),
        )

    def reprint(self, tx: str, staff: Staff) -> Outcome:
        """Queue a transaction's slips again, marked as reprints; where none were printed yet these are the first."""
        with self._store.act(staff=staff.id) as act:
            found = act.finished_tx(tx)
            if found is None:
                return refused("nothing-to-reprint")
            lines = [line for line in act.acts(tx=found.id, limit=500) if not line.undone]
            printed = self.receipt_no(found.number, letter=found.mark)
            slips = self._slips(act, lines, printed, staff, found.member_id)
            if not slips:
                undone = not tx and not lines and act.acts(tx=found.id, limit=1)
                return refused("last-undone" if undone else "nothing-to-reprint")
            again = act.was_printed(found.id)
            for slip in slips:
                act.queue_print("slip", slip_to_json(replace(slip, reprint=again)), found.id)
        notes = () if again else (FIRST_SLIP,)
        return Outcome(Kind.REPRINTED, number=found.number, receipt=printed, tx=found.id, notes=notes)

    def amend(self, act: Act, tx: str, staff: Staff) -> None:
        """Replace the slips of a finished transaction that still wait, after an act of it was taken back: no paper
        promises what no longer is. What is on paper already stays as it is."""
        waiting = act.withdraw_prints(tx)
        found = act.finished_tx(tx) if waiting else None
        if found is None:
            return
        lines = [line for line in act.acts(tx=tx, limit=500) if not line.undone]
        printed = self.receipt_no(found.number, letter=found.mark)
        slips = self._slips(act, lines, printed, staff, found.member_id)
        for again in sorted({bool(body["reprint"]) for body in waiting}):
            for slip in slips:
                act.queue_print("slip", slip_to_json(replace(slip, reprint=again)), tx)

    def _receipt_of(self, payment: ActLine) -> str:
        return self.receipt_no(int(payment.body["receipt"]), RECEIPT, payment.letter)

    def unfinished(self, now: int) -> tuple[str, str, int] | None:
        """The transaction of the last act, when it never was finished and is recent: (tx, member id, acts)."""
        with self._store.read() as facts:
            quiet = int(facts.setting("desk.quiet_end_seconds")) * 1000
            lines = facts.acts(limit=1)
            # A clock that was put back makes an old act look as if it were still to come.
            if not lines or not lines[0].tx or not -60_000 <= now - lines[0].at <= max(quiet, 60_000):
                return None
            tx = lines[0].tx
            if facts.tx_is_finished(tx):
                return None
            acts = facts.acts(tx=tx, limit=500)
            member = next((line.member_id for line in acts if _at_desk(line)), "")
            return tx, member, len(acts)

    def _slips(self, act: Act, lines: Sequence[ActLine], act_no: str, staff: Staff, reader: str) -> list[Slip]:
        """The slips of these acts (newest first): one for the copies and the open reader's money, and a receipt for
        each payment or refund that was made in a pile or for somebody else. What does not belong on paper has none.

        `reader` stood at the desk ("" = nobody in particular): what was renewed or paid for others meanwhile is not on
        that reader's paper. `staff` ends the transaction now.
        """
        together: list[ActLine] = []
        receipts: dict[tuple[str, int], list[ActLine]] = {}
        for line in lines:
            if line.kind in _WITH_RECEIPT and (not reader or line.member_id != reader):
                receipts.setdefault((line.letter, int(line.body["receipt"])), []).append(line)
            elif not reader or line.kind not in _OF_THE_READER or line.member_id == reader:
                together.append(line)
        own = _own(lines)
        parts = [(together, reader), *((paid, paid[0].member_id) for paid in reversed(receipts.values()))]
        made = [self._slip(act, part, act_no, staff, whose, own) for part, whose in parts if part]
        return [slip for slip in made if slip is not None]

    def _slip(
        self, act: Act, lines: Sequence[ActLine], act_no: str, staff: Staff, reader: str, own: bool
    ) -> Slip | None:
        """One slip of these acts, or None when none of them belongs on paper; `own`: it goes to whom it names.

        Its hour and its operator are those of the last act that stands on it: who took something back, ends the
        transaction or prints the slip again made none of them.
        """
        back = {str(line.body.get("with", "")) for line in lines if line.body.get("why") == FOUND_AGAIN}
        said = [(line, printed) for line in reversed(lines) for printed in self._lines(act, line, back)]
        if not said:
            return None
        found = [printed for _, printed in said]
        last = said[-1][0]
        kinds = frozenset(line.act for line in found) - _MONEY
        member = self._named(act, lines, reader)
        hit = act.member_by_id(member.id) if member else None
        payments = [line for line in lines if line.kind == "payment.made"]
        settled = any(line.act in (LineAct.PAID, LineAct.WAIVED) for line in found)
        payer = next((str(line.body["payer"]) for line in payments if line.body.get("payer")), "")
        numbered = [line for line in lines if line.kind in _WITH_RECEIPT]
        numbers = dict.fromkeys(self._receipt_of(line) for line in reversed(numbered))
        return Slip(
            kind=_KINDS.get(kinds, SlipKind.TRANSACTION),
            library=str(act.setting("library.name")),
            address=str(act.setting("library.address")),
            at=local_datetime(last.at, self._store.zone),
            lines=tuple(found),
            member=shorten_name(member.name) if member else None,
            member_no=member.member_no if member else None,
            total_fine=sum(line.fine for line in found if line.act not in _SETTLING),
            paid=sum(line.fine for line in found if line.act is LineAct.PAID),
            waived=sum(line.fine for line in found if line.act is LineAct.WAIVED),
            refunded=sum(line.fine for line in found if line.act is LineAct.REFUNDED),
            left=hit.facts.owed if hit and (hit.facts.owed or settled) else None,
            credit=max(hit.credit, 0) if hit else 0,
            payer=act.note(payer) if payer else "",
            operator=_short_name(act, last.staff, staff),
            desk=str(act.setting("desk.name")),
            qr=page_of(str(act.setting("slip.reader_pages")), member.member_no) if member and own else "",
            act_no=act_no,
            receipt_no=", ".join(numbers),
            language=str(act.setting("slip.language")),
            footer=str(act.setting("slip.footer")),
        )

    def _named(self, act: Reader, lines: Sequence[ActLine], reader: str) -> Member | None:
        """Whose slip it is: the reader at the desk, else the one whom everything was for. Returns alone name nobody,
        since a friend may have brought the book; a charge or waiver names the reader whose card is open."""
        naming = _OF_THE_READER if reader else _NAMING
        named = {line.member_id for line in lines if line.kind in naming and line.member_id}
        if not named or len(named | {reader or next(iter(named))}) > 1:
            return None
        hit = act.member_by_id(named.pop())
        return hit.member if hit else None

    def _lines(self, act: Reader, line: ActLine, back: Collection[str]) -> list[SlipLine]:
        """What one act says on paper: a payment says each charge that it was for, and what it left as credit.

        `back` are the returns with which a lost copy came back and its charge was taken off.
        """
        match line.kind:
            case "payment.made":
                return _paid(act, line)
            case "refund.made":
                return [SlipLine("", act=LineAct.REFUNDED, fine=int(line.body["amount"]), charge="credit")]
            case "charge.made":
                return [_money(act, line, LineAct.CHARGED, int(line.body["amount"]))]
            case "charge.waived" if line.body.get("why") in (PUT_IN, MOVED):
                return []
            case "charge.waived":
                return [_money(act, line, LineAct.WAIVED, int(line.body["amount"]))]
            case "item.returned" if line.event_id in back:
                return [SlipLine(line.title, line.barcode, LineAct.RETURNED, note_code="lost-found")]
        printed = self._line(act, line)
        return [printed] if printed is not None else []

    def _line(self, act: Reader, line: ActLine) -> SlipLine | None:
        kind = _ACTS.get(line.kind)
        if kind is None or (kind is LineAct.RETURNED and line.body.get("with")):
            # The end of somebody else's loan, inside a loan to this reader, is nobody's business here.
            return None
        if kind is LineAct.RETURNED and act.loan_of_event(line.event_id) is None:
            # A copy that was not on loan was only shelved.
            return None
        if loan_is_over(act, line):
            # A date that has passed, for a book that came back long ago, is no promise to print.
            return None
        due, due_at = _promise(act, line, self._store.zone)
        fine, charged = act.charge_of_event(line.event_id) or (0, 0)
        days, rate = _arithmetic(act, line, fine, charged)
        return SlipLine(
            title=line.title,
            barcode=line.barcode,
            act=kind,
            due_on=due,
            due_at=due_at,
            fine=fine,
            charged_days=days,
            fine_per_day=rate,
        )


def _money(act: Reader, line: ActLine, kind: LineAct, amount: int, charge: str = "") -> SlipLine:
    """A line about one charge: which copy it was for and why; a charge that no longer is keeps its amount."""
    known = act.charges([charge or str(line.body["charge"])])
    if not known:
        return SlipLine("", act=kind, fine=amount, charge="other")
    reason = known[0].reason.partition(".")[0]
    whole = known[0].amount if kind is LineAct.WAIVED else 0
    return SlipLine(known[0].title, known[0].barcode, kind, fine=amount, charge=reason, whole=whole)


def _paid(act: Reader, line: ActLine) -> list[SlipLine]:
    parts = [(str(charge), int(amount)) for charge, amount in line.body.get("lines", ())]
    said = [_money(act, line, LineAct.PAID, amount, charge) for charge, amount in parts]
    rest = int(line.body["amount"]) - sum(amount for _, amount in parts)
    return [*said, SlipLine("", act=LineAct.PAID, fine=rest, charge="credit")] if rest > 0 else said


def _promise(act: Reader, line: ActLine, zone: str) -> tuple[date | None, datetime | None]:
    """The date that a loan has; what its act said once it is over."""
    loan = loan_of_act(act, line)
    if loan is not None and loan.closed_at is None:
        return loan.due_on, loan.due_at
    due, due_at = line.body.get("due"), line.body.get("due_at")
    return date.fromisoformat(due) if due else None, local_datetime(due_at, zone) if due_at is not None else None


def _of_credit(lines: Sequence[ActLine]) -> int:
    """What was settled without cash, in rupiah."""
    return sum(int(line.body["amount"]) for line in lines if line.kind == "payment.made" and line.body.get(OF_CREDIT))


def _short_name(act: Reader, staff_id: str, present: Staff) -> str:
    """Who made an act; whoever prints its slip later did not."""
    if staff_id == present.id:
        return present.short_name
    return next((staff.short_name for staff in act.staff_list() if staff.id == staff_id), "")


def _at_desk(line: ActLine) -> bool:
    """True for an act that tells who stood at the desk: books are lent to nobody else."""
    return line.kind == "loan.opened" or bool(line.body.get("at_desk"))


def _own(lines: Sequence[ActLine]) -> bool:
    """True when the slip goes to the reader it names. Whoever brings books and pays for them, or is written down as
    paying, may be a friend."""
    if any(line.kind in ("loan.opened", "loan.renewed", "loan.corrected") for line in lines):
        return True
    brought = any(line.kind == "item.returned" for line in lines)
    return not brought and not any(line.body.get("payer") for line in lines)


def _counts(slips: Sequence[Slip]) -> tuple[int, int, int]:
    """How many copies were lent, returned, renewed."""
    acts = [line.act for slip in slips for line in slip.lines]
    return acts.count(LineAct.LENT), acts.count(LineAct.RETURNED), acts.count(LineAct.RENEWED)


def _arithmetic(act: Reader, line: ActLine, fine: int, charged: int) -> tuple[int | None, int | None]:
    """Days × rate, when that is really how the fine came about (no cap cut it)."""
    judged = line.body.get("judged") or line.body.get("terms")
    terms = Terms.from_json(judged) if judged else act.terms_of_closed(line.event_id)
    if not fine or terms is None or not terms.fine_per_day or fine % terms.fine_per_day:
        return None, None
    days = fine // terms.fine_per_day
    return (days, terms.fine_per_day) if days == charged else (None, None)


def desk_code(name: str) -> str:
    """A desk's short code for numbers on paper: its letters' initials and digits ("Meja 1" gives M1)."""
    words = [word for word in name.upper().split() if word.isascii() and word.isalnum()]
    code = "".join(word if word.isdigit() else word[0] for word in words)
    return code[:8] or "M"


def slip_to_json(slip: Slip) -> dict[str, Any]:
    """A slip as the spool keeps it."""
    kept: dict[str, Any] = msgspec.to_builtins(slip)
    return kept


def slip_from_json(kept: dict[str, Any]) -> Slip:
    """The slip the spool kept."""
    lines = tuple(
        SlipLine(
            **{
                **line,
                "act": LineAct(line["act"]),
                "due_on": date.fromisoformat(line["due_on"]) if line["due_on"] else None,
                "due_at": datetime.fromisoformat(line["due_at"]) if line["due_at"] else None,
            }
        )
        for line in kept["lines"]
    )
    values = {
        **kept,
        "kind": SlipKind(kept["kind"]),
        "at": datetime.fromisoformat(kept["at"]),
        "lines": lines,
        "note_codes": tuple(kept["note_codes"]),
    }
    return Slip(**values)
