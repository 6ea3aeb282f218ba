"""Three short sounds that differ; a machine that cannot play them is never an error."""

from __future__ import annotations

import array
import subprocess
import wave
from pathlib import Path

import pytest

from app.services.view import Sound
from tools import make_sounds
from ui.assets import asset
from ui.sounds import Sounds


@pytest.mark.parametrize("sound", list(Sound))
def test_every_sound_is_there_and_short(sound: Sound) -> None:
    with wave.open(str(asset("sounds", f"{sound}.wav")), "rb") as wav:
        assert 0.1 < wav.getnframes() / wav.getframerate() < 0.6
        assert wav.getnchannels() == 1


def test_the_files_are_what_the_script_draws(tmp_path: Path) -> None:
    for name, (notes, edge) in make_sounds.SOUNDS.items():
        make_sounds.write(tmp_path / name, make_sounds.samples(notes, edge))
        assert (tmp_path / name).read_bytes() == asset("sounds", f"{name}.wav").read_bytes()
    assert set(make_sounds.SOUNDS) == set(Sound)


def test_the_sounds_differ_in_pitch_and_number() -> None:
    shapes = [tuple(note for note, _ in notes) for notes, _ in make_sounds.SOUNDS.values()]
    assert len(set(shapes)) == 3
    assert len({len([n for n in shape if n]) for shape in shapes}) >= 2


def test_no_player_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.sounds.sys.platform", "linux")
    monkeypatch.setattr("ui.sounds.shutil.which", lambda _name: None)
    assert not Sounds().play(Sound.DONE)


def test_a_player_that_cannot_start_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("ui.sounds.sys.platform", "linux")
    monkeypatch.setattr("ui.sounds.shutil.which", lambda _name: str(tmp_path / "gone"))
    sounds = Sounds()
    assert not sounds.play(Sound.NO)
    sounds.close()


def test_off_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **_k: started.append(a))
    assert not Sounds(on=False).play(Sound.DONE)
    assert not Sounds(volume=0).play(Sound.DONE)
    assert started == []


def test_the_player_gets_the_file_and_the_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    class Player:
        def __init__(self, command: list[str], **_more: object) -> None:
            commands.append(command)

        def poll(self) -> int | None:
            return None

    monkeypatch.setattr("ui.sounds.sys.platform", "linux")
    monkeypatch.setattr("ui.sounds.shutil.which", lambda name: f"/bin/{name}" if name == "paplay" else None)
    monkeypatch.setattr("subprocess.Popen", Player)
    sounds = Sounds(volume=50)
    assert sounds.play(Sound.NEEDS)
    assert commands[0][:2] == ["/bin/paplay", "--volume=32768"]
    assert commands[0][-1].endswith("needs.wav")
    sounds.play(Sound.NO)
    sounds.play(Sound.NO)
    assert not sounds.play(Sound.DONE)


def test_a_player_without_volume_gets_a_quieter_file(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    class Player:
        def __init__(self, command: list[str], **_more: object) -> None:
            commands.append(command)

        def poll(self) -> int | None:
            return 0

    monkeypatch.setattr("ui.sounds.sys.platform", "linux")
    monkeypatch.setattr("ui.sounds.shutil.which", lambda name: f"/bin/{name}" if name == "aplay" else None)
    monkeypatch.setattr("subprocess.Popen", Player)
    sounds = Sounds(volume=50)
    assert sounds.play(Sound.DONE)
    played = Path(commands[0][-1])
    assert loudest(played) == pytest.approx(loudest(asset("sounds", "done.wav")) / 2, abs=2)
    sounds.close()
    assert not played.exists()


def loudest(path: Path) -> int:
    with wave.open(str(path), "rb") as wav:
        return max(abs(sample) for sample in array.array("h", wav.readframes(wav.getnframes())))
