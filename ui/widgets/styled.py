"""Dynamic style states: set properties the stylesheet asks for, and repolish only when one of them changed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QWidget


def restate(widget: QWidget, **states: str) -> None:
    """Set style properties; on a change restyle the widget and everything in it.

    A widget that was never styled takes its properties when it is: the start need not do it twice.
    """
    changed = [name for name, value in states.items() if (widget.property(name) or "") != value]
    for name in changed:
        widget.setProperty(name, states[name])
    if changed and widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
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


def clear_ground(area: QAbstractScrollArea) -> None:
    """Let a scroll area's own ground show through. To be called before anything is put into it.

    The viewport is made here: for Qt's own one the bindings look through every widget class there is, 10 ms at a start.
    """
    area.setViewport(QWidget(area))
