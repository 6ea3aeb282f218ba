"""The desk as a person meets it: one box, one open reader at most, one question at most.

Window and `meja scan` feed the same session; every scan is classified, looked up and carried out at once, and the
answer is a value. What was recorded is in the store before the answer exists; the session itself holds nothing that
could be lost but who stands at the desk.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from app.domain import right
from app.domain.barcode import Scan, ScanKind, ScanRules, parse
from app.domain.clock import local_date, to_ms, zone
from app.domain.decide_loan import OF_THE_READER, QUESTIONS
from app.domain.money import Surplus
from app.domain.records import ItemStatus, Staff
from app.domain.text import code_key
from app.domain.verdict import Verdict
from app.ports import ActLine, Clock, ItemHit, MemberHit, Store
from app.services.catalogue import Catalogue
from app.services.circulation import Approval, Circulation, Desk, no_right
from app.services.circulation.acting import RIGHT_TO
from app.services.circulation.damage import BROKEN, REPAIRED
from app.services.circulation.inserting import ASKED
from app.services.command_codes import carry_out
from app.services.holds import Holds
from app.services.lookup import Found, Lookup
from app.services.members import Members, NewMember
from app.services.money import Money
from app.services.outcome import REGISTERED, UNSEEN, Kind, Outcome, impossible, refused
from app.services.pins import Pins
from app.services.slips import RECEIPT, Slips, prints
from app.services.staff import NOBODY, People

SHOWN = 512
"""How much of what was scanned an answer repeats."""

EARLIEST_YEAR = 1800
"""No lending log that anybody types in is older; earlier years are slips of the finger."""

_PROBLEMS = frozenset({"too-long", "empty", "no-code", "unknown-command", "no-argument", "bad-date"})
DAY_MS = 86_400_000

AUTO, LEND, RETURN, RENEW = "auto", "lend", "return", "renew"


class Pending(Struct, frozen=True):
    """A question on the table: what was asked, and how to go on once it is signed for.

    `explained`: the act has a reason of its own, which whoever signs has seen. `after` is an act that waits for this
    one.
    """

    outcome: Outcome
    go_on: Callable[[Approval], Outcome]
    desk: Desk
    explained: bool = False
    after: Pending | None = None


class Session:
    """One desk in service over one store."""

    def __init__(self, store: Store, clock: Clock, rules: ScanRules, staff: Staff | None = None) -> None:
        self._store = store
        self._clock = clock
        self.rules = rules
        self.people = People(store)
        self._pins = Pins(store, self.people, clock)
        self._lookup = Lookup(store, rules)
        self.circulation = Circulation(store)
        self.money = Money(store)
        self.holds = Holds(store)
        self.catalogue = Catalogue(store)
        self.members = Members(store)
        self.slips = Slips(store)
        self.staff = staff or self.people.default()
        self.mode = AUTO
        self.member_id = ""
        self.tx = ""
        self.pending: Pending | None = None
        self.choosing: Desk | None = None
        self.signed: Approval | None = None
        self.profile = ""
        self.book_drop = False
        self.last_unknown = self.unknown_card = ""
        self.last_return: Outcome | None = None
        self.last_broken: Outcome | None = None
        self.last_fined: Outcome | None = None
        self.acted = 0
        self.registered = ""
        self._last_tx = ""
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
            return Outcome(Kind.UNKNOWN, code=problem, verdict=impossible(problem))
        stated = None
        if scan.at is not None:
            stated, refusal = self._stated(scan.at)
            if refusal is not None:
                return refusal
        if scan.command is not None and stated is not None:
            return refused("time-for-scans-only")
        if scan.command is not None:
            return carry_out(self, scan.command)
        if stated is None and self._is_double(scan.code):
            return Outcome(Kind.REPEATED, code="double-scan")
        self.pending = self.last_broken = self.choosing = None
        return self._act_on(scan, self._desk(stated))

    def _stated(self, local: datetime) -> tuple[int | None, Outcome | None]:
        """The stated time of an act from a paper log; it must lie in the past and needs a right."""
        if right.LATE_ENTRY not in self.staff.rights:
            return None, no_right(right.LATE_ENTRY)
        if local.year < EARLIEST_YEAR:
            return None, refused("time-too-early")
        stated = to_ms(local.replace(tzinfo=zone(self._store.zone)))
        if stated > self._store.now():
            return None, refused("time-in-future")
        with self._store.read() as facts:
            days = int(facts.setting("desk.stated_days"))
        if days and stated < self._store.now() - days * DAY_MS:
            return None, refused("time-too-old", days=days)
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
        found = self._lookup.find(scan)
        if found.nothing:
            isbn = next((code for kind, code in scan.candidates if kind is ScanKind.ISBN), "")
            title = self._isbn(isbn, desk) if isbn else None
            if title is not None and (title.kind is not Kind.UNKNOWN or scan.kind is ScanKind.ISBN):
                return title
            found = self._lookup.mended(scan)
        outcome = self._found(found, desk)
        return replace(outcome, notes=(*found.scan.notes, *outcome.notes)) if found.scan.repair else outcome

    def _found(self, found: Found, desk: Desk) -> Outcome:
        scan, items, members = found.scan, found.items, found.members
        if len(items) + len(members) > 1:
            self.choosing = desk
            return Outcome(Kind.AMBIGUOUS, code="several", hits=items, members=tuple(hit.member for hit in members))
        if members or items:
            self.last_unknown = self.unknown_card = ""
        if members:
            return self.open_member(members[0].member.id)
        if items:
            return self.take_item(items[0], desk)
        glued = bool(scan.parts) or self._lookup.is_two_codes(scan.code)
        code = "glued" if glued else "unknown-code"
        self.last_unknown = "" if glued else scan.code
        card = next((text for kind, text in scan.candidates if kind is ScanKind.MEMBER_CARD), "")
        self.unknown_card = "" if glued else card
        self.choosing = desk
        return Outcome(Kind.UNKNOWN, code=code, verdict=impossible(code, found=scan.code[:64]))

    def _isbn(self, isbn: str, desk: Desk) -> Outcome:
        """The ISBN on the back names a title, not a copy: the only copy that can be meant is taken, else ask."""
        title, hits = self._lookup.copies_of_isbn(isbn)
        if not hits:
            self.last_unknown = self.unknown_card = ""
            return Outcome(Kind.UNKNOWN, code="isbn-without-copies" if title else "isbn-unknown", title=title)
        returning = self.mode in (RETURN, RENEW) or not self.member_id
        meant = [hit for hit in hits if (hit.facts.loan is not None) == returning]
        if len(meant) == 1:
            return self.take_item(meant[0], desk)
        self.choosing = desk
        return Outcome(Kind.AMBIGUOUS, code="isbn", title=title, hits=tuple(meant or hits))

    # --- readers ------------------------------------------------------------------------------------------------

    def open_member(self, member_id: str) -> Outcome:
        """Open a reader's transaction; another open one is finished first, and that is said."""
        self.pending = self.choosing = None
        if member_id != self.registered:
            self.registered = ""
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
                Kind.REFUSED, code="card-first", item=hit.item, title=hit.title, verdict=impossible("card-first")
            )
        if hit.facts.loan is not None or hit.facts.status in (ItemStatus.LOST, ItemStatus.MISSING):
            return self.return_item(hit.item.id, desk)
        if desk.stated_at is not None and self.circulation.was_out(hit.item.id, desk.stated_at):
            return self.return_item(hit.item.id, desk)
        return self.show_item(hit)

    def show_item(self, hit: ItemHit) -> Outcome:
        """Say what a copy is and where it belongs, and do nothing with it."""
        shown = Outcome(
            Kind.SHOWN,
            code="in",
            verdict=self.circulation.standing_of_copy(hit),
            item=hit.item,
            title=hit.title,
            hits=(hit,),
            at=self._store.now(),
        )
        self.last_broken = shown if hit.item.status in BROKEN else None
        return shown

    def lend_item(self, item_id: str, desk: Desk | None = None) -> Outcome:
        """Lend a copy to the open reader, or put the question on the table."""
        if self._nobody_may():
            return refused("sign-in-first")
        desk, member_id, profile = self._with_tx(desk), self.member_id, self.profile
        return self._asked(
            self.circulation.lend(desk, member_id, item_id, profile=profile),
            desk,
            lambda approval: self.circulation.lend(desk, member_id, item_id, approval, profile=profile),
        )

    def renew_item(self, item_id: str, desk: Desk | None = None, *, seen: bool = True) -> Outcome:
        """Renew the loan of a copy, whoever has it. `seen` False: asked by telephone or message, the book not here."""
        if self._nobody_may():
            return refused("sign-in-first")
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
        return self.renew_item(hits[0].item.id, seen=False) if hits else refused("item-unknown")

    def renew_all(self, *, seen: bool = True) -> Outcome:
        """Renew every loan of the open reader: each part answers for its copy, and none puts a question."""
        self.pending = None
        with self._store.read() as facts:
            hit = facts.member_by_id(self.member_id) if self.member_id else None
            lines = facts.loans_of_member(self.member_id, closed=False, limit=200) if hit else ()
        if hit is None or not lines:
            return refused("nothing-on-loan")
        if self._nobody_may():
            return refused("sign-in-first")
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
        desk = self._with_tx(desk)

        def take_back(approval: Approval | None = None) -> Outcome:
            outcome = self.circulation.return_item(desk, item_id, approval, returned_on=on, book_drop=dropped)
            if outcome.event_id:
                self.last_return = outcome
                self.last_fined = outcome if outcome.fine else self.last_fined
            return outcome

        return self._asked(take_back(), desk, take_back)

    # --- questions ----------------------------------------------------------------------------------------------

    def override(self, reason: str, pin: str = "", signer_name: str = "", *, whole: bool = False) -> Outcome:
        """Sign for the open question: plain questions by anybody, everything else by right, with a reason.

        `pin` is a supervisor's; where it is more than one person's, `signer_name` (or a badge) says whose. With
        `whole` the signature also serves what else this reader takes in the same transaction for the same reasons.
        """
        pending = self.pending
        if pending is None:
            return refused("no-question")
        codes = frozenset(pending.outcome.verdict.missing())
        if codes == {"on-loan-to-this-member"} and pending.outcome.item is not None:
            # The copy is this reader's own already: to go on with it is to renew it.
            self.pending = None
            return self.renew_item(pending.outcome.item.id, pending.desk)
        signed = self._signed_for(pending.outcome)
        approval = Approval(codes, self.staff.id, earlier=signed)
        if not codes <= QUESTIONS:
            signer, problem = self._signer(self.right_to_sign(codes), pin, signer_name)
            if signer is None:
                return replace(pending.outcome, code=problem)
            if not reason.strip() and not pending.explained:
                return replace(pending.outcome, code="reason-missing")
            approval = Approval(codes, signer.id, "" if pending.explained else reason, earlier=signed)
            if whole and self._is_own(pending.outcome):
                self.signed = replace(approval, codes=codes & OF_THE_READER)
        self.pending = None
        return self._asked(pending.go_on(approval), pending.desk, pending.go_on)

    @property
    def pin_waits(self) -> int:
        """Seconds until a supervisor's PIN is looked at again; 0 = now."""
        return self._pins.waits_seconds()

    @staticmethod
    def right_to_sign(codes: Collection[str]) -> str:
        """The right a signature for these reasons needs."""
        acts = [RIGHT_TO[code] for code in codes if code in RIGHT_TO]
        if acts:
            return acts[0]
        return right.LATE_ENTRY if set(codes) - QUESTIONS == {ASKED} else right.OVERRIDE

    def _signer(self, needed: str, pin: str, name: str) -> tuple[Staff | None, str]:
        """Who signs, or the code of what is missing."""
        if needed in self.staff.rights:
            return self.staff, ""
        if pin and self._pins.waits_seconds():
            return None, "pin-waits"
        found = self._pins.signers(pin, needed, name)
        if not found:
            return None, "pin-wrong" if pin else "needs-supervisor"
        return (found[0], "") if len(found) == 1 else (None, "pin-shared")

    def go_on(self, held: Pending) -> Outcome:
        """Try once more what a question was about, when its cause may be gone."""
        return self._asked(held.go_on(Approval(frozenset())), held.desk, held.go_on)

    def drop_question(self) -> None:
        """Leave the question; nothing happens."""
        self.pending = None

    # --- money, undo, finish ------------------------------------------------------------------------------------

    def pay(
        self,
        amount: int,
        payer: str = "",
        member_id: str = "",
        chosen: tuple[str, ...] = (),
        surplus: Surplus = Surplus.REFUSED,
    ) -> Outcome:
        """Take money from the open reader, or from the one whose book just came back late. `surplus` says what becomes
        of money above what is owed; without a word about it nothing is taken."""
        self.pending = None
        who = member_id or self.payer_id()
        if not who:
            return refused("nobody-to-pay-for")
        if self._nobody_may():
            return refused("sign-in-first")
        outcome = self._done(
            self.money.pay(self._with_tx(None), who, amount, chosen=chosen, payer=payer, surplus=surplus)
        )
        if outcome.kind is Kind.PAID:
            outcome = replace(outcome, receipt=self.slips.receipt_no(outcome.number, RECEIPT))
        return outcome

    def waive(self, amount: int, reason: str, charge_id: str = "") -> Outcome:
        """Forgive part or all of one charge of the open reader, or of the one whose book just came back late: the
        oldest, or the one named."""
        self.pending = None
        who = self.payer_id()
        if not who:
            return refused("nobody-to-pay-for")
        with self._store.read() as facts:
            charges = facts.charges_of_member(who)
        if not charges:
            return refused("nothing-owed")
        desk, charge = self._with_tx(None), charge_id or charges[0].charge_id

        def waive(approval: Approval | None = None) -> Outcome:
            return self.money.waive(desk, who, charge, amount, reason, approval)

        return self._asked(waive(), desk, waive, explained=True)

    def refund(self, amount: int, reason: str) -> Outcome:
        """Give the open reader's credit back in cash, or that of the one whose book just came back late."""
        self.pending = None
        who = self.payer_id()
        if not who:
            return refused("nobody-to-pay-for")
        if self._nobody_may():
            return refused("sign-in-first")
        desk = self._with_tx(None)

        def refund(approval: Approval | None = None) -> Outcome:
            outcome = self.money.refund(desk, who, amount, reason, approval)
            return (
                replace(outcome, receipt=self.slips.receipt_no(outcome.number, RECEIPT)) if outcome.number else outcome
            )

        return self._asked(refund(), desk, refund, explained=True)

    def waive_of(self, amount: int, reason: str) -> Outcome:
        """The same as it is typed: "CODE: reason" names the copy whose charge is meant."""
        named, colon, rest = reason.partition(":")
        who = self.payer_id()
        with self._store.read() as facts:
            charges = facts.charges_of_member(who) if who and colon else ()
        code = code_key(named.strip())
        meant = next((line.charge_id for line in charges if line.barcode and code_key(line.barcode) == code), "")
        return self.waive(amount, rest if meant else reason, meant)

    def payer_id(self) -> str:
        """Whose debts a payment would be for."""
        if self.member_id:
            return self.member_id
        late = self.last_fined
        return late.member.id if late is not None and late.member is not None else ""

    @property
    def may_undo(self) -> bool:
        """Whether there is an act to take back: of the running transaction, or at an empty desk of the last one."""
        return bool(self.acted or self.registered or (self._last_tx and not self.member_id))

    def undo(self) -> Outcome:
        """Take back the last act: of the running transaction, or at an empty desk of the last one."""
        self.pending = None
        self.last_return = self.last_fined = None
        self._last_code = ("", -(10**12))
        if self.registered and not self.acted:
            return self._unregister()
        if self.member_id and not self.acted:
            return refused("nothing-to-undo")
        desk, scope = (self._with_tx(None), self.tx) if self.acted else (Desk(self.staff), self._last_tx)

        def undo(approval: Approval | None = None) -> Outcome:
            return self.circulation.undo(desk, scope, approval)

        outcome = undo()
        if outcome.code == "nothing-to-undo" and self.registered:
            return refused("registration-used")
        if outcome.kind is Kind.NEEDS_CONFIRMATION:
            self.pending = Pending(outcome, undo, desk)
        return self._done(outcome)

    def condition(self, code: str, *, repair: bool = False) -> Outcome:
        """Note the condition of the copy that was just returned, or that a broken one just shown is whole again."""
        self.pending = None
        if code == REPAIRED:
            return self._repaired()
        last = self.last_return
        if last is None or last.item is None:
            return refused("nothing-returned")
        outcome = self.circulation.note_condition(self._with_tx(None), last.item.id, last.event_id, code, repair=repair)
        if outcome.event_id:
            # One condition a return: a second one would charge the reader twice.
            self.last_return = None
            if outcome.fine and outcome.member is not None:
                self.last_fined = outcome
        return self._done(outcome)

    def _repaired(self) -> Outcome:
        broken, self.last_broken = self.last_broken, None
        if broken is None or broken.item is None:
            return refused("not-in-repair")
        return self._done(self.circulation.mend(self._with_tx(None), broken.item.id))

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
        self.member_id, self.tx, self.acted, self.profile = "", "", 0, ""
        self.last_unknown = self.unknown_card = ""
        self.registered = "" if acted else self.registered
        self.signed = self.choosing = None
        if self.mode != RETURN:
            self.mode = AUTO
        return outcome

    # --- modes, staff, commands ---------------------------------------------------------------------------------

    def set_mode(self, mode: str) -> Outcome:
        """Choose what the next copies are taken for; returning in a pile closes an open reader first."""
        if mode == RETURN and self.member_id:
            self.finish()
        self.mode, self.book_drop = mode, False
        self.pending = self.choosing = None
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
            return refused("profile-unknown")
        self.profile = name
        return Outcome(Kind.MODE, code="profile")

    def fix_due(self, code: str, wanted: date, reason: str) -> Outcome:
        """Let the loan of a copy, by its barcode, end on a later day, whoever has it."""
        self.pending = None
        with self._store.read() as facts:
            hits = facts.item_by_code(code)
        if len(hits) != 1:
            return refused("several-copies" if hits else "item-unknown")
        return self.fix_due_item(hits[0].item.id, wanted, reason)

    def fix_due_item(self, item_id: str, wanted: date, reason: str) -> Outcome:
        """Let the loan of a copy end on a later day, whoever has it."""
        self.pending = None
        desk = self._with_tx(None)

        def fix(approval: Approval | None = None) -> Outcome:
            return self.circulation.fix_due(desk, item_id, wanted, reason, approval)

        return self._asked(fix(), desk, fix, explained=True)

    def lose(self, code: str) -> Outcome:
        """Take a copy as lost by its barcode; one that several copies carry says of none that it is lost."""
        self.pending = None
        with self._store.read() as facts:
            hits = facts.item_by_code(code)
        if len(hits) != 1:
            return refused("several-copies" if hits else "item-unknown")
        return self.lose_item(hits[0].item.id)

    def lose_item(self, item_id: str) -> Outcome:
        """Take a copy as lost; whoever had it pays for it, at once if they like."""
        self.pending = None
        desk = self._with_tx(None)

        def lose(approval: Approval | None = None) -> Outcome:
            outcome = self.circulation.lose(desk, item_id, approval)
            if outcome.fine and outcome.member is not None:
                self.last_fined = outcome
            return outcome

        return self._asked(lose(), desk, lose)

    def sign_in_badge(self, code: str) -> Outcome:
        """Sign in by badge; a person with a PIN is asked for it by the caller."""
        staff = self.people.by_badge(code)
        return self.sign_in(staff) if staff is not None else refused("badge-unknown")

    def sign_in(self, staff: Staff, pin: str | None = None) -> Outcome:
        """Sign a person in; with a PIN set, only with it."""
        waits = self._pins.waits_seconds(staff.id) if staff.pin_hash and pin else 0
        if waits:
            return refused("pin-waits", seconds=waits)
        if staff.pin_hash and not self._pins.fits(staff, pin or ""):
            return refused("pin-wrong" if pin else "pin-needed", staff=staff.id)
        self.staff = staff
        return Outcome(Kind.SIGNED_IN, code=staff.short_name)

    def sign_out(self) -> None:
        """Nobody in particular serves any more."""
        self.staff = NOBODY

    def provisional(self, title: str, code: str = "") -> Outcome:
        """Take up a copy the catalogue does not know, to be catalogued later; lends it when a reader is open."""
        if right.CATALOGUE not in self.staff.rights:
            return no_right(right.CATALOGUE)
        self.pending = None
        desk = self._with_tx(self.choosing)
        hit = self.catalogue.add_provisional(self._with_tx(None), code or self.last_unknown, title)
        if hit is None:
            return refused("title-missing")
        self.last_unknown = self.unknown_card = ""
        if self.member_id:
            return self.lend_item(hit.item.id, desk)
        return Outcome(Kind.PROVISIONAL, item=hit.item, title=hit.title, hits=(hit,), at=self._store.now())

    def register(self, new: NewMember, number: str = "") -> Outcome:
        """Make whoever's unknown card was just scanned, or who gets this number, a member from today, and open the new
        reader's transaction."""
        if right.CATALOGUE not in self.staff.rights:
            return no_right(right.CATALOGUE)
        if self._nobody_may():
            return refused("sign-in-first")
        member = self.members.register(self._desk(None), self.unknown_card or number, new)
        if isinstance(member, str):
            return refused(member)
        self.last_unknown = self.unknown_card = ""
        outcome = replace(self.open_member(member.id), code="registered")
        self.registered = member.id
        return outcome

    def _unregister(self) -> Outcome:
        """Take the registration back that was just made; the card may be registered again at once."""
        member = self.members.withdraw(self._desk(None), self.registered)
        if isinstance(member, str):
            return refused(member)
        self.finish()
        self.registered = ""
        self.unknown_card = self.last_unknown = member.member_no
        return Outcome(Kind.UNDONE, member=member, at=self._store.now(), undone_kind=REGISTERED)

    def reprint(self, tx: str = "") -> Outcome:
        """Queue the slip of a transaction again (the last one's when none is named)."""
        return self.slips.reprint(tx, self.staff)

    @property
    def prints(self) -> bool:
        """Whether finishing a transaction prints its slip."""
        with self._store.read() as facts:
            return prints(facts)

    def acts(self) -> list[ActLine]:
        """The acts of the running transaction, newest first."""
        if not self.tx:
            return []
        with self._store.read() as facts:
            return list(facts.acts(tx=self.tx, limit=300))

    def unmanned(self) -> bool:
        """True while nobody in particular serves, though somebody could sign in."""
        return not self.staff.id and bool(self.people.active())

    # --- inside -------------------------------------------------------------------------------------------------

    def _nobody_may(self) -> bool:
        """True when this library wants a name under what it gives out, and there is none yet. What comes back is taken
        all the same: the book is here, whoever sits at the desk."""
        if not self.unmanned():
            return False
        with self._store.read() as facts:
            return bool(facts.setting("desk.needs_sign_in"))

    def _desk(self, stated: int | None) -> Desk:
        return Desk(self.staff, self.tx, stated, self.member_id)

    def _with_tx(self, desk: Desk | None) -> Desk:
        if not self.tx:
            self.tx = secrets.token_hex(16)
        return replace(desk, tx=self.tx) if desk else Desk(self.staff, self.tx, reader=self.member_id)

    def _asked(
        self, outcome: Outcome, desk: Desk, go_on: Callable[[Approval], Outcome], *, explained: bool = False
    ) -> Outcome:
        """Put the question on the table, unless this transaction's signature answers it already."""
        if outcome.kind is Kind.NEEDS_CONFIRMATION:
            signed = self._signed_for(outcome)
            outcome = replace(outcome, verdict=outcome.verdict.eased(signed.covers() if signed else ()))
            if not outcome.verdict.missing():
                return self._done(go_on(signed or Approval(frozenset())))
            self.pending = Pending(outcome, go_on, desk, explained)
        return self._done(outcome)

    def _signed_for(self, outcome: Outcome) -> Approval | None:
        """What was signed for this reader's whole transaction."""
        return self.signed if self._is_own(outcome) else None

    def _is_own(self, outcome: Outcome) -> bool:
        """True when an answer is about the reader at the desk, and not about another one's book that is renewed."""
        return outcome.member is not None and outcome.member.id == self.member_id

    def _done(self, outcome: Outcome) -> Outcome:
        # An undo at an empty desk belongs to the transaction it reaches back into.
        if outcome.event_id and self.tx:
            self.acted += 1
        self.moved_at = self._clock.read().mono
        return replace(outcome, tx=self.tx)

    def _take_up(self) -> None:
        """After a restart: go on with the transaction that was never finished, so that its slip still comes."""
        found = self.slips.unfinished(self._clock.read().wall)
        if found is not None:
            self.tx, self.member_id, self.acted = found
            self.taken_up = True
