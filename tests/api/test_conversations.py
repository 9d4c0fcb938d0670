"""The inbox: what it lists, what it shows of a chat, and what people do there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.api.front import Api, Front, api
from tests.session.stage import BUDI, JAM, Stage, stage
from wabot.api.fences import Fences, Shares
from wabot.api.people import choosing
from wabot.model.people import Choice, Operator, Role
from wabot.store.sqlite import add_operator
from wabot.store.sqlite.assigning import distribute

HOME = "data/warung"
SARI, DEWI = "sari@warung.example", "dewi@warung.example"


@asynccontextmanager
async def inbox(place: Path, text: str = JAM, **more: Any) -> AsyncIterator[tuple[Stage, Api]]:
    """A shop with a bot and two operators, and its API."""
    async with (
        stage(place, text, home=HOME, **more) as shop,
        api(place / "data", {"warung": shop.folder}, shop.clock) as served,
    ):
        for email, name in ((SARI, "Sari"), (DEWI, "Dewi")):
            hire(place, email, name, shop.clock.now())
        yield shop, served


def hire(place: Path, email: str, name: str, at: int, role: Role = "operator") -> None:
    person = Operator(email, name, role, "online")
    assert add_operator(place / HOME, "warung", person, lambda *_: Choice("", "manual"), at)


async def ids(front: Front, **query: Any) -> list[str]:
    """The customers of a list, by name."""
    return [row["customerName"] for row in (await front.get("/api/conversations", **query))["data"]]


async def first(front: Front, **query: Any) -> Any:
    return (await front.get("/api/conversations", **query))["data"][0]


async def test_a_list_has_every_field_of_the_contract(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("jam buka?")
        listed = await served.front().get("/api/conversations")
        assert listed["meta"] == {"total": 1, "page": 1, "limit": 20, "totalPages": 1}
        [row] = listed["data"]
        assert {
            "customerPhone": BUDI,
            "customerName": "Budi",
            "customerAvatar": None,
            "status": "active",
            "priority": "normal",
            "unreadCount": 1,
            "assignedCs": None,
            "tags": [],
            "createdAt": "2026-01-28T03:00:00.000Z",
        }.items() <= row.items()
        assert row["lastMessage"] == {
            "content": "Kami buka kak.",
            "from": "system",
            "timestamp": "2026-01-28T03:00:00.000Z",
        }


async def test_a_conversation_is_shown_with_its_customer_and_its_last_fifty_messages(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        for number in range(30):
            shop.later(60_000)
            await shop.say(f"pesan {number}")
        shop.later(3_600_000)
        await shop.say("jam buka?")
        front = served.front()
        shown = await front.get(f"/api/conversations/{(await first(front))['id']}")
        contact = shown["conversation"]["contact"]
        assert contact["totalOrders"] == 0 and contact["phone"] == BUDI and contact["lastOrderAt"] is None
        last, answer = shown["messages"][-2:]
        assert (last["senderType"], last["senderName"], last["content"]) == ("customer", "Budi", "jam buka?")
        assert (answer["senderType"], answer["source"], answer["status"]) == ("auto_reply", "bot", "sent")
        assert len(shown["messages"]) == 32 and not shown["hasMore"]


async def test_lists_are_filtered_by_everything_at_once(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        for number, name in enumerate(("Budi Santoso", "Ani", "Citra", "Dodi")):
            shop.later(60_000)
            await shop.say("halo", f"62812000000{number:02}", name=name, phone=f"62812000000{number:02}")
        assert await ids(front) == ["Dodi", "Citra", "Ani", "Budi Santoso"]
        assert await ids(front, sortOrder="asc", limit=2, page=2) == ["Citra", "Dodi"]
        budi = await first(front, search="santo")
        assert budi["customerName"] == "Budi Santoso"
        assert await ids(front, search="0812-0000-0002") == ["Citra"]
        assert await ids(front, search="budi ani") == []
        await front.patch(f"/api/conversations/{budi['id']}", {"tags": ["vip", "keluhan"], "priority": "urgent"})
        assert await ids(front, tags=["vip"]) == await ids(front, tags=["vip", "keluhan"]) == ["Budi Santoso"]
        assert await ids(front, tags=["vip", "lain"]) == []
        await front.post(f"/api/conversations/{budi['id']}/mark-read")
        assert await ids(front, unreadOnly=True) == ["Dodi", "Citra", "Ani"]
        assert await ids(front, sortBy="unread_count") == ["Dodi", "Citra", "Ani", "Budi Santoso"]
        assert await ids(front, sortBy="unread_count", sortOrder="asc", limit=1) == ["Budi Santoso"]
        await served.front(role="operator", email=SARI).post(f"/api/conversations/{budi['id']}/claim")
        assert await ids(served.front(role="operator", email=SARI), assignedTo="me") == ["Budi Santoso"]
        assert await ids(front, assignedTo="none", unreadOnly=True, status="active") == ["Dodi", "Citra", "Ani"]
        assert (await front.get("/api/conversations", assignedTo="none"))["meta"]["total"] == 3


async def test_spam_is_listed_only_where_it_is_asked_for(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("pinjaman cepat")
        chat = await first(front)
        await front.patch(f"/api/conversations/{chat['id']}", {"status": "spam"})
        assert await ids(front) == [] and await ids(front, status="spam") == ["Budi"]


async def test_a_client_that_has_the_list_is_told_so(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        before = await front.ask("GET", "/api/conversations")
        again = await front.ask("GET", "/api/conversations", headers={"if-none-match": before.headers["etag"]})
        assert again.status_code == 304 and not again.content
        await shop.say("halo?")
        assert (
            await front.ask("GET", "/api/conversations", headers={"if-none-match": before.headers["etag"]})
        ).status_code == 200


async def test_of_two_who_claim_a_chat_at_once_one_gets_it_and_the_other_is_told_who(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        chat = await first(served.front())
        sari, dewi = (served.front(role="operator", email=email) for email in (SARI, DEWI))
        path = f"/api/conversations/{chat['id']}/claim"
        answers = await asyncio.gather(*(one.ask("POST", path) for one in (sari, dewi)))
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        assert (won.status_code, lost.status_code) == (200, 409)
        holder = won.json()["conversation"]["assignedCs"]
        assert lost.json()["heldBy"] == {"id": holder["id"], "name": holder["name"]}
        assert lost.json()["code"] == "ALREADY_TAKEN"


async def test_two_who_assign_a_chat_to_themselves_are_two_who_claim_it(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        chat = await first(served.front())
        people = {row["email"]: row["id"] for row in await operators(served)}
        answers = await asyncio.gather(
            *(
                served.front(role="operator", email=email).ask(
                    "POST", f"/api/conversations/{chat['id']}/assign", json={"csOperatorId": people[email]}
                )
                for email in (SARI, DEWI)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def operators(served: Api) -> list[Any]:
    return list(served.house.desk("warung").read(lambda ask: [dict(row) for row in ask("operators_at_work")]))


async def test_a_supervisor_assigns_to_anybody_and_an_operator_only_to_themselves(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        path = f"/api/conversations/{(await first(served.front()))['id']}"
        people = {row["email"]: row["id"] for row in await operators(served)}
        sari = served.front(role="operator", email=SARI)
        refused = await sari.ask("POST", f"{path}/assign", json={"csOperatorId": people[DEWI]})
        assert refused.status_code == 403
        told = await served.front(role="supervisor").post(f"{path}/assign", {"csOperatorId": people[DEWI]})
        assert told["success"] and "Dewi" in told["message"]
        stale = await served.front(role="supervisor").ask(
            "POST", f"{path}/assign", json={"csOperatorId": people[SARI], "expectedCsId": None}
        )
        assert stale.status_code == 409 and stale.json()["heldBy"]["name"] == "Dewi"
        assert (await sari.ask("POST", f"{path}/assign", json={"csOperatorId": "nobody"})).status_code == 404


SLOW = "  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak., delay: 30s}\n"


async def test_taking_over_silences_the_bot_and_cancels_what_it_was_about_to_say(tmp_path: Path) -> None:
    async with inbox(tmp_path, SLOW, hurry=False) as (shop, served):
        shop.clock.runs.clear()
        await shop.say("jam buka?", settle=False)
        await shop.session_decided(1)
        sari = served.front(role="operator", email=SARI)
        chat = await first(sari)
        path = f"/api/conversations/{chat['id']}/take-over"
        told = await sari.post(path, {"minutes": 30})
        assert told["heldBy"]["name"] == "Sari" and told["cancelledReplies"] == 1
        assert told["botPausedUntil"] == "2026-01-28T03:30:00.000Z"
        shop.clock.runs.set()
        await shop.settle()
        await shop.say("jam buka?")
        assert shop.replies == []
        refused = await served.front(role="operator", email=DEWI).ask("POST", path)
        assert refused.status_code == 409 and refused.json()["heldBy"]["name"] == "Sari"
        forced = served.front(role="supervisor", email=DEWI)
        assert (await forced.post(path, {"force": True}))["heldBy"]["name"] == "Dewi"


async def test_the_bot_answers_again_when_it_is_told_to(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        sari = served.front(role="operator", email=SARI)
        await shop.say("halo")
        path = f"/api/conversations/{(await first(sari))['id']}"
        await sari.post(f"{path}/take-over")
        told = await sari.post(f"{path}/resume-bot")
        assert told["botPausedUntil"] is None and told["conversation"]["botPausedUntil"] is None
        await shop.say("jam buka?")
        assert shop.replies == ["Kami buka kak."]


async def test_a_settled_chat_is_settled_once(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        sari = served.front(role="operator", email=SARI)
        await shop.say("halo")
        path = f"/api/conversations/{(await first(sari))['id']}"
        assert (await sari.post(f"{path}/resolve"))["conversation"]["status"] == "resolved"
        again = await sari.ask("POST", f"{path}/resolve")
        assert again.status_code == 409 and "resolved" in again.json()["message"]
        await shop.say("halo lagi")
        assert (await first(sari))["status"] == "active"


async def test_what_the_bot_says_leaves_a_chat_unread_and_what_a_person_says_does_not(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("jam buka?")
        await shop.say("masih buka?")
        chat = await first(front)
        assert chat["unreadCount"] == 2
        shown = await front.get(f"/api/conversations/{chat['id']}")
        assert [one["status"] for one in shown["messages"] if one["senderType"] == "customer"] == ["delivered"] * 2
        assert (await first(front))["unreadCount"] == 2, "reading by a program is not looking"
        await shop.say("ya kak", from_me=True)
        assert (await first(front))["unreadCount"] == 0


async def test_looking_at_a_message_is_looking_at_all_before_it(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        for text in ("satu", "dua", "tiga"):
            shop.later(1_000)
            await shop.say(text)
        chat = await first(front)
        messages = (await front.get("/api/messages", conversationId=chat["id"]))["messages"]
        marked = await front.ask("PATCH", f"/api/messages/{messages[1]['id']}/mark-read", json={"messageIds": []})
        assert marked.json() == {"success": True, "markedCount": 2}
        assert (await first(front))["unreadCount"] == 1
        again = await front.ask("PATCH", f"/api/messages/{messages[0]['id']}/mark-read", json={"messageIds": []})
        assert again.json()["markedCount"] == 0
        assert (await front.post(f"/api/conversations/{chat['id']}/mark-read"))["markedCount"] == 1


async def test_replies_from_the_shops_phone_are_labelled(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        await shop.say("ya kak", from_me=True, name="Bu Sari")
        shown = await front.get(f"/api/conversations/{(await first(front))['id']}")
        last = shown["messages"][-1]
        assert (last["source"], last["senderName"], last["senderType"]) == ("phone", "Bu Sari", "cs")


async def test_a_snoozed_chat_is_back_at_its_time_or_when_the_customer_writes(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        chat = await first(front)
        path = f"/api/conversations/{chat['id']}/snooze"
        told = await front.post(path, {"until": "2026-01-28T05:00:00Z"})
        assert told["conversation"]["snoozedUntil"] == "2026-01-28T05:00:00.000Z"
        assert await ids(front, snoozed=False) == [] and await ids(front, snoozed=True) == ["Budi"]
        assert (await front.get("/api/conversations", snoozed=False))["meta"]["total"] == 0
        shop.later(3 * 3_600_000)
        front = served.front()
        assert await ids(front, snoozed=False) == ["Budi"] and await ids(front, snoozed=True) == []
        await front.post(path, {"until": "2026-01-29T05:00:00Z"})
        await shop.say("halo?")
        assert (await first(front))["snoozedUntil"] is None
        assert (await front.ask("POST", path, json={"until": "2020-01-01T00:00:00Z"})).status_code == 400


async def test_the_end_of_a_snooze_is_told_to_whoever_listens(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        await front.post(f"/api/conversations/{(await first(front))['id']}/snooze", {"until": "2026-01-28T05:00:00Z"})
        desk = served.house.desk("warung")
        before = desk.read(lambda ask: ask("feed_last").fetchone()["last"])
        shop.later(3 * 3_600_000)
        await shop.store.people.distribute(lambda *_: Choice("", "manual"), shop.clock.now())
        [told] = desk.read(lambda ask: ask("feed_after", after=before, most=9).fetchall())
        assert told["kind"] == "conversation" and '"snoozed_until":null' in told["data"]
        assert (await first(served.front()))["snoozedUntil"] is None


async def test_a_conversation_is_changed_by_what_is_named_and_nothing_else(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        path = f"/api/conversations/{(await first(front))['id']}"
        told = await front.patch(path, {"priority": "high", "internalNotes": "Pelanggan lama.", "category": "grosir"})
        assert told["conversation"]["priority"] == "high" and told["conversation"]["category"] == "grosir"
        told = await front.patch(path, {"status": "pending"})
        conversation = told["conversation"]
        assert (conversation["status"], conversation["internalNotes"]) == ("pending", "Pelanggan lama.")
        assert conversation["waitingSince"] == "2026-01-28T03:00:00.000Z"
        told = await front.patch(path, {"status": "closed", "category": None})
        assert (told["conversation"]["status"], told["conversation"]["category"]) == ("closed", None)
        assert (await front.ask("PATCH", path, json={"status": "gone"})).status_code == 400


async def test_whoever_takes_a_chat_is_there_and_keeps_it(tmp_path: Path) -> None:
    """Somebody who never said that they are online answers, too: the chat must not be taken from them at once."""
    async with inbox(tmp_path) as (shop, served):
        sari = served.front(role="operator", email=SARI)
        me = await sari.get("/api/cs-operators/me")
        dewi = next(row["id"] for row in await operators(served) if row["email"] == DEWI)
        await served.front().patch(f"/api/cs-operators/{dewi}/status", {"status": "offline"})
        desk, choose = served.house.desk("warung"), await choosing(served.house, "warung", shop.clock.now())
        for path, status in (("take-over", "offline"), ("claim", "away")):
            await sari.patch(f"/api/cs-operators/{me['id']}/status", {"status": status})
            await shop.say("halo", f"62812000000{status}", name=status)
            chat = await first(sari, search=status)
            if path == "claim":
                await sari.patch(f"/api/conversations/{chat['id']}", {"status": "pending"})
            await sari.post(f"/api/conversations/{chat['id']}/{path}")
            await desk.write(lambda ask: distribute(ask, choose, shop.clock.now()))
            assert (await first(sari, search=status))["assignedCs"]["name"] == "Sari"
            assert (await sari.get("/api/cs-operators/me"))["status"] == "busy", "there, and given none by itself"


async def test_whoever_takes_a_chat_outside_their_hours_keeps_it(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        sari = served.front(role="operator", email=SARI)
        me = await sari.get("/api/cs-operators/me")
        hours = {"monday": {"start": "08:00", "end": "09:00"}}
        await served.front().patch(f"/api/cs-operators/{me['id']}", {"workingHours": hours})
        await sari.patch(f"/api/cs-operators/{me['id']}/status", {"status": "online"})
        desk, choose = served.house.desk("warung"), await choosing(served.house, "warung", shop.clock.now())
        await shop.say("halo")
        await sari.post(f"/api/conversations/{(await first(sari))['id']}/take-over")
        await desk.write(lambda ask: distribute(ask, choose, shop.clock.now()))
        assert (await first(sari))["assignedCs"]["name"] == "Sari"


async def test_a_front_end_may_send_all_of_a_conversation_back(tmp_path: Path) -> None:
    """Whether somebody has it says nothing of its status, when that is said, too."""
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        path = f"/api/conversations/{(await first(front))['id']}"
        sari = next(row["id"] for row in await operators(served) if row["email"] == SARI)
        for status, whose in (("pending", None), ("active", sari), ("resolved", sari), ("pending", sari)):
            told = await front.patch(path, {"status": status, "assignedCsId": whose, "tags": [], "priority": "low"})
            assert told["conversation"]["status"] == status
            if whose is not None:
                assert told["conversation"]["assignedCs"]["id"] == whose


async def test_tags_may_be_asked_for_as_browsers_libraries_write_lists(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        front = served.front()
        await shop.say("halo")
        await front.patch(f"/api/conversations/{(await first(front))['id']}", {"tags": ["vip"]})
        assert await ids(front, **{"tags[]": ["vip"]}) == ["Budi"]
        for path in ("/api/conversations", "/api/contacts"):
            assert (await front.get(path, **{"tags[]": "lain"}))["meta"]["total"] == 0
        exported = await front.ask("GET", "/api/contacts/export", params={"tags[]": "lain"})
        assert len(exported.text.splitlines()) == 1


async def test_only_who_gives_out_chats_takes_one_from_somebody_or_gives_it_to_others(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        sari, dewi = (served.front(role="operator", email=email) for email in (SARI, DEWI))
        hire(tmp_path, "tamu@warung.example", "Tamu", shop.clock.now(), "viewer")
        path = f"/api/conversations/{(await first(sari))['id']}"
        await sari.post(f"{path}/claim")
        assert (await dewi.ask("POST", f"{path}/assign", json={"csOperatorId": None})).status_code == 403
        assert (await dewi.ask("PATCH", path, json={"assignedCsId": None})).status_code == 403
        assert (await first(sari))["assignedCs"]["name"] == "Sari"
        await sari.post(f"{path}/assign", {"csOperatorId": None})
        viewer = next(row["id"] for row in await operators(served) if row["name"] == "Tamu")
        refused = await served.front().ask("POST", f"{path}/assign", json={"csOperatorId": viewer})
        assert (refused.status_code, refused.json()["code"]) == (409, "NO_OPERATOR")


FOLLOWED = """\
  - id: harga
    trigger: {type: keyword, keywords: [harga]}
    response: Rp 15.000 kak.
    follow_up: {after: 2h, message: Jadi pesan kak?}
"""


async def test_what_rules_had_promised_for_later_is_not_said_after_a_person_took_over(tmp_path: Path) -> None:
    async with inbox(tmp_path, FOLLOWED) as (shop, served):
        await shop.say("harga?")
        sari = served.front(role="operator", email=SARI)
        waiting = await sari.get("/api/reminders", status="pending")
        assert len(waiting["reminders"]) == 1
        await sari.post(f"/api/conversations/{(await first(sari))['id']}/take-over")
        [closed] = (await sari.get("/api/reminders"))["reminders"]
        assert (closed["status"], closed["reason"]) == ("cancelled", "handled_by_person")


async def test_an_operator_takes_no_chat_by_force_and_nobody_takes_spam(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        sari, dewi = (served.front(role="operator", email=email) for email in (SARI, DEWI))
        path = f"/api/conversations/{(await first(sari))['id']}"
        await sari.post(f"{path}/claim")
        forced = await dewi.ask("POST", f"{path}/take-over", json={"force": True})
        assert forced.status_code == 403
        assert (await first(sari))["assignedCs"]["name"] == "Sari"
        await sari.patch(path, {"assignedCsId": None})
        await sari.patch(path, {"status": "spam"})
        for order in ("claim", "take-over"):
            refused = await sari.ask("POST", f"{path}/{order}")
            assert (refused.status_code, refused.json()["code"]) == (409, "CONVERSATION_IS_SPAM")
        assert (await first(sari, status="spam"))["assignedCs"] is None


async def test_another_tenants_conversation_is_unknown(tmp_path: Path) -> None:
    async with (
        stage(tmp_path, home=HOME) as shop,
        stage(tmp_path / "other", home=HOME) as other,
        api(tmp_path / "data", {"warung": shop.folder, "toko": other.folder}, shop.clock) as served,
    ):
        await shop.say("halo")
        chat = await first(served.front())
        stranger = served.front("toko")
        for method, path in (
            ("GET", ""), ("PATCH", ""), ("POST", "/resolve"), ("POST", "/take-over"), ("POST", "/resume-bot"),
            ("POST", "/mark-read"),
        ):  # fmt: skip
            answer = await stranger.ask(method, f"/api/conversations/{chat['id']}{path}", json={})
            assert answer.status_code == 404, (method, path)


async def test_what_is_asked_most_asks_who_may_ask_it(tmp_path: Path) -> None:
    """It takes a way of its own past the rest: the same holds there."""
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        chat = (await first(served.front()))["id"]
        made = await served.front().post("/api/keys", {"name": "kasir", "permissions": ["manage_integrations"]})
        program = Front(served.client, made["key"])
        body = {"conversationId": chat, "content": "halo kak"}
        asks: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("GET", "/api/conversations", {}),
            ("GET", f"/api/conversations/{chat}", {}),
            ("POST", "/api/messages/send", {"json": body}),
        )
        for method, path, more in asks:
            assert (await program.ask(method, path, **more)).status_code == 403, path
            assert (await served.client.request(method, path, **more)).status_code == 401, path
        viewer = served.front(role="viewer")
        assert (await viewer.ask("POST", "/api/messages/send", json=body)).status_code == 403
        served.house.shares = Shares(Fences(person_per_minute=1), served.house.clock)
        asked = [await viewer.ask("GET", f"/api/conversations/{chat}") for _ in range(2)]
        assert [one.status_code for one in asked] == [200, 429] and "retry-after" in asked[1].headers
