"""Killing a desk at work and looking at what it left: what the kill proof and the kill tests share.

What must hold after every kill: all that was said is in the journal, in the order in which it was said, and at most
one act more; the store proves itself; numbers have no gap; the reader who stood at the desk still stands there.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.flows.desk_process import Answer, DeskGone, DeskProcess, Place, recorded
from tests.flows.library import CARDS, COPIES, LATE_CARD

PROBE_COPY = COPIES[-1]
WORKED_COPIES = COPIES[:-1]
DEBTOR_CARD = LATE_CARD
BETWEEN, DURING, STARTING = "between scans", "during scans", "while starting"
LONGEST_SCRIPT = 14


@dataclass(slots=True)
class Killer:
    """Rounds of work and kills on one library. `seen` counts what happened."""

    place: Place
    luck: random.Random
    said: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    begun: int = 0
    basket: str | None = None

    def __post_init__(self) -> None:
        self.begun = len(self.place.events())

    def round(self, moment: str) -> None:
        """Start, find the old basket, work, kill at the moment, look."""
        desk = DeskProcess(self.place)
        try:
            if moment == STARTING:
                _spin(self.luck.uniform(0.0, 1.2))
            else:
                self._look_for_basket(desk)
                self._work(desk, moment)
        finally:
            desk.kill()
        assert "Traceback" not in desk.errors, desk.errors
        self.seen[moment] += 1
        self._basket_after(desk.heard, moment)
        self.look(desk.heard)

    def _work(self, desk: DeskProcess, moment: str) -> None:
        script = self._script()
        if moment == BETWEEN:
            desk.scans(*script[: self.luck.randint(1, len(script))])
            return
        desk.write("".join(line + "\n" for line in script))
        try:
            for _ in range(self.luck.randrange(len(script))):
                desk.answer()
        except DeskGone:
            return
        _spin(self.luck.uniform(0.0, 0.012))

    def _script(self) -> list[str]:
        """A stretch of a busy morning; many lines are refused, which is as good as any."""
        luck = self.luck
        copies = luck.sample(WORKED_COPIES, 4)
        match luck.randrange(5):
            case 0:
                script = [luck.choice(CARDS), *copies[:3], "=undo", copies[3], "=finish"]
            case 1:
                script = ["=return", *copies, "=auto", luck.choice(CARDS), copies[0]]
            case 2:
                script = [DEBTOR_CARD, "=pay 1000", "=pay 500", "=finish", *copies]
            case 3:
                script = [luck.choice(CARDS), copies[0], luck.choice(CARDS), *copies[1:], "=finish"]
            case _:
                script = [luck.choice(CARDS), *copies[:2], "=finish", *copies[:2], "=undo", "=finish"]
        return script[:LONGEST_SCRIPT]

    def _look_for_basket(self, desk: DeskProcess) -> None:
        """A free copy goes to whoever stands at the desk, or is only shown; then all is put back."""
        probe = desk.scan(PROBE_COPY)
        if self.basket == "":
            assert probe["outcome"] == "shown", (probe, self.basket)
        elif self.basket:
            assert probe["member"] == self.basket, (probe, self.basket)
            self.seen["baskets taken up"] += 1
        if probe["outcome"] == "lent":
            undone = desk.scan("=undo")
            assert undone["outcome"] == "undone", undone
        assert desk.scan("=finish")["outcome"] == "finished"

    def _basket_after(self, heard: list[Answer], moment: str) -> None:
        """Who stands at the desk by what was said; None when the kill left it open."""
        if moment != BETWEEN:
            self.basket = None
            return
        member, acted = "", False
        for answer in heard:
            match answer["outcome"]:
                case "member":
                    if member != answer["member"]:
                        member, acted = answer["member"], False
                case "lent":
                    acted = True
                case "finished":
                    member, acted = "", False
                case "mode" if answer.get("code") == "return":
                    member, acted = "", False
        last = next((a for a in reversed(heard) if a["event_id"] or a["outcome"] == "finished"), None)
        if not member or acted or last is None or last["outcome"] == "finished":
            self.basket = member if acted else ("" if not member else None)
        else:
            self.basket = None

    def look(self, heard: list[Answer]) -> None:
        """Hold what the desk said against what is in the store."""
        said = recorded(heard)
        events = self.place.events()[self.begun :]
        mains = [event.id for event in events if not event.body.get("with")]
        expected = self.said + said
        assert mains[: len(expected)] == expected, "something said is not in the journal, or in another order"
        more = len(mains) - len(expected)
        assert more <= 1, f"{more} acts more than were said"
        self.seen["acts said"] += len(said)
        self.seen["acts committed but not said"] += more
        self.said = mains
        finished = [answer for answer in heard if answer["outcome"] == "finished"]
        self.receipts += [answer["receipt"] for answer in finished if "receipt" in answer]
        self._numbers()
        report = self.place.check()
        assert report.ok, report.to_json()

    def _numbers(self) -> None:
        numbers = [no for (no,) in self.place.rows("SELECT no FROM desk_tx ORDER BY no")]
        assert numbers == list(range(1, len(numbers) + 1)), "transaction numbers have a gap"
        kept = {f"M1-A-{no:06d}" for no in numbers}
        assert set(self.receipts) <= kept, "a number that was said is not in the store"
        assert len(self.receipts) == len(set(self.receipts)), "a number was given twice"
        paid = [event.body["receipt"] for event in self.place.events() if event.kind == "payment.made"]
        assert paid == list(range(1, len(paid) + 1)), "receipt numbers have a gap"
        assert self.place.rows("SELECT count(DISTINCT inc) FROM author") == [(1,)], "a kill made another incarnation"


def tracer(place: Place, call: str, fault: str, when: int | str, *, all_files: bool = False) -> Place:
    """The same place with a system-call tracer before the program: at its `when`-th `call` on the store, `fault`.

    With `all_files` the calls of the second copy and of everything else count as well.
    """
    store = str(place.home / "meja.db")
    paths = [] if all_files else ["-P", store, "-P", store + "-wal"]
    inject = f"inject={call}:{fault}:when={when}"
    before = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject, *paths)
    return Place(place.home, place.config, (*before, *place.launcher), dict(place.more))


def _spin(seconds: float) -> None:
    """Let a chance moment pass, finer than the system's timers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
