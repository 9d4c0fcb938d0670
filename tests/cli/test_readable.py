"""A data folder that belongs to another user: a sentence with its owner, and no wrong usage."""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.other_user import another_user, open_folder


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that the one who types may not read."""
    with open_folder() as place:
        (place / "data").mkdir(mode=0o700 if os.geteuid() == 0 else 0o000)
        yield place / "data"


COMMANDS = {
    "status": ["status"],
    "pause": ["pause", "warung"],
    "say": ["say", "6281200000001", "halo"],
    "backup": ["backup"],
    "doctor": ["doctor"],
    "reload": ["reload"],
    "logs": ["logs", "warung"],
    "outbox": ["outbox"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_data_folder_that_may_not_be_read_is_told_with_its_owner(closed: Path, wabot: Typed, name: str) -> None:
    wabot(*COMMANDS[name], "--help")  # loads what the other user may not be able to load from here
    owner = pwd.getpwuid(closed.stat().st_uid).pw_name
    for data in (closed, closed / "deeper"):
        with another_user():
            said = wabot(*COMMANDS[name], "--data", data)
        assert said.code == 3
        assert said.err == (
            f"wabot: {data} may not be read: it belongs to {owner}. Run this as that user: sudo -u {owner} wabot …\n"
        )
