"""Options of menus that were chosen."""

from collections.abc import Iterable, Iterator
from typing import Final

from wabot.engine.coverage.menus import choosing
from wabot.engine.coverage.target import Stage, Target
from wabot.engine.exchange import Exchange
from wabot.engine.menus import open_menu
from wabot.language.conversation import Conversation
from wabot.language.responses.menu import Menu
from wabot.language.rule_set import Rule

_CHOSEN: Final = frozenset(("chosen", "back", "forward_to_cs", "close"))


class Options:
    """Every option of every menu is chosen at least once."""

    name: Final = "options"

    def targets(self, rule: Rule) -> Iterator[Target]:
        if isinstance(rule.response, Menu):
            for place, option in enumerate(rule.response.options):
                yield Target(self.name, rule.id, option.key, steps=("response", "options", place))

    def in_exchange(self, exchange: Exchange) -> Iterator[Target]:
        menu = open_menu(exchange.rule_set, exchange.before)
        if menu is None or not any(answer.act in _CHOSEN for answer in exchange.decision.answers):
            return
        option = menu.chosen(exchange.message.text)
        if option is not None:
            yield from (target for target in self.targets(menu.rule) if target.what == option.key)

    def in_example(self, _rule: Rule, _text: str) -> Iterator[Target]:
        return iter(())

    def drafts(self, stage: Stage, rule: Rule, target: Target) -> Iterable[Conversation]:
        return choosing(stage, rule, target.what)

    def title(self, target: Target, language: str) -> str:
        return f"{target.rule}: {'pilihan' if language == 'id' else 'option'} {target.what}"

    def hint(self, _stage: Stage, _rule: Rule, _target: Target) -> str:
        return ""
