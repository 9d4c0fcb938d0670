"""How moments look on the wire."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wabot.api.answers import iso


@given(st.integers(0, 253_402_300_799_999))
def test_a_moment_is_written_as_the_library_writes_it(at: int) -> None:
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at)
    assert iso(at) == moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
