"""Circumstances in which a rule may answer: which of them its conditions ask for is found out by trying.

Conditions are black boxes here. Each value of each circumstance (the time, the customer's tags …) is tried alone, and
those are kept under which the trigger and the conditions are as wanted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from itertools import combinations, islice, product
from pathlib import Path
from typing import Any, Final, cast

from wabot.engine.coverage.target import Stage
from wabot.engine.exchange import Exchange, rehearse
from wabot.engine.gates import failed_condition, gate
from wabot.engine.trace import in_text, triggered
from wabot.engine.witness import witness
from wabot.language.conversation import Conversation, Say, Step, Wait
from wabot.language.diagnostic import Location
from wabot.language.rule_set import Conditions, Rule, RuleSet
from wabot.language.triggers.goto import OnlyGoto
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.language.triggers.pattern import Pattern
from wabot.model.context import SOMEBODY, Contact
from wabot.model.message import MESSAGE_TYPES, MessageType

NOWHERE: Final = Location(Path("-"))
_OFFHAND: Final = ("halo kak", "permisi", "mau tanya dong", "ada orang?", "tes", "gimana ya", "asdfgh", "…")
"""What customers write that no rule is made for; tried for rules whose trigger is not in the text."""
_WORDLESS: Final = frozenset(("audio", "sticker", "location", "contact"))
_MOST_DRAFTS: Final = 300
_VARIED: Final = 12
"""So many values of a circumstance are combined with those of another."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A customer and a message. `before` is what the same customer wrote earlier in the test (None: the same message),
    each with the milliseconds that then pass; `earlier` counts messages from before the test."""

    text: str
    at: datetime
    type: str = "text"
    tags: frozenset[str] = frozenset()
    earlier: int = 1
    orders: int = 0
    segment: str = ""
    phone: str = SOMEBODY
    before: tuple[tuple[str | None, int], ...] = ()

    def conversation(self) -> Conversation:
        """The test that plays it; nothing is expected yet."""
        text = "" if self.type in _WORDLESS or (self.type != "text" and self.text in _OFFHAND) else self.text
        last = Say(text, cast("MessageType", self.type))
        steps: list[Step] = []
        for said, pause in self.before:
            steps.append(last if said is None else Say(said))
            steps += [Wait(pause)] if pause else []
        contact = Contact(self.phone, tags=self.tags, orders=self.orders, segment=self.segment)
        return Conversation("-", self.at, NOWHERE, contact, self.earlier, (*steps, last))


def single_conditions(rule: Rule) -> Mapping[str, Rule]:
    """The rule once for each of its conditions, with that one alone, by the condition's name."""
    none = Conditions()
    asked = {
        field.name: getattr(rule.conditions, field.name)
        for field in fields(Conditions)
        if rule.conditions is not None and getattr(rule.conditions, field.name) != getattr(none, field.name)
    }
    return {name: replace(rule, conditions=replace(none, **{name: value})) for name, value in asked.items()}


def condition_holds(alone: Rule, exchange: Exchange) -> bool:
    """Whether the conditions of `alone` hold for this message."""
    return failed_condition(alone, exchange.message, exchange.before, exchange.moment) is None


def drafts(stage: Stage, rule: Rule, texts: Sequence[str] | None = None, broken: str = "") -> Iterator[Conversation]:
    """Conversations whose last message may trigger the rule with all its conditions holding (`broken`: all but that
    one), the plainest first. `texts` are what the customer may write (None: whatever suits the trigger)."""
    said = _texts(stage, rule) if texts is None else texts
    if said:
        scenes = _scenes(stage, rule, said, broken)
        yield from (scene.conversation() for scene in islice(scenes, _MOST_DRAFTS))


def _texts(stage: Stage, rule: Rule) -> Sequence[str]:
    trigger = rule.trigger
    if isinstance(trigger, OnlyGoto | MenuSelection):
        return ()
    if not isinstance(trigger, Keyword | Pattern):
        return _OFFHAND
    if isinstance(trigger, Pattern):
        regexes: tuple[str, ...] = (trigger.regex,)
    else:
        regexes = trigger.keywords if trigger.match == "regex" else ()
    made = [witness(regex, trigger.case_sensitive) for regex in regexes]
    literals = trigger.keywords if isinstance(trigger, Keyword) and not regexes else ()
    known = [*stage.examples.get(rule.id, ()), *literals, *(text for text in made if text)]
    return [text for text in known if in_text(trigger, text) is not None]


Wanted = Callable[[Exchange], bool]


def _scenes(stage: Stage, rule: Rule, texts: Sequence[str], broken: str) -> Iterator[Scene]:
    plain = Scene(texts[0], datetime.combine(stage.day, time(10)))
    yield plain
    choices = _choices(stage, rule, texts)
    tried = _Tried(stage.rule_set, plain)
    for wanted in _wanted(rule, broken):
        if not _narrow(tried, choices, wanted):
            choices["at"] = list(_times(stage.day))
            _narrow(tried, choices, wanted)
    first = replace(plain, **{name: values[0] for name, values in choices.items()})
    yield first
    for name, values in choices.items():
        yield from (replace(first, **{name: value}) for value in values[1:_VARIED])
    for one, other in combinations(choices, 2):
        for left, right in product(choices[one][1:_VARIED], choices[other][1:_VARIED]):
            yield replace(first, **{one: left, other: right})


def _wanted(rule: Rule, broken: str) -> list[Wanted]:
    return [
        lambda seen: gate(seen.rule_set.tenant, seen.message, seen.before) is None,
        lambda seen: triggered(rule, seen.message.text, seen.before, seen.moment) is not None,
        *(_condition(alone, name != broken) for name, alone in single_conditions(rule).items()),
    ]


def _condition(alone: Rule, holding: bool) -> Wanted:
    return lambda seen: condition_holds(alone, seen) == holding


class _Tried:
    """The plain scene with one circumstance changed, each played once."""

    def __init__(self, rule_set: RuleSet, plain: Scene) -> None:
        self._rule_set, self._scene = rule_set, plain
        self._played: dict[tuple[str, Any], Exchange] = {}
        self.plain = self._play(plain)

    def last(self, name: str, value: Any) -> Exchange:
        if (name, value) not in self._played:
            self._played[name, value] = self._play(replace(self._scene, **{name: value}))
        return self._played[name, value]

    def _play(self, scene: Scene) -> Exchange:
        return rehearse(self._rule_set, scene.conversation())[1][-1]


def _narrow(tried: _Tried, choices: dict[str, list[Any]], wanted: Wanted) -> bool:
    """Leave only the values under which `wanted` is so. If it is not so in the plain scene, the first circumstance that
    can make it so is the one that is narrowed; False if none can."""
    as_it_is = wanted(tried.plain)
    for name, values in choices.items():
        kept = [value for value in values if wanted(tried.last(name, value))]
        if kept:
            choices[name] = kept
            if not as_it_is:
                return True
    return as_it_is


def _choices(stage: Stage, rule: Rule, texts: Sequence[str]) -> dict[str, list[Any]]:
    """The values of each circumstance, the plainest first."""
    settings = stage.rule_set.tenant.auto_reply
    numbers = sorted(name for name in settings.only if not name.startswith("tag:"))
    return {
        "text": list(texts),
        "type": ["text", "image", *sorted(MESSAGE_TYPES - {"text", "image"})],
        "earlier": [1, 0, 2, 3, 5, 10, 20, 50, 100, 200],
        "tags": _tags(stage.rule_set, rule),
        "orders": [0, 1],
        "segment": ["", "new", "regular", "vip", "inactive"],
        "phone": [SOMEBODY, *numbers],
        "at": list(_hours(stage.day)),
        "before": _preludes(),
    }


def _tags(rule_set: RuleSet, rule: Rule) -> list[frozenset[str]]:
    """No tags, what the rule asks for, then each tag that any rule or the tenant's scope names."""
    made: list[frozenset[str]] = [frozenset()]
    for one in (rule, *rule_set.rules):
        asked = one.conditions and one.conditions.customer_tags
        if asked:
            made += [asked.all | {tag} for tag in sorted(asked.any)] or [asked.all]
            made += [frozenset({tag}) for tag in sorted(asked.any | asked.all | asked.none)]
    made += [frozenset({name[4:]}) for name in sorted(rule_set.tenant.auto_reply.only) if name.startswith("tag:")]
    return list(dict.fromkeys(made))


def _hours(day: date) -> Iterator[datetime]:
    """The hours that people think of."""
    for hour in (10, 13, 16, 20, 22, 2, 7):
        yield datetime.combine(day, time(hour))
    for ahead in range(1, 7):
        yield datetime.combine(day + timedelta(days=ahead), time(10))


def _times(day: date) -> Iterator[datetime]:
    """Every quarter of an hour of a week."""
    for number in range(7 * 24 * 4):
        yield datetime.combine(day, time()) + timedelta(minutes=15 * number)


def _preludes() -> list[tuple[tuple[str | None, int], ...]]:
    """Nothing, a greeting, the same message once or more (a rule above may have had its turn then), and greetings
    after which time passes."""
    minutes: Iterable[int] = (5, 30, 60, 240, 720, 1440, 3 * 1440, 8 * 1440, 31 * 1440, 100 * 1440)
    later: list[tuple[tuple[str | None, int], ...]] = [((_OFFHAND[0], minute * 60_000),) for minute in minutes]
    return [(), ((_OFFHAND[0], 0),), *(((None, 0),) * times for times in (1, 2, 3)), *later]
