"""What was really answered beside what is answered now: message by message, and added up."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from wabot.analytics.replaying.said import Said
from wabot.analytics.replaying.stored import Asked, Then
from wabot.engine.effects import called
from wabot.engine.render import render_text
from wabot.language.rule_set import Answer, Rule, RuleSet
from wabot.model.context import Context
from wabot.model.errors import RenderError
from wabot.model.message import Message

Change = Literal["", "answered", "silent", "other_rule", "other_text"]
"""How a message fares now: as before, answered where it was not, not answered where it was, by another rule (in other
words), or by the same rule in other words. "" also where another rule says the same."""
_OF_TODAY: Final = "contact."
"""What texts say of a customer's orders, tags and segment is known as of today only."""


class Comparing:
    """Compares answers. `staffed`: who was there when a chat was handed over is not known, nor what the customer was
    told of it."""

    def __init__(self, rule_set: RuleSet, *, staffed: bool) -> None:
        self._rules = rule_set
        self._by_rule = frozenset(rule.id for rule in rule_set.rules if _by_rule(rule, staffed))

    def change(self, asked: Asked) -> Change:
        """What changes for this message; one that cannot be decided changes in nothing."""
        then, heard = asked.then, asked.heard
        if heard is None or (not then and not heard.said):
            return ""
        now = heard.said
        if not then:
            return "answered"
        if not now:
            return "silent"
        changed: Change = ""
        if len(then) != len(now):
            return "other_rule"
        for before, after, answer in zip(then, now, heard.decision.answers, strict=True):
            if before.rule != after.rule:
                if before.text is None or before.text != after.text:
                    return "other_rule"
            elif not self._same(before, after, answer, asked.message, heard.context):
                changed = "other_text"
        return changed

    def _same(self, before: Then, after: Said, answer: Answer, message: Message, context: Context) -> bool:
        if before.text == after.text and bool(before.error) == bool(after.error):
            return True
        if bool(before.error) != bool(after.error):
            return False
        return before.rule in self._by_rule or self._in_turn(before, answer, message, context)

    def _in_turn(self, before: Then, answer: Answer, message: Message, context: Context) -> bool:
        """Whether what was said is another one of the rule's messages, which it says in turn."""
        messages = answer.rule.response.messages
        if len(messages) < 2 or before.text is None:
            return False
        for one in messages:
            try:
                said = render_text(self._rules, one, message, context, answer.groups)
            except RenderError:
                continue
            if before.text == said or before.text.startswith(f"{said}\n\n"):
                return True
        return False


def _by_rule(rule: Rule, staffed: bool) -> bool:
    calls = bool(called(Answer(rule, ""))) or rule.response.kind == "menu"
    return (staffed and calls) or any(_OF_TODAY in text.source for text in rule.response.messages)


@dataclass(slots=True)
class OfRule:
    """How often a rule answered, and answers now; how many messages it gains, loses, and answers in other words."""

    then: int = 0
    now: int = 0
    gained: int = 0
    lost: int = 0
    other_text: int = 0


@dataclass(slots=True)
class Tally:
    """The sums of a replay. `reasons` and `reasons_now` count why nothing was answered; `left_out` those messages of
    which nobody can say what is answered now, by reason."""

    messages: int = 0
    chats: int = 0
    answered_then: int = 0
    answered_now: int = 0
    changed: int = 0
    changed_chats: int = 0
    same_words: int = 0
    rules: dict[str, OfRule] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    reasons_now: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    _chat: str | None = None
    _chat_changed: str | None = None

    def count(self, asked: Asked, change: Change) -> None:
        """Add one message, which changed so. Messages come chat by chat."""
        self.messages += 1
        if asked.chat != self._chat:
            self._chat = asked.chat
            self.chats += 1
        heard = asked.heard
        if heard is None:
            self.left_out[asked.reason] += 1
            return
        if asked.then:
            self.answered_then += 1
            for before in asked.then:
                self.of(before.rule).then += 1
        else:
            self.reasons[asked.reason] += 1
        if heard.said:
            self.answered_now += 1
            for after in heard.said:
                self.of(after.rule).now += 1
        else:
            self.reasons_now[heard.decision.reason] += 1
        if asked.then or heard.said:
            self._change(asked, heard.said, change)

    def _change(self, asked: Asked, said: tuple[Said, ...], change: Change) -> None:
        if len(asked.then) == len(said) and all(
            before.rule == after.rule for before, after in zip(asked.then, said, strict=True)
        ):
            if change:
                for after in said:
                    self.of(after.rule).other_text += 1
        else:
            before_ids, after_ids = {one.rule for one in asked.then}, {one.rule for one in said}
            for rule in before_ids - after_ids:
                self.of(rule).lost += 1
            for rule in after_ids - before_ids:
                self.of(rule).gained += 1
            self.same_words += not change
        if change:
            self.changed += 1
            self.changes[change] += 1
            if self._chat_changed != asked.chat:
                self._chat_changed = asked.chat
                self.changed_chats += 1

    def of(self, rule: str) -> OfRule:
        """The rule's counts."""
        found = self.rules.get(rule)
        if found is None:
            found = self.rules[rule] = OfRule()
        return found
