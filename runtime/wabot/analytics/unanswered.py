"""What customers asked and no rule knew, grouped by what they asked, with a rule to begin with for each."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final, Literal, NamedTuple

from wabot.analytics.grouping import Group, group
from wabot.analytics.period import Period
from wabot.analytics.suggestion import Answering, Suggestion, Wanted, suggest
from wabot.analytics.wordings import examples
from wabot.language.rule_set import RuleSet
from wabot.language.tenant import Loaded
from wabot.language.triggers.fallback import Fallback
from wabot.model.message import MessageType
from wabot.store.sqlite.queries import Ask

Instead = Literal["nobody", "fallback", "menu"]
"""Who answered instead of a rule that knows: nobody, a fallback (or a limit held it back), or an open menu in which
nothing was chosen."""
LEAST: Final = 2
"""Messages of a group that is worth a rule."""
MOST: Final = 10


class Question(NamedTuple):
    """A customer's message that no rule knew; `at` is UTC milliseconds."""

    text: str
    type: MessageType
    conversation: str
    at: int
    instead: Instead = "nobody"


@dataclass(frozen=True, slots=True)
class Matter:
    """What several messages asked. `customers` is how many chats they stand in, `last_at` when the last came.
    `beside` are words that often stand with it; `rule` is None where no rule could be made that answers most of it."""

    word: str
    asked: int
    customers: int
    last_at: int
    instead: Mapping[Instead, int]
    examples: tuple[str, ...]
    beside: tuple[str, ...]
    rule: Suggestion | None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """`asked` messages asked something. `matters` are the most frequent of what they asked; `others` is how many asked
    something else, too rarely or beyond what was wanted; and told apart: messages that the rules of today answer
    (by rule), that only greet, thank, or say yes or no, that have no words, and files and places without a text (by
    type)."""

    asked: int
    matters: tuple[Matter, ...]
    others: int
    known: Mapping[str, int]
    greetings: int
    wordless: int
    media: Mapping[MessageType, int]


class Tenant(NamedTuple):
    """Whose rules are asked (None where nobody knows them), and its clock. `live` are the rules where their files do
    not matter: rules that are suggested are held against what is `loaded` from a folder."""

    loaded: Loaded | None
    zone: tzinfo
    live: RuleSet | None = None

    @property
    def rule_set(self) -> RuleSet | None:
        return self.live if self.loaded is None else self.loaded.readable


def read_questions(ask: Ask, period: Period, rule_set: RuleSet | None) -> list[Question]:
    """What no rule knew in a period, each message once."""
    fallbacks = _fallbacks(rule_set)
    found: dict[str, Question] = {}
    values = {"since": period.since, "until": period.until, "fallbacks": json.dumps(sorted(fallbacks))}
    for row in ask("unanswered", **values):
        if row["trace"] and not _only_fallback_held(row["trace"], fallbacks):
            continue
        instead: Instead = "nobody" if row["reason"] == "no_match" else "menu" if row["in_menu"] else "fallback"
        found[row["id"]] = Question(row["text"], row["type"], row["conversation_id"], row["at"], instead)
    return list(found.values())


def _fallbacks(rule_set: RuleSet | None) -> frozenset[str]:
    rules = () if rule_set is None else rule_set.rules
    return frozenset(rule.id for rule in rules if isinstance(rule.trigger, Fallback))


def _only_fallback_held(trace: str, fallbacks: Collection[str]) -> bool:
    """Whether what a limit held back was a fallback; it is asked only when no other rule is held back."""
    outcomes: Any = json.loads(trace)
    return any(
        one["rule"] in fallbacks and one["outcome"].startswith(("cooldown", "daily_cap"))
        for one in (outcomes if isinstance(outcomes, list) else ())
    )


def unanswered(
    questions: Iterable[Question], tenant: Tenant, now: int, *, least: int = LEAST, most: int = MOST
) -> Unanswered:
    """Group the questions; up to `most` groups of at least `least` messages are told of, the largest first. `now` is
    UTC milliseconds. The order of the questions changes nothing."""
    media: Counter[MessageType] = Counter()
    known: Counter[str] = Counter()
    open_ones: list[Question] = []
    answering = None if tenant.rule_set is None else Answering(tenant.rule_set)
    answered: dict[tuple[str, MessageType], str] = {}
    for question in questions:
        said = (question.text, question.type)
        if question.type != "text" and not question.text.strip():
            media[question.type] += 1
            continue
        if answering is not None and said not in answered:
            answered[said] = answering.rule(*said)
        if rule := answered.get(said, ""):
            known[rule] += 1
        else:
            open_ones.append(question)
    grouped = group([question.text for question in open_ones])
    chosen = [one for one in grouped.groups if len(one.members) >= least][:most]
    matters = tuple(_matters(chosen, open_ones, tenant, now))
    asked = sum(len(one.members) for one in grouped.groups)
    return Unanswered(
        asked=asked,
        matters=matters,
        others=asked - sum(matter.asked for matter in matters),
        known=_most_first(known),
        greetings=len(grouped.greetings),
        wordless=len(grouped.wordless),
        media=_most_first(media),
    )


def _matters(groups: Sequence[Group], questions: Sequence[Question], tenant: Tenant, now: int) -> Iterator[Matter]:
    of_each = [[questions[place] for place in one.members] for one in groups]
    wanted = [
        Wanted(one, tuple(said.text for said in asked), tuple(said.type for said in asked), _note(asked, tenant.zone))
        for one, asked in zip(groups, of_each, strict=True)
    ]
    rules = suggest(wanted, tenant.loaded, now)
    for one, asked, rule in zip(groups, of_each, rules, strict=True):
        yield Matter(
            word=one.word,
            asked=len(asked),
            customers=len({said.conversation for said in asked}),
            last_at=max(said.at for said in asked),
            instead=_most_first(Counter(said.instead for said in asked)),
            examples=examples(said.text for said in asked),
            beside=one.beside,
            rule=rule,
        )


def _note(asked: Sequence[Question], zone: tzinfo) -> str:
    customers = len({said.conversation for said in asked})
    last = datetime.fromtimestamp(max(said.at for said in asked) / 1000, zone).date()
    return f"asked {_times(len(asked))} by {customers} customer{'' if customers == 1 else 's'}, last on {last}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _most_first(counts: Mapping[Any, int]) -> dict[Any, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
