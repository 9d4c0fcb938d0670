"""A comment silences a finding on its line or on the line below, with a reason; one that does nothing is a finding."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.rule_sets import NOW
from tests.tenants import rules, write_tenant
from wabot.engine.load import load_tenant
from wabot.language.diagnostic import Diagnostic, Location
from wabot.lint.catalogue import CATALOGUE, Entry
from wabot.lint.check import Check, Finding
from wabot.lint.run import lint
from wabot.lint.silences import Commented, Silenced, heed
from wabot.lint.subject import Subject


def each_keyword(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        place = subject.place(rule)
        for index, keyword in enumerate(place.data["trigger"].get("keywords", ())):
            if len(keyword) < 4:
                yield Finding(place.locate("trigger", "keywords", index), f"`{keyword}` is short")


def each_text(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        place = subject.place(rule)
        yield Finding(place.locate("response"), "a text")


def each_template(subject: Subject) -> Iterator[Finding]:
    for document in subject.loaded.documents:
        if document.path.suffix == ".j2":
            line = document.text[: document.text.index("Halo")].count("\n") + 1
            yield Finding(Location(document.path, line), "says Halo")


SHORT = Check("WB395", "warning", "A short keyword", each_keyword)
TEXT = Check("WB396", "info", "A text", each_text)
HALO = Check("WB397", "error", "A template that says Halo", each_template)
KNOWN = {
    **CATALOGUE,
    **{check.code: Entry(check.code, check.severity, check.title, True) for check in (SHORT, TEXT, HALO)},
}


def heeded(folder: Path, files: dict[str, str], *checks: Check) -> tuple[list[Diagnostic], list[Silenced]]:
    loaded = load_tenant(write_tenant(folder / "warung", files))
    return heed(
        [Commented(loaded.documents, loaded.rule_set is not None)],
        [*loaded.diagnostics, *lint(loaded, NOW, checks or (SHORT,))],
        KNOWN,
    )


def left(folder: Path, text: str, *checks: Check) -> list[tuple[str, int]]:
    return [(item.code, item.location.line) for item in heeded(folder, rules(text), *checks)[0]]


RULE = "  - id: a\n    trigger: {{type: keyword, keywords: [hi]}}{on_line}\n    response: Halo.\n"


def test_without_a_silence_everything_is_left(tmp_path: Path) -> None:
    assert left(tmp_path, RULE.format(on_line="")) == [("WB395", 4)]


@pytest.mark.parametrize(
    "comment",
    [
        "# wabot: ignore WB395 because pelanggan hanya menulis hi",
        "#wabot:ignore wb395 Because x",
        "# wabot: ignore WB395 because a # hash",
        "# daftar kata # wabot: ignore WB395 because x",
    ],
)
def test_a_comment_on_the_line_silences(tmp_path: Path, comment: str) -> None:
    assert left(tmp_path, RULE.format(on_line="  " + comment)) == []


def test_a_comment_alone_above_the_line_silences_and_so_does_one_above_other_comments(tmp_path: Path) -> None:
    text = (
        "  - id: a\n"
        "    # wabot: ignore WB395 because x\n"
        "    # dan ini catatan lain\n"
        "    trigger: {type: keyword, keywords: [hi]}\n"
        "    response: Halo.\n"
    )
    assert left(tmp_path, text) == []


BECAUSE = "# wabot: ignore WB395 because x"


@pytest.mark.parametrize(
    ("behind_id", "above", "below"),
    [(f" {BECAUSE}", "", ""), ("", "", f"    {BECAUSE}\n"), ("", f"    {BECAUSE}\n\n", "")],
    ids=["behind another value", "below", "an empty line between"],
)
def test_a_comment_elsewhere_silences_nothing_and_is_found_unused(
    tmp_path: Path, behind_id: str, above: str, below: str
) -> None:
    text = f"  - id: a{behind_id}\n{above}    trigger: {{type: keyword, keywords: [hi]}}\n{below}    response: Halo.\n"
    assert sorted(code for code, _ in left(tmp_path, text)) == ["WB395", "WB902"]


def test_what_only_looks_like_a_comment_is_text(tmp_path: Path) -> None:
    text = RULE.format(on_line="").replace("Halo.", '"Halo # wabot: ignore WB395 because x"')
    assert left(tmp_path, text) == [("WB395", 4)]


def test_the_reason_is_kept_beside_the_finding(tmp_path: Path) -> None:
    _, silenced = heeded(tmp_path, rules(RULE.format(on_line=" # wabot: ignore WB395 because  hanya itu ")))
    assert [(one.finding.code, one.reason) for one in silenced] == [("WB395", "hanya itu")]


def test_several_codes_are_separated_by_commas_and_each_must_be_needed(tmp_path: Path) -> None:
    silence = "# wabot: ignore WB395, WB396 because x"
    one = f"  - {{id: a, trigger: {{type: keyword, keywords: [hi]}}, response: Halo.}} {silence}\n"
    assert left(tmp_path, one, SHORT, TEXT) == []
    assert left(tmp_path / "lagi", one, SHORT) == [("WB902", 3)]


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("ignore WB395", ["WB901"]),
        ("ignore WB395 because", ["WB901"]),
        ("ignore WB395 sudah biasa", ["WB901"]),
        ("ignore WB398 because x", ["WB395", "WB903"]),
        ("ignore WB3 because x", ["WB395", "WB903"]),
        ("ignore short-keyword because x", ["WB395", "WB903"]),
        ("ignore because x", ["WB395", "WB903"]),
        ("ignroe WB395 because x", ["WB395", "WB903"]),
        ("ignore WB101 because x", ["WB395", "WB904"]),
        ("ignore WB902 because x", ["WB395", "WB904"]),
        ("ini bot kami", ["WB395"]),
    ],
)
def test_what_is_wrong_in_a_silence_is_a_finding(tmp_path: Path, comment: str, codes: list[str]) -> None:
    found, _ = heeded(tmp_path, rules(RULE.format(on_line=f" # wabot: {comment}")))
    assert sorted(item.code for item in found) == codes
    assert all(item.severity == CATALOGUE[item.code].severity for item in found if item.code in CATALOGUE)


def test_errors_of_files_shape_and_references_stay(tmp_path: Path) -> None:
    text = (
        RULE.format(on_line="")
        .replace("[hi]", "[halo kak]")
        .replace("Halo.", "Halo {{ nama }}  # wabot: ignore WB203 because x")
    )
    assert sorted(code for code, _ in left(tmp_path, text)) == ["WB203", "WB904"]


def test_in_a_tenant_with_errors_nothing_is_called_unused_for_not_all_was_checked(tmp_path: Path) -> None:
    text = (
        "  - id: a\n    trigger: {type: keyword, keywords: [hi], regex: x} # wabot: ignore WB395 because x\n"
        "    response: {type: teks}\n"
    )
    assert "WB902" not in [code for code, _ in left(tmp_path, text)]


@pytest.mark.parametrize("style", ["|", ">-"])
def test_a_text_of_several_lines_is_silenced_where_it_begins(tmp_path: Path, style: str) -> None:
    def third_line(subject: Subject) -> Iterator[Finding]:
        at = subject.place(subject.rules[0]).locate("response")
        yield Finding(Location(at.path, at.line + 2), "deep in the text")

    text = (
        "  - id: a\n    trigger: {type: welcome}\n"
        f"    response: {style} # wabot: ignore WB395 because x\n      Halo\n      kak\n"
    )
    assert left(tmp_path, text, Check("WB395", "warning", "Deep", third_line)) == []


@pytest.mark.parametrize(
    ("template", "codes"),
    [
        ("Halo kak\n", ["WB397"]),
        ("Halo kak {# wabot: ignore WB397 because x #}\n", []),
        ("{# wabot: ignore WB397 because x #}\nHalo kak\n", []),
        ("{#- wabot: ignore WB397\n because x -#}\nHalo kak\n", []),
        ("{# wabot: ignore WB397 #}\nHalo kak\n", ["WB901"]),
        ("{# wabot: ignore WB397 because x #}\n\nHalo kak\n", ["WB397", "WB902"]),
        ("{{ '{# wabot: ignore WB397 because x #}' }}\nHalo kak\n", ["WB397"]),
    ],
)
def test_templates_have_silences_too(tmp_path: Path, template: str, codes: list[str]) -> None:
    text = "  - id: a\n    trigger: {type: welcome}\n    response: {type: template, template: a.j2}\n"
    found, _ = heeded(tmp_path, {**rules(text), "templates/a.j2": template}, HALO)
    assert sorted(item.code for item in found) == codes


def test_a_file_that_two_tenants_share_needs_its_silence_if_one_of_them_does(tmp_path: Path) -> None:
    text = RULE.format(on_line=" # wabot: ignore WB395 because x")
    loaded = load_tenant(write_tenant(tmp_path / "warung", rules(text)))
    found = lint(loaded, NOW, (SHORT,))
    tenant = Commented(loaded.documents, sound=True)
    assert heed([tenant, tenant], found, KNOWN)[0] == []
