"""Search as it is typed: every letter is a search, on the desk's own screen half."""

from __future__ import annotations

import time
from collections.abc import Iterator

from db.store import DeskStore
from tests.bench.figure import Figure, median, percentile
from tests.bench.library import member_no
from tests.bench.scan_cost import screen_of

LEAST_LETTERS = 2
MS = 1000.0

TITLES = (
    "fiqih", "ekonomi syariah", "sejarah pengantar", "metode statistika lanjut", "basis data", "ilmu", "studi kasus",
    "tafsir ahmad", "perpustakaan 1234", "teori ahmad siti", "B000", "0000123/2026",
    "الفقه الاسلامي", "كتاب التفسير", "تاريخ",
)  # fmt: skip
MEMBERS = ("ahmad", "siti zahra", "nur", "yusuf rahma 99", "putri", "21.00.0", "21.19", "الفقه", "zz")
HOSTILE = (
    '"', "'", "a*", "* *", '" OR "', "NEAR(a b)", "title:a", "a AND NOT b", "^a", "-a -b", "{a b}:c", "%_%", "\\",
    "\0ab",    "a" * 5000, "ab " * 2000, "😀😀😀", "\u202eabc", "ــــ", "a\u0301" * 300, "é" * 50, "٠٠٠٠",
    "; DROP TABLE title; --",
)  # fmt: skip


def keystrokes(text: str) -> Iterator[str]:
    """What stands in the field after each letter, from the second on."""
    yield from (text[:length] for length in range(LEAST_LETTERS, len(text) + 1))


def typed(action: str) -> list[str]:
    """Everything that stands in the field of one search, letter by letter; hostile texts come pasted as well."""
    words = TITLES if action == "find-title" else (*MEMBERS, member_no(1234), member_no(7))
    typed_ = [field for word in words for field in keystrokes(word)]
    return [*typed_, *(field for text in HOSTILE for field in (text[:LEAST_LETTERS], text[:9], text))]


def run(store: DeskStore, rounds: int) -> dict[str, list[tuple[float, str]]]:
    """(Milliseconds, text) of every keystroke, per search."""
    taken: dict[str, list[tuple[float, str]]] = {}
    for action in ("find-title", "find-member"):
        screen = screen_of(store)
        screen.key(action)
        for _round in range(rounds):
            for text in typed(action):
                began = time.perf_counter()
                screen.search(text)
                taken.setdefault(action, []).append(((time.perf_counter() - began) * MS, text))
    return taken


def search_figures(taken: dict[str, list[tuple[float, str]]]) -> list[Figure]:
    """Per keystroke."""
    figures = []
    for action, pairs in taken.items():
        every = [took for took, _text in pairs]
        slowest = max(pairs)
        note = f"{len(every)} keystrokes, slowest {slowest[0]:.0f} ms at “{_shown(slowest[1])}”"
        figures += [
            Figure("search", f"{action} per keystroke, p99", percentile(every, 0.99), "ms", 50, note),
            Figure("search", f"{action} per keystroke, median", median(every), "ms"),
        ]
    return figures


def _shown(text: str) -> str:
    plain = "".join(character if character.isprintable() else "?" for character in text)
    return plain if len(plain) <= 12 else f"{plain[:12]}… ({len(text)} letters)"
