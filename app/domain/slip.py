"""What stands on paper, as values: slips, item labels, member cards, table reports.

The services fill these values after the commit; app.printing turns them into bytes. Nothing here knows a printer, a
font or a sentence: codes and facts only, except names and titles, which are the library's own text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, field


class SlipKind(StrEnum):
    """What a slip is about; it chooses the heading and which facts must stand on it."""

    LEND = "lend"
    RETURN = "return"
    RENEWAL = "renewal"
    PAYMENT = "payment"
    HOLD_SHELF = "hold-shelf"
    TRANSACTION = "transaction"
    REFUND = "refund"


class LineAct(StrEnum):
    """What happened to one copy; it decides the words beside its date on a mixed slip."""

    LENT = "lent"
    RETURNED = "returned"
    RENEWED = "renewed"
    PAID = "paid"
    ASIDE = "aside"
    WAIVED = "waived"
    CHARGED = "charged"
    REFUNDED = "refunded"


MONEY_ACTS = frozenset({LineAct.PAID, LineAct.WAIVED, LineAct.CHARGED, LineAct.REFUNDED})
"""Lines that are about money only, and about no copy that changed hands."""


class SlipLine(Struct, frozen=True):
    """One copy or one payment on a slip.

    `due_on` is the local due date: a lent or renewed line without it is refused by `problems`. `due_at` is given only
    for loans counted in hours. `fine` is integer rupiah for this copy, `charged_days` × `fine_per_day` its
    arithmetic when known. `charge` is what the money is for (overdue, lost, condition, imported, other, or credit),
    `whole` that charge's whole sum on a line that waives of it.
    `note_code` names a sentence of the slip words ("note.<code>"), `note_params` its facts.
    """

    title: str
    barcode: str = ""
    act: LineAct = LineAct.LENT
    due_on: date | None = None
    due_at: datetime | None = None
    fine: int = 0
    charged_days: int | None = None
    fine_per_day: int | None = None
    call_number: str = ""
    charge: str = ""
    whole: int = 0
    note_code: str = ""
    note_params: Mapping[str, str | int | date] = field(default_factory=dict)


class Slip(Struct, frozen=True):
    """One slip (struk). Money is integer rupiah; `at` is the desk's local time of the act.

    `member` is the name as it may be shown (shorten it with `short_name`); None prints neither name nor number: the
    slip for a friend who brings the book back does not name the borrower. `left` is what is still owed after the act,
    None when the slip should not speak of it; `credit` is what the library then keeps for the reader (paid too much).
    `total_fine`, `paid`, `waived` and `refunded` (credit given back) are the sums of the lines that say so.
    `act_no` is the act number people read out; it is printed as a barcode
    too. `receipt_no` is the consecutive number of a payment or refund. `qr` is the text of the QR code ("" for none),
    usually the address of the member's page. `language` is the reader's: id, en or ar. `note_codes` name sentences for
    the whole slip, printed above the footer; `footer` is the library's own closing text.
    """

    kind: SlipKind
    library: str
    at: datetime
    lines: tuple[SlipLine, ...] = ()
    address: str = ""
    member: str | None = None
    member_no: str | None = None
    total_fine: int = 0
    paid: int = 0
    left: int | None = None
    credit: int = 0
    waived: int = 0
    refunded: int = 0
    payer: str = ""
    operator: str = ""
    desk: str = ""
    act_no: str = ""
    receipt_no: str = ""
    qr: str = ""
    language: str = "id"
    reprint: bool = False
    note_codes: tuple[str, ...] = ()
    footer: str = ""
    fine_word: str = ""


class ItemLabel(Struct, frozen=True):
    """One copy's label: barcode and spine text in one. `title` is for the eye of whoever sticks it."""

    barcode: str
    call_number: str = ""
    library: str = ""
    title: str = ""


class MemberCard(Struct, frozen=True):
    """A member card. `photo` holds the bytes of a PNG or JPEG, None leaves the slot empty with the initials."""

    member_no: str
    name: str
    member_type: str = ""
    institution: str = ""
    library: str = ""
    address: str = ""
    expires_on: date | None = None
    photo: bytes | None = None


class CommandLabel(Struct, frozen=True):
    """One command of the printed command sheet: the code the scanner sends and the words beside it."""

    code: str
    name: str
    description: str = ""


class SlipProblem(Struct, frozen=True):
    """Why a slip may not be printed as it stands: a kebab-case code and the line it is about (None: the slip)."""

    code: str
    line: int | None = None


_PROMISES = (LineAct.LENT, LineAct.RENEWED)


def problems(slip: Slip) -> tuple[SlipProblem, ...]:
    """Everything missing that a slip must carry; empty means it may be printed.

    A slip without the due date must never leave the desk, and money must never be negative.
    """
    found: list[SlipProblem] = []
    for number, line in enumerate(slip.lines):
        if line.act in _PROMISES and line.due_on is None and line.due_at is None:
            found.append(SlipProblem("due-date-missing", number))
        if line.fine < 0:
            found.append(SlipProblem("money-negative", number))
    if slip.kind in (SlipKind.LEND, SlipKind.RENEWAL, SlipKind.RETURN, SlipKind.HOLD_SHELF) and not slip.lines:
        found.append(SlipProblem("lines-missing"))
    if min(slip.total_fine, slip.paid, slip.left or 0, slip.credit, slip.waived, slip.refunded) < 0:
        found.append(SlipProblem("money-negative"))
    if slip.kind is SlipKind.PAYMENT and slip.paid == 0 and slip.waived == 0:
        found.append(SlipProblem("payment-missing"))
    if slip.kind is SlipKind.REFUND and slip.refunded == 0:
        found.append(SlipProblem("payment-missing"))
    return tuple(found)


def short_name(name: str, keep_words: int = 1) -> str:
    """A name shortened for paper others may see: the first `keep_words` words whole, the rest as initials.

    "Siti Nurhaliza Putri" with 1 becomes "Siti N. P."; 0 or less leaves the name whole. A word without a letter is
    left out.
    """
    words = name.split()
    if keep_words <= 0 or len(words) <= keep_words:
        return " ".join(words)
    initials = [f"{letters[0].upper()}." for word in words[keep_words:] if (letters := _letters(word))]
    return " ".join([*words[:keep_words], *initials])


def _letters(word: str) -> str:
    return "".join(sign for sign in word if sign.isalpha())
