"""The screen half over a real session: one view after every key, scan and answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import apsw
import pytest

from app.domain.clock import LATEST_MS
from app.services.desk import DeskScreen
from app.services.session import Session
from app.services.view import Columns, DeskView, Mode, Phrase, Sound, Tone
from tests.builders import CARD, OTHER_CARD, Library, campus, founded, rows_of


@pytest.fixture
def screen(library: Library, session: Session) -> DeskScreen:
    """The screen over the same session."""
    return library.screen(session)


def scanned(library: Library, screen: DeskScreen, *codes: str) -> DeskView:
    """Scan, two seconds apart."""
    view = screen.view()
    for code in codes:
        library.clock.go(ms=2000)
        view = screen.scan(code)
    return view


def keys(view: DeskView) -> set[str]:
    """The keys that work now."""
    return {hint.key for hint in view.keys}


def test_an_empty_desk(screen: DeskScreen) -> None:
    view = screen.view()
    assert (view.member, view.rows, view.question, view.banner) == (None, (), None, None)
    assert (view.mode, view.today.part) == (Mode.AUTO, "morning")
    assert (view.state.library, view.state.desk) == ("Perpustakaan INSTIDLA", "Meja 1")
    assert "F9" not in keys(view)
    assert {"F2", "F3", "F5", "F6", "F7", "F8", "F12", "Ctrl+Z", "Enter"} <= keys(view)


def test_a_library_without_anything_says_how_it_begins(tmp_path: Path) -> None:
    bare = founded(tmp_path)
    try:
        first = bare.screen().view().banner
        assert first is not None
        assert first.code == "bare"
        bare.item("B001")
        assert bare.screen().view().banner is None
    finally:
        bare.close()


def test_that_no_printer_is_set_up_is_said_once_and_f8_makes_a_pdf(library: Library) -> None:
    library.set("slip.print", "with-printer")
    screen = DeskScreen(library.store, library.session(), library.clock, slip_folder="/rumah/struk")

    def finish(*codes: str) -> list[str]:
        scanned(library, screen, *codes)
        banner = screen.key("finish").banner
        assert banner is not None
        return [line.code for line in banner.lines if isinstance(line, Phrase)]

    assert "no-printer" not in finish(CARD), "nothing was lent, so nothing was to be printed"
    assert "no-printer" in finish(CARD, "B001")
    assert "no-printer" not in finish(OTHER_CARD, "B002"), "not after every reader"
    banner = screen.key("reprint").banner
    assert banner is not None
    assert [line.code for line in banner.lines if isinstance(line, Phrase)] == ["slip-in-folder"]


def test_a_slip_that_is_a_pdf_names_its_folder(library: Library) -> None:
    screen = DeskScreen(library.store, library.session(), library.clock, slip_folder="/rumah/struk")
    scanned(library, screen, CARD, "B001")
    finished = screen.key("finish").banner
    assert finished is not None
    slip = finished.lines[-1]
    assert isinstance(slip, Phrase)
    assert (slip.code, slip.params["folder"]) == ("slip-in-folder", "/rumah/struk")
    library.set("printer.kind", "usb")
    scanned(library, screen, CARD, "C001")
    finished = screen.key("finish").banner
    assert finished is not None
    assert "folder" not in str(finished.lines)


def test_a_transaction_fills_the_table_newest_first(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "D001")
    library.clock.go(minutes=30)
    view = scanned(library, screen, CARD, "B001", "C001")
    assert view.member is not None
    assert (view.member.name, view.member.loans) == ("Ahmad Fauzi", 3)
    assert [row.barcode for row in view.rows] == ["C001", "B001"]
    assert [row.no for row in view.rows] == [2, 1]
    assert [row.barcode for row in view.running] == ["D001"]
    assert view.columns is Columns.DUE
    assert (view.today.lent, view.sound) == (3, Sound.DONE)
    done = screen.key("finish")
    assert (done.rows, done.member) == ((), None)
    assert done.banner is not None
    assert done.banner.code == "finished"


def test_sound_and_announcement_belong_to_an_outcome_once(library: Library, screen: DeskScreen) -> None:
    first = scanned(library, screen, CARD)
    assert screen.view().serial == first.serial
    assert scanned(library, screen, "B001").serial > first.serial
    assert screen.view().announce is not None


def test_a_question_holds_the_desk_and_a_scan_never_answers_it(library: Library, screen: DeskScreen) -> None:
    view = scanned(library, screen, "19.02.0005", "B001")
    assert view.question is not None
    assert view.question.held == "B001"
    before = len(library.kinds())
    stray = scanned(library, screen, "C001")
    assert stray.question == view.question
    assert stray.banner is not None
    assert (stray.banner.code, stray.sound) == ("scan-refused", Sound.NO)
    assert len(library.kinds()) == before
    lent = screen.answer("approve", {"reason": "izin kepala"})
    assert lent.question is None
    assert library.has("19.02.0005") == ["B001"]


def test_esc_leaves_a_question_and_nothing_happened(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, "19.02.0005", "B001")
    view = screen.key("cancel")
    assert view.question is None
    assert view.banner is not None
    assert view.banner.code == "cancelled"
    assert library.has("19.02.0005") == []


def test_a_pile_shows_from_whom_and_what_was_fined(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    screen.key("return")
    view = scanned(library, screen, "B001")
    assert (view.columns, view.sticky, view.mode) == (Columns.FROM, True, Mode.RETURN)
    assert (view.rows[0].from_name, view.rows[0].from_no) == ("Ahmad F.", CARD)
    assert [note.code for note in view.today.notes] == ["owes-or-condition"]
    assert {"F9", "Ctrl+K"} <= keys(view)
    asked = screen.key("pay")
    assert asked.question is not None
    assert asked.question.kind == "pay"
    paid = screen.answer("pay", {"amount": "7.000", "payer": ""})
    assert paid.today.notes == ()
    assert library.owed() == 0
    assert screen.key("return").mode is Mode.AUTO, "the key again goes back"


def test_panel_f9_and_card_say_one_debt(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=20)
    screen.key("return")
    view = scanned(library, screen, "B001")
    assert [(note.code, note.params["amount"]) for note in view.today.notes] == [("owes-or-condition", 2500)]
    screen.key("condition")
    noted = screen.answer("pick", {}, "condition:cover-torn")
    charge = next(iter(rows_of(library.store, "SELECT sum(amount) FROM charge WHERE reason LIKE 'condition%'")))[0]
    assert charge > 0
    owed = 2500 + charge
    assert [(note.code, note.params["amount"]) for note in noted.today.notes] == [("owes-by-name", owed)]
    assert noted.banner is not None
    assert Phrase("owes-in-all", {"left": owed}) in noted.banner.lines
    asked = screen.key("pay").question
    assert asked is not None
    assert asked.fields[0].value == str(owed)
    screen.answer("cancel", {})
    card = scanned(library, screen, CARD).member
    assert card is not None
    assert card.owed == owed


def test_undo_takes_the_row_away(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, CARD, "B001", "C001")
    view = screen.key("undo")
    assert [row.barcode for row in view.rows] == ["B001"]
    assert view.member is not None
    assert view.member.loans == 1


def test_quiet_time_ends_a_transaction_with_its_slip(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, CARD, "B001")
    library.clock.go(minutes=2)
    assert screen.tick().member is not None
    library.clock.go(minutes=2)
    view = screen.tick()
    assert (view.member, view.rows) == (None, ())
    assert view.banner is not None
    assert view.banner.code == "timed-out"
    assert rows_of(library.store, "SELECT count(*) FROM print_job") == [(1,)]


def test_quiet_time_can_be_switched_off(library: Library, screen: DeskScreen) -> None:
    library.set("desk.quiet_end_seconds", 0)
    scanned(library, screen, CARD)
    library.clock.go(days=1)
    assert screen.tick().member is not None


def test_a_loan_by_the_hour_shows_its_hour_everywhere(library: Library, screen: DeskScreen) -> None:
    hours = {str(day): [["08:00", "11:00"]] for day in range(6)}
    with library.store.act() as act:
        act.publish_policy(campus(version="hours", calendar={"weekly": [6], "hours": hours}))
    library.item("T001", "Tandon", collection="tandon", price=100_000)
    view = scanned(library, screen, CARD, "T001")
    closing = datetime.fromisoformat("2026-03-02T11:00:00+07:00")
    assert view.banner is not None
    assert view.banner.big_value == Phrase("due-at", {"due_at": closing})
    assert [line.code for line in view.banner.reasons] == ["due-at-closing"]
    assert [row.due_at for row in view.rows] == [closing]
    again = library.screen(library.session()).view()
    assert [row.due_at for row in again.rows] == [closing], "also when it is read back from the journal"
    scanned(library, screen, "=finish")
    assert [row.due_at for row in scanned(library, screen, CARD).running] == [closing]


def test_a_restart_shows_the_basket_again(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, CARD, "B001")
    library.reopen()
    view = library.screen(library.session()).view()
    assert [row.barcode for row in view.rows] == ["B001"]
    assert view.member is not None


def test_renewing_everything_says_how_many(library: Library, screen: DeskScreen) -> None:
    for barcode in ("B001", "C001"):
        library.lend(CARD, barcode)
    library.clock.go(days=12)
    scanned(library, screen, CARD)
    view = screen.key("renew-all")
    assert view.banner is not None
    assert (view.banner.code, view.banner.params["n"], view.banner.tone) == ("renewed-all", 2, Tone.DONE)
    again = screen.key("renew-all")
    assert again.banner is not None
    assert (again.banner.code, again.banner.params["refused"], again.sound) == ("renewed-none", 2, Sound.NO)


def test_renewing_everything_names_what_could_not_be_renewed_and_why(library: Library, screen: DeskScreen) -> None:
    for barcode in ("B001", "C001", "D001"):
        library.lend(CARD, barcode)
    library.clock.go(days=12)
    scanned(library, screen, CARD)
    screen.key("renew")
    scanned(library, screen, "B001", "C001")
    view = screen.key("renew-all")
    assert view.banner is not None
    assert (view.banner.code, view.sound) == ("renewed-some", Sound.NEEDS)
    about = {(reason.title, reason.barcode) for reason in view.banner.reasons}
    assert about == {("Sejarah Lampung", "B001"), ("Fikih Muamalah", "C001")}
    assert {reason.code for reason in view.banner.reasons} >= {"renewed-today", "no-gain"}
    assert [row.barcode for row in view.rows] == ["D001", "C001", "B001"]


def test_a_loan_is_renewed_by_telephone_from_the_reader_s_loans(library: Library, screen: DeskScreen) -> None:
    for barcode in ("B001", "C001"):
        library.lend(CARD, barcode)
    library.clock.go(days=12)
    scanned(library, screen, CARD)
    asked = screen.key("renew-phone")
    assert asked.question is not None
    assert {choice.mono for choice in asked.question.choices} == {"B001", "C001"}
    chosen = next(choice.id for choice in asked.question.choices if choice.mono == "C001")
    view = screen.answer("pick", {}, chosen)
    assert view.banner is not None
    assert (view.banner.code, view.question) == ("renewed-phone", None)
    assert [row.barcode for row in view.rows] == ["C001"]
    screen.key("renew-phone")
    everything = screen.answer("renew-all", {}, chosen)
    assert everything.banner is not None
    assert everything.banner.code == "renewed-some"
    assert {row.barcode for row in everything.rows} == {"B001", "C001"}


def test_a_wrong_clock_is_said_all_the_time(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, CARD, "B001")
    assert screen.view().state.last_error is None
    library.clock.put("2024-01-01T08:00")
    error = screen.view().state.last_error
    assert error is not None
    assert error.code == "clock"


@pytest.mark.parametrize(
    ("error", "line"),
    [(apsw.FullError, "disk-full"), (apsw.IOError, "disk-failed"), (apsw.ReadOnlyError, "read-only")],
)
def test_a_failing_disk_is_a_sentence_and_the_desk_goes_on(
    library: Library, monkeypatch: pytest.MonkeyPatch, error: type[apsw.Error], line: str
) -> None:
    from db.store import open_store
    from tests.db.faulty import faulty_disk

    library.close()
    with faulty_disk(monkeypatch) as disk:
        library.store = open_store(library.home, library.around)
        screen = library.screen()
        scanned(library, screen, CARD)
        with disk.fails(error):
            view = scanned(library, screen, "B001")
        assert view.banner is not None
        assert (view.banner.code, view.sound) == ("stopped", Sound.NO)
        assert [getattr(say, "code", say) for say in view.banner.lines] == [line]
        assert view.rows == ()
        assert [row.barcode for row in scanned(library, screen, "C001").rows] == ["C001"]
        library.close()
    library.store = open_store(library.home, library.around)
    assert library.has() == ["C001"]


def test_a_switch_of_readers_starts_a_clean_table(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, CARD, "B001")
    view = scanned(library, screen, OTHER_CARD)
    assert view.rows == ()
    assert view.banner is not None
    assert view.banner.code == "member-switched"


def test_a_card_after_a_pile_begins_with_an_empty_table(library: Library, screen: DeskScreen) -> None:
    library.lend(OTHER_CARD, "B001")
    screen.key("return")
    assert scanned(library, screen, "B001").rows
    view = scanned(library, screen, CARD)
    assert view.rows == ()
    assert view.banner is not None
    assert Phrase("pile-finished") in view.banner.lines
    assert view.mode is Mode.AUTO


@pytest.mark.parametrize("wall", [LATEST_MS, 253_402_300_800_000, 10**17, 2**62])
def test_a_clock_out_of_all_calendars_is_said_and_recorded_nowhere(library: Library, wall: int) -> None:
    screen = library.screen()
    screen.scan(CARD)
    good, library.clock.wall = library.clock.wall, wall
    library.clock.go(ms=5000)
    view = screen.scan("B001")
    assert [line.code for line in view.banner.lines] == ["clock-broken"]
    assert library.has() == []
    library.clock.wall = good
    library.clock.mono += 5000
    assert screen.scan("B001").banner.code == "lent"


@pytest.mark.parametrize("wall", [-1, -(10**13), -(2**62)])
def test_a_clock_before_all_computers_stops_no_scan(library: Library, wall: int) -> None:
    screen = library.screen()
    library.clock.wall = wall
    screen.scan(CARD)
    library.clock.mono += 5000
    assert screen.scan("B001").banner.code == "lent"
    assert library.has() == ["B001"]


def test_a_paid_loss_that_is_found_is_said_and_stays_on_the_card(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.circulation.lose(library.desk, library.items["B001"].id)
    library.money.pay(library.desk, library.members[CARD].id, 90_000)
    view = scanned(library, screen, "B001")
    assert view.banner is not None
    assert (view.banner.code, view.banner.tone) == ("returned-found", Tone.NEEDS)
    assert [line.code for line in view.banner.reasons] == ["loss-taken-back", "loss-now-credit"]
    card = scanned(library, screen, CARD).member
    assert card is not None
    assert [dict(note.params) for note in card.notes if note.code == "credit"] == [{"amount": 90_000}]


def test_a_reprint_says_that_the_printer_is_off(library: Library, session: Session) -> None:
    off: list[Phrase] = []
    screen = DeskScreen(library.store, session, library.clock, printer_problem=lambda: off[0] if off else None)
    banner = scanned(library, screen, CARD, "B001", "=finish").banner
    assert banner is not None
    assert Phrase("slip-number", {"number": "M1-A-000001"}) in banner.lines
    codes = []
    for problem in ([], [Phrase("printer-off", {"n": 2})]):
        off[:] = problem
        banner = screen.key("reprint").banner
        assert banner is not None
        codes.append((banner.code, banner.tone))
    assert codes == [("reprinted", Tone.DONE), ("reprint-waits", Tone.NEEDS)]
    banner = scanned(library, screen, CARD, "C001", "=finish").banner
    assert banner is not None
    assert Phrase("slip-waits", {"number": "M1-A-000002"}) in banner.lines


def test_quiet_time_says_what_was_taken_as_well(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=20)
    scanned(library, screen, "B001", CARD, "=pay 2500")
    library.clock.go(minutes=60)
    banner = screen.tick().banner
    assert banner is not None
    assert (banner.code, Phrase("received", {"amount": 2500}) in banner.lines) == ("timed-out", True)


def test_the_end_says_what_was_taken(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=20)
    scanned(library, screen, "B001", "=pay 2500")
    banner = scanned(library, screen, "=finish").banner
    assert banner is not None
    assert Phrase("received", {"amount": 2500}) in banner.lines


def test_a_typed_return_begins_the_list_anew_as_its_key_does(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, CARD, "B001")
    view = scanned(library, screen, "=return")
    assert (view.member, view.rows, view.mode) == (None, (), Mode.RETURN)
    assert view.banner is not None
    assert Phrase("previous-member", {"name": "Ahmad Fauzi"}) in view.banner.lines


def test_whose_card_a_code_is_opens_nothing(library: Library, screen: DeskScreen) -> None:
    assert screen.card_of(CARD) == "Ahmad Fauzi"
    assert (screen.card_of("B001"), screen.card_of("XYZ")) == ("", "")
    assert screen.view().member is None


def test_two_charges_on_one_copy_are_told_apart(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=20)
    screen.key("return")
    scanned(library, screen, "B001")
    screen.key("condition")
    screen.answer("pick", {}, "condition:cover-torn")
    asked = screen.key("pay").question
    assert asked is not None
    told = [line.params["what"] for choice in asked.choices if isinstance(line := choice.line, Phrase)]
    assert sorted(map(str, told)) == ["charge-overdue", "condition-cover-torn"]
    waive = screen.answer("waive", {}, asked.choices[told.index("condition-cover-torn")].id).question
    assert waive is not None
    assert waive.params["what"] == "condition-cover-torn"
