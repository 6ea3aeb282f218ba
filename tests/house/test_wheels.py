"""A folder of wheels that is not complete is named by what it lacks, before pip is asked."""

from __future__ import annotations

from pathlib import Path

from bootstrap.build import missing_wheels

PINS = """# made
apsw-sqlite3mc==3.54.0.0 \\
    --hash=sha256:00
Pillow==12.0 \\
    --hash=sha256:01
pywin32==311 ; sys_platform == "win32" \\
    --hash=sha256:02
"""


def test_what_lacks_is_named(tmp_path: Path) -> None:
    assert missing_wheels(PINS, tmp_path) == ["apsw-sqlite3mc==3.54.0.0", "Pillow==12.0"]
    (tmp_path / "apsw_sqlite3mc-3.54.0.0-cp313-cp313-manylinux_2_28_x86_64.whl").touch()
    (tmp_path / "pillow-11.0-cp313-cp313-win_amd64.whl").touch()
    assert missing_wheels(PINS, tmp_path) == ["Pillow==12.0"]
    (tmp_path / "pillow-12.0-cp313-cp313-win_amd64.whl").touch()
    assert missing_wheels(PINS, tmp_path) == []
