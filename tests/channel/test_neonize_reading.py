"""A message that nobody can read is kept without its content: WhatsApp was told that it has arrived."""

from pathlib import Path
from typing import Any

import pytest

from tests.channel.test_neonize_channel import NoClock
from tests.channel.test_neonize_leaving import Journal
from tests.channel.test_neonize_translate import LID, OWN, event, text
from wabot.channel.neonize import reading
from wabot.channel.neonize.addresses import Addresses
from wabot.channel.neonize.channel import NeonizeChannel
from wabot.channel.neonize.ears import Ears
from wabot.channel.neonize.library import Event
from wabot.channel.neonize.translate import read_message
from wabot.model.message import Message


@pytest.fixture(autouse=True)
def puzzling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every content is of a kind that nobody has thought of."""

    def read(body: Any, addresses: Addresses) -> Message:
        if body.HasField("Message"):
            raise ValueError("rahasia")
        return read_message(body, addresses)

    monkeypatch.setattr(reading, "read_message", read)


def kept(heard: list[Message], complaints: list[str]) -> None:
    [message], [complaint] = heard, complaints
    assert (message.id, message.chat, message.type, message.text) == ("3A01", LID, "other", "")
    assert complaint.startswith("a message cannot be read: it is kept without its content (")
    assert "rahasia" not in complaint


async def test_while_a_phone_is_linked_or_unlinked(tmp_path: Path) -> None:
    inbox, complaints = Journal(), list[str]()
    ears = Ears(inbox, tmp_path / "keys.db", complaints.append)
    await ears.open()
    await ears.hear(Event("Message", event(text("jam buka?"))))
    kept(inbox.messages, complaints)


async def test_in_a_session(tmp_path: Path) -> None:
    inbox, complaints = Journal(), list[str]()
    channel = NeonizeChannel(tmp_path / "keys.db", OWN, NoClock(), lambda _code: False, complain=complaints.append)
    await channel._following.deliver(event(text("jam buka?")), inbox)
    await channel._following._handing.done()
    kept(inbox.messages, complaints)
