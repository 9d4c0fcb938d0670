"""Texts that wabot fills in by itself say exactly what Jinja2 would say."""

from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wabot.language.sandbox import environment
from wabot.language.simple_text import Beyond, read_simple

VALUES: Mapping[str, Any] = {
    "name": "Budi Santoso",
    "first_name": "Budi",
    "message": "jam {{ buka }}?",
    "hours": SimpleNamespace(today="09.00–21.00", open=True, next_open="besok pukul 09.00"),
    "vars": {"alamat": "Jl. Melati 12", "ongkos": 25_000, "gratis": 0, "items": "kue", "kosong": "", "dalam": {"a": 1}},
    "match": MappingProxyType({"resi": "JP123"}),
    "tenant": {"name": "Warung Sari"},
}

_THERE = st.sampled_from(
    "name first_name message hours.today hours.open vars.alamat vars.ongkos vars.gratis vars.kosong vars.dalam.a "
    "match.resi tenant.name".split()
)
_PATHS = _THERE | st.sampled_from(
    "hours hours.nothing vars.items vars.dalam vars.tidak match.get nobody vars.alamat.x name.upper not true _x "
    "hours._x".split()
)
_SPACE = st.sampled_from(["", " ", "  ", "\n", "\t", " \n "])
_FILTERS = st.sampled_from(["", "|rupiah", " | upper", "|lower|upper", " | title", "|nothing", "|default('x')"])
_VALUE = st.builds("{{{{{}{}{}{}}}}}".format, _SPACE, _PATHS, _FILTERS, _SPACE)
_TAG = st.builds(
    "{}{{%{}{}{}{}%}}{}".format,
    _SPACE,
    st.sampled_from(["", " ", "-", "+", "- "]) | st.just(" "),
    st.builds("{} {}{}".format, st.sampled_from(["if", "elif"]), st.sampled_from(["", "not ", "not not "]), _PATHS)
    | st.sampled_from(["else", "endif", "endif", "if", "raw", "for x in vars"]),
    st.sampled_from(["", " ", "\n"]),
    st.sampled_from(["", "", "-"]),
    _SPACE,
)
_DATA = st.sampled_from(
    ["Halo kak", "\n", "  ", " \n  \n", "{", "}", "%}", "}}", "{#", "#}", "\r\n", "\xa0", "\x0b", "\u2028", "😀", "-"]
)
_SOURCES = st.lists(_VALUE | _TAG | _DATA, max_size=12).map("".join)
_FILLED = st.builds("{{{{ {}{} }}}}".format, _THERE, st.sampled_from(["", " | upper", "|lower"]))
_CHOICES: st.SearchStrategy[str] = st.deferred(
    lambda: (
        _FILLED
        | _DATA
        | st.builds(
            "{}{{% if {} %}}{}{}{}{{% else %}}{}{}{{% endif %}}{}".format,
            *(_SPACE, _THERE, _SPACE, _CHOICES, _SPACE, _CHOICES, _SPACE, _SPACE),
        )
    )
)


def by_jinja(source: str) -> str | None:
    try:
        return environment().from_string(source).render(VALUES).strip()
    except Exception:
        return None


@given(_SOURCES | st.lists(_CHOICES, max_size=5).map("".join))
@example("  {% if hours.open %}  \n  buka\n  {% else %}\n tutup {% endif %}\n\n x {{ name }}\n")
@example("{% if hours.open %}{{ name }}\n  {% endif %}x")
def test_what_is_filled_in_is_what_jinja2_says(source: str) -> None:
    simple = read_simple(source)
    if simple is None:
        return
    try:
        said = simple.render(VALUES).strip()
    except Beyond:
        return
    assert said == by_jinja(source)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Halo kak {{ first_name }}!", "Halo kak Budi!"),
        ("Resi {{ match.resi|lower }}, ongkos {{ vars.ongkos | rupiah }}", "Resi jp123, ongkos Rp25.000"),
        ("{% if hours.open %}Buka{% else %}Tutup{% endif %} kak", "Buka kak"),
        ("{% if not hours.open %}Tutup{% elif vars.gratis %}x{% else %}\nBuka\n{% endif %}\nkak", "Buka\nkak"),
        ("{% if vars.kosong %}a{% if name %}b{% endif %}{% endif %}c", "c"),
        ("{{ message }}", "jam {{ buka }}?"),
    ],
)
def test_ordinary_replies_need_no_template_engine(source: str, said: str) -> None:
    simple = read_simple(source)
    assert simple is not None
    assert simple.render(VALUES).strip() == said


@pytest.mark.parametrize(
    "source",
    [
        "{{ name",
        "{{ 1 + 1 }}",
        "{{ name.upper() }}",
        "{%- if name %}x{% endif %}",
        "{% for x in vars %}{{ x }}{% endfor %}",
        "{% if name %}x",
        "{% else %}",
        "{% if name %}{% else %}{% else %}{% endif %}",
        "{# seen by nobody #}",
        "{{ name }}\r\n",
        "{{ name | default('x') }}",
        "{{ nobody }}",
        "{{ name }}" * 501,
    ],
)
def test_everything_else_is_left_to_jinja2(source: str) -> None:
    assert read_simple(source) is None


@pytest.mark.parametrize("source", ["{{ hours.x }}", "{{ vars.items }}", "{{ vars.tidak }}", "{{ name | rupiah }}"])
def test_a_value_that_is_not_plainly_there_is_left_to_jinja2(source: str) -> None:
    simple = read_simple(source)
    assert simple is not None
    with pytest.raises(Beyond):
        simple.render(VALUES)
