"""What the WhatsApp channel refuses before it ever connects."""

from pathlib import Path

import pytest

from wabot.channel.neonize.channel import NeonizeChannel
from wabot.model.errors import ChannelError, SendRefused
from wabot.model.turn import Outbound
from wabot.ports import Channel


class NoClock:
    """These tests never get as far as asking for the time."""

    def now(self) -> int:
        return 0

    def steady(self) -> int:
        return 0

    async def sleep(self, milliseconds: int) -> None:
        raise AssertionError("nothing waits here")

    def moved(self) -> int:
        return 0


def channel(keys: Path, phone: str = "628111000111") -> Channel:
    return NeonizeChannel(keys / "keys.db", phone, NoClock(), lambda code: False)


def reply(chat: str) -> Outbound:
    return Outbound("1", chat, "halo", "salam", 0, 0, "sending")


@pytest.mark.parametrize(
    "chat",
    ["status@broadcast", "120363000000000001@g.us", "120363000000000001", "1700000000@broadcast", "", "62812 345"],
)
async def test_nothing_is_sent_to_a_group_a_status_or_a_list(tmp_path: Path, chat: str) -> None:
    with pytest.raises(SendRefused, match="not one person's chat") as refused:
        await channel(tmp_path).send(reply(chat))
    assert not chat or chat not in str(refused.value)  # it is logged


async def test_a_message_that_comes_before_the_connection_waits(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="not connected") as refused:
        await channel(tmp_path).send(reply("6281234567890"))

    assert type(refused.value) is ChannelError


async def test_showing_typing_without_a_connection_is_silent(tmp_path: Path) -> None:
    await channel(tmp_path).typing("6281234567890", True)


@pytest.mark.parametrize("phone", ["", "+628111000111", "0811-100-111", "warung"])
def test_a_tenant_must_be_bound_to_a_number(tmp_path: Path, phone: str) -> None:
    with pytest.raises(ChannelError, match="digits only, with the country code"):
        channel(tmp_path, phone)
