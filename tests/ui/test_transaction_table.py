"""The table changes only where the view changed, and a long pile costs no more per book than a short one."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from app.services.view import Banner, DeskView, Phrase, Row, Tone
from tests.ui import samples
from ui.look import make_look
from ui.main_window import MainWindow
from ui.settings import UiSettings
from ui.widgets.row_model import Column, RowModel

OpenWindow = Callable[..., MainWindow]


def row(number: int) -> Row:
    return Row(str(number), f"Judul {number}", f"B{number:05d}", samples.LENT, number, "Pengarang", samples.DUE)


def counted(model: QAbstractItemModel) -> list[str]:
    moves: list[str] = []
    model.rowsInserted.connect(lambda _parent, first, last: moves.append(f"+{first}-{last}"))
    model.rowsRemoved.connect(lambda _parent, first, last: moves.append(f"-{first}-{last}"))
    model.modelReset.connect(lambda: moves.append("reset"))
    return moves


def test_one_more_scan_puts_in_one_row_on_top(qapp: QApplication) -> None:
    model = RowModel(make_look(UiSettings()))
    model.set_lines((row(2), row(1)))
    moves = counted(model)
    model.set_lines((row(3), row(2), row(1)))
    model.set_lines((row(3), row(2), row(1)))
    assert moves == ["+0-0"]


@settings(max_examples=30)
@given(st.lists(st.integers(1, 9), max_size=9), st.lists(st.integers(1, 9), max_size=9))
def test_any_change_of_rows_is_a_right_change(qapp: QApplication, before: list[int], after: list[int]) -> None:
    model = RowModel(make_look(UiSettings()))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_lines(tuple(row(n) for n in before))
    model.set_lines(tuple(row(n) for n in after))
    shown = [model.index(n, Column.BARCODE).data() for n in range(model.rowCount())]
    assert shown == [f"B{n:05d}" for n in after]


def test_running_loans_stand_under_a_counting_header(open_window: OpenWindow) -> None:
    window = open_window(samples.lend())
    model = window.desk_screen.table.model
    assert model.index(3, 0).data() == "Pinjaman yang masih berjalan · 0 terlambat"
    assert window.desk_screen.table.table.columnSpan(3, 0) == len(Column)
    window.desk_screen.refresh(replace(samples.lend(), rows=(row(4), *samples.lend().rows), serial=5))
    assert window.desk_screen.table.table.columnSpan(4, 0) == len(Column)
    assert window.desk_screen.table.table.columnSpan(3, 0) == 1


def test_a_screen_reader_gets_the_whole_cell(open_window: OpenWindow) -> None:
    model = open_window(samples.lend()).desk_screen.table.model
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(1, Column.TITLE).data(spoken) == "Manajemen Perpustakaan Modern, Rahayuningsih"
    assert model.index(1, Column.STATE).data(spoken) == "dipinjam"


def test_an_empty_table_says_what_to_do(open_window: OpenWindow) -> None:
    window = open_window(samples.empty())
    table = window.desk_screen.table
    assert not table.table.isVisible()
    window.desk_screen.refresh(samples.lend())
    assert table.table.isVisible()


def test_the_newest_row_is_in_sight_and_slides_no_longer_than_told(open_window: OpenWindow) -> None:
    window = open_window(samples.empty(), motion=True)
    rows: tuple[Row, ...] = ()
    for number in range(1, 40):
        rows = (row(number), *rows)
        window.desk_screen.refresh(replace(samples.lend(), rows=rows, running=(), serial=100 + number))
    table = window.desk_screen.table.table
    assert table.verticalScrollBar().value() == 0
    heights = {table.rowHeight(n) for n in range(1, 39)}
    assert heights == {window.look.px(58)}


def view_of(rows: tuple[Row, ...]) -> DeskView:
    number = len(rows)
    banner = Banner(Tone.DONE, "lent", {"title": f"Judul {number}"}, (Phrase("barcode", {"barcode": f"B{number}"}),))
    return replace(samples.lend(), rows=rows, banner=banner, serial=1000 + number)


def test_two_hundred_rows_keep_the_time_per_scan_flat(open_window: OpenWindow) -> None:
    window = open_window(samples.empty())
    rows: tuple[Row, ...] = ()
    spent: list[float] = []
    for number in range(1, 221):
        rows = (row(number), *rows)
        begin = time.process_time()
        window.desk_screen.refresh(view_of(rows))
        QApplication.processEvents()
        spent.append(time.process_time() - begin)
    early, late = median(spent[20:60]), median(spent[180:])
    assert late < early * 2, f"early {early * 1000:.2f} ms, late {late * 1000:.2f} ms"
