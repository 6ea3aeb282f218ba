"""Draw the desk's three sounds as WAV files: done rises, "needs you" asks twice, no falls low.

They differ in pitch, number and direction, so that they are told apart with eyes closed.
Run: python tools/make_sounds.py
"""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

RATE = 22_050
FADE_SECONDS = 0.008
Note = tuple[float, float]  # frequency in Hz (0 = silence), seconds

SOUNDS: dict[str, tuple[tuple[Note, ...], float]] = {
    "done": (((880.0, 0.055), (1318.5, 0.095)), 0.12),
    "needs": (((659.3, 0.09), (0.0, 0.05), (659.3, 0.09), (0.0, 0.05), (784.0, 0.12)), 0.3),
    "no": (((233.1, 0.16), (0.0, 0.03), (155.6, 0.26)), 0.55),
}


def samples(notes: tuple[Note, ...], edge: float) -> list[int]:
    """The notes as 16-bit samples; `edge` 0..1 mixes in overtones, which makes a sound harsher."""
    result: list[int] = []
    for frequency, seconds in notes:
        count = round(seconds * RATE)
        fade = FADE_SECONDS * RATE
        for i in range(count):
            loud = min(1.0, i / fade, (count - i) / fade) * math.exp(-2.2 * i / count)
            turn = 2 * math.pi * frequency * i / RATE
            wave_form = math.sin(turn) + edge * (math.sin(3 * turn) / 3 + math.sin(2 * turn) / 4)
            result.append(round(18_000 * loud * wave_form / (1 + edge * 0.6)))
    return result


def write(path: Path, values: list[int]) -> None:
    """Write one mono WAV file."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(struct.pack(f"<{len(values)}h", *values))


def main() -> None:
    """Write all sounds to resources/sounds."""
    folder = Path(__file__).resolve().parent.parent / "resources" / "sounds"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (notes, edge) in SOUNDS.items():
        write(folder / f"{name}.wav", samples(notes, edge))


if __name__ == "__main__":
    main()
