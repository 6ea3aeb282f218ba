"""What the desk screen shows, as one immutable value, and what it may ask: `DeskView` and `DeskPort`.

The session fills a `DeskView` after every input; the screen renders from it alone and sends intents back. Neither side
knows the other's insides: no Qt here, and no word of any language. Codes are looked up in the words of the window
under the namespace of their place, so a code stands here without it:

    Banner.code "lent" -> "banner.lent"     Banner.lines -> "line.*"       Banner.big_label/big_value -> "big.*"
    ReasonLine.code -> "reason.*"           ReasonLine.rule -> "rule.*"    Chip.code -> "chip.*"
    Note.code -> "note.*"                   KeyHint.code -> "key.*"        Question.code -> "question.*"
    Answer.code -> "answer.*"               Field.code -> "field.*"        Choice words -> "choice.*"
    announce -> "announce.*"                state problems -> "problem.*"  Today.foot, MemberCard.foot -> "foot.*"

Params are plain facts (a title, a count, a date, whole rupiah); the words decide how each is written. Where a place
takes `Say`, a `str` is the library's own data (a name, a title, a barcode) and is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, field

from app.domain.verdict import Level, Param

Params = Mapping[str, Param]


class Mode(StrEnum):
    """What the next item scan will be taken for."""

    AUTO = "auto"
    LEND = "lend"
    RETURN = "return"
    RENEW = "renew"


class Tone(StrEnum):
    """The class of a banner, chip or note; always shown with an icon and words, never as colour alone."""

    DONE = "done"
    NEEDS = "needs"
    NO = "no"
    TOLD = "told"
    ASIDE = "aside"


class Sound(StrEnum):
    """The three sounds of the desk."""

    DONE = "done"
    NEEDS = "needs"
    NO = "no"


class Link(StrEnum):
    """How the desk stands to the campus server. `ALONE` = a library with one desk and no server."""

    ALONE = "alone"
    ONLINE = "online"
    OFFLINE = "offline"


class Columns(StrEnum):
    """The third column of the transaction table: the due date, or from whom the book came."""

    DUE = "due"
    FROM = "from"


class FieldKind(StrEnum):
    """What a question's field takes. `SEARCH` asks the desk again at every keystroke."""

    TEXT = "text"
    PIN = "pin"
    MONEY = "money"
    DATE = "date"
    SEARCH = "search"


class Phrase(Struct, frozen=True):
    """A code of the words with its facts."""

    code: str
    params: Params = field(default_factory=dict)


Say = Phrase | str


class Chip(Struct, frozen=True):
    """A small coloured word in a row: `lent`, `late`, `returned`, `put-aside`…"""

    tone: Tone
    code: str
    params: Params = field(default_factory=dict)


class StateLine(Struct, frozen=True):
    """The line that never hides. Times are the library's local times; `now` is cut to the minute.

    `since` is when the present link state began, `others_at` as of when the other desks' acts are known, `sent_at`
    when the last transaction reached the server, `copy_lag` how many seconds the second copy is behind (None = fine).
    `unsaved`: nothing that is done now is kept.
    """

    library: str
    desk: str
    staff: str
    role: str
    now: datetime
    link: Link = Link.ALONE
    since: datetime | None = None
    unsent: int = 0
    sent_at: datetime | None = None
    others_at: datetime | None = None
    last_error: Phrase | None = None
    printer_problem: Phrase | None = None
    copy_lag: int | None = None
    unsaved: bool = False


class ReasonLine(Struct, frozen=True):
    """One finding of a verdict, with the rule that said so: a code of "rule.*", the library's own name, or "".

    `title` and `barcode` name the copy where a banner speaks of several. `asks`: anybody at the desk may answer it,
    it needs no signature.
    """

    level: Level
    code: str
    params: Params = field(default_factory=dict)
    rule: str = ""
    title: str = ""
    barcode: str = ""
    asks: bool = False


class Banner(Struct, frozen=True):
    """The last outcome. `params` serve `code`; `big_value` is the promise on the right (due date, fine).

    `icon` names a drawing when the tone's own one would say less (`return`, `renew`, `pay`, `undo`, `member`).
    """

    tone: Tone
    code: str
    params: Params = field(default_factory=dict)
    lines: tuple[Say, ...] = ()
    big_label: Phrase | None = None
    big_value: Phrase | None = None
    reasons: tuple[ReasonLine, ...] = ()
    icon: str = ""


class Row(Struct, frozen=True):
    """One line of the table: an act of this transaction (`no` counts up), or a running loan (`no` is None).

    `id` is the same as long as it is the same line; `from_name`/`from_no` stand in the column `FROM`.
    `due_at` is given only for a loan by the hour.
    """

    id: str
    title: str
    barcode: str
    chip: Chip
    no: int | None = None
    author: str = ""
    due_on: date | None = None
    from_name: str = ""
    from_no: str = ""
    due_at: datetime | None = None


class Note(Struct, frozen=True):
    """A box on the member's card or the day panel. Facts named `title` are set in bold by the words."""

    tone: Tone
    code: str
    params: Params = field(default_factory=dict)


class MemberCard(Struct, frozen=True):
    """The open member. `photo` holds a picture's bytes or nothing; `limit` None = no limit; `owed` and
    `credit` (what the library keeps for the reader) are whole rupiah."""

    name: str
    member_no: str
    member_type: str
    institution: str = ""
    expires_on: date | None = None
    expired: bool = False
    photo: bytes = b""
    loans: int = 0
    limit: int | None = None
    owed: int = 0
    credit: int = 0
    holds_ready: int = 0
    notes: tuple[Note, ...] = ()
    foot: Phrase | None = None


class Today(Struct, frozen=True):
    """The panel when no member is open. `part` is morning, noon, afternoon, evening or day."""

    returned: int = 0
    lent: int = 0
    fines: int = 0
    part: str = "day"
    notes: tuple[Note, ...] = ()
    foot: Phrase | None = None


class Field(Struct, frozen=True):
    """One entry of a question. `value` is what it holds when the question opens."""

    name: str
    code: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    value: str = ""


class Answer(Struct, frozen=True):
    """One answer with its key ("F9", "F11", "Enter", "Esc", "Ctrl+K"). `needs` names fields that must not be empty."""

    key: str
    action: str
    code: str
    params: Params = field(default_factory=dict)
    primary: bool = False
    enabled: bool = True
    needs: tuple[str, ...] = ()


class Choice(Struct, frozen=True):
    """One line of a list: a member, a title, a copy, a past act, a key of the help.

    `mono` is a code set apart (barcode, member number, key); `side` stands on the right. A choice that is not
    `enabled` is shown and cannot be picked.
    """

    id: str
    title: Say
    line: Say = ""
    mono: str = ""
    side: Say = ""
    chip: Chip | None = None
    enabled: bool = True


class Question(Struct, frozen=True):
    """What stops the work until it is answered. `id` is the same as long as it is the same question.

    `kind` says what it looks like: `confirm` stands in the page under the banner with the box held; `pay`,
    `condition`, `sign-in` likewise; `pick`, `find` and `list` lie over the table. `held` is the code kept, greyed, in
    the box. `wrong` says what was wrong with the last answer. `takes_scan`: a scan goes to `DeskPort.scan` instead of
    being refused (a staff badge at sign-in). `empty` is said when there are no choices, `more` when they are not all
    that there are. `begin` names the field that takes the keyboard or the line that is chosen when the question opens,
    "" = the first.
    """

    id: str
    kind: str
    code: str
    params: Params = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    answers: tuple[Answer, ...] = ()
    choices: tuple[Choice, ...] = ()
    empty: Phrase | None = None
    more: Phrase | None = None
    held: str = ""
    wrong: Phrase | None = None
    takes_scan: bool = False
    begin: str = ""


class KeyHint(Struct, frozen=True):
    """A key that works now. `shown` False: it works but stands only in the help."""

    key: str
    action: str
    code: str
    params: Params = field(default_factory=dict)
    shown: bool = True


class DeskView(Struct, frozen=True):
    """Everything on the screen. `serial` rises with every outcome: sound, announcement and motion happen once per it.

    `rows` are this transaction's acts, newest first; `running` the loans the member already had.
    """

    state: StateLine
    mode: Mode = Mode.AUTO
    sticky: bool = False
    banner: Banner | None = None
    columns: Columns = Columns.DUE
    rows: tuple[Row, ...] = ()
    running: tuple[Row, ...] = ()
    running_late: int = 0
    member: MemberCard | None = None
    today: Today = Today()
    question: Question | None = None
    keys: tuple[KeyHint, ...] = ()
    cases: int = 0
    sound: Sound | None = None
    announce: Phrase | None = None
    serial: int = 0


class DeskPort(Protocol):
    """What the screen may ask of the session. Every call does its work at once and returns the view after it."""

    def view(self) -> DeskView:
        """The present view, without doing anything."""
        ...

    def scan(self, text: str) -> DeskView:
        """A code was scanned or typed and finished with Enter; never empty, as it arrived."""
        ...

    def key(self, action: str) -> DeskView:
        """A key of `DeskView.keys` was pressed; Enter on the empty box is the hint with the key "Enter"."""
        ...

    def answer(self, action: str, fields: Mapping[str, str], picked: str = "") -> DeskView:
        """The open question was answered; `picked` is the id of the chosen line if it has choices."""
        ...

    def search(self, text: str) -> DeskView:
        """The open question's search field changed; the choices of the view returned are the hits."""
        ...

    def pick(self, choice_id: str) -> DeskView:
        """A line of the open question was taken (Enter on it) and no answer of the question has the key Enter."""
        ...

    def card_of(self, code: str) -> str:
        """The name of the reader whose card a code is, "" when it is nobody's; nothing is done with it."""
        ...

    def tick(self) -> DeskView:
        """Called about once a second while nothing else happens: clock, link state, end by quiet time."""
        ...
