"""A text that is made once for everybody says to each what it would have said if it had been made for them."""

from pathlib import Path

import pytest

from tests.tenants import rules, write_tenant
from wabot.analytics.replaying.saying import Saying
from wabot.engine.load import load_tenant
from wabot.engine.render import render
from wabot.language.rule_set import Answer
from wabot.model.context import Contact, Context
from wabot.model.message import Message

NAMES = (
    "",
    "Budi",
    "Pak Dedi Kurniawan",
    "kak",
    "Ibu",
    "  Ani  ",
    "\ue000",
    "\ue000 \ue001",
    "שלום 👍🏽",
    "{{ name }}",
    "first_name",
)
TEXTS = (
    "Kami buka kak.",
    "Halo kak {{ first_name }}!",
    "Halo {{ name }}, {{ first_name }} ya",
    "{% for item in vars.harga %}{{ item }}, {{ name }}\n{% endfor %}",
    "{% if name == 'Budi' %}Budi!{% else %}{{ name }}{% endif %}",
    "{{ name | upper }} {{ first_name }}",
    "{{ name | length }} huruf",
    "{% set kamu = name %}{{ kamu }} di {{ tenant.name }}",
    "{{ message }} {{ name }}",
    "Buka {{ hours.today }} {{ first_name }}",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_made_once_is_the_text_made_for_each(tmp_path: Path, text: str) -> None:
    files = rules("  - {id: a, trigger: {type: keyword, keywords: [a]}, response: {type: template, template: a.j2}}\n")
    files["templates/a.j2"] = text
    files["tenant.yaml"] = (
        'version: 1\nname: Warung\nphone: "6281100000000"\ntimezone: Asia/Jakarta\nvars: {harga: [1, 2]}\n'
    )
    rule_set = load_tenant(write_tenant(tmp_path / "warung", files)).rule_set
    assert rule_set is not None
    say, answer = Saying(rule_set), Answer(rule_set.rules[0], "a")
    for name in (*NAMES, *NAMES):
        message, context = Message("1", "62", f"halo {name}", name=name), Context(1_769_569_200_000, Contact())
        assert say(answer, message, context).text == render(rule_set, answer, message, context).text, name
