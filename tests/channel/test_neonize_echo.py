"""What this very device sent comes back from WhatsApp: nobody typed it on the phone."""

from pathlib import Path
from typing import Any

import pytest

from tests.channel.test_neonize_channel import NoClock
from tests.channel.test_neonize_translate import ANA_LID, ANA_PHONE, NOBODY, OWN, event, jid, text
from wabot.channel.neonize.channel import NeonizeChannel
from wabot.channel.neonize.library import Account

THIS, PHONE_ITSELF = 7, 0


def sent_by(device: int, chat: Any = ANA_LID) -> Any:
    own = jid(OWN, "s.whatsapp.net", device)
    return event(text("Halo kak"), chat=chat, sender=own, sender_alt=NOBODY, recipient_alt=ANA_PHONE, from_me=True)


@pytest.fixture
def channel(tmp_path: Path) -> NeonizeChannel:
    made = NeonizeChannel(tmp_path / "keys.db", OWN, NoClock(), lambda code: False)
    made._connection.account = Account(OWN, THIS)
    return made


def test_a_persons_message_that_wabot_sent_is_not_taken_for_one_from_the_phone(channel: NeonizeChannel) -> None:
    assert channel._following.read(sent_by(THIS)).type == "other"  # also after a restart, when nobody remembers the id
    channel._speaking._sent["3A01"] = "019c"
    assert channel._following.read(sent_by(PHONE_ITSELF)).type == "other"


def test_what_is_typed_on_the_phone_is_a_persons(channel: NeonizeChannel) -> None:
    assert channel._following.read(sent_by(PHONE_ITSELF)).type == "text"


def test_a_note_to_the_shop_itself_comes_back_as_nobodys_message(channel: NeonizeChannel) -> None:
    message = channel._following.read(sent_by(THIS, chat=jid(OWN, "s.whatsapp.net")))
    assert (message.type, message.from_me) == ("other", True)
