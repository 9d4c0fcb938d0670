"""Rules that the API writes: the contract's fields become YAML, and come back."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.managed import KEYWORD, Managed
from tests.session.stage import START
from wabot.api.workshop.rules import free_id
from wabot.engine.load import load_tenant
from wabot.lint.run import lint


@pytest.fixture
def shop(tmp_path: Path) -> Managed:
    return Managed(tmp_path)


def test_a_rule_of_the_contract_is_a_rule_in_yaml(shop: Managed) -> None:
    told = {
        "name": "Di luar jam",
        "triggerType": "time_based",
        "workingHours": {"start": "09:00", "end": "21:00", "timezone": "Asia/Jakarta", "days": [1, 2, 3, 4, 5, 0]},
        "responseType": "menu",
        "responseMessage": "Kami tutup kak {{ first_name }}.\nPilih:",
        "menuOptions": [
            {"key": "1", "label": "Jam buka", "action": "jam-buka"},
            {"key": "0", "label": "Admin", "action": "forward_to_cs"},
        ],
        "priority": 10,
        "cooldownMinutes": 90,
        "maxTriggersPerDay": 3,
        "delaySeconds": 2,
        "isActive": False,
    }
    assert shop.create(told)["id"] == "di-luar-jam"
    text = shop.file.read_text()
    assert text.startswith("# Written by wabot's API") and text.endswith(
        """\
version: 1
rules:
  - id: di-luar-jam
    name: Di luar jam
    enabled: false
    trigger:
      type: time_based
      hours: closed
      working_hours:
        mon-fri: ["09:00-21:00"]
        sun: ["09:00-21:00"]
    priority: 10
    response:
      type: menu
      message: |-
        Kami tutup kak {{ first_name }}.
        Pilih:
      options:
        - key: "1"
          label: Jam buka
          goto: jam-buka
        - key: "0"
          label: Admin
          action: forward_to_cs
    cooldown: 1h30m
    max_triggers_per_day: 3
    delay: 2s
"""
    )
    rule = shop.told()["di-luar-jam"]
    hours: Any = told["workingHours"]
    assert rule["workingHours"] == {**hours, "days": [1, 2, 3, 4, 5, 7]}
    assert rule["menuOptions"][0] == {"key": "1", "label": "Jam buka", "action": "jam-buka", "nextRuleId": "jam-buka"}
    same = ("name", "triggerType", "responseType", "responseMessage", "priority", "cooldownMinutes", "isActive")
    assert {name: rule[name] for name in same} == {name: told[name] for name in same}
    assert (rule["managed"], rule["source"]) == (True, "rules/managed.yaml:4")


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs", "S"]), min_size=1, max_size=20)
SAID = WORDS.filter(lambda text: text.strip() and "{" not in text and "}" not in text and text == text.strip())
TEXTS = st.lists(SAID, min_size=1, max_size=3).map("\n".join)
KEYWORDS = st.lists(st.from_regex(r"[a-z]{5,9} [a-z]{5,9}", fullmatch=True), min_size=1, max_size=3, unique=True)
TRIGGERS = st.one_of(
    st.just({"triggerType": "welcome"}),
    st.just({"triggerType": "fallback"}),
    st.just({"triggerType": "time_based", "hours": "closed"}),
    st.fixed_dictionaries(
        {"triggerType": st.just("keyword"), "keywords": KEYWORDS},
        optional={
            "matchType": st.sampled_from(["exact", "contains", "starts_with", "ends_with", "word", "fuzzy"]),
            "caseSensitive": st.booleans(),
        },
    ),
    st.fixed_dictionaries(
        {"triggerType": st.just("pattern"), "regexPattern": st.sampled_from([r"\bJP\d{10}\b", "^x+$"])}
    ),
    st.fixed_dictionaries(
        {
            "triggerType": st.just("time_based"),
            "workingHours": st.fixed_dictionaries(
                {
                    "start": st.just("09:00"),
                    "end": st.sampled_from(["17:30", "21:00", "02:00"]),
                    "timezone": st.just("Asia/Jakarta"),
                    "days": st.sets(st.integers(1, 7), min_size=1).map(sorted),
                }
            ),
        }
    ),
)
RESPONSES = st.one_of(
    st.fixed_dictionaries(
        {"responseType": st.just("text"), "responseMessage": TEXTS | st.lists(TEXTS, min_size=1, max_size=2)}
    ),
    st.just({"responseType": "template", "responseTemplate": "tutup.j2"}),
    st.fixed_dictionaries(
        {"responseType": st.just("forward_to_cs")},
        optional={"responseMessage": TEXTS, "routeTo": st.sampled_from([{"team": "cs"}, {"role": "supervisor"}])},
    ),
    st.fixed_dictionaries(
        {
            "responseType": st.just("smart_route"),
            "routeCondition": st.just("complaint"),
            "routeTo": st.just({"operator": "sari@warung.id"}),
        }
    ),
    st.fixed_dictionaries(
        {
            "responseType": st.just("menu"),
            "responseMessage": TEXTS,
            "menuOptions": st.lists(SAID, min_size=1, max_size=4, unique_by=str.casefold).map(
                lambda labels: [
                    {"key": str(number + 50), "label": f"{label} ke-{number}", "action": "forward_to_cs"}
                    for number, label in enumerate(labels)
                ]
            ),
        }
    ),
    st.just({"responseType": "none", "tags": ["vip"]}),
)
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "hasOrderHistory": st.booleans(),
        "customerTags": st.just(["vip", "lama"]),
        "messageCountMin": st.integers(1, 5),
        "messageCountMax": st.integers(6, 9),
    },
)
RULES = st.builds(
    lambda trigger, response, rest: {**trigger, **response, **rest},
    TRIGGERS,
    RESPONSES,
    st.fixed_dictionaries(
        {"name": SAID},
        optional={
            "description": TEXTS,
            "conditions": CONDITIONS,
            "priority": st.integers(0, 100),
            "cooldownMinutes": st.integers(1, 5_000),
            "maxTriggersPerDay": st.integers(1, 5),
            "delaySeconds": st.integers(0, 600),
            "isActive": st.booleans(),
            "continueToNext": st.booleans(),
            "setPriority": st.sampled_from(["low", "urgent"]),
        },
    ),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=RULES, second=RULES)
def test_what_is_created_reads_back_the_same_and_the_tenant_is_sound(
    tmp_path_factory: pytest.TempPathFactory, first: dict[str, Any], second: dict[str, Any]
) -> None:
    shop = Managed(tmp_path_factory.mktemp("shop"))
    shop.create(first, "satu")
    shop.create({**second, "name": "Dua"}, "dua")
    loaded = load_tenant(shop.folder)
    assert [item for item in (*loaded.diagnostics, *lint(loaded, START)) if item.severity == "error"] == []
    told = shop.told()
    for id, meant in (("satu", first), ("dua", {**second, "name": "Dua"})):
        got = {name: told[id][name] for name in meant}
        if "conditions" in meant:
            got["conditions"] = {name: got["conditions"][name] for name in meant["conditions"]}
        got["menuOptions"] = [
            {name: option[name] for name in ("key", "label", "action")} for option in told[id]["menuOptions"] or ()
        ]
        assert got == {"menuOptions": [], **meant}
    # Changed into the other one, and all of it at once taken back: as if it had been so from the start.
    whole = {
        name: value
        for name, value in told["dua"].items()
        if name not in ("id", "source", "managed", "yaml", "changedAt")
    }
    shop.order("change", "satu", whole)
    after = shop.told()
    assert {name: after["satu"][name] for name in whole} == whole
    shop.order("remove", "satu", {})
    shop.order("remove", "dua", {})
    assert list(shop.told()) == ["jam-buka"]


def test_a_change_leaves_alone_what_it_does_not_speak_of(shop: Managed) -> None:
    shop.file.parent.mkdir()
    shop.file.write_text(
        "version: 1\nrules:\n"
        "  - id: promo  # until May\n"
        "    trigger: {type: keyword, keywords: [promo], max_typos: 2, match: fuzzy}\n"
        "    conditions: {segment: vip, customer_tags: {none: [grosir]}}\n"
        "    response: {type: text, message: Ada kak., tags: [promo]}\n"
        "    follow_up: {after: 2h, message: Jadi kak?}\n"
    )
    shop.order(
        "change", "promo", {"isActive": False, "conditions": {"isFirstMessage": False}, "responseMessage": "Habis kak."}
    )
    (rule,) = (rule for rule in load_tenant(shop.folder).documents[-2].data["rules"])
    assert rule == {
        "id": "promo",
        "enabled": False,
        "trigger": {"type": "keyword", "keywords": ["promo"], "max_typos": 2, "match": "fuzzy"},
        "conditions": {"segment": "vip", "customer_tags": {"none": ["grosir"]}, "first_message": False},
        "response": {"type": "text", "message": "Habis kak.", "tags": ["promo"]},
        "follow_up": {"after": "2h", "message": "Jadi kak?"},
    }
    assert "- id: promo  # until May\n" in shop.file.read_text()
    assert "    follow_up: {after: 2h, message: Jadi kak?}\n" in shop.file.read_text()


def test_null_takes_a_field_away_and_another_type_takes_its_own_along(shop: Managed) -> None:
    shop.create({**KEYWORD, "cooldownMinutes": 5, "matchType": "word"}, "harga")
    shop.order("change", "harga", {"cooldownMinutes": None, "triggerType": "welcome"})
    rule = shop.told()["harga"]
    assert (rule["cooldownMinutes"], rule["triggerType"], rule["keywords"]) == (None, "welcome", None)
    assert "keywords" not in shop.file.read_text()


def test_ids_are_made_of_names_and_never_taken_twice(shop: Managed) -> None:
    assert [
        shop.create({**KEYWORD, "name": "Jam Buka", "keywords": [word]})["id"] for word in ("pagi ini", "sore ini")
    ] == [
        "jam-buka-2",
        "jam-buka-3",
    ]
    assert free_id("Café & Té!", ()) == "cafe-te"
    assert free_id("好的", ()) == "rule"
    assert free_id("none", ()) == "rule-none"
    assert len(free_id("a" * 200, ())) <= 63


ELSEWHERE = {"start": "09:00", "end": "10:00", "timezone": "Asia/Makassar"}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"triggerType": "keyword"}, "needs `keywords`"),
        ({"triggerType": "pattern"}, "needs `regexPattern`"),
        ({"triggerType": "time_based"}, "needs `workingHours` or `hours`"),
        ({"triggerType": "welcome", "keywords": ["a"]}, "has no `keywords`"),
        ({"responseType": "menu", "responseMessage": "Halo"}, "needs `menuOptions`"),
        ({"responseType": "text"}, "needs `responseMessage`"),
        ({"responseType": "none", "responseMessage": "x"}, "has no `responseMessage`"),
        (
            {
                "workingHours": {"start": "09:00", "end": "10:00", "timezone": "Asia/Makassar"},
                "triggerType": "time_based",
            },
            "Asia/Jakarta",
        ),
    ],
)
def test_fields_that_make_no_rule_are_named(shop: Managed, told: dict[str, Any], why: str) -> None:
    refused = shop.refused("create", None, {"name": "X", "responseType": "none", "triggerType": "welcome", **told})
    assert (refused.status, refused.code) == (422, "INVALID_RULE")
    assert why in refused.message
