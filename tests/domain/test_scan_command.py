"""Commands that come in through the scan box."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcode import ScanRules, parse
from app.domain.scan_command import ARGUMENT_LIMIT, COMMANDS, NEEDS_ARGUMENT, printed_command, read_command


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_typed_and_printed_forms_mean_the_same(name: str) -> None:
    typed = parse(f"={name} alasan", ScanRules()).command
    assert typed is not None
    assert (typed.name, typed.argument) == (name, "alasan")
    if name not in NEEDS_ARGUMENT:
        printed = parse(printed_command(name), ScanRules()).command
        assert printed is not None
        assert printed.name == name


def test_every_command_that_needs_an_argument_is_a_command() -> None:
    assert NEEDS_ARGUMENT < COMMANDS
    assert all(not read_command(name).complete for name in NEEDS_ARGUMENT)  # type: ignore[union-attr]


@given(st.text(max_size=400))
def test_any_words_are_a_known_command_or_none(words: str) -> None:
    command = read_command(words)
    assert command is None or (command.name in COMMANDS and len(command.argument) <= ARGUMENT_LIMIT)
