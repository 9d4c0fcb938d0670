"""Open menus: which option a text chooses, and what the choice answers."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from wabot.engine.normalize import fold
from wabot.language.responses.menu import Menu, Option
from wabot.language.rule_set import Answer, Candidate, Choices, Decision, MenuAct, Rule, RuleSet
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.model.context import CLOSED, Context, OpenMenu

MOST_MISSES: Final = 2
"""How often in a row `invalid` is said; the next time a person is called."""

_NUMBERS: Final = {
    "nol": "0", "kosong": "0", "satu": "1", "dua": "2", "tiga": "3", "empat": "4", "lima": "5", "enam": "6",
    "tujuh": "7", "delapan": "8", "sembilan": "9", "sepuluh": "10",
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10",
}  # fmt: skip
_ASKING: Final = ("pilih", "pilihan", "nomor", "nomer", "no", "opsi", "option", "number", "menu", "yang")
_LEADING: Final = re.compile(rf"^(?:(?:{'|'.join(_ASKING)})\b[ .:]*)+")
_TRAILING: Final = re.compile(r"(?: (?:kak|ya|dong|min|sis|gan|pak|bu|please|aja|saja))+$")
_EDGES: Final = " .,:;!?()[]*#\"'-\u20e3"


def forms(text: str) -> tuple[str, ...]:
    """What a customer may mean by a text, most literal first: `1.`, `no 1 kak` and `satu` all mean `1`."""
    whole = fold(text)
    bare = whole.strip(_EDGES)
    short = _TRAILING.sub("", _LEADING.sub("", bare) or bare).strip(_EDGES)
    return tuple(dict.fromkeys(form for form in (whole, bare, short, _NUMBERS.get(short, "")) if form))


class MenuChoices:
    """`wabot.language.rule_set.Choices` of one menu."""

    __slots__ = ("_beginnings", "_misses", "_options", "_selections", "_targets", "rule")

    def __init__(self, rule: Rule, menu: Menu, rules: Mapping[str, Rule], selections: Mapping[str, list[Candidate]]):
        self.rule = rule
        self._targets = {option.goto: rules[option.goto] for option in menu.options if option.goto in rules}
        self._selections = selections
        self._options: dict[str, Option] = {}
        # Keys win over labels: a label "2" must not hide the option 2.
        for option in menu.options:
            self._options.setdefault(fold(option.key), option)
        for option in menu.options:
            self._options.setdefault(fold(option.key).strip(_EDGES) or fold(option.key), option)
        for option in menu.options:
            for form in (fold(option.label), fold(option.label).strip(_EDGES)):
                self._options.setdefault(form, option)
        # What `forms` takes away before an option, and the options: a text that begins otherwise chooses nothing. While
        # a menu is open, most messages are such.
        numbers = tuple(word for word, digit in _NUMBERS.items() if digit in self._options)
        self._beginnings = (*self._options, *numbers, *_ASKING, *_EDGES)
        self._misses = {act: Decision((Answer(rule, "", act=act),), "answered") for act in ("invalid", "give_up")}

    def chosen(self, text: str) -> Option | None:
        whole = fold(text)
        if not whole.startswith(self._beginnings):
            return None
        for form in forms(text):
            if form in self._options:
                return self._options[form]
        return None

    def missed(self, times: int) -> Decision:
        return self._misses["invalid" if times < MOST_MISSES else "give_up"]

    def target(self, option: Option) -> Rule | None:
        return self._targets.get(option.goto)

    def selections(self, option: Option) -> Sequence[Candidate]:
        return self._selections.get(option.key, ())


def menus_of(rules: Sequence[Rule]) -> Mapping[str, Choices]:
    """The menus of a rule set by the ids of their rules; `rules` in the order of decision."""
    enabled = {rule.id: rule for rule in rules if rule.enabled}
    selections: dict[str, dict[str, list[Candidate]]] = {}
    for rank, rule in enumerate(rules):
        if rule.enabled and isinstance(rule.trigger, MenuSelection):
            key = rule.trigger.key.strip()
            decision = Decision((Answer(rule, key, act="chosen"),), "answered")
            candidate = Candidate(rank, 0, 0, False, None, decision)
            selections.setdefault(rule.trigger.menu, {}).setdefault(key, []).append(candidate)
    return {
        rule.id: MenuChoices(rule, rule.response, enabled, selections.get(rule.id, {}))
        for rule in enabled.values()
        if isinstance(rule.response, Menu)
    }


def open_menu(rule_set: RuleSet, context: Context) -> Choices | None:
    """The menu that is open in this chat; None also when its rule is gone."""
    menu = context.conversation.menu
    return rule_set.matcher.menus.get(menu.rule) if menu.until > context.now else None


def directed(rule_set: RuleSet, choices: Choices, option: Option, context: Context) -> Decision | None:
    """What an option decides by itself; None when only rules with the trigger menu_selection can say."""
    if option.goto:
        target = choices.target(option)
        return None if target is None else _alone(target, option, "chosen")
    if option.action == "back":
        trail = context.conversation.menu.trail
        parent = rule_set.matcher.menus.get(trail[-1]) if trail else None
        return _alone((parent or choices).rule, option, "back")
    return None if option.action is None else _alone(choices.rule, option, option.action)


def missed(choices: Choices, context: Context) -> Decision:
    """Nothing was chosen and no rule answered while the menu is open."""
    return choices.missed(context.conversation.menu.misses)


def menu_after(rule_set: RuleSet, decision: Decision, context: Context) -> OpenMenu | None:
    """The chat's menu after the decision; None: as before."""
    for answer in reversed(decision.answers):
        after = _after(rule_set, answer, context)
        if after is not None:
            return after
    return None


def _after(rule_set: RuleSet, answer: Answer, context: Context) -> OpenMenu | None:
    now, before = context.now, context.conversation.menu
    response = answer.rule.response
    if answer.act in ("forward_to_cs", "close", "give_up") or response.kind in ("forward_to_cs", "smart_route"):
        return CLOSED
    if not isinstance(response, Menu):
        if answer.act != "chosen":
            return None
        menu = rule_set.matcher.menus[before.rule].rule.response
        return OpenMenu(before.rule, now + _expires(menu), 0, before.trail)
    until = now + response.expires
    if answer.act == "invalid":
        return OpenMenu(answer.rule.id, until, before.misses + 1, before.trail)
    if answer.act == "back":
        return OpenMenu(answer.rule.id, until, 0, before.trail[:-1])
    if answer.act == "chosen" and answer.rule.id != before.rule:
        return OpenMenu(answer.rule.id, until, 0, (*before.trail, before.rule))
    return OpenMenu(answer.rule.id, until, 0, before.trail if answer.act == "chosen" else ())


def _expires(response: object) -> int:
    return response.expires if isinstance(response, Menu) else 0


def _alone(rule: Rule, option: Option, act: MenuAct) -> Decision:
    return Decision((Answer(rule, option.key, act=act),), "answered")
