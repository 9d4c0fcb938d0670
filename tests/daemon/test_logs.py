"""What is logged, and where to."""

import io
from contextlib import suppress

import pytest

from wabot.daemon.logs import LogReport, Transcript, configure
from wabot.model.message import Message
from wabot.session.clock import ScriptClock


def test_what_customers_write_does_not_steer_the_terminal() -> None:
    stream = io.StringIO()
    seen = Transcript("warung", ScriptClock(), stream)
    seen.heard(Message("1", "6281234567890", "halo\x1b[2J", name="Budi\n10:00  palsu\x9b1m"))
    seen.silent(Message("1", "6281234567890", ""), "no_match")
    lines = stream.getvalue().splitlines()
    assert lines[0].endswith("warung         Budi 10:00  palsu\\x9b1m: halo\\x1b[2J")
    assert lines[1].endswith("(no reply to Budi 10:00  palsu\\x9b1m: no_match)")


def test_logs_for_people_write_control_characters_out() -> None:
    stream = io.StringIO()
    configure("text", stream)
    LogReport("warung").note("disconnected", detail="gone\x1b[2J")
    assert "gone\\x1b[2J" in stream.getvalue()


def test_a_stream_that_takes_nothing_any_more_stops_nobody() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 (a device)
        configure("text", full)
        LogReport("warung").note("disconnected")
        LogReport("warung").note("connected")
        with pytest.raises(OSError):
            full.write("x" * 100_000)
            full.flush()
        with suppress(OSError):
            full.close()
