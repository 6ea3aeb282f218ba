"""What the set-up says, in Indonesian and English. Knows sentences only, never when they are said."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

SENTENCES: dict[str, tuple[str, str]] = {
    "plan": (
        "Yang akan dipasang (sekali saja):",
        "What will be installed (once):",
    ),
    "plan-core": (
        "  - pustaka inti (basis data, kode batang, cetak) ke {venv}, sekitar 22 MB",
        "    core libraries (database, barcodes, printing) into {venv}, about 22 MB",
    ),
    "plan-window": (
        "  - pustaka inti dan Qt (jendela meja layanan) ke {venv}, sekitar 100 MB",
        "    core libraries and Qt (the desk's window) into {venv}, about 100 MB",
    ),
    "plan-server": (
        "  - pustaka inti dan server (HTTP, PostgreSQL) ke {venv}, sekitar 35 MB",
        "    core libraries and the server's (HTTP, PostgreSQL) into {venv}, about 35 MB",
    ),
    "plan-both": (
        "  - pustaka inti, Qt (jendela meja layanan) dan server ke {venv}, sekitar 115 MB",
        "    core libraries, Qt (the desk's window) and the server's into {venv}, about 115 MB",
    ),
    "plan-test": (
        "  - semua di atas dan alat uji ke {venv}, sekitar 140 MB",
        "    all of the above and the tools of the checks into {venv}, about 140 MB",
    ),
    "plan-wheels": (
        "  - tanpa internet, dari folder {folder}",
        "    without internet, from the folder {folder}",
    ),
    "plan-system": (
        "  - paket sistem, diperlukan Python atau Qt: {packages}",
        "    system packages that Python or Qt needs: {packages}",
    ),
    "ask": ("Lanjutkan? [Y/t]", "Continue? [Y/n]"),
    "ask-sudo": (
        "Pasang paket sistem itu dengan sudo apt-get install? Kata sandi mungkin ditanyakan. [Y/t]",
        "Install those system packages with sudo apt-get install? It may ask for your password. [Y/n]",
    ),
    "no-terminal": (
        "Perlu jawaban, tetapi tidak ada terminal. Setel MEJA_ASSUME_YES=1 untuk menjawab ya.",
        "An answer is needed but there is no terminal. Set MEJA_ASSUME_YES=1 to answer yes.",
    ),
    "declined": ("Tidak ada yang dipasang.", "Nothing was installed."),
    "no-display": (
        "Tidak ada layar untuk membuka jendela. Tanpa layar, pakai: `{called} scan`.",
        "There is no display to open a window on. Without one use: `{called} scan`.",
    ),
    "old-linux": (
        "Linux ini terlalu tua untuk Qt (glibc {glibc}, perlu 2.34: Debian 12, Ubuntu 22.04). Pakai: `{called} scan`.",
        "This Linux is too old for Qt (glibc {glibc}, 2.34 needed: Debian 12, Ubuntu 22.04). Use: `{called} scan`.",
    ),
    "need-packages": (
        "Pasang dahulu pustaka sistem ini, lalu jalankan lagi: {packages}",
        "Install these system libraries first, then run this again: {packages}",
    ),
    "apt-failed": (
        "Paket sistem gagal dipasang. Coba sendiri: {line}\nCatatan lengkap: {log}",
        "The system packages could not be installed. Try it yourself: {line}\nFull log: {log}",
    ),
    "packages": ("Memasang {count} paket sistem...", "Installing {count} system packages..."),
    "making": ("Menyiapkan tempat pustaka...", "Making room for the libraries..."),
    "fetching": ("Mengambil {count} pustaka...", "Fetching {count} libraries..."),
    "installing": (
        "Memasang pustaka; ini dapat berlangsung beberapa menit...",
        "Installing; this may take some minutes...",
    ),
    "mending": (
        "Pemasangan sebelumnya terputus; dibuat ulang.",
        "An earlier set-up was interrupted; building it again.",
    ),
    "waiting": (
        "Pemasangan lain sedang berjalan; menunggu...",
        "Another set-up is running; waiting...",
    ),
    "fetch-failed": (
        "Pustaka tidak dapat diambil; yang sudah terpasang tidak diubah. Periksa internet, atau pakai folder wheel:"
        " python3 meja.py --wheels FOLDER (lihat docs/decisions/0002-dependencies-and-pins.md). Catatan lengkap: {log}",
        "The libraries could not be fetched; nothing installed was changed. Check the internet, or use a folder of"
        " wheels: python3 meja.py --wheels FOLDER (see docs/decisions/0002-dependencies-and-pins.md). Full log: {log}",
    ),
    "install-failed": (
        "Pemasangan gagal; sebabnya tertulis di atas. Jalankan lagi untuk mengulang. Catatan lengkap: {log}",
        "The set-up failed; the reason stands above. Run it again to try once more. Full log: {log}",
    ),
    "venv-failed": (
        "Folder {venv} tidak dapat dibuat; sebabnya tertulis di atas.",
        "The folder {venv} could not be made; the reason stands above.",
    ),
    "in-use": (
        "Folder {venv} sedang dipakai. Tutup Meja, lalu jalankan lagi.",
        "The folder {venv} is in use. Close Meja, then run this again.",
    ),
    "bad-path": (
        "Folder Meja tidak boleh memuat tanda '{mark}' dalam namanya: {folder}",
        "The name of Meja's folder must not contain '{mark}': {folder}",
    ),
    "no-wheels": ("Folder wheel tidak ada: {folder}", "There is no folder of wheels at: {folder}"),
    "no-venv-support": (
        "Python ini tidak dapat membuat lingkungan (venv). Pasang: {packages}",
        "This Python cannot make environments (venv). Install: {packages}",
    ),
    "wheels-unsaid": (
        "Tulis folder wheel sesudah --wheels, misalnya: python3 meja.py --wheels FOLDER",
        "Write the folder of wheels after --wheels, such as: python3 meja.py --wheels FOLDER",
    ),
    "setup-what": (
        "Sesudah setup hanya boleh satu kata: core, window, server, both atau test.",
        "After setup there may be one word: core, window, server, both or test.",
    ),
    "command": (
        "Tidak ada perintah bernama {found}. `{called} --help` menampilkan yang ada.",
        "There is no command called {found}. `{called} --help` lists those there are.",
    ),
    "command-near": (
        "Tidak ada perintah bernama {found}; mungkin maksudnya `{called} {near}`?",
        "There is no command called {found}; did you mean `{called} {near}`?",
    ),
    "command-first": (
        "Tulis perintahnya dahulu, lalu pilihannya: `{called} {near}`",
        "Write the command first and its options behind it: `{called} {near}`",
    ),
    "wheels-missing": (
        "Folder --wheels {folder} belum lengkap; yang kurang {count}: {names}. Cara membuatnya:"
        " docs/decisions/0002-dependencies-and-pins.md",
        "The --wheels folder {folder} is not complete; {count} are missing: {names}. How it is made:"
        " docs/decisions/0002-dependencies-and-pins.md",
    ),
    "option": (
        "Pilihan {found} tidak dikenal. `{called} --help` menampilkan yang ada.",
        "The option {found} is not known. `{called} --help` lists those there are.",
    ),
    "option-near": (
        "Pilihan {found} tidak dikenal; mungkin maksudnya {near}?",
        "The option {found} is not known; did you mean {near}?",
    ),
    "ready": ("Siap.", "Ready."),
    "interrupted": ("Dihentikan.", "Stopped."),
    "help": (
        "Pakai: python3 meja.py [--wheels FOLDER] [PERINTAH ...]    (Windows: py meja.py ...)\n"
        "  (tanpa perintah)  membuka meja layanan\n"
        "  demo              perpustakaan contoh\n"
        "  test [...]        pemeriksaan; argumen lain untuk pytest\n"
        "  setup [core|window|server|both|test]  hanya memasang\n"
        "  PERINTAH --help   menjelaskan satu perintah; perintahnya ada di bawah",
        "Usage: python3 meja.py [--wheels FOLDER] [COMMAND ...]    (Windows: py meja.py ...)\n"
        "  (no command)      opens the desk\n"
        "  demo              a generated library to try\n"
        "  test [...]        the checks; further arguments go to pytest\n"
        "  setup [core|window|server|both|test]  installs only\n"
        "  COMMAND --help    explains one command; they are listed below",
    ),
}


def progress(done: int, count: int) -> None:
    """How far, on one line of a terminal that is written over; silent where nobody looks."""
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(f"\r  {done} / {count}")
        sys.stderr.flush()


def progress_ends() -> None:
    """What is said next stands on a line of its own."""
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write("\n")


def sentence(code: str, **values: str) -> str:
    """Both languages of one message, Indonesian first."""
    indonesian, english = SENTENCES[code]
    return f"{indonesian.format(**values)}\n{english.format(**values)}"


def say(code: str, to: TextIO | None = None, /, **values: str) -> None:
    """Write one message to standard error, or to `to`."""
    write(sentence(code, **values), to)


def list_commands(names: Iterable[str], folder: Path, to: TextIO | None) -> None:
    """One line for each command in each language, from the words of its own help; the bare name without them."""
    books = [_book(folder, language) for language in ("id", "en")]
    for name in names:
        for place, line in enumerate([book.get(f"command.{name}", "") for book in books]):
            if line or not place:
                write(f"  {'' if place else name:<14} {line}".rstrip(), to)


def _book(folder: Path, language: str) -> dict[str, str]:
    book: dict[str, str] = {}
    for name in ("help", "server_help"):
        try:
            book = {**json.loads((folder / f"{name}_{language}.json").read_text(encoding="utf-8")), **book}
        except (OSError, ValueError):
            continue
    return book


def write(text: str, to: TextIO | None = None) -> None:
    """Write lines to standard error, or to `to`. Letters the console lacks are escaped, never a crash."""
    stream = to if to is not None else sys.stderr
    if stream is None:
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(f"{text}\n".encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
