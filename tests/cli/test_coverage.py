"""`wabot test --coverage`: what no test exercises, and the test that is missing."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules, write_tenant

CHECKOUT = Path(__file__).parents[2]
SHOP = """\
  - {id: sambutan, trigger: {type: welcome}, priority: 90, continue: true, response: Halo kak}
  - id: jam-buka
    trigger: {type: keyword, keywords: [jam buka, tutup jam]}
    response: Buka tiap hari
    cooldown: 10m
    examples: {match: [jam buka?]}
  - {id: foto, trigger: {type: keyword, keywords: [bukti]}, conditions: {message_type: [image]}, response: Diterima}
  - {id: tutup, trigger: {type: time_based, hours: closed}, priority: 10, response: Tutup}
  - {id: mati, trigger: {type: keyword, keywords: [lama]}, enabled: false, response: Tidak dipakai}
"""
HOURS = 'version: 1\nweekly: {mon-sun: ["09:00-17:00"]}\n'
TEST = """\
version: 1
tests:
  - name: sapaan
    at: 2026-02-11 10:00
    steps: [{say: halo, expect: {rule: sambutan}}]
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_tenant(tmp_path / "rules" / "warung", {**rules(SHOP), "hours.yaml": HOURS, "tests/a.yaml": TEST})


def _yaml(out: str) -> str:
    """What the report asks to be pasted."""
    return out.partition("a.yaml:\n\n")[2]


def test_the_example_tenants_are_covered_whole(wabot: Typed) -> None:
    said = wabot("test", CHECKOUT / "rules", "--coverage", "--min-coverage", "100")
    assert said.code == 0, said.out
    assert said.out.splitlines()[-1].split()[0] == "total"
    assert "never exercised" not in said.out


def test_it_counts_what_tests_and_examples_exercise_and_leaves_out_what_is_switched_off(
    wabot: Typed, shop: Path
) -> None:
    said = wabot("test", "rules", "--coverage")
    assert said.code == 0
    assert "coverage  rules  keywords  conditions  in all\nwarung      2/4       1/3         0/2  33.3 %" in said.out
    assert 'rules/warung/rules.yaml:5:51:   jam-buka  keyword "tutup jam"' in said.out
    assert "rules/warung/rules.yaml:9:74:   foto      condition message_type, not holding" in said.out
    assert "mati" not in said.out


def test_the_missing_tests_pass_once_they_are_pasted_and_then_nothing_is_missing(wabot: Typed, shop: Path) -> None:
    missing = _yaml(wabot("test", "rules", "--coverage").out)
    assert "    at: 2026-02-11 10:00\n" in missing  # the day of the tests that there are
    (shop / "tests" / "a.yaml").write_text(TEST + "\n" + missing, "utf-8")
    said = wabot("test", "rules", "--coverage")
    assert said.code == 0, said.out
    assert said.out.endswith("100 %\n")


def test_a_tenant_without_tests_gets_a_whole_file(wabot: Typed, shop: Path) -> None:
    (shop / "tests" / "a.yaml").unlink()
    out = wabot("test", "rules", "--coverage").out
    title, _, whole = out.partition("  write rules/warung/tests/percakapan.yaml:\n\n")
    assert title
    (shop / "tests" / "percakapan.yaml").write_text(whole, "utf-8")
    assert wabot("test", "rules", "--min-coverage", "100", "--fail-on-empty").code == 0


def test_what_no_test_can_reach_says_why(wabot: Typed, shop: Path) -> None:
    above = '  - {id: atas, trigger: {type: keyword, keywords: [jam]}, priority: 99, response: "Jam?"}\n'
    write_tenant(shop, {**rules(above + SHOP), "hours.yaml": HOURS, "tests/a.yaml": TEST})
    said = wabot("test", "rules", "--coverage")
    assert "      = no test for it: `atas` answers first, whatever was tried" in said.out


@pytest.mark.parametrize(("least", "code"), [(33.3, 0), (33.4, 1), (0, 0), (100, 1)])
def test_min_coverage_exits_1_below(wabot: Typed, shop: Path, least: float, code: int) -> None:
    said = wabot("test", "rules", "--min-coverage", least)
    assert said.code == code
    assert ("is less than --min-coverage" in said.err) == bool(code)


def test_min_coverage_is_of_all_tenants_together(wabot: Typed, shop: Path) -> None:
    write_tenant(shop.parent / "toko", {"rules.yaml": "version: 1\nrules: []\n"})
    assert wabot("test", "rules", "--min-coverage", 33).code == 0
    assert "toko          -         -           -   100 %" in wabot("test", "rules", "--coverage").out


def test_json_holds_the_coverage(wabot: Typed, shop: Path) -> None:
    coverage = wabot("test", "rules", "--coverage", "--format", "json").data["coverage"]
    [tenant] = coverage["tenants"]
    assert (coverage["covered"], coverage["total"], coverage["percent"]) == (3, 9, 33.3)
    assert tenant["kinds"]["keywords"] == {"covered": 1, "total": 3, "percent": 33.3}
    [keyword] = [item for item in tenant["missing"] if item["what"] == "tutup jam"]
    assert (keyword["kind"], keyword["rule"], keyword["line"], keyword["why_no_test"]) == (
        "keywords",
        "jam-buka",
        5,
        None,
    )
    assert "say: tutup jam" in tenant["tests"][keyword["test"]]
    assert "coverage" not in wabot("test", "rules", "--format", "json").data


def test_coverage_of_some_conversations_says_that_there_are_more(wabot: Typed, shop: Path) -> None:
    out = wabot("test", "rules", "--coverage", "-k", "sapaan").out
    assert "(by the conversations that were played; there are more)" in out


@pytest.mark.parametrize(
    "flags", [["--coverage"], ["--watch"], ["-k", "x"], ["--junit", "x.xml"], ["--min-coverage", "1"]]
)
def test_a_single_message_has_no_coverage(wabot: Typed, shop: Path, flags: list[str]) -> None:
    said = wabot("test", "jam buka?", *flags)
    assert (said.code, "leave the message away" in said.err) == (2, True)
