"""Texts that would run for ever or fill the memory: each fails its rule at once, and nothing else."""

import resource
from datetime import UTC, datetime
from typing import Any

import pytest

from wabot.language.template import Template, problems
from wabot.model.errors import RenderError

VALUES: dict[str, Any] = {
    "name": "Budi",
    "message": "é" * 65_536,
    "now": datetime(2026, 1, 28, 10, tzinfo=UTC),
    "vars": {"menu": ["soto", "rawon"], "harga": 15_000, "banyak": list(range(200))},
}
TENFOLD = "'aaaaaaaaaa'"

ENDLESS = {
    "loops in loops": "{% for a in range(900) %}{% for b in range(900) %}{% endfor %}{% endfor %}",
    "a huge range": "{{ range(10000000)|sum }}",
    "a huge list": "{{ range(100000)|list|length }}",
    "a loop that costs much a turn": "{% for a in range(900) %}{{ message|sort|length }}{% endfor %}",
    "a long message, again and again": "{% for a in range(900) %}{{ message|upper|lower|length }}{% endfor %}",
    "lists searched in lists": "{% set l = range(999)|list %}{{ l|map('string')|select('in', l)|list|length }}" * 9,
    "a macro that calls itself": "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
    "a loop that calls itself": "{% for x in range(300) recursive %}{{ loop(range(300)) }}{% endfor %}",
    "doubling by ~": "{% set x = 'a' %}" + "{% set x = x ~ x %}" * 40 + "{{ x|length }}",
    "doubling by +": "{% set x = 'a' %}" + "{% set x = x + x %}" * 40 + "{{ x|length }}",
    "lists that double": "{% set x = [1] %}" + "{% set x = x + x %}" * 40 + "{{ x|length }}",
    "lists in lists": "{% set x = [1] %}" + "{% set x = [x, x] %}" * 40 + "{{ x }}",
    "pairs in pairs": "{% set x = (1,) %}" + "{% set x = (x, x) %}" * 40 + "{{ x|string }}",
    "mappings in mappings": "{% set x = {} %}" + "{% set x = {1: x, 2: x} %}" * 40 + "{{ x ~ '' }}",
    "replace upon replace": "{{ 'aaaaaaaaaa'" + f"|replace('a', {TENFOLD})" * 9 + "|length }}",
    "replace with names": "{{ 'aaaaaaaaaa'" + f"|replace(old='a', new={TENFOLD})" * 9 + "|length }}",
    "replace between all letters": "{{ message|replace('', message)|length }}",
    "the method replace": "{{ message.replace('é', message)|length }}",
    "the method join": "{{ message.join(message)|length }}",
    "join": "{{ vars.banyak|join(message)|length }}",
    "a format with padding": "{{ '{:1000000000d}'.format(1)|length }}",
    "a number as bytes": "{{ (1).to_bytes(1000000000, 'big')|length }}",
    "padding": "{{ 'x'.ljust(1000000000)|length }}",
    "padding by zeros": "{{ 'x'.zfill(1000000000)|length }}",
    "multiplied texts": "{{ 'x' * 1000000000 }}",
    "powers": "{{ 9 ** 9 ** 9 }}",
    "numbers without end": "{% set x = 9 %}" + "{% set x = x * 1000000 %}" * 40 + "{{ x }}",
    "blocks that collect": "{% set x %}{% for a in range(900) %}{{ message }}{% endfor %}{% endset %}{{ x|length }}",
    "blocks that filter": f"{{% filter replace('a', {TENFOLD}) %}}" * 9 + "aaaaaaaaaa" + "{% endfilter %}" * 9,
    "macros that collect": "{% macro f() %}{% for a in range(99) %}{{ message }}{% endfor %}{% endmacro %}{{ f() }}",
    "map that grows": "{{ range(999)|map('string')|map('replace', '1', message)|join|length }}",
    "a long output": "{% for a in range(900) %}{{ message }}{% endfor %}",
}


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_text_that_would_not_end_or_would_fill_the_memory_fails(source: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(RenderError):
        Template(source).render(VALUES)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64_000, "it filled the memory all the same"


@pytest.mark.parametrize("source", ["{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}", "{% if 1 %}" * 5_000])
def test_a_text_that_is_nested_without_reason_is_a_finding(source: str) -> None:
    (found,) = problems(source, variables=(), groups=())
    assert (found.code, "nested too deep" in found.message) == ("WB204", True)


FAIR = {
    "{% for x in vars.menu %}- {{ x }}\n{% endfor %}": "- soto\n- rawon",
    "{{ vars.menu|join(', ')|upper }}": "SOTO, RAWON",
    "{{ vars.menu|map('title')|join(' / ') }}": "Soto / Rawon",
    "{{ 'Kak ' ~ name ~ ', ' ~ vars.harga }}": "Kak Budi, 15000",
    "{{ vars.menu + ['bakso'] }}": "['soto', 'rawon', 'bakso']",
    "{{ ['a', 'b']|join(d='-') }}": "a-b",
    "{{ message|replace('é', 'e')|length }}": "65536",
    "{{ message|truncate(5, True) }}": "éé...",
    "{{ name.replace('u', 'o').upper() }} {{ ','.join(vars.menu) }}": "BODI soto,rawon",
    "{{ (vars.harga * 3)|rupiah }} {{ vars.harga + 1 }} {{ 7 % 2 }}": "Rp45.000 15001 1",
    "{{ vars.banyak|sum }} {{ vars.banyak|length }}": "19900 200",
    "{% set x %}{% for a in range(9) %}{{ a }}{% endfor %}{% endset %}{{ x }}": "012345678",
    "{% macro f(n) %}<{{ n }}>{% endmacro %}{{ f(1) }}{{ f(2) }}": "<1><2>",
    "{{ 3 in [1, 2, 3] }} {{ {'a': 1}.a }} {{ vars.apa|default('-') }}": "True 1 -",
    "{% for a, b in {'x': 1}.items() %}{{ a }}{{ b }}{% endfor %}": "x1",
    "{{ now.strftime('%H.%M') }} {{ '%s' is string }}": "10.00 True",
}


@pytest.mark.parametrize(("source", "text"), FAIR.items())
def test_what_a_shop_writes_is_far_below_every_bound(source: str, text: str) -> None:
    assert problems(source, variables=("menu", "harga", "banyak", "apa"), groups=()) == []
    assert Template(source).render(VALUES) == text
