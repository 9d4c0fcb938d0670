"""Logging in and out, invitations, passwords; and whoever tries without being allowed to."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from tests.api.front import CHEAP, Api, Front, api, two_shops
from tests.session.stage import START
from tests.store.test_writer import Watched
from wabot.api.passwords import Passwords
from wabot.engine.assignment import stays
from wabot.model.people import Operator
from wabot.session.clock import ScriptClock
from wabot.store.sqlite.node import ordering
from wabot.store.sqlite.node.audit import entries
from wabot.store.sqlite.node.keys import make_key
from wabot.store.sqlite.node.members import change_member, invite, remove_member, reset
from wabot.store.sqlite.staff import put_operator

SARI = "sari@warung.id"
WORD = "nasi uduk jam 6"
DAY = 86_400_000


class Shop:
    """The API of two tenants, and whoever is before its door."""

    def __init__(self, api: Api, clock: ScriptClock) -> None:
        self.api, self.clock, self.door = api, clock, api.door

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.api.client.post(f"/api/auth/{path}", json=body)

    async def join(self, tenant: str = "warung", email: str = SARI, role: Any = "operator") -> dict[str, Any]:
        """Invited by the command line, and accepted."""
        with ordering(self.api.house.data) as ask:
            token = invite(ask, tenant, email, "Sari", role, self.clock.now(), trusted=True).token
        if not token:
            return {}
        joined = await self.post("invite/accept", token=token, password=WORD)
        assert joined.status_code == 200, joined.text
        body: dict[str, Any] = joined.json()
        return body

    async def log_in(self, password: str = WORD, **more: Any) -> httpx.Response:
        return await self.post("login", **{"email": SARI, "password": password, **more})

    def front(self, opened: dict[str, Any]) -> Front:
        return Front(self.api.client, opened["accessToken"])

    async def works(self, opened: dict[str, Any]) -> bool:
        return (await self.front(opened).ask("GET", "/api/auth/me")).status_code == 200

    def later(self, milliseconds: int) -> None:
        self.clock.set(self.clock.now() + milliseconds)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with two_shops(tmp_path) as (opened, clock):
        yield Shop(opened, clock)


async def test_whoever_was_invited_chooses_a_password_and_logs_in_with_it(shop: Shop) -> None:
    joined = await shop.join()
    answer = await shop.log_in(email=" Sari@Warung.ID ")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    opened = answer.json()
    assert set(opened) == {
        "accessToken", "refreshToken", "tokenType", "expiresIn", "tenant", "tenants", "user",
    }  # fmt: skip
    assert (opened["tokenType"], opened["expiresIn"]) == ("Bearer", 900)
    assert opened["tenant"] == {"id": "warung", "name": "Warung Uji"}
    assert opened["tenants"] == [{"id": "warung", "name": "Warung Uji", "role": "operator"}]
    user = opened["user"]
    assert (user["email"], user["name"], user["role"], user["operatorId"]) == (SARI, "Sari", "operator", None)
    assert opened["refreshToken"] != joined["refreshToken"]
    assert await shop.works(opened) and await shop.works(joined)


async def test_the_token_has_the_claims_of_the_contract(shop: Shop) -> None:
    claims = jwt.decode((await shop.join())["accessToken"], options={"verify_signature": False})
    assert (claims["sub"], claims["email"], claims["role"]) == ("warung", SARI, "cs_operator")
    assert "send_messages" in claims["permissions"] and "manage_operators" not in claims["permissions"]
    owner = await shop.join(email="ibu@sari.example", role="owner")
    assert jwt.decode(owner["accessToken"], options={"verify_signature": False})["role"] == "tenant"


async def test_one_account_works_in_several_tenants_with_a_role_in_each(shop: Shop) -> None:
    await shop.join("warung")
    await shop.join("toko", role="admin")
    opened = (await shop.log_in()).json()
    assert opened["tenant"]["id"] == "warung", "where they were last"
    assert [(one["id"], one["role"]) for one in opened["tenants"]] == [("toko", "admin"), ("warung", "operator")]
    there = (await shop.log_in(tenantId="toko")).json()
    assert (there["tenant"]["id"], there["user"]["role"]) == ("toko", "admin")
    assert (await shop.log_in()).json()["tenant"]["id"] == "toko", "where they were last"
    back = (await shop.post("refresh", refreshToken=there["refreshToken"], tenantId="warung")).json()
    assert (back["tenant"]["id"], back["user"]["role"]) == ("warung", "operator")
    assert (await shop.front(back).get("/api/auth/me"))["tenant"]["id"] == "warung"


@pytest.mark.parametrize("tenant", ["toko", "kedai", "", "../warung"])
async def test_a_tenant_that_one_does_not_work_for_is_refused(shop: Shop, tenant: str) -> None:
    opened = await shop.join()
    assert (await shop.log_in(tenantId=tenant)).status_code == 403
    refused = await shop.post("refresh", refreshToken=opened["refreshToken"], tenantId=tenant)
    assert refused.status_code == 403
    assert (await shop.post("refresh", refreshToken=opened["refreshToken"])).status_code == 200, "it was not used up"


class Counted(Passwords):
    """Counts how often a password is looked at: what takes the time."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.looks = 0

    def _is(self, kept: str, password: str) -> bool:
        self.looks += 1
        return super()._is(kept, password)


async def test_an_unknown_e_mail_is_answered_as_a_wrong_password_is_and_takes_as_long(shop: Shop) -> None:
    await shop.join()
    with ordering(shop.api.house.data) as ask:
        invite(ask, "warung", "baru@warung.id", "Baru", "operator", START)
    counted = shop.door.passwords = Counted()
    answers = [
        await shop.log_in("salah sekali ini"),
        await shop.log_in(email="siapa@warung.id"),
        await shop.log_in(email="baru@warung.id"),
        await shop.log_in(email="bukan alamat"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert counted.looks == len(answers)


@pytest.mark.parametrize("how", ["disabled", "removed", "tenant gone"])
async def test_whoever_may_work_nowhere_is_not_logged_in(shop: Shop, how: str) -> None:
    opened = await shop.join()
    with ordering(shop.api.house.data) as ask:
        if how == "disabled":
            change_member(ask, "warung", SARI, START, disabled=True)
        elif how == "removed":
            remove_member(ask, "warung", SARI)
        else:
            shop.api.house.tenants = dict
    assert (await shop.log_in()).status_code == (401 if how == "removed" else 403)
    if how != "removed":
        assert (await shop.post("refresh", refreshToken=opened["refreshToken"])).status_code == 403


async def test_a_refresh_token_is_good_once_and_lasts_thirty_days(shop: Shop) -> None:
    opened = await shop.join()
    for _ in range(3):
        shop.later(29 * DAY)
        answer = await shop.post("refresh", refreshToken=opened["refreshToken"])
        assert answer.status_code == 200
        opened = answer.json()
        assert await shop.works(opened)
    shop.later(30 * DAY)
    assert (await shop.post("refresh", refreshToken=opened["refreshToken"])).status_code == 401


async def test_a_stolen_refresh_token_ends_the_login_for_thief_and_owner(shop: Shop) -> None:
    mine = await shop.join()
    elsewhere = (await shop.log_in()).json()
    thief = (await shop.post("refresh", refreshToken=mine["refreshToken"])).json()
    assert await shop.works(thief)
    reused = await shop.post("refresh", refreshToken=mine["refreshToken"])
    assert (reused.status_code, reused.json()["code"]) == (401, "TOKEN_REUSED")
    assert not await shop.works(thief) and not await shop.works(mine)
    assert (await shop.post("refresh", refreshToken=thief["refreshToken"])).status_code == 401
    assert await shop.works(elsewhere), "another login of theirs goes on"
    noted = shop.door.accounts.read(lambda ask: entries(ask, "warung", 1))
    assert (noted[0].action, noted[0].actor) == ("auth.refresh_reused", SARI)


async def test_after_logging_out_no_token_of_the_login_is_good(shop: Shop) -> None:
    await shop.join()
    here, there = (await shop.log_in()).json(), (await shop.log_in()).json()
    assert await shop.front(here).post("/api/auth/logout") == {"success": True}
    assert not await shop.works(here) and await shop.works(there)
    assert (await shop.post("refresh", refreshToken=here["refreshToken"])).status_code == 401
    assert (await shop.post("logout", refreshToken=there["refreshToken"])).json() == {"success": True}
    assert not await shop.works(there)
    assert (await shop.post("logout")).status_code == 401


async def test_one_logs_out_everywhere_at_once(shop: Shop) -> None:
    await shop.join()
    here, there = (await shop.log_in()).json(), (await shop.log_in()).json()
    await shop.front(here).post("/api/auth/logout", {"everywhere": True})
    assert not await shop.works(here) and not await shop.works(there)


async def test_another_password_ends_every_other_login(shop: Shop) -> None:
    await shop.join()
    here, there = (await shop.log_in()).json(), (await shop.log_in()).json()
    front = shop.front(here)
    wrong = await front.ask("POST", "/api/auth/password", json={"currentPassword": "x", "newPassword": "soto betawi 7"})
    assert wrong.status_code == 401
    await front.post("/api/auth/password", {"currentPassword": WORD, "newPassword": "soto betawi 7"})
    assert await shop.works(here) and not await shop.works(there)
    assert (await shop.log_in()).status_code == 401
    assert (await shop.log_in("soto betawi 7")).status_code == 200


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("pendek", "at least 10"),
        ("a" * 201, "at most 200"),
        ("aaaaaaaaaaaa", "different"),
        (SARI, "own name or e-mail"),
        ("Sari@Warung.id1", "own name or e-mail"),
        ("1234567890", "everybody tries"),
        ("Bismillah123", "everybody tries"),
    ],
)
async def test_what_anybody_would_guess_is_no_password(shop: Shop, password: str, why: str) -> None:
    with ordering(shop.api.house.data) as ask:
        token = invite(ask, "warung", SARI, "Sari", "operator", START).token
    answer = await shop.post("invite/accept", token=token, password=password)
    assert (answer.status_code, answer.json()["code"]) == (400, "WEAK_PASSWORD") and why in answer.json()["message"]
    assert (await shop.post("invite/accept", token=token, password="sa\u0308te ayam 10")).status_code == 200
    assert (await shop.log_in("s\u00e4te ayam 10")).status_code == 200, "composed otherwise, it is the same"


async def test_an_invitation_is_good_once_and_for_a_week(shop: Shop) -> None:
    with ordering(shop.api.house.data) as ask:
        token = invite(ask, "warung", SARI, "Sari", "operator", START).token
        late = invite(ask, "warung", "dedi@warung.id", "Dedi", "operator", START).token
    seen = (await shop.post("invite", token=token)).json()
    assert seen == {
        "email": SARI,
        "name": "Sari",
        "tenant": {"id": "warung", "name": "Warung Uji"},
        "hasPassword": False,
    }
    accepted = await shop.post("invite/accept", token=token, password=WORD, name="Sari Dewi")
    assert accepted.json()["user"]["name"] == "Sari Dewi"
    assert (await shop.post("invite/accept", token=token, password=WORD)).status_code == 404
    shop.later(7 * DAY)
    assert (await shop.post("invite/accept", token=late, password=WORD)).status_code == 404
    assert (await shop.post("invite", token="nothing")).status_code == 404


async def test_a_newer_invitation_takes_the_place_of_the_one_before(shop: Shop) -> None:
    with ordering(shop.api.house.data) as ask:
        first = invite(ask, "warung", SARI, "Sari", "operator", START).token
        second = invite(ask, "warung", SARI, "Sari", "operator", START).token
    assert (await shop.post("invite/accept", token=first, password=WORD)).status_code == 404
    assert (await shop.post("invite/accept", token=second, password=WORD)).status_code == 200


async def test_another_tenants_admin_cannot_take_an_account_over_by_inviting_it(shop: Shop) -> None:
    await shop.join("warung")
    with ordering(shop.api.house.data) as ask:
        token = invite(ask, "toko", SARI, "Sari", "admin", START).token  # the admin of toko reads this link
    mine = "password of the admin"
    assert (await shop.post("invite", token=token)).json()["hasPassword"] is True
    assert (await shop.post("invite/accept", token=token, password=mine)).status_code == 401
    assert (await shop.log_in(tenantId="toko")).status_code == 403, "not joined yet"
    assert (await shop.post("invite/accept", token=token, password=WORD)).status_code == 200
    assert (await shop.log_in(tenantId="toko")).status_code == 200


async def test_nor_while_its_password_is_being_reset(shop: Shop) -> None:
    await shop.join("warung")
    with ordering(shop.api.house.data) as ask:
        before = invite(ask, "toko", SARI, "Sari", "admin", START).token
        again = reset(ask, "warung", SARI, START, trusted=True)
        assert again is not None
        after = invite(ask, "toko", SARI, "Sari", "admin", START).token
    assert (await shop.post("invite/accept", token=before, password="password of the admin")).status_code == 404
    refused = await shop.post("invite/accept", token=after, password="password of the admin")
    assert (refused.status_code, refused.json()["code"]) == (409, "PASSWORD_PENDING")
    assert (await shop.post("invite/accept", token=again.token, password=WORD)).status_code == 200
    assert (await shop.post("invite/accept", token=after, password=WORD)).status_code == 200


async def test_guessing_passwords_gets_slower_and_slower_also_after_a_restart(shop: Shop, tmp_path: Path) -> None:
    await shop.join()
    waits = []
    for _ in range(5):
        assert (await shop.log_in("salah sekali ini")).status_code == 401
    for _ in range(5):
        slowed = await shop.log_in()
        assert (slowed.status_code, slowed.json()["code"]) == (429, "TOO_MANY_TRIES")
        waits.append(int(slowed.headers["retry-after"]))
        shop.later(waits[-1] * 1000)
        assert (await shop.log_in("salah sekali ini")).status_code == 401
    assert waits == [1, 2, 4, 8, 16]
    async with api(tmp_path / "data", shop.api.house.tenants(), shop.clock) as again:
        other = Shop(again, shop.clock)
        assert (await other.log_in()).status_code == 429
        other.later(32_000)
        assert (await other.log_in()).status_code == 200
        assert (await other.log_in("salah sekali ini")).status_code == 401, "forgotten with the right one"


async def test_guesses_at_the_same_time_are_no_more_than_one_after_the_other(shop: Shop) -> None:
    await shop.join()
    answers = await asyncio.gather(*(shop.log_in("salah sekali ini") for _ in range(30)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 25


async def test_logging_in_oneself_between_guesses_takes_none_of_them_back(shop: Shop) -> None:
    await shop.join()
    for number in range(20):
        assert (await shop.log_in(email=f"u{number}@warung.id")).status_code == 401
        if number % 6 == 5:
            assert (await shop.log_in()).status_code == 200
    assert (await shop.log_in(email="u20@warung.id")).status_code == 429


async def test_one_address_that_tries_many_accounts_is_slowed_and_nobody_else(shop: Shop) -> None:
    await shop.join()
    for number in range(20):
        assert (await shop.log_in(email=f"u{number}@warung.id")).status_code == 401
    assert (await shop.log_in(email="u20@warung.id")).status_code == 429
    transport = httpx.ASGITransport(shop.api.app, client=("203.0.113.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://wabot.test") as other:
        answer = await other.post("/api/auth/login", json={"email": SARI, "password": WORD})
        assert answer.status_code == 200


async def test_whoever_is_attacked_from_elsewhere_still_comes_in_from_where_they_were_before(shop: Shop) -> None:
    await shop.join()
    transport = httpx.ASGITransport(shop.api.app, client=("203.0.113.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://wabot.test") as attacker:
        for _ in range(6):
            await attacker.post("/api/auth/login", json={"email": SARI, "password": "salah sekali ini"})
        slowed = await attacker.post("/api/auth/login", json={"email": SARI, "password": WORD})
        assert slowed.status_code == 429
    assert (await shop.log_in()).status_code == 200


async def test_accounts_that_cannot_be_written_let_in_who_is_known_and_say_so_to_others(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.store.sqlite.writer.BUSY", 50)
    opened = await shop.join()
    other = sqlite3.connect(tmp_path / "data" / "node.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert await shop.works(opened), "reading waits for nobody"
        answer = await shop.log_in()
        assert (answer.status_code, answer.json()["code"]) == (503, "STORE_UNAVAILABLE")
        assert "retry-after" in answer.headers
        assert (await shop.post("refresh", refreshToken=opened["refreshToken"])).status_code == 503
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert (await shop.post("refresh", refreshToken=opened["refreshToken"])).status_code == 200, "nothing was used up"


async def test_accounts_on_a_full_disk_lose_nothing(shop: Shop) -> None:
    opened = await shop.join()
    writer: Any = shop.door.accounts._writer
    watched = writer._connection = Watched(writer._connection)
    watched.full = True
    for answer in (await shop.log_in(), await shop.post("refresh", refreshToken=opened["refreshToken"])):
        assert (answer.status_code, answer.json()["code"]) == (503, "STORE_UNAVAILABLE")
    assert await shop.works(opened)
    watched.full = False
    assert (await shop.post("refresh", refreshToken=opened["refreshToken"])).status_code == 200


async def test_an_api_key_knows_itself_and_has_neither_login_nor_password(shop: Shop) -> None:
    with ordering(shop.api.house.data) as ask:
        key, token = make_key(ask, "warung", "kasir", ["send_messages"], SARI, START)
    program = Front(shop.api.client, token)
    assert await program.get("/api/auth/me") == {
        "user": None,
        "key": {"id": key.id, "name": "kasir", "permissions": ["send_messages"]},
        "tenant": {"id": "warung", "name": "Warung Uji"},
        "tenants": [],
    }
    by_header = await shop.api.client.get("/api/auth/me", headers={"x-api-key": token})
    assert by_header.json()["key"]["id"] == key.id
    for path, body in (("logout", {}), ("password", {"currentPassword": "x", "newPassword": "y"})):
        assert (await program.ask("POST", f"/api/auth/{path}", json=body)).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b'{"email": "\\ud800@w.id", "password": "\\ud800"}',
        b'{"email": "\\u0000", "password": "\\u0000"}',
        b'{"email": "a@b.id", "password": "x", "tenantId": null, "more": 1}',
        b'{"email": ["a"], "password": {}}',
        b'{"email": "' + b"x" * 1_000_000 + b'@w.id", "password": "x"}',
        b"[]",
        b"nonsense",
        b"",
    ],
)
async def test_what_no_front_end_would_send_is_refused_and_nothing_breaks(shop: Shop, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    for path in ("login", "refresh", "logout", "invite", "invite/accept"):
        answer = await shop.api.client.post(f"/api/auth/{path}", content=body, headers=headers)
        assert answer.status_code in (400, 401), path


async def test_a_key_of_a_tenant_that_is_gone_lets_nobody_in(shop: Shop) -> None:
    with ordering(shop.api.house.data) as ask:
        _, token = make_key(ask, "warung", "kasir", ["send_messages"], SARI, START)
    shop.api.house.tenants = dict
    assert (await Front(shop.api.client, token).ask("GET", "/api/auth/me")).status_code == 401


async def test_nothing_that_lets_somebody_in_is_stored_as_it_is(shop: Shop, tmp_path: Path) -> None:
    with ordering(shop.api.house.data) as ask:
        token = invite(ask, "warung", "dedi@warung.id", "Dedi", "operator", START).token
    opened = await shop.join()
    await shop.log_in("salah sekali ini")
    content = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("node.db*"))
    for secret in (token, opened["refreshToken"], opened["accessToken"], WORD, "salah sekali ini"):
        assert secret.encode() not in content
    assert b"$argon2id$" in content
    assert (tmp_path / "data" / "node.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("before", "after"), [("sari", "Sari Dewi"), ("Bu Sari", "Bu Sari")])
async def test_an_operator_whose_name_was_made_up_from_the_address_is_called_as_they_say(
    shop: Shop, before: str, after: str
) -> None:
    desk, now = shop.api.house.desk("warung"), shop.clock.now()
    new = Operator(SARI, before, "operator")
    await desk.write(lambda ask: put_operator(ask, new, stays, now))
    with ordering(shop.api.house.data) as ask:
        token = invite(ask, "warung", SARI, before, "operator", now, trusted=True).token
    joined = await shop.post("invite/accept", token=token, password=WORD, name="Sari Dewi")
    assert joined.json()["user"]["name"] == "Sari Dewi"
    listed = await shop.front(joined.json()).get("/api/cs-operators")
    assert [one["name"] for one in listed["operators"]] == [after]
