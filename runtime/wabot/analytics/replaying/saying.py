"""What rules say, each text made once where nothing in it changes but the customer's name: price lists, mostly."""

from typing import Final

from wabot.analytics.replaying.said import Said
from wabot.engine.effects import called
from wabot.engine.render import first_name, render
from wabot.language.responses.menu import Menu
from wabot.language.rule_set import Answer, Rule, RuleSet
from wabot.language.template import MAX_OUTPUT, Template
from wabot.model.context import Context
from wabot.model.errors import RenderError
from wabot.model.message import Message
from wabot.model.value import changed

_NAMES: Final = frozenset({"name", "first_name"})
_STEADY: Final = _NAMES | {"vars", "tenant", "range"}
_CALLS: Final = ("forward_to_cs", "give_up")
"""What a menu does when it calls a person: whether it says so hangs on the chat."""
_FIRST, _LAST = "\ue000", "\ue001"
_ANYBODY: Final = f"{_FIRST} {_LAST}"
"""Stands for a customer's name while a text is made; no name holds such characters, or it is said without this."""


class Saying:
    """Renders the answers of one rule set, as `render` does."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._rules = rule_set
        self._steady = frozenset(rule.id for rule in rule_set.rules if _steady(rule))
        self._made: dict[tuple[str, str], Said] = {}
        self.plain = frozenset(rule.id for rule in rule_set.rules if _is_plain(rule))
        """The rules that, when they answer, leave nothing behind but that they did."""

    def __call__(self, answer: Answer, message: Message, context: Context) -> Said:
        """What the answer says, or why it fails."""
        rule = answer.rule.id
        name = (context.contact.name or message.name).strip()
        if rule not in self._steady or not name or _FIRST in name or _LAST in name or answer.act in _CALLS:
            return self._say(answer, message, context)
        said = self._made.get((rule, answer.act))
        if said is None:
            nobody = changed(context, contact=changed(context.contact, name=_ANYBODY))
            said = self._made[rule, answer.act] = self._say(answer, message, nobody)
        if said.text is None or _FIRST not in said.text:
            return said
        text = said.text.replace(_ANYBODY, name).replace(_FIRST, first_name(name))
        return Said(rule, text) if len(text) <= MAX_OUTPUT else self._say(answer, message, context)

    def _say(self, answer: Answer, message: Message, context: Context) -> Said:
        try:
            said = render(self._rules, answer, message, context)
        except RenderError as error:
            return Said(answer.rule.id, None, str(error))
        return Said(answer.rule.id, None if said.silent else said.text)


def _is_plain(rule: Rule) -> bool:
    leaves = rule.tags or rule.set_priority or rule.follow_up or called(Answer(rule, ""))
    return not leaves and not isinstance(rule.response, Menu)


def _steady(rule: Rule) -> bool:
    """Whether the rule's text is the same for everybody, but for names that it only prints."""
    response = rule.response
    if called(Answer(rule, "")) or len(response.messages) > 1:
        return False
    texts = list(response.messages)
    if isinstance(response, Menu) and response.invalid is not None:
        texts.append(response.invalid)
    return all(map(_is_steady, texts))


def _is_steady(text: Template) -> bool:
    if text.plain:
        return True
    from jinja2 import meta, nodes

    from wabot.language.sandbox import environment

    tree = environment().parse(text.source)
    if not meta.find_undeclared_variables(tree) <= _STEADY:
        return False
    printed = {id(node) for output in tree.find_all(nodes.Output) for node in output.nodes}
    return all(id(node) in printed for node in tree.find_all(nodes.Name) if node.name in _NAMES)
