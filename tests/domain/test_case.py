"""Cases: one id for one disagreement, and answers that count only for what they were given for."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace

from app.domain.case import ACCEPT, LENT_WHILE_OUT, REOPEN, Answer, Case, case_id, facts_hash
from app.domain.event import Event, check_body, touch
from app.domain.fold.queue import QueueState, fold_queue
from app.domain.ids import derived_id
from tests.domain.fold.history import START, event

ONE, TWO = derived_id("t", "loan-1"), derived_id("t", "loan-2")
CASE = case_id(LENT_WHILE_OUT, (ONE, TWO))
NOW = facts_hash(LENT_WHILE_OUT, ["2026-03-04", 0])


def answered(seq: int, decision: str = ACCEPT, facts: str = NOW, desk: str = "desk-1", at: int = START) -> Event:
    """Somebody decided."""
    return event(seq, "case.resolved", at, {"case": CASE, "decision": decision, "facts": facts}, desk)


def a_case(*answers: Answer, facts: str = NOW, gone: bool = False) -> Case:
    """A copy lent at two desks."""
    return Case(CASE, LENT_WHILE_OUT, (ONE, TWO), facts, answers=answers, gone=gone)


def test_the_id_comes_from_the_causes_in_any_order() -> None:
    assert case_id(LENT_WHILE_OUT, (TWO, ONE)) == CASE
    assert case_id("lent-again-to-same", (ONE, TWO)) != CASE
    assert a_case().number == f"K-{CASE[:4].upper()}"


def test_a_case_is_open_until_it_is_answered_and_again_when_its_facts_change() -> None:
    answers = fold_queue(CASE, [answered(1)]).answers
    assert a_case().open
    assert not a_case(*answers).open
    assert a_case(*answers, facts=facts_hash(LENT_WHILE_OUT, ["2026-03-05", 0])).open
    assert not a_case(*answers, gone=True).open


def test_of_two_answers_the_last_in_effective_order_counts_and_both_are_kept() -> None:
    early, late = answered(1, REOPEN, desk="desk-2"), answered(1, ACCEPT, at=START + 1)
    for events in ([early, late], [late, early]):
        state = fold_queue(CASE, events)
        assert [one.decision for one in state.answers] == [REOPEN, ACCEPT]
        answer = a_case(*state.answers).answer
        assert answer is not None
        assert answer.desk == "desk-1"


def test_the_hash_covers_answers_whatever_order_they_come_in() -> None:
    events = [answered(n, (ACCEPT, REOPEN)[n % 2], desk=f"desk-{n}") for n in range(6)]
    expected = fold_queue(CASE, events)
    assert expected.hash() != QueueState(CASE).hash()
    random.Random(4).shuffle(events)
    assert fold_queue(CASE, events).hash() == expected.hash()
    assert fold_queue(CASE, events[1:]).hash() != expected.hash()


def test_what_nobody_can_decide_is_no_answer() -> None:
    assert fold_queue(CASE, [answered(1, "sell-the-book")]).empty
    other = Answer(ONE, "merge", NOW, START, "desk-1", "")
    assert a_case(other).open


def test_an_answer_can_be_taken_back() -> None:
    given = answered(1)
    back = event(2, "act.undone", START + 1, {"event": given.id, "queue": CASE})
    assert touch(back.kind, back.body).queue == touch(given.kind, given.body).queue == CASE
    assert fold_queue(CASE, [back, given]).empty


@pytest.mark.parametrize("body", [{"case": "x"}, {"case": ONE, "decision": 1, "facts": ""}, {"case": ONE}])
def test_an_unreadable_answer_is_refused_at_the_door(body: dict[str, object]) -> None:
    assert check_body("case.resolved", body)


def test_a_hold_of_the_same_name_changes_no_answer() -> None:
    placed = event(1, "hold.placed", START, {"hold": ONE, "queue": CASE, "party": TWO, "number": 1})
    state = fold_queue(CASE, [placed, answered(2)])
    assert len(state.holds) == len(state.answers) == 1
    assert state.hash() != replace(state, answers=()).hash()
