"""What becomes of menus: how often each was shown, what was chosen from it, and who left it without a choice."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from wabot.analytics.measures import Ratio
from wabot.analytics.period import Period
from wabot.engine.effects import called
from wabot.language.responses.menu import Menu, Option
from wabot.language.rule_set import Answer, Rule, RuleSet
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.store.sqlite.queries import Ask

_CHOSEN: Final = "chosen:"


class Choice(NamedTuple):
    """An option, and how often it was chosen. `leads_to` are the rules that answer it; `action` is forward_to_cs, back,
    close or ""."""

    key: str
    label: str
    leads_to: tuple[str, ...]
    action: str
    chosen: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """One menu: how often it was shown (also from another menu, and back to it), what was chosen, how often it
    said "not that one", how often a person was called (by an option, or after three texts that chose nothing), and how
    often it was shown and nothing was chosen before the next menu, or before it expired."""

    rule: str
    name: str
    opened: int
    choices: tuple[Choice, ...]
    invalid: int
    called: int
    left: int

    @property
    def used(self) -> Ratio:
        """Of the times it was shown, those that it led on."""
        return Ratio(max(self.opened - self.left, 0), self.opened)

    @property
    def chosen(self) -> int:
        return sum(choice.chosen for choice in self.choices)


class Step(NamedTuple):
    """What one rule of menus answered in a chat, and by what outcome of its trace."""

    chat: str
    at: int
    rule: str
    outcome: str


def funnel(ask: Ask, period: Period, rule_set: RuleSet) -> tuple[Funnel, ...]:
    """Each menu of the rules as they are now, the most shown first; what menus did that are gone is not told.

    Raises:
        sqlite3.Error: the store cannot be read.
    """
    menus = {rule.id: rule for rule in rule_set.rules if isinstance(rule.response, Menu)}
    if not menus:
        return ()
    known = _Menus(menus, rule_set.rules)
    # A menu may have been shown before the period, or chosen from after it.
    margin = max(menu.response.expires for menu in menus.values() if isinstance(menu.response, Menu))
    rows = ask(
        "figures_menu_steps",
        rules=json.dumps(sorted(known.rules)),
        since=period.since - margin,
        until=period.until + margin,
    )
    counted = _Counting(known, period)
    counted.walk(Step(row[0] or "", row[1], row[2], row[3] or "") for row in rows)
    return tuple(sorted(counted.told(), key=lambda one: (-one.opened, one.rule)))


class _Menus:
    """Which option of which menu a rule answers."""

    def __init__(self, menus: Mapping[str, Rule], rules: Sequence[Rule]) -> None:
        self.menus = menus
        self.targets: dict[tuple[str, str], set[str]] = {}
        self.options: dict[tuple[str, str], Option] = {}
        self._by_id = {rule.id: rule for rule in rules}
        parents: dict[str, set[str]] = {}
        for rule in menus.values():
            for option in _options(rule):
                parents.setdefault(option.goto, set()).add(rule.id)
        for rule in menus.values():
            for option in _options(rule):
                key = (rule.id, option.key.strip())
                self.options[key] = option
                back = parents.get(rule.id, set()) if option.action == "back" else set()
                own = {rule.id} if option.action else set()
                self.targets[key] = ({option.goto} if option.goto else set()) | own | back
        for rule in rules:
            if isinstance(rule.trigger, MenuSelection):
                self.targets.setdefault((rule.trigger.menu, rule.trigger.key.strip()), set()).add(rule.id)
        self.rules = {*menus, *(rule for rules in self.targets.values() for rule in rules)}

    def chosen_from(self, current: str, key: str, rule: str) -> str:
        """The menu whose option `key` the rule answered: the one that is open, or the only one that has such; "" for
        none."""
        if rule in self.targets.get((current, key), ()):
            return current
        found = [menu for (menu, one), rules in self.targets.items() if one == key and rule in rules]
        return found[0] if len(found) == 1 else ""

    def calls(self, menu: str, key: str, rule: str) -> bool:
        """Whether the option calls a person."""
        option = self.options.get((menu, key))
        if option is not None and option.action is not None:
            return option.action == "forward_to_cs"
        answering = self._by_id.get(rule)
        return answering is not None and bool(called(Answer(answering, key, act="chosen")))


class _Counting:
    def __init__(self, menus: _Menus, period: Period) -> None:
        self._menus, self._since, self._until = menus, period.since, period.until
        self._opened, self._invalid, self._called, self._left = (Counter[str]() for _ in range(4))
        self._chosen = Counter[tuple[str, str]]()
        self._chat, self._current, self._shown_at = "", "", 0
        self._waits = False
        """Whether nothing was chosen yet from the menu that was shown last."""

    def walk(self, steps: Iterable[Step]) -> None:
        """Count the steps, which come chat by chat and in order of time."""
        for step in steps:
            if step.chat != self._chat:
                self._turn("")
                self._chat = step.chat
            self._step(step)
        self._turn("")

    def told(self) -> Iterator[Funnel]:
        for rule in self._menus.menus.values():
            choices = tuple(self._choices(rule))
            counts = (counter[rule.id] for counter in (self._invalid, self._called, self._left))
            yield Funnel(rule.id, rule.name or rule.id, self._opened[rule.id], choices, *counts)

    def _choices(self, rule: Rule) -> Iterator[Choice]:
        for option in _options(rule):
            key = (rule.id, option.key.strip())
            leads = () if option.action else tuple(sorted(self._menus.targets[key]))
            yield Choice(option.key, option.label, leads, option.action or "", self._chosen[key])

    def _step(self, step: Step) -> None:
        counts = self._since <= step.at < self._until
        if step.outcome.startswith(_CHOSEN):
            self._choose(step, step.outcome.removeprefix(_CHOSEN).strip('"').strip(), counts)
        elif step.outcome == "menu:invalid":
            self._invalid[step.rule] += counts
        elif step.outcome == "menu:give_up":
            self._called[step.rule] += counts
            self._waits = False
            self._turn("")
        elif step.rule in self._menus.menus:
            self._show(step.rule, step.at, counts)

    def _choose(self, step: Step, key: str, counts: bool) -> None:
        menu = self._menus.chosen_from(self._current, key, step.rule)
        if not menu:
            return
        self._waits = self._waits and menu != self._current
        self._chosen[menu, key] += counts
        self._called[menu] += counts and self._menus.calls(menu, key, step.rule)
        option = self._menus.options.get((menu, key))
        action = option.action if option is not None else None
        if action in ("forward_to_cs", "close"):
            self._turn("")
        elif step.rule in self._menus.menus:
            self._show(step.rule, step.at, counts)
        else:
            self._turn(menu)

    def _show(self, menu: str, at: int, counts: bool) -> None:
        self._turn(menu)
        self._opened[menu] += counts
        self._waits, self._shown_at = True, at

    def _turn(self, menu: str) -> None:
        """Another menu is open now, or none."""
        if self._waits and self._since <= self._shown_at < self._until:
            self._left[self._current] += 1
        self._current, self._waits = menu, False


def _options(rule: Rule) -> tuple[Option, ...]:
    return rule.response.options if isinstance(rule.response, Menu) else ()
