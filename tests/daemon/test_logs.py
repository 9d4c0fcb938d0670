"""What is logged, and where to."""

import io
import json
from contextlib import suppress
from pathlib import Path

import pytest

from wabot.daemon.logs import LogReport, Transcript, configure
from wabot.model.message import Message
from wabot.model.turn import Outbound
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
    configure("text", stream=stream)
    LogReport("warung").note("disconnected", detail="gone\x1b[2J")
    assert "gone\\x1b[2J" in stream.getvalue()


def logged(level: str, *, messages: bool) -> list[dict[str, str]]:
    stream = io.StringIO()
    configure("json", level, stream)
    report = LogReport("warung", messages=messages)
    said = Message("1", "6281234567890", "rahasia", name="Budi")
    report.heard(said)
    report.sent(Outbound("o", said.chat, "jawaban", "jam-buka", 0, 0))
    report.silent(said, "cooldown")
    report.note("disconnected", level="warning")
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_texts_are_logged_only_when_asked_for_and_numbers_never_whole() -> None:
    quiet = logged("debug", messages=False)
    assert [line["event"] for line in quiet] == ["heard", "replied", "no reply", "disconnected"]
    assert not any("text" in line for line in quiet)
    loud = logged("info", messages=True)
    assert [(line["event"], line.get("text")) for line in loud][:2] == [("heard", "rahasia"), ("replied", "jawaban")]
    for line in (*quiet, *loud):
        assert "6281234567890" not in str(line)
        assert "Budi" not in str(line)


def test_what_is_noted_names_no_customer_and_leaves_the_shops_number_to_the_person_who_must_act() -> None:
    stream = io.StringIO()
    configure("json", "info", stream)
    refused = "'100000123456789' is not one person's chat, nor is 6281234567890"
    report = LogReport("warung-6281100000001")
    report.note("a reply was not sent", level="warning", reason=refused, outbound="0199123456789abc", delay=1234567890)
    report.note("no way to 6281234567890", action="Link the phone of 6281100000001.")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["reason"] == "'1000…789' is not one person's chat, nor is 6281…890"
    assert (first["outbound"], first["delay"]) == ("0199123456789abc", 1234567890)
    assert first["tenant"] == "warung-6281100000001"
    assert second["event"] == "no way to 6281…890"
    assert second["action"] == "Link the phone of 6281100000001."


def test_nothing_below_the_level_is_logged() -> None:
    assert [line["event"] for line in logged("info", messages=False)] == ["replied", "no reply", "disconnected"]
    assert [line["event"] for line in logged("warning", messages=True)] == ["disconnected"]
    assert logged("error", messages=True) == []


def test_a_stream_that_takes_nothing_any_more_stops_nobody() -> None:
    with Path("/dev/full").open("w") as full:
        configure("text", stream=full)
        LogReport("warung").note("disconnected")
        LogReport("warung").note("connected")
        with pytest.raises(OSError):
            full.write("x" * 100_000)
            full.flush()
        with suppress(OSError):
            full.close()
