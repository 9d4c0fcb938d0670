"""Replies that come out empty, fail, or are too long; templates that may take for ever."""

from collections.abc import Iterator
from typing import Final

from wabot.language.responses.menu import Menu
from wabot.language.rule_set import Rule
from wabot.language.template import MAX_OUTPUT
from wabot.lint.check import Check, Finding
from wabot.lint.subject import Subject
from wabot.lint.wordings import Wording, group_names, wordings

SHOWN: Final = 4_096
"""Characters of a message that WhatsApp shows; the rest hides behind "read more"."""


def _texts(subject: Subject) -> Iterator[Wording]:
    seen: set[tuple[object, str]] = set()
    for rule in subject.rules:
        for wording in wordings(subject, rule):
            key = (wording.location, wording.template.source)
            if key not in seen:  # a template file may serve several rules
                seen.add(key)
                yield wording


def _empty(subject: Subject) -> Iterator[Finding]:
    for wording in _texts(subject):
        who = next((who for who, text in wording.readings.items() if not text), None)
        if who is not None and wording.rule.response.kind != "media":
            hint = "say something in every case, for instance with {% else %}"
            yield Finding(wording.location, f"for {who} this text comes out empty, and nothing is sent", hint)


def _failing(subject: Subject) -> Iterator[Finding]:
    for wording in _texts(subject):
        for who, why in wording.failures.items():
            yield Finding(wording.location, f"for {who} this text fails: {why}", "guard it with {% if … is defined %}")
            break


def _long(subject: Subject) -> Iterator[Finding]:
    for wording in _texts(subject):
        longest = max((len(text) for text in wording.readings.values()), default=0)
        if longest > MAX_OUTPUT:
            message = f"this text has {longest:,} characters; WhatsApp takes {MAX_OUTPUT:,}, so it is never sent"
            yield Finding(wording.location, message, "shorten it, or send a document", severity="error")
        elif longest > SHOWN:
            message = f"this text has {longest:,} characters; WhatsApp shows {SHOWN:,} and hides the rest"
            yield Finding(wording.location, message, "shorten it, or split it over several rules")


def _nested(subject: Subject) -> Iterator[Finding]:
    for wording in _texts(subject):
        if wording.template.source.count("{%") < 4 or not _loops_in_loops(wording.template.source):
            continue
        yield Finding(wording.location, "a loop stands within a loop: long lists make it slow and long", "use one loop")


def _loops_in_loops(source: str) -> bool:
    from jinja2 import TemplateSyntaxError, nodes

    from wabot.language.sandbox import environment

    try:
        tree = environment().parse(source)
    except TemplateSyntaxError:
        return False
    return any(next(iter(loop.find_all(nodes.For)), None) is not None for loop in tree.find_all(nodes.For))


def _groups_by_goto(subject: Subject) -> Iterator[Finding]:
    """A rule that is reached by goto has no regex that matched, so `match` is empty."""
    rules: dict[str, Rule] = {rule.id: rule for rule in subject.rules}
    for menu in subject.rules:
        if not isinstance(menu.response, Menu) or not menu.enabled:
            continue
        for index, option in enumerate(menu.response.options):
            target = rules.get(option.goto)
            if target is None or not group_names(target):
                continue
            if any("match." in wording.template.source for wording in wordings(subject, target)):
                at = subject.place(menu).locate("response", "options", index, "goto")
                message = f"the rule `{target.id}` says what its regex matched; chosen from a menu, nothing was matched"
                yield Finding(at, message, "let the option lead to a rule that asks for it")


CHECKS = (
    Check("WB441", "warning", "A reply that can come out empty", _empty),
    Check("WB442", "warning", "A reply that fails for some customers", _failing),
    Check("WB443", "warning", "A reply longer than WhatsApp shows", _long),
    Check("WB444", "info", "A loop within a loop", _nested),
    Check("WB445", "warning", "A menu leads to a rule that needs its own trigger", _groups_by_goto),
)
