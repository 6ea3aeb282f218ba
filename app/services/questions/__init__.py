"""The questions a desk may put, and what their answers do. One is open at most; every answer has a key.

One module a kind of question; `Questions` is all of them over one session.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from app.ports import Store
from app.services.outcome import Outcome
from app.services.questions.asked import CANCEL, Asked, fresh
from app.services.questions.condition import ConditionQuestions
from app.services.questions.due_date import DueDateQuestion
from app.services.questions.extending import ExtendQuestion
from app.services.questions.finding import FindQuestions
from app.services.questions.lists import ListQuestions
from app.services.questions.money import MoneyQuestions
from app.services.questions.registering import RegisterQuestion
from app.services.questions.settings import SettingQuestions
from app.services.questions.sign_in import SignInQuestions
from app.services.questions.signing import SigningQuestions
from app.services.session import Session
from app.services.view import Answer, Field, Question


class Questions:
    """Makes questions from the session's state and carries out their answers."""

    def __init__(self, store: Store, session: Session) -> None:
        self._session = session
        self._signing = SigningQuestions(session)
        self._finding = FindQuestions(store, session)
        self._lists = ListQuestions(store, session)
        self._sign_in = SignInQuestions(session)
        self._settings = SettingQuestions(store, session)
        self._money = MoneyQuestions(store, session)
        self._condition = ConditionQuestions(store, session)
        self._due_date = DueDateQuestion(store, session)
        self._registering = RegisterQuestion(session)
        self._extending = ExtendQuestion(store, session)

    # --- asking -------------------------------------------------------------------------------------------------

    def open(self, action: str) -> Asked | None:
        """The question behind a key; None when it has nothing to ask about. Only taking up what was just scanned goes
        on with that scan."""
        if action not in ("provisional", "register"):
            self._session.forget_scan()
        match action:
            case "find-member":
                return self._finding.find("find-member", "search-member")
            case "find-title":
                return self._finding.find("find-title", "search-title")
            case "last":
                return self._lists.last()
            case "history":
                return self._lists.history()
            case "renew-phone":
                return self._lists.renew_phone()
            case "help":
                return self._lists.help()
            case "pay":
                return self._money.pay()
            case "condition":
                return self._condition.condition()
            case "sign-in":
                return self._sign_in.ask()
            case "provisional":
                return self._provisional()
            case "register":
                return self._registering.ask()
            case "extend":
                return self._extending.ask()
            case "settings":
                return self._settings.settings()
        return None

    def confirm(self, outcome: Outcome) -> Asked:
        """The answers to an act that needs a signature, the right one first."""
        return self._signing.confirm(outcome)

    def which(self, outcome: Outcome) -> Asked:
        """Several things answer to one code: which one is meant?"""
        return self._finding.which(outcome)

    def pin_of(self, staff_id: str) -> Asked | None:
        """The PIN of one person; None when nobody active has this id."""
        return self._sign_in.pin_of(staff_id)

    def left(self, asked: Asked) -> Asked | None:
        """The question behind one that was left, such as the list of settings; None when it was the only one."""
        kind, _, key = asked.kind.partition(":")
        return self._settings.back(key) if kind == "setting" else None

    def searched(self, asked: Asked, text: str) -> Asked:
        """The hits for what stands in the search field now."""
        if asked.kind == "sign-in":
            return self._sign_in.searched(asked, text)
        return self._finding.searched(asked, text)

    def overpaid(self, outcome: Outcome) -> Asked:
        """A typed payment was above what is owed: what becomes of the rest?"""
        return self._money.overpaid(outcome)

    def _provisional(self) -> Asked:
        code = self._session.last_unknown
        lends = self._session.lends_now
        answers = (
            Answer("Enter", "save", "lend-provisional" if lends else "save", primary=True, needs=("title",)),
            CANCEL,
        )
        fields = (Field("title", "title", required=True),)
        return Asked(
            Question(fresh(), "confirm", "unknown-item", {"code": code}, fields, answers, held=code), "provisional"
        )

    # --- answering ----------------------------------------------------------------------------------------------

    def answer(self, asked: Asked, action: str, fields: Mapping[str, str], picked: str) -> Asked | Outcome | None:
        """What an answer brings: an outcome, a further question, or None when nothing happens."""
        session = self._session
        kind, _, target = picked.partition(":")
        match asked.kind, action:
            case "confirm", "approve" | "approve-all":
                return self._signing.approved(asked, fields, whole=action == "approve-all")
            case "confirm", "pay-first":
                pending, session.pending = session.pending, None
                pay = self._money.pay()
                return replace(pay, outcome=asked.outcome, held=pending) if pay else None
            case "confirm", "return":
                desk = session.pending.desk if session.pending else None
                session.drop_question()
                return session.return_item(_item_of(asked), desk)
            case "confirm", "renew":
                desk = session.pending.desk if session.pending else None
                session.drop_question()
                return session.renew_item(_item_of(asked), desk)
            case "pay", _:
                return self._money.paid(asked, action, fields, target if kind == "charge" else "")
            case "overpaid", _:
                return self._money.settled(asked, action)
            case "waive", _:
                return self._money.waived(asked, fields)
            case "refund", _:
                return self._money.refunded(asked, fields)
            case "history" | "renew-phone", "due-later":
                return self._due_date.ask(target) if kind == "item" else None
            case "due-later", _:
                return self._due_date.answered(asked, fields)
            case "condition", _ if picked:
                return self._condition.noted(action, kind, target)
            case "lost", _:
                return session.lose_item(asked.kept["item"])
            case "sign-in", _ if kind == "staff":
                return self._sign_in.signed_in(target)
            case pin, _ if pin.startswith("pin:"):
                return self._sign_in.signed_in(pin.partition(":")[2], fields.get("pin", ""))
            case "settings", "sign-in":
                return self._sign_in.ask()
            case "find-member", "register":
                return self._registering.ask()
            case "register", "find-member":
                return self.open("find-member")
            case "register", _:
                return self._registering.answered(fields, target if kind == "type" else "")
            case "extend", _:
                return session.extend()
            case "provisional", _:
                return session.provisional(fields.get("title", ""))
            case "renew-phone", "renew-all":
                return session.renew_all(seen=False)
            case "renew-phone", _ if kind == "item":
                return session.renew_item(target, seen=False)
            case "last", "reprint" if kind == "tx" and target:
                return session.reprint(target)
            case "settings", _ if kind == "setting":
                return self._settings.setting(target)
            case setting, _ if setting.startswith("setting:"):
                return self._settings.keep(
                    setting.partition(":")[2], target if kind == "value" else fields.get("value", "")
                )
            case _, _ if kind == "member":
                return session.open_member(target)
            case "history", _:
                return asked
            case _, _ if kind == "item":
                return self._finding.take(asked, target)
            case _, _ if kind == "title":
                return self._finding.copies(target)
        return asked if action == "pick" and not picked else None


def _item_of(asked: Asked) -> str:
    assert asked.outcome is not None
    assert asked.outcome.item is not None
    return asked.outcome.item.id
