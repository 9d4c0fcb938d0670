"""Requests that go straight to their module are answered as by the application of all modules."""

from functools import partial
from pathlib import Path

import httpx

from tests.api.front import api
from tests.session.stage import stage
from wabot.api.app import ROUTERS, make_app
from wabot.api.by_module import ByModule
from wabot.api.document import routes

HOME = "data/warung"


async def test_each_endpoint_is_found_as_among_all_and_what_is_none_is_not(tmp_path: Path) -> None:
    plain = str.maketrans("", "", "{}")
    there = [(method, one.path.translate(plain)) for one in routes(ROUTERS) for method in sorted(one.methods or ())]
    nowhere = [("GET", "/api/nothing"), ("DELETE", "/api/conversations"), ("GET", "/docs"), ("GET", "/api/")]
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as front:
        apps = make_app(front.house, ROUTERS), ByModule(partial(make_app, front.house), ROUTERS)
        told = []
        for app in apps:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wabot.test") as client:
                told.append([(await client.request(method, path)).status_code for method, path in there + nowhere])
    assert told[0] == told[1]
    assert not {404, 405} & set(told[1][: len(there)])
