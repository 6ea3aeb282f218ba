"""The pages about settings and commands tell what the program really has."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.arguments import build_parser
from app.domain.scan_command import COMMANDS
from app.domain.setting import SETTINGS
from app.services.outcome import Kind
from bootstrap import order
from tools import settings_page


def test_the_page_of_settings_is_current() -> None:
    assert settings_page.PATH.read_text(encoding="utf-8") == settings_page.render(), (
        "run: python -m tools.settings_page"
    )
    for setting in SETTINGS:
        assert f"| `{setting.key}` |" in settings_page.render()


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command of the command line."""
    actions = [a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(actions[0].choices)


def test_every_command_and_option_is_described(root: Path) -> None:
    page = (root / "docs" / "commands.md").read_text(encoding="utf-8")
    for name, parser in commands().items():
        assert f"`meja {name}" in page, name
        for action in parser._actions:
            if action.help == argparse.SUPPRESS or isinstance(action, argparse._HelpAction):
                continue
            for option in action.option_strings:
                assert f"`{option}" in page, f"{name} {option}"


def test_the_set_up_knows_every_command() -> None:
    assert set(order.DESK_COMMANDS) == set(commands()), "a command unknown to bootstrap.order is refused at the door"
    assert len(order.DESK_COMMANDS) == len(set(order.DESK_COMMANDS))
    bare = {option for action in commands()["desk"]._actions for option in action.option_strings}
    assert set(order.BARE_OPTIONS) | order.HELP_FLAGS == bare
    for name, known in order.WINDOW_OPTIONS.items():
        options = {option for action in commands()[name]._actions for option in action.option_strings}
        assert set(known) | order.HELP_FLAGS == options, name


def test_every_outcome_and_scan_command_is_described(root: Path) -> None:
    page = (root / "docs" / "commands.md").read_text(encoding="utf-8")
    for kind in Kind:
        assert f"`{kind.value}`" in page, kind
    for command in COMMANDS:
        assert f"`={command}" in page, command
    from tests.cli.test_scan import ISSUE_FIELDS

    for field in ISSUE_FIELDS:
        assert f"`{field}`" in page, field
