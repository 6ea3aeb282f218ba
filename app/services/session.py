"""The desk as a person meets it: one box, one open reader at most, one question at most.

Window and `meja scan` feed the same session; every scan is classified, looked up and carried out at once, and the
answer is a value. What was recorded is in the store before the answer exists; the session itself holds nothing that
could be lost but who stands at the desk.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from app.domain import right
from app.domain.barcode import Command, Scan, ScanKind, ScanRules, parse
from app.domain.clock import local_date, to_ms, zone
from app.domain.decide_loan import QUESTIONS
from app.domain.records import ItemStatus, Staff
from app.domain.scan_repair import repair
from app.domain.text import code_key
from app.domain.verdict import Level, Reason, Verdict
from app.ports import ActLine, Clock, ItemHit, MemberHit, Store
from app.services.catalogue import Catalogue
from app.services.circulation import Approval, Circulation, Desk, no_right
from app.services.holds import Holds
from app.services.money import Money
from app.services.outcome import UNSEEN, Kind, Outcome
from app.services.slips import RECEIPT, Slips
from app.services.staff import NOBODY, People

_RUPIAH = re.compile(r"(?:rp\.? ?)?(\d{1,3}(?:\.\d{3}){1,2}|\d{1,9})(?:,-|,00)?", re.IGNORECASE | re.ASCII)
MOST_WRONG_PINS = 3
PIN_PAUSE_MS = 30_000
SHOWN = 512
"""How much of what was scanned an answer repeats."""

EARLIEST_YEAR = 1800
"""No lending log that anybody types in is older; earlier years are slips of the finger."""

_PROBLEMS = frozenset({"too-long", "empty", "no-code", "unknown-command", "no-argument", "bad-date"})
SHORTEST_HALF = 4
"""Shorter codes are not looked for inside an unknown one: they would be found by chance."""

AUTO, LEND, RETURN, RENEW = "auto", "lend", "return", "renew"


class Pending(Struct, frozen=True):
    """A question on the table: what was asked, and how to go on once it is signed for."""

    outcome: Outcome
    go_on: Callable[[Approval], Outcome]
    desk: Desk


class Session:
    """One desk in service over one store."""

    def __init__(self, store: Store, clock: Clock, rules: ScanRules, staff: Staff | None = None) -> None:
        self._store = store
        self._clock = clock
        self.rules = rules
        self.people = People(store)
        self.circulation = Circulation(store)
        self.money = Money(store)
        self.holds = Holds(store)
        self.catalogue = Catalogue(store)
        self.slips = Slips(store)
        self.staff = staff or self.people.default()
        self.mode = AUTO
        self.member_id = ""
        self.tx = ""
        self.pending: Pending | None = None
        self.profile = ""
        self.book_drop = False
        self.last_unknown = ""
        self.last_return: Outcome | None = None
        self.last_fined: Outcome | None = None
        self.acted = 0
        self._last_tx = ""
        self._wrong_pins = 0
        self._pin_pause_until = 0
        self.taken_up = False
        self._last_code = ("", -(10**12))
        self.moved_at = clock.read().mono
        self._take_up()

    # --- a scan -------------------------------------------------------------------------------------------------

    def scan(self, raw: str) -> Outcome:
        """Classify what was scanned and do what it means now."""
        scan = parse(raw, self.rules)
        outcome = self._handle(scan)
        self.moved_at = self._clock.read().mono
        return replace(outcome, scan=raw[:SHOWN], notes=(*scan.notes, *outcome.notes))

    def _handle(self, scan: Scan) -> Outcome:
        problem = next((note for note in scan.notes if note in _PROBLEMS), "")
        if problem:
            return Outcome(Kind.UNKNOWN, code=problem, verdict=_impossible(problem))
        stated = None
        if scan.at is not None:
            stated, refusal = self._stated(scan.at)
            if refusal is not None:
                return refusal
        if scan.command is not None and stated is not None:
            return _refuse("time-for-scans-only")
        if scan.command is not None:
            return self.command(scan.command, stated)
        if stated is None and self._is_double(scan.code):
            return Outcome(Kind.REPEATED, code="double-scan")
        self.pending = None
        return self._act_on(scan, self._desk(stated))

    def _stated(self, local: datetime) -> tuple[int | None, Outcome | None]:
        """The stated time of an act from a paper log; it must lie in the past and needs a right."""
        if right.LATE_ENTRY not in self.staff.rights:
            return None, no_right(right.LATE_ENTRY)
        if local.year < EARLIEST_YEAR:
            return None, _refuse("time-too-early")
        stated = to_ms(local.replace(tzinfo=zone(self._store.zone)))
        if stated > self._store.now():
            return None, _refuse("time-in-future")
        return stated, None

    def _is_double(self, code: str) -> bool:
        """A trembling hand: the same code again within a moment of the scan before it."""
        now = self._clock.read().mono
        with self._store.read() as facts:
            window = int(facts.setting("desk.duplicate_ms"))
        before, self._last_code = self._last_code, (code_key(code), now)
        return before[0] == code_key(code) and now - before[1] < window

    def _act_on(self, scan: Scan, desk: Desk) -> Outcome:
        if scan.kind is ScanKind.STAFF_BADGE:
            return self.sign_in_badge(scan.code)
        items, members = self._look_up(scan)
        if not items and not members:
            isbn = next((code for kind, code in scan.candidates if kind is ScanKind.ISBN), "")
            found = self._isbn(isbn, desk) if isbn else None
            if found is not None and (found.kind is not Kind.UNKNOWN or scan.kind is ScanKind.ISBN):
                return found
            mended = repair(scan.raw, self.rules, self._known)
            items, members = self._look_up(mended) if mended.repair else ([], [])
            scan = mended if mended.repair else scan
        notes = scan.notes if scan.repair else ()
        found_now = self._found(scan, items, members, desk)
        return replace(found_now, notes=(*notes, *found_now.notes))

    def _found(self, scan: Scan, items: list[ItemHit], members: list[MemberHit], desk: Desk) -> Outcome:
        if len(items) + len(members) > 1:
            return Outcome(
                Kind.AMBIGUOUS,
                code="several",
                hits=tuple(items),
                members=tuple(hit.member for hit in members),
            )
        if members or items:
            self.last_unknown = ""
        if members:
            return self.open_member(members[0].member.id)
        if items:
            return self.take_item(items[0], desk)
        glued = bool(scan.parts) or self._is_two_codes(scan.code)
        code = "glued" if glued else "unknown-code"
        self.last_unknown = "" if glued else scan.code
        return Outcome(Kind.UNKNOWN, code=code, verdict=_impossible(code, found=scan.code[:64]))

    def _isbn(self, isbn: str, desk: Desk) -> Outcome:
        """The ISBN on the back names a title, not a copy: the only copy that can be meant is taken, else ask."""
        with self._store.read() as facts:
            titles = facts.titles_by_isbn(isbn)
            hits = [hit for title in titles for hit in facts.items_of_title(title.id)]
        if not hits:
            code = "isbn-without-copies" if titles else "isbn-unknown"
            self.last_unknown = ""
            return Outcome(Kind.UNKNOWN, code=code, title=titles[0] if titles else None)
        returning = self.mode in (RETURN, RENEW) or not self.member_id
        meant = [hit for hit in hits if (hit.facts.loan is not None) == returning]
        if len(meant) == 1:
            return self.take_item(meant[0], desk)
        return Outcome(Kind.AMBIGUOUS, code="isbn", title=titles[0], hits=tuple(meant or hits))

    def _look_up(self, scan: Scan) -> tuple[list[ItemHit], list[MemberHit]]:
        """What carries this code. Where its shape leaves open whether it is a copy or a reader, both are looked for:
        a code that is both is a person's question, never a guess."""
        items: dict[str, ItemHit] = {}
        members: dict[str, MemberHit] = {}
        with self._store.read() as facts:
            for kind, code in scan.candidates:
                if kind is ScanKind.ITEM:
                    items.update((hit.item.id, hit) for hit in facts.item_by_code(code))
                elif kind is ScanKind.MEMBER_CARD:
                    members.update((hit.member.id, hit) for hit in facts.member_by_card(code))
        return list(items.values()), list(members.values())

    def _is_two_codes(self, code: str) -> bool:
        """True when an unknown code is two known ones run together, whatever their shapes."""
        places = range(SHORTEST_HALF, len(code) - SHORTEST_HALF + 1)
        return any(self._known(code[:place].strip()) and self._known(code[place:].strip()) for place in places)

    def _known(self, code: str) -> bool:
        with self._store.read() as facts:
            return bool(facts.item_by_code(code) or facts.member_by_card(code))

    # --- readers ------------------------------------------------------------------------------------------------

    def open_member(self, member_id: str) -> Outcome:
        """Open a reader's transaction; another open one is finished first, and that is said."""
        self.pending = None
        before = None
        pile = not self.member_id and self.acted > 0
        if pile:
            self.finish()
        if self.member_id and self.member_id != member_id:
            with self._store.read() as facts:
                hit = facts.member_by_id(self.member_id)
            before = hit.member if hit else None
            self.finish()
        with self._store.read() as facts:
            member = facts.member_by_id(member_id)
            if member is None:
                return Outcome(Kind.UNKNOWN, code="member-unknown")
            lines = tuple(facts.loans_of_member(member_id, closed=False, limit=200))
        if not self.member_id:
            self.member_id = member_id
            self.tx = self.tx or secrets.token_hex(16)
        if self.mode == RETURN:
            self.mode = AUTO
        return Outcome(
            Kind.MEMBER,
            verdict=self._standing(member),
            member=member.member,
            lines=lines,
            loans=len(member.facts.loans),
            left=member.facts.owed,
            switched_from=before,
            notes=("pile-finished",) if pile else (),
            tx=self.tx,
            at=self._store.now(),
        )

    def _standing(self, member: MemberHit) -> Verdict:
        """What speaks against lending to this reader at all: said at the card, not at the third book."""
        return self.circulation.standing(member)

    # --- copies -------------------------------------------------------------------------------------------------

    def take_item(self, hit: ItemHit, desk: Desk | None = None) -> Outcome:
        """Do what a copy means now: lend, return, renew or show, by mode and by who stands at the desk."""
        desk = desk or self._desk(None)
        if self.mode == RETURN:
            return self.return_item(hit.item.id, desk)
        if self.mode == RENEW:
            return self.renew_item(hit.item.id, desk)
        if self.member_id:
            return self.lend_item(hit.item.id, desk)
        if self.mode == LEND:
            return Outcome(
                Kind.REFUSED, code="card-first", item=hit.item, title=hit.title, verdict=_impossible("card-first")
            )
        if hit.facts.loan is not None or hit.facts.status in (ItemStatus.LOST, ItemStatus.MISSING):
            return self.return_item(hit.item.id, desk)
        return Outcome(Kind.SHOWN, code="in", item=hit.item, title=hit.title, hits=(hit,), at=self._store.now())

    def lend_item(self, item_id: str, desk: Desk | None = None) -> Outcome:
        """Lend a copy to the open reader, or put the question on the table."""
        desk, member_id, profile = self._with_tx(desk), self.member_id, self.profile
        return self._asked(
            self.circulation.lend(desk, member_id, item_id, profile=profile),
            desk,
            lambda approval: self.circulation.lend(desk, member_id, item_id, approval, profile=profile),
        )

    def renew_item(self, item_id: str, desk: Desk | None = None, *, seen: bool = True) -> Outcome:
        """Renew the loan of a copy, whoever has it. `seen` False: asked by telephone or message, the book not here."""
        desk = self._with_tx(desk)

        def renew(approval: Approval | None = None) -> Outcome:
            outcome = self.circulation.renew(desk, item_id, approval, seen=seen)
            return outcome if seen else replace(outcome, notes=(*outcome.notes, UNSEEN))

        return self._asked(renew(), desk, renew)

    def renew_by_phone(self, code: str) -> Outcome:
        """Renew the loan of a copy that is not here, by its barcode, for whoever has it."""
        self.pending = None
        with self._store.read() as facts:
            hits = facts.item_by_code(code)
        if len(hits) > 1:
            return Outcome(Kind.AMBIGUOUS, code="several", hits=tuple(hits))
        return self.renew_item(hits[0].item.id, seen=False) if hits else _refuse("item-unknown")

    def renew_all(self, *, seen: bool = True) -> Outcome:
        """Renew every loan of the open reader: each part answers for its copy, and none puts a question."""
        self.pending = None
        with self._store.read() as facts:
            hit = facts.member_by_id(self.member_id) if self.member_id else None
            lines = facts.loans_of_member(self.member_id, closed=False, limit=200) if hit else ()
        if hit is None or not lines:
            return _refuse("nothing-on-loan")
        desk = self._with_tx(None)
        parts = tuple(self.circulation.renew(desk, line.item_id, seen=seen) for line in lines)
        done = sum(bool(part.event_id) for part in parts)
        self.acted += done
        self.moved_at = self._clock.read().mono
        summary = "renewed-all" if done == len(parts) else "renewed-some" if done else "renewed-none"
        return Outcome(
            Kind.RENEWED if done else Kind.REFUSED,
            code=summary,
            member=hit.member,
            fine=sum(part.fine for part in parts),
            parts=parts,
            notes=() if seen else (UNSEEN,),
            at=self._store.now(),
            tx=self.tx,
        )

    def return_item(
        self, item_id: str, desk: Desk | None = None, *, on: date | None = None, book_drop: bool = False
    ) -> Outcome:
        """Take a copy back; from the book drop it counts as returned on the last open day."""
        dropped = book_drop or (self.book_drop and self.mode == RETURN)
        outcome = self._done(
            self.circulation.return_item(self._with_tx(desk), item_id, returned_on=on, book_drop=dropped)
        )
        if outcome.event_id:
            self.last_return = outcome
            self.last_fined = outcome if outcome.fine else self.last_fined
        return outcome

    # --- questions ----------------------------------------------------------------------------------------------

    def override(self, reason: str, pin: str = "", signer_name: str = "") -> Outcome:
        """Sign for the open question: plain questions by anybody, everything else by right, with a reason.

        `pin` is a supervisor's; where it is more than one person's, `signer_name` (or a badge) says whose.
        """
        pending = self.pending
        if pending is None:
            return _refuse("no-question")
        codes = frozenset(pending.outcome.verdict.missing())
        if codes == {"on-loan-to-this-member"} and pending.outcome.item is not None:
            # The copy is this reader's own already: to go on with it is to renew it.
            self.pending = None
            return self.renew_item(pending.outcome.item.id, pending.desk)
        signer = self.staff
        if not codes <= QUESTIONS:
            if right.OVERRIDE not in signer.rights:
                found = [] if self._pin_waits() else self.people.signers(pin, right.OVERRIDE, signer_name)
                self._judge_pin(pin, bool(found))
                if not found:
                    return replace(pending.outcome, code="pin-wrong" if pin else "needs-supervisor")
                if len(found) > 1:
                    return replace(pending.outcome, code="pin-shared")
                signer = found[0]
            if not reason.strip():
                return replace(pending.outcome, code="reason-missing")
        self.pending = None
        outcome = pending.go_on(Approval(codes, signer.id, reason))
        return self._asked(outcome, pending.desk, pending.go_on)

    def drop_question(self) -> None:
        """Leave the question; nothing happens."""
        self.pending = None

    # --- money, undo, finish ------------------------------------------------------------------------------------

    def pay(self, amount: int, payer: str = "", member_id: str = "", chosen: tuple[str, ...] = ()) -> Outcome:
        """Take money from the open reader, or from the one whose book just came back late."""
        who = member_id or self.payer_id()
        if not who:
            return _refuse("nobody-to-pay-for")
        outcome = self._done(self.money.pay(self._with_tx(None), who, amount, chosen=chosen, payer=payer))
        if outcome.kind is Kind.PAID:
            outcome = replace(outcome, receipt=self.slips.receipt_no(outcome.number, RECEIPT))
        return outcome

    def payer_id(self) -> str:
        """Whose debts a payment would be for."""
        if self.member_id:
            return self.member_id
        late = self.last_fined
        return late.member.id if late is not None and late.member is not None else ""

    def undo(self) -> Outcome:
        """Take back the last act: of the running transaction, or at an empty desk of the last one."""
        self.pending = None
        self.last_return = self.last_fined = None
        self._last_code = ("", -(10**12))
        if self.acted:
            return self._done(self.circulation.undo(self._with_tx(None), self.tx))
        if self.member_id:
            return _refuse("nothing-to-undo")
        return self.circulation.undo(Desk(self.staff), self._last_tx)

    def condition(self, code: str, *, repair: bool = False) -> Outcome:
        """Note the condition of the copy that was just returned."""
        last = self.last_return
        if last is None or last.item is None:
            return _refuse("nothing-returned")
        outcome = self.circulation.note_condition(self._with_tx(None), last.item.id, last.event_id, code, repair=repair)
        if outcome.event_id:
            # One condition a return: a second one would charge the reader twice.
            self.last_return = None
            if outcome.fine and outcome.member is not None:
                self.last_fined = outcome
        return self._done(outcome)

    def finish(self) -> Outcome:
        """End the transaction: number it, queue its slip, make ready for the next reader. Overrides die here."""
        tx, member_id, acted = self.tx, self.member_id, self.acted
        self.pending = None
        self.last_return = None
        self.last_fined = None
        self._last_code = ("", -(10**12))
        outcome = Outcome(Kind.FINISHED, tx=tx, at=self._store.now())
        if tx and acted:
            outcome = self.slips.finish(tx, member_id, self.staff, outcome)
        self._last_tx = tx if acted else self._last_tx
        self.member_id, self.tx, self.acted, self.profile, self.last_unknown = "", "", 0, "", ""
        if self.mode != RETURN:
            self.mode = AUTO
        return outcome

    # --- modes, staff, commands ---------------------------------------------------------------------------------

    def set_mode(self, mode: str) -> Outcome:
        """Choose what the next copies are taken for; returning in a pile closes an open reader first."""
        if mode == RETURN and self.member_id:
            self.finish()
        self.mode, self.book_drop = mode, False
        self.pending = None
        self._last_code = ("", -(10**12))
        return Outcome(Kind.MODE, code=mode)

    def empty_book_drop(self) -> Outcome:
        """Returns from the book drop: each counts as returned on the last open day before today."""
        if right.LATE_ENTRY not in self.staff.rights:
            return no_right(right.LATE_ENTRY)
        self.set_mode(RETURN)
        self.book_drop = True
        return Outcome(Kind.MODE, code="book-drop")

    def use_profile(self, name: str) -> Outcome:
        """Lend the next copies to the open reader under a special profile of the rules (thesis defence)."""
        with self._store.read() as facts:
            today = local_date(self._store.now(), self._store.zone)
            known = {rule.profile_name for rule in facts.policy_on(today).rules if rule.profile_name}
        if name not in known:
            return _refuse("profile-unknown")
        self.profile = name
        return Outcome(Kind.MODE, code="profile")

    def lose(self, code: str) -> Outcome:
        """Take a copy as lost by its barcode."""
        with self._store.read() as facts:
            hits = facts.item_by_code(code)
        return (
            self._done(self.circulation.lose(self._with_tx(None), hits[0].item.id)) if hits else _refuse("item-unknown")
        )

    def sign_in_badge(self, code: str) -> Outcome:
        """Sign in by badge; a person with a PIN is asked for it by the caller."""
        staff = self.people.by_badge(code)
        return self.sign_in(staff) if staff is not None else _refuse("badge-unknown")

    def sign_in(self, staff: Staff, pin: str | None = None) -> Outcome:
        """Sign a person in; with a PIN set, only with it."""
        from app.services.staff import pin_fits

        if staff.pin_hash:
            fits = not self._pin_waits() and pin_fits(staff, pin or "")
            self._judge_pin(pin or "", fits)
            if not fits:
                return _refuse("pin-wrong" if pin else "pin-needed")
        self.staff = staff
        return Outcome(Kind.SIGNED_IN, code=staff.short_name)

    def _pin_waits(self) -> bool:
        """True while PINs are not looked at, after too many wrong ones: guessing four digits must take days."""
        return self._clock.read().mono < self._pin_pause_until

    def _judge_pin(self, pin: str, fits: bool) -> None:
        if fits:
            self._wrong_pins = 0
        elif pin and not self._pin_waits():
            self._wrong_pins += 1
            if self._wrong_pins >= MOST_WRONG_PINS:
                self._pin_pause_until = self._clock.read().mono + PIN_PAUSE_MS * (
                    self._wrong_pins - MOST_WRONG_PINS + 1
                )

    def sign_out(self) -> None:
        """Nobody in particular serves any more."""
        self.staff = NOBODY

    def command(self, command: Command, stated: int | None = None) -> Outcome:
        """Carry out a command code, typed or scanned from the printed sheet."""
        match command.name:
            case "finish":
                return self.finish()
            case "undo":
                return self.undo()
            case "return" | "lend" | "renew" | "auto":
                return self.set_mode(command.name)
            case "override":
                return self.override(command.argument)
            case "cancel":
                self.drop_question()
                return Outcome(Kind.MODE, code=self.mode)
            case "pay":
                amount = rupiah(command.argument)
                return self.pay(amount) if amount else _refuse("amount-unreadable")
            case "condition":
                return self.condition(command.argument)
            case "book-drop":
                return self.empty_book_drop()
            case "profile":
                return self.use_profile(command.argument)
            case "lost":
                return self.lose(command.argument)
            case "provisional":
                return self.provisional(command.argument)
            case "reprint":
                return self.reprint()
            case "renew-all":
                return self.renew_all()
            case "renew-phone":
                return self.renew_by_phone(command.argument)
        return _refuse("command-unknown")

    def provisional(self, title: str, code: str = "") -> Outcome:
        """Take up a copy the catalogue does not know, to be catalogued later; lends it when a reader is open."""
        if right.CATALOGUE not in self.staff.rights:
            return no_right(right.CATALOGUE)
        self.pending = None
        hit = self.catalogue.add_provisional(self._with_tx(None), code or self.last_unknown, title)
        if hit is None:
            return _refuse("title-missing")
        self.last_unknown = ""
        if self.member_id:
            return self.lend_item(hit.item.id)
        return Outcome(Kind.PROVISIONAL, item=hit.item, title=hit.title, hits=(hit,), at=self._store.now())

    def reprint(self, tx: str = "") -> Outcome:
        """Queue the slip of a transaction again (the last one's when none is named)."""
        return self.slips.reprint(tx, self.staff)

    @property
    def prints(self) -> bool:
        """Whether finishing a transaction prints its slip."""
        with self._store.read() as facts:
            return str(facts.setting("slip.print")) == "always"

    def acts(self) -> list[ActLine]:
        """The acts of the running transaction, newest first."""
        if not self.tx:
            return []
        with self._store.read() as facts:
            return list(facts.acts(tx=self.tx, limit=300))

    # --- inside -------------------------------------------------------------------------------------------------

    def _desk(self, stated: int | None) -> Desk:
        return Desk(self.staff, self.tx, stated)

    def _with_tx(self, desk: Desk | None) -> Desk:
        if not self.tx:
            self.tx = secrets.token_hex(16)
        return replace(desk, tx=self.tx) if desk else Desk(self.staff, self.tx)

    def _asked(self, outcome: Outcome, desk: Desk, go_on: Callable[[Approval], Outcome]) -> Outcome:
        if outcome.kind is Kind.NEEDS_CONFIRMATION:
            self.pending = Pending(outcome, go_on, desk)
        return self._done(outcome)

    def _done(self, outcome: Outcome) -> Outcome:
        if outcome.event_id:
            self.acted += 1
        self.moved_at = self._clock.read().mono
        return replace(outcome, tx=self.tx)

    def _take_up(self) -> None:
        """After a restart: go on with the transaction that was never finished, so that its slip still comes."""
        found = self.slips.unfinished(self._clock.read().wall)
        if found is not None:
            self.tx, self.member_id, self.acted = found
            self.taken_up = True


def rupiah(text: str) -> int:
    """Whole rupiah from what a person types: 5000, 5.000, Rp5.000, Rp 5.000,-; 0 when it cannot be one."""
    found = _RUPIAH.fullmatch(text.strip())
    return int(found[1].replace(".", "")) if found else 0


def _impossible(code: str, **params: str | int) -> Verdict:
    return Verdict((Reason(code, Level.IMPOSSIBLE, dict(params)),))


def _refuse(code: str) -> Outcome:
    return Outcome(Kind.REFUSED, code=code, verdict=_impossible(code))
