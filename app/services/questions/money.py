"""F9: what a reader owes and pays; what becomes of money above it; what is forgiven; credit that is given back."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from app.domain.money import Surplus, rupiah
from app.domain.verdict import Param
from app.ports import ChargeLine, Store
from app.services.offsetting import moves
from app.services.outcome import MORE_THAN_OWED, Outcome
from app.services.questions.asked import CANCEL, Asked, fresh
from app.services.questions.going_on import then_go_on
from app.services.session import Session
from app.services.view import Answer, Choice, Field, FieldKind, Phrase, Question

_KEEP = {"give-change": Surplus.CHANGE, "keep-credit": Surplus.CREDIT}
"""What the answers about too much money mean."""


class MoneyQuestions:
    """The questions of the cash box over one session."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session

    # --- asking -------------------------------------------------------------------------------------------------

    def pay(self) -> Asked | None:
        """What the open reader owes (or whoever's book just came back late), to be paid or forgiven; of one who owes
        nothing the credit, to be given back; None for nobody or nothing. The chosen charge is paid first."""
        answers: tuple[Answer, ...]
        who = self._session.payer_id()
        with self._store.read() as facts:
            hit = facts.member_by_id(who) if who else None
            lines = facts.charges_of_member(who) if hit else ()
            held = sum(move.amount for move in moves(facts, who)) if hit else 0
        if hit is None:
            return None
        if not lines:
            return self.refund()
        choices = tuple(
            Choice(
                f"charge:{line.charge_id}",
                line.title or line.barcode or Phrase(_reason(line)),
                Phrase("charge", {"what": _reason(line), "on": line.on}),
                mono=line.barcode,
                side=Phrase("money", {"amount": line.left}),
            )
            for line in lines
        )
        if held:
            side = Phrase("money", {"amount": held})
            choices = (*choices, Choice("held:", Phrase("credit-held"), side=side, enabled=False))
        if hit.credit > 0:
            side = Phrase("money", {"amount": hit.credit})
            choices = (*choices, Choice("credit:", Phrase("credit"), side=side, enabled=False))
        name: dict[str, Param] = {"name": hit.member.name}
        if not hit.facts.owed:
            answers = (Answer("Enter", "settle", "settle", primary=True), CANCEL)
            about: dict[str, Param] = {**name, "amount": held}
            return Asked(Question(fresh(), "pay", "settle", about, answers=answers, choices=choices), "pay")
        fields = (Field("amount", "amount", FieldKind.MONEY, True, str(hit.facts.owed)), Field("payer", "payer"))
        answers = (
            Answer("Enter", "pay", "pay", primary=True, needs=("amount",)),
            Answer("F11", "waive", "waive"),
        )
        if hit.credit > 0:
            answers = (*answers, Answer("Shift+F11", "refund", "refund"))
        answers = (*answers, CANCEL)
        return Asked(Question(fresh(), "pay", "pay", name, fields, answers, choices), "pay")

    def refund(self) -> Asked | None:
        """How much of a reader's credit is given back, all of it unless less is typed, and why; None without credit."""
        who = self._session.payer_id()
        with self._store.read() as facts:
            hit = facts.member_by_id(who) if who else None
        if hit is None or hit.credit <= 0:
            return None
        about: dict[str, Param] = {"name": hit.member.name, "credit": hit.credit}
        fields = (
            Field("amount", "amount-refunded", FieldKind.MONEY, True, str(hit.credit)),
            Field("reason", "reason-plain", required=True),
        )
        answers = (Answer("Enter", "refund", "refund", primary=True, needs=("amount", "reason")), CANCEL)
        return Asked(Question(fresh(), "pay", "refund", about, fields, answers, begin="reason"), "refund", pending=True)

    def overpaid(self, refused: Outcome, payer: str = "", chosen: str = "") -> Asked:
        """More money than is owed lies on the desk: it goes back, or it is kept as credit."""
        figures = dict(refused.verdict.reasons[0].params)
        answers = (
            Answer("Enter", "give-change", "give-change", figures, primary=True),
            Answer("F11", "keep-credit", "keep-credit", figures),
            CANCEL,
        )
        question = Question(fresh(), "pay", "overpaid", figures, answers=answers)
        kept = {"amount": str(figures["given"]), "payer": payer, "chosen": chosen}
        return Asked(question, "overpaid", refused, pending=True, kept=kept)

    def _waive(self, charge_id: str) -> Asked | None:
        """How much of one charge is forgiven, and why."""
        who = self._session.payer_id()
        with self._store.read() as facts:
            hit = facts.member_by_id(who) if who else None
            line = next((one for one in facts.charges_of_member(who) if one.charge_id == charge_id), None)
        if hit is None or line is None:
            return None
        what: dict[str, Param] = {"name": hit.member.name, "title": line.title or line.barcode, "what": _reason(line)}
        fields = (
            Field("amount", "amount-waived", FieldKind.MONEY, True, str(line.left)),
            Field("reason", "reason-plain", required=True),
        )
        answers = (Answer("Enter", "waive", "waive", primary=True, needs=("amount", "reason")), CANCEL)
        code = "waive" if what["title"] else "waive-plain"
        question = Question(fresh(), "pay", code, what, fields, answers, begin="reason")
        return Asked(question, "waive", pending=True, kept={"charge": charge_id})

    # --- answering ----------------------------------------------------------------------------------------------

    def paid(self, asked: Asked, action: str, fields: Mapping[str, str], charge_id: str) -> Asked | Outcome | None:
        """The answer to F9: the money is taken, or the chosen charge is to be forgiven."""
        if action == "waive":
            waive = self._waive(charge_id)
            return replace(waive, held=asked.held) if waive else None
        if action == "refund":
            return self.refund()
        if action == "settle":
            return then_go_on(self._session, asked.held, self._session.settle())
        amount = rupiah(fields.get("amount", ""))
        if not amount:
            return replace(asked, question=replace(asked.question, wrong=Phrase("amount-unreadable")))
        payer = fields.get("payer", "")
        paid = self._session.pay(amount, payer, chosen=(charge_id,) if charge_id else ())
        if paid.code == MORE_THAN_OWED:
            return replace(self.overpaid(paid, payer, charge_id), held=asked.held)
        return then_go_on(self._session, asked.held, paid)

    def settled(self, asked: Asked, action: str) -> Outcome | None:
        """The answer about money above what is owed."""
        surplus = _KEEP.get(action)
        if surplus is None:
            return None
        kept = asked.kept
        chosen = (kept["chosen"],) if kept["chosen"] else ()
        paid = self._session.pay(int(kept["amount"]), kept["payer"], chosen=chosen, surplus=surplus)
        return then_go_on(self._session, asked.held, paid)

    def waived(self, asked: Asked, fields: Mapping[str, str]) -> Asked | Outcome:
        """The answer about what is forgiven; what does not fit is said and asked again."""
        amount, reason = rupiah(fields.get("amount", "")), fields.get("reason", "")
        if not amount:
            return _again(asked, Phrase("amount-unreadable"))
        outcome = self._session.waive(amount, reason, asked.kept["charge"])
        if outcome.code == "waiver-refused":
            return _again(asked, _why(outcome))
        return then_go_on(self._session, asked.held, outcome)

    def refunded(self, asked: Asked, fields: Mapping[str, str]) -> Asked | Outcome:
        """The answer about credit that is given back; what does not fit is said and asked again."""
        amount, reason = rupiah(fields.get("amount", "")), fields.get("reason", "")
        if not amount:
            return _again(asked, Phrase("amount-unreadable"))
        outcome = self._session.refund(amount, reason)
        return _again(asked, _why(outcome)) if outcome.code == "refund-refused" else outcome


def _again(asked: Asked, wrong: Phrase) -> Asked:
    """The same question with what was wrong; what was typed stays."""
    return replace(asked, question=replace(asked.question, wrong=wrong))


def _why(outcome: Outcome) -> Phrase:
    stop = outcome.verdict.reasons[0]
    return Phrase(stop.code, dict(stop.params))


def _reason(line: ChargeLine) -> str:
    kind, _, condition = line.reason.partition(".")
    return f"condition-{condition}" if kind == "condition" and condition else f"charge-{kind}"
