"""`wabot rules` and `wabot replies`: what a tenant's files say, as it will be."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules, write_tenant

SHOP = """\
  - {id: lain, trigger: {type: fallback}, priority: 99, response: Sebentar kak}
  - {id: sambutan, trigger: {type: welcome}, priority: 90, continue: true, response: Halo kak}
  - id: foto
    trigger: {type: keyword, keywords: [transfer], match: word}
    conditions: {message_type: [image]}
    priority: 80
    response: Diterima
    tags: [bukti]
  - id: bayar
    name: Cara bayar
    trigger: {type: keyword, keywords: [bayar, transfer]}
    response: {type: template, template: bayar.j2}
    cooldown: 1h30m
    max_triggers_per_day: 3
    examples: {match: [bayar pakai apa], no_match: [baya]}
  - {id: lama, trigger: {type: pattern, regex: 'JP\\d+'}, enabled: false, response: "Halo {{ name }}"}
"""
TEST = """\
version: 1
tests:
  - name: bertanya
    at: 2026-01-28 10:00
    contact: {messages: 1}
    steps:
      - {say: bayar?, expect: {rule: bayar}}
  - name: bilang saja
    at: 2026-01-28 10:00
    steps:
      - say: mau bayar
"""
REPLIES = """\
version: 1
quick_replies:
  - {shortcut: /salam, title: Salam, message: "Halo kak {{ first_name }}\\ndi {{ tenant.name }}", category: greeting}
  - {shortcut: /garansi, title: Garansi, message: Garansi 30 hari, tags: [umum], operators: [ani@toko.example]}
  - {shortcut: /gagal, title: Gagal, message: "{{ 1 // 0 }}"}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    files = {"templates/bayar.j2": "Bisa QRIS,\nkak {{ name }}.\n", "tests/a.yaml": TEST, "quick-replies.yaml": REPLIES}
    return write_tenant(tmp_path / "rules" / "warung", {**rules(SHOP), **files})


def test_rules_stand_in_the_order_in_which_they_are_asked(wabot: Typed, shop: Path) -> None:
    said = wabot("rules")
    assert said.code == 0
    head, columns, *rows = said.out.splitlines()
    assert head == "warung  Warung Uji: 5 rules"
    assert columns.split() == ["prio", "rule", "trigger", "answers", "limits", "conditions"]
    assert [row.split()[1] for row in rows] == ["sambutan", "foto", "bayar", "lama", "lain"]
    assert rows[0].endswith("continues")
    assert "word: transfer" in rows[1]
    assert "message_type: image" in rows[1]
    assert "bayar, transfer" in rows[2]
    assert "templates/bayar.j2" in rows[2]
    assert "1h30m 3/day" in rows[2]
    assert "/JP\\d+/" in rows[3]
    assert rows[3].endswith("off")
    assert "no other rule answered" in rows[4]


def test_one_rule_is_shown_in_full(wabot: Typed, shop: Path) -> None:
    said = wabot("rules", "bayar", "rules")
    assert said.code == 0
    assert said.out == (
        "warung  bayar  rules/warung/rules.yaml:11\n"
        "  name         Cara bayar\n"
        "  priority     50; asked as number 3 of 5\n"
        "  trigger      keyword, contains\n"
        "               bayar\n"
        "               transfer\n"
        "  conditions   none\n"
        "  limits       cooldown 1h30m per customer\n"
        "               at most 3 a day per customer\n"
        "  delay        2s–4s\n"
        "  reply        template rules/warung/templates/bayar.j2\n"
        "               │ Bisa QRIS,\n"
        "               │ kak {{ name }}.\n"
        '  shadowed by  "transfer" goes to foto by "transfer", when message_type: image  rules/warung/rules.yaml:5\n'
        "  examples     bayar pakai apa\n"
        "  no match     baya\n"
        "  tests        rules/warung/tests/a.yaml:7  bertanya\n"
        "               rules/warung/tests/a.yaml:8  bilang saja  (exercises it, expects nothing of it)\n"
    )


def test_rules_are_shown_to_machines_as_they_are_written(wabot: Typed, shop: Path) -> None:
    [tenant] = wabot("rules", "--format", "json").data["tenants"]
    assert [(rule["asked"], rule["id"]) for rule in tenant["rules"]][:2] == [(1, "sambutan"), (2, "foto")]
    [rule] = wabot("rules", "bayar", "--format", "json").data["rules"]
    assert (rule["cooldown"], rule["cooldown_ms"], rule["max_triggers_per_day"]) == ("1h30m", 5_400_000, 3)
    assert rule["trigger"] == {"type": "keyword", "keywords": ["bayar", "transfer"]}
    assert rule["reply"].endswith("Bisa QRIS,\nkak {{ name }}.")
    assert rule["shadowed_by"] == [{"text": "transfer", "rule": "foto", "matched": "transfer", "always": False}]
    assert [(test["name"], test["line"], test["expected"]) for test in rule["tests"]] == [
        ("bertanya", 7, True),
        ("bilang saja", 8, False),
    ]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["rules", "bayr"], "no rule has the id `bayr`; did you mean `bayar`?"),
        (["rules", "zzz"], "there are: bayar, foto, lain, lama, sambutan"),
        (["rules", "bayar", "nowhere"], "nowhere does not exist"),
        (["rules", "a", "b", "c"], "too many words"),
        (["rules", "--tenant", "x"], "there is no tenant `x`"),
        (["replies", "/salm"], "no quick reply has the shortcut `/salm`; did you mean `/salam`?"),
    ],
)
def test_a_name_that_does_not_exist_exits_2_with_the_nearest(
    wabot: Typed, shop: Path, words: list[str], why: str
) -> None:
    said = wabot(*words)
    assert said.code == 2
    assert why in said.err


def test_rules_beside_a_mistake_are_shown_and_the_mistake_is_told(wabot: Typed, shop: Path) -> None:
    write_tenant(shop, rules(SHOP + "  - {id: salah, trigger: {type: keyword}, response: x}\n"))
    said = wabot("rules", "bayar")
    assert said.code == 1
    assert "warung  bayar" in said.out
    assert "1 error in these files" in said.err


def test_quick_replies_are_listed_as_the_customer_would_read_them(wabot: Typed, shop: Path) -> None:
    said = wabot("replies", "--name", "Pak Dedi Kurniawan")
    rows = said.out.splitlines()
    assert rows[0] == "warung  3 quick replies"
    assert rows[2].split("  ") == ["", "/salam", "", "greeting", "Halo kak Dedi di Warung Uji"]
    assert "fails: " in rows[4]
    assert said.code == 1


@pytest.mark.parametrize("shortcut", ["/salam", "salam"])
def test_one_quick_reply_is_shown_whole(wabot: Typed, shop: Path, shortcut: str) -> None:
    said = wabot("replies", shortcut, "rules/warung")
    assert said.code == 0
    assert said.out == (
        "warung  /salam  Salam  rules/warung/quick-replies.yaml:3\n"
        "  │ Halo kak Budi\n  │ di Warung Uji\n  category greeting; for everybody\n"
    )


def test_quick_replies_for_machines(wabot: Typed, shop: Path) -> None:
    [reply] = wabot("replies", "garansi", "--format", "json").data["replies"]
    assert (reply["text"], reply["operators"], reply["line"], reply["error"]) == (
        "Garansi 30 hari",
        ["ani@toko.example"],
        4,
        None,
    )


def test_a_shortcut_that_is_a_path_too_is_the_shortcut(wabot: Typed, shop: Path) -> None:
    write_tenant(
        shop, {**rules(SHOP), "templates/bayar.j2": "x", "quick-replies.yaml": REPLIES.replace("/salam", "/home")}
    )
    assert wabot("replies", "/home").out.startswith("warung  /home  Salam")
