"""Settings in the store: what was never changed, or cannot be used, has its default."""

from __future__ import annotations

import pytest

from app.domain.setting import SETTINGS
from db.settings import read_setting, write_setting
from tests.builders import Library

OTHER = {"text": "Ünïcode 'quoted' \"x\"", "int": 100, "bool": False, "json": {"version": 1, "rules": []},
         "address": "https://perpus.example.ac.id", "folder": "/media/stick"}  # fmt: skip


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_every_setting_is_kept_and_read_back(library: Library, setting: object) -> None:
    key, kind = setting.key, setting.kind  # type: ignore[attr-defined]
    connection = library.store.connection
    assert read_setting(connection, key) == setting.default  # type: ignore[attr-defined]
    value = setting.choices[-1] if kind == "choice" else OTHER[kind]  # type: ignore[attr-defined]
    write_setting(connection, key, value)
    assert read_setting(connection, key) == value


def test_what_does_not_fit_is_refused_and_not_kept(library: Library) -> None:
    with pytest.raises(ValueError, match="out-of-range"):
        write_setting(library.store.connection, "look.scale", 1000)
    assert read_setting(library.store.connection, "look.scale") == 100


def test_an_unusable_kept_value_gives_the_default(library: Library) -> None:
    library.store.connection.execute("INSERT INTO setting VALUES ('look.scale', '\"big\"')")
    assert read_setting(library.store.connection, "look.scale") == 100


def test_a_changed_setting_is_marked_for_the_second_copy(library: Library) -> None:
    library.set("desk.name", "Meja 2")
    row = library.store.connection.execute("SELECT kind, id FROM change ORDER BY n DESC LIMIT 1").fetchone()
    assert row == ("setting", "desk.name")
