"""Dynamic style states: set properties the stylesheet asks for, and repolish only when one of them changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def restate(widget: QWidget, **states: str) -> None:
    """Set style properties; on a change restyle the widget and everything in it."""
    changed = [name for name, value in states.items() if widget.property(name) != value]
    for name in changed:
        widget.setProperty(name, states[name])
    if changed:
        for each in (widget, *widget.findChildren(QWidget)):
            style = each.style()
            style.unpolish(each)
            style.polish(each)
            each.update()


def plain(widget: QWidget, name: str) -> None:
    """A widget that the stylesheet paints by its object name and that never takes the focus."""
    widget.setObjectName(name)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
