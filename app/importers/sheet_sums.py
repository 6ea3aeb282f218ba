"""Lines of a list that are no record: the sum that people write below it."""

from __future__ import annotations

from app.domain.text import fold

_WORDS = (
    "jumlah|total|sub total|subtotal|grand total|jumlah total|total jumlah|jumlah seluruhnya"
    "|total keseluruhan|jumlah keseluruhan|jumlah buku|total buku|jumlah judul|total judul"
    "|jumlah eksemplar|total eksemplar|jumlah anggota|total anggota|jumlah siswa|total siswa"
    "|jumlah mahasiswa|total mahasiswa|jml|ttl|sum|rekap|rekapitulasi"
)
_SUMS = frozenset(_WORDS.split("|"))


def is_sum(text: str, *others: str) -> bool:
    """Whether a cell says that its line is a sum; never where one of `others` says what only a record has."""
    return fold(text[:40]) in _SUMS and not any(other.strip() for other in others)
