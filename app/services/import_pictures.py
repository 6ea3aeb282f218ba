"""Photos and covers of an import: found, made small, put with their records.

Pictures are shown at the size of a card; what is larger is made smaller once, so that the store stays small.
"""

from __future__ import annotations

import io
from pathlib import Path

from app.importers.pictures import pictures
from app.importers.rows import Noted, Place, Refused
from app.ports import Tick
from app.services.import_staging import Staging

LARGEST_BYTES = 120_000
LONGEST_SIDE = 600
_KINDS = {"title": "cover", "member": "photo"}


def take_pictures(folder: Path, staging: Staging, tick: Tick) -> None:
    """Put the pictures that the rows named, out of SLiMS's picture folder; what cannot be used is refused."""
    total = sum(len(named) for named in staging.named_pictures.values())
    done = 0
    for kind, named in staging.named_pictures.items():
        for found in pictures(folder, kind, named):
            done += 1
            if done % 50 == 0:
                tick("pictures", done, total)
            if isinstance(found, Refused):
                staging.put(found)
                continue
            staging.seen["picture"] += 1
            data = small_picture(found.path)
            if data is None:
                staging.put(Refused("picture", "picture-unsafe", Place(found.path.name), {"key": found.source_key}))
            else:
                staging.door.picture(found.source_key, found.path.name, _KINDS[kind], data)
    if total == 0:
        staging.put(Noted("picture", "no-pictures-named", Place(folder.name)))


def small_picture(path: Path) -> bytes | None:
    """The picture's bytes, at most 600 pixels a side and about 120 kB; None when it is no picture after all."""
    from PIL import Image, ImageOps

    try:
        data = path.read_bytes()
        with Image.open(io.BytesIO(data)) as opened:
            if max(opened.size) <= LONGEST_SIDE and len(data) <= LARGEST_BYTES:
                opened.verify()
                return data
            # JPEG can be unpacked at a fraction of its size: a photo of 50 million pixels needs no 150 MB then.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            out = io.BytesIO()
            upright.save(out, "JPEG", quality=82)
            return out.getvalue()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError):
        return None
