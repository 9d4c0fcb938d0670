"""Conditions that were seen to hold and not to hold."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from wabot.engine.coverage.menus import through_menus
from wabot.engine.coverage.scenes import condition_holds, drafts, single_conditions
from wabot.engine.coverage.target import Stage, Target
from wabot.engine.exchange import Exchange
from wabot.engine.menus import open_menu
from wabot.language.conversation import Conversation
from wabot.language.rule_set import Rule
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.goto import OnlyGoto
from wabot.language.triggers.menu_selection import MenuSelection

HOLDING: Final = "holding"
NOT_HOLDING: Final = "not holding"
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "id": {HOLDING: "menjawab bila {} terpenuhi", NOT_HOLDING: "tidak menjawab bila {} tidak terpenuhi"},
    "en": {HOLDING: "answers when {} holds", NOT_HOLDING: "does not answer when {} does not hold"},
}


class ConditionsSeen:
    """Each condition of a rule has let a message through that its trigger matched, and has stopped one."""

    name: Final = "conditions"

    def targets(self, rule: Rule) -> Iterator[Target]:
        for condition in single_conditions(rule):
            for how in (HOLDING, NOT_HOLDING):
                yield Target(self.name, rule.id, condition, how, ("conditions", condition))

    def in_exchange(self, exchange: Exchange) -> Iterator[Target]:
        if not _may_ask(exchange):
            return
        for rule in exchange.asked:
            for condition, alone in single_conditions(rule).items():
                how = HOLDING if condition_holds(alone, exchange) else NOT_HOLDING
                yield Target(self.name, rule.id, condition, how, ("conditions", condition))

    def in_example(self, _rule: Rule, _text: str) -> Iterator[Target]:
        return iter(())

    def drafts(self, stage: Stage, rule: Rule, target: Target) -> Iterable[Conversation]:
        if isinstance(rule.trigger, MenuSelection):
            return through_menus(stage, rule)
        return drafts(stage, rule, broken=target.what if target.how == NOT_HOLDING else "")

    def title(self, target: Target, language: str) -> str:
        return f"{target.rule} {_WORDS[language][target.how].format(target.what)}"

    def hint(self, _stage: Stage, rule: Rule, _target: Target) -> str:
        only = isinstance(rule.trigger, OnlyGoto)
        return "only options lead to this rule, and `goto` asks no conditions: remove them" if only else ""


def _may_ask(exchange: Exchange) -> bool:
    """Whether any rule with conditions may have been asked: cheap, where the trace asks every rule there is."""
    if open_menu(exchange.rule_set, exchange.before) is not None:
        return True
    matcher, decision = exchange.rule_set.matcher, exchange.decision
    found = [*matcher.candidates(exchange.message.text), *matcher.welcomes, *matcher.timed]
    if decision.reason == "no_match" or any(isinstance(answer.rule.trigger, Fallback) for answer in decision.answers):
        found += matcher.fallbacks
    return any(candidate.rule.conditions is not None for candidate in found)
