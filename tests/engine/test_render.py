"""Replies as the customer reads them, and templates that must not hurt."""

from datetime import date, time

import pytest

from tests.engine.rule_sets import context, message, rule, rule_set
from wabot.engine.decide import decide
from wabot.engine.render import first_name, render
from wabot.language.formats import jam, rupiah, tanggal
from wabot.language.hours import Hours, parse_span
from wabot.language.template import problems
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.model.context import Contact
from wabot.model.errors import RenderError

HOURS = Hours(weekly=((parse_span("09:00-21:00"),),) * 7, always=False)


BUDI = Contact(name="Budi Santoso")


def said(text: str, contact: Contact = BUDI, asked: str = "tanya JP77") -> str:
    made = rule_set(
        rule("r", Pattern(r"(?P<resi>JP\d+)"), text), hours=HOURS, vars={"alamat": "Bandung", "menu": {"Nasi": 15000}}
    )
    ctx = context(contact=contact)
    asked_message = message(asked)
    return render(made, decide(made, asked_message, ctx).answers[0], asked_message, ctx).text


@pytest.mark.parametrize(
    ("template", "reply"),
    [
        ("Halo kak", "Halo kak"),
        ("Halo {{ first_name }}, dari {{ tenant.name }}", "Halo Budi, dari Warung"),
        ("{{ name }} di {{ vars.alamat }}", "Budi Santoso di Bandung"),
        ("Resi {{ match.resi }}", "Resi JP77"),
        ("Buka {{ hours.today }}", "Buka 09.00–21.00"),
        ("{% if hours.open %}buka{% else %}tutup{% endif %} {{ now | jam }}", "buka 10.00"),
        ("{{ now | tanggal }}", "Rabu, 28 Januari 2026"),
        ("{% for nama, harga in vars.menu.items() %}{{ nama }}: {{ harga | rupiah }}\n{% endfor %}", "Nasi: Rp15.000"),
        ("{{ conversation.messages }}. pesan", "4. pesan"),
        ("{{ contact.tags | join(',') }}{{ kosong | default('-') }}", "-"),
    ],
)  # fmt: skip
def test_a_text_is_filled_in(template: str, reply: str) -> None:
    assert said(template) == reply


def test_a_customer_without_a_name_is_called_kak() -> None:
    assert said("Halo {{ first_name }} ({{ name }})", Contact()) == "Halo Kak (Kak)"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ vars.tidak_ada }}", "no attribute"),
        ("{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}", "steps"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "steps|recursion"),
        ("{{ 'x' * 1000000000 }}", "ordinary numbers"),
        ("{{ 9 ** 9 ** 9 }}", "ordinary numbers"),
        ("{{ '%1000000000d' % 1 }}", "ordinary numbers"),
        ("{% for a in range(900) %}{{ message }}" + "x" * 99 + "{% endfor %}", "longer|steps"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ vars.update({'a': 1}) }}", "unsafe"),
        ("{{ 1 / 0 }}", "division"),
        ("{{ '' }}", "empty"),
    ],
)
def test_a_text_that_fails_is_endless_or_too_long_fails_its_rule_and_says_why(template: str, why: str) -> None:
    with pytest.raises(RenderError, match=why):
        said(template)


def test_a_plain_text_needs_no_template_engine() -> None:
    made = rule_set(rule("r", Keyword(("jam",)), "Kami { buka } %d"))
    asked = message("jam")
    assert render(made, decide(made, asked, context()).answers[0], asked, context()).text == "Kami { buka } %d"


def test_a_guarded_name_may_be_undefined() -> None:
    text = "{% if vars.promo is defined %}{{ vars.alamat }}{% endif %}{{ catatan | default('') }}{% set x = 1 %}{{ x }}"
    assert problems(text, variables=("alamat",), groups=()) == []


def test_money_dates_and_times_read_as_in_indonesia() -> None:
    assert (rupiah(25000), rupiah(1234567.5), rupiah(-500)) == ("Rp25.000", "Rp1.234.568", "-Rp500")
    assert tanggal(date(2026, 8, 17)) == "Senin, 17 Agustus 2026"
    assert jam(time(9, 5)) == "09.05"


@pytest.mark.parametrize("text", ["Halo kak {{ first_name }}!", "Halo kak {{ name }}!"])
def test_nobody_without_a_name_is_called_kak_twice(text: str) -> None:
    assert said(text, Contact()) == "Halo kak!"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Budi Santoso", "Budi"),
        ("Pak Dedi", "Dedi"),
        ("Hj. Aminah", "Aminah"),
        ("IBU  Rina Wati", "Rina"),
        ("Mbak", "Mbak"),
        ("H. M. Yusuf", "M."),
    ],
)
def test_nobody_is_greeted_by_a_form_of_address_alone(name: str, called: str) -> None:
    assert first_name(name) == called


@pytest.mark.parametrize("template", ["{{ name.ljust(6000000000) }}", "{{ '{:>999999999}'.format(name) }}"])
def test_a_text_cannot_ask_for_all_memory(template: str) -> None:
    with pytest.raises(RenderError):
        said(template)
