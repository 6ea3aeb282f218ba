"""A screen in service."""

from __future__ import annotations

import pytest

from app.services.desk import DeskScreen
from tests.builders import Library


@pytest.fixture
def screen(library: Library) -> DeskScreen:
    """A screen served by somebody with every right."""
    return library.screen()
