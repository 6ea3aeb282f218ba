"""python-escpos, loaded at first use and tidied up after.

Importing it (3.1) takes about 0.4 s for its table of printer models, adds a handler to the root logger, and leaves a
folder with a pickle of that table in the temporary folder at every start. None of that should outlive the import.
"""

from __future__ import annotations

import logging
import os
import shutil
from functools import cache
from typing import Any


@cache
def escpos_printers() -> Any:
    """The module `escpos.printer` with its printer classes (Dummy, Network, Usb, Win32Raw)."""
    before = list(logging.getLogger().handlers)
    from escpos import capabilities, printer

    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return printer
