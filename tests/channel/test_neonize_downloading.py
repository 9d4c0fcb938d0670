"""Downloads over WhatsApp: which failures are for good."""

from pathlib import Path
from typing import Any

import pytest

from wabot.channel.neonize.channel import NeonizeChannel
from wabot.channel.neonize.downloading import download, judged
from wabot.model.errors import ChannelError, MediaGone
from wabot.model.message import Attachment
from wabot.ports import MediaSource
from wabot.session.clock import RealClock


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("download failed with status code 410", True),
        ("failed to download: download failed with status code 404", True),
        ("nothing downloadable found in message", True),
        ("no url present", True),
        ("hash of media ciphertext doesn't match", True),
        ("download failed with status code 500", False),
        ("dial tcp: lookup mmg.whatsapp.net: no such host", False),
        ("websocket not connected", False),
    ],
)
def test_what_whatsapp_has_no_more_is_gone_and_the_rest_may_come(said: str, gone: bool) -> None:
    assert isinstance(judged(said), MediaGone) == gone


def test_a_number_in_an_error_is_not_told() -> None:
    assert "6281234567890" not in str(judged("download of 6281234567890@s.whatsapp.net failed"))


async def test_before_it_is_connected_nothing_is_gone(tmp_path: Path) -> None:
    channel = NeonizeChannel(tmp_path / "keys.db", "628111000111", RealClock(), lambda _code: False)
    assert isinstance(channel, MediaSource)
    with pytest.raises(ChannelError) as raised:
        await channel.fetch(Attachment(source="aGFsbw=="), 1_000)
    assert not isinstance(raised.value, MediaGone)


async def test_a_damaged_note_of_how_to_download_is_for_good() -> None:
    nobody: Any = None  # no client is asked
    with pytest.raises(MediaGone):
        await download(nobody, Attachment(source="?"), 1_000)
