"""The three sounds: done, needs you, no. Played without waiting; a machine that cannot play them stays silent.

On Linux a player program is looked for once (paplay, pw-play, aplay), on macOS afplay, on Windows the system's own
call. Where the player knows no volume, a quieter copy of the file is made once. Always beside their picture, never
instead of it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.services.view import Sound
from ui.assets import asset

if TYPE_CHECKING:
    import subprocess
    import tempfile

_PLAYERS = ("paplay", "pw-play", "aplay") if sys.platform != "darwin" else ("afplay",)
_MOST_AT_ONCE = 3
LOUDEST = 100


def quieter(source: Path, target: Path, volume: int) -> None:
    """Write `source` to `target` at `volume` percent. 16-bit WAV, as tools/make_sounds.py draws them.

    Raises ValueError for a file that is none.
    """
    import array
    import wave

    try:
        with wave.open(str(source), "rb") as whole:
            shape, frames = whole.getparams(), whole.readframes(whole.getnframes())
    except (wave.Error, EOFError) as fault:
        raise ValueError(source.name) from fault
    samples = array.array("h", frames)
    if sys.byteorder == "big":
        samples.byteswap()
    softer = array.array("h", (sample * volume // LOUDEST for sample in samples))
    if sys.byteorder == "big":
        softer.byteswap()
    with wave.open(str(target), "wb") as out:
        out.setparams(shape)
        out.writeframes(softer.tobytes())


class Sounds:
    """Plays the sounds of one desk, at `volume` 0 to 100."""

    def __init__(self, on: bool = True, volume: int = 70) -> None:
        self.on = on
        self.volume = max(0, min(LOUDEST, volume))
        self._player: str | None = None
        self._looked = False
        self._running: list[subprocess.Popen[bytes]] = []
        self._copies: tempfile.TemporaryDirectory[str] | None = None

    def play(self, sound: Sound) -> bool:
        """Start a sound; False when none could be started. Never raises and never waits."""
        if not self.on or self.volume == 0:
            return False
        path = asset("sounds", f"{sound}.wav")
        try:
            return self._play_windows(path) if sys.platform == "win32" else self._play_program(path)
        except (OSError, RuntimeError, ValueError):
            self._player = None
            return False

    def close(self) -> None:
        """Let go of players that have ended and of quieter copies."""
        self._forget_ended()
        if self._copies is not None:
            self._copies.cleanup()
            self._copies = None

    def _forget_ended(self) -> None:
        self._running = [player for player in self._running if player.poll() is None]

    def _play_program(self, path: Path) -> bool:
        if not self._looked:
            self._looked = True
            self._player = next((found for name in _PLAYERS if (found := shutil.which(name))), None)
        self._forget_ended()
        if self._player is None or len(self._running) >= _MOST_AT_ONCE:
            return False
        import subprocess  # fetched with the first sound: the window must not wait for it

        nowhere = subprocess.DEVNULL
        command = [self._player, *self._player_words(path)]
        self._running.append(subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere))
        return True

    def _player_words(self, path: Path) -> list[str]:
        match Path(self._player or "").name:
            case "paplay":
                return [f"--volume={round(65536 * self.volume / LOUDEST)}", str(path)]
            case "pw-play":
                return [f"--volume={self.volume / LOUDEST:.2f}", str(path)]
            case "afplay":
                return ["-v", f"{self.volume / LOUDEST:.2f}", str(path)]
        return ["-q", str(self._at_volume(path))]

    def _at_volume(self, path: Path) -> Path:
        """The file itself at full volume, otherwise its quieter copy, made at its first use."""
        if self.volume == LOUDEST:
            return path
        if self._copies is None:
            import tempfile

            self._copies = tempfile.TemporaryDirectory(prefix="meja-sounds-", ignore_cleanup_errors=True)
        copy = Path(self._copies.name) / f"{self.volume}-{path.name}"
        if not copy.is_file():
            quieter(path, copy, self.volume)
        return copy

    def _play_windows(self, path: Path) -> bool:
        if sys.platform == "win32":
            import winsound

            flags = winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT
            winsound.PlaySound(str(self._at_volume(path)), flags)
            return True
        return False
