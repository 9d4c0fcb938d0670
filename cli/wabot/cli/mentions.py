"""Which conversations of a tenant's tests expect a rule to answer, or make it answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from wabot.engine.exchange import rehearse
from wabot.language.conversation import Say, read_conversations
from wabot.language.diagnostic import Location
from wabot.language.rule_set import Rule
from wabot.lint.subject import Subject


@dataclass(frozen=True, slots=True)
class Mention:
    """A conversation about a rule. `at` is the first step that expects it, else the conversation's name."""

    name: str
    at: Location
    expected: bool


def mentions(subject: Subject, rule: Rule) -> Iterator[Mention]:
    """In the order of the files."""
    for document in subject.loaded.tests:
        for conversation in read_conversations(document):
            expects = [step.expect for step in conversation.steps if isinstance(step, Say) and step.expect]
            named = [expect for expect in expects if rule.id in (expect.rule, *(expect.rules or ()))]
            if named:
                yield Mention(conversation.name, named[0].location, True)
                continue
            exchanges = rehearse(subject.rule_set, conversation)[1]
            if any(answer.rule.id == rule.id for seen in exchanges for answer in seen.decision.answers):
                yield Mention(conversation.name, conversation.location, False)
