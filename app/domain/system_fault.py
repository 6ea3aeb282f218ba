"""Why the operating system refused, as a word: the words for people stand in the resources under `why.<word>`."""

from __future__ import annotations

import errno
from typing import Final

WORDS: Final = {
    errno.ENOENT: "not-there",
    errno.EACCES: "no-rights",
    errno.EPERM: "no-rights",
    errno.ENOTDIR: "not-a-folder",
    errno.EISDIR: "is-a-folder",
    errno.ENOSPC: "disk-full",
    errno.EROFS: "read-only",
    errno.EEXIST: "already-there",
    errno.ENAMETOOLONG: "name-too-long",
    errno.EBUSY: "in-use",
    errno.EIO: "disk-error",
    errno.ENODEV: "not-connected",
    errno.ENXIO: "not-connected",
}
_SHARING_VIOLATION: Final = 32
"""Windows's own number for a file that another program holds; Python reports it as a missing right."""


def why(error: OSError) -> str:
    """The word for a refusal, or the system's own text for one that has none."""
    if getattr(error, "winerror", None) == _SHARING_VIOLATION:
        return "in-use"
    return WORDS.get(error.errno or 0) or error.strerror or ""
