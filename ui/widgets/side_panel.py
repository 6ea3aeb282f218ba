"""The panel on the side: the open member's card, or the day at this desk when nobody is open."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImageReader, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.services.view import DeskView, MemberCard, Note, Phrase, Today
from ui.look import Look
from ui.room import Room
from ui.widgets.labels import ElidedLabel, word_label
from ui.widgets.styled import clear_ground, plain, restate

PANEL_WIDTH, NARROW_WIDTH, SLIM_WIDTH = 352, 272, 224
_PHOTO, _SMALL_PHOTO = QSize(72, 88), QSize(52, 64)
_MOST_BYTES = 20_000_000
_LEAST_NOTES = 36


class Photo(QWidget):
    """The member's photo, or the initials when there is none that can be read."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._bytes = b""
        self._initials = ""
        self._picture: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.fit(Room())

    def fit(self, room: Room) -> None:
        """Smaller in a narrow window; a slim one has no room for it."""
        size = _SMALL_PHOTO if room.narrow else _PHOTO
        self.setFixedSize(self._look.px(size.width()), self._look.px(size.height()))
        self.setVisible(not room.slim)

    def render_photo(self, photo: bytes, name: str) -> None:
        """Show the picture or, failing that, the initials of `name`."""
        say = self._look.text.say
        self._initials = "".join(word[0] for word in self._look.text.data(name).split()[:2]).upper()
        if photo != self._bytes:
            self._bytes = photo
            self._picture = self._load(photo) if photo else None
        self.setAccessibleName(say("member.photo", {"name": name}) if self._picture else say("member.no-photo"))
        self.update()

    def _load(self, photo: bytes) -> QPixmap | None:
        source = QBuffer()
        source.setData(photo)
        source.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(source)
        reader.setAutoTransform(True)
        size = reader.size()
        if not size.isValid() or size.width() * size.height() * 4 > _MOST_BYTES * 4:
            return None
        wanted = self.size() * self.devicePixelRatioF()
        reader.setScaledSize(size.scaled(wanted, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
        image = reader.read()
        return None if image.isNull() else QPixmap.fromImage(image)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()), look.px(10), look.px(10))
        painter.setClipPath(frame)
        if self._picture is not None:
            painter.drawPixmap(self.rect(), self._picture, self._cover(self._picture).toRect())
            return
        painter.fillRect(self.rect(), QColor(look.tokens.accent_tint))
        painter.setPen(QColor(look.tokens.accent))
        painter.setFont(look.font(26, QFont.Weight.Bold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initials)

    def _cover(self, picture: QPixmap) -> QRectF:
        """The middle part of the picture with this widget's shape."""
        wide, high = picture.width(), picture.height()
        shape = self.width() / self.height()
        width, height = (high * shape, high) if wide / high > shape else (wide, wide / shape)
        return QRectF((wide - width) / 2, (high - height) / 2, width, height)


class Tile(QFrame):
    """One figure with its label."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        plain(self, "tile")
        self._look = look
        column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._column = column
        column.setSpacing(look.px(2))
        self._label = ElidedLabel("tileLabel", self)
        self._value = word_label("tileValue", self)
        column.addWidget(self._label)
        column.addWidget(self._value)
        self.fit(Room())

    def fit(self, room: Room) -> None:
        """The figure under its label, or at the end of its line in a narrow panel."""
        px = self._look.px
        ltr, ttb = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._column.setDirection(ltr if room.narrow else ttb)
        high = px(2 if room.narrow else 8)
        self._column.setContentsMargins(px(10), high, px(10 if room.narrow else 8), high)
        self._column.setStretch(0, 1 if room.narrow else 0)

    def render_tile(self, label: str, value: str, tone: str = "") -> None:
        self._label.setText(label)
        self._value.setText(value)
        restate(self._value, tone=tone)


class Notes(QWidget):
    """The notes of a panel, one box each."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look.px(12))
        self._labels: list[QLabel] = []

    def fit(self, room: Room) -> None:
        """Stand closer in a low window."""
        self._column.setSpacing(self._look.px(6 if room.low else 12))

    def render_notes(self, notes: tuple[Note, ...]) -> None:
        while len(self._labels) < len(notes):
            label = word_label("note", self, wrap=True)
            label.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
            label.setTextFormat(Qt.TextFormat.RichText)
            self._labels.append(label)
            self._column.addWidget(label)
        for number, label in enumerate(self._labels):
            label.setVisible(number < len(notes))
            if number < len(notes):
                note = notes[number]
                label.setText(self._look.text.rich(f"note.{note.code}", note.params))
                label.setAccessibleName(self._look.text.say(f"note.{note.code}", note.params))
                restate(label, tone=str(note.tone))


class _Panel(QWidget):
    """Head, three tiles, notes that scroll when they must, foot."""

    def __init__(self, look: Look, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(look.text.say(name))
        column = QVBoxLayout(self)
        self._page = column
        column.addLayout(self._make_head())
        tiles = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._tiles = tiles
        self.tiles = [Tile(look, self) for _ in range(3)]
        for tile in self.tiles:
            tiles.addWidget(tile, 1)
        column.addLayout(tiles)
        self.notes = Notes(look, self)
        column.addWidget(self._scrolled(self.notes), 1)
        self.foot = word_label("foot", self, wrap=True)
        column.addWidget(self.foot)
        self._room = Room()
        self.fit(self._room)

    def fit(self, room: Room) -> None:
        """Stand closer in a low window, and set the figures under each other in a narrow one."""
        self._room = room
        px = self._look.px
        around = px(10 if room.low else 16)
        self._page.setContentsMargins(around, around, around, around)
        self._page.setSpacing(px(7 if room.low else 12))
        ltr, ttb = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._tiles.setDirection(ttb if room.narrow else ltr)
        self._tiles.setSpacing(px(3 if room.narrow else 8))
        for tile in self.tiles:
            tile.fit(room)
        self.notes.fit(room)
        self.foot.setVisible(bool(self.foot.text()) and not room.low)

    def _make_head(self) -> QVBoxLayout:
        raise NotImplementedError

    def _scrolled(self, notes: QWidget) -> QScrollArea:
        area = QScrollArea(self)
        clear_ground(area)
        area.setWidgetResizable(True)
        area.setMinimumHeight(self._look.px(_LEAST_NOTES))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget(area)
        holder.setAutoFillBackground(False)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(notes)
        column.addStretch(1)
        area.setWidget(holder)
        holder.setAutoFillBackground(False)
        return area

    def render_foot(self, foot: Phrase | None) -> None:
        self.foot.setText(self._look.say("foot", foot) if foot else "")
        self.foot.setVisible(foot is not None and not self._room.low)


class MemberPanel(_Panel):
    """Renders a `MemberCard`."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent, "member.name")
        self._shown: MemberCard | None = None

    def _make_head(self) -> QVBoxLayout:
        look = self._look
        outer = QVBoxLayout()
        row = QHBoxLayout()
        row.setSpacing(look.px(14))
        self.photo = Photo(look, self)
        row.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignTop)
        lines = QVBoxLayout()
        lines.setSpacing(look.px(1))
        self.name = ElidedLabel("memberName", self, lines=3)
        self.number = ElidedLabel("memberNo", self)
        self.kind = ElidedLabel("memberLine", self, lines=2)
        self.valid = ElidedLabel("memberLine", self, lines=2)
        for label in (self.name, self.number, self.kind, self.valid):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            lines.addWidget(label)
        lines.addStretch(1)
        row.addLayout(lines, 1)
        outer.addLayout(row)
        return outer

    def fit(self, room: Room) -> None:
        super().fit(room)
        self.photo.fit(room)
        self.name.set_lines(2 if room.tiny else 3)
        self.kind.set_lines(1 if room.tiny else 2)

    def render_member(self, member: MemberCard) -> None:
        """Show the card; the same one again costs nothing."""
        if member == self._shown:
            return
        self._shown = member
        look, say, data = self._look, self._look.text.say, self._look.text.data
        self.photo.render_photo(member.photo, member.name)
        self.name.setText(data(member.name))
        self.number.setText(data(member.member_no))
        both = {"type": member.member_type, "institution": member.institution}
        self.kind.setText(say("member.kind", both) if member.institution else data(member.member_type))
        self._render_validity(member)
        limit = {"n": member.loans, "limit": member.limit}
        full = member.limit is not None and member.loans >= member.limit
        loans = say("member.loans-n" if member.limit is None else "member.loans-of", limit)
        self.tiles[0].render_tile(say("member.loans"), loans, "needs" if full else "")
        owed = look.text.format.money(member.owed)
        self.tiles[1].render_tile(say("member.fines"), owed)
        self.tiles[2].render_tile(say("member.holds"), say("member.holds-n", {"n": member.holds_ready}))
        self.notes.render_notes(member.notes)
        self.render_foot(member.foot)

    def _render_validity(self, member: MemberCard) -> None:
        if member.expires_on is None:
            words = self._look.text.say("member.no-expiry")
        else:
            key = "member.expired" if member.expired else "member.valid"
            words = self._look.text.say(key, {"expires_on": member.expires_on})
        self.valid.setText(words)
        restate(self.valid, tone="no" if member.expired else "")


class TodayPanel(_Panel):
    """Renders a `Today`."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent, "today.name")
        self._shown: Today | None = None

    def _make_head(self) -> QVBoxLayout:
        outer = QVBoxLayout()
        self.title = word_label("panelTitle", self)
        outer.addWidget(self.title)
        return outer

    def render_today(self, today: Today) -> None:
        """Show the day's figures; the same ones again cost nothing."""
        if today == self._shown:
            return
        self._shown = today
        say, write = self._look.text.say, self._look.text.format
        part = today.part if self._look.text.has(f"today.{today.part}") else "day"
        self.title.setText(say(f"today.{part}"))
        self.tiles[0].render_tile(say("today.returned"), write.count(today.returned))
        self.tiles[1].render_tile(say("today.lent"), write.count(today.lent))
        self.tiles[2].render_tile(say("today.fines"), write.money(today.fines))
        self.notes.render_notes(today.notes)
        self.render_foot(today.foot)


class SidePanel(QFrame):
    """Shows the member if one is open, otherwise the day."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "card")
        self._look = look
        self._stack = QStackedLayout(self)
        self.today = TodayPanel(look, self)
        self.member = MemberPanel(look, self)
        self._stack.addWidget(self.today)
        self._stack.addWidget(self.member)
        self.fit(Room())

    def fit(self, room: Room) -> None:
        """Take less of a narrow window."""
        wide = SLIM_WIDTH if room.slim else NARROW_WIDTH if room.narrow else PANEL_WIDTH
        self.setFixedWidth(self._look.px(wide))
        self.today.fit(room)
        self.member.fit(room)

    def render_side(self, view: DeskView) -> None:
        """Show the view's member or day."""
        if view.member is not None:
            self.member.render_member(view.member)
            self._stack.setCurrentWidget(self.member)
        else:
            self.today.render_today(view.today)
            self._stack.setCurrentWidget(self.today)
