"""Codes spoiled by the keyboard's layout: mended where certain, offered where not, never silently."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcode import Repair, ScanKind, ScanRule, ScanRules
from app.domain.scan_repair import LAYOUTS, repair, repairs, typed_under
from app.domain.text import code_key

RULES = ScanRules()


def knows(*codes: str) -> Callable[[str], bool]:
    keys = {code_key(code) for code in codes}
    return lambda code: code_key(code) in keys


@pytest.mark.parametrize(
    ("typed", "code", "how"),
    [
        ("bàà&q", "B001A", "azerty"),
        ("àà'HA\"NIDBVD", "004HQ3NIDBVD", "azerty"),
        ("é&:à&:àà'é", "21.01.0042", "azerty"),
        ("ààà&!B)&", "0001/B-1", "azerty"),
        ('b==!"', "B0012", "qwertz+shift-lock"),
        ("Bß0012", "B-0012", "qwertz"),
        ("B¬01", "B~01", "uk"),
        ("لآ0012", "B0012", "arabic"),
        ("لا0012", "b0012", "arabic"),
        ("ﻻ0012", "b0012", "arabic"),
        ("لا٠٠١٢", "b0012", "arabic"),
        ("ة0001", "m0001", "arabic"),
        ("’0001", "M0001", "arabic"),
        ("\u064e\u064b\u064f1", "QWE1", "arabic"),
        ("ىهة.1", "nim>1", "arabic"),
    ],
)
def test_a_known_code_typed_on_another_layout_is_found_and_said(typed: str, code: str, how: str) -> None:
    scan = repair(typed, RULES, knows(code))
    assert code_key(scan.code) == code_key(code)
    assert "layout-repaired" in scan.notes
    assert scan.repair is not None
    assert scan.repair.how == how
    assert scan.raw == typed


@pytest.mark.parametrize(
    ("layout", "typed"),
    [
        ("azerty", ("Bàà&é", "é&:à&:àà'é", "AZETYUGNB)!", "5FINISH")),
        ("qwertz", ("B0012", "21.01.0042", "QWETZUGNBß-", "%FINISH")),
        ("uk", ("B0012", "21.01.0042", "QWETYUGNB-/", "%FINISH")),
        ("arabic", ("لآ0012", "21ز01ز0042", "\u064e\u064b\u064fلإإ`لأآلآ-ظ", "%[÷آ÷\u064dأ")),
    ],
)
def test_what_real_keyboards_typed_is_read_back(layout: str, typed: tuple[str, ...]) -> None:
    # Taken down from a text field under X11, the keys of a US scanner pressed one by one.
    for code, came in zip(("B0012", "21.01.0042", "QWETYUGNB-/", "%FINISH"), typed, strict=True):
        assert came == code or Repair(code, layout) in repairs(came)


def test_a_known_code_is_left_alone_and_nothing_else_is_asked() -> None:
    asked: list[str] = []

    def known(code: str) -> bool:
        asked.append(code)
        return True

    scan = repair("Z0012", RULES, known)
    assert (scan.code, scan.notes, scan.repair) == ("Z0012", (), None)
    assert asked == ["Z0012"]


def test_an_honest_unknown_code_is_never_turned_into_another_book() -> None:
    scan = repair("Z0012", RULES, knows("Y0012"))
    assert scan.code == "Z0012"
    assert scan.notes == ("repair-uncertain",)
    assert scan.repair == Repair("Y0012", "qwertz")
    assert repair("A0012", RULES, knows("Q0012")).code == "A0012"
    assert repair("INV-001", RULES, knows("INV/001")).code == "INV-001"


def test_on_a_desk_known_to_have_that_keyboard_it_is_certain() -> None:
    scan = repair("Z0012", RULES, knows("Y0012"), layout="qwertz")
    assert (scan.code, scan.notes) == ("Y0012", ("layout-repaired",))


def test_two_possible_codes_are_not_chosen_between() -> None:
    scan = repair("لا01", RULES, knows("b01", "gh01"))
    assert scan.notes == ("repair-ambiguous",)
    assert (scan.code, scan.repair) == ("لا01", None)


def test_nothing_known_changes_nothing() -> None:
    scan = repair("Bàà&é", RULES, knows("B0099"))
    assert (scan.code, scan.notes, scan.repair) == ("Bàà&é", (), None)


def test_caps_lock_is_undone_for_a_library_that_minds_case() -> None:
    scan = repair("b0012", RULES, lambda code: code == "B0012")
    assert (scan.code, scan.notes) == ("B0012", ("caps-repaired",))
    for layout in ("azerty", "arabic"):
        scan = repair(typed_under("B0012", layout, caps=True), RULES, lambda code: code == "B0012")
        assert (scan.code, scan.repair) == ("B0012", Repair("B0012", f"{layout}+caps"))


def test_a_repaired_scan_keeps_only_what_the_library_knows() -> None:
    rules = ScanRules(
        (ScanRule(ScanKind.MEMBER_CARD, r"M\d{4}"), ScanRule(ScanKind.STAFF_BADGE, r"M\d+", transform="lower"))
    )
    scan = repair("’0001", rules, lambda code: code == "m0001")
    assert scan.candidates == ((ScanKind.STAFF_BADGE, "m0001"),)
    assert scan.kind is ScanKind.STAFF_BADGE


def test_a_printed_command_works_on_every_layout() -> None:
    for layout in LAYOUTS:
        scan = repair(typed_under("%FINISH", layout), RULES, knows())
        assert scan.command is not None
        assert scan.command.name == "finish"


def test_commands_and_empty_lines_ask_nothing() -> None:
    def never(code: str) -> bool:
        raise AssertionError(code)

    for raw in ("", "=finish", "%UNDO", "=nothing", "@bad B1", "x" * 10_000, "https://a.example/b"):
        repair(raw, RULES, never)


def test_two_known_codes_run_together_are_told_and_not_guessed() -> None:
    scan = repair("M0001B0001", RULES, knows("M0001", "B0001"))
    assert scan.parts == ("M0001", "B0001")
    assert scan.notes == ("glued",)
    assert scan.code == "M0001B0001"
    assert repair("M0001 B0001", RULES, knows("M0001", "B0001")).parts == ("M0001", "B0001")
    assert repair("1111111", RULES, knows("111", "1111")).parts == ()
    assert repair("M0001B0001", RULES, knows("M0001", "B0001", "M0001B0001")).parts == ()


def test_half_a_barcode_is_no_other_barcode() -> None:
    for half in ("B00", "0001", "B0000", "00001"):
        assert repair(half, RULES, knows("B00001")).notes in ((), ("short",))


codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-/", min_size=4, max_size=20).filter(
    lambda code: code[0].isalnum()
)


@given(codes, st.sampled_from(sorted(LAYOUTS)), st.booleans())
def test_every_plain_code_survives_every_layout(code: str, layout: str, caps: bool) -> None:
    typed = typed_under(code, layout, caps)
    scan = repair(typed, RULES, knows(code), layout=layout)
    assert code_key(scan.code) == code_key(code)
    if code_key(typed) != code_key(code):
        assert "layout-repaired" in scan.notes


@pytest.mark.parametrize(
    "code", ["B00001", "M0001", "21.01.0042", "2101010042", "210101234567890", "30234000517861", "9780735712577"]
)
@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("caps", [False, True])
def test_the_usual_codes_need_no_setting(code: str, layout: str, caps: bool) -> None:
    if layout == "qwertz" and "-" in code:
        return
    scan = repair(typed_under(code, layout, caps), RULES, knows(code))
    assert code_key(scan.code) == code_key(code)


@given(st.text() | st.text("&é\"'(-è_çàلا\u064e\u0651أB0ﻻ ", max_size=80))
def test_any_text_is_repaired_or_not_without_an_error(raw: str) -> None:
    for one in repairs(raw):
        assert one.text
        assert one.text != raw
    assert repair(raw, RULES, lambda _: False).repair is None


def test_many_lam_alifs_do_not_multiply() -> None:
    assert len(repairs("لا" * 30)) <= 64
    assert repairs("لا" * 5000) == ()


def test_every_layout_names_each_key_once() -> None:
    for name, keys in LAYOUTS.items():
        assert len(keys) == 95, name
        assert len(set(keys.values())) == 95, name
