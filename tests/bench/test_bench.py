"""The bench itself works: every measure gives its figures, and a desk asks a larger library no differently.

No time is asserted here; what is asserted does not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.check import check_home
from db.sql import Reading
from tests.bench import __main__ as bench
from tests.bench import plans, push_cost, scan_cost, search_cost, server_cost, sync_cost, window_cost
from tests.bench.cache import Workplace, kept_library, workplace
from tests.bench.day import BOOKS, PER_ROUND, steps
from tests.bench.figure import Figure, percentile, ratio, table

LARGE, SMALL = 4000, 1000
SCANS = 3 * PER_ROUND


def silent(_text: str) -> None:
    """Nobody reads along."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the two libraries are kept."""
    return tmp_path_factory.mktemp("libraries")


@pytest.fixture
def places(cache: Path) -> Iterator[tuple[Workplace, Workplace]]:
    """A large and a small library to work in."""
    with workplace(cache, LARGE, silent) as large, workplace(cache, SMALL, silent) as small:
        yield large, small


def test_a_generated_library_is_a_true_one(places: tuple[Workplace, Workplace]) -> None:
    store = places[1].open()
    try:
        assert check_home(store, None).ok
        reading: Reading = store.connection
        counts = [reading.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("item", "member", "loan")]
        assert counts == [SMALL, SMALL // 5, SMALL * 2 + SMALL // 10]
    finally:
        store.close()


def test_scans_lend_and_return_and_leave_the_bare_copy_equal(places: tuple[Workplace, Workplace]) -> None:
    taken = scan_cost.run(*places, SCANS, scan_cost.session_of, bare=True)
    acts = [cost for cost in taken.large if cost.kind in scan_cost.COMMITTING]
    assert len(acts) == 3 * 2 * BOOKS
    assert all(any("INTO event" in statement for statement, _bound in cost.statements) for cost in acts)
    assert len(taken.bare) + len(taken.least) == len(taken.large) == len(taken.small)
    store = places[0].open()
    copy = store.home.root.parent / "bare.db"
    try:
        store.connection.execute("ATTACH ? AS bare", (str(copy),))
        query = "SELECT count(*), max(n), max(hex(head)) FROM {}.event WHERE kind <> 'incarnation.started'"
        rows = [store.connection.execute(query.format(name)).fetchone() for name in ("main", "bare")]
        assert rows[0] == rows[1]
    finally:
        store.close()
    names = [figure.name for figure in scan_cost.scan_figures(taken) if figure.limit == 4]
    assert len(names) == 2
    assert [figure.value for figure in scan_cost.growth_figures(taken, "a scan")]


def test_the_least_effort_reads_once_and_writes_everything() -> None:
    given = [
        ("BEGIN", None), ("SELECT a FROM t WHERE b = ?", (1,)), ("COMMIT", None), ("BEGIN IMMEDIATE", None),
        ("SELECT a FROM t WHERE b = ?", (1,)), ("SELECT a FROM t WHERE b = ?", (2,)),
        ("INSERT INTO t VALUES (?)", (3,)), ("INSERT INTO t VALUES (?)", (3,)), ("COMMIT", None),
    ]  # fmt: skip
    assert scan_cost.least(given) == [given[3], given[1], given[5], given[6], given[7], given[8]]


def test_plans_are_the_same_in_a_small_and_a_large_library(places: tuple[Workplace, Workplace]) -> None:
    found = plans.run(places)
    assert plans.told(found) == []
    assert len(found[0].of) > 40
    assert [figure.ok for figure in plans.plan_figures(found)] == [True] * 4


def test_a_plan_that_looks_at_every_row_is_seen(places: tuple[Workplace, Workplace]) -> None:
    store = places[1].open()
    try:
        statements = [
            ("SELECT count(*) FROM item WHERE shelf = 'x'", None),
            ("SELECT id FROM item WHERE barcode_key = ?", ("a",)),
        ]
        assert plans.plans_of(store.connection, statements).scans() == [statements[0][0]]
    finally:
        store.close()


def test_every_keystroke_is_searched(places: tuple[Workplace, Workplace]) -> None:
    store = places[0].open()
    try:
        taken = search_cost.run(store, 1)
        with store.read() as facts:
            assert facts.find_titles("الفقه", 5).rows
            assert facts.find_titles("fiq", 5).rows
    finally:
        store.close()
    assert {action: len(pairs) for action, pairs in taken.items()} == {
        action: len(search_cost.typed(action)) for action in ("find-title", "find-member")
    }
    assert [figure.value is not None for figure in search_cost.search_figures(taken)] == [True] * 4


def test_the_window_is_measured_from_outside(places: tuple[Workplace, Workplace]) -> None:
    place = places[1]
    place.make_second_copy()
    assert [figure.value is not None for figure in window_cost.start_figures(place, 1)] == [True] * 3
    told = window_cost.run_window(place, PER_ROUND)
    assert told["ready"]
    assert told["acts"] == 2 * BOOKS
    assert told["unpainted"] == 0
    figures = [*window_cost.screen_figures(told), *window_cost.memory_figures(told)]
    assert {figure.group for figure in figures} == {"screen", "memory"}


def test_a_kept_library_is_used_again_and_a_stale_one_is_made_anew(cache: Path) -> None:
    told: list[str] = []
    kept = kept_library(cache, SMALL, told.append)
    assert kept == kept_library(cache, SMALL, told.append)
    stale = cache / f"library-{LARGE // 40}-0123456789ab"
    stale.mkdir()
    made = kept_library(cache, LARGE // 40, told.append)
    assert made.exists()
    assert not stale.exists()


def test_a_figure_says_whether_its_limit_is_kept() -> None:
    figures = [Figure("a", "b", 2.5, "×", 4), Figure("a", "c", 4.5, "×", 4), Figure("a", "d", None, "", 4)]
    assert [figure.ok for figure in figures] == [True, False, None]
    lines = table(figures).splitlines()
    assert [line.split("|")[-2].strip() for line in lines[2:]] == ["ok", "NOT OK", ""]
    assert percentile(range(1, 101), 0.99) == 100
    assert ratio(1, 0) is None


def test_the_same_day_is_scanned_each_time() -> None:
    assert list(steps(SMALL, SCANS)) == list(steps(SMALL, SCANS))
    assert {step.kind for step in steps(SMALL, SCANS)} == {"card", "lend", "return", "finish"}


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.options_of(["--only", "scan,nothing"])
    assert "nothing" in capsys.readouterr().err
    assert bench.options_of([]).parts == list(bench.PARTS)


def test_what_the_exchange_costs_is_measured_and_ends_in_one_state() -> None:
    found = sync_cost.figures(200)
    assert [figure.group for figure in found] == ["sync"] * 3
    assert all(figure.value for figure in found)


def test_a_push_is_measured_on_every_database_that_is_here() -> None:
    found = {figure.name: figure.value for figure in push_cost.figures(200, silent)}
    assert found["events pushed into SQLite"]
    assert "events pushed into PostgreSQL" in found
    assert all(value is None or value > 0 for value in found.values())


def test_a_served_week_is_measured_from_outside() -> None:
    found = server_cost.figures(server_cost.DESKS * server_cost.DAYS * 2, silent)
    assert [figure.group for figure in found] == ["server"] * 4
    assert found[0].value


def test_a_rate_must_not_be_lower_than_said() -> None:
    assert Figure("push", "x", 9, "/s", least=10).ok is False
    assert Figure("push", "x", 11, "/s", least=10).ok is True
    assert "≥ 10 /s" in table([Figure("push", "x", 11, "/s", least=10)])
