"""A home: its folders, the places it should not lie, the lock that lets one desk in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.ports import KnownError
from db import home as homes
from db.home import Home, doubtful_place, only_desk


def test_a_home_is_made_for_this_account_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "rumah أ" / "home")
    home.make()
    home.make()
    assert home.backups.is_dir()
    assert home.reports.is_dir()
    assert home.slips.is_dir()
    assert not home.exists()
    if os.name == "posix":
        assert home.root.stat().st_mode & 0o077 == 0


def test_a_home_in_the_way_of_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x", encoding="ascii")
    with pytest.raises(KnownError) as error:
        Home(tmp_path / "home").make()
    assert error.value.code == "home-not-writable"


@pytest.mark.parametrize(
    "folder",
    [
        "OneDrive",
        "OneDrive - Kampus",
        "Dropbox",
        "Google Drive",
        "GoogleDrive",
        "iCloud",
        "Nextcloud",
        "Syncthing",
        "MEGA",
    ],
)
def test_a_synced_folder_is_doubtful(tmp_path: Path, folder: str) -> None:
    assert doubtful_place(tmp_path / folder / "meja") == "synced"


@pytest.mark.parametrize("folder", ["OneDriveless", "my dropbox copy", "megalomania", "perpustakaan"])
def test_a_name_that_only_looks_alike_is_not(tmp_path: Path, folder: str) -> None:
    assert doubtful_place(tmp_path / folder) == ""


def test_a_share_of_windows_is_doubtful() -> None:
    assert doubtful_place(Path("//server/share/meja")) == "network"


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/data /srv/data nfs4 rw 0 0
//nas/public /mnt/nas\\040kampus cifs rw 0 0
broken line
/dev/sdb1 /srv/data/local ext4 rw 0 0
"""


@pytest.mark.skipif(os.name != "posix", reason="mount points are asked for on Linux")
@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/srv/data/meja", "network"),
        ("/mnt/nas kampus/meja", "network"),
        ("/srv/data/local/meja", ""),
        ("/srv/database", ""),
        ("/var/meja", ""),
    ],
)
def test_a_mounted_share_is_doubtful(monkeypatch: pytest.MonkeyPatch, path: str, place: str) -> None:
    monkeypatch.setattr(homes.Path, "read_text", lambda *_, **__: MOUNTS)
    assert doubtful_place(Path(path)) == place


def test_one_desk_at_a_time(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with only_desk(home), pytest.raises(KnownError) as error, only_desk(home):
        pass
    assert error.value.code == "second-desk"
    with only_desk(home):
        pass


def test_the_lock_dies_with_its_process(tmp_path: Path, root: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from db.home import Home, only_desk\n"
        "with only_desk(Home(Path(sys.argv[1]))):\n print('in', flush=True); sys.stdin.read()"
    )
    line = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(line, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
        with pytest.raises(KnownError), only_desk(Home(tmp_path)):
            pass
        other.kill()
        other.wait(10)
    with only_desk(Home(tmp_path)):
        pass


def test_a_lock_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as error, only_desk(Home(tmp_path / "none")):
        pass
    assert error.value.code == "home-not-writable"
