"""One rule for what commands print: sentences on a terminal, objects for scripts."""

from __future__ import annotations

import io
import json
from argparse import Namespace

import pytest

from app.cli.answer import answer, wants_object


class Screen(io.StringIO):
    """A standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("asked", "terminal", "an_object"), [(0, 0, 1), (1, 0, 1), (0, 1, 0), (1, 1, 1)])
def test_a_terminal_gets_sentences_unless_the_object_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked: int, terminal: int, an_object: int
) -> None:
    out = Screen() if terminal else io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    options = Namespace(json=bool(asked))
    assert wants_object(options) is bool(an_object)
    answer(options, "founded", {"home": "/h", "recovery_key": "ABCD-EFGH"})
    if an_object:
        assert json.loads(out.getvalue()) == {"ok": True, "home": "/h", "recovery_key": "ABCD-EFGH"}
    else:
        lines = out.getvalue().splitlines()
        assert "    ABCD-EFGH" in lines, "alone on a line, to be copied by hand"
        assert "hanya ditampilkan sekali" in out.getvalue()
        assert "shown only once" in out.getvalue()
