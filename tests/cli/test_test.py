"""`wabot test`: what a customer would get, and why; and the conversations of tests/*.yaml."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules, write_tenant

CHECKOUT = Path(__file__).parents[2]

SHOP = """\
  - {id: sambutan, trigger: {type: welcome}, priority: 90, continue: true, response: "Halo {{ first_name }}!"}
  - {id: vip, trigger: {type: keyword, keywords: [halo]}, conditions: {customer_tags: {any: [vip]}}, response: Halo VIP}
  - id: jam-buka
    trigger: {type: keyword, keywords: [jam buka]}
    response: |
      Buka {{ hours.today }}.
      Ya kak.
    delay: 5s
  - {id: foto, trigger: {type: keyword, keywords: [bukti]}, conditions: {message_type: [image]}, response: Diterima}
  - {id: tutup, trigger: {type: time_based, hours: closed}, priority: 10, response: "Buka {{ hours.next_open }}"}
"""
HOURS = 'version: 1\nweekly: {mon-sun: ["09:00-17:00"]}\n'


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_tenant(tmp_path / "rules" / "warung", {**rules(SHOP), "hours.yaml": HOURS})


@pytest.mark.parametrize("at", ["2026-01-28 10:00", "2026-01-28 22:00", "23:59"])
def test_every_example_tenant_tells_when_it_is_open(wabot: Typed, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    monkeypatch.chdir(CHECKOUT)
    said = wabot("test", "jam buka?", "--at", at, "--expect", "jam-buka")
    assert said.code == 0, said.out
    for tenant in ("warung-sari", "toko-melati", "servis-jaya"):
        assert f"{tenant}  jam-buka" in said.out


def test_the_conversations_of_the_example_tenants_go_as_they_should(wabot: Typed) -> None:
    said = wabot("test", CHECKOUT / "rules")
    assert said.code == 0, said.out
    assert "all as expected" in said.out


def test_it_shows_the_rule_the_reply_as_the_customer_sees_it_and_the_delay(wabot: Typed, shop: Path) -> None:
    said = wabot("test", "jam buka?", "--at", "2026-01-28 10:00")
    assert said.code == 0
    assert said.out == (
        'warung  jam-buka  by "jam buka"  rules/warung/rules.yaml:5\n'
        "  │ Buka 09.00–17.00.\n  │ Ya kak.\n  after 5s–7s\n"
    )  # fmt: skip


def test_the_trace_tells_why_each_other_rule_did_not_answer(wabot: Typed, shop: Path) -> None:
    said = wabot("test", "jam buka?", "--at", "2026-01-28 22:00", "--trace")
    assert [line.split() for line in said.out.splitlines()[-5:]] == [
        ["sambutan", "no_match"],
        ["vip", "no_match"],
        ["jam-buka", 'matched:"jam', 'buka"'],
        ["foto", "no_match"],
        ["tutup", "shadowed_by:jam-buka"],
    ]


@pytest.mark.parametrize(
    ("flags", "rules_that_answer"),
    [
        (["halo"], []),
        (["halo", "--tag", "vip"], ["vip"]),
        (["halo", "--first", "--name", "Ani Wijaya"], ["sambutan"]),
        (["halo", "--first", "--tag", "vip"], ["sambutan", "vip"]),
        (["bukti", "--type", "image"], ["foto"]),
        (["--type", "image"], []),
        (["-m", "halo", "--orders", "3"], []),
        (["apa saja", "--at", "2026-01-28 22:00"], ["tutup"]),
    ],
)
def test_options_describe_the_customer(
    wabot: Typed, shop: Path, flags: list[str], rules_that_answer: list[str]
) -> None:
    at = [] if "--at" in flags else ["--at", "2026-01-28 10:00"]
    said = wabot("test", *flags, *at, "--format", "json")
    [answer] = said.data["tenants"]
    assert answer["rules"] == rules_that_answer
    assert answer["reason"] == ("answered" if rules_that_answer else "no_match")


def test_json_holds_replies_delays_and_the_trace(wabot: Typed, shop: Path) -> None:
    said = wabot("test", "jam buka?", "--at", "2026-01-28 10:00", "--trace", "--format", "json", "--expect", "vip")
    [answer] = said.data["tenants"]
    assert said.code == 1
    assert answer["replies"] == [
        {
            "rule": "jam-buka",
            "text": "Buka 09.00–17.00.\nYa kak.",
            "media": None,
            "delay_ms": [5000, 7000],
            "error": None,
        }
    ]
    assert (answer["expected"], answer["as_expected"]) == ("vip", False)
    assert answer["trace"][0] == {"rule": "sambutan", "outcome": "no_match"}


@pytest.mark.parametrize(("rule", "code"), [("jam-buka", 0), ("tutup", 1), ("none", 1)])
def test_expect_exits_1_when_another_rule_answers(wabot: Typed, shop: Path, rule: str, code: int) -> None:
    assert wabot("test", "jam buka?", "--at", "2026-01-28 10:00", "--expect", rule).code == code


def test_an_argument_that_is_a_path_is_a_path_and_m_forces_a_message(wabot: Typed, shop: Path) -> None:
    assert "no tests" in wabot("test", "rules").out
    assert "no tests" in wabot("test", "rules/warung").out
    assert "jam-buka" in wabot("test", "rules/warung", "jam buka?").out
    assert "jam-buka" in wabot("test", "jam buka?", "rules/warung").out
    assert "(no reply: no_match)" in wabot("test", "-m", "rules", "--at", "2026-01-28 10:00").out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["jam", "buka?"], "buka? does not exist"),
        (["jam", "buka", "kak"], "too many words"),
        (["halo", "--at", "nanti"], "`nanti` is no time"),
        (["halo", "--at", "25:00"], "`25:00` is no time"),
        (["halo", "--type", "photo"], "`photo` is no type of message"),
        (["halo", "--expect", "jam-bukaa"], "no rule has the id `jam-bukaa`"),
        (["--expect", "jam-buka"], "--expect needs a message"),
        (["halo", "--tenant", "x"], "there is no tenant `x`"),
        (["halo", "--orders", "-1"], "--orders"),
    ],
)
def test_wrong_usage_exits_2(wabot: Typed, shop: Path, words: list[str], why: str) -> None:
    said = wabot("test", *words)
    assert said.code == 2
    assert why in said.err


@pytest.mark.parametrize("message", ["", "x" * 100_000, "😀" * 50, "a\x00b", "\udce9"])
def test_no_message_is_too_strange(wabot: Typed, shop: Path, message: str) -> None:
    said = wabot("test", "-m", message, "--at", "2026-01-28 10:00")
    assert (said.code, said.out) == (0, "warung  (no reply: no_match)\n")


def test_a_tenant_with_errors_is_named_and_the_others_are_asked(wabot: Typed, shop: Path) -> None:
    write_tenant(shop.parent / "toko", {"rules.yaml": "version: 1\nrules: [{id: x}]\n"})
    said = wabot("test", "jam buka?")
    assert said.code == 1
    assert "warung  jam-buka" in said.out
    assert "toko/rules.yaml:2:14: error: `response` is missing" in said.out
    assert "toko: not asked" in said.err


CONVERSATION = """\
version: 1
tests:
  - name: siang
    at: 2026-01-28 10:00
    contact: {name: Budi Santoso}
    steps:
      - {say: jam buka?, expect: {rules: [sambutan, jam-buka], reply: Halo Budi!}}
      - {say: jam buka?, expect: {rule: tutup}}
  - name: malam
    at: 2026-01-28 22:00
    contact: {messages: 1}
    steps:
      - {say: halo, expect: {rule: tutup, reply: {contains: besok}, delay: {min: 2s, max: 4s}}}
      - {say: halo, expect: {rule: none}, todo: belum ada cooldown}
"""


def test_a_missed_expectation_shows_expected_got_and_the_trace(wabot: Typed, shop: Path) -> None:
    write_tenant(shop, {**rules(SHOP), "hours.yaml": HOURS, "tests/a.yaml": CONVERSATION})
    said = wabot("test", "rules")
    assert said.code == 1
    assert said.out.startswith(
        "rules/warung/tests/a.yaml:8:34: failed: siang\n"
        "  said      jam buka?\n"
        "  expected  tutup answers\n"
        "  got       jam-buka answered\n"
        "  because   tutup was not triggered: its time_based trigger does not match\n"
        "  state     Wed 2026-01-28 10:00, shop open, 1 earlier message\n"
        "    sambutan  no_match\n"
    )
    assert "warung: 2 conversations, 1 failed, 1 known to miss" in said.out
    only = wabot("test", "rules/warung/tests/a.yaml", "--format", "json")
    assert [test["passed"] for test in only.data["tests"]] == [False, True]


def test_a_test_file_with_a_mistake_is_a_finding_and_the_rules_still_run(wabot: Typed, shop: Path) -> None:
    write_tenant(shop, {**rules(SHOP), "tests/a.yaml": "version: 1\ntests: [{name: x}]\n"})
    assert wabot("test", "jam buka?").code == 0
    said = wabot("test", "rules")
    assert said.code == 1
    assert "tests/a.yaml:2:16: error: `at` is missing" in said.out


def test_a_moment_beyond_the_calendar_is_wrong_usage(wabot: Typed, repository: Path) -> None:
    for at in ("0001-01-01 00:00", "9999-12-31 23:59", "1999-12-31 23:59"):
        said = wabot("test", "jam buka?", "--at", at)
        assert said.code == 2
        assert "the year must be from 2000 to 2100" in said.err


def test_a_rule_whose_text_fails_is_no_success(wabot: Typed, tmp_path: Path) -> None:
    rule = '  - {id: a, trigger: {type: keyword, keywords: [jam]}, response: "{{ 1 / 0 }}"}\n'
    test = "version: 1\ntests: [{name: x, at: 2026-01-28 10:00, steps: [{say: jam, expect: {rule: a}}]}]\n"
    write_tenant(tmp_path / "warung", {**rules(rule), "tests/a.yaml": test})
    said = wabot("test", "jam", tmp_path, "--expect", "a")
    assert said.code == 1
    assert "fails: the text cannot be made: division by zero" in said.out
    said = wabot("test", tmp_path)
    assert said.code == 1
    assert "a fails, and the customer gets nothing" in said.out


def test_tests_with_a_mistake_are_not_called_none(repository: Path, wabot: Typed) -> None:
    tests = repository / "rules" / "warung" / "tests"
    tests.mkdir()
    (tests / "a.yaml").write_text("version: 1\ntests:\n- {name: a, at: kemarin, steps: [{say: halo}]}\n")
    said = wabot("test", "rules/warung")
    assert said.code == 1
    assert "warung: not played: its tests have errors" in said.out


def test_a_missed_reason_tells_once_what_happened(repository: Path, wabot: Typed) -> None:
    tests = repository / "rules" / "warung" / "tests"
    tests.mkdir()
    step = "{say: jam buka?, expect: {reason: cooldown}}"
    (tests / "a.yaml").write_text(f"version: 1\ntests:\n- {{name: a, at: 2026-01-28 10:00, steps: [{step}]}}\n")
    said = wabot("test", "rules/warung")
    assert "  expected  the reason cooldown\n  got       jam-buka answered\n" in said.out
