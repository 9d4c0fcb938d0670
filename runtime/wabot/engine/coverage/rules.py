"""Rules that answered."""

from collections.abc import Iterable, Iterator
from typing import Final

from wabot.engine.coverage.menus import ways
from wabot.engine.coverage.target import Stage, Target
from wabot.engine.exchange import Exchange
from wabot.language.conversation import Conversation
from wabot.language.rule_set import Rule


class Rules:
    """Every rule answers at least once."""

    name: Final = "rules"

    def targets(self, rule: Rule) -> Iterator[Target]:
        yield Target(self.name, rule.id, steps=("id",))

    def in_exchange(self, exchange: Exchange) -> Iterator[Target]:
        for answer in exchange.decision.answers:
            yield from self.targets(answer.rule)

    def in_example(self, rule: Rule, _text: str) -> Iterator[Target]:
        yield from self.targets(rule)

    def drafts(self, stage: Stage, rule: Rule, _target: Target) -> Iterable[Conversation]:
        return ways(stage, rule)

    def title(self, target: Target, language: str) -> str:
        return f"{target.rule} {'menjawab' if language == 'id' else 'answers'}"

    def hint(self, _stage: Stage, _rule: Rule, _target: Target) -> str:
        return ""
