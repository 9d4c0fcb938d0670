"""What rules say, as sample customers would read it: written down once for all checks that look at texts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from wabot.engine.render import render_text
from wabot.language.diagnostic import Location
from wabot.language.regex import Regex
from wabot.language.responses.menu import Menu
from wabot.language.responses.template import TemplateFile
from wabot.language.rule_set import Rule
from wabot.language.template import Template
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern
from wabot.lint.samples import BUDI, NAMELESS, moments, ordinary, said
from wabot.lint.subject import Subject
from wabot.model.errors import RenderError

_FAULTS: Final = frozenset({"WB203", "WB204", "WB212"})


@dataclass(frozen=True, slots=True)
class Wording:
    """One text of a rule. `readings` are what sample customers read, by who they are; `failures` why they read nothing.
    `text` is what the most ordinary of them reads ("" when it fails for all)."""

    rule: Rule
    location: Location
    template: Template
    readings: Mapping[str, str]
    failures: Mapping[str, str]

    @property
    def text(self) -> str:
        return next(iter(self.readings.values()), "")


def wordings(subject: Subject, rule: Rule) -> tuple[Wording, ...]:
    """The texts of a rule."""
    return _all(subject).get(rule.id, ())


@lru_cache(maxsize=1)
def _all(subject: Subject) -> Mapping[str, tuple[Wording, ...]]:
    customers = list(_customers(subject))
    return {rule.id: tuple(_of(subject, rule, customers)) for rule in subject.rules if rule.enabled}


def _customers(subject: Subject) -> Iterator[tuple[str, Any]]:
    for number, now in enumerate(moments(subject.rule_set, subject.today)):
        if number == 0:
            yield "a customer", ordinary(now)
            yield "a customer without a name", ordinary(now, NAMELESS)
        else:
            yield "a customer at another time", ordinary(now, BUDI)


def _of(subject: Subject, rule: Rule, customers: list[tuple[str, Any]]) -> Iterator[Wording]:
    message = said("halo")
    groups = dict.fromkeys(group_names(rule), "123")
    for location, template in _written(subject, rule):
        if _faulty(subject, location, template):
            continue
        readings: dict[str, str] = {}
        failures: dict[str, str] = {}
        for who, context in customers[:1] if template.plain else customers:
            try:
                readings[who] = render_text(subject.rule_set, template, message, context, groups)
            except RenderError as error:
                failures[who] = str(error)
        yield Wording(rule, location, template, readings, failures)


def _faulty(subject: Subject, location: Location, template: Template) -> bool:
    """Whether the text was found faulty when it was read: it is no template that could be rendered."""
    last = location.line + template.source.count("\n") + 1
    whole = location.path.suffix == ".j2"
    return any(
        item.code in _FAULTS
        and item.location.path == location.path
        and (whole or location.line <= item.location.line <= last)
        for item in subject.loaded.diagnostics
    )


def _written(subject: Subject, rule: Rule) -> Iterator[tuple[Location, Template]]:
    yield from _replies(subject, rule)
    if rule.follow_up is not None:
        yield subject.place(rule).locate("follow_up", "message"), rule.follow_up.message


def _replies(subject: Subject, rule: Rule) -> Iterator[tuple[Location, Template]]:
    place, response = subject.place(rule), rule.response
    if isinstance(response, TemplateFile):
        document = subject.document(response.name)
        if document is not None:
            yield Location(document.path), response.messages[0]
        return
    written = place.data["response"]
    if isinstance(written, str):
        yield place.locate("response"), response.messages[0]
        return
    key = "caption" if response.kind == "media" else "message"
    several = isinstance(written.get(key), list)
    for index, template in enumerate(response.messages):
        yield place.locate("response", key, *((index,) if several else ())), template
    if isinstance(response, Menu) and response.invalid is not None:
        yield place.locate("response", "invalid"), response.invalid


def group_names(rule: Rule) -> set[str]:
    """The named groups of a rule's regexes."""
    trigger = rule.trigger
    if isinstance(trigger, Pattern):
        return set(Regex(trigger.regex).names)
    if isinstance(trigger, Keyword) and trigger.match == "regex":
        return {name for regex in trigger.keywords for name in Regex(regex).names}
    return set()
