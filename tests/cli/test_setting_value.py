"""What a setting would take is said when a value does not fit."""

from __future__ import annotations

import pytest

from app.cli.setting_value import setting_value
from app.cli.words import sentence
from app.domain.setting import SETTINGS, Setting
from app.ports import KnownError

UNFIT = {
    "text": "x" * 501,
    "choice": "?",
    "int": "-1x",
    "bool": "maybe",
    "address": "ftp://x",
    "folder": "a",
    "json": "1",
}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_every_setting_says_what_it_would_take(setting: Setting) -> None:
    key, kind = setting.key, setting.kind
    with pytest.raises(KnownError) as refused:
        setting_value(key, UNFIT[kind])
    said = sentence(refused.value)
    assert said.count(key) == 2
    assert "{" not in said
    assert "?" not in said
