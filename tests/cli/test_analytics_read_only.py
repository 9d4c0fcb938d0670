"""Figures of data that may be read and not written: a copy, or a daemon of another user."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.other_user import another_user, open_folder

WEEK = ("--from", "2026-01-26", "--to", "2026-02-01")


@pytest.fixture
def readable(lived: Path) -> Iterator[Path]:
    """The shop's data, which everybody may read."""
    with open_folder() as place:
        shutil.copytree(lived, place / "data")
        yield place / "data"


def _give(place: Path, folders: int, files: int) -> None:
    for path in (place, *place.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


def test_what_was_counted_is_shown_with_its_moment(readable: Path, wabot: Typed) -> None:
    counted = wabot("analytics", "--data", readable, *WEEK).out
    _give(readable, 0o555, 0o444)
    with another_user():
        said = wabot("analytics", "--data", readable, *WEEK)
    assert (said.code, said.err) == (0, "")
    assert "figures are as of 20" in said.out
    assert "cannot be written" in " ".join(said.out.split())
    assert said.out.split("\n\n", 1)[1] == counted.split("\n\n", 1)[1]


def test_beside_another_users_daemon_the_figures_are_those_that_it_counted(readable: Path, wabot: Typed) -> None:
    counted = wabot("analytics", "--data", readable, *WEEK).out
    with closing(sqlite3.connect(readable / "warung" / "wabot.db")) as daemon:
        daemon.execute("SELECT COUNT(*) FROM messages").fetchone()
        _give(readable, 0o555, 0o444)
        assert (readable / "warung" / "wabot.db-wal").exists()
        with another_user():
            said = wabot("analytics", "--data", readable, *WEEK)
        _give(readable, 0o755, 0o644)
    assert said.code == 0
    assert said.out.split("\n\n", 1)[1] == counted.split("\n\n", 1)[1]


def test_what_was_never_counted_cannot_be_shown(readable: Path, wabot: Typed) -> None:
    with closing(sqlite3.connect(readable / "warung" / "wabot.db")) as db:
        db.execute("DELETE FROM analytics_state")
        db.commit()
    wabot("analytics", "--help")
    if os.geteuid() == 0:
        wabot("analytics", "--data", shutil.copytree(readable, readable.parent / "loads what nobody can load later"))
    _give(readable, 0o555, 0o444)
    with another_user():
        said = wabot("analytics", "--data", readable, *WEEK)
    assert said.code == 3
    assert "cannot be written" in said.err
