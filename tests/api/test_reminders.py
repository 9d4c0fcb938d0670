"""Reminders of people, as their front end makes them; sent by the same session as those of `wabot remind`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.api.front import Api, Front, api
from tests.session.stage import ANI, BUDI, JAM, START, Stage, stage
from wabot.api.answers import iso
from wabot.engine.assignment import stays
from wabot.model.stored import PersonSays
from wabot.store.sqlite import reading, resolve, say

HOME = "data/warung"
DAY = 86_400_000
HOUR = 3_600_000
SIAP = 'version: 1\nquick_replies:\n  - {shortcut: /siap, title: Siap, message: "Pesanan kak {{ first_name }} siap."}\n'


class Desk:
    def __init__(self, shop: Stage, front: Api, place: Path) -> None:
        self.shop, self.api, self.data = shop, front, place / HOME

    @property
    def front(self) -> Front:
        return self.api.front(role="operator")

    def conversation(self, chat: str = BUDI) -> str:
        with reading(self.data, "warung") as store:
            return str(store._ask("conversation_of_chat", chat=chat).fetchone()["id"])

    async def remind(self, chat: str = BUDI, **body: Any) -> tuple[int, Any]:
        body = {"message": "Pesanan siap kak", **body}
        path = f"/api/conversations/{self.conversation(chat)}/schedule-reminder"
        answer = await self.front.ask("POST", path, json=body)
        return answer.status_code, answer.json()


@asynccontextmanager
async def desk(place: Path) -> AsyncIterator[Desk]:
    async with (
        stage(place, JAM, home=HOME) as shop,
        api(place / "data", {"warung": shop.folder}, shop.clock) as front,
    ):
        await shop.say("halo")
        yield Desk(shop, front, place)


async def test_a_reminder_goes_out_at_its_time_and_stands_in_the_list_before_and_after(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        status, made = await one.remind(scheduledAt="2026-01-28T12:00:00")  # on the tenant's clock
        assert (status, made["success"], made["warning"]) == (201, True, None)
        reminder = made["reminder"]
        assert {key: reminder[key] for key in ("message", "scheduledAt", "status", "customerPhone", "createdBy")} == {
            "message": "Pesanan siap kak",
            "scheduledAt": iso(START + 2 * HOUR),
            "status": "pending",
            "customerPhone": BUDI,
            "createdBy": "operator@sari.example",
        }
        assert await one.front.get("/api/reminders") == {"reminders": [reminder]}
        await one.shop.pass_time(3 * HOUR)
        assert one.shop.replies == ["Pesanan siap kak"]
        (sent,) = (await one.front.get("/api/reminders"))["reminders"]
        assert (sent["id"], sent["status"], sent["closedAt"]) == (reminder["id"], "sent", iso(START + 2 * HOUR))
        assert await one.front.get("/api/reminders", status="pending") == {"reminders": []}


async def test_one_is_pending_a_chat_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        _, first = await one.remind(**{"in": "2h"})
        status, refused = await one.remind(**{"in": "3h"})
        assert (status, refused["code"], refused["reminderId"]) == (409, "REMINDER_PENDING", first["reminder"]["id"])
        status, _ = await one.remind(message="Yang lain", replace=True, **{"in": "1h"})
        assert status == 201
        listed = (await one.front.get("/api/reminders"))["reminders"]
        assert [(item["message"], item["status"]) for item in listed] == [
            ("Yang lain", "pending"),
            ("Pesanan siap kak", "cancelled"),
        ]


async def test_it_is_taken_back_while_it_has_not_gone_out(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        _, made = await one.remind(**{"in": "2h"})
        path = f"/api/reminders/{made['reminder']['id']}"
        gone = await one.front.delete(path)
        assert (gone["reminder"]["status"], gone["reminder"]["reason"]) == ("cancelled", "cancelled_by_person")
        again = await one.front.ask("DELETE", path)
        assert (again.status_code, again.json()["code"]) == (409, "NOT_PENDING")
        await one.shop.pass_time(3 * HOUR)
        assert one.shop.replies == []
        assert (await one.front.ask("DELETE", "/api/reminders/none")).status_code == 404


async def test_nobody_is_reminded_who_never_wrote_or_whose_chat_is_settled(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        await one.shop.say("Halo kak", ANI, from_me=True)
        status, refused = await one.remind(ANI, **{"in": "2h"})
        assert (status, refused["code"]) == (409, "CUSTOMER_DID_NOT_WRITE_FIRST")
        assert resolve(one.data, "warung", BUDI, stays, one.shop.clock.now())
        status, refused = await one.remind(**{"in": "2h"})
        assert (status, refused["code"]) == (409, "CONVERSATION_RESOLVED")


async def test_who_will_have_been_silent_for_too_long_is_reminded_only_if_they_write_again(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        status, made = await one.remind(**{"in": "8d"})
        assert status == 201
        assert "7 days" in made["warning"]
        await one.shop.pass_time(9 * DAY)
        assert one.shop.replies == []
        (item,) = (await one.front.get("/api/reminders"))["reminders"]
        assert (item["status"], item["reason"]) == ("cancelled", "customer_silent_too_long")


async def test_what_is_no_reminder_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        for body in (
            {},
            {"in": "2h", "scheduledAt": "2026-01-29T09:00:00Z"},
            {"in": "gestern"},
            {"in": "0s"},
            {"in": "400d"},
            {"scheduledAt": "besok"},
            {"scheduledAt": "2026-01-27T09:00:00+07:00"},
            {"scheduledAt": "2099-01-27T09:00:00+07:00"},
            {"message": " ", "in": "2h"},
            {"message": "x" * 5_000, "in": "2h"},
            {"in": "2h", "tenant": "other"},
        ):
            status, _ = await one.remind(**body)
            assert status == 400, body
        path = "/api/conversations/none/schedule-reminder"
        assert (await one.front.ask("POST", path, json={"message": "x", "in": "2h"})).status_code == 404
        viewer = one.api.front(role="viewer")
        path = f"/api/conversations/{one.conversation()}/schedule-reminder"
        assert (await viewer.ask("POST", path, json={"message": "x", "in": "2h"})).status_code == 403
        assert await viewer.get("/api/reminders") == {"reminders": []}


async def test_a_quick_reply_is_kept_as_what_it_says_to_this_customer(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        (one.shop.folder / "quick-replies.yaml").write_text(SIAP, "utf-8")
        await one.shop.session.live.reload()
        status, made = await one.remind(message="/siap", **{"in": "2h"})
        assert (status, made["reminder"]["message"]) == (201, "Pesanan kak Budi siap.")
        status, refused = await one.remind(message="/nihil", replace=True, **{"in": "2h"})
        assert (status, refused["code"]) == (404, "NO_SUCH_QUICK_REPLY")


async def test_the_list_is_bounded_and_may_be_of_one_chat(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        await one.shop.say("halo", ANI)
        for chat in (BUDI, ANI):
            await one.remind(chat, **{"in": "2h"})
        assert len((await one.front.get("/api/reminders", limit=1))["reminders"]) == 1
        listed = await one.front.get("/api/reminders", conversationId=one.conversation(ANI))
        assert [item["customerPhone"] for item in listed["reminders"]] == [ANI]
        assert (await one.front.ask("GET", "/api/reminders", params={"limit": 501})).status_code == 400


async def test_a_reminder_outlives_what_a_person_says_meanwhile(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        await one.remind(**{"in": "2h"})
        assert say(one.data, "warung", PersonSays(BUDI, "Halo kak", pause=HOUR), START)
        await one.shop.look()
        await one.shop.settle()
        await one.shop.pass_time(3 * HOUR)
        assert one.shop.replies == ["Halo kak", "Pesanan siap kak"]
