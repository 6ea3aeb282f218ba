"""Where labels lie: on their sheet, without overlapping, in reading order, moved by what one printer needs."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.printing.geometry import SHEETS, Place, PrinterOffset, SheetGeometry, places

SMALL = SheetGeometry("small", (100.0, 60.0), (40.0, 20.0), 2, 2, 5.0, 6.0, 10.0, 4.0)


@pytest.mark.parametrize("name", SHEETS)
def test_every_geometry_lies_on_its_page(name: str) -> None:
    assert SHEETS[name].problem() == ""
    assert replace(SHEETS[name], columns=SHEETS[name].columns + 1).problem() == "geometry-outside"
    assert SHEETS[name].adjusted(gap_x=-1.0).problem() == "geometry-overlap"


@given(st.sampled_from(sorted(SHEETS)), st.integers(1, 90))
def test_places_never_repeat_and_go_on_to_the_next_sheet(name: str, start: int) -> None:
    sheet = SHEETS[name]
    spots = places(sheet, PrinterOffset(), start)
    taken = [next(spots) for _ in range(sheet.count + 1)]
    assert taken[0].sheet == 0
    assert taken[-1].sheet == 1
    assert len(set(taken)) == len(taken)


def test_labels_stand_in_reading_order_with_their_gaps() -> None:
    assert list(islice(places(SMALL, PrinterOffset(), 1), 5)) == [
        Place(0, 5.0, 6.0), Place(0, 55.0, 6.0), Place(0, 5.0, 30.0), Place(0, 55.0, 30.0), Place(1, 5.0, 6.0),
    ]  # fmt: skip


def test_a_printers_offset_moves_all_and_its_creep_grows_by_column_and_row() -> None:
    moved = list(islice(places(SMALL, PrinterOffset(1.0, -2.0, 0.5, 0.25), 1), 5))
    assert [(place.x, place.y) for place in moved] == [
        (6.0, 4.0), (56.5, 4.0), (6.0, 28.25), (56.5, 28.25), (6.0, 4.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "first"), [(1, Place(0, 5.0, 6.0)), (4, Place(0, 55.0, 30.0)), (6, Place(0, 55.0, 6.0))]
)
def test_a_part_used_sheet_begins_where_asked_and_is_sheet_nought(start: int, first: Place) -> None:
    assert next(places(SMALL, PrinterOffset(), start)) == first


@pytest.mark.parametrize("start", [0, -3])
def test_a_start_below_one_is_refused(start: int) -> None:
    with pytest.raises(ValueError, match="start"):
        next(places(SMALL, PrinterOffset(), start))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, ""),
        ({"left": 10.0}, ""),
        ({"left": 10.1}, "geometry-outside"),
        ({"top": 16.1}, "geometry-outside"),
        ({"left": -0.1}, "geometry-outside"),
        ({"gap_x": -1.0}, "geometry-overlap"),
        ({"gap_y": -1.0}, "geometry-overlap"),
        ({"columns": 0}, "geometry-outside"),
        ({"label": (40.0, 0.0)}, "geometry-outside"),
    ],
)
def test_what_is_wrong_with_a_sheet_is_said(changes: dict[str, float], problem: str) -> None:
    assert replace(SMALL, **changes).problem() == problem


EDGES = st.floats(0, 30).map(lambda number: round(number, 1))


@given(st.integers(1, 5), st.integers(1, 8), EDGES, EDGES, EDGES, EDGES)
def test_a_sheet_without_a_problem_keeps_every_label_apart_and_inside(
    columns: int, rows: int, left: float, top: float, gap_x: float, gap_y: float
) -> None:
    sheet = SheetGeometry("x", (210.0, 297.0), (40.0, 30.0), columns, rows, left, top, gap_x, gap_y)
    spots = list(islice(places(sheet, PrinterOffset(), 1), sheet.count))
    inside = all(spot.x + 40.0 <= 210.1 and spot.y + 30.0 <= 297.1 for spot in spots)
    assert (sheet.problem() == "") == inside
    assert all(
        abs(one.x - other.x) >= 39.9 or abs(one.y - other.y) >= 29.9 for one in spots for other in spots if one != other
    )
