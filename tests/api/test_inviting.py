"""Access to a tenant, as the people of that tenant give and take it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.front import Api, Front, api
from tests.tenants import write_tenant
from wabot.api.guard import Who
from wabot.api.inviting import access, change_access, invite, remove_access, reset_access
from wabot.api.problems import Problem
from wabot.api.settings import ApiSettings
from wabot.session.clock import ScriptClock

SARI = "sari@warung.id"
START = 1_769_569_200_000


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Api]:
    clock = ScriptClock()
    clock.set(START)
    tenants = {name: write_tenant(tmp_path / "rules" / name) for name in ("warung", "toko")}
    async with api(tmp_path / "data", tenants, clock) as opened:
        yield opened


async def who(shop: Api, front: Front) -> Who:
    return await shop.door.enter_token(front.token)


async def test_an_admin_invites_and_the_link_leads_to_a_password(shop: Api) -> None:
    shop.house.settings = ApiSettings(invite_url="https://inbox.example/terima?bahasa=id")
    admin = await who(shop, shop.front(role="admin"))
    made = await invite(shop.house, admin, " Sari@Warung.id ", "Sari", "operator")
    assert made.link == f"https://inbox.example/terima?bahasa=id&token={made.token}"
    assert made.added and made.expires == START + 7 * 86_400_000
    assert access(shop.house, "warung")[SARI].state == "invited"
    accepted = await shop.client.post("/api/auth/invite/accept", json={"token": made.token, "password": "soto betawi"})
    assert accepted.json()["user"]["role"] == "operator"
    assert access(shop.house, "warung")[SARI].state == "active"
    again = await invite(shop.house, admin, SARI, "Sari", "admin")
    assert (again.link, again.added) == ("", False)
    assert access(shop.house, "warung")[SARI].role == "operator", "an invitation changes nobody's role"
    assert SARI not in access(shop.house, "toko")


async def test_nobody_gives_more_than_they_have(shop: Api) -> None:
    admin = await who(shop, shop.front(role="admin"))
    supervisor = await who(shop, shop.front(role="supervisor"))
    await invite(shop.house, supervisor, SARI, "Sari", "operator")
    for bearer, role in ((supervisor, "admin"), (admin, "owner")):
        with pytest.raises(Problem) as refused:
            await invite(shop.house, bearer, "dedi@warung.id", "Dedi", role)  # type: ignore[arg-type]  # a role
        assert refused.value.status == 403
    assert "dedi@warung.id" not in access(shop.house, "warung")
    with pytest.raises(Problem, match="do not have: `manage_rules`"):
        await change_access(shop.house, supervisor, SARI, permissions={"can_manage_rules": True})
    with pytest.raises(Problem, match="no permission `fly`"):
        await change_access(shop.house, admin, SARI, permissions={"can_fly": True})
    await change_access(shop.house, supervisor, SARI, permissions={"can_delete_messages": True, "send_messages": False})
    assert access(shop.house, "warung")[SARI].permissions == {"delete_messages": True, "send_messages": False}


async def test_nobody_touches_whoever_may_do_more_nor_themselves(shop: Api) -> None:
    shop.front(role="owner", email="ibu@sari.example")
    shop.front(role="admin", email="admin@sari.example")
    supervisor = await who(shop, shop.front(role="supervisor"))
    admin = await who(shop, shop.front(role="admin", email="admin2@sari.example"))
    for bearer, email in (
        (supervisor, "admin@sari.example"),
        (admin, "ibu@sari.example"),
        (admin, "admin2@sari.example"),
    ):
        for order in (
            change_access(shop.house, bearer, email, disabled=True),
            remove_access(shop.house, bearer, email),
            reset_access(shop.house, bearer, email),
        ):
            with pytest.raises(Problem) as refused:
                await order
            assert refused.value.status in (403, 409)
    assert {one.state for one in access(shop.house, "warung").values()} == {"active"}
    await change_access(shop.house, admin, "admin@sari.example", role="operator")
    await change_access(shop.house, admin, "admin2@sari.example", name="Admin Dua")


async def test_another_tenants_people_are_unknown(shop: Api) -> None:
    shop.front("toko", "operator", SARI)
    admin = await who(shop, shop.front(role="admin"))
    for order in (
        change_access(shop.house, admin, SARI, disabled=True),
        remove_access(shop.house, admin, SARI),
        reset_access(shop.house, admin, SARI),
    ):
        with pytest.raises(Problem) as refused:
            await order
        assert refused.value.status == 404


async def test_whoever_is_removed_has_no_account_left_unless_they_work_elsewhere(shop: Api) -> None:
    admin = await who(shop, shop.front(role="admin"))
    both, here = shop.front("toko", "operator", SARI), shop.front("warung", "operator", "dedi@warung.id")
    shop.front("warung", "operator", SARI)
    with pytest.raises(Problem) as refused:
        await reset_access(shop.house, admin, SARI)
    assert refused.value.status == 409
    await remove_access(shop.house, admin, SARI)
    await remove_access(shop.house, admin, "dedi@warung.id")
    assert (await both.ask("GET", "/api/auth/me")).status_code == 200
    assert (await here.ask("GET", "/api/auth/me")).status_code == 401
    count = shop.door.accounts.read(lambda ask: ask("account_by_email", email="dedi@warung.id").fetchall())
    assert count == []


async def test_a_reset_ends_the_logins_and_needs_another_password(shop: Api) -> None:
    admin = await who(shop, shop.front(role="admin"))
    sari = shop.front(role="operator", email=SARI)
    made = await reset_access(shop.house, admin, SARI)
    assert made.link == f"/invite?token={made.token}"
    assert (await sari.ask("GET", "/api/auth/me")).status_code == 401
    accepted = await shop.client.post("/api/auth/invite/accept", json={"token": made.token, "password": "soto betawi"})
    assert accepted.status_code == 200
