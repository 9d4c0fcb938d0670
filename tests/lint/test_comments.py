"""Comments are found where YAML and Jinja2 see comments, and nowhere else."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from wabot.lint.comments import template_comments, yaml_comments


def told(text: str) -> list[tuple[int, int, str, bool]]:
    return [(one.line, one.column, one.text, one.alone) for one in yaml_comments(text)[0]]


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("a: 1 # satu\n", [(1, 6, "satu", False)]),
        ("# satu\na: 1\n  # dua\n", [(1, 1, "satu", True), (3, 3, "dua", True)]),
        ("a: 'x # bukan'  # ya\n", [(1, 17, "ya", False)]),
        ('a: "x # bukan"\n', []),
        ("a: x#bukan\n", []),
        ("a: http://x/#bukan\n", []),
        ("a: | # kepala\n  # bukan\n  teks # bukan\n# ya\n", [(1, 6, "kepala", False), (4, 1, "ya", True)]),
        ("a: >-  # kepala\n  # bukan\n\n  # bukan\nb: 1 # ya\n", [(1, 8, "kepala", False), (5, 6, "ya", False)]),
        ('a: "dua\n  # bukan\n  baris" # ya\n', [(3, 10, "ya", False)]),
        ("a: [1, # satu\n  2] # dua\n", [(1, 8, "satu", False), (2, 6, "dua", False)]),
        ("a: Halo 😀 kak # ya\n", [(1, 15, "ya", False)]),
        ("a: 1 # satu\r\nb: 2 # dua\r\n", [(1, 6, "satu", False), (2, 6, "dua", False)]),
        ("a: 1 ## banyak # pagar\n", [(1, 6, "banyak # pagar", False)]),
        ("", []),
        ("a: 'tidak selesai\nb: 1 # ya\n", []),
    ],
)
def test_a_hash_is_a_comment_only_where_yaml_says_so(text: str, comments: list[tuple[int, int, str, bool]]) -> None:
    assert told(text) == comments


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("Halo {# satu #} kak", [(1, 6, "satu", False)]),
        ("{# satu #}\nHalo", [(1, 1, "satu", True)]),
        ("{#- satu -#}\r\n{# dua\r\n lagi #}\r\nHalo", [(1, 1, "satu", True), (2, 1, "dua\n lagi", True)]),
        ("{{ '{# bukan #}' }} {# ya #}", [(1, 21, "ya", False)]),
        ("{% raw %}{# bukan #}{% endraw %}{# ya #}", [(1, 33, "ya", False)]),
        ("{# satu #}{# satu #}", [(1, 1, "satu", False), (1, 11, "satu", False)]),
        ("{# tidak selesai", []),
        ("tanpa", []),
    ],
)
def test_a_templates_comment_is_one_only_where_jinja_says_so(
    text: str, comments: list[tuple[int, int, str, bool]]
) -> None:
    assert [(one.line, one.column, one.text, one.alone) for one in template_comments(text)] == comments


@examples(400)
@given(st.text(alphabet="ab:-[]{},#|>'\" \n\r", max_size=60))
def test_what_is_called_a_comment_can_be_cut_out_and_the_data_stay(text: str) -> None:
    try:
        before = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return
    lines = text.splitlines(keepends=True)
    for one in yaml_comments(text)[0]:
        line = lines[one.line - 1]
        end = len(line.rstrip("\r\n"))
        lines[one.line - 1] = line[: one.column - 1] + line[end:]
    after = yaml.compose("".join(lines), Loader=yaml.CSafeLoader)
    assert yaml.serialize(after) == yaml.serialize(before) if before is not None else after is None
