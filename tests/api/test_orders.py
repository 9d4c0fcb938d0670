"""Orders that a shop's other programs tell."""

import asyncio
from pathlib import Path
from typing import Any

from tests.api.front import Front, api
from tests.session.stage import ANI, BUDI, JAM, stage

HOME = "data/warung"
LOYAL = """\
  - id: lama
    trigger: {type: keyword, keywords: [halo]}
    conditions: {has_order_history: true}
    response: "Pesanan ke-{{ contact.orders + 1 }} ya kak?"
"""


async def told(front: Front, expect: int = 200, /, **event: Any) -> Any:
    answer = await front.ask("POST", "/api/orders", json={"phone": "0812-0000-0001", "orderId": "A-1", **event})
    assert answer.status_code == expect, answer.text
    return answer.json()


async def test_orders_add_up_with_their_contact_and_each_counts_once(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        front = both.front()
        await shop.say("jam buka?")
        first = await told(front, 201, total=25_000, at="2026-01-20T10:00:00+07:00", status="paid")
        assert (first["created"], first["order"]["phone"], first["order"]["at"]) == (
            True,
            BUDI,
            "2026-01-20T03:00:00.000Z",
        )
        again = await told(front, total=25_000, at="2026-01-20T03:00:00Z", status="paid")
        assert (again["created"], again["changed"]) == (False, False)
        await told(front, 201, orderId="A-2", total=10_000.5)
        assert again["contact"]["totalOrders"] == 1
        [budi] = (await front.get("/api/contacts"))["data"]
        assert {key: budi[key] for key in ("totalOrders", "totalSpent", "averageOrderValue", "lastOrderAt")} == {
            "totalOrders": 2,
            "totalSpent": 35_000.5,
            "averageOrderValue": 17_500.25,
            "lastOrderAt": "2026-01-28T03:00:00.000Z",
        }
        cancelled = await told(front, orderId="A-2", total=10_000.5, status="cancelled")
        assert (cancelled["changed"], cancelled["contact"]["totalOrders"], cancelled["contact"]["totalSpent"]) == (
            True,
            1,
            25_000,
        )
        moved = await told(front, phone=ANI, total=25_000, at="2026-01-20T03:00:00Z", status="paid")
        assert (moved["changed"], moved["contact"]) == (True, None)
        [budi] = (await front.get("/api/contacts"))["data"]
        assert (budi["totalOrders"], budi["averageOrderValue"], budi["lastOrderAt"]) == (0, 0, None)


async def test_rules_know_of_orders_of_whoever_writes_for_the_first_time_and_later(tmp_path: Path) -> None:
    async with (
        stage(tmp_path, LOYAL + JAM, home=HOME) as shop,
        api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both,
    ):
        front = both.front()
        answer = await told(front, 201, total=25_000)
        assert answer["contact"] is None
        await shop.look()
        await shop.settle()
        assert shop.replies == []
        await shop.say("halo", "99000000000001", phone=BUDI, lid="99000000000001")
        await told(front, 201, orderId="A-2")
        await shop.say("halo", "99000000000001", phone="", lid="99000000000001")
        await shop.say("halo", ANI)
        assert shop.replies == ["Pesanan ke-2 ya kak?", "Pesanan ke-3 ya kak?"]
        [row] = (await front.get("/api/contacts", search=BUDI))["data"]
        assert row["totalOrders"] == 2


async def test_an_event_that_is_none_is_refused_and_nobody_without_the_permission_tells_one(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        front = both.front()
        for wrong in (
            {"phone": "tidak ada"},
            {"total": -1},
            {"total": 1.005},
            {"total": "NaN"},
            {"total": 1e15},
            {"at": "2026-02-28T03:00:00Z"},
            {"at": "2026-01-28T03:00:00"},
            {"at": "1969-01-01T00:00:00Z"},
            {"status": "hilang"},
            {"orderId": " "},
            {"tenant": "lain"},
        ):
            assert (await told(front, 400, **wrong))["code"] == "INVALID"
        for role in ("viewer", "operator", "supervisor"):
            answer = await both.front(role=role).ask("POST", "/api/orders", json={"phone": BUDI, "orderId": "1"})
            assert answer.status_code == 403
        assert (await front.get("/api/contacts"))["data"] == []


async def test_a_till_tells_orders_with_a_key_of_its_own_however_often_it_tries(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        await shop.say("jam buka?")
        keys = {}
        for permission in ("manage_integrations", "view_conversations"):
            made = await both.front().post("/api/keys", {"name": "kasir", "permissions": [permission]})
            keys[permission] = Front(both.client, made["key"])
        event = {"phone": BUDI, "orderId": "A-1", "total": 25_000, "at": "2026-01-20T10:00:00+07:00"}
        till = keys["manage_integrations"]
        answers = await asyncio.gather(*(till.ask("POST", "/api/orders", json=event) for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
        [budi] = (await both.front().get("/api/contacts"))["data"]
        assert (budi["totalOrders"], budi["totalSpent"]) == (1, 25_000)
        assert (await keys["view_conversations"].ask("POST", "/api/orders", json=event)).status_code == 403
