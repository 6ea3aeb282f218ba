"""The least a table window can be in this toolkit: what the desk's start is measured against.

Says "ready" when it shows. Run as a file of its own, so that nothing of the desk is imported.
"""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QTableWidget, QTableWidgetItem

ROWS, COLUMNS = 200, 6


def main() -> None:
    """Show a filled table with the keyboard in it, say so, end."""
    application = QApplication(sys.argv[:1])
    table = QTableWidget(ROWS, COLUMNS)
    for row in range(ROWS):
        for column in range(COLUMNS):
            table.setItem(row, column, QTableWidgetItem(f"{row} {column}"))
    table.resize(1366, 768)
    table.show()
    table.setFocus()
    application.processEvents()
    while not (table.isVisible() and table.hasFocus()):
        application.processEvents()
    print("ready", flush=True)


if __name__ == "__main__":
    main()
