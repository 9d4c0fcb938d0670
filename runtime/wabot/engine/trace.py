"""Why each rule did or did not answer: every rule asked, one after the other, without the index.

Built only when somebody wants to read it. It is also the plainest statement of the language that there is: tests hold
`decide` to the same winners for every rule set and message that they can think of.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Final, NamedTuple

from wabot.engine.decide import MOST_ANSWERS
from wabot.engine.fuzzy import close, runs, typos, words
from wabot.engine.gates import Moment, failed_condition, gate, spent
from wabot.engine.index import at_word
from wabot.engine.menus import directed, missed, open_menu
from wabot.engine.normalize import exact, fold, visible
from wabot.language.regex import Regex
from wabot.language.responses.menu import Option
from wabot.language.rule_set import Choices, Rule, RuleSet
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.goto import OnlyGoto
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome
from wabot.model.context import Context
from wabot.model.message import Message

_KEPT: Final = 20_000
"""Keywords, and regexes, whose form is made once: those of a tenant with thousands of rules."""

_TEXTS: Final = 8
"""Messages, in each form that rules look for: a thousand rules look at the same one."""


class Outcome(NamedTuple):
    """One rule's part in a decision: `matched:"jam buka"`, `no_match`, `condition:hours`, `cooldown:7m12s`,
    `daily_cap:3/3`, `shadowed_by:RULE`, `disabled`, `over_three_rules`, `gate:NAME`; and with an open menu
    `chosen:"2"` for what the option answers, `menu:invalid` for the menu that found nothing chosen."""

    rule: str
    outcome: str

    @property
    def answered(self) -> bool:
        return self.outcome.startswith(("matched", "chosen", "menu"))


def explain_by_index(rule_set: RuleSet, message: Message, context: Context) -> tuple[Outcome, ...]:
    """As `explain`, for where it is made with every message: rules that the index does not find are not asked."""
    found = {candidate.rule.id for candidate in rule_set.matcher.candidates(message.text)}
    return explain(rule_set, message, context, found)


def explain(
    rule_set: RuleSet, message: Message, context: Context, found: Collection[str] | None = None
) -> tuple[Outcome, ...]:
    """The outcome of every rule, in the order of decision; fallback rules come last, as they are asked last. With
    `found`, of the rules with a trigger in the text only those are asked."""
    stopped = gate(rule_set.tenant, message, context)
    if stopped is not None:
        return tuple(Outcome(rule.id, f"gate:{stopped}") for rule in rule_set.rules)
    rules = [rule for rule in rule_set.rules if not isinstance(rule.trigger, Fallback)]
    fallbacks = [rule for rule in rule_set.rules if isinstance(rule.trigger, Fallback)]
    asked = _Asking(message, context, Moment(rule_set, context.now), found)
    menu = open_menu(rule_set, context)
    option = menu.chosen(message.text) if menu is not None else None
    if menu is not None and option is not None:
        done = _chosen(rule_set, menu, option, asked)
        if done is not None:
            return done
    outcomes = [Outcome(rule.id, asked.outcome(rule)) for rule in rules]
    if not asked.winners and asked.held:
        asked.ended_by = asked.held
    elif not asked.winners and menu is not None:
        act = missed(menu, context).answers[0].act
        outcomes = [Outcome(rule, f"menu:{act}" if rule == menu.rule.id else why) for rule, why in outcomes]
        fallbacks_why = f"shadowed_by:{menu.rule.id}"
        ends = [Outcome(rule.id, fallbacks_why if rule.enabled else "disabled") for rule in fallbacks]
        if isinstance(menu.rule.trigger, Fallback):
            ends = [Outcome(rule, f"menu:{act}" if rule == menu.rule.id else why) for rule, why in ends]
        return (*outcomes, *ends)
    elif asked.winners:
        asked.ended_by = asked.ended_by or asked.winners[-1]
    return (*outcomes, *(Outcome(rule.id, asked.outcome(rule)) for rule in fallbacks))


def _chosen(rule_set: RuleSet, menu: Choices, option: Option, asked: "_Asking") -> tuple[Outcome, ...] | None:
    """The outcomes when an option of the open menu takes the message; None when it does not."""
    direct = directed(rule_set, menu, option, asked.context)
    if direct is not None:
        winner = direct.answers[0].rule.id
        return _told(rule_set, {winner: f'chosen:"{option.key}"'}, winner)
    key = (menu.rule.id, option.key)
    outcomes: dict[str, str] = {}
    for rule in rule_set.rules:
        if isinstance(rule.trigger, MenuSelection) and (rule.trigger.menu, rule.trigger.key.strip()) == key:
            if option.goto or option.action:
                return None
            outcomes[rule.id] = asked.judged(rule, option.key).replace("matched", "chosen", 1)
    if not asked.winners and not asked.held:
        return None
    return _told(rule_set, outcomes, (asked.winners or [asked.held])[0])


def _told(rule_set: RuleSet, outcomes: dict[str, str], winner: str) -> tuple[Outcome, ...]:
    order = sorted(rule_set.rules, key=lambda rule: isinstance(rule.trigger, Fallback))
    other = f"shadowed_by:{winner}"
    return tuple(Outcome(rule.id, outcomes.get(rule.id, other if rule.enabled else "disabled")) for rule in order)


class _Asking:
    def __init__(
        self, message: Message, context: Context, moment: Moment, found: Collection[str] | None = None
    ) -> None:
        self.message, self.context, self.moment, self.found = message, context, moment, found
        self.winners: list[str] = []
        self.ended_by = ""
        self.held = ""

    def outcome(self, rule: Rule) -> str:
        if not rule.enabled:
            return "disabled"
        if self.found is not None and rule.id not in self.found and isinstance(rule.trigger, Keyword | Pattern):
            return "no_match"
        matched = triggered(rule, self.message.text, self.context, self.moment)
        return "no_match" if matched is None else self.judged(rule, matched)

    def judged(self, rule: Rule, matched: str) -> str:
        """The outcome of a rule whose trigger holds."""
        if not rule.enabled:
            return "disabled"
        failed = failed_condition(rule, self.message, self.context, self.moment)
        if failed is not None:
            return failed
        if self.ended_by:
            return "over_three_rules" if len(self.winners) == MOST_ANSWERS else f"shadowed_by:{self.ended_by}"
        reason = spent(rule, self.context, self.moment)
        if reason is not None:
            self.held = self.held or rule.id
            return reason
        self.winners.append(rule.id)
        if not rule.continues or len(self.winners) == MOST_ANSWERS:
            self.ended_by = rule.id
        return f'matched:"{matched}"' if matched else f"matched:{rule.trigger.kind}"


def triggered(rule: Rule, text: str, context: Context, moment: Moment) -> str | None:
    """What of `text` triggers the rule ("" when the trigger is not in the text), or None."""
    trigger = rule.trigger
    if isinstance(trigger, Welcome):
        return "" if context.conversation.earlier_messages == 0 else None
    if isinstance(trigger, TimeBased):
        return "" if moment.holds(trigger) else None
    if isinstance(trigger, Fallback):
        return ""
    if isinstance(trigger, MenuSelection | OnlyGoto):
        return None
    return in_text(trigger, text)


def in_text(trigger: Keyword | Pattern, text: str) -> str | None:
    """The keyword that stands in `text`, or what a regex matched in it, or None."""
    if isinstance(trigger, Pattern) or trigger.match == "regex":
        raw = _raw(text)
        for source in (trigger.regex,) if isinstance(trigger, Pattern) else trigger.keywords:
            span = _compiled(source, trigger.case_sensitive).find(raw)
            if span is not None:
                return raw[span[0] : span[1]].decode("utf-8", "replace")
        return None
    seen = _seen(text, trigger.case_sensitive)
    for keyword in trigger.keywords:
        literal = _literal(keyword, trigger.case_sensitive)
        if trigger.match == "fuzzy":
            parts = words(literal)
            most = typos(literal, trigger.max_typos)
            if parts and any(close(run, " ".join(parts), most) for run in _runs(seen, len(parts))):
                return keyword
        elif literal and _matches(trigger.match, seen, literal):
            return keyword
    return None


@lru_cache(_TEXTS)
def _seen(text: str, case_sensitive: bool) -> str:
    return exact(text) if case_sensitive else fold(text)


@lru_cache(_TEXTS)
def _raw(text: str) -> bytes:
    return visible(text).encode("utf-8", "replace")


@lru_cache(_TEXTS)
def _runs(seen: str, length: int) -> tuple[str, ...]:
    return tuple(runs(words(seen), length))


@lru_cache(_KEPT)
def _literal(keyword: str, case_sensitive: bool) -> str:
    return exact(keyword) if case_sensitive else fold(keyword)


@lru_cache(_KEPT)
def _compiled(source: str, case_sensitive: bool) -> Regex:
    return Regex(source, case_sensitive)


def _matches(kind: str, text: str, literal: str) -> bool:
    if kind == "exact":
        return text == literal
    if kind == "starts_with":
        return text.startswith(literal)
    if kind == "ends_with":
        return text.endswith(literal)
    if kind == "contains":
        return literal in text
    start = text.find(literal)
    while start >= 0:
        if at_word(text, start, start + len(literal)):
            return True
        start = text.find(literal, start + 1)
    return False
