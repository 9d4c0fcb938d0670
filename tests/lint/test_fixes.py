"""Fixes mend what they say, leave everything else as people wrote it, and know when to stop."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.tenants import sections, write_tenant
from wabot.engine.load import load_tenant
from wabot.language.diagnostic import Diagnostic, Location
from wabot.language.document import Document, parse_document
from wabot.language.shape import Kind, check_shape
from wabot.lint.comments import yaml_comments
from wabot.lint.fixes.apply import Mended, mend

CASES = sorted((Path(__file__).parents[1] / "language" / "cases").glob("*.txt"))

TENANT = 'name: W\nphone: "6281100000000"\ntimezone: Asia/Jakarta\n'


def read(text: str, kind: Kind = "tenant") -> Document:
    document = parse_document(Path("x.yaml"), text.encode())
    document.kind = kind
    if not document.findings:
        check_shape(document, kind)
    return document


def mended(text: str, kind: Kind = "tenant", *, unsafe: bool = False) -> Mended:
    document = read(text, kind)
    return mend(document, document.findings, unsafe=unsafe, wanted=lambda _: True)


def rule(text: str, *, unsafe: bool = False) -> str:
    """A rules file of one rule, mended; the rule alone."""
    head = "version: 1\nrules:\n"
    return mended(head + text, "rules", unsafe=unsafe).text.removeprefix(head)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("phone: 6281100000000  # WA", 'phone: "6281100000000"  # WA'),
        ("phone: 081234567890", "phone: 081234567890"),
        ("phone: &p 6281100000000", "phone: &p 6281100000000"),
        ("name: true", 'name: "true"'),
        ("name: 7", 'name: "7"'),
        ("name: -1.5e3", 'name: "-1.5e3"'),
        ("auto_reply: {delay: 2}", "auto_reply: {delay: 2}"),
        ("auto_reply: {only: [6281100000000, tag:vip]}", 'auto_reply: {only: ["6281100000000", tag:vip]}'),
        ("vars: {buka: 09:00, tutup: 21:00}", 'vars: {buka: "09:00", tutup: "21:00"}'),
    ],
)
def test_what_should_be_text_is_quoted_where_it_then_has_the_right_form(before: str, after: str) -> None:
    key = before.partition(":")[0]
    whole = "version: 1\n" + "".join(line for line in TENANT.splitlines(True) if not line.startswith(f"{key}:"))
    assert mended(f"{whole}{before}\n").text == f"{whole}{after}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TENANT, f"version: 1\n{TENANT}"),
        (f"# toko\n\n{TENANT}", f"# toko\n\nversion: 1\n{TENANT}"),
        (f"---\n{TENANT}", f"---\nversion: 1\n{TENANT}"),
        (TENANT.replace("\n", "\r\n"), f"version: 1\n{TENANT}".replace("\n", "\r\n")),
        (
            "{name: W, phone: '6281100000000', timezone: UTC}",
            "{version: 1, name: W, phone: '6281100000000', timezone: UTC}",
        ),
        ("  name: W\n  timezone: UTC\n", "  version: 1\n  name: W\n  timezone: UTC\n"),
        ("{}\n", "{version: 1}\n"),
        (f"verson: 1\n{TENANT}", f"verson: 1\n{TENANT}"),
        (f"version: 2\n{TENANT}", f"version: 2\n{TENANT}"),
    ],
)
def test_a_missing_version_is_added_at_the_top_beneath_what_speaks_of_the_file(before: str, after: str) -> None:
    assert mended(before).text == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tags: [a, b, a]", "tags: [a, b]"),
        ("tags: [a, a, b, a]", "tags: [a, b]"),
        ("tags: [a, 'a', b]", "tags: [a, b]"),
        ("tags: [a, # satu\n    a, # dua\n    b]", "tags: [a, # satu\n    # dua\n    b]"),
        ("tags:\n    - a\n    - a\n    - b", "tags:\n    - a\n    - b"),
        ("tags:\n    - a\n    - b\n    - a", "tags:\n    - a\n    - b"),
        ("tags:\n    - a\n    - a # dua\n    - b", "tags:\n    - a\n    # dua\n    - b"),
        ("tags:\n    - a\n    # tentang a\n    - a\n    - b", "tags:\n    - a\n    # tentang a\n    - b"),
        ("tags: [&x a, *x]", "tags: [&x a, *x]"),
        ("tags: [a, &x a]", "tags: [a, &x a]"),
    ],
)
def test_what_a_list_says_twice_is_removed_and_comments_stay(before: str, after: str) -> None:
    head = "  - id: a\n    trigger: {type: welcome}\n    response: Halo.\n    "
    assert rule(f"{head}{before}\n") == f"{head}{after}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{type: keyword, keyword: [a]}", "{type: keyword, keywords: [a]}"),
        ("{type: keywrd, keywords: [a]}", "{type: keyword, keywords: [a]}"),
        ("{type: keyword, keywords: [a], match: Contain}", "{type: keyword, keywords: [a], match: contains}"),
        ("{type: keyword, keywords: [a], match: 'contain'}", "{type: keyword, keywords: [a], match: contains}"),
        ("{type: keyword, keywords: [a], keyword: [b]}", "{type: keyword, keywords: [a], keyword: [b]}"),
        ("{type: keyword, keyword: [a], keywrds: [b]}", "{type: keyword, keyword: [a], keywrds: [b]}"),
        ("{type: keyword, keywords: [a], xyzzy: 1}", "{type: keyword, keywords: [a], xyzzy: 1}"),
        ("{type: keyword, keywords: [a], match: mengandung}", "{type: keyword, keywords: [a], match: mengandung}"),
    ],
)
def test_only_an_unsafe_fix_guesses_which_word_was_meant_and_only_where_one_is_close(before: str, after: str) -> None:
    text = "  - id: a\n    trigger: {}\n    response: Halo.\n"
    assert rule(text.replace("{}", before), unsafe=True) == text.replace("{}", after)
    assert rule(text.replace("{}", before)) == text.replace("{}", before)


def test_a_fix_that_lets_another_mistake_be_seen_is_followed_by_that_ones_fix() -> None:
    text = "  - id: a\n    trigger: {type: keyword, keyword: [17:30, 5]}\n    response: Halo.\n"
    assert rule(text, unsafe=True) == text.replace("keyword: [17:30, 5]", 'keywords: ["17:30", "5"]')


def at(code: str, line: int, column: int) -> list[Diagnostic]:
    return [Diagnostic(Location(Path("x.yaml"), line, column), "warning", code, "x")]


@pytest.mark.parametrize(
    ("trigger", "after"),
    [
        ("{type: keyword, keywords: [hi]}", "{type: keyword, match: word, keywords: [hi]}"),
        ("{type: keyword, keywords: [hi], match: contains}", "{type: keyword, keywords: [hi], match: word}"),
        ("{type: keyword, keywords: [hi], match: exact}", "{type: keyword, keywords: [hi], match: exact}"),
        (
            "\n      keywords: [hi]\n      type: keyword",
            "\n      match: word\n      keywords: [hi]\n      type: keyword",
        ),
        (
            "\n      type: keyword\n      keywords: # ya\n      - hi",
            "\n      type: keyword\n      match: word\n      keywords: # ya\n      - hi",
        ),
    ],
)
@pytest.mark.parametrize("column", [9, None])
def test_a_short_keyword_becomes_a_whole_word(trigger: str, after: str, column: int | None) -> None:
    text = f"version: 1\nrules:\n  - id: a\n    trigger: {trigger}\n    response: Halo.\n"
    line = 3 if column else text[: text.index("hi")].count("\n") + 1
    column = column or text.splitlines()[line - 1].index("hi") + 1
    document = read(text, "rules")
    found = mend(document, at("WB305", line, column), unsafe=True, wanted=lambda _: False)
    assert found.text == text.replace(trigger, after)
    assert mend(document, at("WB305", line, column), unsafe=False, wanted=lambda _: False).text == text


def test_a_repeated_keyword_is_removed_where_it_stands() -> None:
    text = (
        "version: 1\nrules:\n  - id: a\n    trigger: {type: keyword, keywords: [jam, Jam, buka]}\n    response: Halo.\n"
    )
    found = mend(read(text, "rules"), at("WB306", 4, 46), unsafe=False, wanted=lambda _: False)
    assert found.text == text.replace("jam, Jam", "jam")


ENTRY = st.sampled_from(["a", "b", "c", "'a'", '"b"'])
NOTE = st.sampled_from(["", " # satu", " # dua: [x]"])


@examples(200)
@given(st.lists(st.tuples(ENTRY, NOTE), min_size=1, max_size=7), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_a_list_without_its_repetitions_has_the_same_order_and_every_comment(
    entries: list[tuple[str, str]], flow: bool, newline: str
) -> None:
    if flow:
        lines = [
            f"      {entry}{',' if number < len(entries) - 1 else ''}{note}"
            for number, (entry, note) in enumerate(entries)
        ]
        lines = ["    tags: [", *lines, "    ]"]
    else:
        lines = ["    tags:", *(f"      - {entry}{note}" for entry, note in entries)]
    text = newline.join(
        ["version: 1", "rules:", "  - id: a", "    trigger: {type: welcome}", *lines, "    response: Halo.", ""]
    )
    after = mended(text, "rules").text
    document = read(after, "rules")
    assert not document.findings
    assert document.data["rules"][0]["tags"] == list(dict.fromkeys(entry.strip("'\"") for entry, _ in entries))
    assert [one.text for one in yaml_comments(after)[0]] == [one.text for one in yaml_comments(text)[0]]


def leaves(data: Any, steps: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(data, dict | list) and data:
        for step, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(value, (*steps, step))
    else:
        yield steps, data


def untouched(document: Document, places: set[Location], names: Mapping[str, str]) -> dict[tuple[Any, ...], Any]:
    """Every value that no fix speaks of, under the names that keys have after the fixes."""
    found = {}
    for steps, value in leaves(document.data):
        ways = [steps[: length + 1] for length in range(len(steps))]
        spoken = any(document.locate(way) in places or document.locate(way, key=True) in places for way in ways)
        if not spoken and steps != ("version",):
            found[tuple(names.get(step, step) for step in steps)] = value
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
def test_mended_findings_are_gone_everything_else_is_as_it_was_and_twice_is_as_once(
    case: Path, unsafe: bool, tmp_path: Path
) -> None:
    files = sections(case.read_text("utf-8"))
    del files["findings"]
    loaded = load_tenant(write_tenant(tmp_path / "warung", files))
    for document in loaded.documents:
        mine = [item for item in loaded.diagnostics if item.location.path == document.path]
        once = mend(document, mine, unsafe=unsafe, wanted=lambda _: True)
        if not once.fixed:
            assert once.text == document.text
            continue
        after = parse_document(document.path, once.text.encode())
        kind: Any = document.kind
        after.kind = kind
        if not after.findings:
            check_shape(after, kind)
        gone = {(one.finding.code, one.finding.message) for one in once.fixed}
        assert not gone & {(item.code, item.message) for item in after.findings}
        assert mend(after, after.findings, unsafe=unsafe, wanted=lambda _: True).text == once.text

        renamed = {old: new for one in once.fixed for new, old in re.findall(r"write `(.+)` for `(.+)`", one.title)}
        before_rest = untouched(document, {one.finding.location for one in once.fixed}, renamed)
        after_rest = dict(leaves(after.data))
        assert before_rest.items() <= after_rest.items()
        assert [one.text for one in yaml_comments(document.text)[0]] == [
            one.text for one in yaml_comments(once.text)[0]
        ]
