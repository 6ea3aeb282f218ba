"""What tells one question from the next."""

from __future__ import annotations

from app.services.questions.asked import fresh


def test_every_question_has_an_id_of_its_own() -> None:
    assert len({fresh() for _ in range(50)}) == 50
