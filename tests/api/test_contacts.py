"""Contacts over the API: found, written down, tagged, blocked."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.api.front import Api, Front, api
from tests.session.stage import ANI, BUDI, JAM, Stage, stage
from wabot.model.people import Choice, Role
from wabot.model.stored import PersonSays
from wabot.store.sqlite import reading, resolve, say

HOME = "data/warung"
DAY = 86_400_000
VIP = """\
  - id: vip
    trigger: {type: keyword, keywords: [halo]}
    conditions: {customer_tags: {any: [vip]}}
    response: "Halo {{ name }}!"
"""


@asynccontextmanager
async def shop_with_two(place: Path) -> AsyncIterator[tuple[Stage, Api, Front]]:
    """Budi wrote at START, Ani a minute later."""
    async with (
        stage(place, JAM + VIP, home=HOME) as shop,
        api(place / "data", {"warung": shop.folder}, shop.clock) as front,
    ):
        await shop.say("jam buka?")
        shop.later(60_000)
        await shop.say("jam buka?", ANI, name="Ani")
        yield shop, front, front.front()


async def found(front: Front, **query: Any) -> list[str]:
    return [row["name"] for row in (await front.get("/api/contacts", **query))["data"]]


async def test_contacts_are_listed_with_what_was_counted_the_latest_first(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (_, _, front):
        page = await front.get("/api/contacts", limit=1)
        assert page["meta"] == {"total": 2, "page": 1, "limit": 1, "totalPages": 2}
        [ani] = page["data"]
        assert {
            key: ani[key] for key in ("name", "phone", "totalMessagesReceived", "totalMessagesSent", "segment")
        } == {
            "name": "Ani",
            "phone": ANI,
            "totalMessagesReceived": 1,
            "totalMessagesSent": 1,
            "segment": "new",
        }
        assert (ani["firstContactAt"], ani["totalConversations"]) == ("2026-01-28T03:01:00.000Z", 1)
        assert (await front.get("/api/contacts", limit=1, page=2))["data"][0]["name"] == "Budi"
        assert (await front.get("/api/contacts", page=9))["data"] == []


async def test_they_are_found_by_name_number_tag_segment_and_block_and_sorted(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (shop, both, front):
        budi, ani = (await front.get("/api/contacts", sortBy="name", sortOrder="desc"))["data"]
        assert (budi["name"], ani["name"]) == ("Budi", "Ani")
        await front.post(f"/api/contacts/{budi['id']}/tags", {"tags": ["vip", "grosir"]})
        await front.post(f"/api/contacts/{ani['id']}/tags", {"tags": ["vip"]})
        await front.patch(f"/api/contacts/{ani['id']}", {"segment": "vip"})
        await front.post(f"/api/contacts/{budi['id']}/block", {})
        assert await found(front, search="bud") == await found(front, search="0812-0000-0001") == ["Budi"]
        assert await found(front, search="0%") == await found(front, search="_") == []
        assert await found(front, tags=["vip"]) == ["Ani", "Budi"]
        assert await found(front, tags=["grosir", "vip"]) == ["Budi"]
        assert await found(front, segment="vip") == ["Ani"]
        assert await found(front, blocked="true") == ["Budi"]
        assert await found(front, blocked="false", segment="new") == []
        assert await found(front, sortBy="name") == await found(front, sortBy="first_contact") == ["Ani", "Budi"]
        for order in ("last_contact", "first_contact", "name", "total_orders", "total_spent"):
            for way in ("asc", "desc"):
                assert len(await found(front, sortBy=order, sortOrder=way)) == 2
        shop.later(61 * DAY)
        assert await found(both.front(), segment="inactive") == ["Budi"]


async def test_segments_are_counted_with_what_makes_them(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (shop, both, front):
        [ani, budi] = (await front.get("/api/contacts"))["data"]
        await front.patch(f"/api/contacts/{ani['id']}", {"segment": "vip"})
        await front.post(f"/api/contacts/{budi['id']}/block", {"reason": "spam"})
        told = await front.get("/api/contacts/segments")
        counts = {item["segment"]: item["count"] for item in told["segments"]}
        assert counts == {"new": 1, "regular": 0, "vip": 1, "inactive": 0}
        assert (told["total"], told["blocked"]) == (2, 1)
        assert told["thresholds"]["vip"] == {"messages": 100, "orders": 5}
        shop.later(61 * DAY)
        told = await both.front().get("/api/contacts/segments")
        counts = {item["segment"]: item["count"] for item in told["segments"]}
        assert (counts["inactive"], counts["vip"]) == (1, 1)


async def test_what_a_person_writes_down_stays_whatever_the_customer_calls_themselves(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (shop, _, front):
        [_, budi] = (await front.get("/api/contacts"))["data"]
        path = f"/api/contacts/{budi['id']}"
        words = {"name": "Pak Budi", "email": "budi@toko.example", "address": "Jl. Melati 12", "notes": "suka pedas"}
        changed = await front.patch(path, {**words, "customerId": "C-7", "tags": ["vip"]})
        assert changed["success"]
        shop.later(60_000)
        await shop.say("halo", name="Budi Ganteng")
        assert shop.replies[-1] == "Halo Pak Budi!"
        told = (await front.get(path))["contact"]
        assert {key: told[key] for key in words} == words
        assert (told["waName"], told["customerId"], told["tags"]) == ("Budi Ganteng", "C-7", ["vip"])
        await front.patch(path, {"name": None, "email": None, "tags": []})
        told = (await front.get(path))["contact"]
        assert (told["name"], told["email"], told["tags"], told["notes"]) == ("Budi Ganteng", None, [], "suka pedas")
        await shop.say("halo", name="Budi Saja")
        assert (await front.get(path))["contact"]["name"] == "Budi Saja"


async def test_tags_come_and_go_and_rules_see_them(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (shop, _, front):
        [_, budi] = (await front.get("/api/contacts"))["data"]
        path = f"/api/contacts/{budi['id']}/tags"
        assert (await front.post(path, {"tags": ["vip", "b"]}))["contact"]["tags"] == ["b", "vip"]
        await shop.say("halo")
        assert shop.replies[-1] == "Halo Budi!"
        assert (await front.post(path, {"tags": ["c"], "remove": ["b"]}))["contact"]["tags"] == ["c", "vip"]
        assert (await front.delete(f"{path}/vip"))["contact"]["tags"] == ["c"]
        assert (await front.delete(f"{path}/vip"))["contact"]["tags"] == ["c"]
        await shop.say("halo")
        assert shop.told.reasons[-1] == "no_match"


async def test_a_blocked_contact_is_written_to_by_nobody_until_they_are_unblocked(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (shop, _, front):
        [_, budi] = (await front.get("/api/contacts"))["data"]
        path = f"/api/contacts/{budi['id']}"
        blocked = (await front.post(f"{path}/block", {"reason": "menipu"}))["contact"]
        assert (blocked["isBlocked"], blocked["blockedReason"], blocked["canBeWrittenTo"]) == (True, "menipu", False)
        assert blocked["blockedAt"] is not None
        before = len(shop.replies)
        await shop.say("jam buka?")
        assert shop.told.reasons[-1] == "contact_blocked"
        said = say(tmp_path / HOME, "warung", PersonSays(BUDI, "halo pak"), shop.clock.now())
        await shop.look()
        await shop.settle()
        assert len(shop.replies) == before
        with reading(tmp_path / HOME, "warung") as store:
            [refused] = [item for item in store.messages(BUDI, 9) if item.id == said]
        assert (refused.status, refused.error) == ("failed", "contact_blocked")
        free = (await front.post(f"{path}/unblock"))["contact"]
        assert (free["isBlocked"], free["blockedReason"], free["blockedAt"]) == (False, None, None)
        resolve(tmp_path / HOME, "warung", BUDI, lambda *_: Choice("", "no_operators"), shop.clock.now())
        await shop.say("jam buka?")
        assert len(shop.replies) == before + 1


async def test_what_waits_for_a_contact_is_not_sent_once_they_are_blocked(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (shop, _, front):
        [_, budi] = (await front.get("/api/contacts"))["data"]
        shop.session._connected.clear()
        await shop.say("jam buka?", settle=False)
        while not await shop.store.queued():
            await shop.store.summary()
        await front.post(f"/api/contacts/{budi['id']}/block", {})
        assert await shop.store.queued() == []
        shop.session._connected.set()
        await shop.settle()
        assert len(shop.replies) == 2


async def test_nobody_has_a_picture_and_it_says_so(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (_, _, front):
        [_, budi] = (await front.get("/api/contacts"))["data"]
        answer = await front.ask("GET", f"/api/contacts/{budi['id']}/avatar")
        assert (answer.status_code, answer.json()["code"]) == (404, "NO_AVATAR")
        assert "WhatsApp" in answer.json()["message"]


async def test_a_contact_is_told_once_until_it_changes(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (_, _, front):
        [_, budi] = (await front.get("/api/contacts"))["data"]
        for path in ("/api/contacts", f"/api/contacts/{budi['id']}"):
            tag = (await front.ask("GET", path)).headers["etag"]
            assert (await front.ask("GET", path, headers={"if-none-match": tag})).status_code == 304
            await front.post(f"/api/contacts/{budi['id']}/tags", {"tags": [f"t{len(path)}"]})
            assert (await front.ask("GET", path, headers={"if-none-match": tag})).status_code == 200


ORDERS: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api/contacts/{id}", None),
    ("GET", "/api/contacts/{id}/avatar", None),
    ("PATCH", "/api/contacts/{id}", {"notes": "x"}),
    ("POST", "/api/contacts/{id}/tags", {"tags": ["x"]}),
    ("DELETE", "/api/contacts/{id}/tags/x", None),
    ("POST", "/api/contacts/{id}/block", {}),
    ("POST", "/api/contacts/{id}/unblock", None),
)


async def test_another_tenants_contact_is_unknown(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (shop, _, front):
        [_, budi] = (await front.get("/api/contacts"))["data"]
        async with api(tmp_path / "data", {"warung": shop.folder, "toko": shop.folder}, shop.clock) as two:
            other = two.front("toko")
            for method, path, body in ORDERS:
                answer = await other.ask(method, path.format(id=budi["id"]), json=body)
                assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
            assert (await other.get("/api/contacts"))["data"] == []
        assert (await front.get(f"/api/contacts/{budi['id']}"))["contact"] == budi


async def test_whoever_may_only_look_changes_nothing(tmp_path: Path) -> None:
    roles: tuple[tuple[Role, int], ...] = (("viewer", 403), ("operator", 200), ("owner", 200))
    async with shop_with_two(tmp_path) as (_, both, owner):
        [_, budi] = (await owner.get("/api/contacts"))["data"]
        for role, may in roles:
            front = both.front(role=role)
            assert (await front.ask("GET", "/api/contacts")).status_code == 200
            for method, path, body in (*ORDERS[2:], ("GET", "/api/contacts/export", None)):
                assert (await front.ask(method, path.format(id=budi["id"]), json=body)).status_code == may


UNFIT: tuple[dict[str, Any], ...] = (
    {"email": "bukan"},
    {"segment": "emas"},
    {"tags": ["dua kata"]},
    {"name": "x" * 101},
    {"phone": "62812"},
    {"notes": "\ud800"},
)


async def test_what_cannot_be_written_down_is_refused(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (_, _, front):
        [_, budi] = (await front.get("/api/contacts"))["data"]
        path, headers = f"/api/contacts/{budi['id']}", {"content-type": "application/json"}
        for body in UNFIT:
            answer = await front.ask("PATCH", path, content=json.dumps(body).encode(), headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")
        assert (await front.get(path))["contact"] == budi


async def test_a_query_that_is_none_is_refused(tmp_path: Path) -> None:
    async with shop_with_two(tmp_path) as (_, _, front):
        for query in ({"sortBy": "age"}, {"page": 0}, {"limit": 1000}, {"segment": "emas"}, {"umur": 3}):
            assert (await front.ask("GET", "/api/contacts", params=query)).status_code == 400
