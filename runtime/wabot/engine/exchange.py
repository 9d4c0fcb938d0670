"""One message of a rehearsed conversation and what was decided, for those who look at more than the expectations."""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from wabot.engine.decide import MOST_ANSWERS, Decision
from wabot.engine.gates import Moment, failed_condition, gate
from wabot.engine.menus import open_menu
from wabot.engine.rehearsal import Miss, play
from wabot.engine.trace import Outcome, explain
from wabot.language.conversation import Conversation, Say
from wabot.language.rule_set import Rule, RuleSet
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.model.context import Context
from wabot.model.message import Message

_ASKED: Final = frozenset(("matched", "chosen", "menu", "condition", "cooldown", "daily_cap"))


class Exchange:
    """A message, the context before it, and its decision; the trace is worked out when somebody asks for it."""

    def __init__(self, rule_set: RuleSet, step: Say, message: Message, before: Context, decision: Decision) -> None:
        self.rule_set, self.step = rule_set, step
        self.message, self.before, self.decision = message, before, decision

    @cached_property
    def moment(self) -> Moment:
        return Moment(self.rule_set, self.before.now)

    @cached_property
    def trace(self) -> tuple[Outcome, ...]:
        return explain(self.rule_set, self.message, self.before)

    def outcome(self, rule: str) -> str:
        """The rule's outcome in the trace, "" if it has none."""
        return next((outcome.outcome for outcome in self.trace if outcome.rule == rule), "")

    @cached_property
    def asked(self) -> tuple[Rule, ...]:
        """The rules whose trigger matched while no rule before them had ended the search: their conditions counted."""
        return tuple(self._asked())

    def _asked(self) -> Iterator[Rule]:
        yield from self._selected()
        rules = {rule.id: rule for rule in self.rule_set.rules}
        answered, held, ended, last = 0, False, False, False
        for outcome in self.trace:
            rule, (kind, _, _) = rules[outcome.rule], outcome.outcome.partition(":")
            if isinstance(rule.trigger, Fallback) and not last:
                last, ended = True, held or answered > 0
            if ended or kind not in _ASKED:
                continue
            if kind not in ("chosen", "menu") and not isinstance(rule.trigger, MenuSelection):
                yield rule
            held = held or kind in ("cooldown", "daily_cap")
            if outcome.answered:
                answered += 1
                ended = not rule.continues or answered == MOST_ANSWERS

    def _selected(self) -> Iterator[Rule]:
        """Rules that wait for the option which the message chooses. (What `goto` leads to is not asked anything.)"""
        menu = open_menu(self.rule_set, self.before)
        option = menu.chosen(self.message.text) if menu is not None else None
        if menu is None or option is None or option.goto or option.action or self._gated:
            return
        for candidate in menu.selections(option):
            yield candidate.rule
            if failed_condition(candidate.rule, self.message, self.before, self.moment) is None:
                return

    @property
    def _gated(self) -> bool:
        return gate(self.rule_set.tenant, self.message, self.before) is not None


def rehearse(rule_set: RuleSet, conversation: Conversation) -> tuple[list[Miss], tuple[Exchange, ...]]:
    """Play it; the missed expectations, and every message with its decision."""
    exchanges: list[Exchange] = []
    misses = play(rule_set, conversation, lambda *seen: exchanges.append(Exchange(rule_set, *seen)))
    return misses, tuple(exchanges)
