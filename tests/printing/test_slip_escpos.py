"""Slips as ESC/POS: the bytes are printed on a paper of dots and read back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import ImageOps

from app.domain.slip import SlipLine
from app.printing.slip_escpos import PROFILE_58, PROFILE_80, PROFILES, EscposProfile, render_escpos
from app.printing.slip_pdf import SlipRefused
from tests.printing import samples
from tests.printing.decode import codes
from tests.printing.escpos_paper import Paper, ThermalPrinter


def printed(slip: samples.Slip, profile: EscposProfile = PROFILE_58) -> Paper:
    return ThermalPrinter(profile.dots).print(render_escpos(slip, profile=profile))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("kind", samples.EVERY_KIND)
def test_every_kind_decodes_on_every_printer(kind: str, profile: EscposProfile) -> None:
    slip = samples.EVERY_KIND[kind]()
    paper = printed(slip, profile)
    expected = {("Code128", slip.act_no)} | ({("QRCode", slip.qr)} if slip.qr else set())
    assert set(codes(paper.picture)) == expected
    assert paper.cuts == int(profile.cutter)
    native = {"code128"} | ({"qr"} if slip.qr else set()) if profile.native_bars else set()
    assert {kind for kind, _ in paper.native} == native


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("act_no", ["M1-BX7Q-000001", "MPU1-BX7Q-000001"])
def test_numbers_of_a_later_incarnation_still_have_their_bars(act_no: str, profile: EscposProfile) -> None:
    head = printed(samples.lend(act_no=act_no, qr=""), profile).picture
    # On paper there is white beside the head of a narrow printer; the bars' quiet zones may lie there.
    paper = ImageOps.expand(head.convert("L"), border=(profile.margin, 0), fill=255)
    assert codes(paper) == [("Code128", act_no)]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_loan_slip_promises_its_due_dates(profile: EscposProfile) -> None:
    lines = printed(samples.lend(), profile).lines
    assert "Sel, 8 Des 2026" in [line.strip() for line in lines]
    dated = [line for line in lines if line.startswith("Jatuh tempo") and line.endswith("Sel, 8 Des 2026")]
    assert len(dated) == len(samples.LINES)


@pytest.mark.parametrize("profile", [PROFILE_58, PROFILE_80], ids=["58", "80"])
def test_each_copy_may_carry_its_bars(profile: EscposProfile) -> None:
    slip = samples.lend(qr="", lines=samples.LINES[:2])
    paper = ThermalPrinter(profile.dots).print(render_escpos(slip, profile=profile, item_bars=True))
    assert {text for _, text in codes(paper.picture)} == {"B0012345", "B0000O1l", "M1-000123"}


def test_indonesian_slips_need_no_dots_but_the_codes() -> None:
    plain = samples.lend(lines=samples.LINES[:2])
    assert printed(plain, PROFILE_80).images == 0
    assert printed(plain, PROFILE_58).images == 2


def test_arabic_titles_are_drawn_and_nothing_else() -> None:
    with_title = printed(samples.lend(lines=(samples.LINES[2],)), PROFILE_80)
    assert with_title.images == 1
    assert not any("?" in line for line in with_title.lines)


def test_an_arabic_slip_is_drawn_as_a_whole() -> None:
    paper = printed(samples.lend(language="ar"), PROFILE_80)
    assert all(set(line.strip()) <= {"-"} for line in paper.lines)
    assert ("Code128", "M1-000123") in codes(paper.picture)


def test_letters_of_a_code_page_are_printed_by_the_printer() -> None:
    # é and ü stand in code page 437, ã only in 858.
    slip = samples.lend(lines=(replace(samples.LINES[0], title="Café Müller"),), member="João")
    paper = printed(slip, PROFILE_80)
    assert "Café Müller" in paper.lines
    assert any(line.endswith("João") for line in paper.lines)
    assert paper.images == 0
    # The 58 mm profile trusts no page: the same line is drawn.
    assert printed(slip, PROFILE_58).images == 2 + 2


def test_a_name_with_a_question_mark_keeps_it_and_no_other_appears() -> None:
    slip = samples.lend(lines=(replace(samples.LINES[3], title="Apa itu ʿilm? Ḥaqq"),))
    assert not any("?" in line for line in printed(slip, PROFILE_80).lines)
    plain = samples.lend(lines=(replace(samples.LINES[3], title="Apa itu ilmu?"),))
    assert "Apa itu ilmu?" in printed(plain, PROFILE_80).lines


def test_a_title_cannot_send_commands() -> None:
    slip = samples.lend(lines=(replace(samples.LINES[0], title="A\x1bp\x00\x19\xfaB\x1dV\x00C"),))
    paper = printed(slip, PROFILE_80)
    assert paper.cuts == 1
    assert "Ap\xfaB VC" in paper.lines


def test_a_brace_in_an_act_number_survives_the_native_code() -> None:
    paper = printed(samples.lend(act_no="M{1}-7"), PROFILE_80)
    assert ("code128", "M{1}-7") in paper.native


def test_an_act_number_too_long_for_the_head_is_still_readable() -> None:
    paper = printed(samples.lend(act_no="MEJA-PERPUSTAKAAN-PUSAT-LANTAI-2-000123"))
    assert [code for code in codes(paper.picture) if code[0] == "Code128"] == []
    assert "MEJA-PERPUSTAKAAN-PUSAT-LANTAI-2" in "".join(paper.lines)


def test_a_slip_without_a_due_date_is_refused() -> None:
    with pytest.raises(SlipRefused):
        render_escpos(samples.lend(lines=(SlipLine("Buku", "B1"),)), 58)
    with pytest.raises(ValueError, match="width"):
        render_escpos(samples.lend(), 112)


def test_nothing_is_written_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    render_escpos(samples.lend(), 80)
    render_escpos(samples.lend(), 58)
    assert capsys.readouterr().out == ""


def test_sizes_stay_small() -> None:
    plain = samples.lend(lines=tuple(replace(samples.LINES[0], barcode=f"B{n:07}") for n in range(5)))
    assert len(render_escpos(plain, 80)) < 2_000
    assert len(render_escpos(plain, 58)) < 15_000


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=120), st.text(max_size=40), st.sampled_from(["id", "ar"]), st.sampled_from(["58", "80"]))
def test_any_text_gives_a_printable_slip(title: str, name: str, language: str, profile: str) -> None:
    """The paper model refuses unknown commands, control bytes, lines too wide and images wider than the head."""
    values: dict[str, Any] = {
        "lines": (replace(samples.LINES[0], title=title),),
        "member": name,
        "act_no": name,
    }
    paper = printed(samples.lend(language=language, qr="", **values), PROFILES[profile])
    if language == "id":
        assert "Sel, 8 Des 2026" in [line.strip() for line in paper.lines]
