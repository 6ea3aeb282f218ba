"""A new recovery key: made first, in force only afterwards, and for the second copy as well."""

from __future__ import annotations

import pytest

from app.cli.recovery import new_paper, put_paper
from app.ports import KnownError
from db.keys import open_with_recovery, read_wraps, write_wraps
from tests.builders import Library, founded


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """An open library with a second copy's key file."""
    lib = founded(tmp_path_factory.mktemp("home"))
    lib.home.second.mkdir(parents=True)
    write_wraps(lib.home.second / lib.home.keys.name, read_wraps(lib.home.keys))
    return lib


def test_the_old_paper_opens_until_the_new_one_holds_and_then_no_more(library: Library) -> None:
    wraps, fresh = new_paper(library.store)
    places = (library.home.keys, library.home.second / library.home.keys.name)
    try:
        for place in places:
            assert open_with_recovery(library.recovery, read_wraps(place)) == library.store.key
        put_paper(library.store, wraps)
        for place in places:
            assert open_with_recovery(fresh, read_wraps(place)) == library.store.key
            with pytest.raises(KnownError, match="recovery-key-wrong"):
                open_with_recovery(library.recovery, read_wraps(place))
    finally:
        library.close()
