"""YAML as this language reads it, where YAML 1.1 would bite."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wabot.language.document import parse_document
from wabot.language.shape import Kind, check_shape, is_valid, schema


def data(text: str) -> Any:
    document = parse_document(Path("x.yaml"), text.encode())
    assert not document.findings, document.findings
    return document.data


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("True", "True"),
        ("null", None),
        ("~", None),
        ("0812", 812),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        ("2026-01-28", "2026-01-28"),
        ("2026-01-28 10:00", "2026-01-28 10:00"),
        ('"0812"', "0812"),
        ("'true'", "true"),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("<<", "<<"),
    ],
)
def test_plain_words_mean_what_they_look_like(written: str, read: Any) -> None:
    assert data(f"a: {written}\n") == {"a": read}


def test_an_alias_stands_for_its_value() -> None:
    assert data("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize(
    ("raw", "line", "column", "code"),
    [
        (b"a: 1\nb: \xff\n", 2, 4, "WB002"),
        (b"\xff\xfea\x00", 1, 1, "WB002"),
        (b"a: 1\nb: x\x00y\n", 2, 5, "WB003"),
        (b"a: &x [*x]\n", 1, 4, "WB008"),
        (b"a: " + b"[" * 100_000, 1, 1, "WB008"),
        (b"- " * 50_000 + b"x", 1, 1, "WB008"),
        (b"x" * 5_000_000, 1, 1, "WB008"),
        (b"a: *x\n", 1, 4, "WB003"),
        (b"a: 1\n---\nb: 2\n", 2, 1, "WB003"),
        (b"? [a]\n: b\n", 1, 3, "WB007"),
        (b"", 1, 1, "WB008"),
        (b"# only a comment\n", 1, 1, "WB008"),
    ],
)
def test_what_cannot_be_read_is_a_finding_at_its_place(raw: bytes, line: int, column: int, code: str) -> None:
    document = parse_document(Path("x.yaml"), raw)
    finding = document.findings[0]
    assert (finding.location.line, finding.location.column, finding.code) == (line, column, code)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}#&*!|>'\"%@`\t\n ,?~0.", max_size=80).map(str.encode))
def test_no_file_whatever_its_bytes_raises_an_error(raw: bytes) -> None:
    document = parse_document(Path("x.yaml"), raw)
    assert document.findings or document.data is not None or raw.strip() in (b"~", b"null") or document.data is None


KINDS: tuple[Kind, ...] = ("tenant", "hours", "rules", "quick-replies", "tests")


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_a_schema(kind: Kind) -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema(kind))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 200) | st.sampled_from(
        ["", "a", "jam-buka", "10m", "keyword", "welcome", "text", "contains", "09:00-17:00", "closed", "vip", "ID"]
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
        st.sampled_from("id type trigger response message keywords hours weekly mon x match cooldown".split()),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(KINDS), VALUES)
def test_the_fast_validator_and_the_one_that_explains_agree(kind: Kind, value: Any) -> None:
    from jsonschema import Draft202012Validator

    wrapped = {"version": 1, {"tests": "tests", "rules": "rules", "hours": "weekly"}.get(kind, "name"): value}
    for candidate in (value, wrapped, {"version": 1, "rules": [value]}):
        assert is_valid(kind, candidate) == Draft202012Validator(schema(kind)).is_valid(candidate)


def test_whatever_the_fast_validator_refuses_is_explained() -> None:
    document = parse_document(Path("x.yaml"), b"version: 1\nrules: [{id: a}]\n")
    assert not check_shape(document, "rules")
    assert [finding.code for finding in document.findings] == ["WB102"]
