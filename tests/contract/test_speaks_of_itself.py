"""The project's files name no machine they were written on and no registry; their links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.sources import ALL_ROOMS

# Written in pieces, so that this file does not find itself.
FOREIGN = [
    re.compile(r"(?<![\w.<])/" + "(work|root|home/[a-z]+|Users)/"),
    re.compile("py" + r"pi\.org|python" + "hosted|deb" + r"\.debian\.org|npm" + r"js\.(com|org)"),
]
TEXT = frozenset({".py", ".md", ".txt", ".toml", ".json", ".spec", ".qss", ".ts", ".csv", ".yml", ".cfg", ""})
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)#\s]+)(?:#[^)]*)?\)")


def own_texts(root: Path) -> Iterator[tuple[Path, str]]:
    """The project's text files; the notices of others are theirs."""
    folders = [root / room for room in (*ALL_ROOMS, "docs", "requirements", ".ci")]
    files = [path for folder in folders for path in folder.rglob("*")] + list(root.glob("*.*"))
    for path in files:
        skipped = "licences" in path.parts or "__pycache__" in path.parts or path.suffix.lower() not in TEXT
        # In a linked worktree .git is a file that says where the repository is; it is never part of it.
        if skipped or path.name == ".git" or not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def foreign(text: str) -> list[str]:
    """Every mention of a machine's own folders or of a registry in `text`."""
    return [match.group(0) for pattern in FOREIGN for match in pattern.finditer(text)]


def test_no_file_names_the_machine_it_was_written_on(root: Path) -> None:
    found = {path.relative_to(root).as_posix(): foreign(text) for path, text in own_texts(root)}
    assert len(found) > 50
    assert not {name: words for name, words in found.items() if words}


@pytest.mark.parametrize("text", ["see /" + "root/x", "in '/" + "work/main'", "from py" + "pi.org", "/" + "home/ani/x"])
def test_the_check_sees_a_foreign_word(text: str) -> None:
    assert foreign(text)


def test_links_between_the_documents_lead_somewhere(root: Path) -> None:
    broken: list[str] = []
    for page in [*root.glob("*.md"), *(root / "docs").rglob("*.md")]:
        for match in LINK.finditer(page.read_text(encoding="utf-8")):
            target = match["target"]
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert not broken
