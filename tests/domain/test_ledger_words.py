"""What a ledger line's words speak of decides whether it may be the same lateness as the desk's."""

from __future__ import annotations

import pytest

from app.domain.ledger_words import speaks_of_lateness, speaks_of_loss


@pytest.mark.parametrize(
    "words", ["Overdue fines for item B001", "Denda keterlambatan B001", "telat 3 hari", "Late return"]
)
def test_lateness(words: str) -> None:
    assert speaks_of_lateness(words)
    assert not speaks_of_loss(words)


@pytest.mark.parametrize(
    "words", ["Ganti buku hilang B001", "Buku rusak", "Lost book, overdue", "Penggantian: pengganti B001"]
)
def test_a_loss_is_no_lateness(words: str) -> None:
    assert speaks_of_loss(words)
    assert not speaks_of_lateness(words)


@pytest.mark.parametrize("words", ["", "Kartu anggota", "Template B001", "translate"])
def test_other_words_speak_of_neither(words: str) -> None:
    assert not speaks_of_lateness(words)
    assert not speaks_of_loss(words)
