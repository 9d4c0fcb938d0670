"""A machine whose clock a test can set, by libfaketime: only the wall clock, as when somebody sets it for real."""

from pathlib import Path

import pytest

from tests.programs import missing


def _library() -> Path | None:
    found = [
        *Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"),
        *Path("/usr").glob("lib*/faketime/libfaketimeMT.so.1"),
    ]
    return found[0] if found else None


class Machine:
    """`environment` is for the processes that live by its clock."""

    def __init__(self, place: Path) -> None:
        library = _library()
        if library is None:
            pytest.skip(missing("faketime"))
        self._file = place / "clock"
        self.set(0)
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds: int) -> None:
        """Set its clock to so many seconds after the real one, or before it; all its processes see that at once."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{seconds:+}\n")
        fresh.rename(self._file)
