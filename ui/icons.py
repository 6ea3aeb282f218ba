"""Line icons of one weight, drawn as SVG and tinted with a token. An icon never stands without a word."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.assets import asset


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return asset("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def icon_pixmap(name: str, colour: str, size: int, ratio: float, mirrored: bool = False) -> QPixmap:
    """One icon as a sharp pixmap: `size` in device-independent pixels, `ratio` the screen's pixel ratio.

    `mirrored` turns an icon with a direction (return, undo) for right-to-left screens.
    """
    pixels = max(1, round(size * ratio))
    result = QPixmap(pixels, pixels)
    result.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    painter = QPainter(result)
    if mirrored:
        painter.translate(pixels, 0)
        painter.scale(-1, 1)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


DIRECTED = frozenset({"return", "undo", "renew"})
