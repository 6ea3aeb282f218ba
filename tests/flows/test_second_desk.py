"""One desk a home, whoever comes first; lookers beside it; and a copied home that does not pretend to be the first."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.flows.desk_process import DeskGone, Place
from tests.flows.library import CARDS, COPIES

WRITERS = (("staff", "--add", "Ani"), ("set", "slip.footer", "x"), ("clock", "--accept"), ("recovery-key",))
LOOKERS = (("check", "--json"), ("backup",), ("set", "slip.footer"), ("staff",), ("policy",))


def test_a_second_desk_is_refused_at_once_and_the_first_goes_on(place: Place) -> None:
    with place.desk() as first:
        assert first.scan(CARDS[0])["outcome"] == "member"
        with place.desk() as second:
            with pytest.raises(DeskGone, match="meja: "):
                second.scan(COPIES[0])
            assert (second.process.returncode, second.heard) == (1, [])
            assert str(place.home) in second.errors
        assert first.scan(COPIES[0])["member"] == CARDS[0], "the first desk did not notice"
        for command in WRITERS:
            refused = place.run(*command)
            assert (refused.returncode, refused.stdout) == (1, ""), command
        before = len(place.events())
        for command in LOOKERS:
            looked = place.run(*command)
            assert looked.returncode == 0, (command, looked.stderr)
        assert first.scan(COPIES[1])["outcome"] == "lent"
        assert len(place.events()) == before + 1, "looking recorded nothing"
        first.kill()
        with place.desk() as next_one:
            assert next_one.scan(COPIES[2])["outcome"] == "lent", (
                "a killed desk leaves no lock, and its reader stands here"
            )


def test_a_copied_home_goes_on_as_another_and_says_so(place: Place) -> None:
    with place.desk() as desk:
        desk.scans(CARDS[0], COPIES[0], "=finish")
        assert desk.end() == 0
        assert desk.errors == ""
    copied = Place(place.home.with_name("copied"), place.config)
    shutil.copytree(place.home, copied.home)
    with copied.desk() as desk:
        finished = desk.scans(CARDS[1], COPIES[1], "=finish")[-1]
        assert re.fullmatch("M1-[A-Z][2-9A-Z]{3}-000001", finished["receipt"]), "numbers of its own, under another mark"
        assert desk.end() == 0
        assert finished["receipt"].split("-")[1] in desk.errors
    with place.desk() as desk:
        finished = desk.scans(CARDS[2], COPIES[2], "=finish")[-1]
        assert finished["receipt"] == "M1-A-000002", "the first one is still itself"
        assert desk.end() == 0
        assert desk.errors == ""
    ours, theirs = ({event.id for event in one.events()} for one in (place, copied))
    assert len(ours & theirs) < min(len(ours), len(theirs))
    for one in (place, copied):
        checked = one.run("check", "--json")
        assert checked.returncode == 0, checked.stdout
        assert json.loads(checked.stdout)["ok"]


def test_an_older_state_put_back_over_the_home_is_noticed(place: Place, tmp_path: Path) -> None:
    with place.desk() as desk:
        desk.scans(CARDS[0], COPIES[0])
        shutil.copytree(place.home, tmp_path / "in the middle")
        desk.scans(COPIES[1], "=finish")
        assert desk.end() == 0
    shutil.rmtree(place.home)
    shutil.copytree(tmp_path / "in the middle", place.home)
    with place.desk() as desk:
        finished = desk.scans("=finish", CARDS[1], COPIES[1], "=finish")[-1]
        assert not finished["receipt"].startswith("M1-A-"), "a number that was on paper already is not given again"
        assert desk.end() == 0
    assert place.check().ok


def test_two_homes_of_one_desk_never_give_one_number_twice(place: Place) -> None:
    """A copy that is made anew over an older one, while the desk is at work: its place knows an opening already."""
    copied = Place(place.home.with_name("copied"), place.config)
    given: list[str] = []
    shutil.copytree(place.home, copied.home)
    with copied.desk() as desk:
        given.append(desk.scans(CARDS[0], COPIES[9], "=finish")[-1]["receipt"])
        assert desk.end() == 0
    with place.desk() as first:
        given.append(first.scans(CARDS[1], *COPIES[10:15], "=finish")[-1]["receipt"])
        shutil.rmtree(copied.home)
        shutil.copytree(place.home, copied.home)
        with copied.desk() as second:
            given.append(second.scans(CARDS[2], COPIES[2], "=finish")[-1]["receipt"])
            given.append(first.scans(CARDS[3], COPIES[3], "=finish")[-1]["receipt"])
            assert second.end() == 0
            assert given[2].split("-")[1] in second.errors, "the copy says that it is one"
        assert first.end() == 0
        assert first.errors == ""
    for one in (place, copied):
        with one.desk() as desk:
            given.append(desk.scans(CARDS[4], COPIES[4], "=finish")[-1]["receipt"])
            assert desk.end() == 0
            assert desk.errors == ""
    assert len(set(given)) == len(given), given


def test_a_number_given_without_an_act_is_not_given_again(place: Place, tmp_path: Path) -> None:
    """The end of a transaction takes a number and records no event; then the state before it is put back."""
    with place.desk() as desk:
        desk.scans(CARDS[0], COPIES[0])
        shutil.copytree(place.home, tmp_path / "before the end")
        given = desk.scan("=finish")["receipt"]
        assert desk.end() == 0
    shutil.rmtree(place.home)
    shutil.copytree(tmp_path / "before the end", place.home)
    with place.desk() as desk:
        assert desk.scans(COPIES[1], "=finish")[-1]["receipt"] != given
        assert desk.end() == 0
        assert desk.errors != ""
