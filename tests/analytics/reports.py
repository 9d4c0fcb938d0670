"""Reports of a shop that is not there, whose figures fit together."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wabot.analytics.customers import Customers, Group
from wabot.analytics.funnel import Choice, Funnel
from wabot.analytics.hours import Cell, Week, opening
from wabot.analytics.operators import Work
from wabot.analytics.overview import Figures, Overview
from wabot.analytics.period import Period
from wabot.analytics.report.contents import Report
from wabot.analytics.rule_figures import RuleFigure, RuleFigures, Standing
from wabot.analytics.unanswered import Matter, Unanswered
from wabot.language.hours import Hours, read_weekly

JAKARTA = ZoneInfo("Asia/Jakarta")
LAST = date(2026, 11, 26)
SHOP = Hours(weekly=read_weekly({"mon-fri": ["08:00-12:00", "13:00-17:30"], "sat": ["08:00-14:00"]}), always=False)
NOON = 1_795_669_500_000  # 26 November 2026 14.05 WIB


def report(days: int = 30, language: str = "id", **changed: Any) -> Report:
    """A period of a shop that answers much by itself."""
    chance = random.Random(days)
    period = Period(LAST - timedelta(days - 1), LAST, JAKARTA)
    by_day = {day: _day(chance, day) for day in period}
    total = Figures._make(map(sum, zip(*by_day.values(), strict=True)))
    total = total._replace(unique_customers=total.unique_customers * 2 // 3)
    overview = Overview(period, total, by_day, _week(chance))
    before = Figures._make(int(number * chance.uniform(0.85, 1.1)) for number in total)
    made = Report("Warung Sari", language, overview, before, opening(SHOP, period), NOON, NOON + 60_000)
    return replace(made, **{**_rest(total, period, by_day), **changed})


def _day(chance: random.Random, day: date) -> Figures:
    many = int(chance.uniform(26, 44) * (0.6 if day.weekday() == 6 else 1))
    alone = int(many * chance.uniform(0.58, 0.7))
    asked = int(many * chance.uniform(2.4, 3))
    rules, people = int(asked * 0.72), int(asked * 0.22)
    unknown = int(asked * chance.uniform(0.05, 0.12))
    ours = int(rules * 1.2) + int(people * 1.4)
    return Figures(
        conversations=many, chats=many, resolved=int(many * 0.7), bot_only=alone, handed_over=int(many * 0.2),
        messages=asked + ours, from_customers=asked, from_people=int(people * 1.4), from_rules=int(rules * 1.2),
        failed=int(chance.random() < 0.2), delivered=ours - int(chance.random() < 0.2), read=int(ours * 0.8),
        unique_customers=many, new_customers=many // 4, questions=asked, rule_responses=rules,
        rule_response_millis=rules * 2_700, person_responses=people, person_response_millis=people * 840_000,
        first_responses_open=many * 2 // 3, first_response_millis_open=many * 2 // 3 * 64_000,
        first_responses_closed=many // 4, first_response_millis_closed=many // 4 * 5_400_000,
        first_person_responses=people, first_person_millis=people * 1_260_000,
        resolution_millis=int(many * 0.7) * 7_800_000, decided=asked, answered=rules, unknown=unknown,
        triggered=rules, csat_answers=2, csat_total=9, online=2, at_work=2,
    )  # fmt: skip


def _week(chance: random.Random) -> Week:
    shape = [0, 0, 0, 0, 0, 1, 3, 6, 10, 13, 14, 12, 9, 10, 11, 11, 12, 10, 9, 13, 15, 11, 5, 1]
    return tuple(
        tuple(Cell(int(number * chance.uniform(0.5, 1.4) * (0.5 if weekday == 6 else 1))) for number in shape)
        for weekday in range(7)
    )


def _standing(number: int) -> Standing:
    return "gone" if number == 2 else "off" if number == 4 else "live"


def _rest(total: Figures, period: Period, by_day: Mapping[date, Figures]) -> dict[str, Any]:
    names = ["sapaan", "jam-buka", "menu-utama", "harga-menu", "ongkir", "pesan-antar", "lokasi", "komplain"]
    fired = [total.triggered // (2 + 2 * number) for number in range(len(names))]
    rules = tuple(
        RuleFigure(
            name, times, times * (93 - 7 * number) // 100, times * number // 25, times // 19, standing=_standing(number)
        )
        for number, (name, times) in enumerate(zip(names, fired, strict=True))
    )
    asked = {
        "cod": ("bisa cod ke cimahi kak?", "cod bisa?"),
        "paket": ("ada paket buat ulang tahun ga",),
        "qris": ("bisa bayar pakai qris", "qris bisa kak"),
        "gofood": ("gofood nya tutup ya",),
    }
    matters = tuple(
        Matter(word, 41 - 9 * number, 30 - 7 * number, NOON - 86_400_000 * number, {}, examples, (), None)
        for number, (word, examples) in enumerate(asked.items())
    )
    people = (
        Work("rina@warung.example", "Rina", False, 210, 402, 350, 350 * 620_000, 120, 120 * 500_000, 180, 0, 31, 143),
        Work("", "", False, 88, 131, 118, 118 * 1_500_000),
        Work("budi@warung.example", "Budi Santoso", False, 40, 77, 70, 70 * 300_000, 20, 20 * 200_000, 33),
    )
    unique = total.unique_customers
    segments = (Group("new", unique // 3, unique), Group("regular", unique // 2, unique * 4), Group("vip", 14, 522))
    tags = (Group("grosir", 31, 290), Group("reseller", 12, 140))
    customers = Customers(period, unique, total.new_customers, by_day, segments, tags, ())
    choices = tuple(
        Choice(str(number), label, (), "", 60 - 17 * number)
        for number, label in enumerate(("Daftar menu", "Pesan antar", "Bicara dengan orang"), 1)
    )
    menu = Funnel("menu-utama", "Menu utama", 131, choices, 9, 11, 24)
    return {
        "rules": RuleFigures(rules, (RuleFigure("lebaran"), RuleFigure("libur-nasional")), {}),
        "unanswered": Unanswered(140, matters, 28, {}, 9, 4, {}),
        "people": people,
        "menus": (menu,),
        "customers": customers,
    }
