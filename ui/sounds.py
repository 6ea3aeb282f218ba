"""The three sounds: done, needs you, no. Played without waiting; a machine that cannot play them stays silent.

On Linux a player program is looked for once (paplay, pw-play, aplay), on macOS afplay, on Windows the system's own
call. Always beside their picture, never instead of it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from app.services.view import Sound
from ui.assets import asset

_PLAYERS = ("paplay", "pw-play", "aplay") if sys.platform != "darwin" else ("afplay",)
_MOST_AT_ONCE = 3


class Sounds:
    """Plays the sounds of one desk. `volume` 0 to 100 is used where the player can be told."""

    def __init__(self, on: bool = True, volume: int = 70) -> None:
        self.on = on
        self.volume = max(0, min(100, volume))
        self._player: str | None = None
        self._looked = False
        self._running: list[subprocess.Popen[bytes]] = []

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
        """Let go of players that have ended."""
        self._running = [player for player in self._running if player.poll() is None]

    def _play_program(self, path: Path) -> bool:
        if not self._looked:
            self._looked = True
            self._player = next((found for name in _PLAYERS if (found := shutil.which(name))), None)
        self.close()
        if self._player is None or len(self._running) >= _MOST_AT_ONCE:
            return False
        nowhere = subprocess.DEVNULL
        command = [self._player, *self._volume_words(), str(path)]
        self._running.append(subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere))
        return True

    def _volume_words(self) -> list[str]:
        name = Path(self._player or "").name
        if name == "paplay":
            return [f"--volume={round(65536 * self.volume / 100)}"]
        if name == "pw-play":
            return [f"--volume={self.volume / 100:.2f}"]
        if name == "afplay":
            return ["-v", f"{self.volume / 100:.2f}"]
        return ["-q"]

    def _play_windows(self, path: Path) -> bool:
        if sys.platform == "win32":
            import winsound

            flags = winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT
            winsound.PlaySound(str(path), flags)
            return True
        return False
