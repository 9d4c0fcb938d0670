"""Lines of a customers' file: what is a message, and what is said of what is not."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wabot.channel.simulator.fields import BadLine
from wabot.channel.simulator.lines import read_line
from wabot.model.message import Attachment, Card

ZONE = ZoneInfo("Asia/Jakarta")
NOW = 1_769_569_200_000


def test_a_line_is_a_message() -> None:
    line = b'{"id": "A1", "from": "62811", "name": "Budi", "text": "halo", "at": "2026-01-28T10:00:00+07:00"}'
    message = read_line(line, ZONE, lambda: 0)
    assert (message.id, message.chat, message.phone, message.name, message.text) == (
        "A1",
        "62811",
        "62811",
        "Budi",
        "halo",
    )
    assert message.sent_at == NOW


def test_the_time_without_an_offset_is_that_of_the_tenant_and_without_a_time_it_is_now() -> None:
    assert read_line(b'{"id": "A", "from": "1", "at": "2026-01-28 10:00"}', ZONE, lambda: 0).sent_at == NOW
    assert read_line(b'{"id": "A", "from": "1"}', ZONE, lambda: 7).sent_at == 7


def test_a_caption_is_the_text_and_a_lid_names_the_chat() -> None:
    line = b'{"id": "A", "from": "62811", "lid": "L9", "type": "image", "caption": "ini", "from_me": true}'
    message = read_line(line, ZONE, lambda: 0)
    assert (message.chat, message.phone, message.lid, message.type, message.text) == (
        "L9",
        "62811",
        "L9",
        "image",
        "ini",
    )
    assert message.from_me


def test_a_line_may_quote_be_forwarded_be_about_another_and_bring_media() -> None:
    line = b"""{"id": "A", "from": "1", "type": "document", "quoted": "A0", "forwarded": 5, "about": "A9",
        "file": "nota.pdf", "media": {"size": 90, "seconds": 3, "latitude": -6.9, "longitude": 107, "place": "Toko",
        "cards": [{"name": "Ani", "numbers": ["6281200000002"]}]}}"""
    message = read_line(line.replace(b"\n", b" "), ZONE, lambda: 0)
    assert (message.quoted, message.forwarded, message.about) == ("A0", 5, "A9")
    cards = (Card("Ani", ("6281200000002",)),)
    assert message.media == Attachment("application/pdf", 90, "nota.pdf", 3, -6.9, 107, "Toko", cards, "nota.pdf")
    assert read_line(b'{"id": "A", "from": "1", "forwarded": true}', ZONE, lambda: 0).forwarded == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"oops", "no JSON"),
        (b"[1]", "no JSON object"),
        (b'{"from": "1"}', "`id` is missing"),
        (b'{"id": "A"}', "`from` is missing"),
        (b'{"id": 1, "from": "1"}', "`id` must be a text"),
        (b'{"id": "A", "from": "1", "txt": "x"}', "unknown field `txt`"),
        (b'{"id": "A", "from": "1", "type": "photo"}', "no type of message"),
        (b'{"id": "A", "from": "1", "at": "kemarin"}', "no time"),
        (b'{"id": "A", "from": "1", "at": 5}', "no time"),
        (b'{"id": "A", "from": "1", "from_me": "yes"}', "true or false"),
        (b"\xff\xfe", "no JSON"),
        (b'{"id": "A", "from": "1", "forwarded": -1}', "out of range"),
        (b'{"id": "A", "from": "1", "forwarded": "5"}', "whole number"),
        (b'{"id": "A", "from": "1", "media": "foto"}', "must be an object"),
        (b'{"id": "A", "from": "1", "media": {"mimetype": "x"}}', "unknown field `mimetype`"),
        (b'{"id": "A", "from": "1", "media": {"latitude": NaN}}', "out of range"),
        (b'{"id": "A", "from": "1", "media": {"cards": [{"name": "Ani", "numbers": "62"}]}}', "list of texts"),
        (b'{"id": "A", "from": "1", "file": "../rahasia"}', "beside this one"),
    ],
)
def test_a_bad_line_says_what_is_wrong(line: bytes, why: str) -> None:
    with pytest.raises(BadLine, match=why):
        read_line(line, ZONE, lambda: 0)


def test_half_a_character_becomes_a_replacement() -> None:
    assert read_line(b'{"id": "A", "from": "1", "text": "a\\ud800b"}', ZONE, lambda: 0).text == "a\ufffdb"


@given(st.binary(max_size=60))
def test_no_line_whatever_its_bytes_raises_anything_else(line: bytes) -> None:
    try:
        read_line(line, ZONE, lambda: 0)
    except BadLine:
        return
