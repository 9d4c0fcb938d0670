"""A thing to cover, and what a kind of such things must know."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from wabot.engine.exchange import Exchange
from wabot.language.conversation import Conversation
from wabot.language.rule_set import Rule, RuleSet

ORDINARY_DAY: Final = date(2026, 1, 28)
"""A Wednesday without a holiday: when tests play that are written for a tenant without any."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to cover. `kind` is its kind's name, `what` tells it apart within its `rule` ("" where the rule itself
    is meant), `how` the ways in which one thing must be seen ("holding"). `steps` lead to it within the rule's YAML."""

    kind: str
    rule: str
    what: str = ""
    how: str = ""
    steps: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """Where missing tests are looked for: the rules, the texts of their `examples: match` by rule id, and the day on
    which a new test begins."""

    rule_set: RuleSet
    examples: Mapping[str, Sequence[str]]
    day: date = ORDINARY_DAY


class Kind(Protocol):
    """A kind of things to cover: what there is, what exercises it, and how a test for it may begin."""

    @property
    def name(self) -> str:
        """In the plural: "keywords"."""

    def targets(self, rule: Rule) -> Iterator[Target]:
        """All of this kind in an enabled rule."""

    def in_exchange(self, exchange: Exchange) -> Iterator[Target]:
        """What one message of a test exercises."""

    def in_example(self, rule: Rule, text: str) -> Iterator[Target]:
        """What a text of the rule's `examples: match` exercises."""

    def drafts(self, stage: Stage, rule: Rule, target: Target) -> Iterable[Conversation]:
        """Conversations that may exercise the target, the likeliest first. Which does is found out by playing them."""

    def title(self, target: Target, language: str) -> str:
        """A test's name, in the tenant's language."""

    def hint(self, stage: Stage, rule: Rule, target: Target) -> str:
        """Why no test can exercise the target, if its rule alone shows it; else ""."""
