"""What the owner is told of a handoff, in the shop's chat with itself."""

from pathlib import Path

from tests.session.people import FORWARDED, RULES, Shop
from tests.session.stage import BUDI, stage
from wabot.store.sqlite import read_alerts

SELF = {"teams": "[teknis]", "handoff": "{notify: self}"}
OWN = "6281100000000"


async def test_the_owner_is_told_of_a_handoff_once_in_ten_minutes_in_the_chat_with_themselves(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=SELF) as shop:
        await shop.say("admin dong\n\x1b[31mcepat")
        note = f"Ada pelanggan yang perlu dibalas: Budi ({BUDI})\nKarena: cs\nPesannya: admin dong \\x1b[31mcepat"
        assert sorted(shop.channel.heard) == sorted([(BUDI, FORWARDED), (OWN, note)])
        await shop.say("komplain")
        assert len(shop.channel.heard) == 2
        shop.later(600_000)
        await shop.say("komplain lagi")
        assert shop.channel.heard[2][1].endswith("Karena: komplain (complaint)\nPesannya: komplain lagi")
        chat = Shop(shop, tmp_path).chat()
        assert (chat.messages, chat.last_text) == (4, "komplain lagi")


async def test_at_most_twenty_notes_are_sent_in_an_hour(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=SELF, max_per_minute="600") as shop:
        for number in range(25):
            await shop.say("admin", f"62812000001{number:02}")
        assert len([chat for chat, _ in shop.channel.heard if chat == OWN]) == 20


async def test_what_stands_in_the_shops_chat_with_itself_is_no_customers(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=SELF) as shop:
        await shop.say("admin jam buka", OWN, from_me=True)
        await shop.say("admin jam buka", OWN)
        await shop.say("admin jam buka", "100200300", phone=OWN, lid="100200300", from_me=True)
        assert shop.channel.heard == []
        assert (await shop.store.summary()).contacts == 0
        assert shop.told.reasons == ["own_number"] * 3


async def test_with_a_webhook_a_handoff_is_an_alert_that_tells_which_chat_without_telling_who_it_is(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, RULES, tenant={**SELF, "handoff": "{notify: webhook}"}) as shop:
        await shop.say("komplain nasinya basi")
        assert shop.replies == ["Maaf kak."]
    alerts = read_alerts(tmp_path / "data", "warung", 0)
    assert [(alert.kind, alert.text) for alert in alerts] == [
        ("handoff", "The chat 6281…001 waits for a person: komplain (complaint)")
    ]
