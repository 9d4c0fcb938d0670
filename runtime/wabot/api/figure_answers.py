"""Figures as the endpoints of analytics tell them: seconds, minutes, percent, and 0 where there is none."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from wabot.analytics.hours import Cell, Week
from wabot.analytics.measures import Mean, Ratio
from wabot.analytics.operators import Work
from wabot.analytics.overview import Figures
from wabot.analytics.period import Period
from wabot.analytics.rule_figures import RuleFigure

_STATUSES: Final = ("active", "pending", "resolved", "closed", "spam")


def overview(total: Figures, standing: Mapping[str, int]) -> dict[str, Any]:
    """What the days come to. `standing`: how their chats stand now."""
    return {
        "totalConversations": total.chats,
        "newConversations": total.conversations,
        "activeConversations": sum(standing.get(one, 0) for one in ("active", "pending")),
        "resolvedConversations": total.resolved,
        "totalMessages": total.messages,
        "uniqueCustomers": total.unique_customers,
        "newCustomers": total.new_customers,
        "averageResponseTime": _seconds(total.response),
        "averagePersonResponseTime": _seconds(total.response_by_people),
        "averageFirstResponseTime": _seconds(total.first_response),
        "averageFirstResponseTimeOpen": _seconds(total.first_response_open),
        "averageFirstResponseTimeClosed": _seconds(total.first_response_closed),
        "averageResolutionTime": _minutes(total.resolution),
        "autoReplyRate": _percent(total.answers),
        "autoReplySuccessRate": _percent(total.success),
        "resolvedByBotRate": _percent(total.alone),
        "deliveredRate": _percent(total.delivery),
        "csUtilizationRate": _percent(total.utilisation),
        "csatAverage": _mark(total.csat),
    }


def trends(days: Mapping[date, Figures]) -> dict[str, list[dict[str, Any]]]:
    """Day by day. Days on which nothing was answered have no response time."""
    return {
        "conversations": points((day, one.chats) for day, one in days.items()),
        "messages": points((day, one.messages) for day, one in days.items()),
        "responseTime": [
            {"date": day.isoformat(), "avgSeconds": _seconds(one.response)}
            for day, one in days.items()
            if one.response.number
        ],
    }


def points(counted: Iterable[tuple[date, int]]) -> list[dict[str, Any]]:
    """A count a day."""
    return [{"date": day.isoformat(), "count": count} for day, count in counted]


def conversations(total: Figures, standing: Mapping[str, int], week: Week) -> dict[str, Any]:
    """How conversations stand, and when they were held."""
    return {
        "total": total.chats,
        "new": total.conversations,
        "resolved": total.resolved,
        "resolvedByBot": total.bot_only,
        "handedOver": total.handed_over,
        "byStatus": {status: standing.get(status, 0) for status in _STATUSES},
        "byHour": [_hour([day[hour] for day in week], hour=hour) for hour in range(24)],
        "byWeekdayHour": [
            _hour([cell], weekday=number, hour=hour)
            for number, day in enumerate(week, 1)
            for hour, cell in enumerate(day)
        ],
        "byMessages": {
            "fromCustomers": total.from_customers,
            "fromPeople": total.from_people,
            "fromRules": total.from_rules,
            "fromSystem": total.from_system,
            "failed": total.failed,
            "delivered": total.delivered,
            "read": total.read,
        },
        "averageMessagesPerConversation": round(total.messages / (total.chats or 1), 2),
        "averageResolutionTime": _minutes(total.resolution),
    }


def auto_replies(
    total: Figures, days: Mapping[date, Figures], rules: Sequence[RuleFigure], silences: Mapping[str, int]
) -> dict[str, Any]:
    """What the rules answered, and why they were silent; `rules` without their names."""
    return {
        "customerMessages": total.from_customers,
        "answered": total.answered,
        "autoReplyRate": _percent(total.answers),
        "rules": [
            {
                "ruleId": one.rule,
                "triggeredCount": one.fired,
                "failedCount": one.failed,
                "aloneCount": one.alone,
                "followedByPersonCount": one.by_person,
                "unknownNextCount": one.unknown_next,
                "aloneRate": _percent(Ratio(one.alone, one.fired)),
                "averageExecutionTimeMs": round(one.micros / 1000 / ((one.fired + one.failed) or 1), 3),
            }
            for one in rules
        ],
        "byDay": points((day, one.triggered) for day, one in days.items()),
        "notAnswered": [{"reason": reason, "count": number} for reason, number in silences.items()],
    }


def performance(one: Work, id: str) -> dict[str, Any]:
    """What one of the people did."""
    return {
        "id": id,
        "name": one.name,
        "email": one.email,
        "chatsHandled": one.chats,
        "chatsResolved": one.settled,
        "messagesSent": one.messages,
        "averageResponseTime": _seconds(one.response),
        "averageFirstResponseTime": _seconds(one.first_response),
        "averageResolutionTime": _minutes(one.resolution),
        "csatAnswers": one.csat_answers,
        "csatAverage": _mark(one.csat),
        "onlineMinutes": round(one.online_millis / 60_000, 2),
    }


def period_of(period: Period) -> dict[str, str]:
    """Which days the figures are about."""
    return {"dateFrom": period.first.isoformat(), "dateTo": period.last.isoformat(), "timezone": str(period.zone)}


def _hour(found: Sequence[Cell], **when: int) -> dict[str, int]:
    return {**when, "count": sum(one.chats for one in found), "messages": sum(one.messages for one in found)}


def _percent(ratio: Ratio) -> float:
    return round(ratio.percent or 0, 2)


def _seconds(mean: Mean) -> float:
    return round(mean.seconds or 0, 1)


def _minutes(mean: Mean) -> float:
    return round((mean.seconds or 0) / 60, 2)


def _mark(average: float | None) -> float:
    return round(average or 0, 2)
