"""A slip as a column of blocks: what is said, in which order, how loud. Both PDF and ESC/POS draw these blocks.

Words are chosen here, widths and fonts are not known here.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from app.domain.slip import MONEY_ACTS, LineAct, Slip, SlipKind, SlipLine
from app.printing.text import clean
from app.printing.words import Words, words


class Tone(StrEnum):
    """How loud a text is; each backend has its own size for it."""

    SMALL = "small"
    BODY = "body"
    CODE = "code"
    STRONG = "strong"
    LIBRARY = "library"
    HEADING = "heading"
    DUE = "due"


class Text(Struct, frozen=True):
    """A paragraph. `own_direction`: a title or name runs the way its own letters do, not the way of the slip."""

    text: str
    tone: Tone = Tone.BODY
    centred: bool = False
    max_lines: int | None = None
    own_direction: bool = False


class Pair(Struct, frozen=True):
    """A label at the line's start and its value at the end; the value may wrap below."""

    label: str
    value: str
    tone: Tone = Tone.BODY


class Boxed(Struct, frozen=True):
    """The promise of the slip, set apart: a small label over a very large value. `below` stands as large on a line of
    its own, so that no line break falls inside of it."""

    label: str
    value: str
    below: str = ""


class Badge(Struct, frozen=True):
    """White on black, so that a reprint is never taken for the first slip."""

    text: str


class Rule(Struct, frozen=True):
    """A line across; a light one between copies."""

    light: bool = False


class Bar(Struct, frozen=True):
    """The text as Code 128 with the text below it."""

    text: str
    label: str


class Qr(Struct, frozen=True):
    """The text as QR code with a caption."""

    text: str
    caption: str


Block = Text | Pair | Boxed | Badge | Rule | Bar | Qr

TITLE_LINES = 4
_DUE_ACTS = (LineAct.LENT, LineAct.RENEWED, LineAct.ASIDE)


def receipt(slip: Slip, item_bars: bool = False) -> tuple[Block, ...]:
    """The slip's blocks from top to bottom, in the slip's language; `item_bars` adds each copy's bar code."""
    say = words(slip.language)
    blocks: list[Block] = []
    _head(slip, say, blocks)
    _promise(slip, say, blocks)
    for number, line in enumerate(slip.lines):
        if number:
            blocks.append(Rule(light=True))
        _line(slip, line, say, blocks)
        if item_bars and line.barcode:
            blocks.append(Bar(clean(line.barcode), ""))
    _money(slip, say, blocks)
    _foot(slip, say, blocks)
    return tuple(blocks)


def _head(slip: Slip, say: Words, blocks: list[Block]) -> None:
    blocks.append(Text(clean(slip.library), Tone.LIBRARY, centred=True, max_lines=3))
    if slip.address:
        blocks.append(Text(clean(slip.address), Tone.SMALL, centred=True, max_lines=3))
    blocks.append(Rule())
    if slip.reprint:
        blocks.append(Badge(say.say("reprint")))
    blocks.append(Text(say.say(f"heading.{slip.kind.value}"), Tone.HEADING))
    blocks.append(Pair(say.date(slip.at), say.time(slip.at)))
    if slip.member is not None:
        tone = Tone.STRONG if slip.kind is SlipKind.HOLD_SHELF else Tone.BODY
        label = "for-member" if slip.kind is SlipKind.HOLD_SHELF else "member"
        blocks.append(Pair(say.say(label), clean(slip.member), tone))
        if slip.member_no:
            blocks.append(Pair(say.say("member-no"), clean(slip.member_no), Tone.CODE))
    blocks.append(Rule())


def _promise(slip: Slip, say: Words, blocks: list[Block]) -> None:
    due = [_due(line, say) for line in slip.lines if line.act in _DUE_ACTS]
    if len(due) == len(slip.lines) and len(set(due)) == 1 and any(due[0]):
        aside = all(line.act is LineAct.ASIDE for line in slip.lines)
        blocks.append(Boxed(say.say("due.aside" if aside else "due.common"), *due[0]))


def _due(line: SlipLine, say: Words) -> tuple[str, str]:
    """The due date of a line and, for loans counted in hours, its hour; "" for what it has not."""
    if line.due_at is not None:
        return say.date(line.due_at), say.say("due.hour", time=say.time(line.due_at))
    return (say.date(line.due_on) if line.due_on is not None else "", "")


def _line(slip: Slip, line: SlipLine, say: Words, blocks: list[Block]) -> None:
    only_money = line.act in MONEY_ACTS
    what = _charge_words(line, say)
    title = clean(line.title) or what or (say.say("payment") if only_money else "-")
    blocks.append(Text(title, Tone.STRONG, max_lines=TITLE_LINES, own_direction=True))
    if line.barcode:
        blocks.append(Pair(say.say("barcode"), clean(line.barcode), Tone.CODE))
    if line.call_number and slip.kind is SlipKind.HOLD_SHELF:
        blocks.append(Pair(say.say("call-number"), clean(line.call_number), Tone.CODE))
    if line.whole:
        blocks.append(Pair(what if line.title else say.say("act.charged"), say.money(line.whole)))
    elif only_money and line.title and what:
        blocks.append(Text(what))
    if slip.kind is SlipKind.TRANSACTION and not only_money:
        blocks.append(Text(say.say(f"act.{line.act.value}"), Tone.BODY))
    day, hour = _due(line, say)
    if day:
        label = say.say("due.aside") if line.act is LineAct.ASIDE else say.say("due")
        blocks.append(Pair(label, day, Tone.STRONG))
    if hour:
        blocks.append(Pair("", hour, Tone.STRONG))
    if line.fine:
        label = say.say(f"act.{line.act.value}") if only_money else _fine_label(slip, line, say)
        blocks.append(Pair(label, say.money(line.fine)))
    if line.note_code:
        blocks.append(Text(note_words(line, say), Tone.SMALL))


def _charge_words(line: SlipLine, say: Words) -> str:
    """What a line's money is for; "" when the line does not say it."""
    if not line.charge:
        return ""
    known = say.knows(f"charge.{line.charge}")
    return say.say(f"charge.{line.charge}" if known else "charge.other")


def _fine_label(slip: Slip, line: SlipLine, say: Words) -> str:
    fine = clean(slip.fine_word) or say.say("fine")
    if line.charged_days is None:
        return fine
    if line.fine_per_day is None:
        return f"{fine} ({say.say('fine.days-only', days=line.charged_days)})"
    return f"{fine} ({say.say('fine.days', days=line.charged_days, rate=say.money(line.fine_per_day))})"


def note_words(line: SlipLine, say: Words) -> str:
    """The sentence of a line's note; a code we have no sentence for is shown as it is rather than lost."""
    code = f"note.{line.note_code}"
    params = {key: clean(value) if isinstance(value, str) else value for key, value in line.note_params.items()}
    try:
        return say.say(code, **params)
    except (KeyError, IndexError):
        return clean(line.note_code)


def _money(slip: Slip, say: Words, blocks: list[Block]) -> None:
    fine = clean(slip.fine_word) or say.say("fine")
    pairs: list[Pair] = []
    if slip.total_fine:
        label = say.say("fine.total", fine=fine[:1].lower() + fine[1:] if not say.rtl else fine)
        if any(line.act is LineAct.CHARGED for line in slip.lines):
            label = say.say("charges.total")
        pairs.append(Pair(label, say.money(slip.total_fine)))
    if slip.waived and [line.fine for line in slip.lines if line.act is LineAct.WAIVED] != [slip.waived]:
        pairs.append(Pair(say.say("waived"), say.money(slip.waived)))
    if slip.paid and not _says_what_was_paid(slip):
        pairs.append(Pair(say.say("paid"), say.money(slip.paid), Tone.STRONG))
    if slip.refunded and slip.kind is SlipKind.REFUND:
        pairs.append(Pair(say.say("refunded"), say.money(slip.refunded), Tone.STRONG))
    if slip.payer:
        pairs.append(Pair(say.say("payer"), clean(slip.payer)))
    if slip.receipt_no:
        pairs.append(Pair(say.say("receipt-no"), clean(slip.receipt_no), Tone.CODE))
    closing: list[Block] = list(pairs)
    if slip.left:
        closing.append(Pair(say.say("left"), say.money(slip.left), Tone.STRONG))
    elif slip.left == 0 and (slip.kind is SlipKind.PAYMENT or slip.waived):
        closing.append(Text(say.say("left.none"), Tone.STRONG))
    if slip.credit:
        closing.append(Pair(say.say("credit"), say.money(slip.credit), Tone.STRONG))
    elif slip.refunded:
        closing.append(Text(say.say("credit.none"), Tone.STRONG))
    if closing:
        if slip.lines:
            blocks.append(Rule())
        blocks.extend(closing)


def _says_what_was_paid(slip: Slip) -> bool:
    """True when the one payment of a slip stands there already, as the last of its lines or alone."""
    payments = [line for line in slip.lines if line.act is LineAct.PAID]
    return slip.kind is SlipKind.TRANSACTION and [line.fine for line in payments] == [slip.paid]


def _foot(slip: Slip, say: Words, blocks: list[Block]) -> None:
    blocks.append(Rule())
    copies = sum(line.act not in MONEY_ACTS for line in slip.lines)
    if copies > 1:
        blocks.append(Text(say.say("count", count=copies), Tone.SMALL))
    if slip.operator:
        blocks.append(Pair(say.say("operator"), clean(slip.operator), Tone.SMALL))
    if slip.desk:
        blocks.append(Pair(say.say("desk"), clean(slip.desk), Tone.SMALL))
    if slip.act_no:
        blocks.append(Bar(clean(slip.act_no), say.say("act-no")))
    if slip.qr:
        blocks.append(Qr(slip.qr, say.say("qr")))
    for code in slip.note_codes:
        known = say.knows(f"note.{code}")
        blocks.append(Text(say.say(f"note.{code}") if known else clean(code), Tone.SMALL, centred=True))
    if slip.footer:
        blocks.append(Text(clean(slip.footer), Tone.SMALL, centred=True, max_lines=6))
