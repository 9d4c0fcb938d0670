"""What rules say, each text made once where nothing in it changes but the customer's name: price lists, mostly."""

from typing import Final

from wabot.analytics.replaying.said import Said
from wabot.engine.effects import called
from wabot.engine.render import render
from wabot.language.responses.menu import Menu
from wabot.language.rule_set import Answer, Rule, RuleSet
from wabot.language.template import Template
from wabot.model.context import Context
from wabot.model.errors import RenderError
from wabot.model.message import Message

_STEADY: Final = frozenset({"name", "first_name", "vars", "tenant", "range"})
_MOST: Final = 4_096
"""Texts that are remembered."""

_Key = tuple[str, str, str]


class Saying:
    """Renders the answers of one rule set, as `render` does."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._rules = rule_set
        self._steady = {rule.id: named for rule in rule_set.rules if (named := _named(rule)) is not None}
        self._made: dict[_Key, Said] = {}

    def __call__(self, answer: Answer, message: Message, context: Context) -> Said:
        """What the answer says, or why it fails."""
        rule = answer.rule.id
        named = self._steady.get(rule)
        if named is None:
            return self._say(answer, message, context)
        key = (rule, answer.act, (context.contact.name or message.name) if named else "")
        said = self._made.get(key)
        if said is None:
            if len(self._made) >= _MOST:
                self._made.clear()
            said = self._made[key] = self._say(answer, message, context)
        return said

    def _say(self, answer: Answer, message: Message, context: Context) -> Said:
        try:
            said = render(self._rules, answer, message, context)
        except RenderError as error:
            return Said(answer.rule.id, None, str(error))
        return Said(answer.rule.id, None if said.silent else said.text)


def _named(rule: Rule) -> bool | None:
    """Whether the rule's text depends on the customer's name; None where it depends on more."""
    response = rule.response
    if called(Answer(rule, "")) or len(response.messages) > 1:
        return None
    texts = list(response.messages)
    if isinstance(response, Menu):
        if any(option.action == "forward_to_cs" for option in response.options):
            return None
        texts += [response.invalid] if response.invalid is not None else []
    names = frozenset[str]().union(*map(_names, texts))
    return bool(names & {"name", "first_name"}) if names <= _STEADY else None


def _names(text: Template) -> frozenset[str]:
    if text.plain:
        return frozenset()
    from jinja2 import meta

    from wabot.language.sandbox import environment

    return frozenset(meta.find_undeclared_variables(environment().parse(text.source)))
