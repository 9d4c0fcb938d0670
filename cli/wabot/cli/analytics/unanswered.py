"""`wabot analytics unanswered`: what customers asked and no rule knew, each with a rule to begin with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated, Any, Final

import typer

from wabot.analytics.period import Period
from wabot.analytics.suggestion import HEAD, Suggestion
from wabot.analytics.unanswered import LEAST, MOST, Matter, Tenant, Unanswered, read_questions
from wabot.analytics.unanswered import unanswered as grouped
from wabot.cli.analytics.options import HERE, Data, First, Last, Lasting, Output, Tenants
from wabot.cli.analytics.page import paragraph, title
from wabot.cli.analytics.shops import Asked, Shop, Unread, figures_of_tenants
from wabot.cli.analytics.spoken import number
from wabot.cli.analytics.telling import tell
from wabot.cli.analytics.written_rules import Rules, again, written_rules
from wabot.cli.output import Format, say, style
from wabot.cli.render import plural
from wabot.engine.hours import local_day
from wabot.model.errors import UsageError
from wabot.store.sqlite.queries import Ask

_INSTEAD: Final = {"nobody": "nobody answered", "fallback": "a fallback answered", "menu": "a menu asked again"}
_NO_RULE: Final = "no rule: no keywords take more than half of these messages, and nothing that other rules know"


@dataclass(frozen=True, slots=True)
class _Told:
    found: Unanswered
    zone: tzinfo
    command: str
    """The command, for this tenant and period."""


def unanswered(
    data: Data = HERE,
    tenant: Tenants = None,
    first: First = "",
    last: Last = "",
    lasting: Lasting = "",
    path: Rules = None,
    most: Annotated[int, typer.Option(min=1, max=1000, help="Show so many groups of questions.")] = MOST,
    least: Annotated[int, typer.Option(min=1, help="Leave out groups of fewer messages.")] = LEAST,
    brief: Annotated[bool, typer.Option("--brief", help="Leave the rules out.")] = False,
    chosen: Annotated[
        list[int] | None,
        typer.Option("--rule", metavar="N", help="Print only the rule for group N, to be added to rules.yaml."),
    ] = None,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print only the rules, as a file of rules.")] = False,
    output: Output = Format.text,
) -> None:
    """Show what customers asked and no rule knew, grouped by similar wording, the most frequent first, each with a rule
    to begin with."""
    wanted = max(most, *(chosen or ()), 1)

    def read(shop: Shop, ask: Ask, period: Period) -> _Told:
        asked_of = Tenant(written_rules(shop, path), shop.zone)
        questions = read_questions(ask, period, asked_of.rule_set)
        found = grouped(questions, asked_of, shop.now, least=least, most=wanted)
        return _Told(found, shop.zone, again("unanswered", data, shop, period))

    asked = Asked(first, last, lasting)
    if chosen or as_yaml:
        if output is Format.json:
            raise UsageError("--rule and --yaml print rules; they cannot be written as json, which holds them anyway")
        told = _of_one(figures_of_tenants(data, tenant or ()), asked, read)
        entries = [one.yaml for one in _rules(told.found.matters, chosen or ())]
        say(((HEAD if as_yaml else "") + "".join(entries)).rstrip("\n"))
        return
    tell(data, tenant or (), asked, output, read, lambda told: _page(told, brief=brief), _data)


def _of_one(shops: "Sequence[Shop | Unread]", asked: Asked, read: Any) -> _Told:
    if len(shops) != 1 or isinstance(shops[0], Unread):
        names = ", ".join(one.tenant for one in shops) or "none"
        raise UsageError(f"rules are one tenant's: name it with --tenant; there are: {names}")
    with shops[0].asking() as ask:
        told: _Told = read(shops[0], ask, shops[0].period(asked))
    return told


def _rules(matters: Sequence[Matter], chosen: Sequence[int]) -> Iterator[Suggestion]:
    """The rules of these groups, or of all that have one.

    Raises:
        UsageError: there is none.
    """
    if not chosen:
        found = [one.rule for one in matters if one.rule is not None]
        if not found:
            raise UsageError("there is nothing to make a rule of: see `wabot analytics unanswered`")
        yield from found
    for place in dict.fromkeys(chosen):
        if not 1 <= place <= len(matters):
            raise UsageError(f"--rule {place}: there is no such group; there are {len(matters)}")
        rule = matters[place - 1].rule
        if rule is None:
            raise UsageError(f"--rule {place}: {_NO_RULE}")
        yield rule


def _page(told: _Told, *, brief: bool) -> Iterator[str]:
    found = told.found
    if not found.asked:
        yield from paragraph("customers asked nothing that the rules of today do not know")
    else:
        what = "asked something that no rule knows"
        yield from paragraph(f"{plural(found.asked, 'message')} {what}")
    for place, matter in enumerate(found.matters, 1):
        yield ""
        yield from _matter(place, matter, told.zone, brief=brief)
    notes = list(_notes(found))
    if notes:
        yield ""
        for note in notes:
            yield from paragraph(note)
    if any(one.rule is not None for one in found.matters):
        yield ""
        yield from paragraph(f"One of the rules alone, to be added to rules.yaml: {told.command} --rule 1")
        yield from paragraph(f"All of them as a file of rules: {told.command} --yaml")


def _matter(place: int, matter: Matter, zone: tzinfo, *, brief: bool) -> Iterator[str]:
    yield f"{title(f'{place}. {matter.word}')}  {_how_often(matter)}, last on {local_day(matter.last_at, zone)}"
    yield from paragraph(
        ", ".join(f"{_INSTEAD[who]} {number(count)}×" for who, count in matter.instead.items()), indent=4
    )
    for text in matter.examples:
        yield from paragraph(f"“{text}”", indent=4)
    if matter.beside:
        yield from paragraph(f"often with: {', '.join(matter.beside)}", indent=4)
    if matter.rule is None:
        yield from paragraph(_NO_RULE, indent=4)
    elif not brief:
        yield from paragraph(f"a rule that answers {number(matter.rule.answers)} of them:", indent=4)
        yield from (style(line, dim=True) for line in matter.rule.yaml.splitlines()[1:])


def _how_often(matter: Matter) -> str:
    return f"{number(matter.asked)}× by {plural(matter.customers, 'customer')}"


def _notes(found: Unanswered) -> Iterator[str]:
    """What is not among the groups."""
    if found.others:
        yield f"{plural(found.others, 'message')} asked something else (--most, --least)"
    if found.known:
        rules = ", ".join(f"{rule} {number(count)}" for rule, count in list(found.known.items())[:5])
        yield f"{plural(sum(found.known.values()), 'message')} would be answered by the rules of today: {rules}"
    if found.greetings:
        yield f"{plural(found.greetings, 'message')} only greeted, thanked, or said yes or no"
    if found.wordless:
        yield f"{plural(found.wordless, 'message')} had no words: signs, numbers, links"
    if found.media:
        kinds = ", ".join(f"{kind} {number(count)}" for kind, count in found.media.items())
        yield f"{plural(sum(found.media.values()), 'message')} came without a text: {kinds}"


def _data(told: _Told) -> Mapping[str, Any]:
    found = told.found
    return {
        "asked": found.asked,
        "groups": [_group(place, one) for place, one in enumerate(found.matters, 1)],
        "others": found.others,
        "answered_by_rules_of_today": dict(found.known),
        "greetings": found.greetings,
        "without_words": found.wordless,
        "media_without_text": dict(found.media),
    }


def _group(place: int, matter: Matter) -> dict[str, Any]:
    rule = matter.rule
    return {
        "number": place,
        "word": matter.word,
        "messages": matter.asked,
        "customers": matter.customers,
        "last_at": matter.last_at,
        "answered_instead": dict(matter.instead),
        "examples": list(matter.examples),
        "often_with": list(matter.beside),
        "rule": None
        if rule is None
        else {
            "id": rule.id,
            "match": rule.match,
            "keywords": list(rule.keywords),
            "answers": rule.answers,
            "yaml": rule.yaml,
        },
    }
