"""What each of the shop's people did, whoever they are."""

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.analytics.sums import Sums, asked, hour_number, summing
from wabot.analytics.operators import PHONE, UNNAMED, Work, operators
from wabot.analytics.period import Period

WEEK = Period(date(2026, 1, 5), date(2026, 1, 11), ZoneInfo("Asia/Jakarta"))
SARI, DEDI = "sari@warung.id", "dedi@warung.id"
NOTHING = dict.fromkeys(
    ("chats", "messages", "responses", "response_millis", "first_responses", "first_millis", "settled",
     "settled_millis", "csat_answers", "csat_total", "online_millis"), 0
)  # fmt: skip


def hired(sums: Sums, email: str, disabled_at: int | None = None) -> None:
    name = email.split("@")[0].title()
    sums.put("operators", id=email, email=email, name=name, disabled_at=disabled_at, created_at=0, updated_at=0)


def day(sums: Sums, one: str, operator: str, **figures: Any) -> None:
    sums.put("operator_analytics", date=one, operator=operator, **{**NOTHING, **figures})


def wrote(sums: Sums, one: str, operator: str, *chats: str, messages: int = 1) -> None:
    for number, chat in enumerate(chats):
        hour = hour_number(one, 9 + number)
        sums.put("analytics_people", hour=hour, conversation_id=chat, operator=operator, messages=messages)


def look(place: Path) -> tuple[Work, ...]:
    with asked(place) as ask:
        return operators(ask, WEEK)


def test_a_persons_days_add_up_and_a_chat_of_two_days_counts_once(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        hired(sums, SARI)
        for one in ("2026-01-05", "2026-01-11"):
            day(sums, one, SARI, chats=2, messages=5, responses=2, response_millis=8_000, first_responses=1,
                first_millis=6_000, settled=1, settled_millis=60_000, csat_answers=2, csat_total=9,
                online_millis=3_600_000)  # fmt: skip
        wrote(sums, "2026-01-05", SARI, "a", "b")
        wrote(sums, "2026-01-11", SARI, "b", "c")
        day(sums, "2026-01-12", SARI, messages=100)
        wrote(sums, "2026-01-12", SARI, "d")
    (sari,) = look(tmp_path)
    assert sari == Work(SARI, "Sari", False, 3, 10, 4, 16_000, 2, 12_000, 2, 120_000, 4, 18, 7_200_000)
    assert sari.response.seconds == 4
    assert sari.first_response.seconds == 6
    assert sari.resolution.seconds == 60
    assert sari.csat == 4.5


def test_who_had_the_most_chats_comes_first(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        for email, chats in ((SARI, "a"), (DEDI, "abc")):
            hired(sums, email)
            day(sums, "2026-01-05", email, messages=9)
            wrote(sums, "2026-01-05", email, *chats)
    assert [one.email for one in look(tmp_path)] == [DEDI, SARI]


def test_whoever_did_nothing_stands_there_unless_they_answer_no_longer(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        hired(sums, SARI)
        hired(sums, DEDI, disabled_at=1)
    (sari,) = look(tmp_path)
    assert (sari.email, sari.response.seconds, sari.csat) == (SARI, None, None)
    with summing(tmp_path) as sums:
        day(sums, "2026-01-06", DEDI, messages=1)
    assert {one.email: one.disabled for one in look(tmp_path)} == {SARI: False, DEDI: True}


def test_the_shops_phone_the_unnamed_and_those_who_are_gone_stand_by_what_they_did(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        for operator in (PHONE, UNNAMED, "gone@warung.id"):
            day(sums, "2026-01-05", operator, messages=1)
            wrote(sums, "2026-01-05", operator, "a")
    assert {(one.email, one.name, one.chats) for one in look(tmp_path)} == {
        (PHONE, "", 1),
        (UNNAMED, "", 1),
        ("gone@warung.id", "", 1),
    }


def test_nobody_of_another_tenant_is_told(tmp_path: Path) -> None:
    with summing(tmp_path, "toko") as sums:
        hired(sums, SARI)
        day(sums, "2026-01-05", SARI, messages=1)
        wrote(sums, "2026-01-05", SARI, "a")
    assert look(tmp_path) == ()
