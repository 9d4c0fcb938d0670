"""Who wrote: new or returning, of which segment, with which tags."""

import json
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.analytics.sums import Sums, asked, summing
from wabot.analytics.customers import Customer, Customers, Group, customers
from wabot.analytics.period import Period

WEEK = Period(date(2026, 1, 5), date(2026, 1, 11), ZoneInfo("Asia/Jakarta"))


def known(sums: Sums, chat: str, *tags: str, **contact: object) -> None:
    row = {"first_contact_at": 0, "last_contact_at": 1_000, "phone": f"62{ord(chat)}", "name": chat.upper(), **contact}
    sums.put("contacts", id=f"k{chat}", tags=json.dumps(tags), **row)
    sums.put("conversations", id=chat, chat=f"62{ord(chat)}", contact_id=f"k{chat}", created_at=0, updated_at=0)


def look(place: Path, inactive_before: int = 0, most: int = 10) -> Customers:
    with asked(place) as ask:
        return customers(ask, WEEK, inactive_before, most)


def test_returning_customers_are_those_who_are_not_new(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        sums.day("2026-01-06", unique_customers=2, new_customers=1)
        sums.day("2026-01-07", unique_customers=2, new_customers=0)
        for day, chats in (("2026-01-06", "ab"), ("2026-01-07", "bc")):
            for chat in chats:
                sums.chat(day, 9, chat, from_customer=1)
    found = look(tmp_path)
    assert (found.unique, found.new, found.returning) == (3, 1, 2)
    assert [one.new_customers for one in found.days.values()] == [0, 1, 0, 0, 0, 0, 0]


def test_customers_stand_in_the_segment_of_today(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        known(sums, "a", segment="vip", last_contact_at=5_000)
        known(sums, "b", segment="vip", last_contact_at=10)
        known(sums, "c", segment="new", segment_manual="vip", last_contact_at=10)
        known(sums, "d", last_contact_at=5_000)
        known(sums, "e", segment="regular", last_contact_at=5_000)
        for chat in "abcd":
            sums.chat("2026-01-06", 9, chat, from_customer=2)
        sums.chat("2026-01-06", 9, "e", from_people=1)
        sums.chat("2026-01-12", 9, "e", from_customer=1)
    assert look(tmp_path, inactive_before=1_000).segments == (
        Group("vip", 2, 4),
        Group("inactive", 1, 2),
        Group("new", 1, 2),
    )


def test_a_customer_counts_with_each_of_their_tags(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        known(sums, "a", "reseller", "langganan")
        known(sums, "b", "reseller")
        known(sums, "c")
        for chat in "abc":
            sums.chat("2026-01-06", 9, chat, from_customer=1)
            sums.chat("2026-01-07", 9, chat, from_customer=2)
    assert look(tmp_path).tags == (Group("reseller", 2, 6), Group("langganan", 1, 3))
    assert look(tmp_path, most=1).tags == (Group("reseller", 2, 6),)


def test_who_wrote_most_comes_first_with_the_day_of_their_last_message(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        for chat in "ab":
            known(sums, chat, segment="regular")
        sums.chat("2026-01-05", 0, "a", from_customer=1)
        sums.chat("2026-01-11", 23, "a", from_customer=1)
        sums.chat("2026-01-06", 9, "b", from_customer=3, from_rules=9)
        sums.chat("2026-01-07", 9, "b", from_rules=9)
    assert look(tmp_path).most_active == (
        Customer("6298", "B", "6298", "regular", 3, date(2026, 1, 6)),
        Customer("6297", "A", "6297", "regular", 2, date(2026, 1, 11)),
    )
    assert len(look(tmp_path, most=1).most_active) == 1


def test_whoever_was_erased_still_counts_and_is_nobody(tmp_path: Path) -> None:
    with summing(tmp_path) as sums:
        sums.chat("2026-01-06", 9, "x", from_customer=5)
    found = look(tmp_path)
    assert found.unique == 1
    assert (found.segments, found.tags, found.most_active) == ((), (), ())
