"""What single people may do, as those decide who may: nobody gives, or touches, more than they have themselves."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.front import Api, Front, two_shops
from wabot.api.settings import ApiSettings

SARI = "sari@warung.id"
WORD = "soto betawi"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Api]:
    async with two_shops(tmp_path) as (opened, _):
        opened.house.settings = ApiSettings(invite_url="https://inbox.example/terima?bahasa=id")
        yield opened


async def hired(shop: Api, role: str = "operator", email: str = SARI, tenant: str = "warung") -> dict[str, Any]:
    """Somebody whom the owner has invited."""
    owner = shop.front(tenant, email=f"ibu@{tenant}.example")
    made: dict[str, Any] = await owner.post("/api/cs-operators", {"name": "Sari", "email": email, "role": role})
    return made


async def accepted(shop: Api, link: str, password: str = WORD) -> Front:
    token = link.rpartition("token=")[2]
    answer = await shop.client.post("/api/auth/invite/accept", json={"token": token, "password": password})
    assert answer.status_code == 200, answer.text
    return Front(shop.client, answer.json()["accessToken"])


async def test_an_invitation_leads_to_an_account_that_is_active(shop: Api) -> None:
    made = await hired(shop)
    assert made["inviteLink"].startswith("https://inbox.example/terima?bahasa=id&token=")
    owner, path = shop.front(), f"/api/cs-operators/{made['operator']['id']}/access"
    access = await owner.get(path)
    assert (access["account"], access["invitedUntil"]) == ("invited", "2026-02-04T03:00:00.000Z")
    sari = await accepted(shop, made["inviteLink"])
    access = await owner.get(path)
    assert (access["account"], access["role"], access["overrides"]) == ("active", "operator", {})
    me = await sari.get("/api/auth/me")
    assert me["user"]["permissions"] == access["permissions"]
    assert me["user"]["operatorId"] == made["operator"]["id"]


async def test_a_permission_is_taken_and_given_and_counts_at_once(shop: Api) -> None:
    made = await hired(shop, "supervisor")
    sari, admin = await accepted(shop, made["inviteLink"]), shop.front(role="admin")
    path = f"/api/cs-operators/{made['operator']['id']}/access"
    changed = await admin.patch(path, {"permissions": {"can_delete_messages": False, "can_manage_rules": True}})
    assert changed["overrides"] == {"can_delete_messages": False, "can_manage_rules": True}
    assert "manage_rules" in changed["permissions"] and "delete_messages" not in changed["permissions"]
    assert (await sari.ask("GET", "/api/auth/me")).status_code == 401, "the token says what is not so any more"
    again = await shop.client.post("/api/auth/login", json={"email": SARI, "password": WORD})
    assert again.json()["user"]["permissions"] == changed["permissions"]
    assert (await admin.patch(path, {"permissions": {}}))["overrides"] == {}
    unknown = await admin.ask("PATCH", path, json={"permissions": {"can_fly": True}})
    assert unknown.status_code == 400 and "can_" not in unknown.json()["message"]


async def test_nobody_gives_more_than_they_have_or_touches_whoever_has_more_or_themselves(shop: Api) -> None:
    made = await hired(shop, "supervisor")
    lead = await accepted(shop, made["inviteLink"])
    owner, lead_path = shop.front(), f"/api/cs-operators/{made['operator']['id']}/access"
    await owner.patch(lead_path, {"permissions": {"can_manage_operators": True}})
    login = await shop.client.post("/api/auth/login", json={"email": SARI, "password": WORD})
    lead = Front(shop.client, login.json()["accessToken"])
    dedi = (await hired(shop, "operator", "dedi@warung.id"))["operator"]["id"]
    admin = (await hired(shop, "admin", "admin@warung.id"))["operator"]["id"]
    for path, status in (
        (f"/api/cs-operators/{dedi}/access", 403),
        (f"/api/cs-operators/{admin}/access", 403),
        (lead_path, 409),
    ):
        answer = await lead.ask("PATCH", path, json={"permissions": {"can_manage_whatsapp": True}})
        assert answer.status_code == status, path
    for path, status in ((f"/api/cs-operators/{admin}/access/reset", 403), (f"{lead_path}/reset", 409)):
        assert (await lead.ask("POST", path)).status_code == status, path
    assert await lead.patch(f"/api/cs-operators/{dedi}/access", {"permissions": {"can_delete_messages": True}})
    await owner.patch(f"/api/cs-operators/{dedi}/access", {"permissions": {"can_manage_whatsapp": True}})
    fewer: tuple[dict[str, bool], ...] = ({}, {"can_delete_messages": False})
    for permissions in fewer:
        refused = await lead.ask("PATCH", f"/api/cs-operators/{dedi}/access", json={"permissions": permissions})
        assert refused.status_code == 403, "Dedi may do more than whoever asks"


async def test_a_reset_ends_the_logins_and_needs_another_password(shop: Api) -> None:
    made = await hired(shop)
    path = f"/api/cs-operators/{made['operator']['id']}/access/reset"
    owner = shop.front()
    another = await owner.post(path)
    assert another["inviteLink"] != made["inviteLink"] and another["expiresAt"] == "2026-02-04T03:00:00.000Z"
    sari = await accepted(shop, another["inviteLink"])
    again = await owner.post(path)
    assert (await sari.ask("GET", "/api/auth/me")).status_code == 401
    assert (await shop.client.post("/api/auth/login", json={"email": SARI, "password": WORD})).status_code == 401
    assert await (await accepted(shop, again["inviteLink"], "rendang padang")).get("/api/auth/me")


async def test_whoever_works_for_another_tenant_is_not_reset_by_this_one(shop: Api) -> None:
    await accepted(shop, (await hired(shop, tenant="toko"))["inviteLink"])
    made = await hired(shop)
    await accepted(shop, made["inviteLink"])
    answer = await shop.front().ask("POST", f"/api/cs-operators/{made['operator']['id']}/access/reset")
    assert (answer.status_code, answer.json()["code"]) == (409, "WORKS_ELSEWHERE")
    assert "`wabot operator reset`" in answer.json()["message"]


async def test_another_tenants_people_are_unknown(shop: Api) -> None:
    theirs = (await hired(shop, tenant="toko"))["operator"]["id"]
    owner = shop.front()
    for method, path in (("GET", "access"), ("PATCH", "access"), ("POST", "access/reset")):
        body: dict[str, Any] | None = {"permissions": {}} if method == "PATCH" else None
        assert (await owner.ask(method, f"/api/cs-operators/{theirs}/{path}", json=body)).status_code == 404
