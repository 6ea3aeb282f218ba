"""A desk session that follows a script: it writes down every intent and answers with views the test chose."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from app.services.view import DeskView

Intent = tuple[str, ...]


class FakeDesk:
    """`script` maps an intent ("scan B1", "key undo", "answer approve") to the view after it."""

    def __init__(self, view: DeskView) -> None:
        self.now = view
        self.intents: list[Intent] = []
        self.fields: list[Mapping[str, str]] = []
        self.script: dict[str, DeskView | Callable[[DeskView], DeskView] | Exception] = {}
        self.cards: dict[str, str] = {}

    def _after(self, *intent: str) -> DeskView:
        self.intents.append(intent)
        step = self.script.get(" ".join(intent), self.script.get(intent[0]))
        if isinstance(step, Exception):
            raise step
        if step is not None:
            self.now = step if isinstance(step, DeskView) else step(self.now)
        return self.now

    def view(self) -> DeskView:
        return self.now

    def scan(self, text: str) -> DeskView:
        return self._after("scan", text)

    def key(self, action: str) -> DeskView:
        return self._after("key", action)

    def answer(self, action: str, fields: Mapping[str, str], picked: str = "") -> DeskView:
        self.fields.append(fields)
        return self._after("answer", action, *([picked] if picked else []))

    def search(self, text: str) -> DeskView:
        return self._after("search", text)

    def pick(self, choice_id: str) -> DeskView:
        return self._after("pick", choice_id)

    def card_of(self, code: str) -> str:
        return self.cards.get(code, "")

    def tick(self) -> DeskView:
        return self.now

    @property
    def scans(self) -> list[str]:
        return [intent[1] for intent in self.intents if intent[0] == "scan"]


def without_question(view: DeskView) -> DeskView:
    return replace(view, question=None, serial=view.serial + 1)
