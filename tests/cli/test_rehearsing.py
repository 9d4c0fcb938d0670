"""The reports of `wabot test` on conversations: misses, JUnit, and which are played."""

import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules, write_tenant

SHOP = """\
  - id: jam-buka
    trigger: {type: keyword, keywords: [jam buka]}
    response: |
      Kami buka pukul 09.00, {{ first_name }}.
      Tutup pukul 17.00.
      Ya kak.
    cooldown: 10m
    max_triggers_per_day: 2
  - {id: menu, trigger: {type: keyword, keywords: [menu]}, conditions: {message_type: [image]}, response: Menu}
"""


def _tests(*steps: str, name: str = "siang") -> str:
    listed = "\n".join(f"      - {step}" for step in steps)
    return f"version: 1\ntests:\n  - name: {name}\n    at: 2026-01-28 10:00\n    steps:\n{listed}\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_tenant(tmp_path / "rules" / "warung", rules(SHOP))


def _said(wabot: Typed, shop: Path, *steps: str) -> str:
    (shop / "tests").mkdir(exist_ok=True)
    (shop / "tests" / "a.yaml").write_text(_tests(*steps), "utf-8")
    said = wabot("test", "rules")
    assert said.code == 1
    return said.out


def test_a_reply_that_differs_is_shown_line_by_line_with_marks(wabot: Typed, shop: Path) -> None:
    reply = r'"Kami buka pukul 08.00, Kak.\nTutup pukul 17.00.\nTerima kasih.\nYa kak."'
    out = _said(wabot, shop, f"{{say: jam buka, expect: {{reply: {reply}}}}}")
    assert (
        "  expected  this reply (-), got (+):\n"
        "    - Kami buka pukul 08.00, Kak.\n"
        "    + Kami buka pukul 09.00, Kak.\n"
        "                       ^\n"
        "      Tutup pukul 17.00.\n"
        "    - Terima kasih.\n"
        "      Ya kak.\n"
    ) in out


def test_a_reply_that_lacks_something_shows_the_line_that_is_nearest(wabot: Typed, shop: Path) -> None:
    out = _said(wabot, shop, "{say: jam buka, expect: {reply: {contains: Tutup pukul 18.00.}}}")
    assert (
        "  expected  a reply that contains: Tutup pukul 18.00.\n"
        "  got       Kami buka pukul 09.00, Kak.\n"
        "            Tutup pukul 17.00.\n"
        "            Ya kak.\n"
        "  closest   - Tutup pukul 18.00.\n"
        "            + Tutup pukul 17.00.\n"
        "                           ^\n"
    ) in out


@pytest.mark.parametrize(
    ("steps", "because"),
    [
        (
            ["say: jam buka", "wait: 2m48s", "{say: jam buka, expect: {rule: jam-buka}}"],
            "jam-buka was triggered, but answers this customer again only in 7m12s\n"
            "  state     Wed 2026-01-28 10:02, shop open, 1 earlier message\n"
            "            jam-buka answered 1× of 2 today, last at 2026-01-28 10:00, cooldown: 7m12s left\n",
        ),
        (
            ["say: jam buka", "wait: 1h", "say: jam buka", "wait: 1h", "{say: jam buka, expect: {rule: jam-buka}}"],
            "jam-buka was triggered, but has answered this customer as often as it may today (2/2)\n",
        ),
        (["{say: halo, expect: {rule: menu}}"], "menu was not triggered: its keyword trigger does not match\n"),
        (["{say: menu, expect: {rule: menu}}"], "menu was triggered, but its condition `message_type` does not hold\n"),
        (
            ["{say: {type: image, caption: jam buka menu}, expect: {rules: [menu]}}"],
            "menu was not asked: `jam-buka` comes first and ended the search\n"
            "  state     Wed 2026-01-28 10:00, shop open, the first message ever, type image\n",
        ),
        (
            ["operator_says: Halo", "{say: jam buka, expect: {rule: jam-buka}}"],
            "jam-buka was not asked: `handled_by_person` stopped the message before any rule\n"
            "  state     Wed 2026-01-28 10:00, shop open, the first message ever, a person answers for 12h more\n",
        ),
        (
            ["say: jam buka", "{say: jam buka, expect: {reply: {contains: buka}}}"],
            "jam-buka was triggered, but answers this customer again only in 10m\n",
        ),
    ],
)
def test_a_miss_says_why_and_what_the_decision_knew(wabot: Typed, shop: Path, steps: list[str], because: str) -> None:
    assert f"  because   {because}" in _said(wabot, shop, *(f"{step}" for step in steps))


def test_rules_that_had_nothing_to_do_with_it_are_counted_not_listed(wabot: Typed, shop: Path) -> None:
    many = "".join(
        f"  - {{id: r{n}, trigger: {{type: keyword, keywords: [kata{n}]}}, response: Siap}}\n" for n in range(30)
    )
    write_tenant(shop, rules(SHOP + many))
    out = _said(wabot, shop, "{say: halo, expect: {rule: r7}}")
    assert "    r7  no_match\n    and 31 other rules: no_match\n" in out


def test_json_holds_why_and_the_state(wabot: Typed, shop: Path) -> None:
    write_tenant(shop, {**rules(SHOP), "tests/a.yaml": _tests("{say: menu, expect: {rule: menu}}")})
    data = wabot("test", "rules", "--format", "json").data
    [miss] = data["tests"][0]["misses"]
    assert miss["because"] == "menu was triggered, but its condition `message_type` does not hold"
    assert miss["state"] == ["Wed 2026-01-28 10:00, shop open, the first message ever"]
    assert miss["trace"][1] == {"rule": "menu", "outcome": "condition:message_type"}
    assert data["tenants"] == [{"tenant": "warung", "played": True, "conversations": 1, "failed": 1, "todo": 0}]


def test_k_plays_only_conversations_of_that_name(wabot: Typed, shop: Path) -> None:
    good, bad = "{say: jam buka, expect: {rule: jam-buka}}", "{say: halo, expect: {rule: jam-buka}}"
    write_tenant(
        shop, {**rules(SHOP), "tests/a.yaml": _tests(good, name="Jam Buka"), "tests/b.yaml": _tests(bad, name="salah")}
    )
    assert wabot("test", "rules").code == 1
    said = wabot("test", "rules", "-k", "jam b")
    assert (said.code, said.out) == (0, "warung: 1 conversation, all as expected\n")
    none = wabot("test", "rules", "-k", "jam tutup")
    assert none.code == 2
    assert "no conversation's name holds `jam tutup`, of 2 conversations; did you mean `Jam Buka`?" in none.err


def test_fail_on_empty_exits_1_when_a_tenant_has_no_tests(wabot: Typed, shop: Path) -> None:
    assert wabot("test", "rules").code == 0
    said = wabot("test", "rules", "--fail-on-empty")
    assert (said.code, "warung: no tests" in said.err) == (1, True)
    write_tenant(shop, {**rules(SHOP), "tests/a.yaml": _tests("say: halo")})
    assert wabot("test", "rules", "--fail-on-empty").code == 0


def test_junit_has_a_suite_a_file_and_a_case_a_conversation(wabot: Typed, shop: Path, tmp_path: Path) -> None:
    failing = _tests(r'{say: "a\x07 & <b>", expect: {rule: jam-buka}}', name="salah")
    todo = _tests("{say: halo, expect: {rule: jam-buka}, todo: belum ada}", name="nanti")
    write_tenant(
        shop,
        {
            **rules(SHOP),
            "tests/a.yaml": failing,
            "tests/b.yaml": todo,
            "tests/c.yaml": _tests("say: halo", name="baik"),
        },
    )
    write_tenant(shop.parent / "rusak", {"rules.yaml": "version: 1\nrules: [{id: x}]\n"})
    file = tmp_path / "out" / "junit.xml"
    assert wabot("test", "rules", "--junit", file).code == 1
    root = ET.parse(file).getroot()
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["rusak", "warung/tests/a.yaml", "warung/tests/b.yaml", "warung/tests/c.yaml"]
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    [case] = suites["warung/tests/a.yaml"]
    assert (case.get("name"), case.get("classname"), case.get("line")) == ("salah", "warung.a", "3")
    [failure] = case
    assert failure.tag == "failure"
    assert "expected  jam-buka answers" in (failure.text or "")
    [[skipped]] = suites["warung/tests/b.yaml"]
    assert skipped.get("message") == "todo: belum ada"
    assert len(suites["warung/tests/c.yaml"][0]) == 0


def test_watch_plays_what_changed_again_and_ends_with_ctrl_c(shop: Path, tmp_path: Path) -> None:
    write_tenant(shop, {**rules(SHOP), "tests/a.yaml": _tests("{say: halo, expect: {rule: none}}")})
    write_tenant(shop.parent / "toko")
    command = [str(Path(sys.executable).parent / "wabot"), "test", "--watch"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        first = [next(lines) for _ in range(4)]
        assert "watching; Ctrl-C ends" in first[0]
        assert first[1:3] == ["toko: no tests\n", "warung: 1 conversation, all as expected\n"]
        (shop / "tests" / "a.yaml").write_text(_tests("{say: halo, expect: {rule: menu}}"), "utf-8")
        again = [next(lines), next(lines), next(lines)]
        assert again[0] == "\n"
        assert "warung changed ──" in again[1]
        assert "failed: siang" in again[2]
        while next(lines) != "warung: 1 conversation, 1 failed\n":
            pass
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130


def test_watch_is_for_people(wabot: Typed, shop: Path) -> None:
    assert wabot("test", "--watch", "--format", "json").code == 2
    assert wabot("test", "nowhere", "--watch").code == 2
