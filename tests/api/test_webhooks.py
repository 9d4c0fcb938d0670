"""A tenant's events at its own receivers: signed, each once in the table and at least once there, tried for a day."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.api.front import Api, Front, api
from tests.receiver import Received, Receiver, receiving
from tests.session.people import RULES, Shop
from tests.session.stage import ANI, BUDI, Stage, stage
from tests.tenants import rules, write_tenant
from wabot.api.outside import Outside
from wabot.api.webhook_delivery import DEAD_IN_A_ROW, WebhookDelivery
from wabot.model.session import SessionState
from wabot.model.turn import Receipt
from wabot.store.sqlite import open_store, read_alerts, webhooks
from wabot.store.sqlite.erasing import erase

HOME = "data/warung"
DAY = 86_400_000
HOUR = 3_600_000
PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
EVERYTHING = list(webhooks.EVENTS)


class Node(NamedTuple):
    stage: Stage
    api: Api
    receiver: Receiver
    data: Path

    @property
    def front(self) -> Front:
        """The owner, logged in by now: days pass here."""
        return self.api.front()

    @property
    def delivery(self) -> WebhookDelivery:
        found: WebhookDelivery = self.api.house.parts["webhooks"]
        return found

    async def hook(self, *events: str, **more: Any) -> Any:
        body = {"url": f"{self.receiver.url}/hook?x=1", "events": list(events) or EVERYTHING, **more}
        return await self.front.post("/api/webhooks", body)

    async def settle(self, later: int = 0) -> None:
        """All that is due by then was tried."""
        self.stage.later(later)
        await self.delivery.settle()

    async def deliveries(self, hook: Any, **query: Any) -> Any:
        return (await self.front.get(f"/api/webhooks/{hook['webhook']['id']}/deliveries", **query))["deliveries"]

    @property
    def told(self) -> list[str]:
        """The events that were received, in their order."""
        return [json.loads(one.body)["type"] for one in self.receiver.received]

    def readers(self) -> list[str]:
        desk = self.api.house.desk("warung")
        return desk.read(lambda ask: ["webhooks"] if ask("feed_position", reader="webhooks").fetchone() else [])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
async def node(tmp_path: Path, receiver: Receiver) -> AsyncIterator[Node]:
    async with (
        stage(tmp_path, RULES, home=HOME, tenant={"teams": "[teknis]"}) as shop,
        api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as front,
    ):
        front.house.parts["outside"] = Outside(private=True)
        yield Node(shop, front, receiver, tmp_path / HOME)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def signatures(one: Received, *secrets: str) -> str:
    """What the standard has the header say."""
    text = f"{one.headers['webhook-id']}.{one.headers['webhook-timestamp']}.".encode() + one.body
    keys = (base64.b64decode(secret.removeprefix("whsec_")) for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()}" for key in keys)


async def test_a_question_and_its_answer_are_posted_signed_and_without_what_anybody_wrote(node: Node) -> None:
    made = await node.hook()
    await node.stage.say("jam buka? saya Budi")
    await node.settle()
    assert node.told == ["conversation.created", "message.received", "message.sent"]
    for one in node.receiver.received:
        assert one.path == "/hook?x=1"
        assert one.headers["content-type"] == "application/json"
        assert one.headers["webhook-timestamp"] == str(node.stage.clock.now() // 1000)
        assert one.headers["webhook-signature"] == signatures(one, made["secret"])
        for word in (b"jam buka", b"Kami buka", b"Budi", BUDI.encode()):
            assert word not in one.body
    assert len({one.headers["webhook-id"] for one in node.receiver.received}) == 3
    received = json.loads(node.receiver.received[1].body)
    assert received["timestamp"] == "2026-01-28T03:00:00.000Z"
    assert received["data"]["message"]["senderType"] == "customer"
    told = await node.deliveries(made)
    assert [(one["event"], one["status"], one["attempts"], one["statusCode"]) for one in told] == [
        ("message.sent", "delivered", 1, 204),
        ("message.received", "delivered", 1, 204),
        ("conversation.created", "delivered", 1, 204),
    ]
    assert told[1]["messageId"] == received["data"]["message"]["id"]


async def test_what_was_written_is_posted_only_to_a_webhook_that_asks_for_it(node: Node) -> None:
    await node.hook("message.received", "message.sent", includeContent=True)
    await node.stage.say("jam buka?")
    await node.settle()
    question, reply = (json.loads(one.body)["data"] for one in node.receiver.received)
    assert question["message"]["content"] == "jam buka?"
    assert question["customer"] == {"phone": BUDI, "name": "Budi"}
    assert (reply["message"]["content"], reply["message"]["senderType"]) == ("Kami buka kak.", "auto_reply")


def people(node: Node) -> Shop:
    """The shop's people, as they order it from elsewhere."""
    shop = Shop(node.stage, node.data)
    shop.data = node.data
    return shop


async def everything(node: Node) -> None:
    """A day on which each event happens."""
    shop = people(node)
    shop.hire()
    await node.stage.say("admin")
    shop.says("sebentar ya")
    await shop.sent()
    shop.resolve()
    inbox = node.stage.channel.inbox
    assert inbox is not None
    for status in ("disconnected", "connected", "logout"):
        await inbox.state(SessionState(status))
        await asyncio.sleep(0)
        while (await node.stage.store.summary()).state.status != status:
            await asyncio.sleep(0.01)


def form(value: Any) -> Any:
    """A JSON value without what differs from one to the next: what stays is what a receiver may rely on."""
    if isinstance(value, dict):
        return {key: form(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [form(inner) for inner in value[:1]]
    return type(value).__name__


async def test_each_event_looks_as_the_page_says(node: Node) -> None:
    await node.hook(includeContent=True)
    await everything(node)
    await node.settle()
    seen: dict[str, list[Any]] = {}
    for one in node.receiver.received:
        body = json.loads(one.body)
        seen.setdefault(body["type"], []).append(form(body))
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    shown = {body["type"]: body for body in map(json.loads, blocks) if "type" in body}
    assert set(seen) == set(EVERYTHING)
    assert set(shown) == {*EVERYTHING, webhooks.TEST}
    for event, forms in seen.items():
        assert form(shown[event]) in forms, event
    table = re.findall(r"^\| `([a-z_.]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(name for name in table if "." in name) == sorted(EVERYTHING)


async def test_a_message_is_received_once_and_sent_once_whatever_is_told_of_it_later(node: Node) -> None:
    await node.stage.say("jam buka?", ANI)
    old = node.stage.channel.sent[0]
    made = await node.hook("message.received", "message.sent")
    shop = people(node)
    await node.stage.say("jam buka?")
    person = shop.says("sebentar ya")
    await node.settle()
    assert node.told == ["message.received", "message.sent"]  # what the person wrote is not out yet
    await shop.sent()
    inbox = node.stage.channel.inbox
    assert inbox is not None
    for id in (person, node.stage.channel.sent[1], old):
        await inbox.receipt(Receipt(id, "delivered", node.stage.clock.now()))
        await node.settle()
        await inbox.receipt(Receipt(id, "read", node.stage.clock.now()))
        await node.settle()
    assert node.told == ["message.received", "message.sent", "message.sent"]
    assert len(await node.deliveries(made)) == 3


async def test_what_is_not_taken_is_tried_again_under_the_same_id_for_a_day_and_then_is_dead(node: Node) -> None:
    made = await node.hook("message.received")
    node.receiver.answers = [500, 302, 429]
    await node.stage.say("halo")
    await node.settle()
    (told,) = await node.deliveries(made)
    assert (told["status"], told["attempts"], told["statusCode"]) == ("pending", 1, 500)
    assert told["error"] == "the receiver answered 500"
    await node.settle()
    assert len(node.receiver.received) == 1  # not due yet
    for _ in range(3):
        await node.settle(HOUR + HOUR // 4)
    (told,) = await node.deliveries(made)
    assert (told["status"], told["attempts"], told["error"], told["nextAttemptAt"]) == ("delivered", 4, None, None)
    assert len({one.headers["webhook-id"] for one in node.receiver.received}) == 1
    assert {one.path for one in node.receiver.received} == {"/hook?x=1"}  # no redirect is followed
    node.receiver.answers = [500] * 100
    await node.stage.say("halo")
    for _ in range(21):
        await node.settle(HOUR + HOUR // 4)
    told = (await node.deliveries(made))[0]
    assert (told["status"], told["attempts"] > 10) == ("dead", True)
    node.receiver.answers = []
    before = len(node.receiver.received)
    await node.settle(DAY)
    assert len(node.receiver.received) == before


async def test_dead_letters_are_listed_and_replayed_under_their_ids(node: Node) -> None:
    made = await node.hook("message.received")
    node.receiver.answers = [500] * 3
    for chat in (BUDI, ANI):
        await node.stage.say("halo", chat)
    await node.settle()
    await node.settle(DAY + HOUR)
    await node.settle(HOUR)
    dead = (await node.front.get("/api/webhooks/dead-letters"))["deliveries"]
    assert [one["status"] for one in dead] == ["dead", "dead"]
    assert await node.deliveries(made, status="dead") == dead
    node.receiver.answers = []
    assert await node.front.post(f"/api/webhooks/deliveries/{dead[0]['id']}/replay") == {"success": True}
    await node.settle(HOUR)
    assert node.receiver.received[-1].headers["webhook-id"] == dead[0]["id"]
    assert await node.front.post(f"/api/webhooks/{made['webhook']['id']}/replay") == {"success": True, "replayed": 1}
    await node.settle(HOUR)
    assert node.receiver.received[-1].headers["webhook-id"] == dead[1]["id"]
    assert (await node.front.get("/api/webhooks/dead-letters"))["deliveries"] == []
    page = await node.front.get(f"/api/webhooks/{made['webhook']['id']}/deliveries", limit=1)
    assert page["hasMore"] is True
    rest = await node.deliveries(made, before=page["deliveries"][0]["id"])
    assert [one["id"] for one in rest] == [dead[1]["id"]]
    assert code(await node.front.ask("POST", "/api/webhooks/deliveries/x/replay")) == (404, "NOT_FOUND")


async def test_a_webhook_that_takes_nothing_for_days_is_switched_off_and_a_person_is_called(node: Node) -> None:
    made = await node.hook("message.received", description="kasir")
    url = f"/api/webhooks/{made['webhook']['id']}"
    node.receiver.answers = [500] * 1_000
    for _ in range(DEAD_IN_A_ROW):
        await node.stage.say("halo")
    await node.settle()
    await node.settle(DAY + 1)
    for _ in range(DEAD_IN_A_ROW - 1):
        assert (await node.front.get(url))["isActive"] is True
        await node.settle(HOUR)
    shown = await node.front.get(url)
    assert (shown["isActive"], shown["disabledReason"]) == (
        False,
        "20 events in a row did not reach it within a day each",
    )
    (alert,) = read_alerts(node.data, "warung", 0)
    assert (alert.kind, "The webhook kasir is switched off" in alert.text) == ("webhook", True)
    assert node.readers() == []
    await node.stage.say("halo")
    assert code(await node.front.ask("POST", f"{url}/replay")) == (409, "WEBHOOK_OFF")
    assert (await node.front.patch(url, {"isActive": True}))["webhook"]["disabledReason"] is None
    node.receiver.answers, before = [], len(node.receiver.received)
    await node.stage.say("halo lagi")
    await node.settle(HOUR)
    assert len(node.receiver.received) == before + 1


async def test_one_event_that_arrives_shows_that_the_receiver_is_well(node: Node) -> None:
    made = await node.hook("message.received")
    for wave in range(2):
        node.receiver.answers = [500] * 1_000  # before anything is said: the API delivers by itself, too
        for _ in range(DEAD_IN_A_ROW - 1):
            await node.stage.say("halo")
        await node.settle()
        await node.settle(DAY + 1)
        for _ in range(DEAD_IN_A_ROW - 2):
            await node.settle(HOUR)
        node.receiver.answers = []
        await node.stage.say(f"halo {wave}")
        await node.settle(HOUR)
    assert len(await node.deliveries(made, status="dead")) == 2 * (DEAD_IN_A_ROW - 1)
    assert (await node.front.get(f"/api/webhooks/{made['webhook']['id']}"))["isActive"] is True


async def test_a_receiver_that_says_it_is_gone_is_believed_at_once(node: Node) -> None:
    made = await node.hook("message.received")
    node.receiver.answers = [410]
    await node.stage.say("halo")
    await node.settle()
    shown = await node.front.get(f"/api/webhooks/{made['webhook']['id']}")
    assert (shown["isActive"], shown["disabledReason"]) == (False, "it says that it is gone (410)")


async def test_a_webhook_that_hangs_keeps_no_other_waiting(node: Node) -> None:
    with receiving() as other:
        await node.hook("message.received")
        await node.front.post("/api/webhooks", {"url": f"{other.url}/", "events": ["message.received"]})
        node.receiver.held.clear()
        for number in range(5):
            await node.stage.say(f"halo {number}")
        settling = asyncio.create_task(node.settle())
        async with asyncio.timeout(20):
            while len(other.received) < 5:
                await asyncio.sleep(0.01)
        assert len(node.receiver.received) == 1
        node.receiver.held.set()
        await settling
        assert len(node.receiver.received) == 5


async def test_without_the_tests_hand_events_are_delivered_as_well(node: Node) -> None:
    await node.hook("message.received")
    await node.stage.say("halo")
    async with asyncio.timeout(20):
        while not node.receiver.received:
            await asyncio.sleep(0.02)
    assert node.told == ["message.received"]


async def test_nothing_is_written_down_while_no_webhook_listens(node: Node) -> None:
    assert node.readers() == []
    made = await node.hook("message.received")
    url = f"/api/webhooks/{made['webhook']['id']}"
    assert node.readers() == ["webhooks"]
    await node.front.patch(url, {"isActive": False})
    assert node.readers() == []
    await node.stage.say("nobody learns of this")
    await node.front.patch(url, {"isActive": True})
    await node.settle()
    assert node.told == []
    await node.front.delete(url)
    assert node.readers() == []
    assert code(await node.front.ask("GET", url)) == (404, "NOT_FOUND")


async def test_a_webhook_goes_with_all_that_was_on_its_way(node: Node) -> None:
    made, other = await node.hook("message.received"), await node.hook("message.received")
    node.receiver.answers = [500] * 10
    await node.stage.say("halo")
    await node.settle()

    def many(ask: Any) -> None:
        for _ in range(webhooks.MOST + 1):
            webhooks.add_test(ask, made["webhook"]["id"], node.stage.clock.now() + DAY)

    await node.api.house.desk("warung").write(many)
    await node.front.delete(f"/api/webhooks/{made['webhook']['id']}")
    rows = node.api.house.desk("warung").read(
        lambda ask: ask("deliveries_listed", webhook=made["webhook"]["id"], before="~", most=1).fetchall()
    )
    assert rows == []
    assert len(await node.deliveries(other)) == 1
    assert await node.front.get("/api/webhooks") == {"webhooks": [other["webhook"]]}


async def test_a_change_holds_from_the_next_event_on(node: Node) -> None:
    made = await node.hook("message.received", description="lama")
    url = f"/api/webhooks/{made['webhook']['id']}"
    changed = await node.front.patch(url, {"events": ["conversation.created", "conversation.created"]})
    assert changed["webhook"] == {**made["webhook"], "events": ["conversation.created"]}
    await node.stage.say("halo")
    await node.settle()
    assert node.told == ["conversation.created"]
    assert await node.front.get("/api/webhooks") == {"webhooks": [changed["webhook"]]}


async def test_the_secret_is_shown_once_and_an_old_one_signs_beside_a_new_for_a_day(node: Node) -> None:
    made = await node.hook("message.received")
    url = f"/api/webhooks/{made['webhook']['id']}"
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made["secret"])
    new = (await node.front.post(f"{url}/rotate-secret"))["secret"]
    await node.stage.say("halo")
    await node.settle()
    await node.stage.say("halo")
    await node.settle(DAY + 1)
    first, second = node.receiver.received
    assert first.headers["webhook-signature"] == signatures(first, new, made["secret"])
    assert second.headers["webhook-signature"] == signatures(second, new)
    for said in (await node.front.ask("GET", url), await node.front.ask("GET", "/api/webhooks")):
        assert "whsec" not in said.text


async def test_a_test_says_what_the_receiver_said_and_is_tried_once(node: Node) -> None:
    made = await node.hook("message.received")
    url = f"/api/webhooks/{made['webhook']['id']}"
    good = await node.front.post(f"{url}/test")
    assert (good["delivered"], good["statusCode"], good["error"]) == (True, 204, None)
    (one,) = node.receiver.received
    assert one.headers["webhook-signature"] == signatures(one, made["secret"])
    assert json.loads(one.body)["type"] == "webhook.test"
    node.receiver.answers = [500]
    bad = await node.front.post(f"{url}/test")
    assert (bad["delivered"], bad["statusCode"], bad["error"]) == (False, 500, "the receiver answered 500")
    await node.settle(HOUR)
    assert len(node.receiver.received) == 2
    node.receiver.stop()
    assert (await node.front.post(f"{url}/test"))["error"] == "it cannot be reached (ConnectError)"


async def test_no_webhook_leads_into_the_nodes_own_network(node: Node) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    node.api.house.parts["outside"] = Outside(resolve=resolve)
    for url in (
        node.receiver.url,
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "https://a@b.example/",
    ):
        refused = await node.front.ask("POST", "/api/webhooks", json={"url": url, "events": EVERYTHING})
        assert code(refused) == (400, "WEBHOOK_URL_REFUSED")
    made = await node.front.post("/api/webhooks", {"url": "https://inside.example/", "events": ["message.received"]})
    refused = await node.front.ask("PATCH", f"/api/webhooks/{made['webhook']['id']}", json={"url": "http://10.0.0.1/"})
    assert code(refused) == (400, "WEBHOOK_URL_REFUSED")
    await node.stage.say("halo")
    await node.settle()
    (told,) = await node.deliveries(made)
    assert told["error"] == "the URL leads into a private or reserved network"
    assert node.receiver.received == []


async def test_what_is_no_webhook_is_refused_field_by_field(node: Node) -> None:
    url = f"{node.receiver.url}/"
    bad: list[Any] = [
        {"url": url},
        {"url": url, "events": []},
        {"url": url, "events": ["message.deleted"]},
        {"url": url, "events": EVERYTHING, "tenantId": "toko"},
        {"url": "", "events": EVERYTHING},
        {"url": url, "events": EVERYTHING, "description": "a\nb"},
    ]
    for body in bad:
        assert code(await node.front.ask("POST", "/api/webhooks", json=body)) == (400, "INVALID"), body
    for _ in range(10):
        await node.hook()
    refused = await node.front.ask("POST", "/api/webhooks", json={"url": url, "events": EVERYTHING})
    assert code(refused) == (409, "TOO_MANY_WEBHOOKS")


async def test_only_who_may_manage_integrations_sees_webhooks_and_nobody_another_tenants(
    node: Node, tmp_path: Path
) -> None:
    made = await node.hook("message.received")
    await node.stage.say("halo")
    await node.settle()
    (told,) = await node.deliveries(made)
    other = write_tenant(tmp_path / "rules" / "toko", rules(""))
    await open_store(tmp_path / "data" / "toko", "toko").close()
    node.api.house.tenants = lambda: {"warung": node.stage.folder, "toko": other}
    id = made["webhook"]["id"]
    paths = [
        ("GET", f"/api/webhooks/{id}"),
        ("PATCH", f"/api/webhooks/{id}"),
        ("DELETE", f"/api/webhooks/{id}"),
        ("POST", f"/api/webhooks/{id}/test"),
        ("POST", f"/api/webhooks/{id}/replay"),
        ("POST", f"/api/webhooks/{id}/rotate-secret"),
        ("GET", f"/api/webhooks/{id}/deliveries"),
        ("POST", f"/api/webhooks/deliveries/{told['id']}/replay"),
    ]
    stranger, supervisor = node.api.front("toko", email="toko@sari.example"), node.api.front(role="supervisor")
    for method, path in paths:
        body: Any = {"json": {}} if method == "PATCH" else {}
        assert (await stranger.ask(method, path, **body)).status_code == 404, path
        assert (await supervisor.ask(method, path, **body)).status_code == 403, path
    assert await stranger.get("/api/webhooks") == {"webhooks": []}
    assert await stranger.get("/api/webhooks/dead-letters") == {"deliveries": [], "hasMore": False}
    assert (await supervisor.ask("POST", "/api/webhooks", json={})).status_code == 403


async def test_forgetting_a_customer_takes_back_what_is_on_its_way_about_them(node: Node) -> None:
    made = await node.hook("message.received", includeContent=True)
    node.receiver.answers = [500, 500]
    for chat in (BUDI, ANI):
        await node.stage.say("rahasia", chat)
    await node.settle()
    await asyncio.to_thread(erase, node.data, "warung", BUDI)
    assert len(await node.deliveries(made)) == 1
    await node.settle(HOUR)
    await node.settle(HOUR)
    assert BUDI.encode() not in node.receiver.received[-1].body
    assert len(await node.deliveries(made, status="delivered")) == 1


async def test_what_was_over_a_month_ago_is_dropped(node: Node) -> None:
    made = await node.hook("message.received")
    await node.stage.say("halo")
    await node.settle()
    await node.settle(29 * DAY)
    assert len(await node.deliveries(made)) == 1
    await node.settle(2 * DAY)
    assert await node.deliveries(made) == []


async def test_what_waits_for_a_webhook_that_is_off_is_dead_after_a_day(node: Node) -> None:
    made = await node.hook("message.received")
    node.receiver.answers = [500]
    await node.stage.say("halo")
    await node.settle()
    await node.front.patch(f"/api/webhooks/{made['webhook']['id']}", {"isActive": False})
    await node.settle(DAY + HOUR)
    (told,) = await node.deliveries(made)
    assert (told["status"], told["attempts"]) == ("dead", 1)
