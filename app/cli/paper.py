"""`meja print`: item labels, member cards, sheets of command codes and of codes to practise with, as PDF; or labels on
a thermal printer."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from app import wiring
from app.cli.paths import path_of
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
    """Print what was asked for; the refused codes are listed with their reason, exit 1 when nothing was printed."""
    with wiring.opened(home, read_only=True, recovery=recovery) as store, store.read() as facts:
        out, own = path_of(options.out), wiring.own_places(store)
        if options.what == "commands":
            commands = _commands()
            data = command_sheet(commands, str(facts.setting("library.name")))
            return _answer(PrintedLabels(data, len(commands), ()), out, own)
        codes = options.codes or _typed()
        if options.what == "cards":
            return _answer(render_card_sheet(_cards(facts, codes)), out, own)
        if options.what == "practice":
            return _answer(_practice(facts, codes), out, own)
        if options.thermal:
            return _thermal(store, facts, codes)
        offset = PrinterOffset(options.shift_x, options.shift_y)
        made = render_label_sheet(_labels(facts, codes), SHEETS[options.sheet], offset, options.start)
        return _answer(made, out, own)


def _typed() -> list[str]:
    """Codes from standard input; bytes that are no UTF-8 become signs that no code has."""
    reconfigure = getattr(sys.stdin, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="replace")
    return [line.strip() for line in sys.stdin if line.strip()]


def _answer(made: PrintedLabels, path: Path, own: OwnPlaces) -> int:
    write_whole(path, made.data, own)
    refused = [{"code": one.barcode, "reason": one.code} for one in made.refused]
    print(json.dumps({"ok": made.printed > 0, "printed": made.printed, "refused": refused, "file": str(path)}))
    return OK if made.printed else FAILED


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


def _thermal(store: DeskStore, facts: Reader, codes: list[str]) -> int:
    """Labels one by one on the desk's own slip printer."""
    printing = wiring.printing(store)
    printed = 0
    refused: list[dict[str, str]] = []
    for label in _labels(facts, codes):
        made = render_label_escpos(label)
        refused.extend({"code": one.barcode, "reason": one.code} for one in made.refused)
        if made.printed:
            try:
                printing.send(made.data)
            except PrinterProblem as problem:
                raise KnownError(problem.code, dict(problem.params)) from problem
            printed += 1
    print(json.dumps({"ok": printed > 0, "printed": printed, "refused": refused}))
    return OK if printed else FAILED


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
