"""Whether a daemon works on a data folder: real locks, as of two processes."""

import os
from pathlib import Path

from wabot.daemon.presence import FILE, Presence, find_daemon


def test_the_first_daemon_of_a_folder_is_found_until_it_ends_and_a_second_knows_that_it_is_not_alone(
    tmp_path: Path,
) -> None:
    assert find_daemon(tmp_path) is None
    first = Presence(tmp_path)
    assert first.alone
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    second = Presence(tmp_path)
    assert not second.alone
    second.end()
    found = find_daemon(tmp_path)
    assert found is not None and (found.pid, found.turns) == (os.getpid(), True)
    first.end()
    assert find_daemon(tmp_path) is None
    assert Presence(tmp_path).alone


def test_a_daemon_that_has_not_shown_itself_for_a_minute_hangs(tmp_path: Path) -> None:
    daemon = Presence(tmp_path)
    os.utime(tmp_path / FILE, (0, 0))
    found = find_daemon(tmp_path)
    assert found is not None and not found.turns
    daemon.beat()
    found = find_daemon(tmp_path)
    assert found is not None and found.turns
    daemon.end()
