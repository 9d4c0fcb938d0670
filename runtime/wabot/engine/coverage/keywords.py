"""Keywords by which a rule was found."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from wabot.engine.coverage.scenes import drafts
from wabot.engine.coverage.target import Stage, Target
from wabot.engine.exchange import Exchange
from wabot.engine.trace import in_text
from wabot.engine.witness import witness
from wabot.language.conversation import Conversation
from wabot.language.rule_set import Rule
from wabot.language.triggers.keyword import Keyword


class Keywords:
    """Every keyword is the one that its rule is found by at least once."""

    name: Final = "keywords"

    def targets(self, rule: Rule) -> Iterator[Target]:
        if isinstance(rule.trigger, Keyword):
            for place, keyword in enumerate(rule.trigger.keywords):
                yield Target(self.name, rule.id, keyword, steps=("trigger", "keywords", place))

    def in_exchange(self, exchange: Exchange) -> Iterator[Target]:
        for answer in exchange.decision.answers:
            if answer.matched and not answer.act:  # else it is what was chosen in a menu
                yield from self._found(answer.rule, answer.matched, exchange.message.text)

    def in_example(self, rule: Rule, text: str) -> Iterator[Target]:
        if isinstance(rule.trigger, Keyword):
            yield from self._found(rule, in_text(rule.trigger, text) or "", text)

    def drafts(self, stage: Stage, rule: Rule, target: Target) -> Iterable[Conversation]:
        return drafts(stage, rule, texts=_texts(stage, rule, target.what))

    def title(self, target: Target, language: str) -> str:
        return f"{target.rule} {'menjawab kata kuncinya' if language == 'id' else 'answers its keywords'}"

    def hint(self, stage: Stage, rule: Rule, target: Target) -> str:
        for text in _texts(stage, rule, target.what)[:1]:
            for found in self.in_example(rule, text):
                if found != target:
                    return (
                        f"the rule's keyword `{found.what}` is found first wherever `{target.what}` stands: put "
                        f"`{target.what}` before it, or remove one of the two"
                    )
        return ""

    def _found(self, rule: Rule, matched: str, text: str) -> Iterator[Target]:
        trigger = rule.trigger
        if not isinstance(trigger, Keyword):
            return
        for target in self.targets(rule):
            literal = trigger.match != "regex"
            if target.what == matched if literal else in_text(replace(trigger, keywords=(target.what,)), text):
                yield target
                return


def _texts(stage: Stage, rule: Rule, keyword: str) -> list[str]:
    """What a customer may write to be found by this keyword."""
    trigger = rule.trigger
    if not isinstance(trigger, Keyword):
        return []
    alone = replace(trigger, keywords=(keyword,))
    known = [text for text in stage.examples.get(rule.id, ()) if in_text(alone, text) is not None]
    made = witness(keyword, trigger.case_sensitive) if trigger.match == "regex" else keyword
    return [made, *known] if made and in_text(alone, made) is not None else known
