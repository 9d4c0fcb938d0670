"""`wabot analytics rules`: what each rule did, and which did nothing."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.session.people import Shop
from tests.session.stage import ANI, stage

RULES = """\
  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}
  - {id: promo, trigger: {type: keyword, keywords: [promo]}, response: Diskon kak.}
  - {id: ongkir, trigger: {type: keyword, keywords: [ongkir]}, response: 10rb kak.}
  - {id: lama, enabled: false, trigger: {type: keyword, keywords: [lama]}, response: Lama kak.}
"""
CITRA = "6281200000003"
MINUTE = 60_000
DAYS = ("--from", "2026-01-20", "--to", "2026-01-31")


@pytest.fixture
async def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Rules that answered; one of which is gone since."""
    async with stage(tmp_path, RULES) as shop:
        desk = Shop(shop, tmp_path)
        desk.hire()
        await shop.say("jam buka?")
        shop.later(MINUTE)
        await shop.say("halal kak?")
        shop.later(30 * MINUTE)
        await shop.say("jam buka?", ANI)
        shop.later(MINUTE)
        desk.says("Halo kak", ANI)
        await desk.sent()
        shop.later(30 * MINUTE)
        await shop.say("jam buka?", CITRA)
        shop.later(MINUTE)
        await shop.say("ongkir?", CITRA)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stored").mkdir()
    (tmp_path / "data").rename(tmp_path / "stored" / "warung")
    return tmp_path / "stored"


def test_each_rule_has_a_line_the_most_frequent_first_and_the_idle_ones_theirs(wabot: Typed, data: Path) -> None:
    said = wabot("analytics", "rules", "--data", data, *DAYS)
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert lines[:2] == ["warung", "  2026-01-20 to 2026-01-31 (12 days), on the clock of Asia/Jakarta"]
    assert [line.split() for line in lines[3:6]] == [
        ["rule", "answered", "alone", "a", "person", "not", "known", "failed", "last"],
        ["jam-buka", "3", "33.3%", "1", "1", "0", "2026-01-28", "█" * 24],
        ["ongkir", "1", "100.0%", "0", "0", "0", "2026-01-28", "█" * 8],
    ]
    assert "Rules that answered nothing\n  rule   trigger\n  promo  keyword\n" in said.out
    assert [line.split() for line in lines if line.startswith("  no_match ")] == [["no_match", "1", "█" * 24]]
    assert "wabot analytics unanswered --data" in said.out


def test_machines_are_told_the_same(wabot: Typed, data: Path) -> None:
    said = wabot("analytics", "rules", "--data", data, *DAYS, "--format", "json")
    (told,) = said.data["tenants"]
    assert told["tenant"] == "warung"
    first = told["rules"][0]
    assert {name: first[name] for name in first if name != "last_at"} == {
        "rule": "jam-buka",
        "standing": "live",
        "trigger": "keyword",
        "fired": 3,
        "alone": 1,
        "alone_percent": 33.3,
        "followed_by_person": 1,
        "unknown_next": 1,
        "failed": 0,
    }
    assert told["never_fired"] == [{"rule": "promo", "trigger": "keyword", "since": None}]
    assert told["silences"] == [{"reason": "no_match", "messages": 1}]


def test_the_rules_with_the_most_of_what_is_asked_for_come_first(wabot: Typed, data: Path) -> None:
    order = {}
    for sort in ("fired", "alone", "person", "unknown", "last"):
        out = wabot("analytics", "rules", "--data", data, *DAYS, "--sort", sort).out
        order[sort] = out.index("ongkir") < out.index("jam-buka")
    assert order == {"fired": False, "alone": True, "person": False, "unknown": False, "last": True}


def test_a_rule_that_is_gone_from_the_files_is_marked(wabot: Typed, data: Path) -> None:
    file = data.parent / "rules" / "warung" / "rules.yaml"
    file.write_text(
        file.read_text().replace("id: ongkir", "id: ongkos").replace("id: jam-buka", "enabled: false, id: jam-buka")
    )
    said = wabot("analytics", "rules", "--data", data, *DAYS, "--rules", "rules")
    assert "  ongkir (gone) " in said.out
    assert "  jam-buka (off) " in said.out
    assert "\n  promo   keyword\n" in said.out
    assert "\n  ongkos  keyword\n" in said.out


def test_git_tells_since_when_a_rule_that_did_nothing_is_there(wabot: Typed, data: Path) -> None:
    commit(data.parent, "2026-01-05T10:00:00+0700")
    file = data.parent / "rules" / "warung" / "rules.yaml"
    file.write_text(
        file.read_text() + "  - id: baru\n    trigger: {type: keyword, keywords: [baru]}\n    response: Ya.\n"
    )
    commit(data.parent, "2026-01-27T23:30:00+0000")
    file.write_text(file.read_text().replace("Diskon kak.", "Diskon 10% kak."))
    commit(data.parent, "2026-01-29T10:00:00+0700")
    said = wabot("analytics", "rules", "--data", data, *DAYS, "--rules", "rules")
    assert "  rule   trigger  since\n  promo  keyword  2026-01-05\n  baru   keyword  2026-01-28\n" in said.out
    told = wabot("analytics", "rules", "--data", data, *DAYS, "--format", "json").data["tenants"][0]
    assert told["never_fired"] == [{"rule": "promo", "trigger": "keyword", "since": 1_767_582_000_000}]


def commit(folder: Path, at: str) -> None:
    own = {"GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at, "GIT_CONFIG_GLOBAL": "/dev/null"}
    who = ("-c", "user.name=Sari", "-c", "user.email=sari@warung.id")
    for words in (("init", "-q"), ("add", "rules"), (*who, "commit", "-qm", "Rules")):
        subprocess.run(["git", "-C", str(folder), *words], check=True, env={**os.environ, **own})


def test_rules_that_are_not_at_the_path_are_told(wabot: Typed, data: Path) -> None:
    (data.parent / "rules" / "warung").rename(data.parent / "rules" / "toko")
    said = wabot("analytics", "rules", "--data", data, "--rules", "rules")
    assert (said.code, said.out) == (2, "")
    assert "--rules rules: there is no tenant `warung`" in said.err
