"""The key bar shows what works now, and nothing else."""

from __future__ import annotations

from app.services.desk_keys import keys_now
from app.services.session import Session
from app.services.staff import NOBODY
from app.services.view import Answer, KeyHint, MemberCard, Question
from tests.builders import CARD, Library, scan


def hints(session: Session, member: MemberCard | None = None, question: Question | None = None) -> dict[str, KeyHint]:
    """The keys of this moment."""
    return {hint.key: hint for hint in keys_now(session, member, question)}


def test_no_key_twice_and_every_key_with_an_action(session: Session) -> None:
    shown = keys_now(session, MemberCard("A", "1", "x", loans=2, owed=5), None)
    assert len({hint.key for hint in shown}) == len(shown)
    assert all(hint.action and hint.code for hint in shown)


def test_paying_only_when_there_is_something_to_pay(session: Session) -> None:
    assert "F9" not in hints(session)
    assert "F9" not in hints(session, MemberCard("A", "1", "x"))
    assert "F9" in hints(session, MemberCard("A", "1", "x", owed=500))


def test_history_and_renewing_all_only_with_a_reader(session: Session) -> None:
    assert "F10" not in hints(session)
    card = MemberCard("A", "1", "x", loans=2)
    assert {"F10", "Ctrl+E"} <= set(hints(session, card))
    assert "Ctrl+E" not in hints(session, MemberCard("A", "1", "x", loans=1))
    assert "Ctrl+T" in hints(session, MemberCard("A", "1", "x", loans=1))
    assert "Ctrl+T" not in hints(session, MemberCard("A", "1", "x"))


def test_the_bar_of_a_reader_leaves_the_last_slip_to_the_empty_desk(session: Session) -> None:
    assert hints(session)["F8"].shown
    with_reader = hints(session, MemberCard("A", "1", "x"))["F8"]
    assert (with_reader.action, with_reader.shown) == ("reprint", False)


def test_taking_up_a_copy_only_after_an_unknown_code(session: Session) -> None:
    assert "F11" not in hints(session)
    scan(session, "BARU-1")
    assert "F11" in hints(session)
    scan(session, "B001")
    assert "F11" not in hints(session)


def test_registering_only_after_an_unknown_card(session: Session) -> None:
    assert hints(session)["F6"].action == "find-member"
    scan(session, "23.01.0099")
    assert hints(session)["F6"].action == "register"
    scan(session, CARD)
    assert hints(session)["F6"].action == "find-member"


def test_a_desk_that_nobody_signed_in_to_shows_the_key_for_it(library: Library) -> None:
    session = library.session(NOBODY)
    assert not hints(session)["Ctrl+P"].shown
    library.staff("Hasan Basri", pin="2222")
    assert (hints(session)["Ctrl+P"].shown, hints(session)["Ctrl+P"].code) == (True, "enter")
    assert not hints(library.session())["Ctrl+P"].shown


def test_condition_after_a_return_and_a_loss_with_a_reader_who_has_books(session: Session, library: Library) -> None:
    assert "Ctrl+K" not in hints(session, MemberCard("A", "1", "x"))
    assert hints(session, MemberCard("A", "1", "x", loans=1))["Ctrl+K"].code == "lost"
    assert "Ctrl+K" not in hints(session)
    library.lend(CARD, "B001")
    scan(session, "B001")
    assert "Ctrl+K" in hints(session)


def test_enter_finishes_only_what_began(session: Session) -> None:
    assert hints(session)["Enter"].code == "finish-plain"
    scan(session, CARD, "B001")
    assert hints(session)["Enter"].code == "finish"


def test_a_question_shows_its_own_answers_only(session: Session) -> None:
    question = Question(
        "q", "confirm", "confirm",
        answers=(Answer("F11", "approve", "approve-lend"), Answer("Esc", "cancel", "cancel"),
                 Answer("F8", "reprint", "reprint", enabled=False)),
    )  # fmt: skip
    assert set(hints(session, None, question)) == {"F11", "Esc"}


def test_every_answer_to_a_book_of_somebody_else_is_on_the_bar(session: Session) -> None:
    answers = (Answer("F11", "approve", "return-first", primary=True), Answer("F3", "return", "return-only"))
    shown = hints(session, question=Question("1", "confirm", "lend", answers=answers))
    assert [hint.code for hint in shown.values()] == ["return-first", "return"]


def test_finishing_and_undoing_are_promised_only_when_there_is_something_to_finish_or_undo(session: Session) -> None:
    def shown() -> tuple[bool, bool]:
        now = hints(session, MemberCard("A", "1", "x") if session.member_id else None)
        return now["Enter"].shown, now["Ctrl+Z"].shown

    assert shown() == (False, False)
    scan(session, CARD)
    assert shown() == (True, False)
    scan(session, "B001")
    assert shown() == (True, True)
    session.finish()
    assert shown() == (False, True), "the last reader's last act can still be taken back"
