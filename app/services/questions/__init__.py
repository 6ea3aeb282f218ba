"""The questions a desk may put, and what their answers do. One is open at most; every answer has a key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from app.domain import right
from app.domain.clock import local_datetime
from app.domain.decide_loan import OF_THE_READER
from app.domain.decide_loan import QUESTIONS as PLAIN
from app.domain.records import ItemStatus, Member, Staff
from app.domain.setting import BY_KEY, MOST_TEXT, SETTINGS, Setting
from app.domain.text import shorten_name
from app.domain.verdict import Param
from app.ports import ActLine, Hits, ItemHit, Reader, Store, TitleHit
from app.services import show
from app.services.circulation.undoing import VOIDING
from app.services.outcome import Kind, Outcome
from app.services.questions.asked import CANCEL, CLOSE, PICK, Asked, fresh
from app.services.questions.condition import ConditionQuestions
from app.services.questions.money import MoneyQuestions
from app.services.questions.registering import RegisterQuestion
from app.services.session import AUTO, RENEW, RETURN, Session
from app.services.slips import RECEIPT
from app.services.staff import role
from app.services.typed_setting import value_of
from app.services.view import Answer, Chip, Choice, Field, FieldKind, Phrase, Question, Say, Tone

HITS = 12
LAST = 20
"""How many acts the list of the last ones shows."""

_TO_LOOK = Answer("Ctrl+,", "look", "look")


class Questions:
    """Makes questions from the session's state and carries out their answers."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session
        self._money = MoneyQuestions(store, session)
        self._condition = ConditionQuestions(store, session)
        self._registering = RegisterQuestion(session)

    # --- asking -------------------------------------------------------------------------------------------------

    def open(self, action: str) -> Asked | None:
        """The question behind a key; None when it has nothing to ask about."""
        match action:
            case "find-member":
                return self._find("find-member", "search-member")
            case "find-title":
                return self._find("find-title", "search-title")
            case "last":
                return self._last()
            case "history":
                return self._history()
            case "renew-phone":
                return self._renew_phone()
            case "help":
                return self._help()
            case "pay":
                return self._money.pay()
            case "condition":
                return self._condition.condition()
            case "sign-in":
                return self._sign_in()
            case "provisional":
                return self._provisional()
            case "register":
                return self._registering.ask()
            case "settings":
                return self._settings()
        return None

    def confirm(self, outcome: Outcome) -> Asked:
        """The answers to an act that needs a signature, the right one first."""
        codes = outcome.verdict.missing()
        facts: dict[str, Param] = {"title": outcome.title.title if outcome.title else ""}
        held = outcome.item.barcode if outcome.item else ""
        if set(codes) == {"on-loan-to-this-member"}:
            answers: tuple[Answer, ...] = (
                Answer("F3", "return", "return", primary=True),
                Answer("F5", "renew", "renew"),
                CANCEL,
            )
            return self._asked("confirm", "confirm", facts, (), answers, held, outcome)
        signing = not set(codes) <= PLAIN
        approve = "approve-renew" if self._is_renewal(outcome) else "approve-lend"
        if VOIDING in codes:
            approve = "approve-void"
        if outcome.code == "not-returned":
            approve = "approve-return"
        fields: tuple[Field, ...] = ()
        needs: tuple[str, ...] = ()
        if signing:
            fields, needs = (Field("reason", "reason", required=True),), ("reason",)
            if self._session.right_to_sign(codes) not in self._session.staff.rights:
                fields, needs = (
                    (*fields, Field("pin", "supervisor-pin", FieldKind.PIN, required=True)),
                    ("reason", "pin"),
                )
        debt = "debt-over-limit" in codes
        if not signing:
            approve = "return-first" if "on-loan-to-another" in codes else "parts-lend"
        sign = Answer("F11", "approve", approve, primary=not signing, needs=needs)
        only = (Answer("F3", "return", "return-only"),) if "on-loan-to-another" in codes else ()
        answers = (sign, *only, CANCEL) if not signing else (replace(CANCEL, primary=True), *only, sign)
        if signing and set(codes) <= OF_THE_READER and self._session.member_id:
            answers = (*answers, Answer("Shift+F11", "approve-all", "approve-all", needs=needs))
        if debt:
            answers = (Answer("F9", "pay-first", "pay-first", primary=True), *answers[1:], CANCEL)
        return self._asked("confirm", "confirm", facts, fields, answers, held, outcome)

    def _is_renewal(self, outcome: Outcome) -> bool:
        return outcome.code == "not-renewed"

    def _asked(
        self,
        kind: str,
        code: str,
        params: Mapping[str, Param],
        fields: tuple[Field, ...],
        answers: tuple[Answer, ...],
        held: str,
        outcome: Outcome,
    ) -> Asked:
        question = Question(fresh(), kind, code, params, fields, answers, held=held)
        return Asked(question, kind, outcome, pending=True)

    def overpaid(self, outcome: Outcome) -> Asked:
        """A typed payment was above what is owed: what becomes of the rest?"""
        return self._money.overpaid(outcome)

    def which(self, outcome: Outcome) -> Asked:
        """Several things answer to one code: which one is meant?"""
        with self._store.read() as facts:
            choices = tuple(
                [self._copy_choice(hit) for hit in sorted(outcome.hits, key=self._meant_later)]
                + [self._member_choice(facts, member) for member in outcome.members]
            )
        title: dict[str, Param] = {"title": outcome.title.title if outcome.title else outcome.scan}
        code = "pick-member" if outcome.members and not outcome.hits else "pick-copy"
        return Asked(Question(fresh(), "pick", code, title, answers=(PICK, CANCEL), choices=choices), "which", outcome)

    def _find(self, code: str, field: str) -> Asked:
        new = code == "find-member" and right.CATALOGUE in self._session.staff.rights
        question = Question(
            fresh(),
            "find",
            code,
            fields=(Field("words", field, FieldKind.SEARCH),),
            answers=(PICK, *((Answer("F6", "register", "register"),) if new else ()), CANCEL),
            empty=Phrase("type-more"),
        )
        return Asked(question, code)

    def searched(self, asked: Asked, text: str) -> Asked:
        """The hits for what stands in the search field now."""
        found: Hits[TitleHit] | Hits[Member] = Hits()
        with self._store.read() as facts:
            if asked.kind == "find-member":
                found = members = facts.find_members(text, HITS)
                choices = tuple(self._member_choice(facts, member) for member in members.rows)
            elif asked.kind == "find-title":
                found = titles = facts.find_titles(text, HITS)
                choices = tuple(_title_choice(hit) for hit in titles.rows)
            elif asked.kind == "sign-in":
                choices = tuple(_staff_choice(staff) for staff in self._session.people.like(text))
            else:
                return asked
        empty = Phrase(_NO_HIT.get(asked.kind, "none") if text.strip() else "type-more")
        cut: dict[str, Param] = {"shown": len(found.rows), "n": found.total}
        more = None
        if found.total > len(found.rows):
            more = Phrase("more-hits-uncounted" if found.uncounted else "more-hits", cut)
        return replace(asked, question=replace(asked.question, choices=choices, empty=empty, more=more))

    def _member_choice(self, facts: Reader, member: Member) -> Choice:
        line: dict[str, Param] = {
            "type": facts.member_type_name(member.member_type),
            "institution": member.institution,
        }
        chip = Chip(Tone.NO, "blocked") if member.blocked else None
        say = Phrase("member", line) if member.institution else str(line["type"])
        return Choice(f"member:{member.id}", member.name, say, mono=member.member_no, chip=chip)

    def _copy_choice(self, hit: ItemHit) -> Choice:
        loan = hit.facts.loan
        if loan is not None:
            chip = Chip(Tone.NEEDS, "on-loan", {"due_on": loan.due_on})
        elif any(hold.aside and hold.item_id == hit.item.id for hold in hit.facts.holds):
            chip = Chip(Tone.ASIDE, "aside")
        elif hit.facts.status in _STATUS_CHIPS:
            chip = Chip(Tone.NO, _STATUS_CHIPS[hit.facts.status])
        else:
            chip = Chip(Tone.DONE, "in")
        place = show.shelf(hit.item)
        side = Phrase("shelf", {"shelf": place}) if place else ""
        return Choice(f"item:{hit.item.id}", hit.title.title, mono=hit.item.barcode, side=side, chip=chip)

    def _last(self) -> Asked:
        with self._store.read() as facts:
            lines = [line for line in facts.acts(limit=60) if line.kind in _ACT_CHIPS]
            parts = [line for line in lines if line.kind == "payment.made" and line.body.get("with")]
            mains = [line for line in lines if line not in parts][:LAST]
            choices = tuple(
                self._payment_choice(facts, [line, *(part for part in parts if part.body["with"] == line.event_id)])
                if line.kind == "payment.made"
                else self._act_choice(facts, line)
                for line in mains
            )
        answers = (Answer("F8", "reprint", "reprint", enabled=bool(choices)), CLOSE)
        return Asked(
            Question(fresh(), "list", "last", answers=answers, choices=choices, empty=Phrase("no-acts")), "last"
        )

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
        """A payment: how much, for what, by whom, what the reader still owes today, its receipt, whether it stands.

        `parts` are what was recorded under the reader's several tokens, with one receipt; the first is the main one.
        """
        main = parts[0]
        hit = facts.member_by_id(main.member_id) if main.member_id else None
        charges = [str(charge) for part in parts for charge, _amount in part.body.get("lines", ())]
        paid: dict[str, Param] = {
            "amount": sum(int(part.body["amount"]) for part in parts),
            "what": ", ".join(dict.fromkeys(line.title for line in facts.charges(charges) if line.title)),
        }
        left: dict[str, Param] = {
            "name": shorten_name(main.member_name),
            "left": hit.facts.owed if hit is not None else 0,
        }
        state = "paid-void" if main.undone else "paid-left" if left["left"] else "paid-settled"
        return Choice(
            f"tx:{main.tx}",
            Phrase("paid" if paid["what"] else "paid-plain", paid),
            Phrase(state, left),
            mono=self._session.slips.receipt_no(int(main.body["receipt"]), RECEIPT, main.letter),
            side=Phrase("at-day", {"at": _clock(main.at, self._store.zone)}),
            chip=Chip(Tone.TOLD, "undone") if main.undone else _ACT_CHIPS[main.kind],
        )

    def _history(self) -> Asked | None:
        member_id = self._session.member_id
        with self._store.read() as facts:
            hit = facts.member_by_id(member_id) if member_id else None
            lines = facts.loans_of_member(member_id, closed=True, limit=100) if hit else ()
        if hit is None:
            return None
        choices = tuple(
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
        return Asked(
            Question(fresh(), "list", "history", name, answers=(CLOSE,), choices=choices, empty=Phrase("no-history")),
            "history",
        )

    def _renew_phone(self) -> Asked | None:
        """Which loan the reader asks to renew by telephone or message: the books are not here to be scanned."""
        member_id = self._session.member_id
        with self._store.read() as facts:
            hit = facts.member_by_id(member_id) if member_id else None
            lines = facts.loans_of_member(member_id, closed=False, limit=100) if hit else ()
        if hit is None or not lines:
            return None
        now = local_datetime(self._store.now(), self._store.zone)
        choices = []
        for line in lines:
            row = show.running_row(line, now)
            due = Phrase("due", {"due_on": line.due_on})
            choices.append(
                Choice(f"item:{line.item_id}", line.title, line.author, mono=line.barcode, side=due, chip=row.chip)
            )
        answers = (
            Answer("Enter", "pick", "renew-phone", primary=True),
            Answer("Ctrl+E", "renew-all", "renew-all"),
            CANCEL,
        )
        name: dict[str, Param] = {"name": hit.member.name}
        return Asked(
            Question(fresh(), "list", "renew-phone", name, answers=answers, choices=tuple(choices)), "renew-phone"
        )

    def _help(self) -> Asked:
        """The keys, and first of all how to begin. It asks nothing: a scan closes it and is taken."""
        begin = Choice("begin", Phrase("help-begin"), Phrase("help-begin-line"), enabled=False)
        keys = [Choice(f"key:{key}", Phrase(f"help-{code}"), mono=key, enabled=False) for key, code in _HELP]
        choices = (begin, *keys)
        return Asked(Question(fresh(), "list", "help", answers=(CLOSE,), choices=choices, takes_scan=True), "help")

    def _sign_in(self) -> Asked:
        """Who serves: everybody who may is listed, a name narrows the list, a badge is taken as it is."""
        fields = (Field("staff", "staff", FieldKind.SEARCH),)
        answers = (Answer("Enter", "pick", "pick", primary=True), CANCEL)
        choices = tuple(_staff_choice(staff) for staff in self._session.people.active())
        question = Question(
            fresh(), "find", "sign-in", {}, fields, answers, choices, empty=Phrase("no-staff"), takes_scan=True
        )
        return Asked(question, "sign-in")

    def pin_of(self, staff_id: str, wrong: Phrase | None = None) -> Asked | None:
        """The PIN of one person; None when nobody active has this id."""
        staff = next((one for one in self._session.people.active() if one.id == staff_id), None)
        if staff is None:
            return None
        name: dict[str, Param] = {"name": staff.name}
        fields = (Field("pin", "pin", FieldKind.PIN, required=True),)
        answers = (Answer("Enter", "sign-in", "sign-in", primary=True, needs=("pin",)), CANCEL)
        question = Question(fresh(), "sign-in", "pin-of", name, fields, answers, wrong=wrong, takes_scan=True)
        return Asked(question, f"pin:{staff.id}")

    def _provisional(self) -> Asked:
        code = self._session.last_unknown
        lends = bool(self._session.member_id)
        answers = (
            Answer("Enter", "save", "lend-provisional" if lends else "save", primary=True, needs=("title",)),
            CANCEL,
        )
        fields = (Field("title", "title", required=True),)
        return Asked(
            Question(fresh(), "confirm", "unknown-item", {"code": code}, fields, answers, held=code), "provisional"
        )

    def _settings(self) -> Asked | None:
        """The library's, desk's and printer's settings; the window's own look is the window's question."""
        if right.SETTINGS not in self._session.staff.rights:
            answers = (Answer("Ctrl+P", "sign-in", "sign-in-other", primary=True), _TO_LOOK, CANCEL)
            question = Question(fresh(), "confirm", "settings-desk", answers=answers, wrong=Phrase("settings-right"))
            return Asked(question, "settings")
        with self._store.read() as facts:
            choices = tuple(
                Choice(f"setting:{one.key}", Phrase(f"setting-{one.key}"), side=_shown(one, facts.setting(one.key)))
                for one in SETTINGS
                if one.group not in ("look", "scan")
            )
        return Asked(
            Question(fresh(), "list", "settings-desk", answers=(PICK, _TO_LOOK, CLOSE), choices=choices), "settings"
        )

    def _setting(self, key: str) -> Asked:
        """One setting: its choices, or a field with its value."""
        one = BY_KEY[key]
        with self._store.read() as facts:
            value = facts.setting(key)
        name: dict[str, Param] = {"setting": key}
        if one.kind in ("choice", "bool"):
            options = one.choices or ("true", "false")
            choices = tuple(
                Choice(f"value:{option}", Phrase(f"value-{option}"), chip=_CHOSEN if _text(value) == option else None)
                for option in options
            )
            answers: tuple[Answer, ...] = (PICK, CANCEL)
            question = Question(
                fresh(),
                "list",
                f"setting-{key}",
                name,
                answers=answers,
                choices=choices,
                begin=f"value:{_text(value)}",
            )
        else:
            fields = (Field("value", f"setting-{key}", value=_text(value)),)
            answers = (Answer("Enter", "save", "save", primary=True), CANCEL)
            question = Question(fresh(), "confirm", f"setting-{key}", name, fields, answers)
        return Asked(question, f"setting:{key}")

    def _keep_setting(self, key: str, text: str) -> Asked:
        """Keep a value and show the list again; a value that does not fit is said."""
        value, reason = value_of(key, text)
        if reason:
            asked = self._setting(key)
            one = BY_KEY[key]
            # What is picked from a list fits; what was typed is a number, a text, an address or a folder.
            wrong = Phrase(f"setting-{one.kind}", {"low": one.low, "high": one.high, "most": MOST_TEXT})
            typed = tuple(replace(field, value=text) for field in asked.question.fields)
            return replace(asked, question=replace(asked.question, fields=typed, wrong=wrong))
        with self._store.act(staff=self._session.staff.id) as act:
            act.set_setting(key, value)
            act.record("record.edited", {"record": "setting", "id": act.new_id()})
        shown = self._settings()
        assert shown is not None
        return replace(shown, question=replace(shown.question, begin=f"setting:{key}"))

    # --- answering ----------------------------------------------------------------------------------------------

    def answer(self, asked: Asked, action: str, fields: Mapping[str, str], picked: str) -> Asked | Outcome | None:
        """What an answer brings: an outcome, a further question, or None when nothing happens."""
        session = self._session
        kind, _, target = picked.partition(":")
        match asked.kind, action:
            case "confirm", "approve" | "approve-all":
                return self._approved(asked, fields, whole=action == "approve-all")
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
            case "condition", _ if picked:
                return self._condition.noted(action, kind, target)
            case "lost", "sign-in":
                return self._sign_in()
            case "lost", _:
                return session.lose_item(asked.kept["item"])
            case "sign-in", _ if kind == "staff":
                return self._signed_in(target)
            case pin, _ if pin.startswith("pin:"):
                return self._signed_in(pin.partition(":")[2], fields.get("pin", ""))
            case "settings", "sign-in":
                return self._sign_in()
            case "find-member", "register":
                return self._registering.ask()
            case "register", "find-member":
                return self.open("find-member")
            case "register", _:
                return self._registering.answered(fields, target if kind == "type" else "")
            case "provisional", _:
                return session.provisional(fields.get("title", ""))
            case "renew-phone", "renew-all":
                return session.renew_all(seen=False)
            case "renew-phone", _ if kind == "item":
                return session.renew_item(target, seen=False)
            case "last", "reprint" if kind == "tx" and target:
                return session.reprint(target)
            case "settings", _ if kind == "setting":
                return self._setting(target)
            case setting, _ if setting.startswith("setting:"):
                return self._keep_setting(
                    setting.partition(":")[2], target if kind == "value" else fields.get("value", "")
                )
            case _, _ if kind == "member":
                return session.open_member(target)
            case _, _ if kind == "item":
                return self._take(asked, target)
            case _, _ if kind == "title":
                return self._copies(target)
        return asked if action == "pick" and not picked else None

    def _approved(self, asked: Asked, fields: Mapping[str, str], *, whole: bool) -> Asked | Outcome:
        said = (fields.get("reason", ""), fields.get("pin", ""), fields.get("signer", ""))
        outcome = self._session.override(*said, whole=whole)
        wrong = {
            "reason-missing": Phrase("reason-missing"),
            "pin-wrong": Phrase("wrong-pin"),
            "needs-supervisor": Phrase("wrong-pin"),
            "pin-shared": Phrase("pin-shared"),
            "pin-waits": Phrase("pin-waits", {"seconds": self._session.pin_waits}),
        }.get(outcome.code)
        if wrong is not None and self._session.pending is not None:
            kept = tuple(
                replace(one, value="" if one.kind is FieldKind.PIN else fields.get(one.name, ""))
                for one in asked.question.fields
            )
            if outcome.code == "pin-shared" and not any(one.name == "signer" for one in kept):
                return _who_signs(asked, kept, wrong)
            begin = {"reason-missing": "reason", "pin-shared": "signer"}.get(outcome.code, "pin")
            again = replace(asked.question, id=fresh(), fields=kept, wrong=wrong, begin=begin)
            return replace(asked, question=again)
        return outcome

    def _signed_in(self, staff_id: str, pin: str = "") -> Asked | Outcome | None:
        """Whoever was picked signs in; with a PIN set, it is asked for, and asked again when it is wrong."""
        staff = next((one for one in self._session.people.active() if one.id == staff_id), None)
        if staff is None:
            return None
        outcome = self._session.sign_in(staff, pin)
        if outcome.kind is Kind.SIGNED_IN:
            return outcome
        return self.pin_of(staff_id, Phrase("wrong-pin") if outcome.code == "pin-wrong" else None)

    def _take(self, asked: Asked, item_id: str) -> Outcome | None:
        """A copy picked from a list. Found by words, it is in nobody's hand: with no reader open it is only shown."""
        session = self._session
        with self._store.read() as facts:
            hit = facts.item_by_id(item_id)
        if hit is None:
            return None
        if asked.searched and not session.member_id and session.mode == AUTO:
            return session.show_item(hit)
        # A time that was stated with the scan is the time of what was then picked.
        desk = session.pending.desk if session.pending else session.choosing
        return session.take_item(hit, desk)

    def _copies(self, title_id: str) -> Asked:
        with self._store.read() as facts:
            hits = tuple(facts.items_of_title(title_id))
            title = facts.title(title_id)
        return replace(self.which(Outcome(Kind.AMBIGUOUS, title=title, hits=hits)), searched=True)

    def _meant_later(self, hit: ItemHit) -> tuple[int, str]:
        """How late a copy stands among several: first what can be meant now, last what is lost or never lent."""
        on_loan = hit.facts.loan is not None
        if self._session.mode in (RETURN, RENEW):
            return (0 if on_loan else 1, hit.item.barcode)
        gone = hit.facts.status in _STATUS_CHIPS
        return (2 if gone else 1 if on_loan else 0, hit.item.barcode)


def _who_signs(asked: Asked, fields: tuple[Field, ...], wrong: Phrase) -> Asked:
    """The same question, asking also whose PIN it is."""
    name = Field("signer", "staff", required=True)
    answers = tuple(
        replace(answer, needs=("signer", *answer.needs)) if "pin" in answer.needs else answer
        for answer in asked.question.answers
    )
    fields = (fields[0], name, *fields[1:])
    question = replace(asked.question, id=fresh(), fields=fields, answers=answers, wrong=wrong, begin="signer")
    return replace(asked, question=question)


def _title_choice(hit: TitleHit) -> Choice:
    return Choice(
        f"title:{hit.title.id}",
        hit.title.title,
        hit.title.authors[0] if hit.title.authors else "",
        mono=hit.title.call_number,
        side=Phrase("copies", {"free": hit.free, "n": hit.copies}),
    )


def _staff_choice(staff: Staff) -> Choice:
    return Choice(f"staff:{staff.id}", staff.name, Phrase(f"role-{role(staff.rights)}"))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(one: Setting, value: object) -> Phrase | str:
    """A setting's value in the list: words for choices, the library's own text as it is."""
    return Phrase(f"value-{_text(value)}") if one.kind in ("choice", "bool") else _text(value)


_NO_HIT = {"find-member": "none-member", "sign-in": "no-staff"}
_CHOSEN = Chip(Tone.DONE, "in-use")
_STATUS_CHIPS = {
    ItemStatus.REFERENCE: "reference",
    ItemStatus.LOST: "lost",
    ItemStatus.MISSING: "lost",
    ItemStatus.WITHDRAWN: "withdrawn",
    ItemStatus.REPAIR: "repair",
    ItemStatus.DAMAGED: "repair",
    ItemStatus.NOT_FOR_LOAN: "reference",
}
_ACT_CHIPS = {
    "loan.opened": Chip(Tone.DONE, "lend"),
    "item.returned": Chip(Tone.DONE, "return"),
    "loan.renewed": Chip(Tone.DONE, "renew"),
    "loan.corrected": Chip(Tone.DONE, "renew"),
    "payment.made": Chip(Tone.DONE, "payment"),
    "charge.waived": Chip(Tone.TOLD, "waiver"),
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
    ("Ctrl+S", "settings"),
    ("Ctrl+T", "renew-phone"),
    ("Ctrl+Z", "undo"),
    ("Ctrl+,", "look"),
    ("Esc", "escape"),
    ("Enter", "finish"),
)


def _item_of(asked: Asked) -> str:
    assert asked.outcome is not None
    assert asked.outcome.item is not None
    return asked.outcome.item.id


def _clock(at: int, zone_name: str) -> datetime:
    return local_datetime(at, zone_name).replace(tzinfo=None)
