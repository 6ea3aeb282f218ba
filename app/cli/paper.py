"""`meja print`: item labels, member cards, sheets of command codes and of codes to practise with, as PDF; or labels on
a thermal printer."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app import wiring
from app.cli.paths import path_of
from app.cli.words import tell
from app.domain.scan_command import COMMANDS, NEEDS_ARGUMENT, printed_command
from app.domain.slip import CommandLabel, ItemLabel, MemberCard
from app.ports import KnownError, Reader
from app.printing.cards import render_card_sheet
from app.printing.geometry import SHEETS, PrinterOffset
from app.printing.labels import LabelRefusal, PrintedLabels, render_label_escpos, render_label_sheet
from app.printing.sheets import command_sheet, practice_sheet, sheet_refusal
from app.printing.targets import PrinterProblem
from app.services.out_file import OwnPlaces, write_whole
from db.store import DeskStore
from resources.loader import load_json

OK, FAILED = 0, 1


def run(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """Print what was asked for; every code that is not printed is named with its reason, and the exit code is 1."""
    with wiring.opened(home, read_only=True, recovery=recovery) as store, store.read() as facts:
        out, own = path_of(options.out), wiring.own_places(store)
        if options.what == "commands":
            commands = _commands()
            data = command_sheet(commands, str(facts.setting("library.name")))
            return _answer(PrintedLabels(data, len(commands), ()), out, own)
        codes = options.codes or _typed()
        if not codes:
            raise KnownError("print-nothing-given", {"what": options.what})
        if options.what == "practice":
            return _answer(_practice(facts, codes), out, own)
        known, refused = _known(facts, codes, options.what, blank=options.blank)
        if options.what == "cards":
            return _answer(render_card_sheet(_cards(facts, known)), out, own, refused)
        if options.thermal:
            return _thermal(store, facts, known, refused)
        offset = PrinterOffset(options.shift_x, options.shift_y)
        made = render_label_sheet(_labels(facts, known), SHEETS[options.sheet], offset, options.start)
        return _answer(made, out, own, refused)


def _known(facts: Reader, codes: list[str], what: str, *, blank: bool) -> tuple[list[str], list[LabelRefusal]]:
    """The codes that this library has, and those it has not: a label for no copy would be stuck onto a wrong one."""
    hits = facts.member_by_card if what == "cards" else facts.item_by_code
    unknown = [] if blank and what == "labels" else [code for code in codes if not hits(code)]
    reason = "member-unknown" if what == "cards" else "item-unknown"
    return [code for code in codes if code not in unknown], [LabelRefusal(code, reason) for code in unknown]


def _typed() -> list[str]:
    """Codes from standard input; bytes that are no UTF-8 become signs that no code has."""
    reconfigure = getattr(sys.stdin, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="replace")
    return [line.strip() for line in sys.stdin if line.strip()]


def _answer(made: PrintedLabels, path: Path, own: OwnPlaces, unknown: Sequence[LabelRefusal] = ()) -> int:
    if made.printed:
        write_whole(path, made.data, own)
    return _told(made.printed, [*unknown, *made.refused], {"file": str(path)} if made.printed else {})


def _told(printed: int, refused: Sequence[LabelRefusal], facts: Mapping[str, str]) -> int:
    """The answer as an object; what was not printed as sentences, too."""
    said = [{"code": one.barcode, "reason": one.code} for one in refused]
    done = printed > 0 and not refused
    print(json.dumps({"ok": done, "printed": printed, "refused": said, **facts}))
    for one in refused:
        tell(f"print.{one.code}", number=one.barcode, signs=one.signs)
    return OK if done else FAILED


def _practice(facts: Reader, codes: list[str]) -> PrintedLabels:
    """The cards and copies that carry these codes, to scan from paper; a code nobody carries is refused."""
    members: list[MemberCard] = []
    items: list[ItemLabel] = []
    refused: list[LabelRefusal] = []
    for code in codes:
        cards = list(_cards(facts, [code]))
        copies = [] if cards else [*_labels(facts, [code])] if facts.item_by_code(code) else []
        printed = cards[0].member_no if cards else copies[0].barcode if copies else ""
        problem = sheet_refusal(printed) if printed else "code-unknown"
        if problem:
            refused.append(LabelRefusal(code, problem))
        else:
            members += cards
            items += copies
    data = practice_sheet(members, items, str(facts.setting("library.name")), invented=False)
    return PrintedLabels(data, len(members) + len(items), tuple(refused))


def _thermal(store: DeskStore, facts: Reader, codes: list[str], refused: list[LabelRefusal]) -> int:
    """Labels one by one on the desk's own slip printer."""
    printing = wiring.printing(store)
    printed = 0
    for label in _labels(facts, codes):
        made = render_label_escpos(label)
        refused.extend(made.refused)
        if made.printed:
            try:
                printing.send(made.data)
            except PrinterProblem as problem:
                raise KnownError(problem.code, dict(problem.params)) from problem
            printed += 1
    return _told(printed, refused, {})


def _labels(facts: Reader, codes: list[str]) -> Iterator[ItemLabel]:
    library = str(facts.setting("library.name"))
    for code in codes:
        hits = facts.item_by_code(code)
        item = hits[0].item if hits else None
        title = hits[0].title if hits else None
        call = (item.call_number or (title.call_number if title else "")) if item else ""
        yield ItemLabel(item.barcode if item else code, call, library, title.title if title else "")


def _cards(facts: Reader, codes: list[str]) -> Iterator[MemberCard]:
    library, address = str(facts.setting("library.name")), str(facts.setting("library.address"))
    for code in codes:
        for hit in facts.member_by_card(code)[:1]:
            member = hit.member
            yield MemberCard(
                member.member_no,
                member.name,
                facts.member_type_name(member.member_type),
                member.institution,
                library,
                address,
                member.expires_on,
                (facts.picture(member.photo) or None) if member.photo else None,
            )


def _commands() -> list[CommandLabel]:
    words = load_json("words/commands_id.json")
    plain = sorted(COMMANDS - NEEDS_ARGUMENT)
    return [CommandLabel(printed_command(name), words[name]["name"], words[name]["line"]) for name in plain]
