"""Key presses as the names that views use: "F9", "Ctrl+Z", "Enter", "Esc"."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_NAMED = {
    Qt.Key.Key_Escape: "Esc",
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Insert: "Insert",
}
_EDITING = frozenset({"Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+J"})


def key_name(event: QKeyEvent) -> str:
    """The name of a verb key, or "" for a letter and for keys that edit text."""
    key = Qt.Key(event.key()) if event.key() else Qt.Key.Key_unknown
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F12:
        return f"{_held(event)}F{int(key) - int(Qt.Key.Key_F1) + 1}"
    if key in _NAMED:
        return _held(event) + _NAMED[key]
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
    if control and not alt and Qt.Key.Key_Comma <= key <= Qt.Key.Key_Z:
        name = f"{_held(event)}{chr(int(key))}"
        return "" if name in _EDITING else name
    return ""


def _held(event: QKeyEvent) -> str:
    held = event.modifiers()
    words = ""
    if held & Qt.KeyboardModifier.ControlModifier:
        words += "Ctrl+"
    if held & Qt.KeyboardModifier.ShiftModifier:
        words += "Shift+"
    return words
