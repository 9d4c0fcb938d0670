"""Ways to a rule through the menus that lead to it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from wabot.engine.coverage.scenes import drafts
from wabot.engine.coverage.target import Stage
from wabot.engine.exchange import rehearse
from wabot.language.conversation import Conversation, Say
from wabot.language.responses.menu import Menu
from wabot.language.rule_set import Rule, RuleSet
from wabot.language.triggers.goto import OnlyGoto
from wabot.language.triggers.menu_selection import MenuSelection

_MOST_TRIED: Final = 300
_MOST_OPENINGS: Final = 60
"""So many ways to open one menu are followed to what its options lead to."""


def ways(stage: Stage, rule: Rule) -> Iterator[Conversation]:
    """Conversations whose last message the rule may answer: by its own trigger, then by options that lead to it."""
    if not isinstance(rule.trigger, OnlyGoto | MenuSelection):
        yield from drafts(stage, rule)
    yield from through_menus(stage, rule)


def through_menus(stage: Stage, rule: Rule, passed: frozenset[str] = frozenset()) -> Iterator[Conversation]:
    """Conversations that choose, as the last thing, an option that leads to the rule. `passed` are menus on the way."""
    for menu, key in leading_to(stage.rule_set, rule):
        if menu.id not in passed:
            yield from choosing(stage, menu, key, passed)


def choosing(stage: Stage, menu: Rule, key: str, passed: frozenset[str] = frozenset()) -> Iterator[Conversation]:
    """Conversations that open the menu and choose the option `key`."""
    for opening in islice(_openings(stage, menu, passed | {menu.id}), _MOST_OPENINGS):
        yield replace(opening, steps=(*opening.steps, Say(key)))


def _openings(stage: Stage, menu: Rule, passed: frozenset[str]) -> Iterator[Conversation]:
    own = isinstance(menu.trigger, OnlyGoto | MenuSelection)
    tried = iter(()) if own else islice(drafts(stage, menu), _MOST_TRIED)
    for draft in (draft for several in (tried, through_menus(stage, menu, passed)) for draft in several):
        last = rehearse(stage.rule_set, draft)[1][-1]
        if any(answer.rule.id == menu.id for answer in last.decision.answers):
            yield draft


def leading_to(rule_set: RuleSet, rule: Rule) -> Iterator[tuple[Rule, str]]:
    """Menus and the keys of their options by which the rule is reached."""
    for menu in rule_set.rules:
        if menu.enabled and isinstance(menu.response, Menu):
            for option in menu.response.options:
                selected = isinstance(rule.trigger, MenuSelection) and (rule.trigger.menu, rule.trigger.key.strip())
                if option.goto == rule.id or selected == (menu.id, option.key):
                    yield menu, option.key
