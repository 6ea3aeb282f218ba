"""What the stories stand on: a small library of its own for each, in a folder that goes away."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.desk_process import Place
from tests.flows.library import Founded, small_library


@pytest.fixture
def founded(tmp_path: Path) -> Founded:
    """A fresh small library and its recovery key."""
    return small_library(tmp_path)


@pytest.fixture
def place(founded: Founded) -> Place:
    """The fresh small library's folder."""
    return founded.place
