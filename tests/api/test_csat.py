"""What customers say of the help they got, over the API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.api.front import Api, api
from tests.session.people import DEDI, SARI, Shop
from tests.session.stage import ANI, BUDI, stage
from wabot.session.csat import survey
from wabot.store.sqlite import resolve

HOME = "data/warung"
MINUTE = 60_000
CS = "  - {id: cs, trigger: {type: keyword, keywords: [admin]}, response: {type: forward_to_cs}}\n"


@asynccontextmanager
async def shop_that_asked(place: Path) -> AsyncIterator[Api]:
    """Sari helped Budi (5) and Ani (no answer), Dedi a third (2)."""
    csat = {"csat": "{enabled: true}"}
    async with (
        stage(place, CS, tenant=csat, home=HOME) as shop,
        api(place / "data", {"warung": shop.folder}, shop.clock) as both,
    ):
        people = Shop(shop, place)
        people.data = place / HOME
        people.hire(SARI)
        for chat, operator, said in ((BUDI, SARI, "5"), (ANI, SARI, ""), ("6281200000003", DEDI, "2")):
            if operator == DEDI:
                people.change(SARI, status="away")
                people.hire(DEDI)
            await shop.say("admin", chat)
            people.says("Sudah ya kak", chat, operator)
            await people.sent()
            asked = survey(shop.session.live.rule_set().tenant, chat, shop.clock.now())
            assert resolve(people.data, "warung", chat, people.choose, shop.clock.now(), asked)
            await shop.pass_time(MINUTE)
            if said:
                await shop.say(said, chat)
        yield both


async def test_answers_are_summed_up_on_the_whole_and_by_operator(tmp_path: Path) -> None:
    async with shop_that_asked(tmp_path) as both:
        told = await both.front().get("/api/csat")
        operators = told["summary"].pop("operators")
        assert told["summary"] == {
            "asked": 3,
            "answered": 2,
            "average": 3.5,
            "responseRate": 0.6667,
            "distribution": {"1": 0, "2": 1, "3": 0, "4": 0, "5": 1},
        }
        shown = {one["name"]: (one["asked"], one["answered"], one["average"]) for one in operators}
        assert shown == {"Sari": (2, 1, 5), "Dedi": (1, 1, 2)}
        assert [(row["score"], row["operatorName"]) for row in told["data"]] == [(2, "Dedi"), (5, "Sari")]
        assert told["data"][1]["answeredAt"] == "2026-01-28T03:01:00.000Z"


async def test_answers_are_listed_in_pages_by_time_and_by_operator(tmp_path: Path) -> None:
    async with shop_that_asked(tmp_path) as both:
        front = both.front()

        async def scores(**query: Any) -> list[int | None]:
            return [row["score"] for row in (await front.get("/api/csat", **query))["data"]]

        assert await scores(answeredOnly="false") == [2, None, 5]
        first = await front.get("/api/csat", limit=1)
        second = await front.get("/api/csat", limit=1, cursor=first["nextCursor"])
        assert [page["data"][0]["score"] for page in (first, second)] == [2, 5]
        assert second["nextCursor"] is None
        sari = second["data"][0]["operatorId"]
        told = await front.get("/api/csat", operatorId=sari)
        assert ([row["score"] for row in told["data"]], told["summary"]["average"]) == ([5], 5)
        assert await scores(**{"from": "2026-01-28T03:01:30Z"}) == [2]
        assert await scores(to="2026-01-28T03:00:30Z") == [5]
        for wrong in ({"cursor": "x"}, {"cursor": "1"}, {"from": "kemarin"}, {"limit": 0}):
            assert (await front.ask("GET", "/api/csat", params=wrong)).status_code == 400
        assert (await both.front("warung", role="viewer").ask("GET", "/api/csat")).status_code == 200


async def test_a_shop_that_never_asked_has_no_average(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        told = await both.front().get("/api/csat")
        assert (told["summary"]["average"], told["summary"]["responseRate"], told["data"]) == (None, None, [])


async def test_a_chat_that_is_resolved_over_the_api_is_asked_about(tmp_path: Path) -> None:
    csat = {"csat": '{enabled: true, question: "Puas kak? 1 sampai 5."}'}
    async with (
        stage(tmp_path, CS, tenant=csat, home=HOME) as shop,
        api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both,
    ):
        people = Shop(shop, tmp_path)
        people.data = tmp_path / HOME
        for chat, way in ((BUDI, "resolve"), (ANI, "patch")):
            await shop.say("admin", chat)
            people.says("Sudah ya kak", chat)
            await people.sent()
            [row] = (await both.front().get("/api/conversations", search=chat))["data"]
            if way == "resolve":
                await both.front().post(f"/api/conversations/{row['id']}/resolve")
            else:
                await both.front().patch(f"/api/conversations/{row['id']}", {"status": "resolved"})
            await shop.pass_time(MINUTE)
            assert shop.channel.heard[-1] == (chat, "Puas kak? 1 sampai 5.")
