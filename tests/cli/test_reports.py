"""Reports for machines: valid, escaped, and alone on standard output."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.typed import Typed
from tests.tenants import rules
from wabot.cli.reports import github, junit, sarif
from wabot.cli.reports.report import Report
from wabot.language.diagnostic import Diagnostic, Location
from wabot.lint.silences import Silenced

MISTAKES = rules("""\
  - id: jam-buka
    trigger: {type: keyword, keywords: [jam buka], match: contain}
    response: |
      Halo {{ nama }}
""")


@pytest.fixture
def broken(repository: Path) -> Path:
    """Two tenants: one with two errors, one with a warning."""
    (repository / "rules" / "warung" / "rules.yaml").write_text(MISTAKES["rules.yaml"])
    (repository / "rules" / "toko" / "rules.yml").write_text("version: 1\n")
    return repository


def report(*findings: Diagnostic) -> Report:
    return Report((), findings)


def test_github_gets_a_workflow_command_a_finding_and_nothing_else(wabot: Typed, broken: Path) -> None:
    said = wabot("validate", "--format", "github")
    assert said.code == 1
    assert [line.partition(" allowed here")[0].partition(" known here")[0] for line in said.out.splitlines()] == [
        "::warning file=rules/toko/rules.yml,line=1,col=1,title=WB013::this file is not read%0A"
        "the files here are hours.yaml, quick-replies.managed.yaml, quick-replies.yaml, rules.yaml; "
        "more rules go into rules/*.yaml",
        "::error file=rules/warung/rules.yaml,line=4,col=59,endColumn=66,title=WB104::"
        "`contain` is not known as `match`%0A"
        "did you mean `contains`?",
        "::error file=rules/warung/rules.yaml,line=6,col=15,endColumn=19,title=WB203::unknown variable `nama`%0A"
        "did you mean `name`?",
    ]


def test_what_github_would_misread_is_escaped() -> None:
    at = Location(Path("/a/50% rabat, a:b.yaml"), 2, 3)
    written = github.write(report(Diagnostic(at, "info", "WB999", "100%: a, b\r\n::error::c", "")))
    assert written == (
        "::notice file=/a/50%25 rabat%2C a%3Ab.yaml,line=2,col=3,title=WB999::100%25: a, b%0D%0A::error::c"
    )


def test_in_a_github_workflow_paths_begin_at_the_top_of_the_checkout(
    wabot: Typed, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(broken))
    monkeypatch.chdir(broken / "rules")
    assert "file=rules/warung/rules.yaml," in wabot("validate", "warung", "--format", "github").out
    monkeypatch.setenv("GITHUB_WORKSPACE", str(broken / "elsewhere"))
    assert "file=warung/rules.yaml," in wabot("validate", "warung", "--format", "github").out


def test_clean_rules_give_github_nothing_and_the_others_an_empty_report(wabot: Typed, repository: Path) -> None:
    assert wabot("validate", "--format", "github").out == ""
    assert wabot("validate", "--format", "sarif").data["runs"][0]["results"] == []
    suites = ElementTree.fromstring(wabot("validate", "--format", "junit").out)
    assert (suites.get("tests"), suites.get("failures")) == ("4", "0")


def run(document: Any) -> Any:
    assert document["version"] == "2.1.0"
    return document["runs"][0]


def test_sarif_names_every_rule_with_its_page_and_every_place_relative_to_the_checkout(
    wabot: Typed, broken: Path
) -> None:
    said = wabot("validate", "--format", "sarif")
    assert said.code == 1
    one = run(said.data)
    listed = one["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in listed] == ["WB013", "WB104", "WB203"]
    assert listed[1]["shortDescription"] == {"text": "A word that is not known there"}
    assert "## Prefer" in listed[1]["help"]["markdown"]
    assert "helpUri" not in listed[1]
    assert [result["level"] for result in one["results"]] == ["warning", "error", "error"]
    assert all(listed[result["ruleIndex"]]["id"] == result["ruleId"] for result in one["results"])
    place = one["results"][1]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "rules/warung/rules.yaml", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 4, "startColumn": 59, "endLine": 4, "endColumn": 66},
    }
    assert one["columnKind"] == "unicodeCodePoints"


def test_sarif_quotes_what_a_uri_cannot_hold(repository: Path) -> None:
    at = Location(repository / "rules" / "warung" / "a b%é.yaml", 1, 1)
    one = run(json.loads(sarif.write(report(Diagnostic(at, "error", "WB003", "x", "")))))
    uri = one["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "rules/warung/a%20b%25%C3%A9.yaml"


def test_sarif_knows_a_finding_again_when_lines_above_it_come_and_go(repository: Path) -> None:
    def prints(*lines: int) -> list[str]:
        items = [Diagnostic(Location(Path("a.yaml"), line), "error", "WB101", "x", "") for line in lines]
        results = run(json.loads(sarif.write(report(*items))))["results"]
        return [result["partialFingerprints"]["wabotFinding/v1"] for result in results]

    assert prints(3, 9) == prints(4, 12)
    assert len(set(prints(3, 9))) == 2


def test_sarif_has_silenced_findings_as_suppressed_with_their_reason(repository: Path) -> None:
    item = Diagnostic(Location(Path("a.yaml"), 3), "warning", "WB901", "x", "")
    one = run(json.loads(sarif.write(Report((), (), (Silenced(item, "memang begitu"),)))))
    assert one["results"][0]["suppressions"] == [{"kind": "inSource", "justification": "memang begitu"}]


def test_junit_has_a_test_suite_a_tenant_a_case_a_clean_file_and_a_failure_a_finding(
    wabot: Typed, broken: Path
) -> None:
    said = wabot("validate", "--format", "junit")
    assert said.code == 1
    suites = ElementTree.fromstring(said.out)
    assert said.out.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("toko", "3", "1"),
        ("warung", "3", "2"),
    ]
    assert (suites.get("tests"), suites.get("failures")) == ("6", "3")
    warung = suites[1]
    assert [case.get("name") for case in warung] == ["tenant.yaml", "rules.yaml:4:59 WB104", "rules.yaml:6:15 WB203"]
    assert [len(case) for case in warung] == [0, 1, 1]
    failure = warung[1][0]
    assert (failure.tag, failure.get("type"), failure.get("message")) == (
        "failure",
        "error",
        "`contain` is not known as `match`",
    )
    assert "    4 |     trigger: {type: keyword, keywords" in (failure.text or "")
    assert warung[1].get("file") == "rules/warung/rules.yaml"


def test_junit_has_findings_outside_of_tenants_too_and_infos_do_not_fail(wabot: Typed, tmp_path: Path) -> None:
    suites = ElementTree.fromstring(wabot("validate", tmp_path, "--format", "junit").out)
    assert [(suite.get("name"), suite.get("failures")) for suite in suites] == [("outside the tenants", "1")]
    info = Diagnostic(Location(tmp_path / "a.yaml", 1), "info", "WB399", "x", "")
    suites = ElementTree.fromstring(junit.write(report(info)))
    assert (suites.get("tests"), suites.get("failures")) == ("1", "0")


def test_junit_survives_what_xml_cannot_hold(tmp_path: Path) -> None:
    odd = Diagnostic(Location(tmp_path / "a.yaml", 1), "error", "WB212", 'unknown filter `\x00\x1b<&">`', "]]>")
    suites = ElementTree.fromstring(junit.write(report(odd)))
    assert suites[0][0][0].get("message") == 'unknown filter `\ufffd\ufffd<&">`'


def test_findings_of_several_files_stand_together_under_the_name_of_each(wabot: Typed, broken: Path) -> None:
    headings = [line for line in wabot("validate").out.splitlines() if line.startswith("──")]
    assert headings == ["── rules/toko/rules.yml: 1 warning", "── rules/warung/rules.yaml: 2 errors"]


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_only_the_report_is_on_standard_output(wabot: Typed, broken: Path, form: str) -> None:
    said = wabot("validate", "--format", form, "--fix")
    assert said.err == ""
    if form in ("json", "sarif"):
        assert said.data
    elif form == "junit":
        assert ElementTree.fromstring(said.out) is not None
    else:
        assert all(line.startswith("::") for line in said.out.splitlines())
