"""Locks that others only look at, and those that they have."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from wabot.daemon.handover import FILE, is_wanted, taken
from wabot.model.errors import TenantBusy
from wabot.session import locked


@pytest.fixture
def looked_at(tmp_path: Path) -> Iterator[int]:
    """The descriptor of a session that looks whether the tenant is wanted."""
    descriptor = os.open(tmp_path / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    yield descriptor
    with suppress(OSError):
        os.close(descriptor)


def test_whoever_only_looks_keeps_nobody_from_taking_a_tenant_over(
    tmp_path: Path, looked_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locked, "sleep", lambda _seconds: fcntl.flock(looked_at, fcntl.LOCK_UN))
    with taken(tmp_path, 0) as ended:
        assert ended
        assert is_wanted(tmp_path)
    assert not is_wanted(tmp_path)


def test_a_tenant_that_another_command_takes_over_is_refused(
    tmp_path: Path, looked_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locked, "sleep", lambda _seconds: None)
    with pytest.raises(TenantBusy, match="another command takes"), taken(tmp_path, 0):
        raise AssertionError("it was taken")
