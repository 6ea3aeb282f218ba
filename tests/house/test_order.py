"""What a command line asks for."""

from __future__ import annotations

import pytest

from bootstrap import words
from bootstrap.order import Needs, Order, understand


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ([], Order("run", Needs.WINDOW, "app", ("desk",))),
        (["desk"], Order("run", Needs.WINDOW, "app", ("desk",))),
        (["demo"], Order("run", Needs.WINDOW, "app", ("demo",))),
        (["--home", "check"], Order("run", Needs.WINDOW, "app", ("desk", "--home", "check"))),
        (["--home", "x y"], Order("run", Needs.WINDOW, "app", ("desk", "--home", "x y"))),
        (["scan", "--staff", "Ani"], Order("run", Needs.CORE, "app", ("scan", "--staff", "Ani"))),
        (["import", "a b.csv", "--json"], Order("run", Needs.CORE, "app", ("import", "a b.csv", "--json"))),
        (["scan", "--wheels", "x"], Order("run", Needs.CORE, "app", ("scan", "--wheels", "x"))),
        (["--wheels", "r", "scan"], Order("run", Needs.CORE, "app", ("scan",), "r")),
        (["--wheels=r"], Order("run", Needs.WINDOW, "app", ("desk",), "r")),
        (["test", "-k", "due"], Order("test", Needs.TEST, "pytest", ("-k", "due"))),
        (["server", "serve", "--port", "0"], Order("run", Needs.SERVER, "server", ("serve", "--port", "0"))),
        (["server", "serve", "--help"], Order("run", Needs.CORE, "server", ("serve", "--help"))),
        (["setup"], Order("setup", Needs.WINDOW, "")),
        (["setup", "server"], Order("setup", Needs.SERVER, "")),
        (["setup", "core"], Order("setup", Needs.CORE, "")),
        (["--help"], Order("help")),
        (["-h"], Order("help")),
    ],
)
def test_understood(argv: list[str], expected: Order) -> None:
    assert understand(argv) == expected


@pytest.mark.parametrize("command", ["demo", "desk"])
@pytest.mark.parametrize("flag", ["--help", "-h", "--no-window"])
def test_a_window_command_may_need_no_window(command: str, flag: str) -> None:
    assert understand([command, flag]).needs is Needs.CORE


@pytest.mark.parametrize("argv", [["--wheels"], ["--wheels="], ["setup", "all"], ["setup", "core", "window"]])
def test_not_understood(argv: list[str]) -> None:
    order = understand(argv)
    assert order.kind == "wrong"
    assert order.problem in words.SENTENCES


@pytest.mark.parametrize(
    ("argv", "problem", "found", "near"),
    [
        (["chek"], "command-near", "chek", "check"),
        (["--wheels", "r", "setpu"], "command-near", "setpu", "setup"),
        (["xyzzy", "--json"], "command", "xyzzy", ""),
        (["Check"], "command-near", "Check", "check"),
        (["--hoem=x"], "option-near", "--hoem", "--home"),
        (["--json"], "option", "--json", ""),
        (["demo", "--nowindow"], "option-near", "--nowindow", "--no-window"),
        (["desk", "--hoem=x"], "option-near", "--hoem", "--home"),
        (["--home", "x", "check", "--json"], "command-first", "check", "check --home x --json"),
        (["--recovery-key", "scan"], "command-first", "scan", "scan --recovery-key"),
    ],
)
def test_a_misspelt_line_is_answered_with_what_was_meant(argv: list[str], problem: str, found: str, near: str) -> None:
    assert understand(argv) == Order("wrong", problem=problem, facts={"found": found, "near": near})


def test_a_wider_set_serves_the_narrower() -> None:
    assert Needs.TEST.covers(Needs.CORE)
    assert Needs.WINDOW.covers(Needs.WINDOW)
    assert not Needs.CORE.covers(Needs.WINDOW)
    assert not Needs.WINDOW.covers(Needs.SERVER)
    assert Needs.BOTH.covers(Needs.SERVER)
    assert not Needs.BOTH.covers(Needs.TEST)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Needs.CORE, Needs.SERVER, Needs.SERVER),
        (Needs.WINDOW, Needs.SERVER, Needs.BOTH),
        (Needs.BOTH, Needs.CORE, Needs.BOTH),
        (Needs.SERVER, Needs.TEST, Needs.TEST),
        (Needs.WINDOW, Needs.CORE, Needs.WINDOW),
    ],
)
def test_what_is_installed_serves_what_it_served_before(one: Needs, other: Needs, both: Needs) -> None:
    assert one.joined(other) is other.joined(one) is both
