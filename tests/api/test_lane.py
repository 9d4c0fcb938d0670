"""What is asked most has a lane of its own: the answers are those of the whole way, whatever is asked."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.front import api, at_once
from tests.session.stage import stage
from wabot.api.app import ROUTERS, make_app
from wabot.api.by_module import ByModule
from wabot.api.lane import Lane, filters_of, sending_of

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
HOME = "data/warung"
JSON: dict[str, Any] = {"content-type": "application/json"}
WORDS = st.sampled_from(["", "budi", "0812", "me", "none", "vip", "true", "1", "0", "x" * 201, "é", "desc", "active"])
QUERIES = st.lists(
    st.one_of(
        st.tuples(st.just("status"), st.sampled_from(["active", "pending", "closed", "spam", "", "nonsense"])),
        st.tuples(st.just("limit"), st.sampled_from(["20", "1", "0", "101", "2.0", "1.5", "ten", " 5", ""])),
        st.tuples(st.just("page"), st.sampled_from(["1", "2", "0", "-1", "9999999999", "1e3"])),
        st.tuples(st.just("unreadOnly"), st.sampled_from(["true", "false", "1", "yes", "perhaps", ""])),
        st.tuples(st.just("snoozed"), st.sampled_from(["true", "false", "null", ""])),
        st.tuples(st.sampled_from(["tags", "tags[]"]), WORDS),
        st.tuples(st.just("sortBy"), st.sampled_from(["last_message", "created_at", "unread_count", "name"])),
        st.tuples(st.sampled_from(["assignedTo", "search", "sortOrder", "unread_only", "sort_by", "nothing"]), WORDS),
    ),
    max_size=5,
)
SAID: st.SearchStrategy[Any] = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20))
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "conversationId": SAID,
        "messageType": st.one_of(st.sampled_from(["text", "image", "video"]), SAID),
        "content": st.one_of(st.just("Siap kak"), SAID),
        "mediaUrl": SAID,
        "idempotencyKey": SAID,
        "sendAt": st.one_of(st.sampled_from(["2026-01-28T09:00:00Z", "2026", 0]), SAID),
        "nothing": SAID,
    },
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(["application/json", "application/json; charset=utf-8", "text/plain"]),
        "idempotency-key": st.sampled_from(["a", "", "k" * 201]),
        "if-none-match": st.sampled_from(["*", '"a"']),
    },
)


class Ways:
    """The lane, and the whole way, to the same house."""

    def __init__(self, portal: BlockingPortal, shop: Any, front: Any) -> None:
        whole = ByModule(partial(make_app, front.house), ROUTERS)
        self._shop, self._portal, self._apps = shop, portal, (Lane(front.house, whole), whole)
        owner = front.front()
        self._authorization = owner._headers
        self.conversation = portal.call(owner.get, "/api/conversations")["data"][0]["id"]

    def arrives(self, text: str) -> None:
        """The session stores another message of a customer's."""
        self._portal.call(self._shop.say, text, "628121")

    def same(self, method: str, path: str, content: bytes = b"", *, known: bool = True, **headers: Any) -> Any:
        """The answer, which both give."""
        both = [self._portal.call(self._ask, app, method, path, content, headers, known) for app in self._apps]
        assert both[0] == both[1]
        return both[0]

    async def _ask(self, app: Any, method: str, path: str, content: bytes, more: dict[str, str], known: bool) -> Any:
        headers = {**(self._authorization if known else {}), **more}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(at_once(app)), base_url="http://wabot.test"
        ) as client:
            told = await client.request(method, path, content=content, headers=headers)
        return told.status_code, dict(told.headers), told.content


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    place = tmp_path_factory.mktemp("lane")
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(stage(place, home=HOME)) as shop:
        for chat in ("628121", "628122", "628123"):
            portal.call(shop.say, "halo", chat)
        served = api(place / "data", {"warung": shop.folder}, shop.clock)
        with portal.wrap_async_context_manager(served) as front:
            yield Ways(portal, shop, front)


@QUICK
@given(QUERIES, HEADERS, st.booleans())
def test_a_list_is_answered_the_same_whatever_is_asked_for(
    ways: Ways, query: list[tuple[str, str]], headers: dict[str, Any], known: bool
) -> None:
    ways.same("GET", f"/api/conversations?{urlencode(query)}", b"", known=known, **headers)


@QUICK
@given(
    st.one_of(
        st.uuids().map(str),
        st.text(min_size=1, max_size=110).filter(lambda id: id not in ".."),
    ),
    st.booleans(),
)
def test_a_conversation_that_is_none_is_answered_the_same(ways: Ways, id: str, known: bool) -> None:
    ways.same("GET", f"/api/conversations/{quote(id, safe='')}", known=known)


def test_a_conversation_is_answered_the_same_also_when_it_is_known(ways: Ways) -> None:
    status, told, body = ways.same("GET", f"/api/conversations/{ways.conversation}")
    assert (status, json.loads(body)["conversation"]["id"]) == (200, ways.conversation)
    known: dict[str, Any] = {"if-none-match": told["etag"]}
    assert ways.same("GET", f"/api/conversations/{ways.conversation}", **known)[0] == 304
    assert ways.same("POST", f"/api/conversations/{ways.conversation}")[0] == 405


@QUICK
@given(st.one_of(BODIES.map(lambda body: json.dumps(body).encode()), st.binary(max_size=30)), HEADERS, st.booleans())
def test_a_message_that_is_refused_is_refused_in_the_same_words(
    ways: Ways, body: bytes, headers: dict[str, Any], known: bool
) -> None:
    assert ways.same("POST", "/api/messages/send", body, known=known, **headers)[0] in (400, 401, 404, 422)


def test_a_message_is_sent_once_whichever_way_its_key_comes(ways: Ways) -> None:
    said = {"conversationId": ways.conversation, "content": "Siap kak", "idempotencyKey": "one"}
    first, second = [
        json.loads(ways._portal.call(ways._ask, app, "POST", "/api/messages/send", json.dumps(said).encode(),
                                     {"content-type": "application/json"}, True)[2])
        for app in ways._apps
    ]  # fmt: skip
    assert second == first | {"repeated": True}


def test_a_list_that_was_asked_for_before_is_answered_as_the_store_is_now(ways: Ways) -> None:
    path = "/api/conversations?limit=20"
    before = ways.same("GET", path)
    assert ways.same("GET", path) == before
    change = json.dumps({"tags": ["grosir"]}).encode()
    ways.same("PATCH", f"/api/conversations/{ways.conversation}", change, **JSON)
    assert b"grosir" in ways.same("GET", path)[2]
    ways.arrives("ada lagi?")
    assert b"ada lagi?" in ways.same("GET", path)[2]


def test_what_is_usual_takes_the_lane() -> None:
    for query in (b"", b"limit=20", b"limit=20&status=active&tags=vip&tags=cod", b"search=budi&page=3"):
        assert filters_of(query) is not None
    assert filters_of(b"limit=0") is filters_of(b"what=else") is filters_of(b"page=1&page=2") is None
    assert sending_of(b'{"conversationId": "a", "content": "Siap kak"}') is not None
    assert sending_of(b'{"conversationId": "a", "wat": 1}') is None
