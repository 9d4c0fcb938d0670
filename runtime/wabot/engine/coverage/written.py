"""A conversation written as YAML that its owner could have written, to be pasted into tests/*.yaml."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from wabot.engine.exchange import Exchange
from wabot.language.conversation import Conversation, Say, Wait, read_conversations
from wabot.language.document import parse_document
from wabot.language.rule_set import Decision
from wabot.language.shape import check_shape, entries
from wabot.model.context import SOMEBODY

HEADER: Final = "version: 1\ntests:\n"
_PLAIN: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9 _/.()-]*[A-Za-z0-9_/.()])?\??")
_WORDS: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_UNITS: Final = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000))


def written(name: str, conversation: Conversation, exchanges: Sequence[Exchange], rule: str) -> str:
    """The entry of `tests`: each message expects what was decided for it, of several answers that of `rule`."""
    lines = [f"  - name: {scalar(name)}", f"    at: {conversation.at:%Y-%m-%d %H:%M}"]
    contact = _contact(conversation)
    lines += [f"    contact: {{{contact}}}"] if contact else []
    lines.append("    steps:")
    decided = iter(exchanges)
    for step in conversation.steps:
        if isinstance(step, Wait):
            lines.append(f"      - wait: {duration(step.milliseconds)}")
        elif isinstance(step, Say):
            lines.append(f"      - {{say: {_said(step)}, expect: {{{_expected(next(decided).decision, rule)}}}}}")
    return "\n".join(lines) + "\n"


def read_back(text: str) -> Iterator[Conversation]:
    """The tests of a YAML text, read as a file in tests/ would be; none if it is not as it must be."""
    document = parse_document(Path("tests/-.yaml"), text.encode("utf-8", "replace"))
    if not document.findings and check_shape(document, "tests"):
        document.entries = entries("tests", document.data)
        yield from read_conversations(document)


def scalar(text: str) -> str:
    """A text as YAML, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f").replace("\u2028", "\\u2028")


def duration(milliseconds: int) -> str:
    """5400000 → 1h30m; at least a second."""
    seconds = max(1_000, milliseconds)
    made = ""
    for unit, size in _UNITS:
        number, seconds = divmod(seconds, size)
        made += f"{number}{unit}" if number else ""
    return made


def _contact(conversation: Conversation) -> str:
    contact = conversation.contact
    parts = [f"messages: {conversation.earlier}"] if conversation.earlier else []
    parts += [f"tags: [{', '.join(map(scalar, sorted(contact.tags)))}]"] if contact.tags else []
    parts += [f"orders: {contact.orders}"] if contact.orders else []
    parts += [f"segment: {contact.segment}"] if contact.segment else []
    parts += [f'phone: "{contact.phone}"'] if contact.phone != SOMEBODY else []
    return ", ".join(parts)


def _said(step: Say) -> str:
    if step.type == "text":
        return scalar(step.text)
    return f"{{type: {step.type}{f', caption: {scalar(step.text)}' if step.text else ''}}}"


def _expected(decision: Decision, rule: str) -> str:
    rules = [answer.rule.id for answer in decision.answers]
    if not rules:
        return f"rule: none, reason: {decision.reason}"
    if rule in rules or len(rules) == 1:
        return f"rule: {scalar(rule if rule in rules else rules[0])}"
    return f"rules: [{', '.join(map(scalar, rules))}]"
