"""Qt's own words in Indonesian. Qt brings no Indonesian catalogue, so buttons and standard dialogs would be English.

A translator with a plain table: no compiled catalogue is needed when the program runs.
"""

from __future__ import annotations

import json

from PySide6.QtCore import QLibraryInfo, QObject, QTranslator

from ui.assets import asset


class TableTranslator(QTranslator):
    """Answers Qt from a table of English source text to words; mnemonics in the source are ignored if need be."""

    def __init__(self, words: dict[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        """The words for `source`, or None for Qt to go on looking: an empty text would be taken for the translation."""
        found = self._words.get(source) or self._words.get(source.replace("&", ""))
        return found.replace("%n", str(n)) if found and n >= 0 else found

    def isEmpty(self) -> bool:
        return not self._words


def qt_words(language: str, parent: QObject) -> QTranslator | None:
    """The translator of Qt's own words for one language; None where Qt's English source is right."""
    if language == "id":
        table = json.loads(asset("i18n", "qtbase_id.json").read_text(encoding="utf-8"))
        return TableTranslator(table, parent)
    if language == "en":
        return None
    translator = QTranslator(parent)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    return translator if translator.load(f"qtbase_{language}", folder) else None
