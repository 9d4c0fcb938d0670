"""API keys: made by people, shown once, with no more than their maker may; and the log of who did what."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.api.front import Api, Front, two_shops
from tests.session.stage import START
from wabot.api.auditing import audit
from wabot.model.errors import StoreError
from wabot.session.clock import ScriptClock
from wabot.session.report import Mute
from wabot.store.sqlite.node import ordering
from wabot.store.sqlite.node.audit import KEPT, Entry, note
from wabot.store.sqlite.node.members import change_member


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Api]:
    async with two_shops(tmp_path) as (opened, _):
        yield opened


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(shop: Api, tmp_path: Path) -> None:
    owner = shop.front()
    until = "2026-03-01T00:00:00+07:00"
    made = await owner.post("/api/keys", {"name": "kasir", "permissions": ["send_messages"], "expiresAt": until})
    key, program = made["key"], Front(shop.client, made["key"])
    assert key.startswith("wabot_") and key.startswith(made["apiKey"]["hint"])
    assert made["apiKey"]["expiresAt"] == "2026-02-28T17:00:00.000Z"
    assert await program.get("/api/auth/me")
    await asyncio.gather(*shop.door._notes)
    (listed,) = (await owner.get("/api/keys"))["keys"]
    assert key not in str(listed) and listed["createdBy"] == "ibu@sari.example"
    assert listed["lastUsedAt"] == "2026-01-28T03:00:00.000Z"
    assert key.encode() not in b"".join(path.read_bytes() for path in (tmp_path / "data").glob("node.db*"))
    await owner.delete(f"/api/keys/{made['apiKey']['id']}")
    assert (await program.ask("GET", "/api/auth/me")).status_code == 401
    assert (await owner.get("/api/keys"))["keys"] == []
    assert (await owner.ask("DELETE", f"/api/keys/{made['apiKey']['id']}")).status_code == 404


async def test_a_key_is_refused_from_the_moment_at_which_it_ends(shop: Api) -> None:
    made = await shop.front().post(
        "/api/keys", {"name": "kasir", "permissions": ["send_messages"], "expiresAt": "2026-01-28T04:00:00Z"}
    )
    program, clock = Front(shop.client, made["key"]), shop.house.clock
    assert isinstance(clock, ScriptClock)
    clock.set(START + 3_599_999)
    assert (await program.ask("GET", "/api/auth/me")).status_code == 200
    clock.set(START + 3_600_000)
    assert (await program.ask("GET", "/api/auth/me")).status_code == 401


async def test_keys_are_a_tenants_own(shop: Api) -> None:
    made = await shop.front().post("/api/keys", {"name": "kasir", "permissions": ["view_conversations"]})
    other = shop.front("toko", email="pak@toko.example")
    assert (await other.get("/api/keys"))["keys"] == []
    assert (await other.ask("DELETE", f"/api/keys/{made['apiKey']['id']}")).status_code == 404
    assert (await Front(shop.client, made["key"]).get("/api/auth/me"))["tenant"]["id"] == "warung"


@pytest.mark.parametrize(
    "body",
    [
        {"name": "kasir", "permissions": []},
        {"name": "kasir", "permissions": ["fly"]},
        {"name": "", "permissions": ["send_messages"]},
        {"name": "ka\nsir", "permissions": ["send_messages"]},
        {"name": "kasir", "permissions": ["send_messages"], "expiresAt": "2026-01-28T02:59:00Z"},
        {"name": "kasir", "permissions": ["send_messages"], "expiresAt": "9999-12-31T23:59:59-14:00"},
        {"name": "kasir", "permissions": ["send_messages"], "expiresAt": "0001-01-01T00:00:00+14:00"},
        {"name": "kasir", "permissions": ["send_messages"], "tenantId": "toko"},
    ],
)
async def test_what_makes_no_key_is_refused(shop: Api, body: dict[str, object]) -> None:
    assert (await shop.front().ask("POST", "/api/keys", json=body)).status_code == 400


async def test_a_key_may_no_more_than_its_maker_and_makes_no_other(shop: Api) -> None:
    for role in ("supervisor", "operator", "viewer"):
        for method, path in (
            ("GET", "/api/keys"),
            ("POST", "/api/keys"),
            ("DELETE", "/api/keys/x"),
            ("GET", "/api/audit"),
        ):
            body = {"name": "k", "permissions": ["view_analytics"]} if method == "POST" else None
            assert (await shop.front(role=role).ask(method, path, json=body)).status_code == 403
    owner = shop.front()
    made = await owner.post("/api/keys", {"name": "kasir", "permissions": ["manage_integrations", "send_messages"]})
    program = Front(shop.client, made["key"])
    again = await program.ask("POST", "/api/keys", json={"name": "lagi", "permissions": ["send_messages"]})
    assert again.status_code == 403 and "made by people" in again.json()["message"]


async def test_a_key_gets_nothing_that_was_taken_from_its_maker(shop: Api) -> None:
    admin = shop.front(role="admin", email="admin@sari.example")
    with ordering(shop.house.data) as ask:
        change_member(ask, "warung", "admin@sari.example", START, permissions={"delete_messages": False})
    token = jwt.decode(admin.token, options={"verify_signature": False})
    allowed = sorted(set(token["permissions"]) - {"delete_messages"})
    admin = Front(shop.client, jwt.encode({**token, "permissions": allowed}, shop.door.secret, "HS256"))
    refused = await admin.ask("POST", "/api/keys", json={"name": "kasir", "permissions": ["delete_messages"]})
    assert refused.status_code == 403 and "delete_messages" in refused.json()["message"]
    await admin.post("/api/keys", {"name": "kasir", "permissions": ["send_messages"]})


async def test_a_tenant_has_at_most_a_hundred_keys(shop: Api) -> None:
    owner = shop.front()
    for _ in range(100):
        await owner.post("/api/keys", {"name": "kasir", "permissions": ["send_messages"]})
    full = await owner.ask("POST", "/api/keys", json={"name": "kasir", "permissions": ["send_messages"]})
    assert (full.status_code, full.json()["code"]) == (409, "TOO_MANY_KEYS")


async def test_the_log_says_who_did_what_from_where_and_never_another_tenants(shop: Api) -> None:
    owner = shop.front()
    made = await owner.post("/api/keys", {"name": "kasir", "permissions": ["view_audit"]})
    await shop.front("toko", email="pak@toko.example").post("/api/keys", {"name": "x", "permissions": ["view_audit"]})
    program = Front(shop.client, made["key"])
    (entry,) = (await program.get("/api/audit"))["entries"]
    assert {key: entry[key] for key in ("at", "actor", "action", "subject", "detail", "address")} == {
        "at": "2026-01-28T03:00:00.000Z",
        "actor": {"type": "person", "id": "ibu@sari.example"},
        "action": "key.create",
        "subject": made["apiKey"]["id"],
        "detail": {"name": "kasir", "permissions": ["view_audit"]},
        "address": "127.0.0.1",
    }


async def test_the_log_is_read_page_by_page_and_filtered(shop: Api) -> None:
    owner = shop.front()
    with ordering(shop.house.data) as ask:
        for number in range(5):
            actor = "sari@warung.id" if number % 2 else "dedi@warung.id"
            note(ask, Entry("warung", "person", actor, f"do.{number % 2}", str(number), at=START))
    first = await owner.get("/api/audit", limit=2)
    assert [one["subject"] for one in first["entries"]] == ["4", "3"]
    second = await owner.get("/api/audit", limit=2, cursor=first["nextCursor"])
    third = await owner.get("/api/audit", limit=2, cursor=second["nextCursor"])
    assert [one["subject"] for one in second["entries"] + third["entries"]] == ["2", "1", "0"]
    assert third["nextCursor"] is None
    for query, found in (
        ({"action": "do.1"}, ["3", "1"]),
        ({"actor": "dedi@warung.id"}, ["4", "2", "0"]),
        ({"subject": "2"}, ["2"]),
    ):
        assert [one["subject"] for one in (await owner.get("/api/audit", **query))["entries"]] == found
    assert (await owner.ask("GET", "/api/audit", params={"action": "a", "actor": "b"})).status_code == 400
    assert (await owner.ask("GET", "/api/audit", params={"cursor": "x"})).status_code == 400


async def test_the_log_forgets_after_a_year_and_some(shop: Api) -> None:
    with ordering(shop.house.data) as ask:
        note(ask, Entry("warung", "person", "a@b.id", "old", at=START - KEPT - 1))
        for _ in range(499):
            note(ask, Entry("warung", "person", "a@b.id", "new", at=START))
        assert ask("audit_listed_by_action", tenant="warung", action="old", before=2**62, most=9).fetchall() == []
        assert len(ask("audit_listed", tenant="warung", before=2**62, most=1000).fetchall()) == 499


async def test_the_log_is_a_tenants_own_whatever_it_is_asked_for(shop: Api) -> None:
    mine, other = shop.front(), shop.front("toko", email="pak@toko.example")
    made = await other.post("/api/keys", {"name": "kasir", "permissions": ["view_conversations"]})
    [entry] = (await other.get("/api/audit"))["entries"]
    assert (entry["action"], entry["subject"]) == ("key.create", made["apiKey"]["id"])
    asked: tuple[dict[str, str], ...] = (
        {},
        {"action": "key.create"},
        {"actor": "pak@toko.example"},
        {"subject": made["apiKey"]["id"]},
    )
    for query in asked:
        assert (await mine.get("/api/audit", **query))["entries"] == []
        assert len((await other.get("/api/audit", **query))["entries"]) == 1


async def test_an_act_that_cannot_be_noted_stands_and_is_told(shop: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, dict[str, Any]]] = []

    class Told(Mute):
        def note(self, event: str, *, level: str = "info", **details: Any) -> None:
            told.append((event, {"level": level, **details}))

    async def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    who = await shop.door.enter_token(shop.front().token)
    shop.house.report = Told()
    monkeypatch.setattr(shop.door.accounts, "write", full)
    await audit(shop.house, who, "key.create", "id")
    details = {"level": "error", "action": "key.create", "error": "the disk is full"}
    assert told == [("an act is missing in the audit log", details)]
