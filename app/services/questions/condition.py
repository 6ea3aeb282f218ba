"""Ctrl+K: what state a copy came back in, that a broken one is whole again, that a reader has lost one."""

from __future__ import annotations

from app.domain.clock import local_datetime
from app.domain.money import lost_charge
from app.domain.verdict import Param
from app.ports import Store
from app.services.circulation.damage import REPAIRED
from app.services.outcome import Outcome
from app.services.questions.asked import CANCEL, PICK, Asked, fresh
from app.services.session import Session
from app.services.view import Answer, Choice, Phrase, Question

_TO_REPAIR = Answer("F11", "repair", "repair")
_MOST_LOANS = 100


class ConditionQuestions:
    """The questions about the state of copies over one session."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session

    def condition(self) -> Asked | None:
        """What there is to note now: of a broken copy just shown that it is whole, of the copy just returned what is
        wrong with it, and of the open reader's loans that one is lost. None when there is nothing."""
        last, broken = self._session.last_return, self._session.last_broken
        if broken is not None:
            whole = (Choice(f"condition:{REPAIRED}", Phrase(f"condition-{REPAIRED}")),)
            title: dict[str, Param] = {"title": broken.title.title if broken.title else ""}
            question = Question(fresh(), "pick", "condition", title, answers=(PICK, CANCEL), choices=whole)
            return Asked(question, "condition", broken)
        name, lost = self._losses()
        if last is None or last.item is None:
            if not lost:
                return None
            question = Question(fresh(), "pick", "lost-which", {"name": name}, answers=(PICK, CANCEL), choices=lost)
            return Asked(question, "condition")
        with self._store.read() as facts:
            now = local_datetime(self._store.now(), self._store.zone)
            charges = facts.policy_on(now.date()).thresholds.condition_charges
        noted = tuple(
            Choice(f"condition:{code}", Phrase(f"condition-{code}"), side=Phrase("money", {"amount": amount}))
            for code, amount in charges
        )
        about: dict[str, Param] = {"title": last.title.title if last.title else ""}
        question = Question(
            fresh(), "pick", "condition", about, answers=(PICK, _TO_REPAIR, CANCEL), choices=(*noted, *lost)
        )
        return Asked(question, "condition", last)

    def _losses(self) -> tuple[str, tuple[Choice, ...]]:
        """The open reader's name and loans, each with what its loss would cost."""
        reader = self._session.member_id
        with self._store.read() as facts:
            hit = facts.member_by_id(reader) if reader else None
            lines = facts.loans_of_member(reader, closed=False, limit=_MOST_LOANS) if hit else ()
        choices = tuple(
            Choice(
                f"lost:{line.item_id}",
                Phrase("lost-book", {"title": line.title}),
                line.author,
                mono=line.barcode,
                side=Phrase("money", {"amount": self._cost(line.item_id)}),
            )
            for line in lines
        )
        return (hit.member.name if hit else "", choices)

    def _cost(self, item_id: str) -> int:
        """What the loss of a copy that is on loan costs by the rules in force."""
        with self._store.read() as facts:
            hit = facts.item_by_id(item_id)
            now = local_datetime(self._store.now(), self._store.zone)
            return lost_charge(facts.policy_on(now.date()).thresholds, hit.item.price if hit else None)

    def lost(self, item_id: str) -> Asked | None:
        """Is this copy lost? It ends the loan and costs the reader its price, so it is asked once more. Whoever
        lacks the right to it is asked for a signature then."""
        with self._store.read() as facts:
            hit = facts.item_by_id(item_id)
            loan = hit.facts.loan if hit else None
            reader = facts.member_by_id(loan.member_id) if loan and loan.member_id else None
        if hit is None or reader is None:
            return None
        about: dict[str, Param] = {
            "title": hit.title.title,
            "name": reader.member.name,
            "amount": self._cost(item_id),
        }
        answers = (Answer("F11", "lost", "record-lost", primary=True), CANCEL)
        code = "lost" if about["amount"] else "lost-free"
        question = Question(fresh(), "confirm", code, about, answers=answers, held=hit.item.barcode)
        return Asked(question, "lost", pending=True, kept={"item": item_id})

    def noted(self, action: str, kind: str, target: str) -> Asked | Outcome | None:
        """The answer to Ctrl+K."""
        match kind:
            case "lost":
                return self.lost(target)
            case "condition":
                return self._session.condition(target, repair=action == "repair")
        return None
