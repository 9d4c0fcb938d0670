"""Writing to customers: once, only to those who wrote first, and never blindly a second time."""

import asyncio
import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.api.front import Front, api
from tests.api.test_conversations import HOME, SARI, first, inbox
from tests.api.test_media import JPEG
from tests.session.stage import ANI, BUDI, JAM, LATER, REFUSED, UNKNOWN, Stage, stage
from wabot.store.sqlite import reading

QUICK = 'version: 1\nquick_replies:\n  - {shortcut: /salam, title: Salam, message: "Halo kak {{ first_name }}!"}\n'


async def write(front: Front, text: str = "sebentar ya kak", **more: Any) -> Any:
    """Send a text to the newest chat."""
    chat = await first(front)
    return await front.post("/api/messages/send", {"conversationId": chat["id"], "content": text, **more})


async def messages(front: Front, **query: Any) -> list[Any]:
    """The messages of the newest chat."""
    chat = await first(front)
    return list((await front.get("/api/messages", conversationId=chat["id"], **query))["messages"])


async def gone_out(shop: Stage) -> None:
    await shop.look()
    await shop.settle()


async def test_a_message_goes_out_and_the_bot_falls_silent(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        sari = served.front(role="operator", email=SARI)
        await shop.say("halo")
        told = await write(sari, messageType="text")
        assert told["success"] and told["message"]["status"] == "pending" and told["message"]["waMessageId"] is None
        assert told["message"]["sentAt"] == "2026-01-28T03:00:00.000Z" and told["botPausedUntil"] is not None
        await gone_out(shop)
        assert shop.channel.heard == [(BUDI, "sebentar ya kak")]
        last = (await messages(sari))[-1]
        assert (last["status"], last["senderName"], last["source"]) == ("sent", "Sari", "wabot")
        await shop.say("jam buka?")
        assert len(shop.replies) == 1, "the bot is silent"
        assert (await first(sari))["assignedCs"]["name"] == "Sari"


async def test_the_same_key_is_the_same_message_and_is_sent_once(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        sari = served.front(role="operator", email=SARI)
        await shop.say("halo")
        one = await write(sari, idempotencyKey="k1")
        two = await write(sari, idempotencyKey="k1")
        assert one["message"]["id"] == two["message"]["id"] and two["repeated"]
        chat = await first(sari)
        body = {"conversationId": chat["id"], "content": "sebentar ya kak"}
        three = await sari.post("/api/messages/send", body, headers={"idempotency-key": "k1"})
        assert three["message"]["id"] == one["message"]["id"]
        other = await sari.ask("POST", "/api/messages/send", json={**body, "content": "lain", "idempotencyKey": "k1"})
        assert other.status_code == 409 and other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
        dewi = served.front(role="operator", email="dewi@warung.example")
        assert (await write(dewi, idempotencyKey="k1"))["message"]["id"] != one["message"]["id"], "her own key"
        await gone_out(shop)
        assert len(shop.channel.heard) == 2


async def test_ten_requests_at_once_with_one_key_send_one_message(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        sari = served.front(role="operator", email=SARI)
        await shop.say("halo")
        told = await asyncio.gather(*(write(sari, idempotencyKey="sekali") for _ in range(10)))
        assert len({one["message"]["id"] for one in told}) == 1
        await gone_out(shop)
        assert len(shop.channel.heard) == 1


async def test_a_key_is_forgotten_after_a_day(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        one = await write(served.front(), idempotencyKey="k1")
        shop.later(86_400_001)
        two = await write(served.front(), idempotencyKey="k1")
        assert one["message"]["id"] != two["message"]["id"]


async def test_nobody_is_written_to_who_has_not_written_first(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo bu", from_me=True)
        front = served.front()
        chat = await first(front)
        refused = await front.ask("POST", "/api/messages/send", json={"conversationId": chat["id"], "content": "promo"})
        assert refused.status_code == 409 and "not written first" in refused.json()["message"]
        await gone_out(shop)
        assert shop.channel.heard == []


async def test_a_quick_reply_is_sent_with_the_customers_name_and_counted(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        (shop.folder / "quick-replies.yaml").write_text(QUICK, "utf-8")
        await shop.session.live.reload()
        await shop.say("halo", name="Pak Dedi Kurniawan")
        front = served.front()
        assert (await write(front, "/salam"))["message"]["content"] == "Halo kak Dedi!"
        refused = await front.ask(
            "POST", "/api/messages/send", json={"conversationId": (await first(front))["id"], "content": "/nihil"}
        )
        assert refused.status_code == 404 and "/nihil" in refused.json()["message"]
        await gone_out(shop)
        assert shop.replies == ["Halo kak Dedi!"]
        with reading(tmp_path / HOME, "warung") as store:
            assert store.quick_replies_used()["/salam"][0] == 1


async def test_a_quick_reply_is_sent_as_it_was_shown_beforehand(tmp_path: Path) -> None:
    what = "{{ contact.tags | join }} {{ conversation.tags | join }} {{ conversation.messages }}"
    async with inbox(tmp_path) as (shop, served):
        (shop.folder / "quick-replies.yaml").write_text(QUICK.replace("{{ first_name }}", what), "utf-8")
        await shop.session.live.reload()
        await shop.say("halo")
        front = served.front()
        chat = await first(front)
        contact = (await front.get(f"/api/conversations/{chat['id']}"))["conversation"]["contact"]["id"]
        await front.post(f"/api/contacts/{contact}/tags", {"tags": ["vip"]})
        await front.patch(f"/api/conversations/{chat['id']}", {"tags": ["retur"]})
        await write(front, "sebentar")
        shown = await front.post("/api/quick-replies/salam/render", {"conversationId": chat["id"]})
        assert shown["text"] == "Halo kak vip retur 1!"
        assert (await write(front, "/salam"))["message"]["content"] == shown["text"]


async def test_history_is_read_in_pages_both_ways(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        for number in range(7):
            shop.later(1_000)
            await shop.say(f"pesan {number}")
        front = served.front()
        path, chat = "/api/messages", (await first(front))["id"]
        last = await front.get(path, conversationId=chat, limit=3)
        assert [one["content"] for one in last["messages"]] == ["pesan 4", "pesan 5", "pesan 6"] and last["hasMore"]
        before = await front.get(path, conversationId=chat, limit=4, before=last["messages"][0]["id"])
        assert [one["content"] for one in before["messages"]] == [f"pesan {n}" for n in range(4)]
        assert not before["hasMore"]
        after = await front.get(path, conversationId=chat, limit=2, after=before["messages"][-1]["id"])
        assert [one["content"] for one in after["messages"]] == ["pesan 4", "pesan 5"] and after["hasMore"]
        assert (await front.ask("GET", path, params={"conversationId": chat, "before": "lain"})).status_code == 404


async def test_an_answer_comes_after_its_question_in_every_page(tmp_path: Path) -> None:
    async with inbox(tmp_path, JAM.replace("jam buka]", "jam buka, buka]")) as (shop, served):
        await shop.say("jam buka?")
        front = served.front()
        assert [one["senderType"] for one in await messages(front)] == ["customer", "auto_reply"]
        question = (await messages(front))[0]
        assert [one["senderType"] for one in await messages(front, after=question["id"])] == ["auto_reply"]
        assert await messages(front, before=question["id"]) == []


async def test_a_message_of_unknown_outcome_says_so_and_is_repeated_only_by_a_confirmed_order(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        shop.channel.next_error.append(UNKNOWN)
        id = (await write(front))["message"]["id"]
        await gone_out(shop)
        assert (await messages(front))[-1]["status"] == "unknown"
        warned = await front.ask("POST", f"/api/messages/{id}/retry")
        assert warned.status_code == 409 and warned.json()["confirm"] is True and "phone" in warned.json()["message"]
        await gone_out(shop)
        assert shop.channel.heard == []
        told = await front.post(f"/api/messages/{id}/retry", {"confirm": True})
        assert told["message"]["status"] == "pending"
        await gone_out(shop)
        assert shop.replies == ["sebentar ya kak"]
        assert (await front.ask("POST", f"/api/messages/{id}/retry", json={"confirm": True})).status_code == 409


async def test_what_failed_is_sent_again_without_a_question(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        shop.channel.next_error += [REFUSED]
        id = (await write(front))["message"]["id"]
        await gone_out(shop)
        failed = (await messages(front))[-1]
        assert failed["status"] == "failed" and "bukan nomor" in failed["error"]
        await front.post(f"/api/messages/{id}/retry")
        await gone_out(shop)
        assert shop.replies == ["sebentar ya kak"]


async def test_while_no_session_runs_messages_wait_and_the_answer_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop:
        await shop.say("halo")
    async with api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as served:
        front = served.front()
        told = await write(front)
        assert told["session"]["running"] is False and "wait" in told["session"]["message"]
        assert told["session"]["status"] == "stopped", "whatever the session said last"
        lock = os.open(tmp_path / HOME / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert (await write(front, "lagi"))["session"]["running"] is True
        os.close(lock)
    async with stage(tmp_path, home=HOME) as again:
        await gone_out(again)
        assert again.replies == ["sebentar ya kak", "lagi"]


async def test_what_waits_is_taken_back_and_what_went_out_is_emptied_here(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        waiting, out = (await write(front, "salah kirim"))["message"]["id"], ""
        told = await front.delete(f"/api/messages/{waiting}")
        assert told["cancelled"] and "not sent" in told["message"]
        out = (await write(front, "rahasia"))["message"]["id"]
        await gone_out(shop)
        assert shop.replies == ["rahasia"]
        told = await front.delete(f"/api/messages/{out}")
        assert not told["cancelled"] and "WhatsApp still shows it" in told["message"]
        last = (await messages(front))[-1]
        assert (last["content"], last["deletedBy"]) == ("", "ibu@sari.example")
        assert (await first(front))["lastMessage"]["content"] == ""
        with reading(tmp_path / HOME, "warung") as store:
            assert {item.text for item in store.outbox(0)} == {""}
        operator = served.front(role="operator", email=SARI)
        assert (await operator.ask("DELETE", f"/api/messages/{out}")).status_code == 403


async def test_only_a_message_of_the_same_chat_is_quoted(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("rahasia Ani", ANI)
        front = served.front()
        other = (await messages(front))[0]["id"]
        shop.later(1_000)
        await shop.say("halo")
        chat, own = (await first(front))["id"], (await messages(front))[0]["id"]
        body = {"conversationId": chat, "content": "yang ini", "quotedMessageId": other}
        assert (await front.ask("POST", "/api/messages/send", json=body)).status_code == 409
        told = await front.post("/api/messages/send", {**body, "quotedMessageId": own})
        assert told["message"]["quotedMessageId"] == own
        await shop.say("ok", quoted="A2")
        assert (await messages(front))[-1]["quotedMessageId"] == own
        [waiting] = await shop.store.queued()
        assert waiting.quoted is not None and (waiting.quoted.text, waiting.quoted.own) == ("halo", False)


async def test_a_picture_goes_out_with_its_caption_as_a_reply_to_a_message(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("ada fotonya?")
        front = served.front()
        uploaded = (await front.ask("POST", "/api/media", files={"file": ("foto.jpg", JPEG)})).json()
        asked = (await messages(front))[0]["id"]
        file = {"messageType": "image", "mediaUrl": uploaded["mediaUrl"], "quotedMessageId": asked}
        told = await write(front, "ini kak", **file, idempotencyKey="foto")
        assert (told["message"]["messageType"], told["message"]["content"]) == ("image", "ini kak")
        assert (await write(front, "ini kak", **file, idempotencyKey="foto"))["repeated"]
        await gone_out(shop)
        assert shop.channel.heard == [(BUDI, "ini kak")] and len(shop.channel.media) == 1
        chat = (await first(front))["id"]
        for wrong in ({"messageType": "image"}, {"mediaUrl": uploaded["mediaUrl"]}):
            body = {"conversationId": chat, "content": "x", **wrong}
            assert (await front.ask("POST", "/api/messages/send", json=body)).status_code == 400


async def test_a_send_that_is_interrupted_by_the_line_goes_out_once(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        shop.channel.next_error += [LATER]
        await write(served.front())
        await gone_out(shop)
        assert shop.replies == ["sebentar ya kak"]


async def test_another_tenants_messages_are_unknown(tmp_path: Path) -> None:
    async with (
        stage(tmp_path, home=HOME) as shop,
        stage(tmp_path / "other", home=HOME) as other,
        api(tmp_path / "data", {"warung": shop.folder, "toko": other.folder}, shop.clock) as served,
    ):
        await shop.say("halo", ANI)
        front, stranger = served.front(), served.front("toko")
        id = (await write(front))["message"]["id"]
        chat = (await first(front))["id"]
        for method, path, body in (
            ("POST", "/send", {"conversationId": chat, "content": "hai"}),
            ("PATCH", f"/{id}/mark-read", {"messageIds": [id]}),
            ("POST", f"/{id}/retry", {"confirm": True}),
            ("DELETE", f"/{id}", None),
            ("GET", f"?conversationId={chat}", None),
        ):
            answer = await stranger.ask(method, f"/api/messages{path}", json=body)
            assert answer.status_code == 404, (method, path, answer.text)


async def test_a_reply_to_a_message_names_it_as_the_history_does(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("jam buka?", id="WA-1")
        question, answer = await messages(front)
        for quoted in (question, answer):
            told = await write(front, "ini kak", quotedMessageId=quoted["id"])
            assert told["message"]["quotedMessageId"] == quoted["id"]
        await gone_out(shop)
        shop.later(1_000)
        await shop.say("yang ini", quoted="WA-1")
        await shop.say("yang lama", quoted="WA-0")
        shown = await messages(front)
        named = [one["quotedMessageId"] for one in shown if "quotedMessageId" in one]
        assert named == [question["id"], answer["id"], question["id"], None]
        assert shown[-1]["quotedWaMessageId"] == "WA-0", "of a message that is not stored, WhatsApp's id is known"


async def test_nobody_is_shown_a_message_of_another_chat(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("nomor kartu saya 4111", ANI, name="Ani")
        [secret] = await messages(front)
        shop.later(1_000)
        await shop.say("halo")
        chat = await first(front)
        for id in (secret["id"], "none-at-all"):
            body = {"conversationId": chat["id"], "content": "ini kak", "quotedMessageId": id}
            refused = await front.ask("POST", "/api/messages/send", json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "QUOTE_NOT_HERE")
            form = {"conversationId": chat["id"], "quotedMessageId": id}
            file = {"file": ("foto.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "image/png")}
            refused = await front.ask("POST", "/api/messages/send-media", data=form, files=file)
            assert (refused.status_code, refused.json()["code"]) == (409, "QUOTE_NOT_HERE")
        assert len(await messages(front)) == 1


async def test_nobody_writes_to_spam_or_to_the_blocked_by_any_way(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("pinjaman cepat")
        chat = await first(front)
        contact = (await front.get(f"/api/conversations/{chat['id']}"))["conversation"]["contact"]["id"]
        body = {"conversationId": chat["id"], "content": "halo"}
        file = {"file": ("foto.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "image/png")}

        async def codes() -> set[str]:
            asked = [
                await front.ask("POST", "/api/messages/send", json=body),
                await front.ask("POST", "/api/messages/send", json={**body, "sendAt": "2026-01-28T09:00:00Z"}),
                await front.ask("POST", "/api/messages/send-media", data={"conversationId": chat["id"]}, files=file),
            ]
            assert {one.status_code for one in asked} == {409}
            return {one.json()["code"] for one in asked}

        await front.post(f"/api/contacts/{contact}/block", {})
        assert await codes() == {"CONTACT_BLOCKED"}
        await front.post(f"/api/contacts/{contact}/unblock", {})
        await front.patch(f"/api/conversations/{chat['id']}", {"status": "spam"})
        assert await codes() == {"CONVERSATION_IS_SPAM"}
        await gone_out(shop)
        assert shop.channel.heard == []


async def test_a_page_begins_at_a_message_of_its_own_chat(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo", ANI, name="Ani")
        [elsewhere] = await messages(front)
        shop.later(1_000)
        await shop.say("halo")
        chat = (await first(front))["id"]
        for way in ("before", "after"):
            asked = {"conversationId": chat, way: elsewhere["id"]}
            assert (await front.ask("GET", "/api/messages", params=asked)).status_code == 404
        both = {"conversationId": chat, "before": elsewhere["id"], "after": elsewhere["id"]}
        assert (await front.ask("GET", "/api/messages", params=both)).status_code == 400


async def test_what_is_being_sent_at_this_moment_is_not_deleted(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        id = (await write(front))["message"]["id"]
        with closing(sqlite3.connect(tmp_path / HOME / "wabot.db")) as store, store:
            for table in ("outbox", "messages"):
                store.execute(f"UPDATE {table} SET status = 'sending' WHERE id = ?", (id,))
        refused = await front.ask("DELETE", f"/api/messages/{id}")
        assert (refused.status_code, refused.json()["code"]) == (409, "BEING_SENT")
        assert (await messages(front))[-1]["content"] == "sebentar ya kak"


async def test_a_time_that_does_not_say_its_zone_is_refused(tmp_path: Path) -> None:
    """Nine o'clock in Bandung would else be four in the afternoon."""
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        chat = (await first(front))["id"]
        body = {"conversationId": chat, "content": "sudah siap kak", "sendAt": "2026-01-28T16:00:00"}
        assert (await front.ask("POST", "/api/messages/send", json=body)).status_code == 400
        told = await front.post("/api/messages/send", {**body, "sendAt": "2026-01-28T16:00:00+07:00"})
        assert told["message"]["scheduledFor"] == "2026-01-28T09:00:00.000Z"
        snoozed = f"/api/conversations/{chat}/snooze"
        assert (await front.ask("POST", snoozed, json={"until": "2026-01-28T16:00:00"})).status_code == 400
