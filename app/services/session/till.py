"""The till: what the reader at the desk pays, is forgiven, gets back."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.money import Surplus
from app.domain.text import code_key
from app.ports import Store
from app.services.circulation import Approval
from app.services.money import Money
from app.services.outcome import Kind, Outcome, refused
from app.services.session.serving import Serving
from app.services.session.signing import Signing
from app.services.session.state import State
from app.services.slips import RECEIPT, Slips


class Till:
    """Money of the open reader, or of the one whose book just came back late."""

    def __init__(self, store: Store, state: State, serving: Serving, signing: Signing) -> None:
        self._store = store
        self._state = state
        self._serving = serving
        self._signing = signing
        self._money = Money(store)
        self._slips = Slips(store)

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
        self._state.pending = None
        who = member_id or self.payer_id()
        if not who:
            return refused("nobody-to-pay-for")
        if self._serving.nobody_may():
            return refused("sign-in-first")
        outcome = self._state.done(
            self._money.pay(self._state.with_tx(None), who, amount, chosen=chosen, payer=payer, surplus=surplus)
        )
        if outcome.kind is Kind.PAID:
            outcome = replace(outcome, receipt=self._slips.receipt_no(outcome.number, RECEIPT))
        return outcome

    def settle(self) -> Outcome:
        """Settle what the open reader owes, or whoever's book just came back late, from credit."""
        self._state.pending = None
        who = self.payer_id()
        if not who:
            return refused("nobody-to-pay-for")
        if self._serving.nobody_may():
            return refused("sign-in-first")
        outcome = self._state.done(self._money.settle(self._state.with_tx(None), who))
        receipt = self._slips.receipt_no(outcome.number, RECEIPT) if outcome.number else ""
        return replace(outcome, receipt=receipt)

    def waive(self, amount: int, reason: str, charge_id: str = "") -> Outcome:
        """Forgive part or all of one charge of the open reader, or of the one whose book just came back late: the
        oldest, or the one named."""
        self._state.pending = None
        who = self.payer_id()
        if not who:
            return refused("nobody-to-pay-for")
        with self._store.read() as facts:
            charges = facts.charges_of_member(who)
        if not charges:
            return refused("nothing-owed")
        desk, charge = self._state.with_tx(None), charge_id or charges[0].charge_id

        def waive(approval: Approval | None = None) -> Outcome:
            return self._money.waive(desk, who, charge, amount, reason, approval)

        return self._signing.asked(waive(), desk, waive, explained=True)

    def refund(self, amount: int, reason: str) -> Outcome:
        """Give the open reader's credit back in cash, or that of the one whose book just came back late."""
        self._state.pending = None
        who = self.payer_id()
        if not who:
            return refused("nobody-to-pay-for")
        if self._serving.nobody_may():
            return refused("sign-in-first")
        desk = self._state.with_tx(None)

        def refund(approval: Approval | None = None) -> Outcome:
            outcome = self._money.refund(desk, who, amount, reason, approval)
            return (
                replace(outcome, receipt=self._slips.receipt_no(outcome.number, RECEIPT)) if outcome.number else outcome
            )

        return self._signing.asked(refund(), desk, refund, explained=True)

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
        if self._state.member_id:
            return self._state.member_id
        late = self._state.last_fined
        return late.member.id if late is not None and late.member is not None else ""
