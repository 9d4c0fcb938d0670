"""Figures as a dashboard asks for them. That the sums are right is proven in tests/analytics/."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.api.front import Api, Front, api
from tests.api.test_csat import shop_that_asked
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
            "newConversations": 2,
            "activeConversations": 1,
            "resolvedConversations": 1,
            "totalMessages": 6,
            "uniqueCustomers": 2,
            "newCustomers": 2,
            "averageResponseTime": 0,
            "averagePersonResponseTime": 0,
            "averageFirstResponseTime": 0,
            "averageFirstResponseTimeOpen": 0,
            "averageFirstResponseTimeClosed": 0,
            "averageResolutionTime": 15,
            "autoReplyRate": 66.67,
            "autoReplySuccessRate": 100,
            "resolvedByBotRate": 0,
            "deliveredRate": 0,
            "csUtilizationRate": 100,
            "csatAverage": 0,
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


async def answered(shop: Morning) -> None:
    """Ani asks what no rule knows, and Sari answers three minutes later."""
    shop.hire()
    await shop.shop.say("ada orang?", ANI)
    shop.shop.later(3 * MINUTE)
    shop.says("Ada kak", ANI)
    await shop.sent()


async def test_a_person_who_answers_a_customer_whom_no_rule_did_is_timed(tmp_path: Path) -> None:
    async with morning(tmp_path, passes=False) as shop:
        await answered(shop)
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


async def test_hours_are_told_by_weekday_and_messages_by_who_wrote_them(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:
        told = await shop.front.get("/api/analytics/conversations", **TODAY)
        busy = [one for one in told["byWeekdayHour"] if one["count"]]
        assert busy == [{"weekday": 3, "hour": 10, "count": 2, "messages": 3}]
        assert len({(one["weekday"], one["hour"]) for one in told["byWeekdayHour"]}) == 7 * 24
        assert told["byMessages"] == {
            "fromCustomers": 3,
            "fromPeople": 1,
            "fromRules": 2,
            "fromSystem": 0,
            "failed": 0,
            "delivered": 0,
            "read": 0,
        }
        counts = [told[name] for name in ("total", "new", "resolved", "resolvedByBot", "handedOver")]
        assert counts == [2, 2, 1, 0, 1]


async def test_a_chat_is_told_by_how_it_stands_now_and_by_hour_once_a_day(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:
        await shop.shop.say("halo lagi", ANI)
        shop.shop.later(24 * 60 * MINUTE)
        await shop.shop.say("halo besok", ANI)
        shop.resolve(ANI)
        told = await shop.front.get("/api/analytics/conversations", dateFrom="2026-01-28", dateTo="2026-01-29")
        assert told["byStatus"] == {"active": 0, "pending": 0, "resolved": 2, "closed": 0, "spam": 0}
        assert [one for one in told["byHour"] if one["count"]] == [{"hour": 10, "count": 3, "messages": 5}]
        assert [one["weekday"] for one in told["byWeekdayHour"] if one["count"]] == [3, 4]
        assert (await shop.front.get("/api/analytics/conversations", **TODAY))["byStatus"]["resolved"] == 2


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


async def test_a_rule_is_told_with_what_came_after_its_answers(tmp_path: Path) -> None:
    async with morning(tmp_path) as shop:  # Sari wrote to Budi five minutes after both answers
        await shop.shop.say("jam buka?", ANI)
        await shop.shop.say("bukan itu", ANI)
        await shop.shop.say("jam buka?", "628155")
        told = await shop.front.get("/api/analytics/auto-replies", **TODAY)
        asked = ("triggeredCount", "aloneCount", "followedByPersonCount", "unknownNextCount", "aloneRate")
        assert {one["ruleId"]: tuple(one[name] for name in asked) for one in told["rules"]} == {
            "jam-buka": (3, 1, 1, 1, 33.33),
            "cs": (1, 0, 1, 0, 0),
        }
        assert {one["lastTriggeredAt"] for one in told["rules"]} == {
            "2026-01-28T03:00:00.000Z",
            "2026-01-28T03:15:00.000Z",
        }
        assert told["neverTriggered"] == [{"ruleId": "komplain", "ruleName": "komplain"}]


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


async def test_a_person_is_told_with_first_answers_and_the_time_that_they_were_there(tmp_path: Path) -> None:
    async with morning(tmp_path, passes=False) as shop:
        await answered(shop)
        shop.shop.later(MINUTE)
        await shop.shop.say("berapa harganya?", ANI)
        shop.shop.later(MINUTE)
        shop.says("Seribu kak", ANI)
        await shop.sent()
        shop.resolve(ANI)
        await shop.shop.say("siapa ini?")
        await shop.shop.say("Ibu Sari", from_me=True)
        shop.change(status="offline")
        told = await shop.front.get("/api/analytics/cs-performance", **TODAY)
        (one,) = told["operators"]
        assert (one["averageFirstResponseTime"], one["averageResponseTime"], one["chatsHandled"]) == (180, 120, 1)
        assert (one["onlineMinutes"], one["csatAnswers"], one["csatAverage"]) == (5, 0, 0)
        assert [(one["id"], one["email"], one["messagesSent"]) for one in told["others"]] == [("", "", 1)]


async def test_what_customers_say_of_the_help_is_told_of_whoever_helped(tmp_path: Path) -> None:
    async with shop_that_asked(tmp_path) as both:
        told = await both.front().get("/api/analytics/cs-performance", **TODAY)
        marks = {one["name"]: (one["csatAnswers"], one["csatAverage"]) for one in told["operators"]}
        assert marks == {"Sari": (1, 5), "Dedi": (1, 2)}
        assert (await both.front().get("/api/analytics/dashboard", **TODAY))["overview"]["csatAverage"] == 3.5


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
                ("2026-01-01", "2029-01-01"),
                ("kemarin", ""),
                ("", "9999-12-31T23:00:00Z"),
                ("1970-01-01", "1970-01-02"),
            ):
                answer = await shop.front.ask(
                    "GET", f"/api/analytics/{path}", params={"dateFrom": first, "dateTo": last}
                )
                assert answer.status_code == 400, (path, first, last, answer.text)
        whole = await shop.front.get("/api/analytics/dashboard", dateFrom="2026-01-01", dateTo="2028-12-31")
        assert len(whole["trends"]["messages"]) == 3 * 365 + 1


async def test_figures_are_counted_anew_after_a_minute_and_not_before(tmp_path: Path) -> None:
    async with morning(tmp_path, passes=False) as shop:
        counted = []
        for later in (0, MINUTE - 1, 1):
            shop.shop.later(later)
            await shop.shop.say("jam buka?", BUDI)
            told = await shop.front.get("/api/analytics/dashboard", **TODAY)
            counted.append(told["overview"]["totalMessages"])
        assert counted == [2, 2, 6]
