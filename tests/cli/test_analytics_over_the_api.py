"""`wabot analytics` and the API tell the same numbers of the same days."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.api.test_analytics import MINUTE, Morning, morning
from tests.cli.typed import Typed
from tests.session.people import DEDI, SARI
from tests.session.stage import ANI, BUDI

DAYS = ("2026-01-28", "2026-02-01")
CHATS = (BUDI, ANI, "6281200000003", "6281200000004")
WORDS = ("jam buka?", "admin", "komplain", "tidak ada aturannya", "berapa harganya?")


async def some_days(shop: Morning, seed: int) -> None:
    """What customers and people do, in any order."""
    chance, seen = random.Random(seed), set[str]()
    shop.hire(SARI)
    shop.hire(DEDI)
    for _ in range(60):
        shop.shop.later(chance.choice([1, 7, 45, 400]) * MINUTE + chance.randrange(MINUTE))
        chat, operator = chance.choice(CHATS), chance.choice([SARI, DEDI])
        act = chance.random()
        if act < 0.55 or chat not in seen:
            seen.add(chat)
            await shop.shop.say(chance.choice(WORDS), chat)
        elif act < 0.8:
            shop.says("Siap kak", chat, operator)
            await shop.sent()
        elif act < 0.85:
            await shop.shop.say("Dari HP toko", chat, from_me=True)
        elif act < 0.95:
            shop.resolve(chat)
        else:
            shop.change(operator, status=chance.choice(["online", "away", "offline"]))
    for operator in (SARI, DEDI):
        shop.change(operator, status="offline")
    shop.shop.later(MINUTE)


@pytest.mark.parametrize("seed", range(3))
async def test_they_tell_the_same_numbers(wabot: Typed, tmp_path: Path, seed: int) -> None:
    told: dict[str, Any] = {}
    async with morning(tmp_path, passes=False) as shop:
        await some_days(shop, seed)
        for name in ("dashboard", "conversations", "auto-replies", "cs-performance"):
            told[name] = await shop.front.get(f"/api/analytics/{name}", dateFrom=DAYS[0], dateTo=DAYS[1])
    words = ("--data", tmp_path / "data", "--tenant", "warung", "--from", DAYS[0], "--to", DAYS[1], "--format", "json")
    same_days(told, wabot("analytics", *words).data["tenants"][0])
    same_hours(told["conversations"], wabot("analytics", "hours", *words).data["tenants"][0])
    same_rules(told["auto-replies"], wabot("analytics", "rules", *words).data["tenants"][0])
    same_people(told["cs-performance"], wabot("analytics", "operators", *words).data["tenants"][0]["operators"])


def same_days(told: dict[str, Any], typed: dict[str, Any]) -> None:
    total, shown, chats = typed["total"], told["dashboard"]["overview"], told["conversations"]
    assert shown["totalMessages"] > 20
    assert {name: shown[name] for name in shown if name not in ("activeConversations", "csUtilizationRate")} == {
        "totalConversations": total["chats"],
        "newConversations": total["conversations"],
        "resolvedConversations": total["settled"],
        "totalMessages": total["messages"]["total"],
        "uniqueCustomers": total["customers"],
        "newCustomers": total["new_customers"],
        "averageResponseTime": seconds(total["seconds"]["response"]),
        "averagePersonResponseTime": seconds(total["seconds"]["response_by_people"]),
        "averageFirstResponseTime": seconds(total["seconds"]["first_response"]),
        "averageFirstResponseTimeOpen": seconds(total["seconds"]["first_response_open"]),
        "averageFirstResponseTimeClosed": seconds(total["seconds"]["first_response_closed"]),
        "averageResolutionTime": minutes(total["seconds"]["until_settled"]),
        "autoReplyRate": percent(total["answered_by_rules"]),
        "autoReplySuccessRate": percent(total["rules_success"]),
        "resolvedByBotRate": percent(total["bot_alone"]),
        "deliveredRate": percent(total["delivery"]),
        "csatAverage": total["csat"]["average"] or 0,
    }
    trends = told["dashboard"]["trends"]
    assert [one["count"] for one in trends["conversations"]] == [day["chats"] for day in typed["days"]]
    assert [one["count"] for one in trends["messages"]] == [day["messages"]["total"] for day in typed["days"]]
    answered = [day for day in typed["days"] if day["seconds"]["response"] is not None]
    assert trends["responseTime"] == [
        {"date": day["date"], "avgSeconds": seconds(day["seconds"]["response"])} for day in answered
    ]
    assert chats["total"] == sum(chats["byStatus"].values()) == total["chats"]
    assert (chats["resolvedByBot"], chats["handedOver"]) == (total["bot_alone"]["part"], total["handed_over"])
    assert list(chats["byMessages"].values()) == [
        total["messages"][name]
        for name in ("from_customers", "from_people", "from_rules", "from_system", "failed", "delivered", "read")
    ]
    assert sum(one["messages"] for one in chats["byHour"]) == total["messages"]["from_customers"]


def same_hours(told: dict[str, Any], typed: dict[str, Any]) -> None:
    week = [(number // 24 + 1, one["hour"], one["messages"]) for number, one in enumerate(typed["hours"])]
    assert [(one["weekday"], one["hour"], one["messages"]) for one in told["byWeekdayHour"]] == week


def same_rules(told: dict[str, Any], typed: dict[str, Any]) -> None:
    names = ("ruleId", "triggeredCount", "aloneCount", "followedByPersonCount", "unknownNextCount", "failedCount")
    keys = ("rule", "fired", "alone", "followed_by_person", "unknown_next", "failed")
    assert [tuple(one[name] for name in names) for one in told["rules"]] == [
        tuple(one[key] for key in keys) for one in typed["rules"]
    ]
    assert [one["ruleId"] for one in told["neverTriggered"]] == [one["rule"] for one in typed["never_fired"]]
    assert [(one["reason"], one["count"]) for one in told["notAnswered"]] == [
        (one["reason"], one["messages"]) for one in typed["silences"]
    ]


def same_people(told: dict[str, Any], typed: list[dict[str, Any]]) -> None:
    shown = {
        one["email"] or None: (
            one["chatsHandled"],
            one["messagesSent"],
            one["chatsResolved"],
            one["averageResponseTime"],
            one["averageFirstResponseTime"],
            one["averageResolutionTime"],
            one["csatAnswers"],
            one["onlineMinutes"],
        )
        for one in (*told["operators"], *told["others"])
    }
    assert shown == {
        one["email"]: (
            one["chats"],
            one["messages"],
            one["settled"],
            seconds(one["seconds"]["response"]),
            seconds(one["seconds"]["first_response"]),
            minutes(one["seconds"]["until_settled"]),
            one["csat"]["answers"],
            round(one["online_seconds"] / 60, 2),
        )
        for one in typed
    }


def seconds(found: float | None) -> float:
    return round(found or 0, 1)


def minutes(found: float | None) -> float:
    return round((found or 0) / 60, 2)


def percent(ratio: dict[str, Any]) -> float:
    return round(ratio["percent"] or 0, 2)
