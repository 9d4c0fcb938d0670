"""Socket.IO: who comes in, what they are told, in which order, and what they may do."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from sqlite3 import Row

import pytest
import socketio

from tests.api.sockets import Client, Served, served, until
from tests.session.stage import ANI, BUDI, Stage, stage
from wabot.api.feed import feed_of
from wabot.api.fences import Fences
from wabot.model.errors import StoreError
from wabot.model.people import Choice, Operator
from wabot.model.stored import PersonSays
from wabot.session.neighbours import neighbours
from wabot.session.session import Place
from wabot.store.sqlite import Change, add_operator, change_operator, feeding, open_store, resolve, say
from wabot.store.sqlite.node import ordering
from wabot.store.sqlite.node.members import change_member
from wabot.store.sqlite.opening import NAME
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.reading import asking

HOME = "data/warung"


@asynccontextmanager
async def street(place: Path, fences: Fences | None = None) -> AsyncIterator[tuple[Stage, Served]]:
    async with (
        stage(place, home=HOME) as shop,
        served(place / "data", {"warung": shop.folder}, shop.clock, fences=fences) as api,
    ):
        with neighbours(shop.session, Place(shop.folder, place / HOME), shop.store, shop.told):
            yield shop, api


async def test_a_conversation_is_told_in_its_order_to_whoever_is_connected(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api), api.connected() as ibu:
        await ibu.hears("ready")
        await shop.say("jam buka?")
        answer = await ibu.hears("new-message", 2)
        assert [name for name, _ in ibu.events] == ["ready", "new-conversation", "new-message", "new-message"]
        question = ibu.all("new-message")[0]
        assert question["message"]["content"] == "jam buka?"
        assert question["message"]["senderType"] == "customer"
        assert answer["message"]["content"] == "Kami buka kak."
        assert answer["message"]["senderType"] == "auto_reply"
        assert answer["conversationId"] == question["conversationId"]
        assert ibu.cursors == sorted(ibu.cursors)


async def test_a_client_without_websockets_is_told_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wabot.api.live.gateway._CHECK", 0.05)
    async with street(tmp_path) as (shop, api):
        ibu = Client()
        await ibu.connect(api.url, {"token": api.front().token}, transport="polling")
        await ibu.hears("ready")
        await shop.say("jam buka?")
        await ibu.hears("new-message", 2)
        assert ibu.cursors == sorted(ibu.cursors)
        await ibu.io.disconnect()


async def test_who_was_away_gets_what_came_meanwhile_before_what_comes_then(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api):
        async with api.connected() as ibu:
            await shop.say("jam buka?")
            await ibu.hears("new-message", 2)
            cursor = str(ibu.cursors[-1])
        for number in range(5):
            await shop.say(f"pesan {number}", ANI)
        async with api.connected(cursor=cursor) as ibu:
            await shop.say("terakhir", ANI)
            await until(lambda: any(one["message"]["content"] == "terakhir" for one in ibu.all("new-message")))
            said = [one["message"]["content"] for one in ibu.all("new-message")]
            assert [text for text in said if text.startswith("pesan")] == [f"pesan {number}" for number in range(5)]
            assert ibu.cursors == sorted(set(ibu.cursors))
            assert not (await ibu.hears("ready"))["reset"]


async def test_who_was_away_for_too_long_is_told_to_begin_anew(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api):
        async with api.connected(cursor="999999") as ibu:
            assert (await ibu.hears("ready"))["reset"]
        await shop.say("jam buka?")
        desk = api.house.desk("warung")
        await desk.write(lambda ask: ask("feed_forget", before=2**60, long_before=2**60, most=1000).rowcount)
        async with api.connected(cursor="0") as ibu:
            assert (await ibu.hears("ready"))["reset"]
            assert not ibu.all("new-message")
            page = await ibu.say("catch-up", {"cursor": "0"})
            assert page["success"] and page["reset"] and page["events"] == []
            assert (await ibu.say("catch-up", {"cursor": page["cursor"]}))["reset"] is False


async def test_a_page_of_what_was_missed_is_asked_for_by_cursor(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api), api.connected() as ibu:
        for number in range(6):
            await shop.say(f"pesan {number}")
        await ibu.hears("new-message", 6)
        told = [(name, data["cursor"]) for name, data in ibu.events if name != "ready"]
        got, cursor, more = [], "0", True
        while more:
            page = await ibu.say("catch-up", {"cursor": cursor, "limit": 2})
            assert len(page["events"]) <= 4
            got += [(one["event"], one["data"]["cursor"]) for one in page["events"]]
            cursor, more = page["cursor"], page["hasMore"]
        assert got == told


async def test_a_store_that_is_restored_beneath_the_api_is_the_one_that_is_used(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop:
        home, dewi = tmp_path / HOME, Operator("dewi@sari.example", "Dewi", status="online")
        await open_store(home, "warung").close()
        shutil.copy(home / NAME, tmp_path / "before")
        async with served(tmp_path / "data", {"warung": shop.folder}, shop.clock) as api, api.connected() as ibu:
            await ibu.hears("ready")
            add_operator(home, "warung", dewi, lambda *_: Choice(""), 1)
            change_operator(home, "warung", dewi.email, Change(status="away"), lambda *_: Choice(""), 2)
            await ibu.hears("cs-status-changed")
            for ending in ("-wal", "-shm"):
                (home / f"{NAME}{ending}").unlink()
            (tmp_path / "before").replace(home / NAME)
            assert (await ibu.hears("ready", 2))["reset"]
            assert not (await api.front().get("/api/cs-operators"))["operators"]
            add_operator(home, "warung", dewi, lambda *_: Choice(""), 3)
            change_operator(home, "warung", dewi.email, Change(status="busy"), lambda *_: Choice(""), 4)
            assert (await ibu.hears("cs-status-changed", 2))["status"] == "busy"


async def test_a_look_at_the_store_that_fails_is_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [StoreError("a disk that is full for a moment")]

    def after(ask: Ask, position: int, most: int) -> Sequence[Row]:
        if failures:
            raise failures.pop()
        return feeding.after(ask, position, most)

    monkeypatch.setattr("wabot.api.feed.after", after)
    async with street(tmp_path) as (shop, api), api.connected() as ibu:
        await ibu.hears("ready")
        await shop.say("halo")
        await ibu.hears("new-message")
        assert not failures


async def test_nobody_comes_in_without_a_token_that_is_good(tmp_path: Path) -> None:
    async with street(tmp_path) as (_, api):
        for auth in (None, {}, {"token": "none"}, {"token": 5}, {"token": api.front().token[:-3] + "abc"}):
            stranger = Client()
            with pytest.raises(socketio.exceptions.ConnectionError):
                await stranger.connect(api.url, auth)
            assert stranger.refused["/messages"]["data"]["statusCode"] == 401
            assert "Log in" in stranger.refused["/messages"]["message"]
            await stranger.io.disconnect()
        assert not list(api.house.parts["live"].seats)


async def test_a_key_that_may_not_look_at_conversations_hears_nothing_of_them(tmp_path: Path) -> None:
    async with street(tmp_path) as (_, api):
        made = await api.front().post("/api/keys", {"name": "kasir", "permissions": ["manage_integrations"]})
        program = Client()
        with pytest.raises(socketio.exceptions.ConnectionError):
            await program.connect(api.url, {"token": made["key"]})
        assert program.refused["/messages"]["data"]["statusCode"] == 403
        await program.io.disconnect()


async def test_nobody_goes_over_to_another_tenant_of_theirs_while_they_listen_to_this_one(tmp_path: Path) -> None:
    async with (
        stage(tmp_path, home="data/warung") as shop,
        served(tmp_path / "data", {"warung": shop.folder, "toko": shop.folder}, shop.clock) as api,
        api.connected() as ibu,
    ):
        await ibu.hears("ready")
        there = api.front("toko", email="ibu@sari.example")
        assert (await ibu.say("authenticate", {"token": there.token}))["code"] == "FORBIDDEN"
        await shop.say("halo")
        chat = (await ibu.hears("new-message"))["conversationId"]
        assert await ibu.say("join-conversation", {"conversationId": chat}) == {"success": True}


async def test_who_is_disabled_is_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wabot.api.live.gateway._CHECK", 0.05)
    async with (
        street(tmp_path) as (shop, api),
        api.connected() as ibu,
        api.connected(api.front(role="operator")) as budi,
    ):
        await budi.hears("ready")
        with ordering(tmp_path / "data") as ask:
            change_member(ask, "warung", "operator@sari.example", shop.clock.now(), disabled=True)
        assert (await budi.hears("unauthorized"))["code"] == "UNAUTHORIZED"
        await budi.leaves()
        await shop.say("jam buka?")
        await ibu.hears("new-message", 2)
        assert not budi.all("new-message")


async def test_whose_token_runs_out_is_sent_away_unless_they_renew_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.api.live.gateway._CHECK", 0.05)
    async with street(tmp_path) as (shop, api), api.connected() as lazy, api.connected() as ibu:
        await ibu.hears("ready")
        shop.later(800_000)
        other = api.front(role="operator").token
        assert (await ibu.say("authenticate", {"token": other}))["code"] == "FORBIDDEN"
        assert (await ibu.say("authenticate", {"token": "none"}))["success"] is False
        assert await ibu.say("authenticate", {"token": api.front().token}) == {"success": True}
        shop.later(200_000)
        await lazy.hears("unauthorized")
        await lazy.leaves()
        assert (await ibu.say("catch-up", {"cursor": "0"}))["success"] is True


async def test_a_conversation_is_joined_by_those_of_its_tenant_alone(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api), api.connected() as ibu:
        await shop.say("jam buka?")
        chat = (await ibu.hears("new-message"))["conversationId"]
        assert await ibu.say("join-conversation", {"conversationId": chat}) == {"success": True}
        for said in ({"conversationId": "other"}, {}, {"conversationId": 5}, "x", [1]):
            answer = await ibu.say("join-conversation", said)
            assert answer["success"] is False and answer["error"]
        assert (await ibu.say("dance"))["code"] == "UNKNOWN_EVENT"
        assert await ibu.say("leave-conversation", {"conversationId": chat}) == {"success": True}
        assert (await ibu.say("join-tenant", {"tenantId": "warung"}))["code"] == "UNKNOWN_EVENT"


async def test_typing_is_shown_both_ways(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api), api.connected() as ibu, api.connected() as elsewhere:
        await shop.say("halo")
        chat = (await ibu.hears("new-message"))["conversationId"]
        await ibu.say("join-conversation", {"conversationId": chat})
        assert await ibu.say("typing-start", {"conversationId": chat}) == {"success": True}
        await until(lambda: shop.channel.typed == [(BUDI, True)])
        await ibu.say("typing-stop", {"conversationId": chat})
        await until(lambda: shop.channel.typed == [(BUDI, True), (BUDI, False)])
        shop.session.on_typing(BUDI, True)
        shop.session.on_typing("62899", True)
        assert await ibu.hears("customer-typing") == {"conversationId": chat, "isTyping": True}
        shop.session.on_typing(BUDI, False)
        assert await ibu.hears("customer-typing", 2) == {"conversationId": chat, "isTyping": False}
        assert not elsewhere.all("customer-typing")


async def test_nobody_is_shown_typing_who_may_not_be_written_to(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api), api.connected() as ibu:
        await shop.say("Halo kak", from_me=True)
        chat = (await ibu.hears("new-message"))["conversationId"]
        for event in ("typing-start", "typing-stop"):
            assert (await ibu.say(event, {"conversationId": chat}))["code"] == "CUSTOMER_HAS_NOT_WRITTEN"
        await shop.say("ya?")
        front = api.front()
        contact = (await front.get(f"/api/conversations/{chat}"))["conversation"]["contact"]["id"]
        await front.post(f"/api/contacts/{contact}/block", {})
        assert (await ibu.say("typing-start", {"conversationId": chat}))["code"] == "CONTACT_BLOCKED"
        await asyncio.sleep(0.02)
        assert shop.channel.typed == []


async def test_a_customer_without_a_name_goes_by_their_number_in_events_too(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api), api.connected() as ibu:
        await shop.say("halo", name="")
        told = await ibu.hears("new-message")
        shown = await api.front().get("/api/messages", conversationId=told["conversationId"])
        assert told["message"]["senderName"] == shown["messages"][0]["senderName"] == BUDI


async def test_a_viewer_looks_and_does_nothing(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api), api.connected(api.front(role="viewer")) as viewer:
        await shop.say("halo")
        chat = (await viewer.hears("new-message"))["conversationId"]
        for event in ("typing-start", "mark-as-read"):
            assert (await viewer.say(event, {"conversationId": chat}))["code"] == "FORBIDDEN"
        await asyncio.sleep(0.02)
        assert shop.channel.typed == []


async def test_what_a_person_has_read_is_read_for_all(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api), api.connected() as ibu, api.connected() as other:
        await shop.say("halo")
        told = await ibu.hears("new-message")
        chat, message = told["conversationId"], told["message"]["id"]
        wrong = await ibu.say("mark-as-read", {"conversationId": chat, "messageIds": [message, "other"]})
        assert wrong["success"] is False
        said = {"conversationId": chat, "messageIds": [message]}
        assert await ibu.say("mark-as-read", said) == {"success": True, "markedCount": 1}
        assert await ibu.say("mark-as-read", said) == {"success": True, "markedCount": 0}
        updated = await other.hears("conversation-updated")
        assert updated["updates"] == {"unreadCount": 0}


async def test_what_a_person_writes_is_told_with_its_way(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api), api.connected() as ibu:
        await shop.say("halo")
        await ibu.hears("new-message")
        say(tmp_path / HOME, "warung", PersonSays(BUDI, "sebentar ya", pause=1000), shop.clock.now())
        await shop.look()
        await shop.settle()
        message = (await ibu.hears("new-message", 2))["message"]
        assert (message["content"], message["senderType"], message["status"]) == ("sebentar ya", "cs", "sent")
        status = await ibu.hears("message-status-updated")
        assert (status["messageId"], status["status"]) == (message["id"], "sent")
        resolve(tmp_path / HOME, "warung", BUDI, lambda *_: Choice(""), shop.clock.now())
        await until(lambda: any(one["updates"].get("status") == "resolved" for one in ibu.all("conversation-updated")))


async def test_who_has_no_socket_asks_for_the_same_events(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api), api.connected() as ibu:
        front = api.front()
        start = await front.get("/api/events")
        assert start == {"events": [], "cursor": "0", "hasMore": False, "reset": False}
        await shop.say("jam buka?")
        await ibu.hears("new-message", 2)
        page = await front.get("/api/events", after=start["cursor"], limit=2)
        assert [one["event"] for one in page["events"]] == ["new-conversation", "new-message"]
        assert page["hasMore"] and not page["reset"]
        rest = await front.get("/api/events", after=page["cursor"])
        got = [(one["event"], one["namespace"], one["data"]["cursor"]) for one in page["events"] + rest["events"]]
        assert got == [(name, "/messages", data["cursor"]) for name, data in ibu.events[1:]]
        assert (await front.get("/api/events", after="5000"))["reset"]
        for query in ({"after": "x"}, {"after": "-1"}, {"limit": 0}, {"limit": 501}):
            assert (await front.ask("GET", "/api/events", params=query)).status_code == 400


async def test_how_far_was_read_is_noted_in_the_end_and_not_with_each_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.api.feed._LOOK", 0.02)

    def noted(ask: Ask) -> int:
        return int(ask("feed_position", reader="api").fetchone()["position"])

    async with street(tmp_path) as (shop, api):
        tail = await feed_of(api.house).tail("warung")
        await shop.say("jam buka?")
        desk = api.house.desk("warung")
        await until(lambda: tail.position == desk.read(feeding.extent).last > 0)
        await asyncio.sleep(0.2)
        assert desk.read(noted) < tail.position
    with asking(tmp_path / HOME, "warung") as ask:
        assert noted(ask) == tail.position


async def test_an_address_has_a_bound_number_of_connections_and_the_rest_are_refused_politely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.api.live.seats.EACH", 2)
    async with (
        street(tmp_path, Fences(per_minute=10_000, sockets=4)) as (shop, api),
        api.connected() as ibu,
        api.connected(),
    ):
        third = Client()
        with pytest.raises(socketio.exceptions.ConnectionError):
            await third.connect(api.url, {"token": api.front().token})
        assert third.refused["/messages"]["data"]["code"] == "TOO_MANY_CONNECTIONS"
        await third.io.disconnect()
        async with api.connected(api.front(role="operator")):
            with pytest.raises(socketio.exceptions.ConnectionError):
                await Client().connect(api.url, {})
        await shop.say("jam buka?")
        await ibu.hears("new-message", 2)


async def test_who_says_too_much_is_asked_to_slow_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wabot.api.live.seats._WORDS", 3)
    async with street(tmp_path) as (_, api), api.connected() as ibu:
        answers = [await ibu.say("catch-up", {"cursor": "0"}) for _ in range(5)]
        assert [answer["success"] for answer in answers] == [True, True, True, False, False]
        assert answers[-1]["code"] == "TOO_MANY_EVENTS"


async def test_a_connection_that_never_logs_in_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wabot.api.live.gateway._CHECK", 0.05)
    monkeypatch.setattr("wabot.api.live.gateway._TO_LOG_IN", 0.1)
    async with street(tmp_path) as (_, api), api.connected() as ibu:
        await api.client.get("/socket.io/?EIO=4&transport=polling")
        connections = api.house.parts["live"].server.environ
        assert len(connections) == 2
        await until(lambda: len(connections) == 1)
        assert (await ibu.say("catch-up", {"cursor": "0"}))["success"]
