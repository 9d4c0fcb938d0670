"""A reply in the very instant in which a customer writes can be unreadable on their phone: it waits a moment."""

from pathlib import Path
from typing import Any

import pytest

from tests.channel.test_neonize_channel import reply
from tests.channel.test_neonize_translate import LID, OWN, event, text
from wabot.channel.neonize import NeonizeChannel
from wabot.model.errors import ChannelError
from wabot.session.clock import ScriptClock


class Anybody:
    """An inbox that takes everything."""

    async def message(self, _message: Any) -> None:
        pass


async def heard(tmp_path: Path) -> tuple[NeonizeChannel, ScriptClock]:
    clock = ScriptClock()
    clock.set(1_000_000)
    channel = NeonizeChannel(tmp_path / "keys.db", OWN, clock, lambda _code: False)
    inbox: Any = Anybody()
    await channel._following.deliver(event(text("jam buka?")), inbox)
    return channel, clock


async def gets_to_the_connection(channel: NeonizeChannel, chat: str) -> None:
    with pytest.raises(ChannelError, match="not connected"):
        await channel.send(reply(chat))


@pytest.mark.parametrize(("later", "sent_at"), [(0, 50), (20, 50), (50, 50), (80, 80)])
async def test_a_send_waits_until_the_chat_was_silent_for_50_milliseconds(
    tmp_path: Path, later: int, sent_at: int
) -> None:
    channel, clock = await heard(tmp_path)
    clock.set(1_000_000 + later)
    await gets_to_the_connection(channel, LID)
    assert clock.now() - 1_000_000 == sent_at


async def test_a_send_to_another_chat_does_not_wait(tmp_path: Path) -> None:
    channel, clock = await heard(tmp_path)
    await gets_to_the_connection(channel, "6281299999999")
    assert clock.now() == 1_000_000
