"""Menus that lead nowhere, into circles, or past a rule."""

from collections.abc import Iterator

from wabot.engine.decide import decide
from wabot.engine.menus import forms
from wabot.engine.normalize import fold
from wabot.language.responses.menu import Menu, Option
from wabot.language.rule_set import Rule
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.lint.check import Check, Finding
from wabot.lint.samples import moments, ordinary, said
from wabot.lint.subject import Subject


def _menus(subject: Subject) -> Iterator[tuple[Rule, Menu]]:
    for rule in subject.rules:
        if rule.enabled and isinstance(rule.response, Menu):
            yield rule, rule.response


def _duplicates(subject: Subject) -> Iterator[Finding]:
    for rule, menu in _menus(subject):
        seen: dict[str, Option] = {}
        for index, option in enumerate(menu.options):
            for part, text in (("key", option.key), ("label", option.label)):
                other = seen.setdefault(fold(text), option)
                if other is not option:
                    at = subject.place(rule).locate("response", "options", index, part)
                    message = f"`{text}` also chooses the option `{other.key}` ({other.label}), which comes first"
                    yield Finding(at, message, "give every option a key and a label of its own")


def _dead_ends(subject: Subject) -> Iterator[Finding]:
    asked = {
        (rule.trigger.menu, rule.trigger.key.strip())
        for rule in subject.rules
        if rule.enabled and isinstance(rule.trigger, MenuSelection)
    }
    disabled = {rule.id for rule in subject.rules if not rule.enabled}
    for rule, menu in _menus(subject):
        for index, option in enumerate(menu.options):
            place = subject.place(rule)
            if not option.goto and option.action is None and (rule.id, option.key) not in asked:
                hint = "give it `goto`, an `action`, or a rule with the trigger menu_selection"
                at = place.locate("response", "options", index, "key")
                yield Finding(at, f"the option `{option.key}` ({option.label}) leads nowhere", hint)
            elif option.goto in disabled:
                at = place.locate("response", "options", index, "goto")
                yield Finding(
                    at, f"the rule `{option.goto}` is not enabled: the option leads nowhere", "enable the rule"
                )


def _circles(subject: Subject) -> Iterator[Finding]:
    menus = {rule.id: menu for rule, menu in _menus(subject)}
    leaving = {name for name, menu in menus.items() if any(_leaves(option, menus) for option in menu.options)}
    # What can reach a menu that is left can be left.
    while grown := {
        name
        for name, menu in menus.items()
        if name not in leaving and any(option.goto in leaving for option in menu.options)
    }:
        leaving |= grown
    for rule, _ in _menus(subject):
        if rule.id not in leaving:
            at = subject.place(rule).locate("id")
            message = f"nobody gets out of the menu `{rule.id}`: every option leads to a menu again"
            yield Finding(at, message, "add an option with `action: close` or `action: forward_to_cs`")


def _leaves(option: Option, menus: dict[str, Menu]) -> bool:
    if option.action in ("close", "forward_to_cs"):
        return True
    return option.action is None and option.goto not in menus


def _stolen(subject: Subject) -> Iterator[Finding]:
    now = next(moments(subject.rule_set, subject.today), None)
    if now is None:
        return
    for rule, menu in _menus(subject):
        for index, option in enumerate(menu.options):
            if len(option.label) < 3 or fold(option.label) not in forms(option.label):
                continue
            answers = decide(subject.rule_set, said(option.label), ordinary(now)).answers
            winner = answers[0].rule if answers else None
            if winner is None or winner.trigger.kind not in ("keyword", "pattern") or winner.id == option.goto:
                continue
            if winner.id == rule.id or _answers(subject, rule, option) == winner.id:
                continue
            at = subject.place(rule).locate("response", "options", index, "label")
            message = f"while this menu is open, `{option.label}` chooses this option and not the rule `{winner.id}`"
            yield Finding(at, message, f"let the option lead there (`goto: {winner.id}`), or word the label otherwise")


def _answers(subject: Subject, menu: Rule, option: Option) -> str:
    for rule in subject.rules:
        trigger = rule.trigger
        if isinstance(trigger, MenuSelection) and (trigger.menu, trigger.key.strip()) == (menu.id, option.key):
            return rule.id
    return ""


CHECKS = (
    Check("WB401", "warning", "Two options of a menu answer to the same text", _duplicates),
    Check("WB402", "warning", "An option of a menu leads nowhere", _dead_ends),
    Check("WB403", "warning", "Nobody gets out of a menu", _circles),
    Check("WB404", "info", "A menu's label hides a rule", _stolen),
)
