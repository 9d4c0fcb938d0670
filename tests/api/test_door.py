"""Who is let in, and who is not any more."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.api.front import Api, Front, two_shops
from tests.session.stage import START
from wabot.api.fences import Fences, Shares
from wabot.api.problems import Problem
from wabot.api.tokens import LEEWAY, LIFE, issue
from wabot.model.permissions import ROLE_PERMISSIONS
from wabot.session.clock import ScriptClock
from wabot.store.sqlite.node import ordering
from wabot.store.sqlite.node.keys import make_key, revoke_key
from wabot.store.sqlite.node.logins import log_out, log_out_everywhere
from wabot.store.sqlite.node.members import change_member, invite, remove_member

SARI = "sari@warung.id"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Api]:
    async with two_shops(tmp_path) as (opened, _):
        yield opened


async def let_in(shop: Api, token: str) -> bool:
    try:
        await shop.door.enter_token(token)
    except Problem as problem:
        assert problem.status == 401 and problem.headers == {"www-authenticate": "Bearer"}
        return False
    return True


async def test_a_token_lets_a_person_in_with_the_permissions_of_their_role(shop: Api) -> None:
    who = await shop.door.enter_token(shop.front(role="operator", email=SARI).token)
    assert (who.tenant, who.email, who.role, who.key) == ("warung", SARI, "operator", "")
    assert who.permissions == ROLE_PERMISSIONS["operator"]
    assert who.account and who.login


@pytest.mark.parametrize("change", ["disabled", "removed", "role", "permission", "logout", "everywhere", "password"])
async def test_a_token_is_refused_at_once_when_its_bearer_may_not_come_in_any_more(shop: Api, change: str) -> None:
    mine = shop.front(role="operator", email=SARI)
    other = shop.front(role="operator", email="dedi@warung.id")
    who = await shop.door.enter_token(mine.token)
    assert await let_in(shop, other.token)
    with ordering(shop.house.data) as ask:  # another process, as the command line is
        if change == "disabled":
            change_member(ask, "warung", SARI, START, disabled=True)
        elif change == "removed":
            remove_member(ask, "warung", SARI)
        elif change == "role":
            change_member(ask, "warung", SARI, START, role="viewer")
        elif change == "permission":
            change_member(ask, "warung", SARI, START, permissions={"send_messages": False})
        elif change == "logout":
            log_out(ask, who.login, START)
        elif change == "everywhere":
            log_out_everywhere(ask, who.account, "reset", START)
        else:
            ask("account_password", account=who.account, password="", at=START)
    assert not await let_in(shop, mine.token)
    assert await let_in(shop, other.token)


async def test_what_was_refused_is_let_in_again_once_it_is_enabled(shop: Api) -> None:
    mine = shop.front(email=SARI)
    for disabled in (True, False):
        with ordering(shop.house.data) as ask:
            change_member(ask, "warung", SARI, START, disabled=disabled)
        assert await let_in(shop, mine.token) is not disabled


async def test_whoever_is_disabled_in_one_tenant_still_works_in_another(shop: Api) -> None:
    here, there = shop.front("warung", email=SARI), shop.front("toko", email=SARI)
    with ordering(shop.house.data) as ask:
        change_member(ask, "warung", SARI, START, disabled=True)
    assert (await let_in(shop, here.token), await let_in(shop, there.token)) == (False, True)


async def test_whoever_has_not_accepted_an_invitation_is_not_in_that_tenant(shop: Api) -> None:
    who = await shop.door.enter_token(shop.front(email=SARI).token)
    with ordering(shop.house.data) as ask:
        invite(ask, "toko", SARI, "Sari", "owner", START)
    claims: dict[str, Any] = {"account": who.account, "login": who.login, "email": SARI, "name": "Sari", "now": START}
    permissions = ROLE_PERMISSIONS["owner"]
    token = issue(shop.door.secret, tenant="toko", role="owner", permissions=permissions, **claims)
    assert not await let_in(shop, token)
    with ordering(shop.house.data) as ask:
        ask("membership_joined", account=who.account, tenant="toko", at=START)
    assert await let_in(shop, token)


async def test_a_login_is_good_for_its_own_account_alone(shop: Api) -> None:
    mine, other = [await shop.door.enter_token(shop.front(email=one).token) for one in (SARI, "dedi@warung.id")]
    token = issue(
        shop.door.secret,
        tenant="warung",
        account=mine.account,
        login=other.login,
        email=SARI,
        name="Sari",
        role="owner",
        permissions=ROLE_PERMISSIONS["owner"],
        now=START,
    )
    assert not await let_in(shop, token)


async def test_permissions_of_a_persons_own_count_over_those_of_the_role(shop: Api) -> None:
    mine = shop.front(role="supervisor", email=SARI)
    with ordering(shop.house.data) as ask:
        change_member(ask, "warung", SARI, START, permissions={"delete_messages": False, "manage_rules": True})
    own = ROLE_PERMISSIONS["supervisor"] - {"delete_messages"} | {"manage_rules"}
    assert (await shop.door.enter_token(_token(shop, mine, permissions=own))).permissions == own
    assert not await let_in(shop, mine.token), "it says what is not so any more"


async def test_a_clock_that_is_off_by_half_a_minute_refuses_nobody(shop: Api) -> None:
    skew = LEEWAY * 1000
    ahead = _token(shop, shop.front(email=SARI), now=START + skew)
    assert await let_in(shop, ahead)
    assert not await let_in(shop, _token(shop, shop.front(email=SARI), now=START + skew + 1000))
    clock = shop.house.clock
    assert isinstance(clock, ScriptClock)
    mine = shop.front(email=SARI)
    clock.set(START + LIFE + skew - 1)
    assert await let_in(shop, mine.token)
    clock.set(START + LIFE + skew)
    assert not await let_in(shop, mine.token)


async def test_a_token_of_another_secret_or_without_a_login_is_refused(shop: Api) -> None:
    mine = shop.front(email=SARI)
    assert not await let_in(shop, _token(shop, mine, secret=b"another secret of more than 32 bytes"))
    assert not await let_in(shop, _token(shop, mine, login="019c0000-0000-7000-8000-000000000000"))
    assert not await let_in(shop, _token(shop, mine, tenant="toko"))
    for wrong in ("", "wabot_", "wabot_x", "a.b.c", "x" * 100_000, "\udcff"):
        assert not await let_in(shop, wrong)


async def test_a_key_lets_a_program_in_with_the_permissions_that_it_was_given(shop: Api) -> None:
    with ordering(shop.house.data) as ask:
        key, token = make_key(ask, "warung", "kasir", ["view_conversations"], SARI, START, START + 60_000)
    assert token.startswith("wabot_") and token.startswith(key.hint) and len(key.hint) < 12
    who = await shop.door.enter_token(token)
    assert (who.tenant, who.email, who.key, sorted(who.permissions)) == ("warung", "", key.id, ["view_conversations"])
    with pytest.raises(Problem, match="API key lacks the permission `send_messages`"):
        who.must("send_messages")
    clock = shop.house.clock
    assert isinstance(clock, ScriptClock)
    clock.set(START + 60_000)
    assert not await let_in(shop, token)


async def test_a_key_that_is_revoked_is_refused_at_once(shop: Api) -> None:
    with ordering(shop.house.data) as ask:
        key, token = make_key(ask, "warung", "kasir", ["view_conversations"], SARI, START)
    assert await let_in(shop, token)
    with ordering(shop.house.data) as ask:
        assert not revoke_key(ask, "toko", key.id, START), "another tenant's"
    assert await let_in(shop, token)
    with ordering(shop.house.data) as ask:
        assert revoke_key(ask, "warung", key.id, START)
    assert not await let_in(shop, token)


async def test_accounts_that_another_process_is_writing_let_people_in(shop: Api) -> None:
    mine = shop.front(email=SARI)
    with ordering(shop.house.data) as ask:
        change_member(ask, "warung", SARI, START, disabled=True)
        assert await let_in(shop, mine.token), "what is not committed is not so"
    assert not await let_in(shop, mine.token)


async def test_what_was_let_in_is_looked_up_once(shop: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = shop.front(email=SARI)
    assert await let_in(shop, mine.token)
    looked: list[str] = []
    look = shop.door._look

    def noted(token: str, now: int) -> Any:
        looked.append(token)
        return look(token, now)

    monkeypatch.setattr(shop.door, "_look", noted)
    for _ in range(3):
        assert await let_in(shop, mine.token)
    assert looked == []
    shop.front(email="dedi@warung.id")  # somebody else logs in
    assert await let_in(shop, mine.token)


def _token(shop: Api, mine: Front, **other: object) -> str:
    claims = jwt.decode(mine.token, options={"verify_signature": False})
    values: dict[str, Any] = {
        "secret": shop.door.secret,
        "tenant": claims["sub"],
        "account": claims["aid"],
        "login": claims["sid"],
        "email": claims["email"],
        "name": claims["name"],
        "role": claims["operatorRole"],
        "permissions": claims["permissions"],
        "now": shop.house.clock.now(),
        **other,
    }
    return issue(values.pop("secret"), **values)


async def test_a_person_who_asks_too_often_is_told_when_to_come_again(shop: Api) -> None:
    shop.house.shares = Shares(Fences(person_per_minute=2), shop.house.clock)
    mine, other = shop.front(role="operator", email=SARI), shop.front(role="operator", email="dedi@warung.id")
    for status in (200, 200, 429):
        answer = await mine.ask("GET", "/api/auth/me")
        assert answer.status_code == status
    assert int(answer.headers["retry-after"]) > 0
    assert (await other.ask("GET", "/api/auth/me")).status_code == 200
