"""`/api/auto-reply` beside a session that runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.api.front import Api, api
from tests.session.stage import JAM, Stage, stage

RULES = (
    JAM
    + """\
  # whoever comes first
  - id: sambutan
    name: Sambutan
    trigger: {type: welcome}
    priority: 90
    continue: true
    response: Selamat datang kak {{ first_name }}!
  - {id: vip, trigger: {type: keyword, keywords: [buka]}, conditions: {has_order_history: true}, response: Hai VIP}
"""
)
HARGA = {
    "name": "Harga",
    "triggerType": "keyword",
    "keywords": ["harga"],
    "matchType": "contains",
    "responseType": "text",
    "responseMessage": "Rp 15.000 kak {{ first_name }}.",
    "priority": 60,
    "cooldownMinutes": 10,
    "isActive": True,
}


@asynccontextmanager
async def shop(place: Path, text: str = RULES, **tenant: str) -> AsyncIterator[tuple[Stage, Api]]:
    async with (
        stage(place, text, home="data/warung", tenant=tenant) as live,
        api(place / "data", {"warung": live.folder}, live.clock) as served,
    ):
        yield live, served


async def test_rules_are_listed_as_they_are_asked_with_what_is_counted(tmp_path: Path) -> None:
    async with shop(tmp_path) as (live, served):
        await live.say("jam buka?")
        told = await served.front(role="viewer").get("/api/auto-reply/rules")
        assert [(rule["id"], rule["totalTriggered"]) for rule in told["rules"]] == [
            ("sambutan", 1),
            ("jam-buka", 1),
            ("vip", 0),
        ]
        first = told["rules"][0]
        assert {name: first[name] for name in ("name", "triggerType", "responseType", "priority", "isActive")} == {
            "name": "Sambutan",
            "triggerType": "welcome",
            "responseType": "text",
            "priority": 90,
            "isActive": True,
        }
        assert (first["source"], first["managed"]) == ("rules.yaml:5", False)
        assert first["lastTriggeredAt"] == "2026-01-28T03:00:00.000Z" and first["createdAt"].endswith("Z")
        assert told["rules"][2]["lastTriggeredAt"] is None
        assert (told["live"], told["managed"], told["findings"]) == (True, False, [])


async def test_a_list_that_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    async with shop(tmp_path) as (live, served):
        front = served.front()
        tag = (await front.ask("GET", "/api/auto-reply/rules")).headers["etag"]
        again = await front.ask("GET", "/api/auto-reply/rules", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        await live.say("jam buka?")
        assert (await front.ask("GET", "/api/auto-reply/rules", headers={"if-none-match": tag})).status_code == 200


async def test_a_rule_is_told_whole_with_its_text(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, served):
        rule = (await served.front().get("/api/auto-reply/rules/vip"))["rule"]
        assert (rule["keywords"], rule["matchType"], rule["caseSensitive"]) == (["buka"], "contains", False)
        assert rule["conditions"]["hasOrderHistory"] is True
        assert rule["yaml"].startswith("- {id: vip, trigger:")
        missing = await served.front().ask("GET", "/api/auto-reply/rules/nothing")
        assert (missing.status_code, missing.json()["code"]) == (404, "NOT_FOUND")


async def test_a_test_says_what_the_customer_would_get_and_why(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, served):
        front = served.front()
        path = "/api/auto-reply/rules/jam-buka/test"
        told = await front.post(path, {"testMessage": "Kak, jam BUKA berapa?"})
        took = told.pop("executionTimeMs")
        assert took >= 0
        assert told == {
            "matched": True,
            "response": "Kami buka kak.",
            "matchedKeyword": "jam buka",
            "media": None,
            "error": None,
            "reason": 'matched:"jam buka"',
            "answeredBy": ["jam-buka"],
            "trace": [
                {"ruleId": "sambutan", "outcome": "no_match"},
                {"ruleId": "jam-buka", "outcome": 'matched:"jam buka"'},
                {"ruleId": "vip", "outcome": "condition:has_order_history"},
            ],
        }
        silent = await front.post(path, {"testMessage": "halo", "customerContext": {"isFirstMessage": True}})
        assert (silent["matched"], silent["response"], silent["reason"]) == (False, None, "no_match")
        assert silent["answeredBy"] == ["sambutan"]
        ordered = {"testMessage": "jam buka", "customerContext": {"hasOrderHistory": True}}
        assert (await front.post("/api/auto-reply/rules/vip/test", ordered))["reason"] == "shadowed_by:jam-buka"
        assert (await front.ask("POST", "/api/auto-reply/rules/x/test", json={"testMessage": "a"})).status_code == 404


async def test_all_rules_are_tried_at_once_and_decide_as_the_session_does(tmp_path: Path) -> None:
    async with shop(tmp_path) as (live, served):
        context = {"isFirstMessage": True, "name": "Budi Santoso", "at": "2026-01-28T10:00:00+07:00"}
        told = await served.front().post(
            "/api/auto-reply/test", {"testMessage": "jam buka?", "customerContext": context}
        )
        await live.say("jam buka?", name="Budi Santoso")
        assert [reply["response"] for reply in told["replies"]] == live.replies
        assert (told["matched"], told["ruleId"], told["response"], told["reason"]) == (
            True,
            "sambutan",
            "Selamat datang kak Budi!",
            "answered",
        )
        none = await served.front().post("/api/auto-reply/test", {"testMessage": "?"})
        assert (none["matched"], none["ruleId"], none["reason"]) == (False, None, "no_match")
        bad = {"testMessage": "?", "customerContext": {"at": "kemarin"}}
        assert (await served.front().ask("POST", "/api/auto-reply/test", json=bad)).status_code == 400


WRITES: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("POST", "/api/auto-reply/rules", HARGA),
    ("PUT", "/api/auto-reply/rules/jam-buka", {"priority": 3}),
    ("DELETE", "/api/auto-reply/rules/jam-buka", None),
    ("POST", "/api/quick-replies", {"shortcut": "/a", "title": "A", "message": "a"}),
    ("PUT", "/api/quick-replies/a", {"title": "B"}),
    ("DELETE", "/api/quick-replies/a", None),
)


async def test_rules_are_code_unless_the_tenant_says_otherwise(tmp_path: Path) -> None:
    async with shop(tmp_path) as (live, served):
        for method, path, body in WRITES:
            refused = await served.front().ask(method, path, json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "RULES_ARE_CODE")
            assert "`managed: true`" in refused.json()["message"]
            forbidden = await served.front(role="operator").ask(method, path, json=body)
            assert forbidden.status_code == 403
        assert sorted(path.name for path in live.folder.iterdir()) == ["rules.yaml", "tenant.yaml"]


async def test_a_rule_that_is_written_answers_customers_once_the_session_has_seen_it(tmp_path: Path) -> None:
    async with shop(tmp_path, managed="true") as (live, served):
        front = served.front(role="admin")
        made = await front.ask("POST", "/api/auto-reply/rules", json=HARGA)
        assert made.status_code == 201
        rule = made.json()["rule"]
        assert made.json()["success"] is True and (rule["id"], rule["managed"]) == ("harga", True)
        assert {name: rule[name] for name in HARGA} == HARGA
        listed = await front.get("/api/auto-reply/rules")
        assert ("harga", listed["live"]) == (listed["rules"][1]["id"], False)
        await live.session.live.reload()
        assert (await front.get("/api/auto-reply/rules"))["live"] is True
        await live.say("harga?")
        assert live.replies == ["Selamat datang kak Budi!", "Rp 15.000 kak Budi."]
        changed = await front.put("/api/auto-reply/rules/harga", {"isActive": False, "cooldownMinutes": None})
        assert (changed["rule"]["isActive"], changed["rule"]["cooldownMinutes"]) == (False, None)
        assert changed["rule"]["totalTriggered"] == 1
        tried = await front.post("/api/auto-reply/rules/harga/test", {"testMessage": "harga"})
        assert (tried["matched"], tried["reason"]) == (False, "disabled")
        assert await front.delete("/api/auto-reply/rules/harga") == {"success": True}
        noted = (await front.get("/api/audit"))["entries"]
        assert [(one["action"], one["subject"]) for one in noted][:3] == [
            ("rule.remove", "harga"),
            ("rule.change", "harga"),
            ("rule.create", "harga"),
        ]
        assert noted[1]["detail"] == {"fields": ["cooldownMinutes", "isActive"]}
        await live.session.live.reload()
        assert "harga" not in {one.id for one in live.session.live.rule_set().rules}


async def test_what_is_no_rule_is_refused_with_its_findings_and_nothing_is_written(tmp_path: Path) -> None:
    async with shop(tmp_path, managed="true") as (live, served):
        front = served.front()
        wrong = {**HARGA, "responseMessage": "Halo {{ first_nam }}"}
        refused = (await front.ask("POST", "/api/auto-reply/rules", json=wrong)).json()
        assert (refused["statusCode"], refused["code"]) == (422, "UNSOUND")
        (finding,) = refused["findings"]
        assert (
            finding["path"] == "rules/managed.yaml" and finding["code"] == "WB203" and "first_name" in finding["hint"]
        )
        for body, status in (
            ({"name": "X", "triggerType": "welcome"}, 422),
            ({**HARGA, "triggerType": "telepathy"}, 400),
            ({**HARGA, "unknown": 1}, 400),
            ({**HARGA, "name": "a\x00b"}, 400),
            ({**HARGA, "keywords": []}, 422),
        ):
            assert (await front.ask("POST", "/api/auto-reply/rules", json=body)).status_code == status
        assert not (live.folder / "rules").exists()


async def test_while_the_files_are_broken_the_rules_before_them_are_told_and_why(tmp_path: Path) -> None:
    async with shop(tmp_path, managed="true") as (live, served):
        front = served.front()
        sound = (live.folder / "rules.yaml").read_text()
        (live.folder / "rules.yaml").write_text(sound.replace("type: welcome", "type: welcom"))
        told = await front.get("/api/auto-reply/rules")
        assert [rule["id"] for rule in told["rules"]] == ["sambutan", "jam-buka", "vip"]
        assert (told["findings"][0]["path"], told["findings"][0]["code"], told["live"]) == ("rules.yaml", "WB104", True)
        assert (await front.post("/api/auto-reply/test", {"testMessage": "jam buka"}))["ruleId"] == "jam-buka"
        refused = await front.ask("POST", "/api/auto-reply/rules", json=HARGA)
        assert (refused.status_code, refused.json()["findings"][0]["path"]) == (422, "rules.yaml")


async def test_the_rules_of_another_tenant_are_out_of_reach(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, served):
        stranger = served.front("toko")
        for method, path in (("GET", "/api/auto-reply/rules"), ("GET", "/api/quick-replies")):
            assert (await stranger.ask(method, path)).status_code == 401, "the node serves no such tenant"


async def test_an_endless_text_is_a_finding_and_stops_nobody(tmp_path: Path) -> None:
    endless = "x{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}"
    async with shop(tmp_path, managed="true") as (live, served):
        front = served.front()
        made = await front.post("/api/auto-reply/rules", {**HARGA, "responseMessage": endless})
        assert "WB442" in {one["code"] for one in made["findings"]}
        told, tried, listed = await asyncio.gather(
            front.post("/api/auto-reply/rules/harga/test", {"testMessage": "harga"}),
            front.post("/api/auto-reply/test", {"testMessage": "jam buka"}),
            front.get("/api/auto-reply/rules"),
        )
        assert (told["matched"], told["response"]) == (True, None)
        assert "endless" in told["error"]
        assert tried["response"] == "Kami buka kak."
        assert len(listed["rules"]) == 4
        await live.session.live.reload()
        await live.say("jam buka")
        assert live.replies[-1] == "Kami buka kak."
