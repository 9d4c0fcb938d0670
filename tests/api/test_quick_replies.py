"""`/api/quick-replies`: shortcuts for those who answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.api.front import Api, api
from tests.session.people import SARI
from tests.session.stage import BUDI, JAM, Stage, stage
from wabot.model.stored import PersonSays
from wabot.store.sqlite import say

REPLIES = """\
version: 1
quick_replies:
  - {shortcut: /salam, title: Salam pembuka, category: greeting, message: "Halo kak {{ first_name }}, apa kabar?"}
  - {shortcut: /ongkir, title: Ongkos kirim, message: Ongkir 10 ribu kak., category: faq, tags: [kirim]}
  - {shortcut: /teknis, title: Teknis, message: Garansi 30 hari kak., operators: [dedi@warung.id]}
"""


@asynccontextmanager
async def shop(place: Path, **tenant: str) -> AsyncIterator[tuple[Stage, Api]]:
    folder = place / "rules" / "warung"
    folder.mkdir(parents=True)
    (folder / "quick-replies.yaml").write_text(REPLIES)
    async with (
        stage(place, JAM, home="data/warung", tenant=tenant) as live,
        api(place / "data", {"warung": folder}, live.clock) as served,
    ):
        yield live, served


def shortcuts(told: Any) -> list[str]:
    return [reply["shortcut"] for reply in told["quickReplies"]]


async def test_quick_replies_are_listed_and_found(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, served):
        front = served.front(role="operator", email="Dedi@Warung.id")
        told = await front.get("/api/quick-replies")
        assert shortcuts(told) == ["/salam", "/ongkir", "/teknis"]
        assert {name: told["quickReplies"][1][name] for name in ("id", "title", "message", "category", "useCount")} == {
            "id": "ongkir",
            "title": "Ongkos kirim",
            "message": "Ongkir 10 ribu kak.",
            "category": "faq",
            "useCount": 0,
        }
        assert shortcuts(await front.get("/api/quick-replies", category="greeting")) == ["/salam"]
        assert shortcuts(await front.get("/api/quick-replies", search="KIRIM")) == ["/ongkir"]
        assert shortcuts(await front.get("/api/quick-replies", search="30 hari")) == ["/teknis"]
        assert shortcuts(await front.get("/api/quick-replies", search="tidak ada")) == []
        assert (await front.get("/api/quick-replies/salam"))["quickReply"]["source"] == "quick-replies.yaml:3"


async def test_what_is_for_some_is_told_to_them_and_to_those_who_manage(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, served):
        other = served.front(role="operator", email=SARI)
        assert shortcuts(await other.get("/api/quick-replies")) == ["/salam", "/ongkir"]
        assert (await other.ask("GET", "/api/quick-replies/teknis")).status_code == 404
        everything = await served.front(role="supervisor", email=SARI).get("/api/quick-replies")
        assert shortcuts(everything) == ["/salam", "/ongkir", "/teknis"]
        assert [reply["isGlobal"] for reply in everything["quickReplies"]] == [True, True, False]


async def test_a_quick_reply_reads_as_its_customer_will_read_it_and_counts_when_it_is_sent(tmp_path: Path) -> None:
    async with shop(tmp_path) as (live, served):
        await live.say("halo", name="Pak Budi Santoso")
        (id,) = served.house.desk("warung").read(
            lambda ask: [row["id"] for row in ask("conversation_of_chat", chat=BUDI)]
        )
        front = served.front(role="operator", email=SARI)
        told = await front.post("/api/quick-replies/salam/render", {"conversationId": id})
        assert told == {"shortcut": "/salam", "text": "Halo kak Budi, apa kabar?"}
        for path, body in (
            ("x/render", {"conversationId": id}),
            ("teknis/render", {"conversationId": id}),
            ("salam/render", {"conversationId": "x"}),
        ):
            assert (await front.ask("POST", f"/api/quick-replies/{path}", json=body)).status_code == 404
        viewer = served.front(role="viewer")
        assert (await viewer.ask("POST", "/api/quick-replies/salam/render", json={})).status_code == 403
        assert (await front.get("/api/quick-replies/salam"))["quickReply"]["useCount"] == 0
        say(tmp_path / "data" / "warung", "warung", PersonSays(BUDI, told["text"], shortcut="/salam"), live.clock.now())
        used = (await front.get("/api/quick-replies/salam"))["quickReply"]
        assert (used["useCount"], used["lastUsedAt"]) == (1, "2026-01-28T03:00:00.000Z")


async def test_quick_replies_are_written_changed_and_taken_away(tmp_path: Path) -> None:
    async with shop(tmp_path, managed="true") as (live, served):
        front = served.front(role="supervisor", email=SARI)
        made = await front.ask(
            "POST",
            "/api/quick-replies",
            json={"shortcut": "/jam", "title": "Jam", "message": "Buka {{ hours.today }}."},
        )
        assert made.status_code == 201
        reply = made.json()["quickReply"]
        assert made.json()["success"] is True
        assert (reply["id"], reply["managed"], reply["isGlobal"], reply["category"]) == ("jam", True, True, "")
        mine = await front.put("/api/quick-replies/jam", {"isGlobal": False, "category": "faq"})
        assert (mine["quickReply"]["operators"], mine["quickReply"]["category"]) == ([SARI], "faq")
        renamed = await front.put("/api/quick-replies/jam", {"shortcut": "jam-buka", "isGlobal": True})
        assert (renamed["quickReply"]["id"], renamed["quickReply"]["isGlobal"]) == ("jam-buka", True)
        await live.session.live.reload()
        assert "/jam-buka" in {one.shortcut for one in live.session.live.rule_set().quick_replies}
        assert await front.delete("/api/quick-replies/jam-buka") == {"success": True}
        assert (live.folder / "quick-replies.yaml").read_text() == REPLIES


BOTH = {"shortcut": "/a", "title": "X", "message": "x"}
REFUSED: tuple[tuple[str, str, dict[str, Any] | None, int, str], ...] = (
    ("POST", "", {"shortcut": "/salam", "title": "X", "message": "x"}, 409, "EXISTS"),
    ("PUT", "/salam", {"title": "X"}, 409, "WRITTEN_BY_PEOPLE"),
    ("DELETE", "/salam", None, 409, "WRITTEN_BY_PEOPLE"),
    ("PUT", "/nothing", {"title": "X"}, 404, "NOT_FOUND"),
    ("POST", "", {"shortcut": "/a b", "title": "X", "message": "x"}, 400, "INVALID"),
    ("POST", "", {"shortcut": "/a", "title": "X", "message": "{{ x }}"}, 422, "UNSOUND"),
    ("POST", "", {"shortcut": "/a", "title": "X"}, 400, "INVALID"),
    ("POST", "", {**BOTH, "isGlobal": True, "operators": [SARI]}, 422, "INVALID_QUICK_REPLY"),
    ("PUT", "/salam", {"title": None}, 422, "INVALID_QUICK_REPLY"),
)


async def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    async with shop(tmp_path, managed="true") as (_, served):
        for method, path, body, status, code in REFUSED:
            refused = await served.front().ask(method, f"/api/quick-replies{path}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (status, code)
