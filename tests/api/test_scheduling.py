"""Messages that are sent later, and taken back."""

from pathlib import Path

from tests.api.test_conversations import SARI, first, inbox
from tests.api.test_messages import messages, write

AT, WHEN = "2026-01-28T04:00:00Z", "2026-01-28T04:00:00.000Z"
HOUR = 3_600_000


async def test_a_message_goes_out_at_its_time_in_the_name_of_whoever_wrote_it(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        sari = served.front(role="operator", email=SARI)
        told = await write(sari, "sudah siap kak", sendAt=AT, idempotencyKey="nanti")
        assert (told["message"]["status"], told["message"]["scheduledFor"]) == ("pending", WHEN)
        again = await write(sari, "sudah siap kak", sendAt=AT, idempotencyKey="nanti")
        assert again["repeated"] and again["message"]["id"] == told["message"]["id"]
        shown = await sari.get(f"/api/conversations/{(await first(sari))['id']}")
        assert shown["scheduledMessage"]["content"] == "sudah siap kak"
        await shop.pass_time(HOUR)
        await shop.settle()
        assert shop.replies == ["sudah siap kak"]
        last = (await messages(served.front()))[-1]
        assert (last["id"], last["senderName"], last["source"]) == (told["message"]["id"], "Sari", "wabot")


async def test_what_is_taken_back_does_not_go_out(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        front = served.front()
        id = (await write(front, "nanti", sendAt=AT))["message"]["id"]
        assert (await front.delete(f"/api/messages/{id}/schedule"))["success"]
        assert (await front.ask("DELETE", f"/api/messages/{id}/schedule")).status_code == 409
        assert (await front.ask("DELETE", "/api/messages/lain/schedule")).status_code == 404
        await shop.pass_time(HOUR)
        assert shop.replies == []


async def test_one_message_waits_in_a_chat_and_only_for_a_time_to_come(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        front = served.front()
        id = (await write(front, "satu", sendAt=AT))["message"]["id"]
        chat = (await first(front))["id"]
        body = {"conversationId": chat, "content": "dua", "sendAt": AT}
        refused = await front.ask("POST", "/api/messages/send", json=body)
        assert refused.status_code == 409 and refused.json()["scheduledMessageId"] == id
        past = await front.ask("POST", "/api/messages/send", json={**body, "sendAt": "2020-01-01T00:00:00Z"})
        assert past.status_code == 400
