"""The first start's window over a port that remembers."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.first_start.port import Port
from ui.first_start.window import FirstStart
from ui.settings import UiSettings


@pytest.fixture
def port() -> Port:
    return Port()


@pytest.fixture
def window(qtbot: QtBot, port: Port) -> FirstStart:
    made = FirstStart(port, UiSettings(theme="light"))
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made
