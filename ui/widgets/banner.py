"""The banner: what the last scan came to. Colour, icon and words say the same; all reasons stand in it together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.verdict import Level
from app.services.view import Banner, ReasonLine, Tone
from ui.look import Look
from ui.widgets.chip import ChipLabel
from ui.widgets.icon import RoundIcon
from ui.widgets.labels import ElidedLabel, word_label
from ui.widgets.styled import plain, restate

_LEVEL_TONE = {
    Level.IMPOSSIBLE: Tone.NO,
    Level.CONFIRM: Tone.NEEDS,
    Level.ALERT: Tone.NEEDS,
    Level.MESSAGE: Tone.TOLD,
}


class ReasonRow(QFrame):
    """One reason: its class as a chip, its sentence, and which rule said so."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        plain(self, "reason")
        self._look = look
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(12), look.px(8), look.px(12), look.px(8))
        row.setSpacing(look.px(12))
        self._level = ChipLabel(self)
        self._level.setMinimumWidth(look.px(140))
        self._of = ElidedLabel("reasonOf", self)
        self._words = ElidedLabel("bannerLine", self, lines=2)
        for label in (self._of, self._words):
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        both = QVBoxLayout()
        both.setSpacing(0)
        both.addWidget(self._of)
        both.addWidget(self._words)
        self._rule = word_label("reasonRule", self)
        row.addWidget(self._level)
        row.addLayout(both, 1)
        row.addWidget(self._rule)

    def render_reason(self, reason: ReasonLine) -> None:
        say = self._look.text.say
        self._level.show_chip(_LEVEL_TONE[reason.level], say(f"level.{reason.level.name.lower()}"))
        self._of.setText(_of(self._look, reason))
        self._of.setVisible(bool(reason.title))
        self._words.setText(say(f"reason.{reason.code}", reason.params))
        known = self._look.text.has(f"rule.{reason.rule}")
        self._rule.setText(say(f"rule.{reason.rule}") if known else self._look.text.data(reason.rule))
        self._rule.setVisible(bool(reason.rule))


class BannerBox(QFrame):
    """Renders a `Banner`; hidden without one."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "banner")
        self._look = look
        self._shown: Banner | None = None
        self.setAccessibleName(look.text.say("banner.name"))
        self.setMinimumHeight(look.px(74))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(18), look.px(12), look.px(18), look.px(12))
        row.setSpacing(look.px(20))
        self._icon = RoundIcon(look, 46, self)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout()
        column.setSpacing(look.px(1))
        row.addLayout(column, 1)
        head = QHBoxLayout()
        head.setSpacing(look.px(20))
        column.addLayout(head)
        column.addStretch(0)
        words = QVBoxLayout()
        words.setSpacing(look.px(1))
        head.addLayout(words, 1)
        self._title = ElidedLabel("bannerTitle", self, lines=2)
        words.addWidget(self._title)
        self._lines = [ElidedLabel("bannerLine", self, lines=2) for _ in range(3)]
        for line in self._lines:
            words.addWidget(line)
        head.addLayout(self._make_promise())
        self._reasons_at = QVBoxLayout()
        self._reasons_at.setContentsMargins(0, look.px(8), 0, 0)
        self._reasons_at.setSpacing(look.px(7))
        column.addLayout(self._reasons_at)
        self._reasons: list[ReasonRow] = []
        self.hide()

    def _make_promise(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(self._look.px(1))
        end = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        self._label = word_label("bannerSmall", self)
        self._value = word_label("bannerValue", self)
        column.addStretch(1)
        for each in (self._label, self._value):
            each.setAlignment(end)
            column.addWidget(each)
        column.addStretch(1)
        return column

    def render_banner(self, banner: Banner | None) -> None:
        """Show the outcome; the same one again costs nothing."""
        if banner == self._shown:
            return
        self._shown = banner
        if banner is None:
            self.hide()
            return
        self._title.setText(self._look.text.say(f"banner.{banner.code}", banner.params))
        for number, label in enumerate(self._lines):
            present = number < len(banner.lines)
            label.setText(self._look.say("line", banner.lines[number]) if present else "")
            label.setVisible(present)
        self._label.setText(self._look.say("big", banner.big_label) if banner.big_label else "")
        self._value.setText(self._look.say("big", banner.big_value) if banner.big_value else "")
        self._label.setVisible(banner.big_label is not None)
        self._value.setVisible(banner.big_value is not None)
        self._icon.show_icon(banner.icon or str(banner.tone), str(banner.tone))
        self._render_reasons(banner.reasons)
        restate(self, tone=str(banner.tone))
        self.setAccessibleDescription(self.spoken())
        self.show()

    def _render_reasons(self, reasons: tuple[ReasonLine, ...]) -> None:
        while len(self._reasons) < len(reasons):
            row = ReasonRow(self._look, self)
            self._reasons.append(row)
            self._reasons_at.addWidget(row)
        for number, row in enumerate(self._reasons):
            row.setVisible(number < len(reasons))
            if number < len(reasons):
                row.render_reason(reasons[number])
        self._reasons_at.setContentsMargins(0, self._look.px(8) if reasons else 0, 0, 0)

    def spoken(self) -> str:
        """All that the banner says, for a screen reader."""
        banner = self._shown
        if banner is None:
            return ""
        say = self._look.text.say
        parts = [self._title.text(), *(self._look.say("line", line) for line in banner.lines)]
        if banner.big_label and banner.big_value:
            parts.append(f"{self._label.text()} {self._value.text()}")
        for reason in banner.reasons:
            words = f"{say(f'level.{reason.level.name.lower()}')}: {say(f'reason.{reason.code}', reason.params)}"
            parts += [_of(self._look, reason), words]
        return ". ".join(part for part in parts if part)


def _of(look: Look, reason: ReasonLine) -> str:
    """The copy a reason is about, where the banner speaks of several; else ""."""
    copy = {"title": reason.title, "barcode": reason.barcode}
    return look.text.say("reason.of", copy) if reason.title else ""
