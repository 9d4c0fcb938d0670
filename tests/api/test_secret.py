"""The secret that signs tokens: nobody has a default, and nobody else can read it."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wabot.api.secret import NAME, SecretUnusable, signing_secret


def test_the_first_start_makes_one_and_the_next_takes_it(tmp_path: Path) -> None:
    made = signing_secret(tmp_path / "data")
    assert len(made) >= 32
    assert (tmp_path / "data" / NAME).stat().st_mode & 0o777 == 0o600
    assert signing_secret(tmp_path / "data") == made
    assert signing_secret(tmp_path / "other") != made
    assert [path.name for path in (tmp_path / "data").iterdir()] == [NAME], "nothing half-made is left"


def test_of_two_that_start_at_once_both_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: signing_secret(tmp_path), range(8)))) == 1


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o666])
def test_one_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    signing_secret(tmp_path)
    (tmp_path / NAME).chmod(mode)
    with pytest.raises(SecretUnusable, match="can be read by other users"):
        signing_secret(tmp_path)


@pytest.mark.parametrize("content", ["", "short", "\n" * 100])
def test_one_that_is_too_short_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / NAME
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(SecretUnusable, match="holds no secret"):
        signing_secret(tmp_path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("x" * 64)
    other.chmod(0o600)
    (tmp_path / NAME).symlink_to(other)
    with pytest.raises(SecretUnusable, match="cannot be used"):
        signing_secret(tmp_path)
    (tmp_path / NAME).unlink()
    os.mkfifo(tmp_path / NAME, 0o600)
    with pytest.raises(SecretUnusable, match="holds no secret"):
        signing_secret(tmp_path)


def test_the_owners_own_is_taken_and_must_be_long_enough(tmp_path: Path) -> None:
    assert signing_secret(tmp_path, "x" * 32) == b"x" * 32
    assert not (tmp_path / NAME).exists()
    with pytest.raises(SecretUnusable, match="too short"):
        signing_secret(tmp_path, "x" * 31)
