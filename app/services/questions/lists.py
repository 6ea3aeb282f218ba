"""Lists to read and to pick from: the last acts, a reader's history and loans, the keys."""

from __future__ import annotations

from datetime import datetime

from app.domain.clock import local_datetime
from app.domain.text import shorten_name
from app.domain.verdict import Param
from app.ports import ActLine, Reader, Store
from app.services import show
from app.services.questions.asked import CANCEL, CLOSE, Asked, fresh
from app.services.session import Session
from app.services.slips import RECEIPT
from app.services.view import Answer, Chip, Choice, Phrase, Question, Say, Tone

_MONEY = frozenset({"payment.made", "refund.made"})
"""Acts with a receipt; under several tokens of a reader they have several parts."""

_DUE_LATER = Answer("F11", "due-later", "due-later")

LAST = 20
"""How many acts the list of the last ones shows."""


class ListQuestions:
    """The lists over one session."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session

    def last(self) -> Asked:
        """The last acts of the desk, each with its slip to print again."""
        with self._store.read() as facts:
            lines = [line for line in facts.acts(limit=60) if line.kind in _ACT_CHIPS]
            parts = [line for line in lines if line.kind in _MONEY and line.body.get("with")]
            mains = [line for line in lines if line not in parts][:LAST]
            choices = tuple(
                self._payment_choice(facts, [line, *(part for part in parts if part.body["with"] == line.event_id)])
                if line.kind in _MONEY
                else self._act_choice(facts, line)
                for line in mains
            )
        answers = (Answer("F8", "reprint", "reprint", enabled=bool(choices)), CLOSE)
        return Asked(
            Question(fresh(), "list", "last", answers=answers, choices=choices, empty=Phrase("no-acts")), "last"
        )

    def history(self) -> Asked | None:
        """The open reader's loans: those that run, to let one end later, then the past ones."""
        member_id = self._session.member_id
        with self._store.read() as facts:
            hit = facts.member_by_id(member_id) if member_id else None
            lines = facts.loans_of_member(member_id, closed=True, limit=100) if hit else ()
        if hit is None:
            return None
        running = self._running(member_id)
        past = tuple(
            Choice(
                f"loan:{line.loan_id}",
                line.title,
                line.author,
                mono=line.barcode,
                side=Phrase("lent-returned", {"lent_on": line.lent_on, "returned_on": line.closed_on}),
                enabled=False,
            )
            for line in lines
        )
        name: dict[str, Param] = {"name": hit.member.name}
        answers = (_DUE_LATER, CLOSE) if running else (CLOSE,)
        choices = (*running, *past)
        return Asked(
            Question(fresh(), "list", "history", name, answers=answers, choices=choices, empty=Phrase("no-history")),
            "history",
        )

    def _running(self, member_id: str) -> tuple[Choice, ...]:
        """A reader's running loans, each with its due date."""
        with self._store.read() as facts:
            lines = facts.loans_of_member(member_id, closed=False, limit=100)
        now = local_datetime(self._store.now(), self._store.zone)
        return tuple(
            Choice(
                f"item:{line.item_id}",
                line.title,
                line.author,
                mono=line.barcode,
                side=Phrase("due", {"due_on": line.due_on}),
                chip=show.running_row(line, now).chip,
            )
            for line in lines
        )

    def renew_phone(self) -> Asked | None:
        """Which loan the reader asks to renew by telephone or message: the books are not here to be scanned."""
        member_id = self._session.member_id
        with self._store.read() as facts:
            hit = facts.member_by_id(member_id) if member_id else None
        choices = self._running(member_id) if hit else ()
        if hit is None or not choices:
            return None
        answers = (
            Answer("Enter", "pick", "renew-phone", primary=True),
            Answer("Ctrl+E", "renew-all", "renew-all"),
            _DUE_LATER,
            CANCEL,
        )
        name: dict[str, Param] = {"name": hit.member.name}
        return Asked(Question(fresh(), "list", "renew-phone", name, answers=answers, choices=choices), "renew-phone")

    def help(self) -> Asked:
        """The keys, and first of all how to begin. It asks nothing: a scan closes it and is taken."""
        begin = Choice("begin", Phrase("help-begin"), Phrase("help-begin-line"), enabled=False)
        keys = [Choice(f"key:{key}", Phrase(f"help-{code}"), mono=key, enabled=False) for key, code in _HELP]
        beyond = Choice("beyond", Phrase("help-beyond"), Phrase("help-beyond-line"), enabled=False)
        choices = (begin, *keys, beyond)
        return Asked(Question(fresh(), "list", "help", answers=(CLOSE,), choices=choices, takes_scan=True), "help")

    def _act_choice(self, facts: Reader, line: ActLine) -> Choice:
        name = shorten_name(line.member_name) if line.member_name else ""
        title: Say = line.title or name
        if line.kind == "charge.waived":
            charges = facts.charges([str(line.body["charge"])])
            what: dict[str, Param] = {
                "amount": int(line.body["amount"]),
                "what": ", ".join(charge.title for charge in charges if charge.title),
            }
            title = Phrase("waived" if what["what"] else "waived-plain", what)
        return Choice(
            f"tx:{line.tx}",
            title,
            name,
            mono=line.barcode,
            side=Phrase("at-day", {"at": _clock(line.at, self._store.zone)}),
            chip=Chip(Tone.TOLD, "undone") if line.undone else _ACT_CHIPS[line.kind],
        )

    def _payment_choice(self, facts: Reader, parts: list[ActLine]) -> Choice:
        """A payment or a refund: how much, for what, by whom, what the reader still owes (or has as credit) today,
        its receipt, whether it stands.

        `parts` are what was recorded under the reader's several tokens, with one receipt; the first is the main one.
        """
        main = parts[0]
        hit = facts.member_by_id(main.member_id) if main.member_id else None
        charges = [str(charge) for part in parts for charge, _amount in part.body.get("lines", ())]
        paid: dict[str, Param] = {
            "amount": sum(int(part.body["amount"]) for part in parts if part.kind == main.kind),
            "what": ", ".join(dict.fromkeys(line.title for line in facts.charges(charges) if line.title)),
        }
        left: dict[str, Param] = {
            "name": shorten_name(main.member_name),
            "left": hit.facts.owed if hit is not None else 0,
        }
        state = "paid-void" if main.undone else "paid-left" if left["left"] else "paid-settled"
        said = "paid" if paid["what"] else "paid-plain"
        if main.kind == "refund.made":
            said, state = "refunded", "refund-void" if main.undone else "credit-left"
            left["credit"] = max(hit.credit, 0) if hit is not None else 0
        return Choice(
            f"tx:{main.tx}",
            Phrase(said, paid),
            Phrase(state, left),
            mono=self._session.slips.receipt_no(int(main.body["receipt"]), RECEIPT, main.letter),
            side=Phrase("at-day", {"at": _clock(main.at, self._store.zone)}),
            chip=Chip(Tone.TOLD, "undone") if main.undone else _ACT_CHIPS[main.kind],
        )


def _clock(at: int, zone_name: str) -> datetime:
    return local_datetime(at, zone_name).replace(tzinfo=None)


_ACT_CHIPS = {
    "loan.opened": Chip(Tone.DONE, "lend"),
    "item.returned": Chip(Tone.DONE, "return"),
    "loan.renewed": Chip(Tone.DONE, "renew"),
    "loan.corrected": Chip(Tone.DONE, "renew"),
    "payment.made": Chip(Tone.DONE, "payment"),
    "charge.waived": Chip(Tone.TOLD, "waiver"),
    "refund.made": Chip(Tone.TOLD, "refund"),
    "item.lost": Chip(Tone.NEEDS, "lost"),
}
_HELP = (
    ("F1", "help"),
    ("F2", "lend"),
    ("F3", "return"),
    ("F5", "renew"),
    ("F6", "find-member"),
    ("F7", "find-title"),
    ("F8", "reprint"),
    ("F9", "pay"),
    ("F10", "history"),
    ("F11", "approve"),
    ("F12", "last"),
    ("Ctrl+E", "renew-all"),
    ("Ctrl+K", "condition"),
    ("Ctrl+P", "sign-in"),
    ("Ctrl+R", "extend"),
    ("Ctrl+S", "settings"),
    ("Ctrl+T", "renew-phone"),
    ("Ctrl+Z", "undo"),
    ("Ctrl+,", "look"),
    ("Esc", "escape"),
    ("Enter", "finish"),
)
