"""The desk screen's other half: turns keys and answers into verbs of the session, and the session into a `DeskView`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from app.domain.clock import local_datetime, to_ms, zone
from app.domain.decide_loan import shown_limit
from app.domain.records import Staff
from app.domain.text import only_text
from app.domain.verdict import Param
from app.ports import ActLine, Clock, KnownError, LoanLine, MemberHit, Reader, Store, SyncState
from app.services import session as modes
from app.services import show
from app.services.circulation.inserting import loan_is_over
from app.services.desk_keys import keys_now
from app.services.link import with_link
from app.services.outcome import MORE_THAN_OWED, NO_PRINTER, PRINTER_OFF, Kind, Outcome
from app.services.questions import Questions
from app.services.questions.asked import Asked
from app.services.session import Session
from app.services.staff import role
from app.services.view import (
    Banner,
    Columns,
    DeskView,
    Link,
    MemberCard,
    Mode,
    Note,
    Phrase,
    Row,
    Sound,
    StateLine,
    Today,
    Tone,
)

LAST_ROWS = 300
_BARE = Banner(Tone.TOLD, "bare", {}, (Phrase("bare-scan"), Phrase("bare-import")), icon="circulation")
_RESUMED = Banner(Tone.TOLD, "resumed", {}, (Phrase("scan-or-finish"),))


class DeskScreen:
    """One screen over one session. Implements `DeskPort`; every call answers with the whole view."""

    def __init__(
        self,
        store: Store,
        session: Session,
        clock: Clock,
        *,
        printer_problem: Callable[[], Phrase | None] = lambda: None,
        copy_lag: Callable[[], int | None] = lambda: None,
        warning: Callable[[], Phrase | None] = lambda: None,
        greeting: Banner | None = None,
        slip_folder: str = "",
        sync: Callable[[], SyncState | None] = lambda: None,
    ) -> None:
        self._store = store
        self._session = session
        self._clock = clock
        self._printer_problem = printer_problem
        self._copy_lag = copy_lag
        self._warning = warning
        self._slip_folder = slip_folder
        self._sync = sync
        self._told_no_printer = False
        self._questions = Questions(store, session)
        self._banner: Banner | None = greeting or self._first_words()
        self._sound: Sound | None = None
        self._rows: list[Row] = []
        self._asked: Asked | None = None
        self._serial = 0
        self._member: MemberCard | None = None
        self._running: tuple[Row, ...] = ()
        self._today = Today()
        self._notes: tuple[Note, ...] = ()
        self._shelf = ""
        self._day: tuple[datetime, int] | None = None
        self._read_rows()
        self._refresh()

    def serving(self) -> Staff:
        """Who serves now."""
        return self._session.staff

    def _first_words(self) -> Banner | None:
        """What a desk that opens has to say by itself: what goes on, or how a library without anything begins."""
        if self._session.taken_up:
            return _RESUMED
        with self._store.read() as facts:
            return _BARE if facts.is_bare() else None

    # --- what the screen may ask --------------------------------------------------------------------------------

    def view(self) -> DeskView:
        """The present view."""
        session = self._session
        return DeskView(
            state=self._state(),
            mode=Mode(session.mode),
            sticky=session.mode in (modes.RETURN, modes.RENEW),
            banner=self._banner,
            columns=Columns.FROM if self._is_pile() else Columns.DUE,
            rows=tuple(reversed(self._rows[-LAST_ROWS:])),
            running=self._running,
            running_late=sum(row.chip.code == "late" for row in self._running),
            member=self._member,
            today=self._today,
            question=self._asked.question if self._asked else None,
            keys=keys_now(session, self._member, self._asked.question if self._asked else None),
            sound=self._sound,
            announce=self._spoken(),
            serial=self._serial,
        )

    def scan(self, text: str) -> DeskView:
        """A code was scanned; while a question is open only those that take scans get it."""
        text = only_text(text)
        if self._asked is not None and not self._asked.question.takes_scan:
            self._say(Banner(Tone.NO, "scan-refused", {}, (Phrase("scan-refused", {"code": text[:40]}),)), Sound.NO)
            return self.view()
        self._asked = None
        return self._do(lambda: self._session.scan(text))

    def key(self, action: str) -> DeskView:
        """A key was pressed; while a question is open it means what the question offers, or nothing."""
        if self._asked is not None:
            offered = any(one.action == action and one.enabled for one in self._asked.question.answers)
            return self.answer(action, {}) if offered else self.view()
        session = self._session
        match action:
            case "lend" | "return" | "renew":
                return self._do(lambda: self._toggle(action))
            case "finish":
                return self._do(self._finish)
            case "undo":
                return self._do(session.undo)
            case "reprint":
                return self._do(session.reprint)
            case "renew-all":
                return self._do(session.renew_all)
            case (
                "find-member"
                | "find-title"
                | "last"
                | "history"
                | "help"
                | "pay"
                | "condition"
                | "sign-in"
                | "settings"
                | "provisional"
                | "register"
                | "extend"
                | "renew-phone"
            ):
                return self._ask(self._questions.open(action))
        return self.view()

    def answer(self, action: str, fields: Mapping[str, str], picked: str = "") -> DeskView:
        """The open question was answered."""
        asked = self._asked
        if asked is None:
            return self.view()
        if action in ("cancel", "close"):
            self._asked = self._questions.left(asked)
            self._session.drop_question()
            if asked.pending:
                self._say(Banner(Tone.TOLD, "cancelled"), None)
            return self.view()
        typed = {name: only_text(value) for name, value in fields.items()}
        return self._guarded(lambda: self._answered(asked, action, typed, picked))

    def search(self, text: str) -> DeskView:
        """The search field changed."""
        if self._asked is not None:
            self._asked = self._questions.searched(self._asked, only_text(text))
        return self.view()

    def pick(self, choice_id: str) -> DeskView:
        """A line was taken."""
        return self.answer("pick", {}, choice_id)

    def card_of(self, code: str) -> str:
        """Whose card a code is; a store that does not answer names nobody."""
        try:
            hit = self._session.reader_of(code)
        except KnownError:
            return ""
        return hit.member.name if hit else ""

    def tick(self) -> DeskView:
        """Quiet time: a transaction left alone ends by itself."""
        with self._store.read() as facts:
            quiet = int(facts.setting("desk.quiet_end_seconds")) * 1000
        idle = self._clock.read().mono - self._session.moved_at
        if quiet and idle > quiet and (self._session.tx or self._session.member_id):
            name = self._member.name if self._member else ""
            self._asked = None
            self._do(self._finish)
            if name:
                lines = self._banner.lines if self._banner else ()
                self._say(Banner(Tone.TOLD, "timed-out", {"name": name}, lines), None)
        return self.view()

    # --- doing --------------------------------------------------------------------------------------------------

    def _do(self, verb: Callable[[], Outcome]) -> DeskView:
        def run() -> DeskView:
            self._show(verb())
            return self.view()

        return self._guarded(run)

    def _guarded(self, verb: Callable[[], DeskView]) -> DeskView:
        """A failing disk or store is said in words; what was accepted before stands."""
        try:
            return verb()
        except KnownError as error:
            self._asked = None
            line = PROBLEM_LINES.get(error.code, "unexpected")
            self._say(Banner(Tone.NO, "stopped", {}, (Phrase(line, error.params),)), Sound.NO)
            return self.view()

    def _answered(self, asked: Asked, action: str, fields: Mapping[str, str], picked: str) -> DeskView:
        self._asked = None
        step = self._questions.answer(asked, action, fields, picked)
        if isinstance(step, Asked):
            return self._ask(step)
        if step is not None:
            self._show(step)
        return self.view()

    def _ask(self, asked: Asked | None) -> DeskView:
        self._asked = asked
        self._serial += 1
        self._sound = None
        return self.view()

    def _toggle(self, action: str) -> Outcome:
        """A verb's key again goes back to the ordinary mode."""
        session = self._session
        return session.set_mode(modes.AUTO if session.mode == action else action)

    def _finish(self) -> Outcome:
        outcome = self._session.finish()
        self._clear()
        return outcome

    def _clear(self) -> None:
        self._rows = []
        self._notes = ()

    def _show(self, outcome: Outcome) -> None:
        if outcome.kind is Kind.MODE and self._member is not None and not self._session.member_id:
            outcome = replace(outcome, notes=("member-finished", self._member.name))
            self._clear()
        others = outcome.switched_from is not None or "pile-finished" in outcome.notes
        if outcome.kind is Kind.MEMBER and (others or not self._rows):
            self._clear()
        if outcome.kind is Kind.FINISHED:
            self._clear()
            outcome = self._once_without_printer(outcome)
        if outcome.kind is Kind.UNDONE:
            kept = [row for row in self._rows if row.id != outcome.undone_id]
            self._rows = [replace(row, no=number) for number, row in enumerate(kept, 1)]
        else:
            for part in outcome.parts or (outcome,):
                self._add_row(part)
        self._note(outcome)
        slip = outcome.kind is Kind.REPRINTED or "slip-sent" in outcome.notes
        if slip and self._printer_problem() is not None:
            outcome = replace(outcome, notes=(*outcome.notes, PRINTER_OFF))
        self._say(self._with_folder(show.banner(outcome)), show.sound(outcome))
        self._refresh()
        if outcome.kind is Kind.NEEDS_CONFIRMATION:
            self._asked = self._questions.confirm(outcome)
        elif outcome.kind is Kind.AMBIGUOUS:
            self._asked = self._questions.which(outcome)
        elif outcome.kind is Kind.REFUSED and outcome.code == MORE_THAN_OWED:
            self._asked = self._questions.overpaid(outcome)
        elif outcome.kind is Kind.REFUSED and outcome.code == "pin-needed":
            self._asked = self._questions.pin_of(str(outcome.verdict.reasons[0].params.get("staff", "")))

    def _once_without_printer(self, outcome: Outcome) -> Outcome:
        """That no printer is set up is said after the first transaction only, not after every reader."""
        if NO_PRINTER not in outcome.notes:
            return outcome
        told, self._told_no_printer = self._told_no_printer, True
        return replace(outcome, notes=tuple(n for n in outcome.notes if n != NO_PRINTER)) if told else outcome

    def _with_folder(self, banner: Banner) -> Banner:
        """A slip that becomes a PDF is somewhere: say where."""
        slips = [line for line in banner.lines if isinstance(line, Phrase) and line.code == "slip-number"]
        if not slips or not self._slip_folder:
            return banner
        with self._store.read() as facts:
            if str(facts.setting("printer.kind")) != "pdf":
                return banner
        there = Phrase("slip-in-folder", {**slips[0].params, "folder": self._slip_folder})
        return replace(banner, lines=tuple(there if line is slips[0] else line for line in banner.lines))

    def _add_row(self, outcome: Outcome) -> None:
        row = show.row(outcome, len(self._rows) + 1)
        if row is not None:
            self._rows.append(row)

    def _note(self, outcome: Outcome) -> None:
        """The box of the day's panel about the last copy to set aside, until the pile is finished."""
        kept = {note.code: note for note in self._notes}
        if "hold-released" in outcome.verdict.codes():
            kept.pop("aside-until", None)
        if outcome.aside and outcome.title:
            facts: dict[str, Param] = {
                "title": outcome.title.title,
                "hold": show.hold_number(outcome.aside_number),
                "until": outcome.aside_until,
                "shelf": self._shelf,
            }
            kept["aside-until"] = Note(Tone.ASIDE, "aside-until", facts)
        self._notes = tuple(kept.values())

    def _say(self, banner: Banner, sound: Sound | None) -> None:
        self._banner, self._sound = banner, sound
        self._serial += 1

    def _spoken(self) -> Phrase | None:
        """What a screen reader says: the banner's sentence."""
        return Phrase(self._banner.code, self._banner.params) if self._banner else None

    # --- refreshing ---------------------------------------------------------------------------------------------

    def _read_rows(self) -> None:
        """Rows read back from the journal after a start."""
        lines = [line for line in reversed(self._session.acts()) if not line.undone]
        self._rows = []
        for line in lines:
            row = self._act_row(line)
            if row is not None:
                self._rows.append(row)

    def _act_row(self, line: ActLine) -> Row | None:
        with self._store.read() as facts:
            closed = facts.loan_of_event(line.event_id) if line.kind == "item.returned" else None
            cost = facts.charge_of_event(line.event_id) if closed else None
            over = loan_is_over(facts, line)
        return show.act_row(line, len(self._rows) + 1, closed, cost[1] if cost else None, self._store.zone, over=over)

    def _refresh(self) -> None:
        with self._store.read() as facts:
            now = self._now()
            hit = facts.member_by_id(self._session.member_id) if self._session.member_id else None
            lines = facts.loans_of_member(hit.member.id, closed=False, limit=50) if hit else ()
            self._member = self._card(facts, hit, lines, now) if hit else None
            self._running = self._running_rows(lines, now)
            start = now.replace(hour=0, minute=0, second=0, microsecond=0)
            self._shelf = str(facts.setting("holds.shelf"))
            returned, lent, fines = facts.today(to_ms(start), to_ms(start + timedelta(days=1)))
            notes = (*self._debt_note(facts), *self._notes)
        self._today = Today(returned, lent, fines, _part(now), notes, Phrase("last-20"))

    def _debt_note(self, facts: Reader) -> tuple[Note, ...]:
        """What is owed by whoever was charged last in this pile: the sum that F9 asks for. Ctrl+K is named as long as
        it works."""
        charged = self._session.last_fined
        hit = facts.member_by_id(charged.member.id) if charged is not None and charged.member is not None else None
        if hit is None or not hit.facts.owed:
            return ()
        owed: dict[str, Param] = {"name": hit.member.name, "amount": hit.facts.owed}
        return (Note(Tone.NEEDS, "owes-or-condition" if self._session.last_return else "owes-by-name", owed),)

    def _card(self, facts: Reader, hit: MemberHit, lines: Sequence[LoanLine], now: datetime) -> MemberCard:
        policy = facts.policy_on(now.date())
        ready: list[tuple[str, str]] = []
        for hold in facts.holds_of_member(hit.member.id):
            title = facts.title(hold[1]) if hold[2] == "aside" else None
            if title is not None:
                ready.append((title.title, str(facts.setting("holds.shelf"))))
        return show.member_card(
            hit,
            facts.member_type_name(hit.member.member_type),
            shown_limit(policy, hit.facts),
            lines,
            ready,
            self._session.circulation.standing(hit),
            now,
            facts.picture(hit.member.photo) if hit.member.photo else b"",
            self._session.signed.covers() if self._session.signed else (),
        )

    def _running_rows(self, lines: Sequence[LoanLine], now: datetime) -> tuple[Row, ...]:
        mine = {row.barcode for row in self._rows}
        return tuple(show.running_row(line, now) for line in lines if line.barcode not in mine)

    def _is_pile(self) -> bool:
        return self._member is None and (self._session.mode == modes.RETURN or bool(self._rows))

    def _now(self) -> datetime:
        return local_datetime(self._store.now(), self._store.zone)

    def _state(self) -> StateLine:
        with self._store.read() as facts:
            library, desk = str(facts.setting("library.name")), str(facts.setting("desk.name"))
        staff = self._session.staff
        now = datetime.fromtimestamp(self._store.now() / 1000, zone(self._store.zone)).replace(second=0, microsecond=0)
        warning = self._warning()
        unsaved = warning is not None and warning.code in _UNSAVED
        if not unsaved and self._store.behind_ms() > 0:
            warning = Phrase("clock")
        line = StateLine(
            library=library,
            desk=desk,
            staff=staff.short_name,
            role=role(staff.rights),
            now=now,
            link=Link.ALONE,
            last_error=warning,
            printer_problem=self._printer_problem(),
            copy_lag=self._copy_lag(),
            unsaved=unsaved,
        )
        return with_link(line, self._sync(), self._store.zone)


PROBLEM_LINES = {
    "disk-full": "disk-full",
    "disk-failed": "disk-failed",
    "store-read-only": "read-only",
    "store-busy": "locked",
    "store-damaged": "damaged",
    "store-not-readable": "damaged",
    "store-moved": "store-moved",
    "clock-broken": "clock-broken",
}
"""What keeps acts from being recorded, in the words of the banner and of the state line."""

_UNSAVED = frozenset(PROBLEM_LINES.values())
"""Warnings under which no act counts."""


def _part(now: datetime) -> str:
    """The part of the day as Indonesian greets it."""
    hour = now.hour
    return "morning" if hour < 11 else "noon" if hour < 15 else "afternoon" if hour < 18 else "evening"
