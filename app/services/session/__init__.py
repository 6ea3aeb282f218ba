"""The desk as a person meets it: one box, one open reader at most, one question at most.

Window and `meja scan` feed the same session; every scan is classified, looked up and carried out at once, and the
answer is a value. What was recorded is in the store before the answer exists; the session itself holds nothing that
could be lost but who stands at the desk.

One module a duty, all over one `State`; `Session` is that state with every duty's verbs.
"""

from __future__ import annotations

from app.domain.barcode import ScanRules
from app.domain.records import Staff
from app.ports import Clock, Store
from app.services.circulation import Circulation
from app.services.command_codes import carry_out
from app.services.members import Members
from app.services.pins import Pins
from app.services.session.copies import Copies
from app.services.session.readers import Readers
from app.services.session.scanning import Scanning
from app.services.session.serving import Serving
from app.services.session.signing import Signing
from app.services.session.state import AUTO, LEND, RENEW, RETURN, Pending, State
from app.services.session.till import Till
from app.services.session.transaction import Transaction
from app.services.session.undoing import Undoing
from app.services.slips import Slips
from app.services.staff import People

__all__ = ["AUTO", "LEND", "RENEW", "RETURN", "Pending", "Session"]


class Session(State):
    """One desk in service over one store."""

    def __init__(self, store: Store, clock: Clock, rules: ScanRules, staff: Staff | None = None) -> None:
        self.people = People(store)
        super().__init__(clock, staff or self.people.default())
        self.rules = rules
        self.circulation = Circulation(store)
        self.members = Members(store)
        self.slips = Slips(store)
        pins = Pins(store, self.people, clock)
        serving = Serving(store, self, self.people, pins)
        signing = self._signing = Signing(self, pins)
        transaction = self._transaction = Transaction(store, self)
        readers = Readers(store, self, self.members, serving, transaction)
        copies = Copies(store, self, serving, signing)
        till = Till(store, self, serving, signing)
        undoing = self._undoing = Undoing(store, self, readers, copies)
        scanning = Scanning(store, self, rules, serving, readers, copies, lambda command: carry_out(self, command))

        self.scan = scanning.scan
        self.reader_of = scanning.reader_of

        self.open_member = readers.open_member
        self.register = readers.register
        self.extend = readers.extend

        self.take_item = copies.take_item
        self.take_meant = copies.take_meant
        self.show_item = copies.show_item
        self.lend_item = copies.lend_item
        self.return_item = copies.return_item
        self.renew_item = copies.renew_item
        self.renew_by_phone = copies.renew_by_phone
        self.renew_all = copies.renew_all
        self.condition = copies.condition
        self.fix_due = copies.fix_due
        self.fix_due_item = copies.fix_due_item
        self.lose = copies.lose
        self.lose_item = copies.lose_item
        self.provisional = copies.provisional

        self.override = signing.override
        self.right_to_sign = signing.right_to_sign
        self.go_on = signing.go_on
        self.drop_question = signing.drop_question

        self.pay = till.pay
        self.settle = till.settle
        self.waive = till.waive
        self.waive_of = till.waive_of
        self.refund = till.refund
        self.payer_id = till.payer_id

        self.undo = undoing.undo

        self.finish = transaction.finish
        self.set_mode = transaction.set_mode
        self.empty_book_drop = transaction.empty_book_drop
        self.use_profile = transaction.use_profile
        self.reprint = transaction.reprint
        self.acts = transaction.acts

        self.sign_in = serving.sign_in
        self.sign_in_badge = serving.sign_in_badge
        self.sign_out = serving.sign_out
        self.unmanned = serving.unmanned

        transaction.take_up()

    @property
    def pin_waits(self) -> int:
        """Seconds until a supervisor's PIN is looked at again; 0 = now."""
        return self._signing.pin_waits

    @property
    def may_undo(self) -> bool:
        """Whether there is an act to take back: of the running transaction, or at an empty desk of the last one."""
        return self._undoing.may_undo

    @property
    def prints(self) -> bool:
        """Whether finishing a transaction prints its slip."""
        return self._transaction.prints
