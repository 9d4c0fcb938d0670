"""What every answer of the API has in common."""

from pathlib import Path

import pytest

from tests.api.front import Api, api
from tests.session.stage import stage
from wabot.api.problems import Problem

HOME = "data/warung"


async def test_an_unknown_path_is_answered_in_the_form_of_every_error(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as front:
        answer = await front.client.get("/api/nothing")
        assert answer.status_code == 404
        assert answer.json() == {
            "statusCode": 404,
            "error": "Not Found",
            "message": "Not Found",
            "code": "NOT_FOUND",
        }


async def test_a_tenant_that_is_gone_is_unknown(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {}, shop.clock) as front:
        assert isinstance(front, Api)
        try:
            front.house.desk("warung")
        except Problem as problem:
            assert problem.status == 404
        else:
            raise AssertionError("a tenant without a folder was served")


async def test_a_tenant_whose_folder_was_taken_away_is_served_no_more_until_it_is_back(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop:
        tenants = {"warung": shop.folder}
        async with api(tmp_path / "data", tenants, shop.clock) as front:
            asking = front.front()
            key = (await asking.post("/api/keys", {"name": "kasir", "permissions": ["view_conversations"]}))["key"]
            held = front.house.desk("warung")

            async def answers() -> list[int]:
                by_key = await front.client.get("/api/conversations", headers={"x-api-key": key})
                return [(await asking.ask("GET", "/api/conversations")).status_code, by_key.status_code]

            assert await answers() == [200, 200]
            folder = tenants.pop("warung")
            assert await answers() == [401, 401]
            with pytest.raises(Problem, match="There is no tenant 'warung' here"):
                front.house.desk("warung")
            tenants["warung"] = folder
            assert await answers() == [200, 200]
            assert front.house.desk("warung") is not held, "its file was let go"


async def test_no_store_is_made_while_one_is_being_replaced(tmp_path: Path) -> None:
    async with stage(tmp_path) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as front:
        asking, file = front.front(), tmp_path / HOME / "wabot.db"
        assert (await asking.ask("GET", "/api/conversations")).status_code == 200
        file.rename(tmp_path / "aside")
        assert (await asking.ask("GET", "/api/conversations")).status_code == 503
        assert not file.exists()
        (tmp_path / "aside").rename(file)
        assert (await asking.ask("GET", "/api/conversations")).status_code == 200
