"""How often somebody may ask: buckets that fill with time, one for each asker. Pure; the clock is passed in."""

from __future__ import annotations


class Rates:
    """At most `burst` at once and `per_second` in the long run, for each of at most `most` askers.

    Not for several threads at once.
    """

    def __init__(self, per_second: float, burst: int, most: int = 10_000) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._most = most
        self._kept: dict[str, tuple[float, float]] = {}

    def take(self, asker: str, now: float) -> float:
        """Take one; 0, or how many seconds too early it is (then nothing is taken). `now` in monotonic seconds."""
        tokens = self._tokens(asker, now)
        if tokens < 1:
            return (1 - tokens) / self._per_second
        if asker not in self._kept and len(self._kept) >= self._most:
            self._forget(now)
        self._kept[asker] = (tokens - 1, now)
        return 0.0

    def early(self, asker: str, now: float) -> float:
        """What `take` would say, taking nothing."""
        return max(0.0, (1 - self._tokens(asker, now)) / self._per_second)

    def _tokens(self, asker: str, now: float) -> float:
        tokens, at = self._kept.get(asker, (self._burst, now))
        return min(self._burst, tokens + (now - at) * self._per_second)

    def _forget(self, now: float) -> None:
        """Make room: whose bucket is full again is as good as unknown; if all are busy, those unseen for longest."""
        self._kept = {asker: kept for asker, kept in self._kept.items() if self._tokens(asker, now) < self._burst}
        if len(self._kept) >= self._most:
            newest = sorted(self._kept.items(), key=lambda one: one[1][1])[self._most // 2 :]
            self._kept = dict(newest)
