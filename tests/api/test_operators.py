"""The people who answer, as their front end asks for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.api.front import Api, Front, api
from tests.session.people import RULES, SARI, Shop
from tests.session.stage import ANI, BUDI, Stage, stage
from wabot.api.live.serving import gateway_of
from wabot.api.presence import presence_of
from wabot.model.people import Limits
from wabot.model.stored import StoredConversation

HOME = "data/warung"
HOURS = {"monday": {"start": "09:00", "end": "17:00"}, "saturday": [{"start": "09:00", "end": "12:00"}]}
DEDI = {"name": "Dedi", "email": "Dedi@warung.id", "role": "operator"}


class Office(Shop):
    """A shop with its API, and whoever asks it."""

    def __init__(self, shop: Stage, front: Api, place: Path) -> None:
        super().__init__(shop, place)
        self.data, self.api = place / HOME, front

    @property
    def owner(self) -> Front:
        return self.api.front()

    def as_(self, email: str, role: Any = "operator") -> Front:
        return self.api.front(email=email, role=role)

    async def ids(self) -> dict[str, str]:
        listed = await self.owner.get("/api/cs-operators")
        return {one["email"]: one["id"] for one in listed["operators"]}

    async def of(self, email: str) -> dict[str, Any]:
        listed = await self.owner.get("/api/cs-operators", disabled=True)
        (found,) = [one for one in listed["operators"] if one["email"] == email]
        return dict(found)

    async def watched(self, limits: Limits) -> StoredConversation:
        """As the session looks every five seconds."""
        await presence_of(self.api.house).noted()
        await self.shop.store.people.distribute(self.choose, self.shop.clock.now(), limits)
        return self.chat()


@asynccontextmanager
async def office(place: Path, rules: str = RULES, teams: str = "[teknis]") -> AsyncIterator[Office]:
    tenant = {"teams": teams}
    async with (
        stage(place, rules, tenant=tenant, home=HOME) as shop,
        api(place / "data", {"warung": shop.folder}, shop.clock) as front,
    ):
        yield Office(shop, front, place)


async def test_an_operator_is_invited_and_stands_in_the_list_as_the_contract_says(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        body = {**DEDI, "maxConcurrentChats": 3, "workingHours": HOURS, "teams": ["teknis"]}
        made = await shop.owner.post("/api/cs-operators", body)
        assert made["success"] and made["inviteLink"].startswith("http://wabot.test/invite?token=")
        listed = await shop.owner.get("/api/cs-operators")
        assert listed == {"operators": [made["operator"]]}
        assert {key: made["operator"][key] for key in ("name", "email", "role", "status", "teams")} == {
            "name": "Dedi",
            "email": "dedi@warung.id",
            "role": "operator",
            "status": "offline",
            "teams": ["teknis"],
        }
        assert made["operator"]["workingHours"] == {**HOURS, "saturday": {"start": "09:00", "end": "12:00"}}
        counted = ("currentChatCount", "maxConcurrentChats", "totalChatsHandled", "averageResponseTime", "lastSeenAt")
        assert [made["operator"][key] for key in counted] == [0, 3, 0, 0, None]
        assert await shop.owner.get(f"/api/cs-operators/{made['operator']['id']}") == made["operator"]


async def test_of_one_address_there_is_one_operator(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        await shop.owner.post("/api/cs-operators", DEDI)
        again = await shop.owner.ask("POST", "/api/cs-operators", json={**DEDI, "email": "dedi@WARUNG.id"})
        assert (again.status_code, again.json()["code"]) == (409, "OPERATOR_EXISTS")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"email": "dedi"}, "e-mail"),
    ({"name": " \t "}, "name"),
    ({"role": "owner"}, "role"),
    ({"maxConcurrentChats": -1}, "maxConcurrentChats"),
    ({"teams": ["gudang"]}, "gudang"),
    ({"workingHours": {"monday": {"start": "9", "end": "17:00"}}}, "working hours"),
    ({"workingHours": {"senin": {"start": "09:00", "end": "17:00"}}}, "working hours"),
    ({"workingHours": {"mon": ["09:00-17:00"], "monday": ["09:00-17:00"]}}, "twice"),
    ({"workingHours": {"monday": {"start": "09:00", "end": "09:00"}}}, "working hours"),
    ({"tenant": "other"}, "tenant"),
]


async def test_what_cannot_be_is_said_and_nobody_is_added(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        for wrong, said in WRONG:
            answer = await shop.owner.ask("POST", "/api/cs-operators", json={**DEDI, **wrong})
            assert answer.status_code == 400, wrong
            assert said in answer.json()["message"], wrong
        assert await shop.ids() == {}


async def test_hours_as_hours_yaml_has_them_do_as_well(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        hours = {"mon-tue": ["09:00-12:00", "17:00-02:00"], "sun": "closed"}
        await shop.owner.post("/api/cs-operators", {**DEDI, "workingHours": hours})
        day = [{"start": "09:00", "end": "12:00"}, {"start": "17:00", "end": "02:00"}]
        assert (await shop.of("dedi@warung.id"))["workingHours"] == {"monday": day, "tuesday": day}


async def test_who_comes_online_is_given_the_chat_that_waits_and_who_goes_gives_it_back(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        shop.hire(SARI, status="offline", name="Sari")
        await shop.shop.say("admin")
        id = (await shop.ids())[SARI]
        sari = shop.as_(SARI)
        assert await sari.patch(f"/api/cs-operators/{id}/status", {"status": "online"}) == {"success": True}
        assert shop.chat().operator == SARI
        load = await sari.get(f"/api/cs-operators/{id}/workload")
        assert (load["currentChatCount"], load["waitingCount"], load["utilization"]) == (1, 1, 10.0)
        (chat,) = load["conversations"]
        assert (chat["customerPhone"], chat["status"]) == (BUDI, "pending")
        await sari.patch(f"/api/cs-operators/{id}/status", {"status": "offline"})
        assert shop.chat().operator == ""
        assert (await sari.get("/api/cs-operators/me"))["status"] == "offline"


async def test_only_who_gives_out_chats_says_of_others_whether_they_are_there_and_never_of_those_above(
    tmp_path: Path,
) -> None:
    async with office(tmp_path) as shop:
        shop.hire(SARI)
        shop.hire("bos@warung.id", role="owner")
        ids = await shop.ids()
        asked = [("operator", SARI, 403), ("supervisor", SARI, 200), ("supervisor", "bos@warung.id", 403)]
        for role, whose, status in asked:
            one = shop.as_(f"{role}@warung.id", role)
            answer = await one.ask("PATCH", f"/api/cs-operators/{ids[whose]}/status", json={"status": "away"})
            assert answer.status_code == status, (role, whose, answer.text)
        assert ((await shop.of(SARI))["status"], (await shop.of("bos@warung.id"))["status"]) == ("away", "online")


async def test_who_may_not_manage_people_adds_changes_and_disables_nobody(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        shop.hire(SARI)
        id = (await shop.ids())[SARI]
        for role in ("viewer", "operator", "supervisor"):
            one = shop.as_(f"{role}@warung.id", role)
            for method, path, body in (
                ("POST", "", DEDI),
                ("PATCH", f"/{id}", {"role": "admin"}),
                ("DELETE", f"/{id}", None),
            ):
                answer = await one.ask(method, f"/api/cs-operators{path}", json=body)
                assert answer.status_code == 403, (role, method)
        assert list(await shop.ids()) == [SARI]


async def test_nobody_raises_themselves_or_touches_somebody_above_them(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        shop.hire("admin@warung.id", role="admin")
        shop.hire("bos@warung.id", role="owner")
        ids = await shop.ids()
        admin = shop.as_("admin@warung.id", "admin")
        refused = [
            ("PATCH", ids["admin@warung.id"], {"role": "owner"}, 400),
            ("PATCH", ids["bos@warung.id"], {"name": "Bukan bos"}, 403),
            ("PATCH", ids["bos@warung.id"], {"role": "viewer"}, 403),
            ("DELETE", ids["bos@warung.id"], None, 403),
            ("DELETE", ids["admin@warung.id"], None, 409),
        ]
        for method, id, body, status in refused:
            answer = await admin.ask(method, f"/api/cs-operators/{id}", json=body)
            assert answer.status_code == status, (method, body, answer.text)
        # The account of the owner is not to be had by adding them as an operator either.
        shop.as_("pemilik@warung.id", "owner")
        answer = await admin.ask("POST", "/api/cs-operators", json={**DEDI, "email": "pemilik@warung.id"})
        assert answer.status_code == 403


async def test_an_owner_who_answers_chats_too_stays_the_owner_and_nobody_changes_their_own_role(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        owner = {"name": "Ibu Sari", "email": "ibu@sari.example", "role": "operator"}
        made = await shop.owner.post("/api/cs-operators", owner)
        assert (made["operator"]["role"], made["inviteLink"]) == ("owner", None)
        assert (await shop.owner.get("/api/cs-operators/me"))["id"] == made["operator"]["id"]
        shop.hire("admin@warung.id", role="admin")
        admin, id = shop.as_("admin@warung.id", "admin"), (await shop.ids())["admin@warung.id"]
        own = await admin.ask("PATCH", f"/api/cs-operators/{id}", json={"role": "viewer"})
        assert (own.status_code, (await shop.of("admin@warung.id"))["role"]) == (409, "admin")


async def test_a_role_that_is_changed_is_that_of_the_account_from_the_next_request_on(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        shop.hire(SARI)
        id = (await shop.ids())[SARI]
        sari = shop.as_(SARI, "supervisor")
        changed = await shop.owner.patch(f"/api/cs-operators/{id}", {"role": "viewer", "maxConcurrentChats": 2})
        assert (changed["operator"]["role"], changed["operator"]["maxConcurrentChats"]) == ("viewer", 2)
        assert (await sari.ask("GET", "/api/cs-operators")).status_code == 401


async def test_more_room_takes_the_chat_that_waits_longest(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        shop.hire(SARI, capacity=0)
        await shop.shop.say("admin")
        shop.shop.later(1_000)
        await shop.shop.say("admin", ANI)
        id = (await shop.ids())[SARI]
        await shop.owner.patch(f"/api/cs-operators/{id}", {"maxConcurrentChats": 1})
        assert (shop.chat(BUDI).operator, shop.chat(ANI).operator) == (SARI, "")


async def test_a_disabled_operator_gets_in_no_more_and_their_chats_go_to_others_and_they_may_come_back(
    tmp_path: Path,
) -> None:
    async with office(tmp_path) as shop:
        shop.hire(SARI)
        await shop.shop.say("admin")
        shop.hire("dedi@warung.id")
        id, sari = (await shop.ids())[SARI], shop.as_(SARI)
        assert (await sari.get("/api/cs-operators/me"))["currentChatCount"] == 1
        assert await shop.owner.delete(f"/api/cs-operators/{id}") == {"success": True}
        assert (await sari.ask("GET", "/api/cs-operators/me")).status_code == 401
        assert shop.chat().operator == "dedi@warung.id"
        assert list(await shop.ids()) == ["dedi@warung.id"]
        assert ((await shop.of(SARI))["isDisabled"], (await shop.of(SARI))["status"]) == (True, "offline")
        for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/workload")):
            assert (await shop.owner.ask(method, f"/api/cs-operators/{id}{path}")).status_code == 404
        back = await shop.owner.post("/api/cs-operators", {"name": "Sari", "email": SARI, "role": "viewer"})
        assert (back["operator"]["id"], back["operator"]["role"]) == (id, "viewer")


async def test_who_is_no_operator_is_told_so(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        answer = await shop.owner.ask("GET", "/api/cs-operators/me")
        assert answer.status_code == 404
        assert (await shop.owner.ask("GET", "/api/cs-operators/nobody")).status_code == 404


async def test_teams_are_those_of_the_tenant_with_their_people(tmp_path: Path) -> None:
    async with office(tmp_path, teams="[teknis, gudang]") as shop:
        shop.hire(SARI, teams=frozenset({"teknis"}))
        id = (await shop.ids())[SARI]
        assert await shop.owner.get("/api/cs-operators/teams") == {
            "teams": [
                {"name": "teknis", "members": [id], "online": 1},
                {"name": "gudang", "members": [], "online": 0},
            ]
        }


async def test_a_front_end_that_is_closed_makes_its_operator_away_and_one_that_asks_again_brings_them_back(
    tmp_path: Path,
) -> None:
    limits = Limits(None, 300_000)
    async with office(tmp_path) as shop:
        shop.hire(SARI)
        sari = shop.as_(SARI)
        await sari.get("/api/cs-operators/me")
        await shop.shop.say("admin")
        shop.shop.later(300_000)
        assert (await shop.watched(limits)).operator == SARI
        shop.shop.later(1)
        assert (await shop.watched(limits)).operator == ""
        assert (await shop.of(SARI))["status"] == "away"
        await sari.get("/api/cs-operators/me")
        assert (await shop.watched(limits)).operator == SARI
        assert (await shop.of(SARI))["status"] == "online"
        shop.shop.later(300_000)
        await gateway_of(shop.api.house).let_in(sari.token)  # as every few seconds, for each socket that is open
        await shop.watched(limits)
        shop.shop.later(299_999)
        assert (await shop.watched(limits)).operator == SARI
