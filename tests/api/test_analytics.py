"""Figures as a dashboard asks for them. That each is right is proven in tests/store/test_looking_back.py."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.api.front import Api, Front, api
from tests.session.people import RULES, SARI, Shop
from tests.session.stage import ANI, BUDI, stage

HOME = "data/warung"
MINUTE = 60_000
TODAY = {"dateFrom": "2026-01-28", "dateTo": "2026-01-28"}


class Morning(Shop):
    """A shop's Wednesday from 10:00 on: Budi is answered by a rule and, after five minutes, by Sari; Ani by nobody."""

    api: Api

    @property
    def front(self) -> Front:
        return self.api.front(role="viewer")

    async def passes(self) -> None:
        shop = self.shop
        self.hire()
        await shop.say("jam buka?")
        await shop.say("admin")
        await shop.say("tidak ada aturannya", ANI)
        shop.later(5 * MINUTE)
        self.says("Halo kak")
        await self.sent()
        shop.later(10 * MINUTE)
        self.resolve()


@asynccontextmanager
async def morning(place: Path, *, passes: bool = True) -> AsyncIterator[Morning]:
    async with (
        stage(place, RULES, tenant={"teams": "[teknis]"}, home=HOME) as shop,
        api(place / "data", {"warung": shop.folder}, shop.clock) as front,
    ):
        made = Morning(shop, place)
        made.data, made.api = place / HOME, front
        if passes:
            await made.passes()
        yield made


async def test_the_dashboard_is_as_the_contract_says(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:
        told = await shop.front.get("/api/analytics/dashboard", **TODAY)
        assert told["period"] == {**TODAY, "timezone": "Asia/Jakarta"}
        assert told["overview"] == {
            "totalConversations": 2,
            "activeConversations": 1,
            "resolvedConversations": 1,
            "totalMessages": 6,
            "uniqueCustomers": 2,
            "averageResponseTime": 0,
            "averagePersonResponseTime": 0,
            "autoReplyRate": 66.67,
        }
        assert told["trends"] == {
            "conversations": [{"date": "2026-01-28", "count": 2}],
            "messages": [{"date": "2026-01-28", "count": 6}],
            "responseTime": [{"date": "2026-01-28", "avgSeconds": 0}],
        }
        assert told["topAutoReplies"] == [
            {"ruleId": "cs", "ruleName": "cs", "triggeredCount": 1},
            {"ruleId": "jam-buka", "ruleName": "jam-buka", "triggeredCount": 1},
        ]
        ((one,),) = (told["csPerformance"],)
        assert (one["csName"], one["chatsHandled"], one["avgResponseTime"]) == ("Sari", 1, 0)


async def test_a_person_who_answers_a_customer_whom_no_rule_did_is_timed(tmp_path: Path) -> None:
    async with morning(tmp_path, passes=False) as shop:
        shop.hire()
        await shop.shop.say("ada orang?", ANI)
        shop.shop.later(3 * MINUTE)
        shop.says("Ada kak", ANI)
        await shop.sent()
        told = await shop.front.get("/api/analytics/dashboard", **TODAY)
        assert told["overview"]["averagePersonResponseTime"] == 180
        assert told["csPerformance"][0]["avgResponseTime"] == 180


async def test_conversations_are_told_by_status_and_by_the_hour_of_the_tenants_day(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:
        told = await shop.front.get("/api/analytics/conversations", **TODAY)
        assert told["byStatus"] == {"active": 1, "pending": 0, "resolved": 1, "closed": 0, "spam": 0}
        assert [one for one in told["byHour"] if one["count"]] == [{"hour": 10, "count": 2, "messages": 3}]
        assert len(told["byHour"]) == 24
        assert (told["averageMessagesPerConversation"], told["averageResolutionTime"]) == (3, 15)


async def test_rules_are_told_with_how_often_they_answered_and_why_they_did_not(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:
        told = await shop.front.get("/api/analytics/auto-replies", **TODAY)
        assert (told["customerMessages"], told["answered"], told["autoReplyRate"]) == (3, 2, 66.67)
        assert {one["ruleId"]: (one["triggeredCount"], one["failedCount"]) for one in told["rules"]} == {
            "jam-buka": (1, 0),
            "cs": (1, 0),
        }
        assert told["byDay"] == [{"date": "2026-01-28", "count": 2}]
        assert told["notAnswered"] == [{"reason": "no_match", "count": 1}]


async def test_people_are_told_with_what_they_did_in_those_days(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:
        (one,) = (await shop.front.get("/api/analytics/cs-performance", **TODAY))["operators"]
        assert {key: one[key] for key in ("email", "chatsHandled", "chatsResolved", "messagesSent")} == {
            "email": SARI,
            "chatsHandled": 1,
            "chatsResolved": 1,
            "messagesSent": 1,
        }
        assert one["averageResolutionTime"] == 15


async def test_a_day_is_the_tenants_own_and_days_without_anything_are_there(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:
        told = await shop.front.get("/api/analytics/dashboard", dateFrom="2026-01-26", dateTo="2026-01-27T18:00:00Z")
        assert told["period"]["dateTo"] == "2026-01-28"  # it is past midnight in Jakarta
        assert [one["count"] for one in told["trends"]["conversations"]] == [0, 0, 2]
        before = await shop.front.get("/api/analytics/dashboard", dateFrom="2026-01-26", dateTo="2026-01-27")
        assert (before["overview"]["totalMessages"], before["topAutoReplies"]) == (0, [])
        by_default = await shop.front.get("/api/analytics/dashboard")
        assert by_default["period"] == {"dateFrom": "2025-12-30", "dateTo": "2026-01-28", "timezone": "Asia/Jakarta"}


async def test_what_is_no_span_of_days_is_refused(tmp_path: Path) -> None:
    async with morning(tmp_path, passes=False) as shop:
        for path in ("dashboard", "conversations", "auto-replies", "cs-performance"):
            for first, last in (
                ("2026-01-28", "2026-01-27"),
                ("2026-01-01", "2026-04-03"),
                ("kemarin", ""),
                ("", "9999-12-31T23:00:00Z"),
                ("1970-01-01", "1970-01-02"),
            ):
                answer = await shop.front.ask(
                    "GET", f"/api/analytics/{path}", params={"dateFrom": first, "dateTo": last}
                )
                assert answer.status_code == 400, (path, first, last, answer.text)
        whole = await shop.front.get("/api/analytics/dashboard", dateFrom="2026-01-01", dateTo="2026-04-02")
        assert len(whole["trends"]["messages"]) == 92


async def test_figures_are_counted_anew_after_a_minute_and_not_before(tmp_path: Path) -> None:
    async with morning(tmp_path, passes=False) as shop:
        counted = []
        for later in (0, MINUTE - 1, 1):
            shop.shop.later(later)
            await shop.shop.say("jam buka?", BUDI)
            told = await shop.front.get("/api/analytics/dashboard", **TODAY)
            counted.append(told["overview"]["totalMessages"])
        assert counted == [2, 2, 6]
