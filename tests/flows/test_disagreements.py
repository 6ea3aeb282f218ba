"""What two desks do to each other while the link is cut: real desks, a real server, one story for each kind of
disagreement. All are played in one morning, each with copies and readers of its own.

The numbers are those of the kinds in decision 12. Copied and restored homes, a server that is put back and acts that
nobody understands have mornings of their own in `test_lost_history.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec import Struct

from app.domain.ids import derived_id
from app.services.circulation.acting import Desk as Serving
from app.services.holds import Holds
from tests.builders import head
from tests.flows.campus import Campus, Report, campus
from tests.flows.library import CARDS, COPIES
from tests.flows.test_morning import today

AHMAD, DEWI, RIZKY, MAYA, FAJAR, SITI, BUDI, LINA = CARDS
NAME = {card: f"Pembaca {number}" for number, card in enumerate(CARDS, 1)}
LOAN = timedelta(days=14)
FINE = 3_000
"""Rupiah for a book that is six open days late."""
Step = tuple[int, str, str]


def lend(desk: int, who: str, *codes: str) -> list[Step]:
    """A reader borrows."""
    return [(desk, who, "member"), *((desk, code, "lent") for code in codes), (desk, "=finish", "finished")]


def lend_over(desk: int, who: str, code: str) -> list[Step]:
    """A reader borrows a copy that stands here as lent to another: the clerk has it in hand and signs."""
    asked = [(desk, who, "member"), (desk, code, "needs-confirmation"), (desk, "=override ada di tangan", "lent")]
    return [*asked, (desk, "=finish", "finished")]


def lent_before(desk: int, who: str, code: str, days: int) -> list[Step]:
    """A reader borrowed that many days ago; entered from the paper log."""
    line = f"@{today() - timedelta(days=days)}T09:30 {code}"
    return [(desk, who, "member"), (desk, line, "lent"), (desk, "=finish", "finished")]


def bring(desk: int, code: str, outcome: str = "returned") -> list[Step]:
    """A book comes back."""
    return [(desk, "=return", "mode"), (desk, code, outcome), (desk, "=auto", "mode"), (desk, "=finish", "finished")]


def renew(desk: int, line: str) -> list[Step]:
    """A loan is renewed, the book in hand (its code) or by telephone."""
    return [(desk, "=renew", "mode"), (desk, line, "renewed"), (desk, "=auto", "mode"), (desk, "=finish", "finished")]


def pay(desk: int, who: str, amount: int) -> list[Step]:
    """A reader pays."""
    return [(desk, who, "member"), (desk, f"=pay {amount}", "paid"), (desk, "=finish", "finished")]


class Story(Struct, frozen=True):
    """One disagreement. `before`: while both desks know of each other; `waits`: who waits for which copy's title then;
    `apart`: while they do not, in the order of the clock. Then `case` is the kind of the case that both show ("" =
    none), `about` what its sentences must name, `has` who has which copy."""

    name: str
    apart: list[Step]
    before: list[Step] = []
    waits: tuple[str, str] = ("", "")
    case: str = ""
    about: dict[str, Any] = {}
    done: str = ""
    has: dict[str, str | None] = {}


B = iter(COPIES)
FIRST, AGAIN, FRESH, SHELF, OLD, ASIDE, RACED, LATE, OWED, KEPT = (next(B) for _ in range(10))
NEW_CARD, NO_RECORD = "22.03.0011", "Z-0815"
STORIES = [
    Story(
        "1 one copy lent at both desks goes on with the later reader",
        [*lend(1, AHMAD, FIRST), *lend(2, DEWI, FIRST)],
        case="lent-while-out",
        about={"barcode": FIRST, "earlier": NAME[AHMAD], "later": NAME[DEWI]},
        done="closed-free",
        has={FIRST: DEWI},
    ),
    Story(
        "1 one copy lent to one reader at both desks is one loan",
        [*lend(1, AHMAD, AGAIN), *lend(2, AHMAD, AGAIN)],
        before=lend(1, AHMAD, KEPT),
        case="lent-again-to-same",
        about={"barcode": AGAIN, "later": NAME[AHMAD]},
        done="merged",
        has={AGAIN: AHMAD},
    ),
    Story(
        # The fold knows no names: a first token was drawn at both desks. One loan stays, and a person is told.
        "1 one copy lent at both desks to a reader who had nothing yet is one loan and is told",
        [*lend(1, SITI, FRESH), *lend(2, SITI, FRESH)],
        case="lent-while-out",
        about={"barcode": FRESH, "earlier": NAME[SITI], "later": NAME[SITI]},
        done="closed-free",
        has={FRESH: SITI},
    ),
    Story(
        "2 two books with one barcode are kept apart",
        [
            *((desk, line, wanted) for desk in (1, 2) for line, wanted in (
                (NO_RECORD, "unknown"), ("=provisional Kumpulan khotbah", "provisional"), ("=finish", "finished"),
            )),
        ],
        case="two-copies-one-barcode",
        about={"number": NO_RECORD, "n": 2},
        done="both-kept",
    ),
    Story(
        "4 a book that came back where nobody knew of its loan is in",
        [*lend(1, RIZKY, SHELF), *bring(2, SHELF, "shown")],
        has={SHELF: None},
    ),
    Story(
        "5 a return that is heard of late ends the older loan only",
        [*bring(1, OLD), *lend_over(2, DEWI, OLD)],
        before=lend(1, RIZKY, OLD),
        has={OLD: DEWI},
    ),
    Story(
        "6 a copy set aside for one reader was lent to another",
        [*bring(1, ASIDE), *lend_over(2, DEWI, ASIDE)],
        before=lend(1, RIZKY, ASIDE),
        waits=(MAYA, ASIDE),
        case="lent-though-aside",
        about={"barcode": ASIDE, "earlier": NAME[MAYA], "later": NAME[DEWI]},
        done="still-waits",
        has={ASIDE: DEWI},
    ),
    Story(
        "7 a loan renewed at both desks is renewed once",
        [*renew(1, RACED), *renew(2, RACED)],
        before=lent_before(1, FAJAR, RACED, 13),
        has={RACED: FAJAR},
    ),
    Story(
        "9 a renewal by telephone after the return counts for nothing",
        [*bring(2, LATE), (1, f"=renew-phone {LATE}", "renewed"), (1, "=finish", "finished")],
        before=lent_before(1, FAJAR, LATE, 13),
        case="renewed-after-return",
        about={"barcode": LATE, "earlier": NAME[FAJAR]},
        done="renewal-void",
        has={LATE: None},
    ),
    Story(
        "10 a fine paid at both desks is credit",
        [*pay(1, LINA, FINE), *pay(2, LINA, FINE)],
        before=[*lent_before(1, LINA, OWED, 20), *bring(1, OWED)],
        case="paid-twice",
        about={"who": NAME[LINA], "amount": FINE, "over": FINE},
        done="credit",
        has={OWED: None},
    ),
    Story(
        "11 a reader registered at both desks is two records with one number",
        [
            *((desk, line, wanted) for desk in (1, 2) for line, wanted in (
                (NEW_CARD, "unknown"), ("=register Nur Aini", "member"), ("=finish", "finished"),
            )),
        ],
        case="two-readers-one-number",
        about={"number": NEW_CARD, "n": 2},
        done="both-kept",
    ),
]  # fmt: skip


class Told(Struct):
    """What came of the morning: the cases of both desks by desk, and who has what."""

    campus: Campus
    apart: list[list[Report]]
    cases: list[list[Report]]


def play(made: Campus, steps: list[Step], story: str) -> None:
    """Scan, and hear what must be answered."""
    for desk, line, wanted in steps:
        answer = made.desks[desk - 1].scan(line)
        assert answer["outcome"] == wanted, (story, desk, line, answer)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The morning of all stories."""
    with campus(tmp_path_factory.mktemp("morning")) as made:
        one, two = made.desks
        for story in STORIES:
            play(made, story.before, story.name)
        made.close_desks()
        with one.place.desk_store() as store:
            for who, code in (story.waits for story in STORIES if story.waits[0]):
                Holds(store).place(Serving(head()), derived_id("m", who), derived_id("t", code))
        made.settle()
        made.cut()
        for story in STORIES:
            play(made, story.apart, story.name)
        apart = [one.cases(), two.cases()]
        # The desks stay open; the link comes back, and they find it by themselves.
        made.heal()
        made.wait_settled()
        cases = [one.cases(), two.cases()]
        made.close_desks()
        yield Told(made, apart, cases)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_both_desks_tell_the_same_of(story: Story, told: Told) -> None:
    one, two = told.campus.desks
    for code, who in story.has.items():
        assert (one.owner(code), two.owner(code)) == (who, who)
    found = [[case for case in cases if _tells(case, story)] for cases in told.cases]
    assert len(found[0]) == len(found[1]) == (1 if story.case else 0)
    for here, there in zip(*found, strict=True):
        names = ("case", "number", "kind", "causes", "facts", "about", "decisions")
        assert [here[name] for name in names] == [there[name] for name in names]
        assert [line["what"] for line in here["done"]] == [story.done]
        assert here["decisions"][0] == "accept"
        assert [side["own"] for side in here["sides"]] == [not side["own"] for side in there["sides"]] or not any(
            side["desk"] for side in here["sides"]
        )


def _tells(case: Report, story: Story) -> bool:
    about = case["about"]
    return case["kind"] == story.case and all(about.get(name) == value for name, value in story.about.items())


def test_no_case_is_told_but_those_of_the_stories(told: Told) -> None:
    wanted = sorted(story.case for story in STORIES if story.case)
    for cases in told.cases:
        assert sorted(case["kind"] for case in cases) == wanted
    assert told.apart == [[], []], "a disagreement was told before anybody could know of it"


def test_both_desks_and_the_server_end_in_one_state(told: Told) -> None:
    told.campus.settle()
    told.campus.agree()


def test_no_date_that_was_printed_is_shortened_and_nobody_pays_for_anothers_time(told: Told) -> None:
    for desk in told.campus.desks:
        shorter = desk.place.rows(
            "SELECT l.id FROM loan l JOIN event e ON e.id = l.id WHERE l.due_on < json_extract(e.body, '$.due')"
        )
        assert not shorter
        fines = desk.place.rows("SELECT i.barcode FROM loan l JOIN item i ON i.id = l.item WHERE l.charges <> '[]'")
        assert fines == [(OWED,)]


def test_one_of_two_renewals_counts_and_the_later_date_stands(told: Told) -> None:
    for desk in told.campus.desks:
        [(renewals, due)] = desk.place.rows(
            f"SELECT renewals, due_on FROM loan l JOIN item i ON i.id = l.item WHERE i.barcode = '{RACED}'"
        )
        assert (renewals, due) == (1, (today() + LOAN).isoformat())


def test_what_was_paid_too_much_stands_as_credit_and_a_copy_set_aside_still_waits(told: Told) -> None:
    for desk in told.campus.desks:
        assert desk.place.rows("SELECT credit FROM account WHERE credit > 0") == [(FINE,)]
        assert desk.place.rows("SELECT state FROM hold") == [("aside",)]
